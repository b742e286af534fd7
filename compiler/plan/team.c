/* team.c -- how more threads than a batch has chunks share the work: a second order of the same kernels, in legs with
 * barriers between. First the forward pass and the gradients of activations: a thread takes some images through several
 * kernels, or a piece of one kernel. In the last leg are the gradients of parameters, each a sum over the images of a
 * chunk: these are cut into slices of their outputs. All kernels are called as without a team, so no bit depends on the
 * number of threads.
 *
 * Threads work at their own pace, so tensors that more than one thread touches in a leg do not share memory; what lives
 * within an image loop stands in the thread's own memory. */
#include <string.h>

#include "plan/inner.h"
#include "training/training.h"

/* Cycles of a step below which threads wait for one another longer than they gain; cycles that a thread should have. */
const double plan_least_cycles = 300e3;
static const double cycles_a_thread = 25e3;

/* ---- which kernels may be done by whom */

/* After plan_memory(), a view has the base of its tensor. */
static bool writes(const struct plan *p, const struct kernel *k, enum base base)
{
    for (int i = 0; i < k->op->n_out; i++)
        if (layout_of(p, k->op->out[i])->base == base)
            return true;
    return k->op->n_out > 0 && layout_of(p, op_result(k->op))->base == base;
}

/* What does not depend on the image, so every thread has it for itself. */
static bool is_statistic(const struct kernel *k)
{
    bool all = k->op->n_out > 0;
    for (int i = 0; i < k->op->n_out; i++)
        all &= k->op->out[i]->role == ROLE_STATISTIC;
    return all;
}

static bool is_sum(const struct plan *p, const struct kernel *k)
{
    return k->op->kind->first || writes(p, k, BASE_GRAD);
}

/* Sums over a chunk's images, which a barrier reads, are a team's without a kernel. */
static bool of_step(const struct kernel *k)
{
    return (k->op->phase == PHASE_FORWARD || k->op->phase == PHASE_BACKWARD) && !k->op->kind->adds_images;
}

/* For each tensor the last kernel of the step that writes it and is no sum; 0: none, or the first. */
static const size_t *last_writers(const struct plan *p)
{
    size_t *last = arena_alloc(ctx_arena(p->net->ctx), (p->net->tensors.n + 1) * sizeof *last);
    for (size_t i = 0; i < p->kernels.n; i++)
        if (of_step(&p->kernels.at[i]) && !is_sum(p, &p->kernels.at[i]))
            for (int j = 0; j < p->kernels.at[i].op->n_out; j++)
                last[tensor_root(p->kernels.at[i].op->out[j])->id] = i;
    return last;
}

/* A kernel behind the sum writes over what the sum reads, so the sum cannot wait. */
static bool is_overwritten(const struct plan *p, size_t sum, const size_t *last)
{
    const struct op *o = p->kernels.at[sum].op;
    for (int i = 0; i < o->n_in; i++)
        if (last[tensor_root(o->in[i])->id] > sum)
            return true;
    return false;
}

/* A penalty on parameters is added once a batch, not for each image. */
static bool is_of_weights(const struct kernel *k)
{
    return k->op->kind->sums && k->op->in[0]->role == ROLE_PARAM;
}

/* Whether a kernel adds to two gradients that others do not write together, so that no order of dealing serves both. */
static bool is_tangled(const struct plan *p)
{
    bool tangled = false;
    size_t *first = arena_alloc(ctx_arena(p->net->ctx), (p->net->params.n + 1) * sizeof *first);
    for (size_t i = 0; i < p->kernels.n && !tangled; i++) {
        size_t own = 0;
        for (int pass = 0; pass < 2; pass++)
            for (int j = 0; j < p->kernels.at[i].op->n_out && of_step(&p->kernels.at[i]); j++) {
                const struct tensor *g = tensor_root(p->kernels.at[i].op->out[j]);
                size_t *at = g->role == ROLE_PARAM_GRAD ? &first[g->param->id] : NULL;
                tangled |= at && *at && own && *at != own;
                own = at && *at ? *at : pass && !own ? i + 1 : own;
                if (at && pass && !*at)
                    *at = own;
            }
    }
    return tangled;
}

static bool can_share(const struct plan *p)
{
    bool sums = false;
    const size_t *last = last_writers(p);
    for (size_t i = 0; i < p->kernels.n; i++) {
        const struct kernel *k = &p->kernels.at[i];
        if (!of_step(k))
            continue;
        if (is_of_weights(k) || k->op->kind->spreads_images || writes(p, k, BASE_THETA))
            return false;
        if (is_sum(p, k) && is_overwritten(p, i, last))
            return false;
        sums |= is_sum(p, k);
    }
    return sums && !is_tangled(p);
}

/* ---- the order */

void plan_add_to_team(struct plan *t, const struct kernel *k, bool image_loop, enum share share, bool apart)
{
    struct arena *a = ctx_arena(t->net->ctx);
    struct group *last = t->groups.n ? &t->groups.at[t->groups.n - 1] : NULL;
    const bool same = last && last->share == share && share != SHARE_PIECES && share != SHARE_EACH;
    if (!same || apart || last->image_loop != image_loop) {
        t->legs += !same;
        const struct group fresh = {.phase = k->op->phase,
                                    .image_loop = image_loop,
                                    .share = share,
                                    .leg = t->legs - 1,
                                    .stage = last ? last->stage + (!same && last->share != SHARE_EACH) : 0,
                                    .first = t->kernels.n};
        vec_push(a, &t->groups, fresh);
        last = &t->groups.at[t->groups.n - 1];
    }
    last->n++;
    vec_push(a, &t->kernels, *k);
    t->kernels.at[t->kernels.n - 1].group = (int)(last - t->groups.at);
    t->kernels.at[t->kernels.n - 1].of = k->op;
}

/* What is known while the order is made. */
struct order {
    const struct plan *p;
    struct plan *t;
    struct tensor **parts; /* by parameter: the gradients of images; NULL: there are none */
    size_t *writer;        /* by parameter: 1 + the first kernel of t that writes its gradient; 0: none so far */
};

static struct kernel *last_kernel(const struct order *o)
{
    return &o->t->kernels.at[o->t->kernels.n - 1];
}

/* ---- gradients of images. Slices of a gradient all read the inputs of a whole chunk, from other cores' caches. The
 * thread that has made an image's inputs finds them near, so it writes the gradient of that image alone, where this is
 * small, and the gradients of images are added in the last leg. The kernel must add once an image, so that the order of
 * sums is that of a chunk. */

static bool has_parts(const struct plan *p, const struct kernel *k)
{
    const struct op *o = k->op;
    const struct tensor *g = o->n_out == 1 && o->n_epilogue == 0 ? o->out[0] : NULL;
    const bool once = k->added == 1 || (k->added > 1 && p->groups.at[k->group].image_loop);
    return o->kind->first && once && g && g->role == ROLE_PARAM_GRAD && !g->param->shared &&
           !g->param->orthogonal.given && plan_parts_pay(p, k);
}

/* Tensors of the team alone come behind those of the network. */
static struct net *own_net(const struct net *n)
{
    struct arena *a = ctx_arena(n->ctx);
    struct net *own = arena_alloc(a, sizeof *own);
    *own = *n;
    own->names = names_copy(n->names);
    own->tensors.at = NULL, own->tensors.n = own->tensors.cap = 0;
    for (size_t i = 0; i < n->tensors.n; i++)
        vec_push(a, &own->tensors, n->tensors.at[i]);
    return own;
}

static struct tensor *new_parts(struct plan *t, const struct tensor *gradient)
{
    enum { LINE = 16 };
    struct arena *a = ctx_arena(t->net->ctx);
    struct tensor *parts = arena_alloc(a, sizeof *parts);
    *parts = (struct tensor){.id = (int)t->net->tensors.n,
                             .name = names_take(t->net->names, arena_printf(a, "%s_of_images", gradient->name)),
                             .shape = gradient->shape,
                             .role = ROLE_GRADIENT,
                             .dtype = gradient->dtype};
    vec_push(a, &t->net->tensors, parts);
    struct layout *q = &t->layouts[parts->id];
    *q = *layout_of(t, gradient);
    q->base = BASE_SCRATCH, q->used = true;
    q->size = round_up(q->size, LINE); /* threads write neighbours */
    return parts;
}

/* The last kernel writes to the gradients of images. */
static void write_parts(const struct order *o)
{
    struct arena *a = ctx_arena(o->p->net->ctx);
    struct kernel *k = last_kernel(o);
    struct op *own = arena_alloc(a, sizeof *own);
    struct tensor *gradient = k->op->out[0];
    if (o->t->net == o->p->net)
        o->t->net = own_net(o->p->net);
    *own = *k->op;
    own->out = arena_alloc(a, sizeof(struct tensor *));
    own->out[0] = o->parts[gradient->param->id] = new_parts(o->t, gradient);
    k->op = own;
}

/* The last kernel adds them. */
static void add_parts(const struct order *o, struct tensor *parts)
{
    struct kernel *k = last_kernel(o);
    k->parts = parts;
    k->slices = ceil_div(layout_of(o->t, parts)->size, PLAN_ADDED);
    k->cost = plan_adding_cycles(o->t, parts);
    k->common = 0;
    k->work = k->prefetches = 0;
}

/* ---- gradients of parameters that are used several times. Each use has a kernel that adds to the gradient, in the
 * order of the plan, so these are dealt together. Where they are alike, a slice has the same elements in each of them;
 * else a thread does them as a whole. */

/* 1 + the first kernel that writes a gradient which this one adds to; 0: it adds to none. */
static size_t before_in_turn(const struct order *o, const struct op *op)
{
    size_t first = 0;
    for (int i = 0; i < op->n_out && !first; i++) {
        const struct tensor *g = tensor_root(op->out[i]);
        first = g->role == ROLE_PARAM_GRAD ? o->writer[g->param->id] : 0;
    }
    return first;
}

static bool is_dealt(const struct plan *t, const struct kernel *k)
{
    return t->groups.at[k->group].share == SHARE_SLICES;
}

/* Whether slice i of both has the same elements. */
static bool sliced_alike(const struct kernel *k, const struct kernel *other)
{
    const struct op *a = k->op, *b = other->op;
    bool alike = k->strategy == other->strategy && k->slices == other->slices && a->n_in == b->n_in &&
                 memcmp(k->tile, other->tile, sizeof k->tile) == 0;
    for (int i = 0; i < a->n_in && alike; i++)
        alike = shape_equal(a->in[i]->shape, b->in[i]->shape);
    return alike;
}

/* Deals the last kernel together with that one. */
static void deal_together(const struct order *o, const struct kernel *first)
{
    struct kernel *k = last_kernel(o);
    const bool whole = first->whole || !sliced_alike(k, first);
    k->dealt = first->dealt;
    for (size_t i = 0; i < o->t->kernels.n && whole; i++) {
        struct kernel *other = &o->t->kernels.at[i];
        other->whole |= is_dealt(o->t, other) && other->dealt == k->dealt;
    }
}

static void note_gradients(const struct order *o)
{
    const struct op *op = last_kernel(o)->op;
    for (int i = 0; i < op->n_out; i++) {
        const struct tensor *g = tensor_root(op->out[i]);
        if (g->role == ROLE_PARAM_GRAD && !o->writer[g->param->id])
            o->writer[g->param->id] = o->t->kernels.n;
    }
}

/* The gradients of images that the kernel has written; NULL: it writes that of a chunk. */
static struct tensor *parts_of(const struct order *o, const struct kernel *k)
{
    const struct tensor *g = k->op->n_out ? tensor_root(k->op->out[0]) : NULL;
    return g && g->role == ROLE_PARAM_GRAD ? o->parts[g->param->id] : NULL;
}

/* apart: in a loop over images of its own, as in a chunk. */
static void add_sum(const struct order *o, const struct kernel *k, bool apart)
{
    struct tensor *parts = parts_of(o, k);
    const size_t first = before_in_turn(o, k->op);
    plan_add_to_team(o->t, k, !parts && o->p->groups.at[k->group].image_loop, SHARE_SLICES, apart);
    if (parts)
        add_parts(o, parts);
    if (first)
        deal_together(o, &o->t->kernels.at[first - 1]);
    else
        last_kernel(o)->dealt = o->t->dealt++;
    note_gradients(o);
}

static bool uses_again(const struct net *n)
{
    bool again = false;
    for (size_t i = 0; i < n->params.n; i++)
        again |= n->params.at[i]->shared;
    return again;
}

/* Gradients of images come first, so that calls for equal layers stand behind one another. */
static void add_sums(const struct order *o)
{
    const struct plan *p = o->p;
    const struct kernel *before = NULL;
    const bool again = uses_again(p->net);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < p->kernels.n; i++) {
            const struct kernel *k = &p->kernels.at[i];
            if (!of_step(k) || !is_sum(p, k) || (parts_of(o, k) != NULL) != (pass == 0))
                continue;
            add_sum(o, k, again && before && before->group != k->group);
            before = k;
        }
}

/* Kernels between two barriers. Losses and penalties go image by image, so that those of all images can be added in
 * their order. */
static void add_shared(const struct order *o, const struct kernel *const *kernels, size_t n)
{
    const struct plan *p = o->p;
    enum share *shares = arena_alloc(ctx_arena(p->net->ctx), (n + 1) * sizeof *shares);
    const struct sharing sharing = plan_step_sharing(p, PLAN_PRICED_THREADS);
    bool behind_loss = false;
    plan_choose_shares(p, kernels, n, &sharing, shares);
    for (size_t i = 0; i < n; i++) {
        const struct kernel *k = kernels[i];
        const bool loss = k->op->kind->loss, pieces = shares[i] == SHARE_PIECES;
        const bool loop = !pieces && (loss || k->op->kind->sums || is_sum(p, k) || p->groups.at[k->group].image_loop);
        plan_add_to_team(o->t, k, loop, shares[i], loss || behind_loss);
        last_kernel(o)->summed = k->op->kind->sums ? o->t->summed++ : 0;
        if (is_sum(p, k))
            write_parts(o);
        behind_loss = loss;
    }
}

/* All but the sums of the last leg. */
static void add_others(const struct order *o, const struct kernel *const *kernels, size_t n)
{
    for (size_t i = 0, first = 0; i <= n; i++) {
        if (i < n && !is_statistic(kernels[i]))
            continue;
        add_shared(o, kernels + first, i - first);
        if (i < n)
            plan_add_to_team(o->t, kernels[i], false, SHARE_EACH, false);
        first = i + 1;
    }
}

static void add_kernels(struct plan *t, const struct plan *p)
{
    struct arena *a = ctx_arena(p->net->ctx);
    const struct kernel **others = arena_alloc(a, (p->kernels.n + 1) * sizeof *others);
    const size_t params = p->net->params.n + 1;
    struct order o = {p, t, arena_alloc(a, params * sizeof *o.parts), arena_alloc(a, params * sizeof *o.writer)};
    size_t n = 0;
    for (size_t i = 0; i < p->kernels.n; i++) {
        const struct kernel *k = &p->kernels.at[i];
        if (of_step(k) && (!is_sum(p, k) || has_parts(p, k)))
            others[n++] = k;
    }
    add_others(&o, others, n);
    add_sums(&o);
}

/* ---- slices of prepare() */

enum { POSITIONS = 1 << 20 }; /* of the slices of all kernels; a kernel's part of them is that of its cost */

/* Kernels of prepare() that depend on one another are of the same part, and have the same position. */
static void place_slices(struct plan *p)
{
    const struct kernel **of_part = arena_alloc(ctx_arena(p->net->ctx), (p->kernels.n + 1) * sizeof *of_part);
    double all = 1;
    int64_t at = 0;
    for (size_t i = 0; i < p->kernels.n; i++)
        all += p->kernels.at[i].op->phase == PHASE_PREPARE ? p->kernels.at[i].cost : 0;
    for (size_t i = 0; i < p->kernels.n; i++) {
        struct kernel *k = &p->kernels.at[i];
        if (k->op->phase != PHASE_PREPARE)
            continue;
        const struct kernel *before = of_part[k->part];
        const int64_t n = k->slices > 1 ? k->slices : 1;
        k->slice = before ? before->slice : (int64_t)(k->cost / all * POSITIONS / (double)n) + 1;
        k->position = before ? before->position : at;
        at += before ? 0 : n * k->slice;
        of_part[k->part] = k;
    }
    p->positions = at;
}

/* Cycles of a step of so many threads, without the update. */
static double team_cycles(const struct plan *p, int64_t threads)
{
    const struct sharing sharing = plan_step_sharing(p, threads);
    double sum = 0;
    for (size_t i = 0; i < p->team->kernels.n; i++) {
        const struct kernel *k = &p->team->kernels.at[i];
        const enum share share = p->team->groups.at[k->group].share;
        sum += share == SHARE_SLICES ? k->cost * (double)p->net->train->batch / (double)threads
                                     : plan_shared_cycles(p, k, share, &sharing);
    }
    return sum;
}

/* More threads than the batch has images have work where kernels are cut into pieces: as many as make a step faster by
 * more than what is hardly seen. */
static int64_t beyond_images(const struct plan *p, int64_t images)
{
    const double seen = 0.93;
    int64_t n = images;
    double best = team_cycles(p, n);
    for (int64_t more = n + 1; more <= PLAN_MOST_THREADS; more++) {
        const double cycles = team_cycles(p, more);
        if (cycles < seen * best)
            n = more, best = cycles;
    }
    return n;
}

int64_t plan_threads(const struct plan *p)
{
    if (!p->team)
        return p->chunks;
    const int64_t pay = (int64_t)(plan_step_cycles(p) / cycles_a_thread);
    const int64_t most = beyond_images(p, p->net->train->batch > p->chunks ? p->net->train->batch : p->chunks);
    const int64_t n = pay < most ? pay : most;
    return n < p->chunks ? p->chunks : n < PLAN_MOST_THREADS ? n : PLAN_MOST_THREADS;
}

struct plan *plan_new_team(const struct plan *p, enum plan_purpose purpose)
{
    struct arena *a = ctx_arena(p->net->ctx);
    struct plan *t = arena_alloc(a, sizeof *t);
    *t = *p;
    t->purpose = purpose;
    t->kernels.at = NULL, t->kernels.n = t->kernels.cap = 0;
    t->groups.at = NULL, t->groups.n = t->groups.cap = 0;
    t->layouts = arena_alloc(a, (p->net->tensors.n + p->kernels.n + 1) * sizeof *t->layouts); /* and its own tensors */
    for (size_t i = 0; i < p->net->tensors.n; i++)
        t->layouts[i] = p->layouts[i];
    return t;
}

void plan_team(struct plan *p)
{
    if (p->inference || p->purpose == FOR_REFERENCE || plan_step_cycles(p) < plan_least_cycles || !can_share(p))
        return;
    struct plan *t = plan_new_team(p, FOR_TEAM);
    add_kernels(t, p);
    plan_memory(t);
    if (t->scratch > INT32_MAX / 2)
        return;
    p->team = t;
    place_slices(p);
}
