/* callbacks.c -- early stopping, a learning rate that falls on a plateau, checkpoints of the best epoch. The semantics
 * are those of Keras: a number improves only when it is strictly better by more than min_delta; nan is never an
 * improvement. */
#include <math.h>

#include "engine/engine.h"
#include "train/checkpoint.h"

static double worst(const struct cnn_monitor *m)
{
    return m->rises ? -INFINITY : INFINITY;
}

static int better(const struct cnn_monitor *m, double now, double than, double by)
{
    return m->rises ? now - by > than : now + by < than;
}

void cnn_callbacks_begin(const struct cnn_train *t, struct cnn_callbacks *c)
{
    *c = (struct cnn_callbacks){
        .early = {.best_epoch = -1, .best = worst(&t->early_stopping.monitor)},
        .reduce = {.best = worst(&t->reduce_lr.monitor), .scale = 1},
        .best = worst(&t->checkpoint_best),
    };
}

/* Once the run has waited too long it counts as stopped, and a run that is resumed from there stays stopped. */
static int early_stopping(const struct cnn_early_stopping *e, struct cnn_callbacks *c, int64_t epoch, double now)
{
    int first = c->early.best_epoch < 0;
    if (epoch < e->start_from_epoch)
        return 0;
    c->early.wait++;
    if (first)
        c->early.best_epoch = epoch;
    if (better(&e->monitor, now, c->early.best, e->min_delta)) {
        c->early.best = now;
        c->early.best_epoch = epoch;
        if (!e->has_baseline || better(&e->monitor, now, e->baseline, e->min_delta))
            c->early.wait = 0;
        return CNN_BEST_WEIGHTS;
    }
    c->early.stopped = c->early.wait >= e->patience && epoch > 0;
    return (first ? CNN_BEST_WEIGHTS : 0) | (c->early.stopped ? CNN_STOP : 0);
}

static int reduce_lr(const struct cnn_reduce_lr *r, struct cnn_callbacks *c, double lr, double now)
{
    if (c->reduce.cooldown > 0) {
        c->reduce.cooldown--;
        c->reduce.wait = 0;
    }
    if (better(&r->monitor, now, c->reduce.best, r->min_delta)) {
        c->reduce.best = now;
        c->reduce.wait = 0;
        return 0;
    }
    if (c->reduce.cooldown > 0 || ++c->reduce.wait < r->patience || lr <= r->min_lr)
        return 0;
    c->reduce.scale *= r->factor;
    c->reduce.cooldown = r->cooldown;
    c->reduce.wait = 0;
    return CNN_REDUCED;
}

static int keep(const struct cnn_train *t, struct cnn_callbacks *c, int64_t epoch, const double *now)
{
    if (t->checkpoint_every > 1 && (epoch + 1) % t->checkpoint_every != 0)
        return 0;
    if (!t->checkpoint_best.key)
        return CNN_KEEP;
    if (!now || !better(&t->checkpoint_best, *now, c->best, 0))
        return 0;
    c->best = *now;
    return CNN_KEEP;
}

static const double *watched(const struct cnn_monitor *m, const struct cnn_logs *logs)
{
    return m->key ? cnn_logs_find(logs, m->key) : NULL;
}

int cnn_callbacks_epoch(const struct cnn_train *t, struct cnn_callbacks *c, int64_t epoch, double lr,
                        const struct cnn_logs *logs)
{
    const double *early = watched(&t->early_stopping.monitor, logs), *plateau = watched(&t->reduce_lr.monitor, logs);
    int verdict = keep(t, c, epoch, watched(&t->checkpoint_best, logs));
    if (plateau)
        verdict |= reduce_lr(&t->reduce_lr, c, lr, *plateau);
    if (early)
        verdict |= early_stopping(&t->early_stopping, c, epoch, *early);
    return verdict;
}

/* The cuts multiply the rate that the schedule gives, but they do not push it below min_lr. */
double cnn_callbacks_lr(const struct cnn_train *t, const struct cnn_callbacks *c, double scheduled)
{
    double cut = scheduled * c->reduce.scale, least = t->reduce_lr.min_lr;
    if (!t->reduce_lr.monitor.key || c->reduce.scale >= 1)
        return scheduled;
    return cut < least && scheduled > least ? least : cut < least ? scheduled : cut;
}
