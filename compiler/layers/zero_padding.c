/* zero_padding.c -- rows and columns of zeros around an image, steps of zeros around a sequence */
#include "layers/layers.h"
#include "ops/ops.h"

static const struct arg_def args[] = {
    {.name = "padding",
     .type = ARG_DIMS,
     .flags = ARG_POSITIONAL,
     .def = "1",
     .min = 0,
     .max = LARGEST_COUNT,
     .doc = "1x2: a row above and below and two columns left and right of an image; 2: two of each, or two steps at "
            "either end of a sequence"},
    {0}};

/* A sequence is a plane of one row. */
static struct window padding_of(const struct node *n)
{
    const struct bound *b = node_arg(n, "padding");
    const bool sequence = n->in.rank == 2;
    const int64_t rows = sequence ? 0 : b->dim[0], columns = b->n_dims > 1 ? b->dim[1] : b->dim[0];
    struct window w = {.kh = 1, .kw = 1, .sh = 1, .sw = 1, .dh = 1, .dw = 1, .groups = 1};
    w.pt = w.pb = rows;
    w.pl = w.pr = columns;
    w.ih = sequence ? 1 : n->in.dim[0];
    w.iw = n->in.dim[n->in.rank - 2];
    w.ic = w.oc = shape_channels(n->in);
    w.oh = w.ih + 2 * rows;
    w.ow = w.iw + 2 * columns;
    return w;
}

static void padding_shape(struct net *net, struct node *n)
{
    const struct bound *b = node_arg(n, "padding");
    if (n->in.rank != 2 && n->in.rank != 3) {
        shape_refuse(net, n, "[height, width, channels] or [length, channels]");
    } else if (b->n_dims > (n->in.rank == 2 ? 1 : 2)) {
        diag_error(net->ctx, b->span, "the padding has more dimensions than the %s",
                   n->in.rank == 2 ? "sequence" : "image");
    } else {
        const struct window w = padding_of(n);
        shape_set(net, n, window_output(n, &w));
    }
}

static struct tensor *padding_lower(struct net *net, struct node *n)
{
    const struct window w = padding_of(n);
    if (shape_equal(n->in, n->out))
        return n->x;
    struct op *o = lower_unary(net, &op_pad, n, n->x, n->out, "padded");
    o->win = w;
    return o->out[0];
}

const struct layer layer_zero_padding = {
    .rec = {.name = "ZeroPadding",
            .alias = {"ZeroPadding2D", "ZeroPadding1D"},
            .doc = "Zeros around an image or a sequence.",
            .example = "ZeroPadding 1x2",
            .args = args},
    .keras = "ZeroPadding2D",
    .keras_sequence = "ZeroPadding1D",
    .input = "8x8x3",
    .shape = padding_shape,
    .lower = padding_lower,
};
