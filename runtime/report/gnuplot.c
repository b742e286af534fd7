/* gnuplot.c -- runs the gnuplot program as a child that reads its commands from a file, without a shell. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report/report.h"
#include "support/support.h"

enum { NOT_FOUND = 127, NOT_STARTED = 126 };

static void become_gnuplot(const char *dir, int input, const char *option)
{
    int silence = open("/dev/null", O_WRONLY);
    setenv("LC_ALL", "C.UTF-8", 1); /* decimal points, and letters of any language */
    if (silence >= 0 && (!dir || chdir(dir) == 0) && dup2(input, 0) == 0 && dup2(silence, 1) == 1)
        execlp("gnuplot", "gnuplot", option, (char *)NULL);
    _exit(errno == ENOENT || errno == EACCES ? NOT_FOUND : NOT_STARTED);
}

static enum cnn_drawn run(const char *dir, int input, const char *option)
{
    int how;
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        cnn_signals_child(parent);
        become_gnuplot(dir, input, option);
    }
    if (pid < 0)
        return CNN_NOT_DRAWN;
    while (waitpid(pid, &how, 0) < 0)
        if (errno != EINTR)
            return CNN_NOT_DRAWN;
    if (!WIFEXITED(how))
        return CNN_NOT_DRAWN;
    return WEXITSTATUS(how) == NOT_FOUND ? CNN_NO_GNUPLOT : WEXITSTATUS(how) == 0 ? CNN_DRAWN : CNN_NOT_DRAWN;
}

enum cnn_drawn cnn_gnuplot(const char *dir, FILE *script)
{
    if (fflush(script) != 0 || lseek(fileno(script), 0, SEEK_SET) != 0)
        return CNN_NOT_DRAWN;
    return run(dir, fileno(script), "-d"); /* -d: ignore the user's own settings */
}

int cnn_gnuplot_is_here(void)
{
    int nothing = open("/dev/null", O_RDONLY);
    enum cnn_drawn how = nothing < 0 ? CNN_NOT_DRAWN : run(NULL, nothing, "--version");
    if (nothing >= 0)
        close(nothing);
    return how == CNN_DRAWN;
}

void cnn_gnuplot_quote(FILE *script, const char *s)
{
    fputc('\'', script);
    for (; *s; s++)
        fputs(*s == '\'' ? "''" : (char[]){*s, 0}, script);
    fputc('\'', script);
}
