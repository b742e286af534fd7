/* signals.c -- signals that ask the program to stop. A handler can reach only objects of static storage, so this
 * file has some. A signal ends the program at once, except while a command has work that it must finish first:
 * then the first signal is a request, and the second one ends the program. */
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "support/support.h"

enum { ECHO_MS = 50 };

static volatile sig_atomic_t caught, waits;
static volatile long long first; /* the time of the first signal */
static const char *volatile program;

static void say(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0)
        return; /* stderr is closed, so nobody can be told */
}

static long long milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* A signal that is sent both to a process and to its group arrives twice, so one that follows at once is an echo. */
static void on_signal(int number)
{
    if (waits && !caught) {
        first = milliseconds();
        caught = number;
        return;
    }
    if (waits && milliseconds() - first < ECHO_MS)
        return;
    say(program);
    say(": interrupted\n");
    _exit(CNN_INTERRUPTED);
}

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
enum { ENDING = sizeof ending / sizeof *ending };

/* A signal that the parent ignores (nohup, a shell's background job) stays ignored. */
static void change(void (*from)(int), void (*to)(int))
{
    struct sigaction a, old;
    memset(&a, 0, sizeof a);
    a.sa_handler = to;
    a.sa_flags = (int)SA_RESTART;
    sigemptyset(&a.sa_mask);
    for (int i = 0; i < ENDING; i++)
        if (sigaction(ending[i], NULL, &old) == 0 && old.sa_handler == from)
            sigaction(ending[i], &a, NULL);
}

void cnn_signals_catch(const char *name)
{
    program = name;
    change(SIG_DFL, on_signal);
}

void cnn_signals_wait(int on)
{
    waits = on;
}

int cnn_signals_caught(void)
{
    return caught;
}

/* A child leaves messages to its parent and ends when its parent ends. This also holds when the parent is killed
 * and has no time to tell its children. */
void cnn_signals_child(pid_t parent)
{
    change(on_signal, SIG_DFL);
    waits = 0;
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (getppid() != parent)
        _exit(CNN_TROUBLE);
}
