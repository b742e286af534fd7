/* depthwise_conv.c -- y[i,c*m+k] = sum over a window of x[i*s+d,c] W[d,c,k] + b[c*m+k]: each output depends on one
 * channel only */
#include "layers/layers.h"

#define KERNEL_WEIGHTS WEIGHT_ARGS_AS("depthwise_initializer", "depthwise_regularizer", "depthwise_constraint")
static const struct arg_def args_1d[] = {KERNEL_ARG(1), MULTIPLIER_ARG, LINE_ARGS, KERNEL_WEIGHTS, {0}};
static const struct arg_def args_2d[] = {KERNEL_ARG(2), MULTIPLIER_ARG, PLANE_ARGS(2, "1x1"), KERNEL_WEIGHTS, {0}};
static const struct arg_def args_any[] = {KERNEL_ARG(0), MULTIPLIER_ARG, ANY_ARGS, KERNEL_WEIGHTS, {0}};

static void depthwise_shape(struct net *net, struct node *n)
{
    struct window w;
    if (window_takes(net, n) && depthwise_window(net, n, &w) && depthwise_declare(net, n, "kernel", &w) &&
        bias_declare(net, n, w.oc))
        shape_set(net, n, window_output(n, &w));
}

static struct tensor *depthwise_lower(struct net *net, struct node *n)
{
    struct window w;
    depthwise_window(net, n, &w);
    return weights_finish(net, n, lower_conv(net, n, n->x, n->params.at[0], w, n->out, "conv")->out[0]);
}

const struct layer layer_depthwise_conv1d = {
    .rec = {.name = "DepthwiseConv1D",
            .alias = {"DepthwiseConvolution1D"},
            .doc = "Convolution of each channel of a sequence by itself.",
            .example = "DepthwiseConv1D 5 relu same",
            .args = args_1d},
    .keras = "DepthwiseConv1D",
    .input = "24x3",
    .shape = depthwise_shape,
    .lower = depthwise_lower,
};

const struct layer layer_depthwise_conv2d = {
    .rec = {.name = "DepthwiseConv2D",
            .alias = {"DepthwiseConvolution2D"},
            .doc = "Convolution of each channel by itself.",
            .example = "DepthwiseConv2D 3x3 relu same",
            .args = args_2d},
    .keras = "DepthwiseConv2D",
    .input = "8x8x3",
    .shape = depthwise_shape,
    .lower = depthwise_lower,
};

const struct layer layer_depthwise_conv = {
    .rec = {.name = "DepthwiseConv",
            .doc = "DepthwiseConv1D or DepthwiseConv2D, as the input is a sequence or an image.",
            .example = "DepthwiseConv 3x3 relu same",
            .args = args_any},
    .keras = "DepthwiseConv2D",
    .keras_sequence = "DepthwiseConv1D",
    .input = "8x8x3",
    .shape = depthwise_shape,
    .lower = depthwise_lower,
};
