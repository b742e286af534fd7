/* team.c -- how more threads than a batch has chunks share the work: a second order of the same kernels, in legs with
 * barriers between. First the forward pass and the gradients of activations: a thread takes some images through several
 * kernels, or a piece of one kernel. In the last leg are the gradients of parameters, each a sum over the images of a
 * chunk: these are cut into slices of their outputs. All kernels are called as without a team, so no bit depends on the
 * number of threads.
 *
 * Threads work at their own pace, so tensors that more than one thread touches in a leg do not share memory; what lives
 * within an image loop stands in the thread's own memory. */
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

/* Whether several kernels add to the gradient of a parameter that is used several times: in an order that threads with
 * slices of them would not keep. */
static bool adds_in_turn(const struct plan *p)
{
    bool in_turn = false;
    bool *added = arena_alloc(ctx_arena(p->net->ctx), (p->net->params.n + 1) * sizeof *added);
    for (size_t i = 0; i < p->kernels.n; i++)
        for (int j = 0; j < p->kernels.at[i].op->n_out && of_step(&p->kernels.at[i]); j++) {
            const struct tensor *t = tensor_root(p->kernels.at[i].op->out[j]);
            if (t->role == ROLE_PARAM_GRAD) {
                in_turn |= added[t->param->id];
                added[t->param->id] = true;
            }
        }
    return in_turn;
}

/* A penalty on parameters is added once a batch, not for each image. */
static bool is_of_weights(const struct kernel *k)
{
    return k->op->kind->sums && k->op->in[0]->role == ROLE_PARAM;
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
    return sums && !adds_in_turn(p);
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
}

static void add_sums(struct plan *t, const struct plan *p)
{
    for (size_t i = 0; i < p->kernels.n; i++)
        if (of_step(&p->kernels.at[i]) && is_sum(p, &p->kernels.at[i])) {
            plan_add_to_team(t, &p->kernels.at[i], p->groups.at[p->kernels.at[i].group].image_loop, SHARE_SLICES,
                             false);
            t->kernels.at[t->kernels.n - 1].dealt = t->dealt++;
        }
}

/* Kernels between two barriers. Losses and penalties go image by image, so that those of all images can be added in
 * their order. */
static void add_shared(struct plan *t, const struct plan *p, const struct kernel *const *kernels, size_t n)
{
    enum share *shares = arena_alloc(ctx_arena(p->net->ctx), (n + 1) * sizeof *shares);
    const struct sharing sharing = plan_step_sharing(p, PLAN_PRICED_THREADS);
    bool behind_loss = false;
    plan_choose_shares(p, kernels, n, &sharing, shares);
    for (size_t i = 0; i < n; i++) {
        const struct kernel *k = kernels[i];
        const bool loss = k->op->kind->loss, pieces = shares[i] == SHARE_PIECES;
        const bool loop = !pieces && (loss || k->op->kind->sums || p->groups.at[k->group].image_loop);
        plan_add_to_team(t, k, loop, shares[i], loss || behind_loss);
        t->kernels.at[t->kernels.n - 1].summed = k->op->kind->sums ? t->summed++ : 0;
        behind_loss = loss;
    }
}

/* All but the sums. */
static void add_others(struct plan *t, const struct plan *p, const struct kernel *const *kernels, size_t n)
{
    for (size_t i = 0, first = 0; i <= n; i++) {
        if (i < n && !is_statistic(kernels[i]))
            continue;
        add_shared(t, p, kernels + first, i - first);
        if (i < n)
            plan_add_to_team(t, kernels[i], false, SHARE_EACH, false);
        first = i + 1;
    }
}

static void add_kernels(struct plan *t, const struct plan *p)
{
    const struct kernel **others = arena_alloc(ctx_arena(p->net->ctx), (p->kernels.n + 1) * sizeof *others);
    size_t n = 0;
    for (size_t i = 0; i < p->kernels.n; i++)
        if (of_step(&p->kernels.at[i]) && !is_sum(p, &p->kernels.at[i]))
            others[n++] = &p->kernels.at[i];
    add_others(t, p, others, n);
    add_sums(t, p);
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
    t->layouts = arena_alloc(a, (p->net->tensors.n + 1) * sizeof *t->layouts);
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
