/* schedule.c -- the time of a step from the times of its shares. */
#include "bench/simulate.h"

enum { MOST_BUSY_SHARE = 80 }; /* percent of the time between two barriers */

/* The time that a thread works between two barriers: in the legs from `first` on, `n` of them, in a cycle. */
static double work_of(const struct cnn_shares *s, int first, int n, int thread)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += s->time[(first + i) % s->legs * s->threads + thread];
    return sum;
}

static double least_of(const struct cnn_shares *s, int first, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += s->least[(first + i) % s->legs];
    return sum;
}

/* Adds the time up to the next barrier. */
static void add_span(const struct cnn_shares *s, int first, int n, struct cnn_simulated *out, double *working)
{
    double longest = least_of(s, first, n), sum = 0;
    int many = 0;
    for (int t = 0; t < s->threads; t++) {
        const double work = work_of(s, first, n, t);
        longest = work > longest ? work : longest;
        sum += work;
    }
    for (int t = 0; t < s->threads; t++)
        many += work_of(s, first, n, t) * 100 >= longest * MOST_BUSY_SHARE;
    out->seconds += longest + s->barrier;
    out->busy += sum / s->threads;
    *working += many * longest;
}

/* The last leg with a barrier behind it; -1: there is none. */
static int last_barrier(const struct cnn_shares *s)
{
    int leg = s->legs - 1;
    while (leg >= 0 && !s->waits[leg])
        leg--;
    return leg;
}

struct cnn_simulated cnn_schedule(const struct cnn_shares *s)
{
    struct cnn_simulated out = {0};
    double working = 0;
    const int last = last_barrier(s);
    int first = (last + 1) % s->legs, n = 0;
    for (int i = 0; i < s->legs; i++) {
        const int leg = (last + 1 + i) % s->legs;
        n++;
        if (!s->waits[leg] && i < s->legs - 1)
            continue;
        add_span(s, first, n, &out, &working);
        first = (leg + 1) % s->legs;
        n = 0;
    }
    if (out.seconds > 0) {
        out.busy /= out.seconds;
        out.working = (int)(working / out.seconds + 0.5);
    }
    return out;
}
