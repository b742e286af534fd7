/* groups.c -- how many images at a time: kernels that run image by image, and the images of a chunk. */
#include "plan/inner.h"
#include "training/training.h"

/* ---- granularity: image by image while the data stay in the nearest cache, or the whole chunk at once */

static bool wants_image_loop(const struct plan *p, const struct kernel *k)
{
    const struct op *o = k->op;
    if (k->whole_chunk || o->kind->granularity == WHOLE_CHUNK)
        return false;
    if (o->kind->granularity == BY_TRAFFIC && k->strategy->repr == REPR_LISTS)
        return false;                       /* one call for all images: the sums stay in registers */
    if (o->kind->granularity == BY_TRAFFIC) /* one call for all images when the gradient is the larger traffic */
        return layout_of(p, o->in[0])->size + layout_of(p, o->in[1])->size > layout_of(p, o->out[0])->size;
    return layout_of(p, o->in[0])->pixels > 1 || (o->n_out > 0 && layout_of(p, op_result(o))->pixels > 1);
}

void plan_groups(struct plan *p, enum phase phase, size_t first)
{
    struct arena *a = ctx_arena(p->net->ctx);
    size_t n = p->kernels.n - first;
    bool *image = arena_alloc(a, n + 2);
    for (size_t i = 0; i < n; i++)
        image[i] = phase != PHASE_PREPARE && p->chunk > 1 && wants_image_loop(p, &p->kernels.at[first + i]);
    const struct kernel *k = &p->kernels.at[first];
    for (size_t i = 0; i < n; i++) /* an image loop around a single kernel gains nothing */
        if (image[i] && (i == 0 || k[i].behind || !image[i - 1]) && (!image[i + 1] || k[i + 1].behind))
            image[i] = false;
    for (size_t i = 0; i < n; i++) {
        if (k[i].behind && p->groups.n)
            p->groups.at[p->groups.n - 1].barrier = true;
        if (i == 0 || k[i].behind || image[i] != image[i - 1]) {
            struct group g = {.phase = phase, .image_loop = image[i], .first = first + i};
            vec_push(a, &p->groups, g);
        }
        struct group *g = &p->groups.at[p->groups.n - 1];
        g->n++;
        p->kernels.at[first + i].group = (int)(g - p->groups.at);
    }
}

/* ---- chunks: the images that a thread processes at a time. At least two chunks, for two cores; not more gradient
 * buffers than memory can hold. */

enum { CHUNK_IMAGES = 16, MOST_CHUNKS = 4096 }; /* a sum over the gradients of more chunks would lose precision */

/* The number of images that makes the traffic of a chunk's gradient cheap enough: writing and reading it shall take at
 * most an eighth of the time. The caches move about 32 bytes a cycle; beyond the second cache the rate is a third of
 * that. */
static int64_t images_for_gradients(const struct plan *p)
{
    const double bytes = (double)(p->trained * p->number->bytes), rate = bytes > (double)p->target->l2 ? 11 : 32;
    double moved = 2 * bytes / rate, work = 0;
    for (size_t i = 0; i < p->net->ops.n; i++)
        work += (double)op_macs(p->net->ops.at[i]) / (p->target->lanes * p->target->fma_ports);
    return round_up((int64_t)(8 * moved / (work + 1)) + 1, CHUNK_IMAGES);
}

void plan_chunks(struct plan *p, int64_t images)
{
    const int64_t gradient_bytes = 256 << 20, fit = plan_images_that_fit(p);
    if (p->inference) {
        p->chunk = images < 1 ? 1 : images < fit ? images : fit;
        return;
    }
    int64_t batch = p->net->train->batch, half = ceil_div(batch, 2), enough = images_for_gradients(p);
    int64_t most = gradient_bytes / (p->trained * p->number->bytes + 1);
    p->chunk = half < enough ? half : enough;
    if (ceil_div(batch, p->chunk) > most)
        p->chunk = most < 2 ? half : ceil_div(batch, most);
    if (ceil_div(batch, p->chunk) > MOST_CHUNKS)
        p->chunk = ceil_div(batch, MOST_CHUNKS);
    if (images)
        p->chunk = images;
    if (p->chunk > fit)
        p->chunk = fit;
    p->chunks = ceil_div(batch, p->chunk);
}
