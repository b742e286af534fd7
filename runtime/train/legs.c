/* legs.c -- what a step consists of. A step is a row of legs. Every thread does its share of each leg, and there is a
 * barrier behind most of them. A share depends on nothing but the numbers of the thread and of the threads, so `bench`
 * can do the shares of many threads one after the other.
 *
 * The first legs are the stretches of the network, the next ones sum gradients and update the parameters, the last one
 * prepares the copies of parameters that kernels want. Each thread updates and prepares its own copy of the parameters,
 * or updates a part of it and fetches the others; when all share one copy, each does a part of both. Losses and metrics
 * are summed in the order of the chunks, gradients by a tree over the chunks. */
#include <string.h>

#include "data/data.h"
#include "engine/engine.h"
#include "support/support.h"
#include "train/fit.h"

int64_t cnn_fit_cycles(const struct cnn_fit *f)
{
    return f->how->trial ? f->how->trial->cycles : 0;
}

void cnn_fit_snapshot(const struct cnn_fit *f)
{
    int64_t cycle = cnn_fit_cycles(f) ? f->epochs / cnn_fit_cycles(f) : 0;
    size_t n = f->m->core.theta;
    if (cycle && f->at.epoch % cycle == 0)
        memcpy(f->how->trial->snapshots + (size_t)(f->at.epoch / cycle - 1) * n, f->g.theta, n * sizeof *f->g.theta);
}

double cnn_fit_rate(const struct cnn_fit *f, int64_t t)
{
    const int64_t batches = f->m->train->accumulation > 1 ? f->m->train->accumulation : 1;
    int64_t in_cycle = cnn_fit_cycles(f) ? t % f->schedule.steps : t;
    const int64_t updates = f->epochs * f->steps * (f->phase ? f->updates : 1);
    double scheduled = cnn_learning_rate(&f->schedule, in_cycle / batches, updates / batches);
    const struct cnn_fit *run = f->of ? f->of : f;
    return cnn_callbacks_lr(run->m->train, &run->at.callbacks, scheduled);
}

int cnn_fit_first_buffer(const struct cnn_fit *f, const struct cnn_moment *now)
{
    return cnn_engine_overlaps(&f->g) ? (int)(now->t & 1) * f->m->chunks : 0;
}

/* The laps of `bench`, which times thread 0 only. */
static struct cnn_laps *laps_of(const struct cnn_fit *f, int thread)
{
    return f->how->watch && thread == 0 ? f->how->watch->laps : NULL;
}

void cnn_fit_lap(const struct cnn_fit *f, int thread, enum cnn_share share)
{
    if (f->how->watch && thread == 0)
        CNN_LAP(laps_of(f, 0), f->m->bench.n_kernels + (int)share);
}

/* ---- stretches */

/* Who wants to know when gradients are finished. */
static struct cnn_ready *ready_of(const struct cnn_fit *f)
{
    return f->how->watch && f->how->watch->ready ? f->how->watch->ready : cnn_meet_ready(&f->g);
}

/* Fills the buffers of chunk c before its first stretch. */
static void begin_chunk(struct cnn_fit *f, int thread, const struct cnn_moment *now, int c, int buffer)
{
    const struct cnn_model *m = f->m;
    struct cnn_buffers *b = &f->g.buffers[buffer];
    struct cnn_slot *slot = &f->g.slots[cnn_fit_first_buffer(f, now) + c];
    int64_t first;
    int n = cnn_engine_chunk(m, f->data.train.rows, now->step, c, &first);
    *slot = (struct cnn_slot){0};
    f->g.chunks[buffer] = (struct cnn_core_chunk){
        b->x,     b->target,  f->g.grads[cnn_fit_first_buffer(f, now) + c - f->g.first], b->y, b->scratch, n,
        &b->step, &slot->sums};
    if (n == 0)
        return;
    b->step = (struct cnn_step){.seed = f->at.seed,
                                .step = (uint64_t)now->t,
                                .row = (int64_t)c * m->chunk,
                                .scale = 1 / (double)cnn_fit_images(f, now->step),
                                .training = 1,
                                .laps = laps_of(f, thread),
                                .batch = 1,
                                .share = cnn_fit_share_of_batch(f, now),
                                .ready = ready_of(f)};
    cnn_fit_gather(f, thread, b, first, n);
    cnn_fit_weigh(f, &b->step, b->target, first, n, b->weight);
    cnn_fit_lap(f, thread, CNN_GATHER);
}

static void end_chunk(struct cnn_fit *f, int thread, const struct cnn_moment *now, int c, int buffer)
{
    const struct cnn_core_chunk *k = &f->g.chunks[buffer];
    cnn_metrics_add(f->m, k->y, k->target, k->n, f->g.slots[cnn_fit_first_buffer(f, now) + c].metric);
    cnn_lanes_add(&f->g.lanes, f->m, k, c);
    cnn_fit_lap(f, thread, CNN_METRIC);
}

/* The last stretch that runs over chunks; after it their predictions are ready. */
static int last_of_chunks(const struct cnn_core *core)
{
    int s = core->n_stretches - 1;
    while (core->stretches[s].part)
        s--;
    return s;
}

static void train_chunk(struct cnn_fit *f, int thread, const struct cnn_moment *now, int s, int c)
{
    const int buffer = cnn_engine_buffer(&f->g, thread, c);
    if (s == 0)
        begin_chunk(f, thread, now, c, buffer);
    if (f->g.chunks[buffer].n == 0)
        return;
    cnn_stretch_chunk(&f->g, thread, s, buffer, cnn_fit_chunks(f, now->step));
    if (s == last_of_chunks(&f->m->core))
        end_chunk(f, thread, now, c, buffer);
}

static void train_stretch(struct cnn_fit *f, int thread, const struct cnn_moment *now, int s)
{
    if (f->m->core.stretches[s].part)
        cnn_stretch_part(&f->g, thread, s, cnn_fit_chunks(f, now->step));
    else
        for (int c = f->g.first + thread; c < f->g.end; c += f->g.threads)
            train_chunk(f, thread, now, s, c);
}

/* ---- updates */

/* When each thread has its own copy of the parameters, every thread sums all chunks by itself. With more chunks than
 * this, each thread sums one part for all threads instead. */
enum { SUMMED_BY_EACH = 4 };

static int reduces(const struct cnn_fit *f, const struct cnn_moment *now)
{
    return cnn_engine_overlaps(&f->g) && f->m->update_phases == 1 && cnn_fit_chunks(f, now->step) > SUMMED_BY_EACH;
}

static void reduce(const struct cnn_fit *f, int thread, const struct cnn_moment *now)
{
    const size_t theta = f->m->core.trained, threads = (size_t)f->g.threads, t = (size_t)thread;
    float *const *grads = f->g.grads + cnn_fit_first_buffer(f, now);
    cnn_reduce(grads[0], grads, cnn_fit_chunks(f, now->step), theta * t / threads, theta * (t + 1) / threads);
}

/* What a thread updates and prepares: all of its own copy, or its part of the shared one. */
static struct cnn_update share_of(const struct cnn_fit *f, int thread, const struct cnn_moment *now)
{
    const int shared = f->g.copies == 1;
    return (struct cnn_update){.lr = cnn_fit_rate(f, now->t),
                               .t = now->t + 1,
                               .part = shared ? thread : 0,
                               .parts = shared ? f->g.threads : 1,
                               .thread = thread,
                               .threads = f->g.threads};
}

/* All phases but the last write gradients, which all threads share, so the threads always divide that work; that of the
 * last one, too, where they fetch from one another what they have not updated. */
static void update(const struct cnn_fit *f, int thread, const struct cnn_moment *now, int phase)
{
    const struct cnn_worker *w = &f->g.workers[thread];
    struct cnn_update u = share_of(f, thread, now);
    u.phase = phase;
    if (f->g.meeting) {
        cnn_meet_update(&f->g, thread, &u);
        return;
    }
    if (f->g.fetches || phase < f->m->update_phases - 1) {
        u.part = thread;
        u.parts = f->g.threads;
    }
    f->m->update(w->theta, w->state, f->g.grads + cnn_fit_first_buffer(f, now),
                 reduces(f, now) ? 1 : cnn_fit_chunks(f, now->step), &u);
}

/* Each rank has all parameters then, and makes all of them keep to their constraints. */
static void constrain(const struct cnn_fit *f, int thread, const struct cnn_moment *now)
{
    const struct cnn_train *t = f->m->train;
    const struct cnn_update u = share_of(f, thread, now);
    cnn_constrain(t->constraints, t->n_constraints, f->g.workers[thread].theta, u.part, u.parts);
}

static void prepare(const struct cnn_fit *f, int thread, const struct cnn_moment *now)
{
    const struct cnn_model *m = f->m;
    const struct cnn_worker *w = &f->g.workers[thread];
    const struct cnn_update u = share_of(f, thread, now);
    if (f->g.fetches) {
        cnn_engine_fetch(&f->g, thread);
        cnn_fit_lap(f, thread, CNN_UPDATE);
    }
    if (m->bench.prepare)
        m->bench.prepare(w->theta, w->prepared, u.part, u.parts, laps_of(f, thread));
    else
        m->core.prepare(w->theta, w->prepared, u.part, u.parts);
}

void cnn_fit_begin(const struct cnn_fit *f, int thread, const struct cnn_moment *now)
{
    const struct cnn_train *t = f->m->train;
    const struct cnn_update u = share_of(f, thread, now);
    if (t->n_spectra == 0)
        return;
    cnn_normalize_spectra(t->spectra, t->n_spectra, f->g.workers[thread].theta, u.part, u.parts);
    if (f->g.copies == 1)
        cnn_pool_barrier(f->g.pool);
    prepare(f, thread, now);
    if (f->g.copies == 1)
        cnn_pool_barrier(f->g.pool);
}

/* ---- legs, in this order: stretches, the sum of gradients, the phases of the update, the constraints if there are
 *      any, prepare */

int cnn_fit_stretches(const struct cnn_fit *f)
{
    return f->g.team ? cnn_team_legs(f) : f->m->core.n_stretches;
}

/* Those of the update, and the constraints. */
static int phases(const struct cnn_fit *f)
{
    return f->m->update_phases + (f->m->train->n_constraints > 0);
}

int cnn_fit_legs(const struct cnn_fit *f)
{
    return cnn_fit_stretches(f) + 1 + phases(f) + 1;
}

int cnn_fit_phase(const struct cnn_fit *f, int leg)
{
    return leg - cnn_fit_stretches(f) - 1;
}

int cnn_fit_waits(const struct cnn_fit *f, const struct cnn_moment *now, int leg)
{
    const int phase = cnn_fit_phase(f, leg);
    if (leg < cnn_fit_stretches(f))
        return !f->g.team || cnn_team_waits(f, leg);
    if (phase < 0)
        return reduces(f, now);
    return f->g.copies == 1 || phase < f->m->update_phases - !f->g.fetches;
}

void cnn_fit_leg(struct cnn_fit *f, int thread, const struct cnn_moment *now, int leg)
{
    const int phase = cnn_fit_phase(f, leg);
    if (leg < cnn_fit_stretches(f) && f->g.team)
        cnn_team_leg(f, thread, now, leg);
    else if (leg < cnn_fit_stretches(f))
        train_stretch(f, thread, now, leg);
    else if (phase < 0 && reduces(f, now))
        reduce(f, thread, now);
    else if (phase < 0 && f->g.meeting)
        cnn_meet_sum(&f->g, thread, cnn_fit_chunks(f, now->step));
    else if (phase >= 0 && phase < f->m->update_phases)
        update(f, thread, now, phase);
    else if (phase >= 0 && phase < phases(f))
        constrain(f, thread, now);
    else if (phase == phases(f))
        prepare(f, thread, now);
}

const char *cnn_fit_leg_name(const struct cnn_fit *f, int leg)
{
    const int phase = cnn_fit_phase(f, leg);
    if (leg < cnn_fit_stretches(f))
        return f->g.team ? cnn_team_leg_name(f, leg) : "chunks";
    if (phase < 0)
        return "sums of gradients";
    return phase < f->m->update_phases ? "update" : phase < phases(f) ? "constraints" : "copies of parameters";
}

enum cnn_share cnn_fit_share(const struct cnn_fit *f, int leg)
{
    return leg >= cnn_fit_stretches(f) && cnn_fit_phase(f, leg) < phases(f) ? CNN_UPDATE : CNN_OTHER;
}
