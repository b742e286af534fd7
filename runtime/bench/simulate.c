/* simulate.c -- what a simulation asks of the user and of the machine: the words of the option, the cost of a barrier, the
 * speed of memory. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/simulate.h"

enum { ROUNDS = 20, BARRIERS = 2000, COPIES = 4, COPIED = 48 << 20, CACHE = 32 << 20 };

/* ---- the option */

static int read_word(const char *word, struct cnn_question *out, struct cnn_error *e)
{
    static const char threads[] = "threads=";
    const size_t n = sizeof threads - 1;
    char *end = NULL;
    if (strncmp(word, threads, n) != 0)
        return cnn_fail(e, "--simulate does not know '%s'; it takes threads=N", word);
    out->threads = strtoll(word + n, &end, 10);
    if (end == word + n || *end || out->threads < 1 || out->threads > CNN_MOST_THREADS)
        return cnn_fail(e, "--simulate threads=N wants a number from 1 to %d, not '%s'", CNN_MOST_THREADS, word + n);
    return 0;
}

int cnn_read_question(const struct cnn_options *o, struct cnn_question *out, struct cnn_error *e)
{
    *out = (struct cnn_question){.threads = 1};
    if (read_word(o->simulate, out, e) != 0)
        return -1;
    for (int64_t i = 0; i < o->n_more; i++)
        if (read_word(o->more[i], out, e) != 0)
            return -1;
    return 0;
}

/* ---- barriers */

struct waiting {
    struct cnn_pool *pool;
    double best; /* seconds of a barrier, in the fastest round */
};

static void wait_often(void *arg, int thread)
{
    struct waiting *w = arg;
    for (int r = 0; r < ROUNDS; r++) {
        const double start = cnn_seconds();
        for (int i = 0; i < BARRIERS; i++)
            cnn_pool_barrier(w->pool);
        const double each = (cnn_seconds() - start) / BARRIERS;
        if (thread == 0 && (r == 0 || each < w->best))
            w->best = each;
    }
}

/* All threads count themselves in the same place, one after the other, so the cost grows with their number. */
double cnn_barrier_seconds(int threads)
{
    struct cnn_error e;
    struct waiting w = {.pool = threads > 1 ? cnn_pool_new(2, &e) : NULL};
    if (!w.pool)
        return 0;
    cnn_pool_run(w.pool, wait_often, &w);
    cnn_pool_free(w.pool);
    return w.best * threads / 2;
}

/* ---- memory */

struct copying {
    struct cnn_pool *pool;
    char *memory; /* COPIED bytes for each thread */
    double best;  /* seconds in which every thread copies half of its bytes to the other half */
};

static void copy_often(void *arg, int thread)
{
    struct copying *c = arg;
    char *own = c->memory + (size_t)thread * COPIED;
    memset(own, 1, COPIED);
    for (int i = 0; i < COPIES; i++) {
        cnn_pool_barrier(c->pool);
        const double start = cnn_seconds();
        memcpy(own, own + COPIED / 2, COPIED / 2);
        cnn_pool_barrier(c->pool);
        const double time = cnn_seconds() - start;
        if (thread == 0 && (i == 0 || time < c->best))
            c->best = time;
    }
}

double cnn_bytes_a_second(int threads)
{
    struct cnn_error e;
    const int cores = cnn_online_cores(), n = threads < cores ? threads : cores;
    struct copying c = {.pool = cnn_pool_new(n, &e), .memory = malloc((size_t)n * COPIED)};
    if (c.pool && c.memory)
        cnn_pool_run(c.pool, copy_often, &c);
    cnn_pool_free(c.pool);
    free(c.memory);
    return c.best > 0 ? (double)n * COPIED / c.best : 1e10;
}

size_t cnn_cache_bytes(void)
{
    long bytes = -1;
#ifdef _SC_LEVEL3_CACHE_SIZE
    bytes = sysconf(_SC_LEVEL3_CACHE_SIZE);
#endif
    return bytes > 0 ? (size_t)bytes : CACHE;
}
