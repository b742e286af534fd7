/* conv_transpose.c -- transposed convolutions: each input adds its value times the kernel to a window of the output.
 * What an ordinary convolution does with the gradient of its output, these do with their input. */
#include "layers/layers.h"

#define PADDING_DOC                                                                                                    \
    "valid: the output holds all windows; same: it is as many times larger than the input as the stride says"

#define OUTPUT_PADDING_ARG(RANK)                                                                                       \
    {                                                                                                                  \
        .name = "output_padding", .type = ARG_DIMS, .min = 0, .max = LARGEST_COUNT, .rank = RANK,                      \
        .doc = "how many more elements the output has at its end than the windows need; less than the stride"          \
    }

static const struct arg_def args_1d[] = {FILTERS_ARG,
                                         KERNEL_ARG(1),
                                         SLIDE_ARGS(1, "1", window_paddings, PADDING_DOC),
                                         OUTPUT_PADDING_ARG(1),
                                         GROUPS_ARG,
                                         WEIGHT_ARGS,
                                         {0}};
static const struct arg_def args_2d[] = {FILTERS_ARG,
                                         KERNEL_ARG(2),
                                         SLIDE_ARGS(2, "1x1", window_paddings, PADDING_DOC),
                                         OUTPUT_PADDING_ARG(2),
                                         GROUPS_ARG,
                                         WEIGHT_ARGS,
                                         {0}};
static const struct arg_def args_any[] = {FILTERS_ARG,
                                          KERNEL_ARG(0),
                                          SLIDE_ARGS(0, "1", window_paddings, PADDING_DOC),
                                          OUTPUT_PADDING_ARG(0),
                                          GROUPS_ARG,
                                          WEIGHT_ARGS,
                                          {0}};
static const struct arg_def args_3d[] = {FILTERS_ARG,
                                         KERNEL_ARG(3),
                                         SLIDE_ARGS(3, "1x1x1", window_paddings, PADDING_DOC),
                                         OUTPUT_PADDING_ARG(3),
                                         GROUPS_ARG,
                                         WEIGHT_ARGS,
                                         {0}};

static bool window(struct net *net, struct node *n, struct window *w)
{
    const struct window_args args = conv_args(n);
    if (!window_transpose(net, n, &args, node_arg(n, "output_padding"), w))
        return false;
    w->ic = (int64_t)node_arg(n, "filters")->number;
    w->groups = (int64_t)node_arg(n, "groups")->number;
    return true;
}

static void transpose_shape(struct net *net, struct node *n)
{
    struct window w;
    if (!window_takes(net, n) || !window(net, n, &w) || !conv_groups_divide(net, n, w.ic, w.groups))
        return;
    const struct shape kernel = conv_kernel_shape(n, &w, w.ic / w.groups, w.oc); /* from the output to the input */
    if (kernel_declare(net, n, "kernel", PARAM_CONV, kernel, conv_fan(&w, w.ic / w.groups), conv_fan(&w, w.oc)) &&
        bias_declare(net, n, w.ic))
        shape_set(net, n, window_input(n, &w));
}

static struct tensor *transpose_lower(struct net *net, struct node *n)
{
    struct window w;
    window(net, n, &w);
    return weights_finish(net, n, lower_conv_transpose(net, n, n->x, n->params.at[0], w, n->out)->out[0]);
}

const struct layer layer_conv1d_transpose = {
    .rec = {.name = "Conv1DTranspose",
            .alias = {"Convolution1DTranspose"},
            .doc = "Transposed convolution of a sequence: with a stride it makes the sequence longer.",
            .example = "Conv1DTranspose 16 4 relu same stride=2",
            .args = args_1d},
    .keras = "Conv1DTranspose",
    .input = "24x3",
    .shape = transpose_shape,
    .lower = transpose_lower,
};

const struct layer layer_conv2d_transpose = {
    .rec = {.name = "Conv2DTranspose",
            .alias = {"Convolution2DTranspose"},
            .doc = "Transposed convolution of an image: with a stride it makes the image larger.",
            .example = "Conv2DTranspose 16 3x3 relu same stride=2",
            .args = args_2d},
    .keras = "Conv2DTranspose",
    .input = "8x8x3",
    .shape = transpose_shape,
    .lower = transpose_lower,
};

const struct layer layer_conv3d_transpose = {
    .rec = {.name = "Conv3DTranspose",
            .alias = {"Convolution3DTranspose"},
            .doc = "Transposed convolution of a volume: with a stride it makes the volume larger.",
            .example = "Conv3DTranspose 8 3x3x3 relu same stride=2",
            .args = args_3d},
    .keras = "Conv3DTranspose",
    .input = "4x4x4x2",
    .shape = transpose_shape,
    .lower = transpose_lower,
};

const struct layer layer_conv_transpose = {
    .rec =
        {.name = "ConvTranspose",
         .doc =
             "Conv1DTranspose, Conv2DTranspose or Conv3DTranspose, as the input is a sequence, an image or a volume.",
         .example = "ConvTranspose 16 3x3 relu same stride=2",
         .args = args_any},
    .keras = "Conv2DTranspose",
    .keras_sequence = "Conv1DTranspose",
    .keras_volume = "Conv3DTranspose",
    .input = "8x8x3",
    .shape = transpose_shape,
    .lower = transpose_lower,
};
