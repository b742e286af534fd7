/* signals.c -- being asked to stop. A handler can reach nothing but an object of static storage: this is the one. */
#include <signal.h>
#include <string.h>

#include "run.h"

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
    caught = number;
}

void cnn_signals_catch(void)
{
    struct sigaction a;
    memset(&a, 0, sizeof a);
    a.sa_handler = on_signal;
    a.sa_flags = (int)(SA_RESTART | SA_RESETHAND); /* the second one kills */
    sigemptyset(&a.sa_mask);
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
}

int cnn_signals_caught(void)
{
    return caught;
}
