/* legs.c -- what a step consists of. A step is a row of legs. Every thread does its share of each leg, and there is a
 * barrier behind most of them. A share depends on nothing but the numbers of the thread and of the threads, so `bench`
 * can do the shares of many threads one after the other.
 *
 * The first legs are the stretches of the network, the next ones sum gradients and update the parameters, the last one
 * prepares the copies of parameters that kernels want. Each thread updates and prepares its own copy of the parameters;
 * when all share one copy, each does a part of it. Losses and metrics are summed in the order of the chunks, gradients
 * by a tree over the chunks.
 */
#include <string.h>

#include "data/data.h"
#include "engine/engine.h"
#include "images/images.h"
#include "support/support.h"
#include "train/fit.h"

int64_t cnn_fit_images(const struct cnn_fit *f, int64_t step)
{
    int64_t left = f->data.train.rows - step * f->m->train->batch;
    return left < f->m->train->batch ? left : f->m->train->batch;
}

int64_t cnn_fit_cycles(const struct cnn_fit *f)
{
    return f->how->trial ? f->how->trial->cycles : 0;
}

double cnn_fit_rate(const struct cnn_fit *f, int64_t t)
{
    const int64_t batches = f->m->train->accumulation > 1 ? f->m->train->accumulation : 1;
    int64_t in_cycle = cnn_fit_cycles(f) ? t % f->schedule.steps : t;
    double scheduled = cnn_learning_rate(&f->schedule, in_cycle / batches, f->epochs * f->steps / batches);
    return cnn_callbacks_lr(f->m->train, &f->at.callbacks, scheduled);
}

int cnn_fit_first_buffer(const struct cnn_fit *f, const struct cnn_moment *now)
{
    return f->g.copies > 1 ? (int)(now->t & 1) * f->m->chunks : 0;
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

/* Image i of the buffers, as it is before the noise, becomes the target of the outputs whose targets are the input. */
static void take_target(const struct cnn_fit *f, const struct cnn_buffers *b, int64_t i, const float *x)
{
    const struct cnn_dataset *first = &f->data.train;
    for (int k = 0; k <= first->n_more; k++) {
        const struct cnn_dataset *d = k ? &first->more[k - 1] : first;
        char *targets = (char *)b->target + (k ? d->y_at[0] : 0);
        if (d->from == CNN_FROM_INPUT && !d->skips_y)
            memcpy((float *)(void *)targets + i * d->y_size, x, (size_t)d->y_size * sizeof *x);
    }
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
        float *x = b->x + (i - first) * cnn_input(f->m)->size;
        cnn_augment(f->m, &v, row, x, b->image);
        take_target(f, b, i - first, x);
        cnn_augment_noise(f->m, &v, row, x);
    }
}

static double share_of_batch(const struct cnn_fit *f, const struct cnn_moment *now)
{
    const int64_t first = now->step * f->m->train->batch;
    return cnn_dataset_share(f->m, &f->data.train, f->order, first, cnn_fit_images(f, now->step));
}

/* The factors of the losses of n rows: their own and those of their classes. Where a row has several answers, the
 * kernel looks at their classes. room: for n numbers. */
static void weigh(const struct cnn_fit *f, struct cnn_step *step, const void *target, int64_t first, int n, float *room)
{
    step->weight = cnn_gather_weights(&f->data.train, f->order, first, n, room);
    if (cnn_answers(f->m) > 1)
        step->class_weight = f->class_weight;
    else
        step->weight = cnn_weigh_classes(f->m, f->class_weight, target, n, step->weight, room);
}

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
                                .share = share_of_batch(f, now),
                                .ready = ready_of(f)};
    gather(f, b, first, n);
    weigh(f, &b->step, b->target, first, n, b->weight);
    cnn_fit_lap(f, thread, CNN_GATHER);
}

static void end_chunk(struct cnn_fit *f, int thread, const struct cnn_moment *now, int c, int buffer)
{
    const struct cnn_core_chunk *k = &f->g.chunks[buffer];
    cnn_metrics_add(f->m, k->y, k->target, k->n, f->g.slots[cnn_fit_first_buffer(f, now) + c].metric);
    cnn_lanes_add(&f->g.lanes, f->m, k, c);
    cnn_fit_lap(f, thread, CNN_METRIC);
}

int cnn_fit_chunks(const struct cnn_fit *f, int64_t step)
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

/* ---- stretches of a team: there are more threads than chunks. Each takes some images through the network, then some
 * slices of the gradients of parameters. */

/* Row `i` of the targets of a buffer. Numbers of classes are as large as floats. */
static char *target_at(const struct cnn_model *m, const struct cnn_buffers *b, int i)
{
    return (char *)b->target + (size_t)i * (size_t)cnn_target_size(m) * sizeof(float);
}

static struct cnn_core_chunk team_chunk(const struct cnn_fit *f, const struct cnn_moment *now, int c,
                                        struct cnn_step *step)
{
    const struct cnn_model *m = f->m;
    const struct cnn_buffers *b = &f->g.buffers[c - f->g.first];
    int64_t first;
    const int n = cnn_engine_chunk(m, f->data.train.rows, now->step, c, &first);
    *step = (struct cnn_step){.seed = f->at.seed,
                              .step = (uint64_t)now->t,
                              .row = (int64_t)c * m->chunk,
                              .scale = 1 / (double)cnn_fit_images(f, now->step),
                              .training = 1,
                              .batch = 1,
                              .share = share_of_batch(f, now)};
    return (struct cnn_core_chunk){b->x,
                                   b->target,
                                   f->g.grads[c - f->g.first],
                                   b->y,
                                   b->scratch,
                                   n,
                                   step,
                                   f->g.image_sums + (size_t)c * (size_t)m->chunk};
}

/* Images from .. from + n - 1 of chunk c. */
static void train_images(struct cnn_fit *f, int thread, const struct cnn_moment *now, int c, int from, int n)
{
    const struct cnn_model *m = f->m;
    const struct cnn_worker *w = &f->g.workers[thread];
    const struct cnn_buffers *b = &f->g.buffers[c - f->g.first];
    const struct cnn_buffers at = {
        .x = b->x + from * cnn_input(m)->size, .target = target_at(m, b, from), .image = f->g.buffers[thread].image};
    struct cnn_step step;
    const struct cnn_core_chunk k = team_chunk(f, now, c, &step);
    const int64_t first = now->step * m->train->batch + (int64_t)c * m->chunk + from;
    gather(f, &at, first, n);
    weigh(f, &step, at.target, first, n, b->weight + from);
    if (step.weight)
        step.weight -= from;
    for (int i = from; i < from + n; i++)
        k.sums[i] = (struct cnn_sums){0};
    m->team.images(w->theta, w->prepared, &k, w->own, from, n);
}

/* The images of the rank's chunks up to chunk c. */
static int64_t images_before(const struct cnn_fit *f, const struct cnn_moment *now, int c)
{
    const int64_t all = cnn_fit_images(f, now->step), before = (int64_t)c * f->m->chunk;
    return before < all ? before : all;
}

/* A thread's images are neighbours in the batch; they may lie in several chunks. */
static void train_share(struct cnn_fit *f, int thread, const struct cnn_moment *now)
{
    const int64_t first = images_before(f, now, f->g.first), images = images_before(f, now, f->g.end) - first;
    const int64_t threads = f->g.threads, size = f->m->chunk, end = first + images * (thread + 1) / threads;
    for (int64_t i = first + images * thread / threads, n; i < end; i += n) {
        const int64_t left = size - i % size;
        n = end - i < left ? end - i : left;
        train_images(f, thread, now, (int)(i / size), (int)(i % size), (int)n);
    }
}

/* One thread adds what is known of a chunk's images, in their order. */
static void count_chunk(struct cnn_fit *f, const struct cnn_core_chunk *k, int c)
{
    struct cnn_slot *slot = &f->g.slots[c];
    *slot = (struct cnn_slot){0};
    for (int i = 0; i < k->n; i++) {
        slot->sums.loss += k->sums[i].loss;
        slot->sums.penalty += k->sums[i].penalty;
        slot->sums.each[0] += k->sums[i].each[0];
    }
    if (k->n == 0)
        return;
    cnn_metrics_add(f->m, k->y, k->target, k->n, slot->metric);
    cnn_lanes_add(&f->g.lanes, f->m, k, c);
}

static void train_slices(struct cnn_fit *f, int thread, const struct cnn_moment *now)
{
    const struct cnn_worker *w = &f->g.workers[thread];
    const int threads = f->g.threads, all = cnn_fit_chunks(f, now->step), first = f->g.first;
    const int chunks = (f->g.end < all ? f->g.end : all) - first;
    for (int c = first; c < f->g.end; c++) {
        const int begin = thread * chunks - (c - first) * threads, end = begin + chunks;
        struct cnn_step step;
        const struct cnn_core_chunk k = team_chunk(f, now, c, &step);
        if ((c - first) % threads == thread)
            count_chunk(f, &k, c);
        if (k.n > 0 && end > 0 && begin < threads)
            f->m->team.slices(w->theta, w->prepared, &k, w->own, begin, end, threads);
    }
}

/* ---- updates */

/* When each thread has its own copy of the parameters, every thread sums all chunks by itself. With more chunks than
 * this, each thread sums one part for all threads instead. */
enum { SUMMED_BY_EACH = 4 };

static int reduces(const struct cnn_fit *f, const struct cnn_moment *now)
{
    return f->g.copies > 1 && f->m->update_phases == 1 && cnn_fit_chunks(f, now->step) > SUMMED_BY_EACH;
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
                               .parts = shared ? f->g.threads : 1};
}

/* All phases but the last write gradients, which all threads share, so the threads always divide that work. */
static void update(const struct cnn_fit *f, int thread, const struct cnn_moment *now, int phase)
{
    const struct cnn_worker *w = &f->g.workers[thread];
    struct cnn_update u = share_of(f, thread, now);
    u.phase = phase;
    if (f->g.meeting) {
        cnn_meet_update(&f->g, thread, &u);
        return;
    }
    if (phase < f->m->update_phases - 1) {
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
    if (m->bench.prepare)
        m->bench.prepare(w->theta, w->prepared, u.part, u.parts, laps_of(f, thread));
    else
        m->core.prepare(w->theta, w->prepared, u.part, u.parts);
}

/* ---- legs, in this order: stretches, the sum of gradients, the phases of the update, the constraints if there are
 *      any, prepare */

int cnn_fit_stretches(const struct cnn_fit *f)
{
    return f->g.team ? 2 : f->m->core.n_stretches;
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
        return 1;
    if (phase < 0)
        return reduces(f, now);
    return f->g.copies == 1 || phase < f->m->update_phases - 1;
}

void cnn_fit_leg(struct cnn_fit *f, int thread, const struct cnn_moment *now, int leg)
{
    const int phase = cnn_fit_phase(f, leg);
    if (leg < cnn_fit_stretches(f) && f->g.team)
        leg == 0 ? train_share(f, thread, now) : train_slices(f, thread, now);
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

enum cnn_share cnn_fit_share(const struct cnn_fit *f, int leg)
{
    return leg >= cnn_fit_stretches(f) && cnn_fit_phase(f, leg) < phases(f) ? CNN_UPDATE : CNN_OTHER;
}
