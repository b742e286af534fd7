/* moves.c -- ops that move elements: one index map, and tensors side by side. */
#include "layers/layers.h"
#include "ops/move.h"

static bool moves_nothing(struct shape from, const struct move_axis *axes)
{
    for (int i = 0; i < from.rank; i++) {
        const struct move_axis *a = &axes[i];
        if (a->axis != i || a->start != 0 || a->step != 1 || a->repeat != 1 || a->size != from.dim[i])
            return false;
    }
    return true;
}

struct tensor *lower_move(struct net *net, struct node *n, struct tensor *x, struct shape from,
                          const struct move_axis *axes, struct shape out, const char *suffix)
{
    if (moves_nothing(from, axes) && shape_equal(x->shape, out))
        return x;
    struct op *o = lower_unary(net, &op_move, n, x, out, suffix);
    move_set(o, from, axes);
    return o->out[0];
}

struct tensor *lower_permute(struct net *net, struct node *n, struct tensor *x, struct shape from, const int *order,
                             struct shape out, const char *suffix)
{
    struct move_axis axes[MAX_RANK];
    for (int i = 0; i < from.rank; i++)
        axes[i] = (struct move_axis){.axis = order[i], .step = 1, .repeat = 1, .size = from.dim[order[i]]};
    return lower_move(net, n, x, from, axes, out, suffix);
}

struct tensor *lower_reshape(struct net *net, struct node *n, struct tensor *x, struct shape out, const char *suffix)
{
    const int64_t size = shape_size(out);
    return lower_move(net, n, x, (struct shape){1, {size}},
                      &(struct move_axis){.axis = 0, .step = 1, .repeat = 1, .size = size}, out, suffix);
}

struct tensor *lower_concat(struct net *net, struct node *n, struct tensor *const *x, int count, int axis,
                            const char *suffix)
{
    struct shape out = x[0]->shape;
    struct tensor *y = NULL;
    for (int i = 1; i < count; i++)
        out.dim[axis] += x[i]->shape.dim[axis];
    int64_t at = 0;
    for (int i = 0; i < count; i++) {
        struct op *o = lower_unary(net, &op_place, n, x[i], out, suffix);
        if (y)
            op_in(net, o, y);
        o->out[0]->view_of = y;
        ((struct placed *)(void *)o)->axis = axis;
        ((struct placed *)(void *)o)->at = at;
        at += x[i]->shape.dim[axis];
        y = o->out[0];
    }
    return y;
}
