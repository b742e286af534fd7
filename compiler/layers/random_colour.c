/* random_colour.c -- layers that change the colours of images at random while they train: one draw an image. Each draw
 * has a value for when nothing trains, with which the formulas leave the image as it is. */
#include "layers/layers.h"
#include "ops/ops.h"

#define FACTOR(LEAST, MOST, DEFAULT, FLAGS, DOC)                                                                       \
    {                                                                                                                  \
        .name = "factor", .type = ARG_NUMBERS, .flags = ARG_POSITIONAL | (FLAGS), .def = DEFAULT, .min = LEAST,        \
        .max = MOST, .doc = DOC                                                                                        \
    }
#define VALUE_RANGE                                                                                                    \
    {                                                                                                                  \
        .name = "value_range", .type = ARG_NUMBERS, .def = "[0, 255]", .min = -1e30, .max = 1e30,                      \
        .doc = "the least and the most value of a pixel"                                                               \
    }

static const struct arg_def brightness_args[] = {
    FACTOR(-1, 1, NULL, ARG_REQUIRED, "part of the range that is added, at most, either way; or [least, most]"),
    VALUE_RANGE,
    {0}};
static const struct arg_def contrast_args[] = {
    FACTOR(0, 1, NULL, ARG_REQUIRED,
           "0.2: differences from the mean become 0.8 to 1.2 times as large; or [less, more]"),
    VALUE_RANGE,
    {0}};
static const struct arg_def grey_args[] = {FACTOR(0, 1, "0.5", 0, "part of the images that become grey"), {0}};
static const struct arg_def invert_args[] = {
    FACTOR(0, 1, "1", 0, "how likely an image is inverted at most; or [least, most]"), VALUE_RANGE, {0}};
static const struct arg_def degeneration_args[] = {
    FACTOR(0, 1, NULL, ARG_REQUIRED, "how grey at most: 1 is without colour; or [least, most]"), VALUE_RANGE, {0}};

enum { COLOURS = 1, ANY_CHANNELS = 0 };

/* ---- shapes */

static bool image_fits(struct net *net, struct node *n, int colours)
{
    const struct bound *range = record_arg_maybe(&n->layer->rec, n->args, "value_range");
    if (n->in.rank != 3 || (colours && n->in.dim[2] != 3)) {
        shape_refuse(net, n, colours ? "[height, width, 3]" : "[height, width, channels]");
        return false;
    }
    if (range && (range->n_items != 2 || range->items[0].number >= range->items[1].number)) {
        diag_error(net->ctx, range->span, "'value_range' wants two numbers, the least and the most");
        return false;
    }
    return factor_fits(net, n, "factor");
}

static void any_shape(struct net *net, struct node *n)
{
    if (image_fits(net, n, ANY_CHANNELS))
        shape_same(net, n);
}

static void colour_shape(struct net *net, struct node *n)
{
    if (image_fits(net, n, COLOURS))
        shape_same(net, n);
}

/* ---- ops */

static const struct shape one_an_image = {3, {1, 1, 1}};

static double range_end(const struct node *n, int end)
{
    return node_arg(n, "value_range")->items[end].number;
}

/* The formula where the draw, the last operand, is not `quiet`; cut to the range of values. */
static struct tensor *lower_colour(struct net *net, struct node *n, const char *formula, struct tensor *const *x,
                                   int count, double quiet)
{
    struct arena *a = ctx_arena(net->ctx);
    const char *draw = op_operand(a, &op_map, count - 1, false);
    const char *cut = arena_printf(a, "%s == %.17g ? a : min(max(%s, %.17g), %.17g)", draw, quiet, formula,
                                   range_end(n, 0), range_end(n, 1));
    return lower_map(net, n, cut, x, count, n->out, "coloured");
}

static struct tensor *brightness_lower(struct net *net, struct node *n)
{
    struct limits l = factor_of(n, "factor", true);
    const double range = range_end(n, 1) - range_end(n, 0);
    struct tensor *x[] = {n->x, lower_draw(net, n, one_an_image, (struct limits){l.low * range, l.high * range}, 0)};
    return lower_colour(net, n, "a + b", x, 2, 0);
}

static struct tensor *contrast_lower(struct net *net, struct node *n)
{
    const struct bound *b = node_arg(n, "factor");
    const double less = b->items[0].number, more = b->items[b->n_items - 1].number;
    struct tensor *mean = lower_reduce(net, n, REDUCE_MEAN, n->x, 1u << 0 | 1u << 1, true, "mean");
    struct tensor *x[] = {n->x, mean, lower_draw(net, n, one_an_image, (struct limits){1 - less, 1 + more}, 1)};
    return lower_colour(net, n, "(a - b) * c + b", x, 3, 1);
}

/* As bright to the eye: the weights of red, green and blue of ITU-R BT.601. */
static struct tensor *lower_grey(struct net *net, struct node *n)
{
    struct tensor *weights = lower_constant(net, n, (struct shape){3, {1, 1, 3}}, "0.2989 0.587 0.114");
    struct tensor *x[] = {n->x, weights};
    struct tensor *weighted = lower_map(net, n, "a * b", x, 2, n->in, "weighted");
    return lower_reduce(net, n, REDUCE_SUM, weighted, 1u << 2, true, "grey");
}

static struct tensor *grey_lower(struct net *net, struct node *n)
{
    struct arena *a = ctx_arena(net->ctx);
    const double part = factor_of(n, "factor", false).high;
    struct tensor *x[] = {n->x, lower_grey(net, n), lower_draw(net, n, one_an_image, (struct limits){0, 1}, 2)};
    return lower_map(net, n, arena_printf(a, "c < %.17g ? b : a", part), x, 3, n->out, "coloured");
}

static struct tensor *invert_lower(struct net *net, struct node *n)
{
    struct arena *a = ctx_arena(net->ctx);
    const struct limits l = factor_of(n, "factor", false);
    const double part = (l.low + l.high) / 2;
    struct tensor *x[] = {n->x, lower_draw(net, n, one_an_image, (struct limits){0, 1}, 2)};
    return lower_map(net, n, arena_printf(a, "b < %.17g ? %.17g - a : a", part, range_end(n, 1)), x, 2, n->out,
                     "coloured");
}

static struct tensor *degeneration_lower(struct net *net, struct node *n)
{
    struct tensor *x[] = {n->x, lower_grey(net, n),
                          lower_draw(net, n, one_an_image, factor_of(n, "factor", false), -1)};
    return lower_colour(net, n, "a + c * (b - a)", x, 3, -1);
}

const struct layer layer_random_brightness = {
    .rec = {.name = "RandomBrightness",
            .doc = "Makes images brighter or darker at random while training.",
            .example = "RandomBrightness 0.2",
            .args = brightness_args},
    .keras = "RandomBrightness",
    .noisy = true,
    .input = "8x8x3",
    .shape = any_shape,
    .lower = brightness_lower,
};

const struct layer layer_random_contrast = {
    .rec = {.name = "RandomContrast",
            .doc = "Changes the contrast of each channel at random while training.",
            .example = "RandomContrast 0.2",
            .args = contrast_args},
    .keras = "RandomContrast",
    .noisy = true,
    .input = "8x8x3",
    .shape = any_shape,
    .lower = contrast_lower,
};

const struct layer layer_random_grey = {
    .rec = {.name = "RandomGrayscale",
            .doc = "Makes some images grey while training.",
            .example = "RandomGrayscale 0.3",
            .args = grey_args},
    .keras = "RandomGrayscale",
    .noisy = true,
    .input = "8x8x3",
    .shape = colour_shape,
    .lower = grey_lower,
};

const struct layer layer_random_invert = {
    .rec = {.name = "RandomInvert",
            .doc = "Inverts some images while training.",
            .example = "RandomInvert 0.3",
            .args = invert_args},
    .keras = "RandomInvert",
    .noisy = true,
    .input = "8x8x3",
    .shape = any_shape,
    .lower = invert_lower,
};

const struct layer layer_random_degeneration = {
    .rec = {.name = "RandomColorDegeneration",
            .doc = "Takes part of the colour away at random while training.",
            .example = "RandomColorDegeneration 0.5",
            .args = degeneration_args},
    .keras = "RandomColorDegeneration",
    .noisy = true,
    .input = "8x8x3",
    .shape = colour_shape,
    .lower = degeneration_lower,
};
