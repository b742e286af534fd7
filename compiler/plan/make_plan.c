/* make_plan.c -- the steps of planning, in order. */
#include "plan/inner.h"
#include "training/training.h"

static void choose_kernels(struct plan *p, enum phase phase, const struct plan_options *options)
{
    const struct op *barrier = NULL;
    for (size_t i = 0; i < p->net->ops.n; i++) {
        const struct op *o = p->net->ops.at[i];
        if (o->phase == phase && o->kind->barrier)
            barrier = o;
        if (o->phase != phase || o->epilogue_of || plan_is_view(o) || o->kind->barrier || plan_omits(p, o))
            continue;
        struct kernel k = {.op = o};
        const char *forced = p->purpose == FOR_REFERENCE ? NULL : plan_forced(options, o);
        const char *refusal = plan_cheapest(p, &k, plan_repr(p, o), forced);
        if (refusal)
            plan_refuse_forced(p, o, forced, refusal);
        k.behind = barrier;
        barrier = NULL;
        if (!refusal)
            vec_push(ctx_arena(p->net->ctx), &p->kernels, k);
    }
}

static bool is_inference(const struct net *n)
{
    for (size_t i = 0; i < n->ops.n; i++)
        if (n->ops.at[i]->phase != PHASE_FORWARD && n->ops.at[i]->phase != PHASE_PREPARE)
            return false;
    return true;
}

/* Gives numbers of no particular type the target's type. */
static void set_numbers(struct net *n, enum dtype dtype)
{
    for (size_t i = 0; i < n->tensors.n; i++)
        if (n->tensors.at[i]->dtype == DTYPE_F32)
            n->tensors.at[i]->dtype = dtype;
}

static struct plan *begin(const struct net *n, const struct target *t, bool reference,
                          const struct plan_options *options)
{
    struct plan *p = arena_alloc(ctx_arena(n->ctx), sizeof *p);
    p->net = net_copy(n);
    p->target = t;
    p->number = t->number;
    set_numbers(p->net, t->number->dtype);
    p->purpose = reference ? FOR_REFERENCE : FOR_CHUNKS;
    p->no_winograd = options->no_winograd;
    p->inference = is_inference(n);
    p->memos = memo_table_new(ctx_arena(n->ctx));
    size_t most = n->tensors.n + n->ops.n; /* an op may add a tensor of prepared weights */
    p->layouts = arena_alloc(ctx_arena(n->ctx), most * sizeof *p->layouts);
    return p;
}

/* Where everything stands, and in which form; what is computed twice. */
static void place(struct plan *p, const struct plan_options *options)
{
    const bool reference = p->purpose == FOR_REFERENCE;
    if (!reference)
        plan_merge(p, options);
    plan_chunks(p, options->images);
    plan_place_ports(p);
    if (!reference) {
        p->unroll = options->unroll < 0 ? INT64_MAX : options->unroll;
        plan_check_forced(p, options);
    }
    if (!reference && !options->no_winograd)
        plan_winograd(p, options);
    plan_representations(p, options);
    plan_place_prepared(p);
    if (options->recompute)
        plan_recompute(p, options->recompute);
    else if (!reference && !p->inference)
        plan_remake(p);
    if (options->beside)
        plan_place_params_like(p, options->beside);
    else if (p->inference)
        plan_place_params_read(p);
}

/* False after a report. */
static bool choose_all(struct plan *p, const struct plan_options *options)
{
    static const enum phase order[] = {PHASE_FORWARD, PHASE_BACKWARD, PHASE_PREPARE};
    const size_t phases = p->inference ? 2 : 3;
    for (size_t i = 0; i < phases; i++) {
        size_t first = p->kernels.n;
        choose_kernels(p, order[i], options);
        if (order[i] == PHASE_FORWARD && p->unroll)
            plan_check_unrolled(p, options);
        if (ctx_errors(p->net->ctx))
            return false;
        plan_groups(p, order[i], first);
    }
    return true;
}

/* With the kernels and what they take, but not where anything is; NULL after a report. */
static struct plan *choose(const struct net *n, const struct target *t, bool reference,
                           const struct plan_options *options)
{
    struct plan *p = begin(n, t, reference, options);
    plan_layout(p);
    if (!plan_shares_fit(p) || !plan_can_be_indexed(p))
        return NULL;
    place(p, options);
    return choose_all(p, options) ? p : NULL;
}

static struct plan *finish(struct plan *p, const struct plan_options *options)
{
    if (!p)
        return NULL;
    plan_parts(p);
    plan_memory(p);
    if (!plan_can_be_addressed(p))
        return NULL;
    plan_prefetch(p);
    if (!options->recompute) /* the sums of a team come last, so all that they read would be kept until then */
        plan_team(p);
    plan_crew(p);
    if (!p->inference && p->purpose != FOR_REFERENCE)
        plan_ready(p);
    return p;
}

/* A whole batch in one chunk, which threads cannot share. */
static bool is_for_one_thread(const struct plan *p)
{
    return p->chunks == 1 && p->net->train->batch > 1 && !p->team;
}

static struct plan *choose_chunks(const struct net *n, const struct target *t, const struct plan_options *options,
                                  int64_t images)
{
    struct plan_options other = *options;
    other.images = images;
    return choose(n, t, false, &other);
}

/* With many chunks when that is about as fast on one thread. */
static struct plan *in_small_chunks(const struct net *n, const struct target *t, const struct plan_options *options,
                                    struct plan *p)
{
    const double most = 1.01;
    const int64_t images = plan_step_cycles(p) > plan_least_cycles ? plan_small_chunk(p) : 0;
    struct plan *q = images ? choose_chunks(n, t, options, images) : NULL;
    return q && plan_step_cycles(q) <= most * plan_step_cycles(p) ? q : p;
}

struct plan *plan_make(const struct net *n, const struct target *t, bool reference, const struct plan_options *options)
{
    struct plan *p = choose(n, t, reference, options);
    const bool free = p && !p->inference && !reference && !options->images;
    if (free)
        p = in_small_chunks(n, t, options, p);
    p = finish(p, options);
    if (!p || !free || !is_for_one_thread(p))
        return p;
    return finish(choose_chunks(n, t, options, ceil_div(p->net->train->batch, 2)), options);
}
