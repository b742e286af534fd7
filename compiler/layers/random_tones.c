/* random_tones.c -- layers that change the values of images pixel by pixel: fewer values, inverted ones, as much
 * contrast as there is room for. All but the last only while they train. */
#include "layers/layers.h"
#include "ops/ops.h"

static const struct arg_def posterization_args[] = {
    FACTOR_ARG("factor", ARG_POSITIONAL | ARG_REQUIRED, NULL, 1, 8,
               "of 8 bits of each value, from 1 to fewer than these are left; or [least, more than most]"),
    VALUE_RANGE_ARG,
    {0}};
static const struct arg_def solarization_args[] = {
    FACTOR_ARG("addition_factor", ARG_POSITIONAL, "0", 0, 1,
               "what is added at most, of 255; or [least of 1, most of 255]"),
    FACTOR_ARG("threshold_factor", ARG_POSITIONAL, "0", 0, 1,
               "values from there on are inverted, of 255; or [least of 1, most of 255]"),
    VALUE_RANGE_ARG,
    {0}};
static const struct arg_def contrast_args[] = {VALUE_RANGE_ARG, {0}};

/* A formula with values from 0 to 255, %s, as one with values of the range. */
static const char *scaled(struct net *net, const struct node *n, const char *quiet, const char *formula)
{
    const double low = range_end(n, 0), size = range_end(n, 1) - low;
    return arena_printf(ctx_arena(net->ctx), "%s ? a : %.17g + (%s) * %.17g", quiet, low, formula, size / 255);
}

static const char *value_of(struct net *net, const struct node *n)
{
    const double low = range_end(n, 0), size = range_end(n, 1) - low;
    return arena_printf(ctx_arena(net->ctx), "((a - %.17g) / %.17g * 255)", low, size);
}

struct tensor *lower_posterized(struct net *net, struct node *n, struct tensor *image, struct limits l)
{
    l.low = l.low < 1 ? 1 : l.low;
    struct tensor *bits = lower_draw(net, n, one_an_image, l, 0);
    struct tensor *x[] = {image, lower_map(net, n, "round(exp2(8 - floor(a)))", &bits, 1, one_an_image, "step")};
    const char *formula = arena_printf(ctx_arena(net->ctx), "floor(floor(%s) / b) * b", value_of(net, n));
    return lower_map(net, n, scaled(net, n, "b > 200", formula), x, 2, n->out, "posterized");
}

static struct tensor *posterization_lower(struct net *net, struct node *n)
{
    return lower_posterized(net, n, n->x, factor_of(n, "factor", false));
}

/* Both lower limits are of 1, both upper ones of 255, as in Keras. */
static struct limits solar(const struct node *n, const char *name)
{
    const struct bound *b = node_arg(n, name);
    const struct limits l = factor_of(n, name, false);
    return (struct limits){b->n_items < 2 ? 0 : l.low, l.high * 255};
}

struct tensor *lower_solarized(struct net *net, struct node *n, struct tensor *image, struct limits plus,
                               struct limits threshold)
{
    struct tensor *x[] = {image, lower_draw(net, n, one_an_image, plus, -1),
                          lower_draw(net, n, one_an_image, threshold, 0)};
    const char *v = arena_printf(ctx_arena(net->ctx), "clip(%s + b, 0, 255)", value_of(net, n));
    const char *formula = arena_printf(ctx_arena(net->ctx), "%s < c ? %s : 255 - %s", v, v, v);
    return lower_map(net, n, scaled(net, n, "b < 0", formula), x, 3, n->out, "solarized");
}

static struct tensor *solarization_lower(struct net *net, struct node *n)
{
    return lower_solarized(net, n, n->x, solar(n, "addition_factor"), solar(n, "threshold_factor"));
}

struct tensor *lower_stretched(struct net *net, struct node *n, struct tensor *image)
{
    const unsigned pixels = 1u << 0 | 1u << 1;
    struct tensor *x[] = {image, lower_reduce(net, n, REDUCE_MIN, image, pixels, true, "least"),
                          lower_reduce(net, n, REDUCE_MAX, image, pixels, true, "most")};
    return lower_map(net, n, scaled(net, n, "b == c", "clip((a - b) / (c - b), 0, 1) * 255"), x, 3, n->out,
                     "contrasted");
}

static struct tensor *contrast_lower(struct net *net, struct node *n)
{
    return lower_stretched(net, n, n->x);
}

const struct layer layer_random_posterization = {
    .rec = {.name = "RandomPosterization",
            .doc = "Leaves fewer values of pixels while training.",
            .example = "RandomPosterization [3, 6]",
            .args = posterization_args},
    .keras = "RandomPosterization",
    .noisy = true,
    .input = "8x8x3",
    .shape = image_shape,
    .lower = posterization_lower,
};

const struct layer layer_solarization = {
    .rec = {.name = "Solarization",
            .doc = "Adds to all values, and inverts those from a threshold on, while training.",
            .example = "Solarization 0.1 0.5",
            .args = solarization_args},
    .keras = "Solarization",
    .noisy = true,
    .input = "8x8x3",
    .shape = image_shape,
    .lower = solarization_lower,
};

const struct layer layer_auto_contrast = {
    .rec = {.name = "AutoContrast",
            .doc = "Stretches each channel over the whole range of values, also when nothing trains.",
            .example = "AutoContrast value_range=[0, 1]",
            .args = contrast_args},
    .keras = "AutoContrast",
    .input = "8x8x3",
    .shape = image_shape,
    .lower = contrast_lower,
};
