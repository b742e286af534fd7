/* separable_conv2d.c -- convolves each channel separately, then mixes the channels of each pixel: a depthwise
 * convolution and a 1x1 convolution, followed by one bias and one activation */
#include "layers/layers.h"

static const char *const paddings[] = {"valid", "same", NULL};

static const struct arg_def args[] = {
    FILTERS_ARG,
    KERNEL_ARG(2),
    MULTIPLIER_ARG,
    SLIDE_ARGS(2, "1x1", paddings, "valid: whole windows only; same: zeros around, so that the plane keeps its size"),
    ACTIVATION_ARGS,
    INITIALIZER_ARG("depthwise_initializer", NULL, "glorot_uniform", "how the weights of the channels start"),
    INITIALIZER_ARG("pointwise_initializer", NULL, "glorot_uniform", "how the weights of the mixture start"),
    INITIALIZER_ARG("bias_initializer", NULL, "zeros", "how the bias starts"),
    REGULARIZER_ARG("depthwise_regularizer", NULL, "penalty on the weights of the channels"),
    REGULARIZER_ARG("pointwise_regularizer", NULL, "penalty on the weights of the mixture"),
    REGULARIZER_ARG("bias_regularizer", NULL, "penalty on the bias"),
    REGULARIZER_ARG("activity_regularizer", NULL, "penalty on the outputs"),
    PENALTY_ARG("l1", "short for l1(...) as both regularizers of weights"),
    PENALTY_ARG("l2", "short for l2(...) as both regularizers of weights"),
    {0}};

static bool window(struct net *net, struct node *n, struct window *w)
{
    int64_t channels = shape_channels(n->in);
    return conv_window(net, n, channels * (int64_t)node_arg(n, "depth_multiplier")->number, channels, w);
}

static void separable_shape(struct net *net, struct node *n)
{
    struct window w;
    if (n->in.rank != 3) {
        shape_refuse(net, n, "[height, width, channels]");
        return;
    }
    int64_t filters = (int64_t)node_arg(n, "filters")->number;
    if (!window(net, n, &w) || !depthwise_declare(net, n, "depthwise", &w) ||
        !kernel_declare(net, n, "pointwise", PARAM_CONV, (struct shape){4, {1, 1, w.oc, filters}}, w.oc, filters) ||
        !bias_declare(net, n, filters) || !shape_set(net, n, window_output(n, &w))) /* between the steps */
        return;
    w.oc = filters;
    n->out.rank = -1;
    shape_set(net, n, window_output(n, &w));
}

static struct tensor *separable_lower(struct net *net, struct node *n)
{
    struct window w;
    window(net, n, &w);
    struct op *depth = lower_conv(net, n, n->x, n->params.at[0], w, window_output(n, &w), "channels");
    struct window mix = pixel_window(w.oh, w.ow, w.oc, shape_channels(n->out));
    return weights_finish(net, n, lower_conv(net, n, depth->out[0], n->params.at[1], mix, n->out, "conv")->out[0]);
}

const struct layer layer_separable_conv2d = {
    .rec = {.name = "SeparableConv2D",
            .alias = {"SeparableConvolution2D"},
            .doc = "Convolution in two steps: each channel by itself, then all channels of each pixel.",
            .example = "SeparableConv2D 32 3x3 relu same",
            .args = args},
    .keras = "SeparableConv2D",
    .input = "8x8x3",
    .shape = separable_shape,
    .lower = separable_lower,
};
