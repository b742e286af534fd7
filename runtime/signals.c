/* signals.c -- being asked to stop. A handler can reach nothing but an object of static storage: this is the one. */
#include <signal.h>
#include <string.h>

#include "run.h"

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
    caught = number;
}

/* What the parent said to ignore (nohup, a shell's background job) stays ignored. */
static void catch_one(int number, const struct sigaction *a)
{
    struct sigaction old;
    if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
        sigaction(number, a, NULL);
}

void cnn_signals_catch(void)
{
    struct sigaction a;
    memset(&a, 0, sizeof a);
    a.sa_handler = on_signal;
    a.sa_flags = (int)(SA_RESTART | SA_RESETHAND); /* the second one kills */
    sigemptyset(&a.sa_mask);
    catch_one(SIGINT, &a);
    catch_one(SIGTERM, &a);
}

int cnn_signals_caught(void)
{
    return caught;
}
