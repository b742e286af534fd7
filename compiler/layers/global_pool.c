/* global_pool.c -- one number for each channel: the largest or the mean of the whole plane */
#include "layers/layers.h"
#include "ops/ops.h"

static void global_shape(struct net *net, struct node *n)
{
    if (n->in.rank != 2 && n->in.rank != 3) {
        shape_refuse(net, n, "[height, width, channels] or [length, channels]");
        return;
    }
    n->out = (struct shape){1, {shape_channels(n->in)}};
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
    int64_t h = n->in.rank == 3 ? n->in.dim[0] : 1, w = n->in.dim[n->in.rank - 2], c = shape_channels(n->in);
    struct tensor *y = n->x;
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
    int64_t h = n->in.rank == 3 ? n->in.dim[0] : 1, w = n->in.dim[n->in.rank - 2], c = shape_channels(n->in);
    struct shape plane = n->in;
    plane.dim[plane.rank - 2] = 1;
    plane.dim[0] = 1;
    struct op *o = lower_unary(net, &op_avgpool, n, n->x, plane, "mean");
    o->win = tiles(h, w, h, w, c);
    return lower_view(net, n, o->out[0], n->out);
}

const struct layer layer_global_max_pool = {
    .rec = {.name = "GlobalMaxPool",
            .alias = {"GlobalMaxPooling2D", "GlobalMaxPool2D", "GlobalMaxPooling1D", "GlobalMaxPool1D"},
            .doc = "The largest value of each channel.",
            .example = "GlobalMaxPool",
            .setting = "Dense 10 softmax"},
    .keras = "GlobalMaxPooling2D",
    .picks = true,
    .keras_sequence = "GlobalMaxPooling1D",
    .input = "8x8x3",
    .shape = global_shape,
    .lower = global_max_lower,
};

const struct layer layer_global_avg_pool = {
    .rec = {.name = "GlobalAvgPool",
            .alias = {"GlobalAveragePooling2D", "GlobalAvgPool2D", "GlobalAveragePooling1D", "GlobalAvgPool1D"},
            .doc = "The mean of each channel.",
            .example = "GlobalAvgPool",
            .setting = "Dense 10 softmax"},
    .keras = "GlobalAveragePooling2D",
    .keras_sequence = "GlobalAveragePooling1D",
    .input = "8x8x3",
    .shape = global_shape,
    .lower = global_avg_lower,
};
