/* steps.c -- the steps of one epoch, as each thread runs them.
 *
 * A thread runs its chunks through the first stretch, waits at a barrier, runs them through the next, and so on up to
 * the last stretch and one more barrier. Then it updates and prepares its own copy of the parameters. When all threads
 * share one copy, each updates its part, waits, prepares its part, and waits again. Losses and metrics are summed in
 * the order of the chunks, gradients by a tree over the chunks.
 */
#include <math.h>

#include "data/data.h"
#include "engine/engine.h"
#include "images/images.h"
#include "support/support.h"
#include "train/fit.h"

/* The current step; each thread counts for itself. */
struct moment {
    int64_t step, t; /* number within the epoch; number in the whole run */
};

int64_t cnn_fit_images(const struct cnn_fit *f, int64_t step)
{
    int64_t left = f->data.train.rows - step * f->m->train->batch;
    return left < f->m->train->batch ? left : f->m->train->batch;
}

/* The first buffer of this step, among the buffers of all steps that are running. */
static int first_buffer(const struct cnn_fit *f, const struct moment *now)
{
    return f->g.copies > 1 ? (int)(now->t & 1) * f->m->chunks : 0;
}

/* The laps of `bench`, which times thread 0 only. */
static struct cnn_laps *laps_of(const struct cnn_fit *f, int thread)
{
    return f->how->watch && thread == 0 ? f->how->watch->laps : NULL;
}

/* Records the time since the last lap of this thread. */
static void lap(const struct cnn_fit *f, int thread, enum cnn_share share)
{
    if (f->how->watch && thread == 0)
        CNN_LAP(laps_of(f, 0), f->m->bench.n_kernels + (int)share);
}

/* Gathers rows order[first .. first + n), augmented as this epoch shows them. */
static void gather(const struct cnn_fit *f, const struct cnn_buffers *b, int64_t first, int n)
{
    const struct cnn_dataset *d = &f->data.train;
    const struct cnn_normalize *z = &d->normalize;
    const struct cnn_shift shift = cnn_normalize_shift(z->scale, z->mean, z->std);
    const float black = cnn_normalize_black(&shift);
    const struct cnn_variation v = {.seed = f->at.seed,
                                    .epoch = (uint64_t)f->at.epoch,
                                    .outside = z->channels ? z->channels->black : &black,
                                    .per_channel = z->channels != NULL};
    cnn_gather(d, f->order, first, n, b->x, b->target);
    for (int64_t i = first; cnn_augments(f->m) && i < first + n; i++) {
        int64_t place = f->order ? f->order[i] : i, row = d->index ? d->index[place] : place;
        cnn_augment(f->m, &v, row, b->x + (i - first) * cnn_input(f->m)->size, b->image);
    }
}

/* Fills the buffers of chunk c before its first stretch. */
static void begin_chunk(struct cnn_fit *f, int thread, const struct moment *now, int c, int buffer)
{
    const struct cnn_model *m = f->m;
    struct cnn_buffers *b = &f->g.buffers[buffer];
    struct cnn_slot *slot = &f->g.slots[first_buffer(f, now) + c];
    int64_t first;
    int n = cnn_engine_chunk(m, f->data.train.rows, now->step, c, &first);
    *slot = (struct cnn_slot){0};
    f->g.chunks[buffer] = (struct cnn_core_chunk){
        b->x, b->target, f->g.grads[first_buffer(f, now) + c], b->y, b->scratch, n, &b->step, &slot->sums};
    if (n == 0)
        return;
    b->step = (struct cnn_step){.seed = f->at.seed,
                                .step = (uint64_t)now->t,
                                .row = (int64_t)c * m->chunk,
                                .scale = 1 / (double)cnn_fit_images(f, now->step),
                                .training = 1,
                                .laps = laps_of(f, thread),
                                .batch = 1};
    gather(f, b, first, n);
    b->step.weight = cnn_gather_weights(&f->data.train, f->order, first, n, b->weight);
    b->step.weight = cnn_weigh_classes(m, f->class_weight, b->target, n, b->step.weight, b->weight);
    lap(f, thread, CNN_GATHER);
}

static void end_chunk(struct cnn_fit *f, int thread, const struct moment *now, int c, int buffer)
{
    const struct cnn_core_chunk *k = &f->g.chunks[buffer];
    cnn_metrics_add(f->m, k->y, k->target, k->n, f->g.slots[first_buffer(f, now) + c].metric);
    cnn_lanes_add(&f->g.lanes, f->m, k, c);
    lap(f, thread, CNN_METRIC);
}

static int chunks_of(const struct cnn_fit *f, int64_t step)
{
    return (int)((cnn_fit_images(f, step) + f->m->chunk - 1) / f->m->chunk);
}

/* The last stretch that runs over chunks; after it their predictions are ready. */
static int last_of_chunks(const struct cnn_core *core)
{
    int s = core->n_stretches - 1;
    while (core->stretches[s].part)
        s--;
    return s;
}

static void train_chunk(struct cnn_fit *f, int thread, const struct moment *now, int s, int c)
{
    const int buffer = cnn_engine_buffer(&f->g, thread, c);
    if (s == 0)
        begin_chunk(f, thread, now, c, buffer);
    if (f->g.chunks[buffer].n == 0)
        return;
    cnn_stretch_chunk(&f->g, thread, s, buffer, chunks_of(f, now->step));
    if (s == last_of_chunks(&f->m->core))
        end_chunk(f, thread, now, c, buffer);
}

/* Runs a batch forward and backward. The caller adds the barrier after the last stretch. */
static void train_batch(struct cnn_fit *f, int thread, const struct moment *now)
{
    const struct cnn_core *core = &f->m->core;
    for (int s = 0; s < core->n_stretches; s++) {
        if (s > 0) {
            cnn_pool_barrier(f->g.pool);
            lap(f, thread, CNN_OTHER);
        }
        if (core->stretches[s].part)
            cnn_stretch_part(&f->g, thread, s, chunks_of(f, now->step));
        else
            for (int c = thread; c < f->m->chunks; c += f->g.threads)
                train_chunk(f, thread, now, s, c);
    }
}

int64_t cnn_fit_cycles(const struct cnn_fit *f)
{
    return f->how->trial ? f->how->trial->cycles : 0;
}

double cnn_fit_rate(const struct cnn_fit *f, int64_t t)
{
    int64_t in_cycle = cnn_fit_cycles(f) ? t % f->schedule.steps : t;
    double scheduled = cnn_learning_rate(&f->schedule, in_cycle, f->epochs * f->steps);
    return cnn_callbacks_lr(f->m->train, &f->at.callbacks, scheduled);
}

/* When each thread has its own copy of the parameters, every thread sums all chunks by itself. With more chunks than
 * this, each thread sums one part for all threads instead. */
enum { SUMMED_BY_EACH = 4 };

/* Returns how many gradients must still be summed, from grads[0] on. */
static int reduce(const struct cnn_fit *f, int thread, float *const *grads, int n)
{
    const size_t theta = f->m->core.trained, threads = (size_t)f->g.threads, t = (size_t)thread;
    if (f->g.copies == 1 || f->m->update_phases > 1 || n <= SUMMED_BY_EACH)
        return n;
    cnn_reduce(grads[0], grads, n, theta * t / threads, theta * (t + 1) / threads);
    cnn_pool_barrier(f->g.pool);
    return 1;
}

/* All phases but the last write gradients, which all threads share, so the threads always divide that work. */
static void update(struct cnn_fit *f, int thread, const struct moment *now)
{
    const struct cnn_model *m = f->m;
    const struct cnn_worker *w = &f->g.workers[thread];
    int copies = f->g.copies > 1, n = chunks_of(f, now->step);
    float *const *grads = f->g.grads + first_buffer(f, now);
    struct cnn_update u = {.t = now->t + 1, .part = thread, .parts = f->g.threads};
    u.lr = cnn_fit_rate(f, now->t);
    n = reduce(f, thread, grads, n);
    for (; u.phase < m->update_phases - 1; u.phase++) {
        m->update(w->theta, w->state, grads, n, &u);
        cnn_pool_barrier(f->g.pool);
    }
    if (copies) {
        u.part = 0;
        u.parts = 1;
    }
    m->update(w->theta, w->state, grads, n, &u);
    if (!copies)
        cnn_pool_barrier(f->g.pool);
    lap(f, thread, CNN_UPDATE);
    if (m->bench.prepare)
        m->bench.prepare(w->theta, w->prepared, u.part, u.parts, laps_of(f, thread));
    else
        m->core.prepare(w->theta, w->prepared, u.part, u.parts);
    if (!copies)
        cnn_pool_barrier(f->g.pool);
}

static void show(struct cnn_fit *f)
{
    struct cnn_logs logs = {0};
    cnn_logs_totals(&logs, f->m, "", &f->at.totals);
    cnn_progress_draw(&f->progress, f->at.step, &logs);
}

/* Thread 0 runs this while the other threads already begin the next step. */
static void count_step(struct cnn_fit *f, const struct cnn_slot *batch, const struct moment *now, double penalty)
{
    cnn_totals_add(&f->at.totals, batch, cnn_fit_images(f, now->step), penalty);
    f->at.step = now->step + 1;
    f->at.t = now->t + 1;
    if (cnn_progress_due(&f->progress))
        show(f);
    lap(f, 0, CNN_OTHER);
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

/* All threads compute the same loss from the same sums, so they all stop before the update when the loss is not a
 * number. */
void cnn_fit_steps(void *fit, int thread)
{
    struct cnn_fit *f = fit;
    struct moment now = {f->at.step, f->at.t};
    for (; now.step < f->steps; now.step++, now.t++) {
        struct cnn_notice *notice = &f->notices[now.t & 1];
        struct cnn_slot batch;
        train_batch(f, thread, &now);
        if (thread == 0)
            give_notice(f, notice);
        cnn_pool_barrier(f->g.pool);
        cnn_slot_sum(f->g.slots + first_buffer(f, &now), f->m->chunks, &batch);
        double loss = loss_of(&batch, cnn_fit_images(f, now.step), notice->penalty);
        int asked = notice->asked, pause = notice->pause;
        if (!isfinite(loss) && thread == 0) {
            f->not_finite = 1;
            f->bad_loss = loss;
        }
        if (!isfinite(loss))
            return;
        lap(f, thread, CNN_OTHER);
        update(f, thread, &now);
        if (thread == 0)
            count_step(f, &batch, &now, notice->penalty);
        if (asked)
            return;
        if (pause)
            f->how->watch->pause(f->how->watch, thread, f->g.pool);
    }
}
