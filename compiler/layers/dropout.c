/* dropout.c -- layers that disturb their input during training, and otherwise give x[i]. With probability p, x[i] is
 * dropped, alone or with its whole channel. Zero replaces it, or the limit of SELU far below zero. Other layers
 * multiply x[i] by normal noise, or add noise to it. */
#include <math.h>

#include "layers/layers.h"
#include "ops/ops.h"

#define RATE_ARG(DOC) REAL("rate", ARG_REQUIRED | ARG_POSITIONAL, NULL, 0, 0.999999, .doc = DOC)

static const struct arg_def args[] = {RATE_ARG("part of the inputs that are dropped"), {0}};
static const struct arg_def channel_args[] = {RATE_ARG("part of the channels that are dropped"), {0}};
static const struct arg_def product_args[] = {
    RATE_ARG("that of the Dropout whose factors have the same variance, rate / (1 - rate)"), {0}};
static const struct arg_def sum_args[] = {
    REAL("stddev", ARG_REQUIRED | ARG_POSITIONAL, NULL, 0, 1e6, .doc = "standard deviation of what is added"), {0}};

/* ---- DROPOUT */

/* NULL: the rate is 0, so nothing is dropped. */
static struct op *lower_dropout(struct net *net, struct node *n)
{
    double rate = node_arg(n, "rate")->number;
    if (rate == 0)
        return NULL;
    int stream = streams_of(net);
    struct op *o = lower_unary(net, &op_dropout, n, n->x, n->out, "kept");
    struct tensor *mask = node_tensor(net, n, "index", n->out);
    mask->dtype = DTYPE_U8;
    op_out(net, o, mask);
    o->rate = rate;
    o->factor = 1 / (1 - rate);
    o->stream = stream;
    return o;
}

static struct tensor *dropout_lower(struct net *net, struct node *n)
{
    struct op *o = lower_dropout(net, n);
    return o ? o->out[0] : n->x;
}

static void spatial_shape(struct net *net, struct node *n)
{
    if (shape_is_plane(net, n))
        shape_same(net, n);
}

static struct tensor *spatial_lower(struct net *net, struct node *n)
{
    struct op *o = lower_dropout(net, n);
    if (!o)
        return n->x;
    o->channels = true;
    return o->out[0];
}

/* Klambauer et al., "Self-normalizing neural networks", 2017: a dropped element becomes the limit of SELU, -lambda
 * alpha. Then factor and shift restore mean 0 and variance 1 for inputs that had them. */
static struct tensor *alpha_lower(struct net *net, struct node *n)
{
    const double limit = -1.0507009873554805 * 1.6732632423543772;
    struct op *o = lower_dropout(net, n);
    if (!o)
        return n->x;
    o->factor = 1 / sqrt((1 - o->rate) * (1 + o->rate * limit * limit));
    o->shift = -o->factor * limit * o->rate;
    o->fill = o->factor * limit + o->shift;
    return o->out[0];
}

/* ---- NOISE */

static struct op *lower_noise(struct net *net, struct node *n, double deviation)
{
    int stream = streams_of(net);
    struct op *o = lower_unary(net, &op_noise, n, n->x, n->out, "noisy");
    o->deviation = deviation;
    o->stream = stream;
    return o;
}

static struct tensor *product_lower(struct net *net, struct node *n)
{
    double rate = node_arg(n, "rate")->number;
    if (rate == 0)
        return n->x;
    struct op *o = lower_noise(net, n, sqrt(rate / (1 - rate)));
    op_out(net, o, node_tensor(net, n, "factor", n->out));
    return o->out[0];
}

static struct tensor *sum_lower(struct net *net, struct node *n)
{
    double deviation = node_arg(n, "stddev")->number;
    return deviation == 0 ? n->x : lower_noise(net, n, deviation)->out[0];
}

const struct layer layer_dropout = {
    .rec = {.name = "Dropout",
            .doc = "Drops inputs at random while training, against overfitting.",
            .example = "Dropout 0.5",
            .args = args},
    .keras = "Dropout",
    .noisy = true,
    .input = "8x8x3",
    .shape = shape_same,
    .lower = dropout_lower,
};

const struct layer layer_spatial_dropout = {
    .rec = {.name = "SpatialDropout",
            .alias = {"SpatialDropout2D", "SpatialDropout1D", "SpatialDropout3D"},
            .doc = "Drops whole channels of an image or a sequence at random while training: neighbours tell too much "
                   "of each other.",
            .example = "SpatialDropout 0.2",
            .args = channel_args},
    .keras = "SpatialDropout2D",
    .noisy = true,
    .keras_sequence = "SpatialDropout1D",
    .keras_volume = "SpatialDropout3D",
    .input = "8x8x3",
    .shape = spatial_shape,
    .lower = spatial_lower,
};

const struct layer layer_alpha_dropout = {
    .rec = {.name = "AlphaDropout",
            .doc = "Dropout that keeps mean 0 and variance 1, for networks that normalise themselves.",
            .example = "AlphaDropout 0.1",
            .args = args},
    .keras = "AlphaDropout",
    .noisy = true,
    .input = "8x8x3",
    .shape = shape_same,
    .lower = alpha_lower,
};

const struct layer layer_gaussian_dropout = {
    .rec = {.name = "GaussianDropout",
            .doc = "Multiplies by normal noise of mean 1 while training.",
            .example = "GaussianDropout 0.2",
            .args = product_args},
    .keras = "GaussianDropout",
    .noisy = true,
    .input = "8x8x3",
    .shape = shape_same,
    .lower = product_lower,
};

const struct layer layer_gaussian_noise = {
    .rec = {.name = "GaussianNoise",
            .doc = "Adds normal noise of mean 0 while training.",
            .example = "GaussianNoise 0.1",
            .args = sum_args},
    .keras = "GaussianNoise",
    .noisy = true,
    .input = "8x8x3",
    .shape = shape_same,
    .lower = sum_lower,
};
