/* batch.c -- the rows of a batch: how many there are, their inputs and targets, and how much each counts. */
#include <string.h>

#include "data/data.h"
#include "engine/engine.h"
#include "images/images.h"
#include "train/fit.h"

int64_t cnn_fit_images(const struct cnn_fit *f, int64_t step)
{
    int64_t left = f->data.train.rows - step * f->m->train->batch;
    return left < f->m->train->batch ? left : f->m->train->batch;
}

int cnn_fit_chunks(const struct cnn_fit *f, int64_t step)
{
    return (int)((cnn_fit_images(f, step) + f->m->chunk - 1) / f->m->chunk);
}

/* Image i of a chunk, as it is before the noise, becomes the target of the outputs whose targets are the input. */
static void take_target(const struct cnn_fit *f, void *target, int64_t i, const float *x)
{
    const struct cnn_dataset *first = &f->data.train;
    for (int k = 0; target && k <= first->n_more; k++) {
        const struct cnn_dataset *d = k ? &first->more[k - 1] : first;
        char *targets = (char *)target + (k ? d->y_at[0] : 0);
        if (d->from == CNN_FROM_INPUT && !d->skips_y)
            memcpy((float *)(void *)targets + i * d->y_size, x, (size_t)d->y_size * sizeof *x);
    }
}

/* Gathers the rows at places first .. first + n - 1 of the order, each augmented by itself. */
static void show_rows(const struct cnn_fit *f, int64_t first, int64_t n, float *rows, void *target, float *image)
{
    const struct cnn_dataset *d = &f->data.train;
    const struct cnn_normalize *z = &d->normalize;
    const struct cnn_shift shift = cnn_normalize_shift(z->scale, z->mean, z->std);
    const float black = cnn_normalize_black(&shift);
    const struct cnn_variation v = {.seed = f->at.seed,
                                    .epoch = (uint64_t)f->at.epoch,
                                    .outside = z->channels ? z->channels->black : &black,
                                    .per_channel = z->channels != NULL};
    cnn_gather(d, f->order, first, n, rows, target);
    for (int64_t i = first; cnn_augments(f->m) && i < first + n; i++) {
        int64_t place = f->order ? f->order[i] : i, row = d->index ? d->index[place] : place;
        float *x = rows + (i - first) * cnn_input(f->m)->size;
        cnn_augment(f->m, &v, row, x, image);
        take_target(f, target, i - first, x);
        cnn_augment_noise(f->m, &v, row, x);
    }
}

/* Mixes the targets of image i of a chunk with those of one row. */
static void mix_targets(const struct cnn_fit *f, const struct cnn_mixed *how, void *target, int64_t i,
                        const void *others)
{
    for (int k = 0; k < f->m->n_targets; k++) {
        const struct cnn_port *port = &f->m->targets[k].port;
        const size_t at = cnn_target_place(f->m, k, f->m->chunk, sizeof(float));
        float *own = (float *)(void *)((char *)target + at);
        cnn_mix(f->m, port, how, own + i * port->size, (const float *)(const void *)((const char *)others + at));
    }
}

/* Mixes the rows at places first .. first + n - 1, which are in b, with others of their batch. */
static void mix_rows(const struct cnn_fit *f, const struct cnn_buffers *b, int64_t first, int64_t n)
{
    const int64_t step = first / f->m->train->batch;
    const struct cnn_places batch = {f->at.seed, (uint64_t)f->at.epoch, step * f->m->train->batch,
                                     cnn_fit_images(f, step)};
    struct cnn_mixed how;
    for (int64_t i = 0; i < n; i++) {
        if (!cnn_mix_draw(f->m, &batch, first + i, &how))
            continue;
        show_rows(f, how.partner, 1, b->other, b->others, b->image);
        cnn_mix(f->m, cnn_input(f->m), &how, b->x + i * cnn_input(f->m)->size, b->other);
        mix_targets(f, &how, b->target, i, b->others);
    }
}

void cnn_fit_gather(const struct cnn_fit *f, int thread, const struct cnn_buffers *b, int64_t first, int n)
{
    show_rows(f, first, n, b->x, b->target, b->image);
    if (f->phase)
        cnn_phase_targets(f, thread, b->x, b->target, n);
    else if (cnn_mixes(f->m))
        mix_rows(f, b, first, n);
}

double cnn_fit_share_of_batch(const struct cnn_fit *f, const struct cnn_moment *now)
{
    const int64_t first = now->step * f->m->train->batch;
    return cnn_dataset_share(f->m, &f->data.train, f->order, first, cnn_fit_images(f, now->step));
}

void cnn_fit_weigh(const struct cnn_fit *f, struct cnn_step *step, const void *target, int64_t first, int n,
                   float *room)
{
    step->weight = cnn_gather_weights(&f->data.train, f->order, first, n, room);
    if (cnn_answers(f->m) > 1)
        step->class_weight = f->class_weight;
    else
        step->weight = cnn_weigh_classes(f->m, f->class_weight, target, n, step->weight, room);
}
