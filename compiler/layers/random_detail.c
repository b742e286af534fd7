/* random_detail.c -- layers that blur, sharpen and erase parts of images at random while they train: draws are made for
 * each image. */
#include <math.h>

#include "layers/layers.h"
#include "ops/move.h"
#include "ops/ops.h"

static const struct arg_def erasing_args[] = {
    FACTOR_ARG("factor", ARG_POSITIONAL, "1", 0, 1, "how likely an image loses a part at most; or [least, most]"),
    FACTOR_ARG("scale", 0, "[0.02, 0.33]", 0, 1,
               "least and most of the square of the part's height, and of its width, of those of the image"),
    {.name = "fill_value",
     .type = ARG_NUMBERS,
     .min = -1e30,
     .max = 1e30,
     .doc = "what stands there, also a number for each of three channels; without it, noise"},
    VALUE_RANGE_ARG,
    {0}};
static const struct arg_def blur_args[] = {
    FACTOR_ARG("factor", ARG_POSITIONAL, "1", 0, 1, "how likely an image is blurred at most; or [least, most]"),
    {.name = "kernel_size", .type = ARG_INTS, .def = "3", .min = 1, .max = 255, .doc = "odd; or [width, height]"},
    FACTOR_ARG("sigma", 0, "1", 0, 1, "deviation in pixels, at most; or [least, most]"),
    VALUE_RANGE_ARG,
    {0}};
static const struct arg_def sharpness_args[] = {
    FACTOR_ARG("factor", ARG_POSITIONAL | ARG_REQUIRED, NULL, 0, 1,
               "0: smoothed; 0.5: as it is; 1: sharpened; at most, or [least, most]"),
    VALUE_RANGE_ARG,
    {0}};

/* ---- shapes */

static void erasing_shape(struct net *net, struct node *n)
{
    const struct bound *fill = node_arg(n, "fill_value");
    if (!image_fits(net, n, ANY_CHANNELS))
        return;
    if (fill->n_items > 1 && (fill->n_items != 3 || n->in.dim[2] != 3)) {
        diag_error(net->ctx, fill->span, "'fill_value' wants one number, or three for an image of three channels");
        return;
    }
    shape_same(net, n);
}

static void blur_shape(struct net *net, struct node *n)
{
    const struct bound *size = node_arg(n, "kernel_size");
    if (!image_fits(net, n, ANY_CHANNELS))
        return;
    bool fits = size->n_items == 1 || size->n_items == 2;
    for (size_t i = 0; i < size->n_items; i++)
        fits &= (int)size->items[i].number % 2 == 1;
    if (fits)
        shape_same(net, n);
    else
        diag_error(net->ctx, size->span, "'kernel_size' wants one or two odd numbers, width and height");
}

/* ---- erasing */

/* 1 for the rows, or columns, of the part, else 0. */
static struct tensor *part_of(struct net *net, struct node *n, int axis)
{
    struct tensor *draw = lower_draw(net, n, one_an_image, factor_of(n, "scale", false), 0);
    struct tensor *x[] = {lower_indices(net, n, axis), draw,
                          lower_draw(net, n, one_an_image, (struct limits){0, 1}, 0)};
    const char *size = arena_printf(ctx_arena(net->ctx), "%lld", (long long)n->in.dim[axis]);
    const char *formula = arena_printf(
        ctx_arena(net->ctx), "a < c * (%s - sqrt(b) * %s) ? 0 : a < c * (%s - sqrt(b) * %s) + sqrt(b) * %s ? 1 : 0",
        size, size, size, size, size);
    return lower_map(net, n, formula, x, 3, x[0]->shape, "part");
}

static struct tensor *filling(struct net *net, struct node *n)
{
    const struct bound *fill = node_arg(n, "fill_value");
    struct arena *a = ctx_arena(net->ctx);
    if (!fill->n_items) {
        struct tensor *noise = lower_normal(net, n, n->in);
        const char *formula = within_range(net, n, arena_printf(a, "a * %.17g", range_end(n, 1)));
        return lower_map(net, n, formula, &noise, 1, n->in, "filling");
    }
    double *values = arena_alloc(a, fill->n_items * sizeof *values);
    for (size_t i = 0; i < fill->n_items; i++)
        values[i] = fmin(fmax(fill->items[i].number, range_end(n, 0)), range_end(n, 1));
    return lower_numbers(net, n, (struct shape){3, {1, 1, (int64_t)fill->n_items}}, values);
}

static struct tensor *erasing_lower(struct net *net, struct node *n)
{
    struct tensor *x[] = {n->x, part_of(net, n, 1), part_of(net, n, 0), filling(net, n), lower_chosen(net, n)};
    return lower_map(net, n, "e > 0 ? b * c > 0.5 ? d : a : a", x, 5, n->out, "erased");
}

/* ---- blur */

static struct tensor *bells_of(struct net *net, struct node *n, int axis, double taps)
{
    struct tensor *draw = lower_draw(net, n, one_an_image, factor_of(n, "sigma", false), 0);
    const struct bell b = {.sigma = lower_map(net, n, "a + 1e-6", &draw, 1, one_an_image, "sigma"),
                           .reach = arena_printf(ctx_arena(net->ctx), "%lld", (long long)taps / 2),
                           .most = (int64_t)taps / 2};
    return lower_bells(net, n, n->in.dim[axis], &b);
}

static struct tensor *blur_lower(struct net *net, struct node *n)
{
    const struct bound *size = node_arg(n, "kernel_size");
    struct tensor *rows = bells_of(net, n, 0, size->items[size->n_items - 1].number);
    struct tensor *columns = bells_of(net, n, 1, size->items[0].number);
    struct tensor *x[] = {n->x, lower_blur(net, n, n->x, rows, columns), lower_chosen(net, n)};
    const char *formula = arena_printf(ctx_arena(net->ctx), "c < 0 ? a : %s", within_range(net, n, "c > 0 ? b : a"));
    return lower_map(net, n, formula, x, 3, n->out, "blurred");
}

/* ---- sharpness */

/* The sum of each pixel and its two neighbours along an axis. */
static struct tensor *neighbours(struct net *net, struct node *n, struct tensor *image, int axis)
{
    struct tensor *x[3];
    for (int k = 0; k < 3; k++) {
        struct move_axis axes[3];
        for (int i = 0; i < 3; i++)
            axes[i] = (struct move_axis){
                .axis = i, .start = i == axis ? k - 1 : 0, .step = 1, .repeat = 1, .size = n->in.dim[i]};
        x[k] = lower_move(net, n, image, n->in, axes, n->in, "beside");
    }
    return lower_map(net, n, "a + b + c", x, 3, n->in, "sum");
}

struct tensor *lower_sharpened(struct net *net, struct node *n, struct tensor *image, struct limits factor)
{
    struct tensor *x[] = {image, neighbours(net, n, neighbours(net, n, image, 0), 1),
                          lower_draw(net, n, one_an_image, factor, -1)};
    const char *formula = arena_printf(ctx_arena(net->ctx), "c < 0 ? a : %s",
                                       within_range(net, n, "a + (1 - 2 * c) * ((b + 4 * a) / 13 - a)"));
    return lower_map(net, n, formula, x, 3, n->out, "sharpened");
}

static struct tensor *sharpness_lower(struct net *net, struct node *n)
{
    return lower_sharpened(net, n, n->x, factor_of(n, "factor", false));
}

const struct layer layer_random_erasing = {
    .rec = {.name = "RandomErasing",
            .doc = "Puts noise, or a colour, in the place of a part of images, at random while training.",
            .example = "RandomErasing 0.5 fill_value=0",
            .args = erasing_args},
    .keras = "RandomErasing",
    .noisy = true,
    .input = "8x8x3",
    .shape = erasing_shape,
    .lower = erasing_lower,
};

const struct layer layer_random_blur = {
    .rec = {.name = "RandomGaussianBlur",
            .doc = "Blurs images at random while training.",
            .example = "RandomGaussianBlur 0.5 kernel_size=5",
            .args = blur_args},
    .keras = "RandomGaussianBlur",
    .noisy = true,
    .input = "8x8x3",
    .shape = blur_shape,
    .lower = blur_lower,
};

const struct layer layer_random_sharpness = {
    .rec = {.name = "RandomSharpness",
            .doc = "Smooths or sharpens images at random while training.",
            .example = "RandomSharpness [0.3, 0.8]",
            .args = sharpness_args},
    .keras = "RandomSharpness",
    .noisy = true,
    .input = "8x8x3",
    .shape = image_shape,
    .lower = sharpness_lower,
};
