/* simulate.c -- what a simulation asks of the user and of the machine: the words of the option, the cost of a barrier,
 * the speed of memory. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/measures.h"
#include "bench/simulate.h"

enum {
    PAIRS = 5,
    ROUNDS = 400,
    BARRIERS = 50,
    COPIES = 4,
    COPIED = 48 << 20,
    CACHE = 32 << 20,
    LOOKS = 1000,
    CROWDS = 9
};

/* ---- the option */

enum { MOST_RANKS = 1 << 20, MOST_IMAGES = 1 << 30 };

/* A number and its unit; units are pairs of a text and a factor, ended by NULL. */
struct unit {
    const char *text;
    double factor;
};

static int read_quantity(const char *word, const char *text, const struct unit *units, double *out, struct cnn_error *e)
{
    char *end;
    *out = strtod(text, &end);
    for (const struct unit *u = units; end != text && *out >= 0 && u->text; u++)
        if (strcmp(end, u->text) == 0) {
            *out *= u->factor;
            return 0;
        }
    return cnn_fail(e, "--simulate cannot read '%s'; an example is ranks=64 bandwidth=10G latency=20us", word);
}

static int read_count(const char *word, const char *text, int64_t most, int64_t *out, struct cnn_error *e)
{
    char *end;
    *out = strtoll(text, &end, 10);
    if (end == text || *end || *out < 1 || *out > most)
        return cnn_fail(e, "--simulate %.*s=N wants a number from 1 to %lld, not '%s'", (int)(text - word - 1), word,
                        (long long)most, text);
    return 0;
}

static int read_word(const char *word, struct cnn_question *out, struct cnn_error *e)
{
    static const struct unit bits[] = {{"", 1}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}, {NULL, 0}};
    static const struct unit times[] = {{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}, {NULL, 0}};
    const char *equals = strchr(word, '=');
    const size_t n = equals ? (size_t)(equals - word) : 0;
    if (n == 7 && strncmp(word, "threads", n) == 0)
        return read_count(word, equals + 1, CNN_MOST_THREADS, &out->threads, e);
    if (n == 5 && strncmp(word, "ranks", n) == 0)
        return read_count(word, equals + 1, MOST_RANKS, &out->ranks, e);
    if (n == 5 && strncmp(word, "batch", n) == 0)
        return read_count(word, equals + 1, MOST_IMAGES, &out->batch, e);
    if (n == 7 && strncmp(word, "predict", n) == 0)
        return read_count(word, equals + 1, MOST_IMAGES, &out->predict, e);
    if (n == 9 && strncmp(word, "bandwidth", n) == 0)
        return read_quantity(word, equals + 1, bits, &out->bandwidth, e);
    if (n == 7 && strncmp(word, "latency", n) == 0)
        return read_quantity(word, equals + 1, times, &out->latency, e);
    return cnn_fail(
        e,
        "--simulate does not know '%s'; it takes threads=N, threads=N predict=1, or ranks=N bandwidth=10G latency=20us",
        word);
}

int cnn_read_question(const struct cnn_options *o, struct cnn_question *out, struct cnn_error *e)
{
    const double bits_of_a_byte = 8;
    *out = (struct cnn_question){.threads = 1, .bandwidth = 10e9, .latency = 20e-6};
    if (read_word(o->simulate, out, e) != 0)
        return -1;
    for (int64_t i = 0; i < o->n_more; i++)
        if (read_word(o->more[i], out, e) != 0)
            return -1;
    if (out->bandwidth <= 0)
        return cnn_fail(e, "--simulate wants a bandwidth above 0");
    out->bandwidth /= bits_of_a_byte;
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

/* On a busy machine two threads may come to one core, where each sleeps until the other has arrived. So one that ends
 * behind this is kept on the first core, and another one on the second. */
static void wait_on_two_cores(void *arg, int thread)
{
    struct cnn_error e;
    struct waiting *w = arg;
    if (thread == 0 || !(w->pool = cnn_pool_pinned(2, &e)))
        return;
    cnn_pin(0);
    cnn_pool_run(w->pool, wait_often, w);
    cnn_pool_free(w->pool);
}

/* All threads count themselves in the same place, one after the other, so the cost grows with their number. */
double cnn_barrier_seconds(int threads)
{
    struct cnn_error e;
    struct waiting w = {0};
    struct cnn_pool *both = threads > 1 ? cnn_pool_new(2, &e) : NULL;
    if (both)
        cnn_pool_run(both, wait_on_two_cores, &w);
    cnn_pool_free(both);
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

double cnn_cost_of_a_look(void)
{
    double least = 1;
    for (int i = 0; i < LOOKS; i++) {
        const double start = cnn_work_seconds(), passed = cnn_work_seconds() - start;
        least = passed < least ? passed : least;
    }
    return least;
}

/* GFLOP/s of all threads. */
static double rate_of(const struct cnn_bench *code, int threads)
{
    struct cnn_error e;
    struct cnn_bursts p = {0};
    double rate = 0;
    if (cnn_bursts_open(&p, code, threads, &e) == 0 && cnn_bursts_at_an_end(&p, &e) == 0) {
        cnn_bursts_keep(&p);
        rate = cnn_bursts_peak(&p).median;
    }
    cnn_bursts_close(&p);
    return rate;
}

double cnn_crowding(const struct cnn_bench *code, int threads)
{
    double times[CROWDS];
    if (threads < 2 || threads > cnn_online_cores())
        return 1;
    for (int i = 0; i < CROWDS; i++) {
        const double alone = rate_of(code, 1), all = rate_of(code, threads);
        times[i] = all > 0 ? threads * alone / all : 1;
    }
    const double crowding = cnn_bench_median(times, CROWDS);
    return crowding > 1 ? crowding : 1;
}

size_t cnn_cache_bytes(void)
{
#ifdef _SC_LEVEL3_CACHE_SIZE
    const long bytes = sysconf(_SC_LEVEL3_CACHE_SIZE);
    if (bytes > 0)
        return (size_t)bytes;
#endif
    return CACHE;
}
