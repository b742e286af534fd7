/* representation.c -- how the gradient behind a pooling is held: dense, as lists, or nowhere. */
#include <string.h>

#include "plan/inner.h"

/* An op never touches tensors of two different representations apart from the dense one. */
enum repr plan_repr(const struct plan *p, const struct op *o)
{
    for (int i = 0; i < o->n_in; i++)
        if (layout_of(p, o->in[i])->repr != REPR_DENSE)
            return layout_of(p, o->in[i])->repr;
    return o->n_out > 0 ? layout_of(p, o->out[0])->repr : REPR_DENSE;
}

static bool reads(const struct op *o, const struct tensor *t)
{
    for (int i = 0; i < o->n_in; i++)
        if (o->in[i] == t)
            return true;
    return false;
}

/* Lists, and what stands for a gradient that is nowhere, take the place of an operand dy alone. */
static bool reads_as_dy(const struct plan *p, const struct op *o, const struct tensor *t)
{
    for (int i = 0; i < o->n_in; i++)
        if (o->in[i] == t && strcmp(op_operand(ctx_arena(p->net->ctx), o->kind, i, false), "dy") != 0)
            return false;
    return true;
}

/* As kernels/lists.ct lays them out: counts, places, values for each channel, and again for each window. */
static int64_t lists_size(const struct plan *p, int64_t channels, const struct window *w)
{
    int64_t lanes = p->target->lanes, windows = w->oh * w->ow;
    int64_t by_channel = round_up(channels, 16) + 2 * channels * round_up(windows, lanes);
    int64_t by_window = round_up(windows * w->kh * w->kw, 16) + 2 * windows * (round_up(channels, lanes) + lanes);
    return round_up(by_channel + by_window, 16);
}

static void represent(struct plan *p, const struct op *pool, enum repr repr, enum repr weights)
{
    struct layout *q = &p->layouts[pool->out[0]->id];
    q->repr = repr;
    q->size = repr == REPR_LISTS    ? lists_size(p, q->channels, &pool->win)
              : repr == REPR_POOLED ? layout_of(p, pool->in[0])->size
                                    : q->pixels * q->ld;
    for (size_t i = 0; i < p->net->ops.n; i++) {
        const struct op *o = p->net->ops.at[i];
        if (o->kind->transform && o->in[0] == pool->out[0])
            p->layouts[o->in[1]->id].repr = weights;
    }
}

bool plan_omits(const struct plan *p, const struct op *o)
{
    return o->kind->loses_most && layout_of(p, o->out[0])->repr == REPR_POOLED;
}

/* The representation of the weights that the gradient of the convolution's data reads. */
static enum repr weights_repr(const struct plan *p, const struct op *pool)
{
    for (size_t i = 0; i < p->net->ops.n; i++) {
        const struct op *o = p->net->ops.at[i];
        if (o->kind->transform && o->in[0] == pool->out[0])
            return layout_of(p, o->in[1])->repr;
    }
    return REPR_DENSE;
}

/* Cycles an image of all kernels that write or read the gradient; negative when one of them cannot. */
static double representation_cost(const struct plan *p, const struct op *pool, const struct plan_options *options)
{
    double sum = 0;
    for (size_t i = 0; i < p->net->ops.n; i++) {
        const struct op *o = p->net->ops.at[i];
        if ((o != pool && !reads(o, pool->out[0])) || plan_omits(p, o))
            continue;
        struct kernel k = {.op = o};
        if (!reads_as_dy(p, o, pool->out[0]) || o->epilogue_of ||
            plan_cheapest(p, &k, plan_repr(p, o), plan_forced(options, o)))
            return -1;
        sum += k.cost;
    }
    return sum;
}

void plan_representations(struct plan *p, const struct plan_options *options)
{
    for (size_t i = 0; i < p->net->ops.n; i++) {
        const struct op *o = p->net->ops.at[i];
        if (!o->kind->loses_most || o->n_epilogue || p->target->lanes == 1)
            continue;
        enum repr best = REPR_DENSE, weights = weights_repr(p, o); /* `weights`: the form that a dense gradient needs */
        double least = representation_cost(p, o, options);
        for (enum repr r = REPR_LISTS; r <= REPR_POOLED; r++) {
            represent(p, o, r, r);
            double cost = representation_cost(p, o, options);
            if (cost >= 0 && (least < 0 || cost < least))
                best = r, least = cost;
        }
        represent(p, o, best, best == REPR_DENSE ? weights : best);
    }
}
