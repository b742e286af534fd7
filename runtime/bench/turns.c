/* turns.c -- what a simulation is held against: whole steps of the trainer, timed by turns with the simulated ones, as
 * the clock of a core changes. */
#include <stddef.h>

#include "bench/measures.h"
#include "bench/simulate.h"
#include "train/train.h"

static const double warm_share = 0.1;

static enum cnn_watched stepped(struct cnn_watch *watch)
{
    struct cnn_turns *t = (struct cnn_turns *)((char *)watch - offsetof(struct cnn_turns, watch));
    const double now = cnn_seconds(), passed = now - t->begin;
    if (t->last > 0 && passed > t->seconds * warm_share)
        t->time[t->n++] = now - t->last;
    t->last = cnn_seconds();
    return t->n == t->most || passed > t->seconds ? CNN_ENOUGH : CNN_GO_ON;
}

int cnn_turn(struct cnn_turns *t, const struct cnn_run *r, int64_t threads, double seconds, int most)
{
    struct cnn_run own = *r;
    const struct cnn_training how = {.watch = &t->watch};
    own.peers = NULL;
    own.o.threads = threads;
    own.o.quiet = 1;
    own.o.epochs = 1;
    t->watch.stepped = stepped;
    t->seconds = seconds;
    t->most = most < CNN_TURNS ? most : CNN_TURNS;
    t->begin = cnn_seconds();
    t->last = 0;
    return cnn_train(&own, &how);
}

double cnn_turns_median(struct cnn_turns *t)
{
    cnn_bench_sort(t->time, t->n);
    return t->n > 0 ? t->time[t->n / 2] : 0;
}
