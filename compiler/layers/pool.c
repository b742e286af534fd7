/* pool.c -- the largest value or the mean of each window, channel by channel */
#include "layers/layers.h"
#include "ops/ops.h"

static const char *const paddings[] = {"valid", "same", NULL};

static const struct arg_def args[] = {
    {.name = "pool",
     .type = ARG_DIMS,
     .flags = ARG_POSITIONAL,
     .def = "2",
     .min = 1,
     .max = LARGEST_COUNT,
     .alias = {"pool_size"},
     .doc = "size of the window: 2x2 of an image, 2 of a sequence, 2x2x2 of a volume"},
    {.name = "strides",
     .type = ARG_DIMS,
     .flags = ARG_POSITIONAL | ARG_WITH_NAME,
     .min = 1,
     .max = LARGEST_COUNT,
     .alias = {"stride"},
     .doc = "how far it moves; as far as it is large when not given"},
    {.name = "padding",
     .type = ARG_CHOICE,
     .flags = ARG_BARE,
     .def = "valid",
     .choices = paddings,
     .doc = "valid: whole windows only; same: also those that reach over the edge"},
    {0}};

static bool window(struct net *net, struct node *n, struct window *w)
{
    const struct window_args a = {node_arg(n, "pool"), node_arg(n, "strides"), NULL, node_arg(n, "padding")};
    return window_make(net, n, &a, w);
}

static void pool_shape(struct net *net, struct node *n)
{
    struct window w;
    if (shape_is_plane(net, n) && window(net, n, &w))
        shape_set(net, n, window_output(n, &w));
}

static void maxpool_shape(struct net *net, struct node *n)
{
    struct window w;
    if (!shape_is_plane(net, n) || !window(net, n, &w))
        return;
    if (w.kh > MAX_WINDOW_INDEX || w.kw > MAX_WINDOW_INDEX || w.z.k > MAX_WINDOW_INDEX) {
        diag_error(net->ctx, node_arg(n, "pool")->span, "'%s' takes windows up to %d pixels wide and high",
                   n->stmt->name, MAX_WINDOW_INDEX);
        return;
    }
    shape_set(net, n, window_output(n, &w));
}

static struct tensor *maxpool_lower(struct net *net, struct node *n)
{
    struct window w;
    window(net, n, &w);
    return lower_maxpool(net, n, n->x, w);
}

static struct tensor *avgpool_lower(struct net *net, struct node *n)
{
    struct window w;
    window(net, n, &w);
    return lower_avgpool(net, n, n->x, w);
}

const struct layer layer_maxpool = {
    .rec = {.name = "MaxPool",
            .alias = {"MaxPooling2D", "MaxPool2D", "MaxPooling1D", "MaxPool1D", "MaxPooling3D", "MaxPool3D"},
            .doc = "The largest value of each window.",
            .example = "MaxPool 2x2",
            .args = args},
    .keras = "MaxPooling2D",
    .picks = true,
    .keras_sequence = "MaxPooling1D",
    .keras_volume = "MaxPooling3D",
    .input = "8x8x3",
    .shape = maxpool_shape,
    .lower = maxpool_lower,
};

const struct layer layer_avgpool = {
    .rec = {.name = "AvgPool",
            .alias = {"AveragePooling2D", "AvgPool2D", "AveragePooling1D", "AvgPool1D", "AveragePooling3D",
                      "AvgPool3D"},
            .doc = "The mean of each window, over the pixels that exist.",
            .example = "AvgPool 2x2",
            .args = args},
    .keras = "AveragePooling2D",
    .keras_sequence = "AveragePooling1D",
    .keras_volume = "AveragePooling3D",
    .input = "8x8x3",
    .shape = pool_shape,
    .lower = avgpool_lower,
};
