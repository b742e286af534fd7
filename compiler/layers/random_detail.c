/* random_detail.c -- layers that blur, sharpen and erase parts of images at random while they train: draws are made for
 * each image. */
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

/* "0 1 2 ...", as many numbers as that axis has, which is the only one. */
static struct tensor *places(struct net *net, struct node *n, int axis)
{
    struct shape s = one_an_image;
    const char *text = "";
    s.dim[axis] = n->in.dim[axis];
    for (int64_t i = 0; i < s.dim[axis]; i++)
        text = arena_printf(ctx_arena(net->ctx), "%s%s%lld", text, i ? " " : "", (long long)i);
    return lower_constant(net, n, s, text);
}

/* 1 for the rows, or columns, of the part, else 0. */
static struct tensor *part_of(struct net *net, struct node *n, int axis)
{
    struct tensor *draw = lower_draw(net, n, one_an_image, factor_of(n, "scale", false), 0);
    struct tensor *x[] = {places(net, n, axis), draw, lower_draw(net, n, one_an_image, (struct limits){0, 1}, 0)};
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
        return lower_map(
            net, n, arena_printf(a, "clip(a * %.17g, %.17g, %.17g)", range_end(n, 1), range_end(n, 0), range_end(n, 1)),
            &noise, 1, n->in, "filling");
    }
    const char *text = "";
    for (size_t i = 0; i < fill->n_items; i++) {
        const double v = fill->items[i].number, most = range_end(n, 1), least = range_end(n, 0);
        text = arena_printf(a, "%s%s%.17g", text, i ? " " : "", v < least ? least : v > most ? most : v);
    }
    return lower_constant(net, n, (struct shape){3, {1, 1, (int64_t)fill->n_items}}, text);
}

/* Whether something happens to the image: less than the draw `likely`; 2 when nothing trains. */
static void lower_chance(struct net *net, struct node *n, struct tensor **likely, struct tensor **chance)
{
    *likely = lower_draw(net, n, one_an_image, factor_of(n, "factor", false), 0);
    *chance = lower_draw(net, n, one_an_image, (struct limits){0, 1}, 2);
}

static struct tensor *erasing_lower(struct net *net, struct node *n)
{
    struct tensor *x[] = {n->x, part_of(net, n, 1), part_of(net, n, 0), filling(net, n), NULL, NULL};
    lower_chance(net, n, &x[4], &x[5]);
    return lower_map(net, n, "f < e ? b * c > 0.5 ? d : a : a", x, 6, n->out, "erased");
}

/* ---- blur: a product with a matrix for the rows, then one for the columns */

/* The matrix [size, size] whose rows are a bell about their diagonal, of `taps` numbers that sum to 1 in an image
 * without edges. */
static struct tensor *bells(struct net *net, struct node *n, int64_t size, int64_t taps)
{
    struct arena *a = ctx_arena(net->ctx);
    const int64_t most = taps / 2;
    struct tensor *draw = lower_draw(net, n, one_an_image, factor_of(n, "sigma", false), 0);
    struct tensor *sigma = lower_map(net, n, "a + 1e-6", &draw, 1, one_an_image, "sigma");
    const char *from_middle = "";
    for (int64_t i = -most; i <= most; i++)
        from_middle = arena_printf(a, "%s%s%lld", from_middle, i > -most ? " " : "", (long long)i);
    const struct shape row = {3, {taps, 1, 1}}, flat = {3, {size, size, 1}};
    struct tensor *of[] = {lower_constant(net, n, row, from_middle), sigma};
    struct tensor *sum = lower_reduce_map(net, n, REDUCE_SUM, "exp(-0.5 * square(a / b))", of, 2, row, 1u << 0, "sum");
    const char *up = "";
    for (int64_t i = 0; i < size; i++)
        up = arena_printf(a, "%s%s%lld", up, i ? " " : "", (long long)i);
    struct tensor *x[] = {lower_constant(net, n, (struct shape){3, {size, 1, 1}}, up),
                          lower_constant(net, n, (struct shape){3, {1, size, 1}}, up), sigma, sum};
    const char *formula =
        arena_printf(a, "abs(a - b) > %lld ? 0 : exp(-0.5 * square((a - b) / c)) / d", (long long)most);
    return lower_map(net, n, formula, x, 4, flat, "bells");
}

static struct tensor *columns_first(struct net *net, struct node *n, struct tensor *x)
{
    struct move_axis axes[3];
    static const int order[] = {1, 0, 2};
    struct shape out = {3, {0}};
    for (int i = 0; i < 3; i++) {
        out.dim[i] = x->shape.dim[order[i]];
        axes[i] = (struct move_axis){.axis = order[i], .step = 1, .repeat = 1, .size = out.dim[i]};
    }
    return lower_move(net, n, x, x->shape, axes, out, "turned");
}

/* Rows become sums of rows. */
static struct tensor *blurred(struct net *net, struct node *n, struct tensor *x, int64_t taps)
{
    const int64_t size = x->shape.dim[0];
    const struct product form = {.matrices = 1, .rows = size, .inner = size, .columns = shape_size(x->shape) / size};
    return lower_matmul(net, n, bells(net, n, size, taps), x, &form, x->shape, "blurred");
}

static struct tensor *blur_lower(struct net *net, struct node *n)
{
    const struct bound *size = node_arg(n, "kernel_size");
    const int64_t wide = (int64_t)size->items[0].number, high = (int64_t)size->items[size->n_items - 1].number;
    struct tensor *columns = columns_first(net, n, blurred(net, n, n->x, high));
    struct tensor *x[] = {n->x, columns_first(net, n, blurred(net, n, columns, wide)), NULL, NULL};
    lower_chance(net, n, &x[2], &x[3]);
    const char *formula = arena_printf(ctx_arena(net->ctx), "d == 2 ? a : clip(d < c ? b : a, %.17g, %.17g)",
                                       range_end(n, 0), range_end(n, 1));
    return lower_map(net, n, formula, x, 4, n->out, "blurred");
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

static struct tensor *sharpness_lower(struct net *net, struct node *n)
{
    struct tensor *x[] = {n->x, neighbours(net, n, neighbours(net, n, n->x, 0), 1),
                          lower_draw(net, n, one_an_image, factor_of(n, "factor", false), -1)};
    const char *formula =
        arena_printf(ctx_arena(net->ctx), "c < 0 ? a : clip(a + (1 - 2 * c) * ((b + 4 * a) / 13 - a), %.17g, %.17g)",
                     range_end(n, 0), range_end(n, 1));
    return lower_map(net, n, formula, x, 3, n->out, "sharpened");
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
