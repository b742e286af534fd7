/* fetching.c -- what layers share that take the pixels of images from other places. */
#include "layers/layers.h"
#include "ops/ops.h"
#include "ops/warp.h"

const char *const fill_modes[] = {"constant", "nearest", "reflect", "wrap", NULL};
const char *const between_modes[] = {"nearest", "bilinear", NULL};

static double arg_or(const struct node *n, const char *name, double other)
{
    const struct bound *b = record_arg_maybe(&n->layer->rec, n->args, name);
    return b ? b->number : other;
}

struct between between_of(const struct node *n, int64_t outside)
{
    return (struct between){.nearest = arg_or(n, "interpolation", 1) == 0,
                            .outside = (int64_t)arg_or(n, "fill_mode", (double)outside),
                            .fill = arg_or(n, "fill_value", 0)};
}

struct tensor *lower_fetch(struct net *net, struct node *n, struct tensor *image, struct tensor *rows,
                           struct tensor *columns, struct tensor *when, struct between between)
{
    struct op *o = lower_unary(net, &op_fetch, n, image, image->shape, "fetched");
    op_in(net, o, rows);
    op_in(net, o, columns);
    op_in(net, o, when);
    ((struct fetch_op *)(void *)o)->between = between;
    return o->out[0];
}
