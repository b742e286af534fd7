/* laps.c -- a stopwatch for kernels that take a microsecond. It uses the counter of the processor where there is
 * one, and subtracts the cost of a lap itself. */
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "engine/engine.h"
#include "support/support.h"

static uint64_t ticks(void)
{
#if defined __x86_64__ && defined __GNUC__
    return __builtin_ia32_rdtsc();
#elif defined __aarch64__ && defined __GNUC__
    uint64_t t;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(t));
    return t;
#else
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
#endif
}

void cnn_lap(struct cnn_laps *l, int k)
{
    uint64_t now = ticks();
    l->at[k].ticks += now - l->last;
    l->at[k].calls++;
    l->last = now;
}

/* The ticks of an empty lap: the minimum over many rounds. */
static double cost_of_a_lap(struct cnn_laps *l)
{
    enum { ROUNDS = 20, LAPS = 1000 };
    double least = INFINITY;
    for (int r = 0; r < ROUNDS; r++) {
        uint64_t start = ticks();
        for (int i = 0; i < LAPS; i++)
            cnn_lap(l, 0);
        double each = (double)(ticks() - start) / LAPS;
        least = each < least ? each : least;
    }
    return least;
}

int cnn_laps_open(struct cnn_laps *l, int n, struct cnn_error *e)
{
    *l = (struct cnn_laps){.n = n, .at = calloc((size_t)n, sizeof *l->at)};
    if (!l->at)
        return cnn_fail(e, "no memory for %d laps", n);
    l->cost = cost_of_a_lap(l);
    l->begin_ticks = ticks();
    l->begin_seconds = cnn_seconds();
    cnn_laps_restart(l);
    return 0;
}

void cnn_laps_restart(struct cnn_laps *l)
{
    for (int k = 0; k < l->n; k++)
        l->at[k].ticks = l->at[k].calls = 0;
    l->last = ticks();
}

double cnn_laps_tick(const struct cnn_laps *l)
{
    uint64_t passed = ticks() - l->begin_ticks;
    return passed ? (cnn_seconds() - l->begin_seconds) / (double)passed : 0;
}

double cnn_laps_read(const struct cnn_laps *l, int k)
{
    double net = (double)l->at[k].ticks - l->cost * (double)l->at[k].calls;
    return net > 0 ? net : 0;
}

void cnn_laps_close(struct cnn_laps *l)
{
    free(l->at);
    l->at = NULL;
}
