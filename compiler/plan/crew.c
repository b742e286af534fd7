/* crew.c -- how threads share the prediction of fewer images than there are threads: the kernels of the forward pass in
 * legs, as team.c has those of a step. A leg of images has work for as many threads as there are images, so what takes
 * long is cut into pieces. Prices are those of a single image.
 *
 * Statistics of a batch are not computed in a prediction. What is computed from running ones instead depends on no
 * image, so each thread makes it for itself before all else. */
#include "plan/inner.h"

enum { FEW_IMAGES = 16 };

static bool is_statistic(const struct op *o)
{
    return o->n_out > 0 && o->out[0]->role == ROLE_STATISTIC;
}

/* What sums over a batch, or adds a penalty, does nothing in a prediction. */
static bool is_forward(const struct kernel *k)
{
    return k->op->phase == PHASE_FORWARD && k->op->kind->strip != STRIP_OP;
}

static bool can_share(const struct plan *p)
{
    for (size_t i = 0; i < p->kernels.n; i++) {
        const struct kernel *k = &p->kernels.at[i];
        if (is_forward(k) && (k->op->kind->sums || k->op->kind->first))
            return false;
    }
    return true;
}

static struct sharing sharing_of(int64_t threads)
{
    return (struct sharing){.threads = threads, .images = 1, .chunk = 1, .of_chunk = threads};
}

static void add_each(struct plan *t, const struct plan *p)
{
    for (size_t i = 0; i < p->kernels.n; i++) {
        const struct kernel *k = &p->kernels.at[i];
        if (is_forward(k) && is_statistic(k->op))
            plan_add_to_team(t, k, false, SHARE_EACH, false);
    }
}

static void add_shared(struct plan *t, const struct plan *p)
{
    struct arena *a = ctx_arena(p->net->ctx);
    const struct kernel **kernels = arena_alloc(a, (p->kernels.n + 1) * sizeof *kernels);
    enum share *shares = arena_alloc(a, (p->kernels.n + 1) * sizeof *shares);
    const struct sharing sharing = sharing_of(PLAN_PRICED_THREADS);
    size_t n = 0;
    for (size_t i = 0; i < p->kernels.n; i++)
        if (is_forward(&p->kernels.at[i]) && !is_statistic(p->kernels.at[i].op))
            kernels[n++] = &p->kernels.at[i];
    plan_choose_shares(p, kernels, n, &sharing, shares);
    for (size_t i = 0; i < n; i++)
        plan_add_to_team(t, kernels[i], shares[i] != SHARE_PIECES && p->groups.at[kernels[i]->group].image_loop,
                         shares[i], false);
}

/* Cycles of one image. */
static double crew_cycles(const struct plan *p, int64_t threads)
{
    const struct sharing sharing = sharing_of(threads);
    double sum = 0;
    for (size_t i = 0; i < p->crew->kernels.n; i++) {
        const struct kernel *k = &p->crew->kernels.at[i];
        sum += plan_shared_cycles(p, k, p->crew->groups.at[k->group].share, &sharing);
    }
    return sum;
}

int64_t plan_crew_threads(const struct plan *p)
{
    const double seen = 0.97; /* of the time: less is hardly seen */
    int64_t n = 1;
    double best = crew_cycles(p, n);
    for (int64_t more = 2; more <= PLAN_MOST_THREADS; more++) {
        const double cycles = crew_cycles(p, more);
        if (cycles < seen * best)
            n = more, best = cycles;
    }
    return n;
}

static bool has_pieces(const struct plan *t)
{
    for (size_t i = 0; i < t->groups.n; i++)
        if (t->groups.at[i].share == SHARE_PIECES)
            return true;
    return false;
}

/* Kernels for ops that no op before is equal to. */
static int distinct_kernels(const struct plan *t)
{
    int n = 0;
    for (size_t i = 0; i < t->kernels.n; i++) {
        const struct memo *memo = t->kernels.at[i].memo;
        size_t before = 0;
        while (before < i && (!memo || t->kernels.at[before].memo != memo))
            before++;
        n += before == i;
    }
    return n;
}

/* Every leg is a function, with its calls, while equal layers share their kernels. Networks as they are written by hand
 * have a few legs a kernel; where layers repeat more often, legs would soon be most of the code, which does not grow
 * with the depth otherwise, and there is no crew. */
static bool repeats(const struct plan *t)
{
    enum { OFTEN = 9 };
    return t->legs > OFTEN * distinct_kernels(t);
}

/* The scratch has room for few images, whatever a chunk has. */
static void place(struct plan *t)
{
    t->chunk = t->chunk < FEW_IMAGES ? t->chunk : FEW_IMAGES;
    plan_memory(t);
}

void plan_crew(struct plan *p)
{
    if (p->inference || p->purpose == FOR_REFERENCE || plan_cycles(p) < plan_least_cycles || !can_share(p))
        return;
    struct plan *t = plan_new_team(p, FOR_CREW);
    add_each(t, p);
    add_shared(t, p);
    if (!has_pieces(t) || repeats(t))
        return;
    place(t);
    if (t->scratch <= INT32_MAX / 2)
        p->crew = t;
}
