/* groups.c -- how many images at a time: kernels that run image by image, what they fetch of the next image, and the
 * images of a chunk. */
#include <math.h>

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

/* ---- what an image loop fetches ahead. Activations that were made before a barrier, or in the forward pass, have left
 * the near caches when a loop reads them, and kernels that do little with what they read wait for each line. A store
 * waits, too: its line comes from memory first. Kernels that compute long on little data fetch a few lines now and
 * then, of what the loop reads and writes of the next image, so both happen at once. */

enum {
    LINE = 64,
    MOST_LINES = 24, /* at a time: more of them wait for one another */
    FEW_LINES = 16   /* of an image: those of a whole chunk stay near */
};

struct image_loop {
    const struct plan *p;
    struct group *g;
    bool *made; /* by tensor id: in the loop, before the kernel that is looked at */
    int64_t lines;
};

static int64_t lines_of(const struct image_loop *l, const struct tensor *t)
{
    return ceil_div(layout_of(l->p, t)->size * dtype_bytes(t->dtype), LINE);
}

static bool is_listed(const struct group *g, const struct tensor *t)
{
    for (int i = 0; i < g->n_soon; i++)
        if (g->soon[i] == t)
            return true;
    return false;
}

/* Notes a tensor that the loop touches. */
static void note(struct image_loop *l, struct tensor *t)
{
    const struct tensor *root = tensor_root(t);
    const struct layout *q = layout_of(l->p, root);
    if (q->base != BASE_SCRATCH || q->one_image || q->repr != REPR_DENSE || l->made[root->id] ||
        lines_of(l, root) <= FEW_LINES || is_listed(l->g, root) || l->g->n_soon == PLAN_SOON)
        return;
    l->g->soon[l->g->n_soon++] = root;
    l->lines += lines_of(l, root);
}

static void note_kernel(struct image_loop *l, const struct op *o)
{
    for (int i = 0; i < o->n_in; i++)
        note(l, o->in[i]);
    for (int i = 0; i < o->n_epilogue; i++)
        for (int j = 1; j < o->epilogue[i]->n_in; j++)
            note(l, o->epilogue[i]->in[j]);
    if (o->n_out)
        note(l, op_result(o));
    for (int i = 0; i < o->n_out; i++)
        l->made[tensor_root(o->out[i])->id] = true;
    if (o->n_out)
        l->made[tensor_root(op_result(o))->id] = true;
}

/* Returns whether the loop fetches something. */
static bool plan_loop(const struct plan *p, struct group *g)
{
    struct arena *a = ctx_arena(p->net->ctx);
    struct image_loop l = {.p = p, .g = g, .made = arena_alloc(a, p->net->tensors.n * sizeof *l.made)};
    int64_t prefetches = 0;
    for (size_t i = g->first; i < g->first + g->n; i++) {
        note_kernel(&l, p->kernels.at[i].op);
        prefetches += p->kernels.at[i].prefetches;
    }
    if (!prefetches || !l.lines)
        return false;
    const int64_t lines = ceil_div(3 * l.lines, 2 * prefetches); /* all are there before the loop's end */
    g->lines = lines < MOST_LINES ? (int)lines : MOST_LINES;
    return true;
}

/* Where a second cache holds all activations, nobody waits for them; some have twice what the target's row says. */
void plan_prefetch(struct plan *p)
{
    bool some = false;
    const bool far = p->scratch * p->number->bytes > 2 * p->target->l2;
    for (size_t i = 0; far && !p->inference && p->purpose == FOR_CHUNKS && i < p->groups.n; i++)
        some |= p->groups.at[i].image_loop && plan_loop(p, &p->groups.at[i]);
    for (size_t i = 0; !some && i < p->kernels.n; i++)
        p->kernels.at[i].prefetches = 0;
}

/* ---- chunks: the images that a thread processes at a time. Each costs a gradient of its own. */

enum {
    CHUNK_IMAGES = 16,
    MANY_CHUNKS = 16,
    MOST_CHUNKS = 4096 /* a sum over the gradients of more chunks would lose precision */
};

static double gradient_bytes(const struct plan *p)
{
    return (double)(p->trained * p->number->bytes);
}

/* Writing and reading the gradient of a chunk, in the time of an image. The caches move about 32 bytes a cycle; beyond
 * the second cache the rate is a third of that. */
static double images_of_traffic(const struct plan *p)
{
    const double rate = gradient_bytes(p) > (double)p->target->l2 ? 11 : 32;
    double work = 1;
    for (size_t i = 0; i < p->net->ops.n; i++)
        work += (double)op_macs(p->net->ops.at[i]) / (p->target->lanes * p->target->fma_ports);
    return 2 * gradient_bytes(p) / rate / work;
}

/* The images with which the traffic takes an eighth of the time. */
static int64_t images_for_traffic(const struct plan *p)
{
    return round_up((int64_t)(8 * images_of_traffic(p)) + 1, CHUNK_IMAGES);
}

/* More images a chunk are fewer gradients, but more activations: with this many, both take the least memory together.
 * Gradients that the cache holds are not worth counting. */
static int64_t images_for_memory(const struct plan *p)
{
    if (gradient_bytes(p) <= (double)p->target->l2)
        return 1;
    const double images = (double)p->net->train->batch * (double)p->trained / (double)plan_elements_an_image(p);
    return (int64_t)sqrt(images) + 1;
}

/* Two chunks of half a batch serve two ranks. When the second gradient would cost a quarter of the time of its chunk,
 * there is one chunk alone, which threads share (team.c). */
static int64_t images_of_chunk(const struct plan *p)
{
    const int64_t batch = p->net->train->batch, half = ceil_div(batch, 2);
    if (4 * images_of_traffic(p) > (double)half)
        return batch;
    const int64_t traffic = images_for_traffic(p), memory = images_for_memory(p);
    const int64_t enough = traffic > memory ? traffic : memory;
    return enough < half ? enough : half;
}

/* Small gradients cost little, so the chunks may be small enough for many threads to have one each. */
int64_t plan_small_chunk(const struct plan *p)
{
    const double most_traffic = 0.02;
    const int64_t batch = p->net->train->batch;
    int64_t chunks = MANY_CHUNKS;
    while (chunks > p->chunks && images_of_traffic(p) > most_traffic * (double)ceil_div(batch, chunks))
        chunks /= 2;
    return chunks >= MANY_CHUNKS / 2 && chunks > p->chunks ? ceil_div(batch, chunks) : 0;
}

void plan_chunks(struct plan *p, int64_t images)
{
    const int64_t fit = plan_images_that_fit(p);
    if (p->inference) {
        p->chunk = images < 1 ? 1 : images < fit ? images : fit;
        return;
    }
    const int64_t batch = p->net->train->batch;
    p->chunk = images ? images : images_of_chunk(p);
    if (!images && ceil_div(batch, p->chunk) > MOST_CHUNKS)
        p->chunk = ceil_div(batch, MOST_CHUNKS);
    if (p->chunk > fit)
        p->chunk = fit;
    p->chunks = ceil_div(batch, p->chunk);
}
