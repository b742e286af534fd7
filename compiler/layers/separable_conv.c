/* separable_conv.c -- convolves each channel separately, then mixes the channels of each place: a depthwise convolution
 * and one with a window of one pixel, followed by one bias and one activation */
#include "layers/layers.h"

#define MIXTURE_ARGS                                                                                                   \
    ACTIVATION_ARGS,                                                                                                   \
        INITIALIZER_ARG("depthwise_initializer", NULL, "glorot_uniform", "how the weights of the channels start"),     \
        INITIALIZER_ARG("pointwise_initializer", NULL, "glorot_uniform", "how the weights of the mixture start"),      \
        INITIALIZER_ARG("bias_initializer", NULL, "zeros", "how the bias starts"),                                     \
        REGULARIZER_ARG("depthwise_regularizer", NULL, "penalty on the weights of the channels"),                      \
        REGULARIZER_ARG("pointwise_regularizer", NULL, "penalty on the weights of the mixture"),                       \
        REGULARIZER_ARG("bias_regularizer", NULL, "penalty on the bias"),                                              \
        REGULARIZER_ARG("activity_regularizer", NULL, "penalty on the outputs"),                                       \
        CONSTRAINT_ARG("depthwise_constraint", NULL, "what the weights of the channels keep to"),                      \
        CONSTRAINT_ARG("pointwise_constraint", NULL, "what the weights of the mixture keep to"),                       \
        CONSTRAINT_ARG("bias_constraint", NULL, "what the bias keeps to"),                                             \
        PENALTY_ARG("l1", "short for l1(...) as both regularizers of weights"),                                        \
        PENALTY_ARG("l2", "short for l2(...) as both regularizers of weights")

static const struct arg_def args_1d[] = {FILTERS_ARG, KERNEL_ARG(1), MULTIPLIER_ARG, LINE_ARGS, MIXTURE_ARGS, {0}};
static const struct arg_def args_2d[] = {FILTERS_ARG,          KERNEL_ARG(2), MULTIPLIER_ARG,
                                         PLANE_ARGS(2, "1x1"), MIXTURE_ARGS,  {0}};
static const struct arg_def args_any[] = {FILTERS_ARG, KERNEL_ARG(0), MULTIPLIER_ARG, ANY_ARGS, MIXTURE_ARGS, {0}};

/* The kernel of a window of one pixel. */
static struct shape pixel_kernel(const struct node *n, int64_t in, int64_t out)
{
    const struct window one = pixel_window(1, 1, in, out);
    return conv_kernel_shape(n, &one, in, out);
}

static void separable_shape(struct net *net, struct node *n)
{
    struct window w;
    if (!window_takes(net, n))
        return;
    int64_t filters = (int64_t)node_arg(n, "filters")->number;
    if (!depthwise_window(net, n, &w) || !depthwise_declare(net, n, "depthwise", &w) ||
        !kernel_declare(net, n, "pointwise", PARAM_CONV, pixel_kernel(n, w.oc, filters), w.oc, filters) ||
        !bias_declare(net, n, filters) || !shape_set(net, n, window_output(n, &w))) /* between the steps */
        return;
    w.oc = filters;
    n->out.rank = -1;
    shape_set(net, n, window_output(n, &w));
}

static struct tensor *separable_lower(struct net *net, struct node *n)
{
    struct window w;
    depthwise_window(net, n, &w);
    struct op *depth = lower_conv(net, n, n->x, n->params.at[0], w, window_output(n, &w), "channels");
    struct window mix = pixel_window(w.oh, w.ow, w.oc, shape_channels(n->out));
    return weights_finish(net, n, lower_conv(net, n, depth->out[0], n->params.at[1], mix, n->out, "conv")->out[0]);
}

const struct layer layer_separable_conv1d = {
    .rec = {.name = "SeparableConv1D",
            .alias = {"SeparableConvolution1D"},
            .doc = "Convolution in two steps: each channel of a sequence by itself, then all channels of each step.",
            .example = "SeparableConv1D 16 5 relu same",
            .args = args_1d},
    .keras = "SeparableConv1D",
    .input = "24x3",
    .shape = separable_shape,
    .lower = separable_lower,
};

const struct layer layer_separable_conv2d = {
    .rec = {.name = "SeparableConv2D",
            .alias = {"SeparableConvolution2D"},
            .doc = "Convolution in two steps: each channel by itself, then all channels of each pixel.",
            .example = "SeparableConv2D 32 3x3 relu same",
            .args = args_2d},
    .keras = "SeparableConv2D",
    .input = "8x8x3",
    .shape = separable_shape,
    .lower = separable_lower,
};

const struct layer layer_separable_conv = {
    .rec = {.name = "SeparableConv",
            .doc = "SeparableConv1D or SeparableConv2D, as the input is a sequence or an image.",
            .example = "SeparableConv 32 3x3 relu same",
            .args = args_any},
    .keras = "SeparableConv2D",
    .keras_sequence = "SeparableConv1D",
    .input = "8x8x3",
    .shape = separable_shape,
    .lower = separable_lower,
};
