/* input.c -- the input of the network: [d,h,w,channels] for volumes, [h,w,channels] for images, [n,channels] for
 * sequences, [n] for rows of a table */
#include "layers/layers.h"

static const struct arg_def args[] = {
    {.name = "shape",
     .type = ARG_DIMS,
     .flags = ARG_REQUIRED | ARG_POSITIONAL,
     .min = 1,
     .max = LARGEST_COUNT,
     .doc = "of one volume, image, sequence or row: 16x16x16x1, 28x28x1, 128x16, or 10"},
    {0}};

static void input_shape(struct net *net, struct node *n)
{
    const struct bound *b = node_arg(n, "shape");
    if (b->n_dims > 4) {
        diag_error(net->ctx, b->span, "an input has at most four dimensions, not %d", b->n_dims);
        return;
    }
    struct shape s = {.rank = b->n_dims};
    for (int i = 0; i < s.rank; i++)
        s.dim[i] = b->dim[i];
    if (n->input && !shape_equal(n->in, s)) {
        diag_error(net->ctx, n->stmt->name_span, "'%s' wants %s here, but gets %s", n->of, shape_words(net->ctx, s),
                   shape_words(net->ctx, n->in));
        shape_note(net, n->input);
    } else if (shape_set(net, n, s) && !n->input) {
        shape_channels_first(net, n, s);
    }
}

static struct tensor *input_lower(struct net *net, struct node *n)
{
    if (n->uses && tensor_root(n->x)->role == ROLE_INPUT)
        return lower_map(net, n, "a", &n->x, 1, n->out, "copy");
    return n->input ? n->x : net_tensor(net, "input", n->out, ROLE_INPUT);
}

const struct layer layer_input = {
    .rec = {.name = "Input",
            .alias = {"InputLayer"},
            .doc = "The shape of one input: the first layer of every network.",
            .example = "Input 28x28x1",
            .args = args},
    .keras = "InputLayer",
    .shape = input_shape,
    .lower = input_lower,
};
