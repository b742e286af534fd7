/* launcher.c -- mpirun, which started the ranks. When a machine is cut off, mpirun waits for it even after a rank has
 * ended the job, sometimes for a quarter of an hour. So a process that outlives the ranks ends an mpirun that has not
 * ended by then. It can do so where mpirun runs on the machine of the rank that noticed. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ranks/ranks.h"

enum { MOST_ANCESTORS = 4, NAME = 64 };
enum { GRACE = 8, LAST_GRACE = 4 }; /* seconds */

/* Reads the name and the parent of a process: "12 (mpirun) S 7 ...". Returns -1 when it is gone. */
static int look(pid_t pid, char name[NAME], pid_t *parent)
{
    char path[64], line[256] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    const char *from = f && fgets(line, sizeof line, f) ? strchr(line, '(') : NULL,
               *to = from ? strrchr(from, ')') : NULL;
    if (f)
        fclose(f);
    if (!to || strlen(to) < 4)
        return -1;
    snprintf(name, NAME, "%.*s", (int)(to - from - 1), from + 1);
    *parent = (pid_t)strtol(to + 4, NULL, 10);
    return 0;
}

static int is_launcher(const char *name)
{
    static const char *const names[] = {"mpirun", "mpiexec", "orterun", "prterun"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(name, names[i], strlen(names[i])) == 0)
            return 1;
    return 0;
}

pid_t cnn_launcher_find(void)
{
    char name[NAME];
    pid_t pid = getppid(), parent;
    for (int i = 0; i < MOST_ANCESTORS && pid > 1 && look(pid, name, &parent) == 0; i++, pid = parent)
        if (is_launcher(name))
            return pid;
    return 0;
}

int cnn_launcher_on_terminal(pid_t pid)
{
    char path[64];
    struct stat at;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, STDOUT_FILENO);
    if (pid <= 0 || stat(path, &at) != 0 || !S_ISCHR(at.st_mode))
        return 0;
    const int fd = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC), answer = fd >= 0 && isatty(fd);
    if (fd >= 0)
        close(fd);
    return answer;
}

static int still_runs(pid_t pid)
{
    char name[NAME];
    pid_t parent;
    return look(pid, name, &parent) == 0 && is_launcher(name);
}

static void wait_for_end(pid_t pid, int seconds)
{
    for (int i = 0; i < seconds && still_runs(pid); i++)
        sleep(1);
}

void cnn_launcher_end_later(pid_t pid)
{
    if (pid <= 0 || fork() != 0)
        return;
    setsid(); /* mpirun ends the groups of the ranks */
    signal(SIGTERM, SIG_IGN);
    wait_for_end(pid, GRACE);
    if (still_runs(pid))
        kill(pid, SIGTERM);
    wait_for_end(pid, LAST_GRACE);
    if (still_runs(pid))
        kill(pid, SIGKILL);
    _exit(0);
}
