/* equalization.c -- layers that count the values of images and spread them evenly. */
#include "layers/layers.h"
#include "ops/ops.h"
#include "ops/warp.h"

enum { MOST_BINS = 4096, MOST_TILES = 64 };

static const struct arg_def equalization_args[] = {VALUE_RANGE_ARG,
                                                   {.name = "bins",
                                                    .type = ARG_INT,
                                                    .def = "256",
                                                    .min = 2,
                                                    .max = MOST_BINS,
                                                    .doc = "how many values are told apart"},
                                                   {0}};
static const struct arg_def tiles_args[] = {
    VALUE_RANGE_ARG,
    REAL("clip_limit", 0, "4", 0, 1e30,
         .doc = "the most that one of 256 values counts, times the mean of all; 0: as many as there are"),
    {.name = "tile_grid_size",
     .type = ARG_DIMS,
     .def = "8x8",
     .min = 1,
     .max = MOST_TILES,
     .rank = 2,
     .doc = "tiles of the height, and of the width"},
    {0}};

static struct equalize_op *lower_counting(struct net *net, struct node *n, const struct op_kind *kind,
                                          struct tensor *image, const char *suffix)
{
    struct op *o = lower_unary(net, kind, n, image, image->shape, suffix);
    struct equalize_op *e = (struct equalize_op *)(void *)o;
    e->low = range_end(n, 0);
    e->high = range_end(n, 1);
    return e;
}

/* An image that is not equalized stays, and then gradients pass. */
struct tensor *lower_equalized(struct net *net, struct node *n, struct tensor *image, int64_t bins, struct tensor *when)
{
    struct equalize_op *e = lower_counting(net, n, &op_equalize, image, "even");
    e->bins = bins;
    if (when)
        op_in(net, &e->op, when);
    else
        when = lower_draw(net, n, one_an_image, (struct limits){1, 1}, 0);
    struct tensor *const x[] = {when, e->op.out[0], image};
    return lower_map(net, n, "a > 0 ? b : c", x, 3, image->shape, "equalized");
}

static struct tensor *equalization_lower(struct net *net, struct node *n)
{
    return lower_equalized(net, n, n->x, (int64_t)node_arg(n, "bins")->number, NULL);
}

static struct tensor *tiles_lower(struct net *net, struct node *n)
{
    const struct bound *tiles = node_arg(n, "tile_grid_size");
    struct equalize_op *e = lower_counting(net, n, &op_equalize_tiles, n->x, "equalized");
    e->limit = node_arg(n, "clip_limit")->number;
    e->down = tiles->dim[0];
    e->across = tiles->dim[tiles->n_dims > 1];
    return e->op.out[0];
}

const struct layer layer_equalization = {
    .rec = {.name = "Equalization",
            .doc = "Spreads the values of each channel over the whole range, each as often as others, while training.",
            .example = "Equalization value_range=[0, 1]",
            .args = equalization_args},
    .keras = "Equalization",
    .noisy = true,
    .input = "8x8x3",
    .shape = image_shape,
    .lower = equalization_lower,
};

const struct layer layer_clahe = {
    .rec = {.name = "CLAHE",
            .alias = {"ContrastLimitedAdaptiveHistogramEqualization"},
            .doc = "Spreads the values of each channel evenly in tiles of the image, also when nothing trains.",
            .example = "CLAHE value_range=[0, 1] tile_grid_size=2x2",
            .args = tiles_args},
    .keras = "ContrastLimitedAdaptiveHistogramEqualization",
    .input = "8x8x3",
    .shape = image_shape,
    .lower = tiles_lower,
};
