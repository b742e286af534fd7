/* engine.c -- the arenas and threads of a run, and functions that run the core over the rows of a data set.
 * Everything is allocated here once, and sizes are checked for overflow. */
#include <stdlib.h>
#include <string.h>

#include "data/data.h"
#include "engine/engine.h"
#include "engine/meeting.h"
#include "images/images.h"
#include "support/support.h"
#include "weights/weights.h"

/* With other ranks the state has pages of its own, of which this rank uses those of its slice. */
static int alloc_slice(struct cnn_engine *g, size_t states, struct cnn_error *e)
{
    if (!g->peers || states == 0)
        return 0;
    g->state = cnn_pages_new(states, "optimiser's state", e);
    for (int t = 0; t < g->threads; t++)
        g->workers[t].state = g->state;
    return g->state ? 0 : -1;
}

static int alloc_parameters(struct cnn_engine *g, int training, struct cnn_error *e)
{
    const struct cnn_core *core = &g->m->core;
    struct cnn_arena copy = {0}, l = {0};
    size_t theta = cnn_arena_add(&copy, g->near.ranks ? 0 : core->theta, sizeof(float));
    size_t prepared = cnn_arena_add(&copy, core->prepared, sizeof(float));
    const size_t states = training ? cnn_optimizer_size(g->m) : 0;
    size_t state = cnn_arena_add(&copy, g->peers || g->fetches ? 0 : states, sizeof(float));
    cnn_arena_add(&l, (size_t)g->copies, copy.size);
    const size_t shared = cnn_arena_add(&l, g->fetches ? states : 0, sizeof(float));
    l.overflow |= copy.overflow;
    char *at = g->parameter_arena = cnn_arena_room(&l, "parameters and the optimiser's state", e);
    g->copy_bytes = copy.size;
    for (int t = 0; at && t < g->threads; t++) {
        char *own = at + (size_t)(t % g->copies) * copy.size;
        g->workers[t].theta = (float *)(void *)(own + theta);
        g->workers[t].prepared = (float *)(void *)(own + prepared);
        g->workers[t].state = training ? (float *)(void *)(g->fetches ? at + shared : own + state) : NULL;
    }
    for (int t = 0; at && g->near.ranks && t < g->threads; t++)
        g->workers[t].theta = cnn_near_theta(g, g->peers->rank);
    g->theta = g->workers[0].theta;
    g->prepared = g->workers[0].prepared;
    g->state = g->workers[0].state;
    return at ? alloc_slice(g, states, e) : -1;
}

int cnn_engine_overlaps(const struct cnn_engine *g)
{
    return g->copies > 1 && !g->fetches;
}

/* The number of steps whose gradients and sums exist at the same time. */
static int steps_under_way(const struct cnn_engine *g)
{
    return cnn_engine_overlaps(g) ? 2 : 1;
}

/* A rank without a chunk still has a thread and room for a gradient, since it updates its slice. */
static int most_chunks(const struct cnn_engine *g)
{
    return g->end > g->first ? g->end - g->first : 1;
}

static int alloc_gradients(struct cnn_engine *g, struct cnn_error *e)
{
    const int n = most_chunks(g) * steps_under_way(g);
    struct cnn_arena l = {0}, one = {0};
    g->n_grads = n;
    for (int i = 0; g->near.ranks && i < n; i++)
        g->grads[i] = cnn_near_gradient(g, g->peers->rank, i);
    if (g->near.ranks)
        return 0;
    cnn_arena_add(&one, g->m->core.moved, sizeof(float));
    cnn_arena_add(&l, (size_t)n, one.size);
    l.overflow |= one.overflow;
    char *at = g->training_arena = cnn_arena_room(&l, "gradients", e);
    g->gradient_bytes = one.size;
    for (int i = 0; at && i < n; i++)
        g->grads[i] = (float *)(void *)(at + (size_t)i * one.size);
    return at ? 0 : -1;
}

static void place_buffers(const struct cnn_model *m, size_t elements, struct cnn_arena *l, char *base,
                          struct cnn_buffers *b)
{
    size_t x = cnn_arena_add(l, cnn_input_place(m, m->n_inputs, m->chunk, sizeof(float)), 1);
    size_t y = cnn_arena_add(l, cnn_output_place(m, m->n_outputs, m->chunk, sizeof(float)), 1);
    size_t scratch = cnn_arena_add(l, elements, sizeof(float));
    size_t target = cnn_arena_add(l, cnn_target_place(m, m->n_targets, m->chunk, sizeof(float)), 1);
    size_t image = cnn_arena_add(l, cnn_augments(m) ? (size_t)cnn_input(m)->size : 0, sizeof(float));
    size_t weight = cnn_arena_add(l, (size_t)m->chunk, sizeof(float));
    size_t of_batch = cnn_arena_add(l, m->of_batch.size, sizeof(double));
    size_t other = cnn_arena_add(l, cnn_mixes(m) ? (size_t)cnn_input(m)->size : 0, sizeof(float));
    size_t others = cnn_arena_add(l, cnn_mixes(m) ? cnn_target_place(m, m->n_targets, m->chunk, sizeof(float)) : 0, 1);
    if (!base)
        return;
    b->x = (float *)(void *)(base + x);
    b->y = (float *)(void *)(base + y);
    b->scratch = (float *)(void *)(base + scratch);
    b->target = base + target;
    b->image = (float *)(void *)(base + image);
    b->weight = (float *)(void *)(base + weight);
    b->of_batch = (double *)(void *)(base + of_batch);
    b->other = (float *)(void *)(base + other);
    b->others = base + others;
}

/* Elements of scratch of that buffer. The first ones of a team hold a chunk each for all threads, the first one of a
 * crew a few images. */
static size_t scratch_of(const struct cnn_engine *g, int buffer)
{
    const struct cnn_model *m = g->m;
    const size_t shared = g->team && buffer < most_chunks(g) ? m->team.scratch
                          : g->crew && buffer == 0           ? m->crew.scratch
                                                             : 0;
    return shared > m->core.scratch ? shared : m->core.scratch;
}

/* Places the scratch that each thread of a team or a crew has for itself. */
static void place_own(struct cnn_engine *g, struct cnn_arena *l, char *base)
{
    const size_t elements = g->team ? g->m->team.own : g->m->crew.own;
    for (int t = 0; t < g->threads && (g->team || g->crew); t++) {
        const size_t own = cnn_arena_add(l, elements, sizeof(float));
        if (base)
            g->workers[t].own = (float *)(void *)(base + own);
    }
}

static int alloc_buffers(struct cnn_engine *g, struct cnn_error *e)
{
    struct cnn_arena l = {0}, again = {0};
    for (int i = 0; i < g->n_buffers; i++)
        place_buffers(g->m, scratch_of(g, i), &l, NULL, NULL);
    place_own(g, &l, NULL);
    char *base = g->activation_arena = cnn_arena_room(&l, "activations", e);
    g->activation_bytes = l.size;
    if (!base)
        return -1;
    for (int i = 0; i < g->n_buffers; i++)
        place_buffers(g->m, scratch_of(g, i), &again, base, &g->buffers[i]);
    place_own(g, &again, base);
    for (int s = 0; s < g->m->core.n_stretches; s++)
        for (int i = 0; i < g->n_buffers; i++)
            g->partial[s * g->n_buffers + i] =
                (double *)(void *)(g->buffers[i].scratch + g->m->core.stretches[s].partial);
    return 0;
}

static int64_t batches(const struct cnn_model *m, int64_t rows)
{
    return (rows + m->train->batch - 1) / m->train->batch;
}

static int alloc_tables(struct cnn_engine *g, int64_t max_rows, struct cnn_error *e)
{
    struct cnn_arena l = {0};
    int64_t steps = max_rows > 0 ? batches(g->m, max_rows) : 1, least = steps_under_way(g);
    size_t at_slots =
        cnn_arena_add(&l, (size_t)(steps > least ? steps : least), (size_t)g->m->chunks * sizeof *g->slots);
    size_t at_grads = cnn_arena_add(&l, (size_t)(least * g->m->chunks), sizeof *g->grads);
    size_t at_workers = cnn_arena_add(&l, (size_t)g->threads, sizeof *g->workers);
    size_t at_buffers = cnn_arena_add(&l, (size_t)g->n_buffers, sizeof *g->buffers);
    size_t at_chunks = cnn_arena_add(&l, (size_t)g->n_buffers, sizeof *g->chunks);
    size_t at_partial = cnn_arena_add(&l, (size_t)g->m->core.n_stretches, (size_t)g->n_buffers * sizeof *g->partial);
    const size_t images = (size_t)g->m->chunk * (size_t)g->m->team.n_sums;
    size_t at_sums = cnn_arena_add(&l, g->team ? (size_t)g->m->chunks : 0, images * sizeof *g->image_sums);
    char *at = g->tables = cnn_arena_alloc(&l, "tables", e);
    if (!at)
        return -1;
    g->slots = (struct cnn_slot *)(void *)(at + at_slots);
    g->grads = (float **)(void *)(at + at_grads);
    g->workers = (struct cnn_worker *)(void *)(at + at_workers);
    g->buffers = (struct cnn_buffers *)(void *)(at + at_buffers);
    g->chunks = (struct cnn_core_chunk *)(void *)(at + at_chunks);
    g->partial = (double **)(void *)(at + at_partial);
    g->image_sums = (struct cnn_sums *)(void *)(at + at_sums);
    return 0;
}

static int alloc_all(struct cnn_engine *g, int training, int64_t max_rows, struct cnn_error *e)
{
    if (training && g->peers)
        cnn_engine_near(g);
    if (alloc_tables(g, max_rows, e) != 0 || alloc_parameters(g, training, e) != 0 || alloc_buffers(g, e) != 0)
        return -1;
    if (training && alloc_gradients(g, e) != 0)
        return -1;
    return training && g->peers ? cnn_meeting_open(g, e) : 0;
}

/* The number of threads that a batch keeps busy for longer than they wait for one another: the number of cores, or
 * less when there is little work. */
static int default_threads(const struct cnn_model *m)
{
    double macs = 0;
    for (int i = 0; i < m->n_layers; i++)
        macs += (double)cnn_layer(m, i)->macs * (double)m->train->batch;
    double worth = 1 + macs / 1e6;
    int cores = cnn_default_cores();
    return worth < cores ? (int)worth : cores;
}

int64_t cnn_threads_of_jobs(const struct cnn_model *m, const struct cnn_options *o)
{
    int64_t jobs = o->jobs > 0 ? o->jobs : 1, cores = cnn_default_cores(), threads = default_threads(m);
    if (o->threads > 0)
        return o->threads;
    return threads < cores / jobs ? threads : cores > jobs ? cores / jobs : 1;
}

/* Evaluation counts in a fixed number of lanes, so that the rows of a lane do not depend on the number of threads. */
enum { LANES = 16 };

static int open_lanes(struct cnn_engine *g, int training, struct cnn_error *e)
{
    int n = training && g->m->chunks > LANES ? g->m->chunks : LANES;
    return cnn_lanes_open(&g->lanes, g->m, n, e);
}

int cnn_most_threads(const struct cnn_model *m, int chunks)
{
    return m->threads > chunks && m->team.n_legs ? m->threads : chunks;
}

/* What works on parts of the parameters at other times, or has more state than that of parameters, wants one copy. */
static int can_copy(const struct cnn_engine *g)
{
    return !g->peers && !g->team && g->m->behind == 0;
}

/* Each thread then makes all that kernels want of its copy, which should be little. */
static int can_fetch(const struct cnn_engine *g)
{
    const struct cnn_train *t = g->m->train;
    const struct cnn_core *core = &g->m->core;
    return can_copy(g) && t->n_constraints == 0 && t->n_spectra == 0 && core->theta <= CNN_FETCHED_COPY &&
           core->prepared <= core->theta;
}

static void choose_copies(struct cnn_engine *g, int training)
{
    const int own = can_copy(g) && g->m->core.theta <= CNN_OWN_COPY;
    g->fetches = training && g->threads > 1 && !own && can_fetch(g);
    g->copies = training && (own || g->fetches) ? g->threads : 1;
}

static void divide(struct cnn_engine *g, enum cnn_engine_use use)
{
    const struct cnn_model *m = g->m;
    const int training = use != CNN_PREDICTS;
    g->first = cnn_rank_chunk(g, g->peers ? g->peers->rank : 0);
    g->end = cnn_rank_chunk(g, g->peers ? g->peers->rank + 1 : 1);
    const int most = cnn_most_threads(m, most_chunks(g));
    if (training && g->threads > most)
        g->threads = most;
    g->useful = g->threads;
    if (use != CNN_SIMULATES)
        g->threads = cnn_threads_with_cores(g->threads);
    g->dealt = use == CNN_SIMULATES && g->threads > cnn_online_cores();
    g->team = training && g->threads > most_chunks(g);
    g->crew = !training && g->threads > 1 && m->crew.n_legs > 0;
    g->n_buffers = training && !g->team && m->core.n_stretches > 1 ? most_chunks(g) : g->threads;
    choose_copies(g, training);
}

int cnn_engine_open(struct cnn_engine *g, const struct cnn_model *m, struct cnn_peers *peers, int64_t threads,
                    enum cnn_engine_use use, int64_t max_rows, struct cnn_error *e)
{
    const int training = use != CNN_PREDICTS;
    *g = (struct cnn_engine){.m = m, .threads = threads > 0 ? (int)threads : default_threads(m)};
    g->peers = cnn_several(peers) ? peers : NULL;
    divide(g, use);
    struct cnn_pool *(*const pool)(int threads, struct cnn_error *e) = g->dealt                   ? cnn_pool_alone
                                                                       : use == CNN_TRAINS_PINNED ? cnn_pool_pinned
                                                                                                  : cnn_pool_new;
    if (alloc_all(g, training, max_rows, e) == 0 && open_lanes(g, training, e) == 0 &&
        (!g->team || cnn_deal(g, e) == 0) && (g->pool = pool(g->threads, e)) != NULL) {
        cnn_engine_touch(g);
        return 0;
    }
    cnn_engine_close(g);
    return -1;
}

void cnn_engine_close(struct cnn_engine *g)
{
    cnn_pool_free(g->pool);
    if (g->peers && g->state && cnn_optimizer_size(g->m) > 0)
        cnn_pages_free(g->state, cnn_optimizer_size(g->m));
    cnn_meeting_close(g);
    cnn_near_close(&g->near);
    free(g->parameter_arena);
    free(g->training_arena);
    free(g->activation_arena);
    free(g->tables);
    free(g->ranges);
    free(g->prices);
    free(g->load);
    free(g->order);
    free(g->took);
    free(g->alone);
    free(g->lines);
    cnn_lanes_close(&g->lanes);
    *g = (struct cnn_engine){0};
}

int cnn_engine_chunk(const struct cnn_model *m, int64_t rows, int64_t batch, int64_t c, int64_t *first)
{
    int64_t begin = batch * m->train->batch;
    int64_t end = begin + m->train->batch < rows ? begin + m->train->batch : rows;
    *first = begin + c * m->chunk;
    return *first >= end ? 0 : end - *first < m->chunk ? (int)(end - *first) : m->chunk;
}

static void prepare_work(void *arg, int thread)
{
    struct cnn_engine *g = arg;
    const struct cnn_core *core = &g->m->core;
    struct cnn_worker *w = &g->workers[thread];
    if (w->theta != g->theta)
        memcpy(w->theta, g->theta, core->theta * sizeof(float));
    if (w->state != g->state)
        memcpy(w->state, g->state, cnn_optimizer_size(g->m) * sizeof(float));
    core->prepare(w->theta, w->prepared, g->copies > 1 ? 0 : thread, g->copies > 1 ? 1 : g->threads);
}

/* The first parameter that this thread updates. */
static size_t part_of(const struct cnn_engine *g, int thread)
{
    enum { BLOCK = 16 };
    const size_t trained = g->m->core.trained, blocks = (trained + BLOCK - 1) / BLOCK;
    const size_t first = blocks * (size_t)thread / (size_t)g->threads * BLOCK;
    return first < trained ? first : trained;
}

/* The first thread moves running statistics; what stands behind them never changes. */
void cnn_engine_fetch(const struct cnn_engine *g, int thread)
{
    float *to = g->workers[thread].theta;
    const size_t trained = g->m->core.trained, moved = g->m->core.moved;
    for (int i = 1; i < g->threads; i++) { /* each begins with another one */
        const int from = (thread + i) % g->threads;
        const size_t first = part_of(g, from);
        memcpy(to + first, g->workers[from].theta + first, (part_of(g, from + 1) - first) * sizeof *to);
    }
    if (thread > 0)
        memcpy(to + trained, g->theta + trained, (moved - trained) * sizeof *to);
}

void cnn_engine_prepare(struct cnn_engine *g)
{
    cnn_pool_run(g->pool, prepare_work, g);
}

/* ---- runs the forward half over a data set. Each chunk has a slot of its own for its sums. */

struct pass {
    struct cnn_engine *g;
    const struct cnn_dataset *d;
    int64_t rows;
    float *y;                  /* of predict: room for the outputs, */
    struct cnn_answer *answer; /* or for the classes that the outputs stand for */
};

static int images_of(const struct pass *p, int64_t batch)
{
    const int64_t most = p->g->m->train->batch, left = p->rows - batch * most;
    return (int)(left < most ? left : most);
}

static double share_of_batch(const struct pass *p, int64_t batch)
{
    return cnn_dataset_share(p->g->m, p->d, NULL, batch * p->g->m->train->batch, images_of(p, batch));
}

static void evaluate_chunk(struct pass *p, int thread, int64_t batch, int64_t c, int lane, struct cnn_slot *slot)
{
    const struct cnn_model *m = p->g->m;
    const struct cnn_worker *w = &p->g->workers[thread];
    const struct cnn_buffers *b = &p->g->buffers[thread];
    struct cnn_step step = {.row = c * m->chunk};
    int64_t first;
    int n = cnn_engine_chunk(m, p->rows, batch, c, &first);
    *slot = (struct cnn_slot){0};
    if (n == 0)
        return;
    step.scale = 1 / (double)n;
    step.share = share_of_batch(p, batch);
    step.of_batch = m->of_batch.size ? b->of_batch : NULL;
    cnn_gather(p->d, NULL, first, n, b->x, b->target);
    step.weight = cnn_gather_weights(p->d, NULL, first, n, b->weight);
    const struct cnn_core_chunk k = {b->x, b->target, NULL, b->y, b->scratch, n, &step, &slot->sums};
    cnn_chunk_alone(&m->core, w->theta, w->prepared, &k);
    cnn_metrics_add(m, k.y, k.target, n, slot->metric);
    cnn_lanes_add(&p->g->lanes, m, &k, lane);
}

/* Losses of the whole batch want all its chunks. */
static void evaluate_batch(struct pass *p, int thread, int64_t batch, int lane, struct cnn_slot *slot)
{
    const struct cnn_model *m = p->g->m;
    double *of_batch = p->g->buffers[thread].of_batch;
    struct cnn_slot both[2] = {0};
    memset(of_batch, 0, m->of_batch.size * sizeof *of_batch);
    for (int c = 0; c < m->chunks; c++) {
        evaluate_chunk(p, thread, batch, c, lane, &both[1]);
        cnn_slot_sum(both, 2, slot);
        both[0] = *slot;
    }
    m->of_batch.losses(of_batch, images_of(p, batch), &slot->sums);
}

static int slots_of_batch(const struct cnn_model *m)
{
    return m->of_batch.losses ? 1 : m->chunks;
}

static void evaluate_work(void *arg, int thread)
{
    struct pass *p = arg;
    const int rank = p->g->peers ? p->g->peers->rank : 0, end = cnn_rank_lane(p->g, rank + 1, LANES);
    const int64_t each = slots_of_batch(p->g->m), all = batches(p->g->m, p->rows) * each;
    for (int lane = cnn_rank_lane(p->g, rank, LANES) + thread; lane < end; lane += p->g->threads)
        for (int64_t i = lane; i < all && !cnn_signals_caught(); i += LANES) {
            if (p->g->m->of_batch.losses)
                evaluate_batch(p, thread, i, lane, &p->g->slots[i]);
            else
                evaluate_chunk(p, thread, i / each, i % each, lane, &p->g->slots[i]);
        }
}

void cnn_engine_evaluate(struct cnn_engine *g, const struct cnn_dataset *d, int64_t rows, struct cnn_totals *out)
{
    struct pass p = {.g = g, .d = d, .rows = rows};
    double penalty = cnn_penalty(g->m, g->theta);
    *out = (struct cnn_totals){0};
    cnn_lanes_clear(&g->lanes);
    cnn_pool_run(g->pool, evaluate_work, &p);
    const int each = slots_of_batch(g->m);
    cnn_gather_evaluated(g, batches(g->m, rows) * each, LANES);
    cnn_lanes_count(&g->lanes, g->m, out);
    for (int64_t b = 0; b < batches(g->m, rows); b++) {
        struct cnn_slot sum;
        cnn_slot_sum(g->slots + b * each, each, &sum);
        cnn_totals_add(out, &sum, images_of(&p, b), penalty);
    }
}

static void keep_outputs(struct pass *p, const float *y, int64_t first, int n)
{
    const struct cnn_model *m = p->g->m;
    const int64_t size = cnn_output(m)->size;
    for (int i = 0; p->y && i < m->n_outputs; i++) {
        const int64_t own = m->outputs[i].port.size;
        const char *from = (const char *)y + cnn_output_place(m, i, m->chunk, sizeof(float));
        memcpy(p->y + p->rows * cnn_output_sizes(m, i) + first * own, from, (size_t)n * (size_t)own * sizeof(float));
    }
    for (int i = 0; p->answer && i < n; i++)
        p->answer[first + i] = cnn_answer_of(cnn_meaning(p->g->m), y + i * size, size);
}

/* The rows begin .. end - 1, a chunk at a time. */
static void predict_rows(struct pass *p, int thread, int64_t begin, int64_t end)
{
    const struct cnn_model *m = p->g->m;
    const struct cnn_worker *w = &p->g->workers[thread];
    const struct cnn_buffers *b = &p->g->buffers[thread];
    for (int64_t first = begin; first < end; first += m->chunk) {
        const int n = end - first < m->chunk ? (int)(end - first) : m->chunk;
        cnn_gather(p->d, NULL, first, n, b->x, NULL);
        m->core.predict(w->theta, w->prepared, b->x, b->y, b->scratch, n);
        keep_outputs(p, b->y, first, n);
    }
}

static void predict_work(void *arg, int thread)
{
    struct pass *p = arg;
    predict_rows(p, thread, p->rows * thread / p->g->threads, p->rows * (thread + 1) / p->g->threads);
}

/* The threads share each image. */
static void predict_together(void *arg, int thread)
{
    struct pass *p = arg;
    const struct cnn_step still = {.training = 0};
    const struct cnn_buffers *b = &p->g->buffers[0];
    const struct cnn_core_chunk k = {b->x, b->target, NULL, b->y, b->scratch, (int)p->rows, &still, NULL};
    cnn_crew_predict(p->g, &k, thread);
}

static void predict(struct pass *p)
{
    if (p->rows == 1 && !cnn_crew_pays(p->g, 1)) {
        predict_rows(p, 0, 0, 1); /* no other thread is woken */
    } else if (cnn_crew_pays(p->g, p->rows)) {
        cnn_gather(p->d, NULL, 0, (int)p->rows, p->g->buffers[0].x, NULL);
        cnn_pool_run(p->g->pool, predict_together, p);
        keep_outputs(p, p->g->buffers[0].y, 0, (int)p->rows);
    } else {
        cnn_pool_run(p->g->pool, predict_work, p);
    }
}

float *cnn_outputs_new(const struct cnn_model *m, int64_t rows, struct cnn_error *e)
{
    struct cnn_arena l = {0};
    cnn_arena_add(&l, (size_t)rows,
                  (size_t)cnn_output_sizes(m, m->n_outputs) * sizeof(float)); /* the array is at offset 0 */
    return cnn_arena_alloc(&l, "predictions", e);
}

void cnn_engine_predict(struct cnn_engine *g, const struct cnn_dataset *d, float *y)
{
    predict(&(struct pass){.g = g, .d = d, .rows = d->rows, .y = y});
}

void cnn_engine_classes(struct cnn_engine *g, const struct cnn_dataset *d, struct cnn_answer *out)
{
    predict(&(struct pass){.g = g, .d = d, .rows = d->rows, .answer = out});
}

/* ---- the same with given weights */

static int open_with(struct cnn_engine *g, const struct cnn_model *m, const float *theta, int64_t threads, int64_t rows,
                     struct cnn_error *e)
{
    if (cnn_engine_open(g, m, NULL, threads, CNN_PREDICTS, rows, e) != 0)
        return -1;
    memcpy(g->theta, theta, m->core.theta * sizeof *theta);
    cnn_engine_prepare(g);
    return 0;
}

int cnn_evaluate_with(const struct cnn_model *m, const float *theta, int64_t threads, const struct cnn_dataset *d,
                      struct cnn_totals *out, struct cnn_error *e)
{
    struct cnn_engine g;
    if (open_with(&g, m, theta, threads, d->rows, e) != 0)
        return -1;
    cnn_engine_evaluate(&g, d, d->rows, out);
    cnn_engine_close(&g);
    return 0;
}

int cnn_predict_with(const struct cnn_model *m, const float *theta, int64_t threads, const struct cnn_dataset *d,
                     float *y, struct cnn_error *e)
{
    struct cnn_engine g;
    if (open_with(&g, m, theta, threads, 0, e) != 0)
        return -1;
    cnn_engine_predict(&g, d, y);
    cnn_engine_close(&g);
    return 0;
}
