/* lowering.c -- helpers of the `lower` functions of layers. */
#include "layers/layers.h"
#include "ops/ops.h"

struct tensor *node_tensor(struct net *net, struct node *n, const char *suffix, struct shape s)
{
    return net_tensor(net, arena_printf(ctx_arena(net->ctx), "%s_%s", n->ident, suffix), s, ROLE_ACTIVATION);
}

struct op *lower_unary(struct net *net, const struct op_kind *kind, struct node *n, struct tensor *x, struct shape out,
                       const char *suffix)
{
    struct op *o = net_op(net, kind, n);
    op_in(net, o, x);
    op_out(net, o, node_tensor(net, n, suffix, out));
    return o;
}

struct tensor *lower_view(struct net *net, struct node *n, struct tensor *x, struct shape s)
{
    if (shape_equal(x->shape, s))
        return x;
    struct op *o = lower_unary(net, &op_view, n, x, s, "view");
    o->out[0]->view_of = x;
    return o->out[0];
}

struct tensor *lower_map(struct net *net, struct node *n, const char *formula, struct tensor *const *x, int count,
                         struct shape out, const char *suffix)
{
    return append_map(net, n, formula, x, count, node_tensor(net, n, suffix, out))->out[0];
}

struct tensor *lower_reduce(struct net *net, struct node *n, enum reduction kind, struct tensor *x, unsigned axes,
                            bool keepdims, const char *suffix)
{
    struct shape kept = x->shape, short_one = {0};
    for (int i = 0; i < x->shape.rank; i++) {
        if (axes >> i & 1)
            kept.dim[i] = 1;
        else
            short_one.dim[short_one.rank++] = kept.dim[i];
    }
    if (short_one.rank == 0)
        short_one = (struct shape){1, {1}};
    struct tensor *y = node_tensor(net, n, suffix, short_one);
    append_reduce(net, n, kind, "a", &x, 1, x->shape, kept, y);
    return keepdims ? lower_view(net, n, y, kept) : y;
}

struct tensor *lower_reduce_map(struct net *net, struct node *n, enum reduction kind, const char *formula,
                                struct tensor *const *x, int count, struct shape full, unsigned axes,
                                const char *suffix)
{
    struct shape kept = full;
    for (int i = 0; i < full.rank; i++)
        kept.dim[i] = axes >> i & 1 ? 1 : kept.dim[i];
    return append_reduce(net, n, kind, formula, x, count, full, kept, node_tensor(net, n, suffix, kept))->out[0];
}

struct tensor *lower_peak(struct net *net, struct node *n, struct tensor *x, unsigned axes, const char *suffix)
{
    struct tensor *y = lower_reduce_map(net, n, REDUCE_MAX, "a", &x, 1, x->shape, axes, suffix);
    y->producer->kind = &op_peak;
    return y;
}
