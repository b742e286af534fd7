/* prepared.c -- copies of weights in the form that a kernel wants, made once a step: which copies exist, and where they
 * stand. */
#include <stdlib.h>

#include "plan/inner.h"
#include "training/training.h"

/* F(mxm,3x3) makes (m + 2)x(m + 2) of 3x3. */
static int64_t taps_of(enum repr r, const struct window *w)
{
    const int64_t side = r - REPR_WINOGRAD2 + 4;
    return r >= REPR_WINOGRAD2 ? side * side : (w->z.k ? w->z.k : 1) * w->kh * w->kw;
}

static int64_t prepared_size(const struct plan *p, const struct op *o)
{
    const struct tensor *input = o->in[0]->param->input;
    const struct prepared q =
        o->kind->prepared(o, taps_of(layout_of(p, o->out[0])->repr, &o->win), input ? layout_of(p, input)->size : 0);
    return q.rows * round_up(q.across, p->target->lanes);
}

void plan_place_prepared(struct plan *p)
{
    for (size_t i = 0; i < p->net->ops.n; i++) {
        const struct op *o = p->net->ops.at[i];
        if (o->phase != PHASE_PREPARE)
            continue;
        struct layout *l = &p->layouts[o->out[0]->id];
        l->base = BASE_PREPARED;
        l->offset = p->prepared;
        l->size = prepared_size(p, o);
        l->used = true;
        p->prepared += round_up(l->size, 16);
    }
}

int64_t plan_constants(const struct plan *p)
{
    return p->read + p->prepared;
}

const float *plan_evaluate(const struct plan *p, const float *theta)
{
    float *all = arena_alloc(ctx_arena(p->net->ctx), (size_t)(plan_constants(p) + 1) * sizeof *all);
    for (int64_t i = 0; i < p->read; i++)
        all[i] = theta[i];
    for (size_t i = 0; i < p->net->ops.n; i++) {
        const struct op *o = p->net->ops.at[i];
        struct kernel k = {.op = o};
        if (o->phase != PHASE_PREPARE)
            continue;
        const char *refusal = plan_cheapest(p, &k, layout_of(p, o->out[0])->repr, NULL);
        if (refusal || !k.strategy->evaluate)
            INTERNAL("cnnc cannot do %s itself", o->kind->name);
        k.strategy->evaluate(p, o, theta + layout_of(p, o->in[0])->offset,
                             all + p->read + layout_of(p, o->out[0])->offset);
    }
    return all;
}

/* ---- the parts of prepare(): the most expensive kernels first; a kernel that reads another's result belongs to the
 * same part, and neither is cut into slices */

/* Of two with the same cost, the earlier one comes first. */
static int by_cost(const void *a, const void *b)
{
    const struct kernel *x = *(struct kernel *const *)a, *y = *(struct kernel *const *)b;
    if (x->cost > y->cost || x->cost < y->cost)
        return x->cost > y->cost ? -1 : 1;
    return x < y ? -1 : 1;
}

void plan_parts(struct plan *p)
{
    struct arena *a = ctx_arena(p->net->ctx);
    struct kernel *end = p->kernels.at + p->kernels.n, **dealt = arena_alloc(a, (p->kernels.n + 1) * sizeof *dealt);
    struct kernel **maker = arena_alloc(a, (p->net->tensors.n + 1) * sizeof *maker); /* by tensor id */
    size_t n = 0;
    for (struct kernel *k = p->kernels.at; k < end; k++) {
        const bool prepares = k->op->phase == PHASE_PREPARE;
        k->part = -1;
        if (prepares && !maker[k->op->in[0]->id])
            dealt[n++] = k;
        if (prepares)
            maker[k->op->out[0]->id] = k;
    }
    qsort(dealt, n, sizeof *dealt, by_cost);
    for (size_t i = 0; i < n; i++)
        dealt[i]->part = (int)i;
    for (struct kernel *k = p->kernels.at; k < end; k++)
        if (k->op->phase == PHASE_PREPARE && k->part < 0) {
            k->part = maker[k->op->in[0]->id]->part;
            k->slices = maker[k->op->in[0]->id]->slices = 1;
        }
}

/* ---- Winograd's transformed weights: used where the convolutions save more than the transformation costs */

/* Cycles an image of the convolution with weights in that representation, including its share of the preparation;
 * negative when no strategy can do it. */
static double cost_with(const struct plan *p, const struct op *conv, const struct op *prepare, enum repr repr,
                        const struct plan_options *options)
{
    struct kernel k = {.op = conv}, once = {.op = prepare};
    if (plan_cheapest(p, &k, repr, plan_forced(options, conv)))
        return -1;
    if (conv->phase == PHASE_FORWARD && repr == REPR_DENSE)
        return k.cost; /* reads the weights themselves */
    if (plan_cheapest(p, &once, repr, plan_forced(options, prepare)))
        return -1;
    return p->inference ? k.cost : k.cost + once.cost / (double)p->net->train->batch;
}

/* Adds an op that transforms the convolution's weights. The convolution then reads its result. */
static void transform(struct plan *p, struct op *conv, enum repr repr)
{
    struct net *n = p->net;
    const struct tensor *w = conv->in[1];
    const struct shape shape = {3, {taps_of(repr, &conv->win), conv->win.ic, conv->win.oc}};
    const char *name = arena_printf(ctx_arena(n->ctx), "%s_transformed", w->name);
    struct tensor *t = net_tensor(n, name, shape, ROLE_PREPARED);
    t->param = w->param;
    t->dtype = p->number->dtype;
    struct op *o = net_op(n, conv->kind->transform, conv->node);
    op_in(n, o, conv->in[1]);
    op_out(n, o, t);
    op_inherit(o, conv);
    conv->in[1] = t;
}

/* The form into which an earlier plan has transformed the weights; REPR_DENSE when it has not. */
static enum repr transformed(const struct op *conv)
{
    const struct tensor *w = conv->in[1];
    if (!w->producer || w->producer->kind != conv->kind->transform)
        return REPR_DENSE;
    enum repr r = REPR_WINOGRAD2;
    while (w->shape.dim[0] != taps_of(r, &conv->win))
        r++;
    return r;
}

static enum repr cheapest_form(const struct plan *p, const struct op *conv, const struct plan_options *options,
                               double *least)
{
    struct tensor *none[] = {NULL};
    struct op prepare = {.in = none,
                         .out = none,
                         .kind = conv->kind->transform,
                         .phase = PHASE_PREPARE,
                         .node = conv->node,
                         .win = conv->win};
    const struct op *once = conv->phase == PHASE_FORWARD ? &prepare : conv->in[1]->producer;
    enum repr best = REPR_DENSE;
    *least = cost_with(p, conv, once, REPR_DENSE, options);
    for (enum repr r = REPR_WINOGRAD2; r <= REPR_WINOGRAD4; r++) {
        double cost = cost_with(p, conv, once, r, options);
        if (cost >= 0 && (*least < 0 || cost < *least))
            best = r, *least = cost;
    }
    return best;
}

/* The transformed weights of the forward convolution, when the gradient of the data is also cheapest with them; else
 * the gradient gets its own weights. A gradient held as lists always needs its own. */
static struct tensor *shared_weights(const struct plan *p, const struct op *data, const struct op *conv,
                                     const struct plan_options *options, double least)
{
    struct op sharing = *data;
    struct kernel k = {.op = &sharing};
    if (!conv || !transformed(conv) || (data->in[0]->producer && data->in[0]->producer->kind->loses_most))
        return NULL;
    sharing.in = (struct tensor *[]){data->in[0], conv->in[1]};
    const bool can = !plan_cheapest(p, &k, transformed(conv), plan_forced(options, data));
    return can && (least < 0 || k.cost < least) ? conv->in[1] : NULL;
}

/* Removes transposed weights that no op reads any more. */
static void drop_unread(struct net *n)
{
    const int *users = net_users(n);
    for (size_t i = 0; i < n->ops.n; i++)
        if (n->ops.at[i]->kind->spare && !users[n->ops.at[i]->out[0]->id])
            n->ops.at[i] = NULL;
    net_renumber(n);
}

/* The plan for one image has already transformed these weights. A batch gets its own transformed weights when another
 * form is enough cheaper. */
static enum repr own_form(struct plan *p, struct op *conv, enum repr earlier, const struct plan_options *options)
{
    const double worth_it = 0.95;
    struct tensor *shared = conv->in[1];
    double least, shares;
    p->layouts[shared->id].repr = earlier; /* for all other readers */
    conv->in[1] = shared->producer->in[0];
    const enum repr best = cheapest_form(p, conv, options, &least);
    shares = cost_with(p, conv, shared->producer, earlier, options);
    if (best != REPR_DENSE && best != earlier && least < worth_it * shares)
        return best;
    conv->in[1] = shared;
    return earlier;
}

void plan_winograd(struct plan *p, const struct plan_options *options)
{
    const struct op **forward = arena_alloc(ctx_arena(p->net->ctx), (p->net->params.n + 1) * sizeof *forward);
    for (size_t i = 0, n = p->net->ops.n; i < n; i++) {
        struct op *conv = p->net->ops.at[i];
        if (!conv->kind->transform || conv->phase != conv->kind->phase)
            continue; /* a transposed convolution exchanges the phases of its ops, and the weights that they read */
        if (conv->phase == PHASE_FORWARD)
            forward[conv->in[1]->param->id] = conv; /* the convolution that reads these weights */
        enum repr earlier = transformed(conv), repr = earlier;
        double least = -1;
        if (!earlier && !options->same_constants && !plan_unrolls(p, conv, options))
            repr = cheapest_form(p, conv, options, &least);
        if (earlier && options->beside && !options->same_constants)
            repr = own_form(p, conv, earlier, options);
        struct tensor *shared = conv->phase == PHASE_BACKWARD
                                    ? shared_weights(p, conv, forward[conv->in[1]->param->id], options, least)
                                    : NULL;
        if (shared)
            conv->in[1] = shared;
        else if (repr != earlier && conv->phase == PHASE_FORWARD)
            transform(p, conv, repr);
        if (!shared && repr != REPR_DENSE)
            p->layouts[conv->in[1]->id].repr = repr;
    }
    drop_unread(p->net);
}
