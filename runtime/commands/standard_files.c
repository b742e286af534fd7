/* standard_files.c -- standard input, output and error of a program, from its first to its last moment. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "commands/commands.h"
#include "input.h"

void cnn_occupy_standard_files(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", O_RDONLY) != fd)
            return;
}

/* Has the reader of standard output ended, as `head` does after its last line? */
static int is_read_no_more(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) > 0 && (out.revents & POLLERR);
}

int cnn_close_output(const char *program, int status)
{
    enum { BROKEN_PIPE = 128 + SIGPIPE };
    struct cnn_error e;
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (is_read_no_more())
        return status == CNN_DONE ? BROKEN_PIPE : status;
    clearerr(stdout);
    if (!errno && putchar('\n') != EOF) /* errno of an earlier failure is lost: write again to get it */
        fflush(stdout);
    if (errno)
        cnn_fail_errno(&e, "standard output", "write");
    else
        cnn_fail(&e, "cannot write to standard output");
    cnn_complain(program, &e);
    return status == CNN_DONE ? CNN_TROUBLE : status;
}
