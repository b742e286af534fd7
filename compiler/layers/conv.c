/* conv.c -- y[i,o] = sum over a window of x[i*s+d,c] W[d,c,o] + b[o], where i and d are places in a sequence, an image
 * or a volume */
#include "layers/layers.h"

static const struct arg_def args_1d[] = {FILTERS_ARG, KERNEL_ARG(1), LINE_ARGS, GROUPS_ARG, WEIGHT_ARGS, {0}};
static const struct arg_def args_2d[] = {FILTERS_ARG, KERNEL_ARG(2), PLANE_ARGS(2, "1x1"),
                                         GROUPS_ARG,  WEIGHT_ARGS,   {0}};
static const struct arg_def args_any[] = {FILTERS_ARG, KERNEL_ARG(0), ANY_ARGS, GROUPS_ARG, WEIGHT_ARGS, {0}};
static const struct arg_def args_3d[] = {FILTERS_ARG, KERNEL_ARG(3), PLANE_ARGS(3, "1x1x1"),
                                         GROUPS_ARG,  WEIGHT_ARGS,   {0}};

static bool window(struct net *net, struct node *n, struct window *w)
{
    return conv_window(net, n, (int64_t)node_arg(n, "filters")->number, (int64_t)node_arg(n, "groups")->number, w);
}

static void conv_shape(struct net *net, struct node *n)
{
    struct window w;
    if (!window_takes(net, n) || !window(net, n, &w) || !conv_groups_divide(net, n, w.oc, w.groups))
        return;
    const struct shape kernel = conv_kernel_shape(n, &w, w.ic / w.groups, w.oc);
    if (weights_declare(net, n, PARAM_CONV, kernel, conv_fan(&w, w.ic / w.groups), conv_fan(&w, w.oc)))
        shape_set(net, n, window_output(n, &w));
}

static struct tensor *conv_lower(struct net *net, struct node *n)
{
    struct window w;
    window(net, n, &w);
    return weights_finish(net, n, lower_conv(net, n, n->x, n->params.at[0], w, n->out, "conv")->out[0]);
}

const struct layer layer_conv1d = {
    .rec = {.name = "Conv1D",
            .alias = {"Convolution1D"},
            .doc = "Convolution: filters slide along a sequence, such as a signal or a text.",
            .example = "Conv1D 16 5 relu same",
            .args = args_1d},
    .keras = "Conv1D",
    .input = "24x3",
    .shape = conv_shape,
    .lower = conv_lower,
};

const struct layer layer_conv2d = {
    .rec = {.name = "Conv2D",
            .alias = {"Convolution2D"},
            .doc = "Convolution: filters slide over an image.",
            .example = "Conv2D 32 3x3 relu same",
            .args = args_2d},
    .keras = "Conv2D",
    .input = "8x8x3",
    .shape = conv_shape,
    .lower = conv_lower,
};

const struct layer layer_conv3d = {
    .rec = {.name = "Conv3D",
            .alias = {"Convolution3D"},
            .doc = "Convolution: filters slide over a volume, such as a scan or a film.",
            .example = "Conv3D 16 3x3x3 relu same",
            .args = args_3d},
    .keras = "Conv3D",
    .input = "6x6x6x2",
    .shape = conv_shape,
    .lower = conv_lower,
};

const struct layer layer_conv = {
    .rec = {.name = "Conv",
            .doc = "Conv1D, Conv2D or Conv3D, as the input is a sequence, an image or a volume.",
            .example = "Conv 32 3x3 relu same",
            .args = args_any},
    .keras = "Conv2D",
    .keras_sequence = "Conv1D",
    .keras_volume = "Conv3D",
    .input = "8x8x3",
    .shape = conv_shape,
    .lower = conv_lower,
};
