/* steps.c -- the steps of one epoch: their legs, one after the other, as each thread runs them, and what thread 0 says
 * and counts between them. */
#include <math.h>

#include "engine/engine.h"
#include "support/support.h"
#include "train/fit.h"

static void show(struct cnn_fit *f)
{
    struct cnn_logs logs = {0};
    cnn_logs_totals(&logs, f->m, "", &f->at.totals);
    cnn_progress_draw(&f->progress, f->at.step, &logs);
}

/* Thread 0 runs this while the other threads already begin the next step. */
static void count_step(struct cnn_fit *f, const struct cnn_slot *batch, const struct cnn_moment *now, double penalty)
{
    cnn_totals_add(&f->at.totals, batch, cnn_fit_images(f, now->step), penalty);
    f->at.step = now->step + 1;
    f->at.t = now->t + 1;
    if (cnn_progress_due(&f->progress))
        show(f);
    cnn_fit_lap(f, 0, CNN_OTHER);
    if (f->how->watch && f->watched != CNN_ENOUGH)
        f->watched = f->how->watch->stepped(f->how->watch);
}

/* Thread 0 runs this before the barrier. */
static void give_notice(struct cnn_fit *f, struct cnn_notice *n)
{
    n->penalty = cnn_penalty(f->m, f->g.theta);
    n->asked = f->watched == CNN_ENOUGH || cnn_signals_caught();
    n->pause = f->watched == CNN_PAUSE;
}

static double loss_of(const struct cnn_slot *batch, int64_t rows, double penalty)
{
    return batch->sums.loss / (double)rows + batch->sums.penalty + penalty;
}

/* What became of a batch, when all its chunks are done. Every thread finds the same. */
struct verdict {
    struct cnn_slot batch;
    struct cnn_notice notice;
    int finite;
};

/* All threads compute the same loss from the same sums, so they all stop before the update when the loss is not a
 * number. */
static void judge(struct cnn_fit *f, int thread, const struct cnn_moment *now, struct verdict *v)
{
    v->notice = f->notices[now->t & 1];
    cnn_slot_sum(f->g.slots + cnn_fit_first_buffer(f, now), f->m->chunks, &v->batch);
    double loss = loss_of(&v->batch, cnn_fit_images(f, now->step), v->notice.penalty);
    v->finite = isfinite(loss) != 0;
    if (!v->finite && thread == 0) {
        f->not_finite = 1;
        f->bad_loss = loss;
    }
}

/* Does one leg with the barrier behind it. Returns 0 when the step ends here. */
static int do_leg(struct cnn_fit *f, int thread, const struct cnn_moment *now, int leg, struct verdict *v)
{
    const int last = leg == cnn_fit_stretches(f) - 1;
    if (leg == 0)
        cnn_fit_meet_first(f, thread, now);
    cnn_fit_leg(f, thread, now, leg);
    if (last && thread == 0)
        give_notice(f, &f->notices[now->t & 1]);
    if (cnn_fit_waits(f, now, leg))
        cnn_pool_barrier(f->g.pool);
    cnn_fit_meet(f, thread, now, leg);
    if (last)
        judge(f, thread, now, v);
    if (leg < cnn_fit_legs(f) - 1)
        cnn_fit_lap(f, thread, cnn_fit_share(f, leg));
    return !last || v->finite;
}

void cnn_fit_steps(void *fit, int thread)
{
    struct cnn_fit *f = fit;
    struct cnn_moment now = {f->at.step, f->at.t};
    for (; now.step < f->until; now.step++, now.t++) {
        cnn_fit_begin(f, thread, &now);
        struct verdict v = {.finite = 0}; /* do_leg() fills it behind the last stretch */
        for (int leg = 0; leg < cnn_fit_legs(f); leg++)
            if (!do_leg(f, thread, &now, leg, &v))
                return;
        if (thread == 0)
            count_step(f, &v.batch, &now, v.notice.penalty);
        if (v.notice.asked)
            return;
        if (v.notice.pause)
            f->how->watch->pause(f->how->watch, thread, f->g.pool);
    }
}

/* Does the share of one of many threads in a leg, and tells how long that took. */
static void simulate_share(struct cnn_fit *f, int thread, const struct cnn_moment *now, int leg)
{
    struct cnn_watch *w = f->how->watch;
    const double start = cnn_work_seconds();
    cnn_fit_leg(f, thread, now, leg);
    w->took(w, &(struct cnn_leg_time){.leg = leg,
                                      .thread = thread,
                                      .waits = cnn_fit_waits(f, now, leg),
                                      .share = cnn_fit_share(f, leg),
                                      .name = cnn_fit_leg_name(f, leg),
                                      .seconds = cnn_work_seconds() - start});
}

void cnn_fit_simulate(void *fit, int thread)
{
    struct cnn_fit *f = fit;
    struct cnn_moment now = {f->at.step, f->at.t};
    struct verdict v = {.finite = 1};
    f->how->watch->legs = cnn_fit_legs(f);
    f->how->watch->threads = f->g.threads;
    for (; thread == 0 && now.step < f->steps && v.finite && f->watched != CNN_ENOUGH; now.step++, now.t++) {
        for (int leg = 0; leg < cnn_fit_legs(f) && v.finite; leg++) {
            for (int t = 0; t < f->g.threads; t++)
                simulate_share(f, t, &now, leg);
            if (leg != cnn_fit_stretches(f) - 1)
                continue;
            give_notice(f, &f->notices[now.t & 1]);
            judge(f, 0, &now, &v);
        }
        if (v.finite)
            count_step(f, &v.batch, &now, v.notice.penalty);
    }
}
