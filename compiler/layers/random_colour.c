/* random_colour.c -- layers that change the colours of images at random while they train: one draw an image. Each draw
 * has a value for when nothing trains, with which the formulas leave the image as it is. */
#include "layers/layers.h"
#include "ops/move.h"
#include "ops/ops.h"

#define FACTOR(LEAST, MOST, DEFAULT, FLAGS, DOC)                                                                       \
    FACTOR_ARG("factor", ARG_POSITIONAL | (FLAGS), DEFAULT, LEAST, MOST, DOC)

#define BRIGHTNESS_DOC "part of the range that is added, at most, either way; or [least, most]"
#define CONTRAST_DOC   "0.2: differences from the mean become 0.8 to 1.2 times as large; or [less, more]"
#define SATURATION_DOC "f: saturation is multiplied by f / (1 - f); 0.5 leaves it; [least, most]"
#define HUE_DOC        "half of it is the part of a turn on the circle of colours, at most; or [least, most]"

static const struct arg_def brightness_args[] = {
    FACTOR(-1, 1, NULL, ARG_REQUIRED, BRIGHTNESS_DOC), VALUE_RANGE_ARG, {0}};
static const struct arg_def contrast_args[] = {FACTOR(0, 1, NULL, ARG_REQUIRED, CONTRAST_DOC), VALUE_RANGE_ARG, {0}};
static const struct arg_def grey_args[] = {FACTOR(0, 1, "0.5", 0, "part of the images that become grey"), {0}};
static const struct arg_def invert_args[] = {
    FACTOR(0, 1, "1", 0, "how likely an image is inverted at most; or [least, most]"), VALUE_RANGE_ARG, {0}};
static const struct arg_def degeneration_args[] = {
    FACTOR(0, 1, NULL, ARG_REQUIRED, "how grey at most: 1 is without colour; or [least, most]"), VALUE_RANGE_ARG, {0}};

static const struct arg_def saturation_args[] = {
    FACTOR(-1, 1, NULL, ARG_REQUIRED, SATURATION_DOC), VALUE_RANGE_ARG, {0}};
static const struct arg_def hue_args[] = {FACTOR(0, 1, NULL, ARG_REQUIRED, HUE_DOC), VALUE_RANGE_ARG, {0}};
static const struct arg_def jitter_args[] = {VALUE_RANGE_ARG,
                                             FACTOR_ARG("brightness_factor", 0, NULL, -1, 1, BRIGHTNESS_DOC),
                                             FACTOR_ARG("contrast_factor", 0, NULL, 0, 1, CONTRAST_DOC),
                                             FACTOR_ARG("saturation_factor", 0, NULL, -1, 1, SATURATION_DOC),
                                             FACTOR_ARG("hue_factor", 0, NULL, 0, 1, HUE_DOC),
                                             {0}};

/* ---- ops */

/* The formula where the draw, the last operand, is not `quiet`; cut to the range of values. */
static struct tensor *lower_colour(struct net *net, struct node *n, const char *formula, struct tensor *const *x,
                                   int count, double quiet)
{
    struct arena *a = ctx_arena(net->ctx);
    const char *draw = op_operand(a, &op_map, count - 1, false);
    const char *cut = arena_printf(a, "%s == %.17g ? a : %s", draw, quiet, within_range(net, n, formula));
    return lower_map(net, n, cut, x, count, n->out, "coloured");
}

struct tensor *lower_brightened(struct net *net, struct node *n, struct tensor *image, struct limits l)
{
    const double range = range_end(n, 1) - range_end(n, 0);
    struct tensor *x[] = {image, lower_draw(net, n, one_an_image, (struct limits){l.low * range, l.high * range}, 0)};
    return lower_colour(net, n, "a + b", x, 2, 0);
}

struct tensor *lower_contrasted(struct net *net, struct node *n, struct tensor *image, struct limits factor)
{
    struct tensor *mean = lower_reduce(net, n, REDUCE_MEAN, image, 1u << 0 | 1u << 1, true, "mean");
    const struct limits l = {1 - factor.low, 1 + factor.high};
    struct tensor *x[] = {image, mean, lower_draw(net, n, one_an_image, l, 1)};
    return lower_colour(net, n, "(a - b) * c + b", x, 3, 1);
}

static struct tensor *brightened(struct net *net, struct node *n, struct tensor *image, const char *factor)
{
    return lower_brightened(net, n, image, factor_of(n, factor, true));
}

/* Both ends of one number are that number: so much less, and so much more. */
static struct tensor *contrasted(struct net *net, struct node *n, struct tensor *image, const char *factor)
{
    const struct bound *b = node_arg(n, factor);
    return lower_contrasted(net, n, image, (struct limits){b->items[0].number, b->items[b->n_items - 1].number});
}

static struct tensor *brightness_lower(struct net *net, struct node *n)
{
    return brightened(net, n, n->x, "factor");
}

static struct tensor *contrast_lower(struct net *net, struct node *n)
{
    return contrasted(net, n, n->x, "factor");
}

/* ---- hue and saturation: the hue is a place on a circle of length 1, from red by green to blue */

enum { UNTURNED = 3 }; /* no draw of a turn of the hue, nor of a factor of saturation that is quiet */

struct hue {
    struct tensor *most, *least, *hue; /* of each pixel */
    struct tensor *corner;             /* 3, 2, 4: where on the circle, times 6, each colour's slope is centred */
};

static struct tensor *colour_of(struct net *net, struct node *n, struct tensor *image, int colour)
{
    struct move_axis axes[3];
    const struct shape one = {3, {n->in.dim[0], n->in.dim[1], 1}};
    for (int i = 0; i < 3; i++)
        axes[i] = (struct move_axis){.axis = i, .step = 1, .repeat = 1, .size = one.dim[i]};
    axes[2].start = colour;
    return lower_move(net, n, image, n->in, axes, one, "colour");
}

static struct hue hue_of(struct net *net, struct node *n, struct tensor *image)
{
    const struct shape one = {3, {n->in.dim[0], n->in.dim[1], 1}};
    struct hue h = {.most = lower_reduce(net, n, REDUCE_MAX, image, 1u << 2, true, "most"),
                    .least = lower_reduce(net, n, REDUCE_MIN, image, 1u << 2, true, "least"),
                    .corner = lower_constant(net, n, (struct shape){3, {1, 1, 3}}, "3 2 4")};
    struct tensor *x[] = {colour_of(net, n, image, 0), colour_of(net, n, image, 1), colour_of(net, n, image, 2), h.most,
                          h.least};
    h.hue = lower_map(net, n,
                      "d <= e ? 0 : d == a ? (b - c) / (6 * (d - e)) + (b < c ? 1 : 0)"
                      " : d == b ? (c - a) / (6 * (d - e)) + 0.3333333333333333"
                      " : (a - b) / (6 * (d - e)) + 0.6666666666666666",
                      x, 5, one, "hue");
    return h;
}

/* Of a map of image, hue, most, least, corner: how much less than `most` each colour is, from 0 to 1, at a hue. */
#define DEPTH(HUE) "(1 - clip((e == 3 ? 1 : -1) * abs(6 * (" HUE ") - e) + (e == 3 ? -1 : 2), 0, 1))"

static struct tensor *saturated(struct net *net, struct node *n, struct tensor *image, const char *factor)
{
    struct arena *a = ctx_arena(net->ctx);
    const struct hue h = hue_of(net, n, image);
    struct tensor *draw = lower_draw(net, n, one_an_image, factor_of(n, factor, true), UNTURNED);
    struct tensor *x[] = {image, h.hue, h.most, h.least, h.corner, draw};
    const char *formula = arena_printf(a, "f == 3 ? a : c * (1 - %s * " DEPTH("b") ")",
                                       within_range(net, n, "(c > 0 ? (c - d) / c : 0) * f / (1 - f + 1e-7)"));
    return lower_map(net, n, formula, x, 6, n->out, "coloured");
}

static struct tensor *turned(struct net *net, struct node *n, struct tensor *image, const char *factor)
{
    const struct hue h = hue_of(net, n, image);
    struct tensor *side = lower_draw(net, n, one_an_image, (struct limits){0, 1}, 2);
    struct tensor *draws[] = {lower_draw(net, n, one_an_image, factor_of(n, factor, false), 0), side};
    struct tensor *turn =
        lower_map(net, n, "b == 2 ? 3 : b > 0.5 ? -0.5 * a : 0.5 * a", draws, 2, one_an_image, "turn");
    struct tensor *x[] = {image, h.hue, h.most, h.least, h.corner, turn};
    struct arena *a = ctx_arena(net->ctx);
    const char *formula =
        arena_printf(a, "c - (c > %.17g ? (c - d) * " DEPTH("b + f - floor(b + f)") " : 0)", range_end(n, 0));
    formula = arena_printf(a, "f == 3 ? a : %s", within_range(net, n, formula));
    return lower_map(net, n, formula, x, 6, n->out, "coloured");
}

static struct tensor *saturation_lower(struct net *net, struct node *n)
{
    return saturated(net, n, n->x, "factor");
}

static struct tensor *hue_lower(struct net *net, struct node *n)
{
    return turned(net, n, n->x, "factor");
}

/* In Keras' order; a factor that is not given changes nothing. */
static struct tensor *jitter_lower(struct net *net, struct node *n)
{
    static const struct {
        const char *factor;
        struct tensor *(*change)(struct net *net, struct node *n, struct tensor *image, const char *factor);
    } all[] = {{"brightness_factor", brightened},
               {"contrast_factor", contrasted},
               {"saturation_factor", saturated},
               {"hue_factor", turned}};
    struct tensor *x = n->x;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (node_arg(n, all[i].factor)->n_items)
            x = all[i].change(net, n, x, all[i].factor);
    return x;
}

/* As bright to the eye: the weights of red, green and blue of ITU-R BT.601. */
static struct tensor *lower_grey(struct net *net, struct node *n, struct tensor *image)
{
    struct tensor *weights = lower_constant(net, n, (struct shape){3, {1, 1, 3}}, "0.2989 0.587 0.114");
    struct tensor *x[] = {image, weights};
    struct tensor *weighted = lower_map(net, n, "a * b", x, 2, n->in, "weighted");
    return lower_reduce(net, n, REDUCE_SUM, weighted, 1u << 2, true, "grey");
}

static struct tensor *grey_lower(struct net *net, struct node *n)
{
    struct arena *a = ctx_arena(net->ctx);
    const double part = factor_of(n, "factor", false).high;
    struct tensor *x[] = {n->x, lower_grey(net, n, n->x), lower_draw(net, n, one_an_image, (struct limits){0, 1}, 2)};
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

struct tensor *lower_degenerated(struct net *net, struct node *n, struct tensor *image, struct limits factor)
{
    struct tensor *x[] = {image, lower_grey(net, n, image), lower_draw(net, n, one_an_image, factor, -1)};
    return lower_colour(net, n, "a + c * (b - a)", x, 3, -1);
}

static struct tensor *degeneration_lower(struct net *net, struct node *n)
{
    return lower_degenerated(net, n, n->x, factor_of(n, "factor", false));
}

const struct layer layer_random_brightness = {
    .rec = {.name = "RandomBrightness",
            .doc = "Makes images brighter or darker at random while training.",
            .example = "RandomBrightness 0.2",
            .args = brightness_args},
    .keras = "RandomBrightness",
    .noisy = true,
    .input = "8x8x3",
    .shape = image_shape,
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
    .shape = image_shape,
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
    .shape = colours_shape,
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
    .shape = image_shape,
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
    .shape = colours_shape,
    .lower = degeneration_lower,
};

const struct layer layer_random_hue = {
    .rec = {.name = "RandomHue",
            .doc = "Turns the colours at random on their circle while training.",
            .example = "RandomHue 0.2",
            .args = hue_args},
    .keras = "RandomHue",
    .noisy = true,
    .input = "8x8x3",
    .shape = colours_shape,
    .lower = hue_lower,
};

const struct layer layer_random_saturation = {
    .rec = {.name = "RandomSaturation",
            .doc = "Makes colours stronger or weaker at random while training.",
            .example = "RandomSaturation [0.4, 0.6]",
            .args = saturation_args},
    .keras = "RandomSaturation",
    .noisy = true,
    .input = "8x8x3",
    .shape = colours_shape,
    .lower = saturation_lower,
};

const struct layer layer_random_jitter = {
    .rec = {.name = "RandomColorJitter",
            .doc = "Changes brightness, contrast, saturation and hue, in this order, at random while training.",
            .example = "RandomColorJitter brightness_factor=0.2 hue_factor=0.1",
            .args = jitter_args},
    .keras = "RandomColorJitter",
    .noisy = true,
    .input = "8x8x3",
    .shape = colours_shape,
    .lower = jitter_lower,
};
