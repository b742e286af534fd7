/* schedule.c -- the time of a step from the times of its shares. */
#include "bench/measures.h"
#include "bench/simulate.h"

/* ---- shares that one core did, one behind the other */

static double time_of(const struct cnn_round *r, int step, int leg, int thread)
{
    return r->time[(step * r->legs + leg) * r->threads + thread];
}

/* The median of what a share takes behind another one of the same leg. */
static double behind_another(const struct cnn_round *r, int leg, int thread)
{
    double seen[CNN_SIMULATED_STEPS];
    int n = 0;
    for (int k = 0; k < r->steps; k++)
        if (r->first[k * r->legs + leg] != thread)
            seen[n++] = time_of(r, k, leg, thread);
    return n ? cnn_bench_median(seen, n) : time_of(r, 0, leg, thread);
}

/* How much longer a share takes when it is the first one of its leg. The near caches then have neither the code nor the
 * parameters, which those behind it find there. */
static double more_of_first(const struct cnn_round *r, int leg)
{
    double seen[CNN_SIMULATED_STEPS];
    for (int k = 0; k < r->steps; k++) {
        const int thread = r->first[k * r->legs + leg];
        seen[k] = time_of(r, k, leg, thread) - behind_another(r, leg, thread);
    }
    const double more = cnn_bench_median(seen, r->steps);
    return more > 0 ? more : 0;
}

void cnn_shares_apart(const struct cnn_round *r, double *time)
{
    for (int leg = 0; leg < r->legs; leg++) {
        const double more = more_of_first(r, leg);
        for (int t = 0; t < r->threads; t++)
            time[leg * r->threads + t] = behind_another(r, leg, t) + more;
    }
}

/* ---- the schedule */

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
