/* bus.c -- reports a mapped file that is cut short while it is read. The system then sends the signal SIGBUS, and only
 * its address tells which file it is. */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "files.h"

static const char *volatile program;

static void say(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0)
        return; /* stderr is closed */
}

static const char *read_hex(const char *s, uintptr_t *out)
{
    for (*out = 0;; s++) {
        if (*s >= '0' && *s <= '9')
            *out = *out << 4 | (uintptr_t)(*s - '0');
        else if (*s >= 'a' && *s <= 'f')
            *out = *out << 4 | (uintptr_t)(*s - 'a' + 10);
        else
            return s;
    }
}

/* The name in a line such as "7f0000000000-7f0000001000 r--p 00000000 08:01 1234   /data/train.npy" when the address is
 * in its range; else NULL. */
static char *name_in(char *line, uintptr_t address)
{
    uintptr_t begin, end;
    const char *s = read_hex(line, &begin);
    if (*s != '-')
        return NULL;
    read_hex(s + 1, &end);
    return address >= begin && address < end ? strchr(line, '/') : NULL;
}

/* Finds the name of the file that is mapped at the address; the result points into `line`, and is NULL when the system
 * does not tell. This runs in a signal handler, so it neither allocates nor uses stdio. */
static char *find_name(uintptr_t address, char *line, size_t size)
{
    char block[4096];
    size_t n = 0;
    ssize_t got;
    int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    while ((got = read(fd, block, sizeof block)) > 0)
        for (ssize_t i = 0; i < got; i++) {
            if (block[i] != '\n') {
                line[n] = block[i];
                n += n + 1 < size;
                continue;
            }
            line[n] = 0;
            n = 0;
            char *name = name_in(line, address);
            if (name) {
                close(fd);
                return name;
            }
        }
    close(fd);
    return NULL;
}

static void on_bus_error(int number, siginfo_t *info, void *context)
{
    char line[PATH_MAX + 128];
    (void)context;
    if (info->si_code != BUS_ADRERR) {
        signal(number, SIG_DFL); /* another cause: it happens again and ends the program */
        return;
    }
    const char *name = find_name((uintptr_t)info->si_addr, line, sizeof line);
    say(program);
    say(": ");
    say(name ? name : "a file");
    say(": cannot read: it was cut short while it was read, or its disk failed\n");
    _exit(1);
}

void cnn_catch_bus_error(const char *name)
{
    struct sigaction a;
    memset(&a, 0, sizeof a);
    program = name;
    a.sa_sigaction = on_bus_error;
    a.sa_flags = (int)SA_SIGINFO;
    sigemptyset(&a.sa_mask);
    sigaction(SIGBUS, &a, NULL);
}
