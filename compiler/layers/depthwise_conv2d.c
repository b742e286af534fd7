/* depthwise_conv2d.c -- y[i,j,c*m+k] = sum over a window of x[i*s+di,j*s+dj,c] W[di,dj,c,k] + b[c*m+k]: each output
 * depends on one channel only */
#include "layers/layers.h"

static const char *const paddings[] = {"valid", "same", NULL};

static const struct arg_def args[] = {
    KERNEL_ARG(2),
    MULTIPLIER_ARG,
    SLIDE_ARGS(2, "1x1", paddings, "valid: whole windows only; same: zeros around, so that the plane keeps its size"),
    WEIGHT_ARGS_AS("depthwise_initializer", "depthwise_regularizer"),
    {0}};

static bool window(struct net *net, struct node *n, struct window *w)
{
    int64_t channels = shape_channels(n->in);
    return conv_window(net, n, channels * (int64_t)node_arg(n, "depth_multiplier")->number, channels, w);
}

static void depthwise_shape(struct net *net, struct node *n)
{
    struct window w;
    if (n->in.rank != 3) {
        shape_refuse(net, n, "[height, width, channels]");
        return;
    }
    if (window(net, n, &w) && depthwise_declare(net, n, "kernel", &w) && bias_declare(net, n, w.oc))
        shape_set(net, n, window_output(n, &w));
}

static struct tensor *depthwise_lower(struct net *net, struct node *n)
{
    struct window w;
    window(net, n, &w);
    return weights_finish(net, n, lower_conv(net, n, n->x, n->params.at[0], w, n->out, "conv")->out[0]);
}

const struct layer layer_depthwise_conv2d = {
    .rec = {.name = "DepthwiseConv2D",
            .alias = {"DepthwiseConvolution2D"},
            .doc = "Convolution of each channel by itself.",
            .example = "DepthwiseConv2D 3x3 relu same",
            .args = args},
    .keras = "DepthwiseConv2D",
    .input = "8x8x3",
    .shape = depthwise_shape,
    .lower = depthwise_lower,
};
