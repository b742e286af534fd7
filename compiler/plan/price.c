/* price.c -- what a plan takes on one thread and a team's step on several, and which kernels pay when they are cut into
 * pieces. A kernel that is shared by images reads all its weights in each thread, and has work for as many threads as
 * there are images. Pieces are slices of outputs for groups of images: a thread reads the weights of its slices only,
 * but all threads wait for one another before and behind. */
#include "plan/inner.h"
#include "training/training.h"

static const double barrier_cycles = 450; /* a thread: all count themselves in one place */
static const double bytes_a_cycle = 10;   /* from beyond the caches that a core has for itself */
static const double few_cycles = 600;     /* of a call: its loops begin, branches are not foreseen */

/* A kernel counts as often as its phase. */
static double cycles(const struct plan *p, double forward, double backward, double prepare)
{
    double sum = 0;
    for (size_t i = 0; i < p->kernels.n; i++) {
        const struct kernel *k = &p->kernels.at[i];
        const enum phase phase = k->op->phase;
        sum += k->cost * (phase == PHASE_FORWARD ? forward : phase == PHASE_PREPARE ? prepare : backward);
    }
    return sum;
}

double plan_cycles(const struct plan *p)
{
    return cycles(p, 1, 0, 0);
}

double plan_image_cycles(const struct plan *p)
{
    return cycles(p, 1, 1, 0);
}

double plan_step_cycles(const struct plan *p)
{
    const double images = (double)p->net->train->batch;
    return cycles(p, images, images, 1);
}

/* After plan_memory(), a view has the base of its tensor. */
static bool is_weight(const struct plan *p, const struct tensor *t)
{
    const enum base base = layout_of(p, t)->base;
    return base == BASE_THETA || base == BASE_PREPARED;
}

/* Cycles in which a kernel's weights come to a core, or its inputs for an image. */
static double coming(const struct plan *p, const struct kernel *k, bool weights)
{
    double bytes = 0;
    for (int i = 0; i < k->op->n_in; i++)
        if (is_weight(p, k->op->in[i]) == weights)
            bytes += (double)layout_of(p, k->op->in[i])->size * (double)sizeof(float);
    return bytes / bytes_a_cycle;
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

/* A part of the inputs is near: kernels before have just read it. */
double plan_call_cycles(const struct plan *p, const struct kernel *k)
{
    const double far = 0.6;
    if (k->parts)
        return 0;
    return k->common + far * coming(p, k, false);
}

double plan_adding_cycles(const struct plan *p, const struct tensor *parts)
{
    return (double)layout_of(p, parts)->size * (double)sizeof(float) / bytes_a_cycle;
}

/* Most kernels are dealt to several threads, each of which fetches the inputs. */
bool plan_parts_pay(const struct plan *p, const struct kernel *k)
{
    const double near = 32, calls = 2;
    const struct sharing s = plan_step_sharing(p, PLAN_PRICED_THREADS);
    const double adding = plan_adding_cycles(p, k->op->out[0]), writing = adding * bytes_a_cycle / near;
    return (double)(s.threads * s.images) * (k->cost + writing) + (double)s.summed * adding <
           (double)s.summed * (k->cost + calls * plan_call_cycles(p, k));
}

static double by_images(const struct plan *p, const struct kernel *k, int64_t images)
{
    const int64_t at_once = k->together > 0 ? k->together : images;
    const int64_t passes = images / at_once + images % at_once;
    return (double)images * k->cost + few_cycles + (double)passes * coming(p, k, true);
}

/* One thread's share of a chunk, in `groups` of images. A call whose slices are in a single band reads the weights of
 * these slices and the band's inputs; one whose slices are all slices of some bands reads all weights. */
static double in_groups(const struct plan *p, const struct kernel *k, const struct sharing *s, int64_t groups)
{
    const double images = (double)ceil_div(s->chunk, groups), slices = (double)k->slices;
    const double pieces = (double)ceil_div(groups * k->slices, s->of_chunk),
                 calls = (double)ceil_div((int64_t)pieces, k->slices), share = pieces / calls / slices;
    const double bands = k->bands > 1 ? (double)k->bands : 1;
    const double weights = least(1, share * bands), inputs = share * bands > 1 ? share : 1 / bands;
    return pieces * images * (k->cost - k->common) / slices +
           calls * (coming(p, k, true) * weights + images * (k->common + coming(p, k, false) * inputs) + few_cycles);
}

static double by_pieces(const struct plan *p, const struct kernel *k, const struct sharing *s)
{
    double cycles = in_groups(p, k, s, 1);
    for (int64_t groups = 2; groups <= s->chunk && groups <= 2 * s->of_chunk; groups++)
        cycles = least(cycles, in_groups(p, k, s, groups));
    return cycles;
}

struct sharing plan_step_sharing(const struct plan *p, int64_t threads)
{
    return (struct sharing){.threads = threads,
                            .images = ceil_div(p->net->train->batch, threads),
                            .summed = p->net->train->batch,
                            .chunk = p->chunk,
                            .of_chunk = threads > p->chunks ? threads / p->chunks : 1};
}

/* The cheapest row of legs for kernels[0 .. n): a kernel is in a leg of images with its neighbours, or has a leg of
 * pieces for itself. */
void plan_choose_shares(const struct plan *p, const struct kernel *const *kernels, size_t n, const struct sharing *s,
                        enum share *shares)
{
    const double barrier = barrier_cycles * (double)s->threads;
    struct before {
        enum share of[2]; /* by the share of a kernel, that of the kernel before */
    } *from = arena_alloc(ctx_arena(p->net->ctx), (n + 1) * sizeof *from);
    double cycles[2] = {0, barrier}; /* of all kernels so far, where the last has images, or pieces */
    for (size_t i = 0; i < n; i++) {
        const struct op_kind *kind = kernels[i]->op->kind;
        const bool can = kernels[i]->slices > 1 && !kind->loss && !kind->draws && !kind->first;
        const double stays = cycles[SHARE_IMAGES], comes = cycles[SHARE_PIECES] + barrier;
        const double pieces = can ? by_pieces(p, kernels[i], s) : 1e30;
        from[i].of[SHARE_IMAGES] = stays <= comes ? SHARE_IMAGES : SHARE_PIECES;
        from[i].of[SHARE_PIECES] = stays <= cycles[SHARE_PIECES] ? SHARE_IMAGES : SHARE_PIECES;
        cycles[SHARE_PIECES] = least(stays, cycles[SHARE_PIECES]) + barrier + pieces;
        cycles[SHARE_IMAGES] = least(stays, comes) + by_images(p, kernels[i], s->images);
    }
    enum share at = cycles[SHARE_IMAGES] <= cycles[SHARE_PIECES] ? SHARE_IMAGES : SHARE_PIECES;
    for (size_t i = n; i-- > 0; at = from[i].of[at])
        shares[i] = at;
}

/* With the sums of images, which each thread adds. */
static double by_each(const struct plan *p, const struct kernel *k, const struct sharing *s)
{
    const struct op *barrier = plan_barrier_of(k);
    const double bytes = barrier ? (double)layout_of(p, plan_image_sums(barrier))->size * (double)sizeof(double) : 0;
    return k->cost * (double)s->chunk + (double)s->summed * bytes / bytes_a_cycle;
}

double plan_shared_cycles(const struct plan *p, const struct kernel *k, enum share share, const struct sharing *s)
{
    const double barrier = barrier_cycles * (double)s->threads;
    switch (share) {
    case SHARE_PIECES: return by_pieces(p, k, s) + barrier;
    case SHARE_EACH: return by_each(p, k, s) + (s->summed ? barrier : 0);
    default: return by_images(p, k, s->images);
    }
}
