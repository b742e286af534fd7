/* draws.c -- what layers share that change their input at random: streams of draws, and factors as Keras has them. */
#include "layers/layers.h"
#include "ops/ops.h"
#include "ops/warp.h"

int streams_of(const struct net *net)
{
    int n = 0;
    for (size_t i = 0; i < net->ops.n; i++)
        n += net->ops.at[i]->kind->draws;
    return n;
}

struct tensor *lower_draw(struct net *net, struct node *n, struct shape s, struct limits limits, double quiet)
{
    const int stream = streams_of(net);
    struct op *o = lower_unary(net, &op_draw, n, n->x, s, "draw");
    struct draw_op *d = (struct draw_op *)(void *)o;
    d->low = limits.low;
    d->high = limits.high;
    d->quiet = quiet;
    o->stream = stream;
    return o->out[0];
}

struct tensor *lower_normal(struct net *net, struct node *n, struct shape s)
{
    struct tensor *t = lower_draw(net, n, s, (struct limits){0, 0}, 0);
    ((struct draw_op *)(void *)t->producer)->normal = true;
    return t;
}

struct tensor *lower_constant(struct net *net, struct node *n, struct shape s, const char *values)
{
    struct op *o = lower_unary(net, &op_constant, n, n->x, s, "constant");
    ((struct constant_op *)(void *)o)->values = values;
    return o->out[0];
}

bool factor_fits(struct net *net, const struct node *n, const char *name)
{
    const struct bound *b = node_arg(n, name);
    if (b->n_items <= 2)
        return true;
    diag_error(net->ctx, b->span, "'%s' wants one number or two, the least and the most", name);
    return false;
}

struct limits factor_of(const struct node *n, const char *name, bool around_zero)
{
    const struct bound *b = node_arg(n, name);
    const double first = b->n_items ? b->items[0].number : 0, last = b->n_items > 1 ? b->items[1].number : first;
    if (b->n_items < 2)
        return (struct limits){around_zero ? (first < 0 ? first : -first) : 0, first < 0 ? -first : first};
    return first < last ? (struct limits){first, last} : (struct limits){last, first};
}
