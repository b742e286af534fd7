/* bench_peak.c -- the arithmetic peak of the machine, measured by bursts of multiply-adds between the steps. The clock
 * of a core can change by an eighth from one millisecond to the next, and another program on the same core can take a
 * third of it. So a step can only be compared with a peak that is measured at the same time. */
#include <stdlib.h>

#include "bench/measures.h"
#include "support/support.h"

enum { AT_AN_END = 8, MOST = 1 << 16 };
static const double burst_seconds = 0.0001;

static double rate_of_a_burst(const struct cnn_bursts *p)
{
    double start = cnn_seconds();
    volatile float sink = p->code->peak(p->rounds);
    (void)sink;
    return (double)p->rounds * p->code->round_flops / (cnn_seconds() - start) * 1e-9;
}

/* Chooses so many rounds that the clock can measure a burst on any machine. */
static void choose_rounds(struct cnn_bursts *p)
{
    for (p->rounds = 1000; p->rounds < 1 << 30; p->rounds *= 2)
        if ((double)p->rounds * p->code->round_flops / rate_of_a_burst(p) * 1e-9 > burst_seconds)
            return;
}

int cnn_bursts_open(struct cnn_bursts *p, const struct cnn_bench *code, int threads, struct cnn_error *e)
{
    *p = (struct cnn_bursts){.code = code, .threads = threads};
    p->own = calloc((size_t)threads, sizeof *p->own);
    p->rate = malloc(MOST * sizeof *p->rate);
    if (!p->own || !p->rate)
        return cnn_fail(e, "no memory for %d bursts", MOST);
    choose_rounds(p);
    return 0;
}

void cnn_bursts_close(struct cnn_bursts *p)
{
    free(p->own);
    free(p->rate);
    *p = (struct cnn_bursts){0};
}

void cnn_burst(struct cnn_bursts *p, int thread)
{
    p->own[thread] = rate_of_a_burst(p);
}

double cnn_bursts_keep(struct cnn_bursts *p)
{
    double sum = 0;
    for (int i = 0; i < p->threads; i++)
        sum += p->own[i];
    if (p->n < MOST)
        p->rate[p->n++] = sum;
    return sum;
}

static void burst_work(void *arg, int thread)
{
    cnn_burst(arg, thread);
}

int cnn_bursts_at_an_end(struct cnn_bursts *p, struct cnn_error *e)
{
    struct cnn_pool *pool = cnn_pool_new(p->threads, e);
    if (!pool)
        return -1;
    for (int i = 0; i < AT_AN_END; i++) {
        if (i > 0)
            cnn_bursts_keep(p);
        cnn_pool_run(pool, burst_work, p);
    }
    cnn_pool_free(pool);
    return 0;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void cnn_bench_sort(double *values, int n)
{
    qsort(values, (size_t)n, sizeof *values, by_value);
}

double cnn_bench_median(double *values, int n)
{
    cnn_bench_sort(values, n);
    return values[n / 2];
}

struct cnn_peak cnn_bursts_peak(struct cnn_bursts *p)
{
    cnn_bench_sort(p->rate, p->n);
    return (struct cnn_peak){p->rate[p->n / 2], p->rate[p->n - 1]};
}
