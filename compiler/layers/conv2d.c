/* conv2d.c -- y[i,j,o] = sum over a window of x[i*s+di,j*s+dj,c] W[di,dj,c,o] + b[o] */
#include "layers/layers.h"

static const char *const paddings[] = {"valid", "same", NULL};

static const struct arg_def args[] = {
    FILTERS_ARG,
    KERNEL_ARG(2),
    SLIDE_ARGS(2, "1x1", paddings, "valid: whole windows only; same: zeros around, so that the plane keeps its size"),
    GROUPS_ARG,
    WEIGHT_ARGS,
    {0}};

static bool window(struct net *net, struct node *n, struct window *w)
{
    return conv_window(net, n, (int64_t)node_arg(n, "filters")->number, (int64_t)node_arg(n, "groups")->number, w);
}

static void conv2d_shape(struct net *net, struct node *n)
{
    struct window w;
    if (n->in.rank != 3) {
        shape_refuse(net, n, "[height, width, channels]");
        return;
    }
    if (!window(net, n, &w) || !conv_groups_divide(net, n, w.oc, w.groups))
        return;
    struct shape kernel = {4, {w.kh, w.kw, w.ic / w.groups, w.oc}};
    if (weights_declare(net, n, PARAM_CONV, kernel, conv_fan(&w, kernel.dim[2]), conv_fan(&w, w.oc)))
        shape_set(net, n, window_output(n, &w));
}

static struct tensor *conv2d_lower(struct net *net, struct node *n)
{
    struct window w;
    window(net, n, &w);
    return weights_finish(net, n, lower_conv(net, n, n->x, n->params.at[0], w, n->out, "conv")->out[0]);
}

const struct layer layer_conv2d = {
    .rec = {.name = "Conv2D",
            .alias = {"Convolution2D"},
            .doc = "Convolution: filters slide over an image.",
            .example = "Conv2D 32 3x3 relu same",
            .args = args},
    .keras = "Conv2D",
    .input = "8x8x3",
    .shape = conv2d_shape,
    .lower = conv2d_lower,
};
