/* adaptive_pool.c -- the largest or the mean of windows that are spread evenly over the input, so many that the output
 * has the size that was asked for */
#include "layers/layers.h"

static const struct arg_def args[] = {
    {.name = "output",
     .type = ARG_DIMS,
     .flags = ARG_REQUIRED | ARG_POSITIONAL,
     .min = 1,
     .max = LARGEST_COUNT,
     .alias = {"output_size"},
     .doc = "size of the output: 2x2 of an image, 2 of a sequence, 2x2x2 of a volume"},
    {0}};

static void adaptive_shape(struct net *net, struct node *n)
{
    struct window w;
    if (shape_is_plane(net, n) && window_adapt(net, n, node_arg(n, "output"), &w))
        shape_set(net, n, window_output(n, &w));
}

static void adaptive_max_shape(struct net *net, struct node *n)
{
    struct window w;
    if (!shape_is_plane(net, n) || !window_adapt(net, n, node_arg(n, "output"), &w))
        return;
    if (w.kh > MAX_WINDOW_INDEX || w.kw > MAX_WINDOW_INDEX || w.z.k > MAX_WINDOW_INDEX) {
        diag_error(net->ctx, node_arg(n, "output")->span, "'%s' takes windows up to %d pixels wide and high",
                   n->stmt->name, MAX_WINDOW_INDEX);
        shape_origin(net, n);
        return;
    }
    shape_set(net, n, window_output(n, &w));
}

static struct tensor *adaptive_max_lower(struct net *net, struct node *n)
{
    struct window w;
    window_adapt(net, n, node_arg(n, "output"), &w);
    return lower_maxpool(net, n, n->x, w);
}

static struct tensor *adaptive_avg_lower(struct net *net, struct node *n)
{
    struct window w;
    window_adapt(net, n, node_arg(n, "output"), &w);
    return lower_avgpool(net, n, n->x, w);
}

const struct layer layer_adaptive_max_pool = {
    .rec = {.name = "AdaptiveMaxPool",
            .alias = {"AdaptiveMaxPooling2D", "AdaptiveMaxPooling1D", "AdaptiveMaxPooling3D"},
            .doc = "The largest value of each window, of as many as the output shall have.",
            .example = "AdaptiveMaxPool 3x3",
            .args = args},
    .keras = "AdaptiveMaxPooling2D",
    .picks = true,
    .keras_sequence = "AdaptiveMaxPooling1D",
    .keras_volume = "AdaptiveMaxPooling3D",
    .input = "8x8x3",
    .shape = adaptive_max_shape,
    .lower = adaptive_max_lower,
};

const struct layer layer_adaptive_avg_pool = {
    .rec = {.name = "AdaptiveAvgPool",
            .alias = {"AdaptiveAveragePooling2D", "AdaptiveAveragePooling1D", "AdaptiveAveragePooling3D"},
            .doc = "The mean of each window, of as many as the output shall have.",
            .example = "AdaptiveAvgPool 3x3",
            .args = args},
    .keras = "AdaptiveAveragePooling2D",
    .keras_sequence = "AdaptiveAveragePooling1D",
    .keras_volume = "AdaptiveAveragePooling3D",
    .input = "8x8x3",
    .shape = adaptive_shape,
    .lower = adaptive_avg_lower,
};
