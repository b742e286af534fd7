/* concatenate.c -- the outputs of several layers side by side along one axis */
#include "layers/layers.h"

static const struct arg_def args[] = {{.name = "axis",
                                       .type = ARG_INT,
                                       .flags = ARG_POSITIONAL,
                                       .def = "-1",
                                       .min = -MAX_RANK,
                                       .max = MAX_RANK,
                                       .doc = "the axis that they follow one another on: 1 is the first one behind "
                                              "the batch, -1 the last one"},
                                      {0}};

static bool fits(const struct shape *a, const struct shape *b, int axis)
{
    bool same = a->rank == b->rank;
    for (int i = 0; same && i < a->rank; i++)
        same = i == axis || a->dim[i] == b->dim[i];
    return same;
}

static void concatenate_shape(struct net *net, struct node *n)
{
    const int axis = axis_given(net, n);
    struct shape out = n->in;
    if (axis < 0)
        return;
    for (int i = 1; i < n->n_inputs; i++) {
        const struct shape *s = &n->inputs[i]->out;
        if (!fits(&n->in, s, axis)) {
            diag_error(net->ctx, n->stmt->name_span,
                       "'%s' joins on axis %d, where all others are equal, but its inputs are %s and %s", n->stmt->name,
                       axis + 1, shape_words(net->ctx, n->in), shape_words(net->ctx, *s));
            shape_note(net, n->inputs[0]);
            shape_note(net, n->inputs[i]);
            return;
        }
        out.dim[axis] += s->dim[axis];
    }
    shape_set(net, n, out);
}

static struct tensor *concatenate_lower(struct net *net, struct node *n)
{
    struct tensor **x = arena_alloc(ctx_arena(net->ctx), (size_t)n->n_inputs * sizeof *x);
    for (int i = 0; i < n->n_inputs; i++)
        x[i] = n->inputs[i]->y;
    return lower_concat(net, n, x, n->n_inputs, axis_given(net, n), "joined");
}

const struct layer layer_concatenate = {
    .rec = {.name = "Concatenate",
            .alias = {"Concat"},
            .doc = "Layers side by side, on the channels or another axis.",
            .example = "image: Input 8x8x3\nfine: Conv2D 4 1x1\nwide: Conv2D 4 3x3 same from=image\nConcatenate "
                       "from=[fine, wide]",
            .args = args},
    .keras = "Concatenate",
    .least_inputs = 2,
    .most_inputs = ANY_NUMBER,
    .shape = concatenate_shape,
    .lower = concatenate_lower,
};
