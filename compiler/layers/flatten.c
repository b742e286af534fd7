/* flatten.c -- the same numbers in one row, in the order height, width, channels */
#include "layers/layers.h"

static void flatten_shape(struct net *net, struct node *n)
{
    shape_set(net, n, (struct shape){1, {shape_size(n->in)}});
}

static struct tensor *flatten_lower(struct net *net, struct node *n)
{
    return lower_view(net, n, n->x, n->out);
}

const struct layer layer_flatten = {
    .rec = {.name = "Flatten",
            .doc = "An image or a sequence as one row of numbers.",
            .example = "Flatten",
            .setting = "Dense 10 softmax"},
    .keras = "Flatten",
    .input = "4x4x3",
    .shape = flatten_shape,
    .lower = flatten_lower,
};
