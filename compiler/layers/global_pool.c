/* global_pool.c -- one number for each channel: the largest or the mean of the whole plane */
#include "layers/layers.h"
#include "ops/ops.h"

static const struct arg_def args[] = {{.name = "keepdims",
                                       .type = ARG_BOOL,
                                       .def = "no",
                                       .doc = "yes: the axes that are pooled stay, with one element each"},
                                      {0}};

static void global_shape(struct net *net, struct node *n)
{
    if (!shape_is_plane(net, n))
        return;
    n->out = (struct shape){1, {shape_channels(n->in)}};
    if (node_arg(n, "keepdims")->number == 0)
        return;
    n->out = n->in;
    for (int i = 0; i < n->in.rank - 1; i++)
        n->out.dim[i] = 1;
}

/* The pixels as an image: the slices of a volume below one another, a sequence in one row. */
static struct shape plane_of(const struct node *n)
{
    int64_t rows = 1;
    for (int i = 0; i < n->in.rank - 2; i++)
        rows *= n->in.dim[i];
    return (struct shape){3, {rows, n->in.dim[n->in.rank - 2], shape_channels(n->in)}};
}

/* A window of kh x kw, without overlap, over a plane of h x w. Parts beyond the edge are padding. */
static struct window tiles(int64_t h, int64_t w, int64_t kh, int64_t kw, int64_t channels)
{
    int64_t oh = (h - 1) / kh + 1, ow = (w - 1) / kw + 1;
    return (struct window){.kh = kh,
                           .kw = kw,
                           .sh = kh,
                           .sw = kw,
                           .dh = 1,
                           .dw = 1,
                           .pb = oh * kh - h,
                           .pr = ow * kw - w,
                           .ih = h,
                           .iw = w,
                           .ic = channels,
                           .oh = oh,
                           .ow = ow,
                           .oc = channels,
                           .groups = 1};
}

static int64_t at_most(int64_t n, int64_t limit)
{
    return n < limit ? n : limit;
}

/* Pools in several steps if the one-byte index of a window needs that: first in
 * each row, then over the rows. */
static struct tensor *global_max_lower(struct net *net, struct node *n)
{
    const struct shape plane = plane_of(n);
    int64_t h = plane.dim[0], w = plane.dim[1], c = plane.dim[2];
    struct tensor *y = n->in.rank == 4 ? lower_view(net, n, n->x, plane) : n->x;
    while (h * w > MAX_WINDOW_INDEX && w > 1) {
        struct window t = tiles(h, w, 1, at_most(w, MAX_WINDOW_INDEX), c);
        y = lower_maxpool(net, n, y, t);
        w = t.ow;
    }
    while (h * w > 1) {
        struct window t = tiles(h, w, at_most(h, MAX_WINDOW_INDEX), w, c);
        y = lower_maxpool(net, n, y, t);
        h = t.oh;
        w = t.ow;
    }
    return lower_view(net, n, y, n->out);
}

static struct tensor *global_avg_lower(struct net *net, struct node *n)
{
    const struct shape plane = plane_of(n), one = {3, {1, 1, plane.dim[2]}};
    struct op *o = lower_unary(net, &op_avgpool, n, n->x, one, "mean");
    o->win = tiles(plane.dim[0], plane.dim[1], plane.dim[0], plane.dim[1], plane.dim[2]);
    return lower_view(net, n, o->out[0], n->out);
}

const struct layer layer_global_max_pool = {
    .rec = {.name = "GlobalMaxPool",
            .alias = {"GlobalMaxPooling2D", "GlobalMaxPool2D", "GlobalMaxPooling1D", "GlobalMaxPool1D",
                      "GlobalMaxPooling3D", "GlobalMaxPool3D"},
            .doc = "The largest value of each channel.",
            .example = "GlobalMaxPool",
            .setting = "Dense 10 softmax",
            .args = args},
    .keras = "GlobalMaxPooling2D",
    .picks = true,
    .keras_sequence = "GlobalMaxPooling1D",
    .keras_volume = "GlobalMaxPooling3D",
    .input = "8x8x3",
    .shape = global_shape,
    .lower = global_max_lower,
};

const struct layer layer_global_avg_pool = {
    .rec = {.name = "GlobalAvgPool",
            .alias = {"GlobalAveragePooling2D", "GlobalAvgPool2D", "GlobalAveragePooling1D", "GlobalAvgPool1D",
                      "GlobalAveragePooling3D", "GlobalAvgPool3D"},
            .doc = "The mean of each channel.",
            .example = "GlobalAvgPool",
            .setting = "Dense 10 softmax",
            .args = args},
    .keras = "GlobalAveragePooling2D",
    .keras_sequence = "GlobalAveragePooling1D",
    .keras_volume = "GlobalAveragePooling3D",
    .input = "8x8x3",
    .shape = global_shape,
    .lower = global_avg_lower,
};
