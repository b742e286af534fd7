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

/* What became of a batch, when all its chunks are done. Every thread finds the same. */
struct verdict {
    struct cnn_slot batch;
    struct cnn_notice notice;
    int finite;
};

/* Thread 0 runs this while the other threads already begin the next step. */
static void count_step(struct cnn_fit *f, const struct verdict *v, const struct cnn_moment *now)
{
    cnn_totals_add(&f->at.totals, &v->batch, cnn_fit_images(f, now->step), v->notice.penalty);
    f->at.step = now->step + 1;
    f->at.t = now->t + 1;
    if (cnn_progress_due(&f->progress))
        show(f);
    cnn_fit_lap(f, 0, CNN_OTHER);
}

/* Tells who watches the steps, whose time is no part of them. */
static void tell_watch(struct cnn_fit *f)
{
    if (f->how->watch && f->watched != CNN_ENOUGH)
        f->watched = f->how->watch->stepped(f->how->watch);
}

/* Thread 0 runs this before the barrier. */
static void give_notice(struct cnn_fit *f, const struct cnn_moment *now)
{
    struct cnn_notice *n = &f->notices[now->t & 1];
    n->penalty = cnn_penalty(f->m, f->g.theta);
    n->asked = f->watched == CNN_ENOUGH || cnn_signals_caught();
    n->pause = f->watched == CNN_PAUSE;
}

static double loss_of(const struct cnn_slot *batch, int64_t rows, double penalty)
{
    return batch->sums.loss / (double)rows + batch->sums.penalty + penalty;
}

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
        give_notice(f, now);
    if (cnn_fit_waits(f, now, leg))
        cnn_pool_barrier(f->g.pool);
    cnn_fit_meet(f, thread, now, leg);
    if (last)
        judge(f, thread, now, v);
    if (leg < cnn_fit_legs(f) - 1)
        cnn_fit_lap(f, thread, cnn_fit_share(f, leg));
    return !last || v->finite;
}

/* Steps from `now` on, before step `until` of the epoch. Returns 0 when they have ended early. */
static int run_steps(struct cnn_fit *f, int thread, struct cnn_moment *now, int64_t until)
{
    for (; now->step < until; now->step++, now->t++) {
        cnn_fit_begin(f, thread, now);
        struct verdict v = {.finite = 0}; /* do_leg() fills it behind the last stretch */
        for (int leg = 0; leg < cnn_fit_legs(f); leg++)
            if (!do_leg(f, thread, now, leg, &v))
                return 0;
        if (thread == 0) {
            count_step(f, &v, now);
            tell_watch(f);
        }
        if (v.notice.asked)
            return 0;
        if (v.notice.pause)
            f->how->watch->pause(f->how->watch, thread, f->g.pool);
    }
    return 1;
}

void cnn_fit_steps(void *fit, int thread)
{
    struct cnn_fit *f = fit;
    struct cnn_moment now = {f->at.step, f->at.t};
    run_steps(f, thread, &now, f->until);
}

/* ---- the steps of `bench --simulate`
 *
 * Each share of a leg runs by itself, so that its time is known, and the time of a step on many threads can be computed
 * from those of the shares. Where there is a core for every thread, each does its own shares, with its caches and its
 * clock, and the others keep their cores as busy as if they worked; between such steps there are some that all threads
 * run together, for comparison. Else thread 0 does the shares of all. */

enum { AT_ONCE = 2, BUSY_ROUNDS = 64 }; /* steps of a kind, one behind the other; of multiply-adds, between two looks */

/* Which thread does the share of one. */
static int worker_of(const struct cnn_fit *f, int thread)
{
    return f->g.dealt ? 0 : thread;
}

/* A step as one thread sees it, which waits for its turns. */
struct share {
    struct cnn_fit *f;
    int thread;
    unsigned turn; /* the number of the next share */
    double before; /* seconds of thread 0, of what it did since its last share */
    struct cnn_moment *now;
    struct verdict verdict;
};

/* Waits for the turn with that number. */
static void await_turn(struct cnn_fit *f, unsigned turn)
{
    while (atomic_load_explicit(&f->turn, memory_order_acquire) != turn) {
        volatile float sink = f->m->bench.peak(BUSY_ROUNDS);
        (void)sink;
    }
}

static void end_turn(struct cnn_fit *f, unsigned turn)
{
    atomic_store_explicit(&f->turn, turn + 1, memory_order_release);
}

/* The share of thread t, which this thread does. */
static void do_share(struct share *s, int leg, int t, int first)
{
    struct cnn_fit *f = s->f;
    struct cnn_watch *w = f->how->watch;
    const double start = cnn_work_seconds();
    cnn_fit_leg(f, t, s->now, leg);
    if (t == 0 && leg == cnn_fit_stretches(f) - 1)
        give_notice(f, s->now);
    w->took(w, &(struct cnn_leg_time){.leg = leg,
                                      .thread = t,
                                      .waits = cnn_fit_waits(f, s->now, leg),
                                      .first = first,
                                      .share = cnn_fit_share(f, leg),
                                      .name = cnn_fit_leg_name(f, leg),
                                      .seconds = cnn_work_seconds() - start + (t == 0 ? s->before : 0)});
    if (t == 0)
        s->before = 0;
}

/* Whose turn it is. Where one core does all shares, another one is the first in each step. */
static int thread_at(const struct share *s, int i)
{
    const int64_t first = s->f->g.dealt ? s->now->t : 0;
    return (int)((first + i) % s->f->g.threads);
}

/* Returns 0 when the step ends here. */
static int simulate_leg(struct share *s, int leg)
{
    struct cnn_fit *f = s->f;
    for (int i = 0; i < f->g.threads; i++, s->turn++) {
        const int t = thread_at(s, i);
        if (worker_of(f, t) == s->thread) {
            await_turn(f, s->turn);
            do_share(s, leg, t, i == 0);
            end_turn(f, s->turn);
        }
    }
    if (leg != cnn_fit_stretches(f) - 1)
        return 1;
    await_turn(f, s->turn);
    const double start = cnn_work_seconds();
    judge(f, s->thread, s->now, &s->verdict);
    s->before = cnn_work_seconds() - start;
    return s->verdict.finite;
}

static void end_step(struct share *s)
{
    const double start = cnn_work_seconds();
    count_step(s->f, &s->verdict, s->now);
    s->before += cnn_work_seconds() - start;
    s->f->how->watch->simulated = 1;
    tell_watch(s->f);
    s->f->how->watch->simulated = 0;
}

static int simulate_steps(struct share *s, int64_t until)
{
    for (; s->now->step < until; s->now->step++, s->now->t++) {
        for (int leg = 0; leg < cnn_fit_legs(s->f); leg++)
            if (!simulate_leg(s, leg))
                return 0;
        if (s->thread == 0)
            end_step(s);
        if (s->verdict.notice.asked)
            return 0;
    }
    return 1;
}

static int64_t some_more(const struct cnn_fit *f, const struct cnn_moment *now)
{
    return now->step + AT_ONCE < f->until ? now->step + AT_ONCE : f->until;
}

void cnn_fit_simulate(void *fit, int thread)
{
    struct cnn_fit *f = fit;
    struct cnn_moment now = {f->at.step, f->at.t};
    struct share s = {.f = f, .thread = thread, .turn = 0, .now = &now};
    if (worker_of(f, thread) != thread)
        return;
    if (thread == 0) {
        f->how->watch->legs = cnn_fit_legs(f);
        f->how->watch->threads = f->g.threads;
        f->how->watch->dealt = f->g.dealt;
    }
    while (now.step < f->until)
        if (!simulate_steps(&s, some_more(f, &now)) || (!f->g.dealt && !run_steps(f, thread, &now, some_more(f, &now))))
            return;
}
