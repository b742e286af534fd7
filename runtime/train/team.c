/* team.c -- the legs of a team: there are more threads than chunks. A thread does some images of a leg, or pieces of a
 * kernel, or the slices of gradients that were dealt to it; and for itself what all threads want. */
#include <string.h>

#include "data/data.h"
#include "engine/meeting.h"
#include "train/fit.h"

static int has_several_ports(const struct cnn_model *m)
{
    return m->n_inputs > 1 || m->n_targets > 1;
}

/* When the first leg has pieces, which want the inputs of all images, or no images, these are gathered before it. So
 * are those of several ports, a chunk at a time. */
static int gathers_apart(const struct cnn_fit *f)
{
    return has_several_ports(f->m) || f->m->team.legs[0].share == CNN_LEG_PIECES ||
           f->m->team.legs[0].share == CNN_LEG_EACH;
}

const struct cnn_leg *cnn_team_leg_of(const struct cnn_fit *f, int number)
{
    const int leg = number - gathers_apart(f);
    return leg < 0 ? NULL : f->m->team.legs + leg;
}

int cnn_team_waits(const struct cnn_fit *f, int number)
{
    const struct cnn_leg *leg = cnn_team_leg_of(f, number);
    return !leg || leg->share != CNN_LEG_EACH;
}

int cnn_team_legs(const struct cnn_fit *f)
{
    return f->m->team.n_legs + gathers_apart(f);
}

const char *cnn_team_leg_name(const struct cnn_fit *f, int number)
{
    static const char *const names[] = {[CNN_LEG_IMAGES] = "images",
                                        [CNN_LEG_LOSS] = "images, loss",
                                        [CNN_LEG_PIECES] = "pieces",
                                        [CNN_LEG_SLICES] = "gradients",
                                        [CNN_LEG_EACH] = "statistics"};
    const struct cnn_leg *leg = cnn_team_leg_of(f, number);
    return leg ? names[leg->share] : "gather";
}

/* Row `i` of the targets of a buffer. Numbers of classes are as large as floats. */
static char *target_at(const struct cnn_model *m, const struct cnn_buffers *b, int i)
{
    return (char *)b->target + (size_t)i * (size_t)cnn_target_size(m) * sizeof(float);
}

static struct cnn_core_chunk chunk_of(const struct cnn_fit *f, const struct cnn_moment *now, int c,
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
                              .share = cnn_fit_share_of_batch(f, now)};
    return (struct cnn_core_chunk){b->x,
                                   b->target,
                                   f->g.grads[c - f->g.first],
                                   b->y,
                                   b->scratch,
                                   n,
                                   step,
                                   f->g.image_sums + (size_t)c * (size_t)m->chunk * (size_t)m->team.n_sums};
}

/* ---- images */

/* Images from .. from + n - 1 of chunk c. */
struct images {
    int c, from, n;
};

static void clear_sums(const struct cnn_fit *f, const struct cnn_moment *now, const struct images *i)
{
    struct cnn_step step;
    struct cnn_sums *sums = chunk_of(f, now, i->c, &step).sums;
    for (int s = 0; s < f->m->team.n_sums; s++)
        for (int j = i->from; j < i->from + i->n; j++)
            sums[s * f->m->chunk + j] = (struct cnn_sums){0};
}

/* Gathers them into their chunk. */
static void gather(const struct cnn_fit *f, int thread, const struct cnn_moment *now, const struct images *i)
{
    const struct cnn_model *m = f->m;
    const struct cnn_buffers *b = &f->g.buffers[i->c - f->g.first];
    const struct cnn_buffers at = {.x = b->x + i->from * cnn_input(m)->size,
                                   .target = target_at(m, b, i->from),
                                   .image = f->g.buffers[thread].image,
                                   .other = f->g.buffers[thread].other,
                                   .others = f->g.buffers[thread].others};
    cnn_fit_gather(f, thread, &at, now->step * m->train->batch + (int64_t)i->c * m->chunk + i->from, i->n);
    clear_sums(f, now, i);
}

static void gather_chunks(const struct cnn_fit *f, int thread, const struct cnn_moment *now)
{
    for (int c = f->g.first + thread; c < f->g.end; c += f->g.threads) {
        int64_t first;
        const int n = cnn_engine_chunk(f->m, f->data.train.rows, now->step, c, &first);
        if (n > 0)
            gather(f, thread, now, &(struct images){c, 0, n});
    }
}

static void run_images(const struct cnn_fit *f, int thread, const struct cnn_moment *now, const struct cnn_leg *leg,
                       const struct images *i)
{
    const struct cnn_model *m = f->m;
    const struct cnn_worker *w = &f->g.workers[thread];
    const struct cnn_buffers *b = &f->g.buffers[i->c - f->g.first];
    struct cnn_step step;
    const struct cnn_core_chunk k = chunk_of(f, now, i->c, &step);
    if (leg->share == CNN_LEG_LOSS) {
        const int64_t first = now->step * m->train->batch + (int64_t)i->c * m->chunk + i->from;
        cnn_fit_weigh(f, &step, target_at(m, b, i->from), first, i->n, b->weight + i->from);
        if (step.weight)
            step.weight -= i->from;
    }
    leg->run(w->theta, w->prepared, &k, w->own, i->from, i->from + i->n, 1, NULL);
}

/* The images of the rank's chunks up to chunk c. */
static int64_t images_before(const struct cnn_fit *f, const struct cnn_moment *now, int c)
{
    const int64_t all = cnn_fit_images(f, now->step), before = (int64_t)c * f->m->chunk;
    return before < all ? before : all;
}

/* A thread's images are neighbours in the batch, the same ones in all legs; they may lie in several chunks. leg NULL:
 * there is nothing to do but to gather. */
static void train_images(const struct cnn_fit *f, int thread, const struct cnn_moment *now, const struct cnn_leg *leg)
{
    const int64_t first = images_before(f, now, f->g.first), images = images_before(f, now, f->g.end) - first;
    const int64_t threads = f->g.threads, size = f->m->chunk, end = first + images * (thread + 1) / threads;
    for (int64_t at = first + images * thread / threads, n; at < end; at += n) {
        const int64_t left = size - at % size;
        n = end - at < left ? end - at : left;
        const struct images i = {(int)(at / size), (int)(at % size), (int)n};
        if (!leg || (leg == f->m->team.legs && !gathers_apart(f)))
            gather(f, thread, now, &i);
        if (leg)
            run_images(f, thread, now, leg, &i);
    }
}

/* ---- pieces and slices */

static void add_images(const struct cnn_model *m, const struct cnn_sums *from, int n, struct cnn_sums *sum)
{
    for (int i = 0; i < n; i++) {
        sum->loss += from[i].loss;
        sum->penalty += from[i].penalty;
        for (int j = 0; j < m->n_outputs; j++)
            sum->each[j] += from[i].each[j];
    }
}

/* One thread adds what is known of a chunk's images, in their order. */
static void count_chunk(struct cnn_fit *f, const struct cnn_core_chunk *k, int c)
{
    struct cnn_slot *slot = &f->g.slots[c];
    *slot = (struct cnn_slot){0};
    for (int s = 0; s < f->m->team.n_sums; s++)
        add_images(f->m, k->sums + s * f->m->chunk, k->n, &slot->sums);
    if (k->n == 0)
        return;
    cnn_metrics_add(f->m, k->y, k->target, k->n, slot->metric);
    cnn_lanes_add(&f->g.lanes, f->m, k, c);
}

static void train_slices(struct cnn_fit *f, int thread, const struct cnn_moment *now, const struct cnn_leg *leg)
{
    const struct cnn_worker *w = &f->g.workers[thread];
    for (int c = f->g.first; c < f->g.end; c++) {
        struct cnn_step step;
        const struct cnn_core_chunk k = chunk_of(f, now, c, &step);
        step.ready = f->g.weighing ? NULL : cnn_meet_ready(&f->g); /* weighing passes each mark many times */
        if ((c - f->g.first) % f->g.threads == f->g.threads - 1 - thread)
            count_chunk(f, &k, c);
        if (k.n > 0 && f->g.weighing)
            cnn_weigh(&f->g, leg, &k, thread, c - f->g.first);
        else if (k.n > 0)
            leg->run(w->theta, w->prepared, &k, w->own, 0, 1, 1, cnn_dealt_to(&f->g, thread, c - f->g.first));
    }
}

static void train_pieces(const struct cnn_fit *f, int thread, const struct cnn_moment *now, const struct cnn_leg *leg)
{
    const struct cnn_worker *w = &f->g.workers[thread];
    const int threads = f->g.threads, all = cnn_fit_chunks(f, now->step), first = f->g.first;
    const int chunks = (f->g.end < all ? f->g.end : all) - first;
    for (int c = first; c < f->g.end; c++) {
        const int begin = thread * chunks - (c - first) * threads, end = begin + chunks;
        struct cnn_step step;
        const struct cnn_core_chunk k = chunk_of(f, now, c, &step);
        if (k.n > 0 && end > 0 && begin < threads)
            leg->run(w->theta, w->prepared, &k, w->own, begin, end, threads, NULL);
    }
}

/* ---- what a thread has for itself */

static void add_sums(const struct cnn_fit *f, const struct cnn_moment *now, const struct cnn_leg *leg, double *total)
{
    if (f->g.meeting)
        memcpy(total, cnn_meet_total(&f->g), leg->sums * sizeof *total);
    else
        cnn_sum_images(&f->g, &(struct cnn_image_sums){leg, cnn_fit_images(f, now->step)}, 0,
                       cnn_fit_chunks(f, now->step), total);
}

/* The first chunk stands for all: what is computed does not depend on images. */
static void train_each(const struct cnn_fit *f, int thread, const struct cnn_moment *now, const struct cnn_leg *leg)
{
    const struct cnn_worker *w = &f->g.workers[thread];
    struct cnn_step step;
    const struct cnn_core_chunk k = chunk_of(f, now, f->g.first, &step);
    if (leg->sums)
        add_sums(f, now, leg, (double *)(void *)(w->own + leg->total));
    leg->run(w->theta, w->prepared, &k, w->own, 0, 1, 1, NULL);
}

void cnn_team_leg(struct cnn_fit *f, int thread, const struct cnn_moment *now, int number)
{
    const struct cnn_leg *leg = cnn_team_leg_of(f, number);
    if (number == 0 && thread == 0) /* behind this leg is a barrier */
        cnn_learn_from_weighing(&f->g);
    if (!leg && has_several_ports(f->m))
        gather_chunks(f, thread, now);
    else if (!leg)
        train_images(f, thread, now, NULL);
    else if (leg->share == CNN_LEG_EACH)
        train_each(f, thread, now, leg);
    else if (leg->share == CNN_LEG_SLICES)
        train_slices(f, thread, now, leg);
    else if (leg->share == CNN_LEG_PIECES)
        train_pieces(f, thread, now, leg);
    else
        train_images(f, thread, now, leg);
}
