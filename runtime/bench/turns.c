/* turns.c -- what a simulation is held against: whole steps of the trainer, timed by turns with the simulated ones, as
 * the clock of a core changes. */
#include <stddef.h>

#include "bench/measures.h"
#include "bench/simulate.h"
#include "train/train.h"

static const double warm_share = 0.1;

int cnn_is_warm(const struct cnn_pace *p, double now)
{
    return now - p->begin > p->seconds * warm_share;
}

enum cnn_watched cnn_pace_verdict(const struct cnn_pace *p, double now)
{
    return p->n == p->most || now - p->begin > p->seconds ? CNN_ENOUGH : CNN_GO_ON;
}

int cnn_train_watched(struct cnn_watch *watch, struct cnn_pace *p, const struct cnn_run *r, int64_t threads)
{
    struct cnn_run own = *r;
    const struct cnn_training how = {.watch = watch};
    own.peers = NULL;
    own.o.threads = threads;
    own.o.quiet = 1;
    own.o.epochs = 1;
    p->begin = cnn_seconds();
    return cnn_train(&own, &how);
}

static enum cnn_watched stepped(struct cnn_watch *watch)
{
    struct cnn_turns *t = (struct cnn_turns *)((char *)watch - offsetof(struct cnn_turns, watch));
    const double now = cnn_seconds();
    if (t->last > 0 && cnn_is_warm(&t->pace, now))
        t->time[t->pace.n++] = now - t->last;
    t->last = cnn_seconds();
    return cnn_pace_verdict(&t->pace, now);
}

int cnn_turn(struct cnn_turns *t, const struct cnn_run *r, int64_t threads, double seconds, int most)
{
    t->watch.stepped = stepped;
    t->pace.seconds = seconds;
    t->pace.most = most < CNN_TURNS ? most : CNN_TURNS;
    t->last = 0;
    return cnn_train_watched(&t->watch, &t->pace, r, threads);
}

double cnn_turns_median(struct cnn_turns *t)
{
    cnn_bench_sort(t->time, t->pace.n);
    return t->pace.n > 0 ? t->time[t->pace.n / 2] : 0;
}
