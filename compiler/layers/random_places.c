/* random_places.c -- layers that move the pixels of images at random while they train, other than by turns and shifts:
 * in perspective, and each pixel by itself. */
#include "layers/layers.h"
#include "ops/ops.h"
#include "ops/warp.h"

#define LIKELY_ARG(DOC) FACTOR_ARG("factor", ARG_POSITIONAL, "1", 0, 1, DOC)

static const struct arg_def perspective_args[] = {
    LIKELY_ARG("how likely an image is moved at most; or [least, most]"),
    REAL("scale", ARG_POSITIONAL, "1", 0, 1, .doc = "how far corners move, at most, of half of a side"),
    INTERPOLATION_ARG,
    FILL_VALUE_ARG("outside of the image"),
    {0}};
static const struct arg_def elastic_args[] = {
    LIKELY_ARG("how likely pixels move at most; or [least, most]"),
    FACTOR_ARG("scale", ARG_POSITIONAL, "1", 0, 1,
               "how far they move, and how smoothly: 1 is a tenth of the longer side; or [least, most]"),
    OUTSIDE_ARGS,
    VALUE_RANGE_ARG,
    {0}};

/* ---- perspective: the first corner stays. The others come to p of the width; q of the height; r of the width and s of
 * the height, the last. Row and column in an image of size 1 x 1 then come from x k / (p r q) and y k / (p q s), both
 * divided by 1 - x (q - s) / (r q) - y (p - r) / (p s), where k = p s + r q - p q. */

/* The places of pixels along an axis. x: four corners, columns, rows. */
static struct tensor *in_perspective(struct net *net, struct node *n, struct tensor *const *x, int axis)
{
    const double size[] = {(double)n->in.dim[0] - 1, (double)n->in.dim[1] - 1};
    const char *formula = arena_printf(ctx_arena(net->ctx),
                                       "%s * (a * d + c * b - a * b) / (a * b * %s) / (1 - %.17g * e * (b - d) / (c * "
                                       "b) - %.17g * f * (a - c) / (a * d))",
                                       axis ? "e" : "f", axis ? "c" : "d", 1 / size[1], 1 / size[0]);
    return lower_map(net, n, formula, x, 6, (struct shape){3, {n->in.dim[0], n->in.dim[1], 1}}, "places");
}

static struct tensor *perspective_lower(struct net *net, struct node *n)
{
    const double far = node_arg(n, "scale")->number / 2;
    struct tensor *x[] = {[4] = lower_indices(net, n, 1), lower_indices(net, n, 0)};
    for (int i = 0; i < 4; i++)
        x[i] = lower_draw(net, n, one_an_image, (struct limits){1 - far, 1 + far}, 1);
    struct tensor *rows = in_perspective(net, n, x, 0), *columns = in_perspective(net, n, x, 1);
    return lower_fetch(net, n, n->x, rows, columns, lower_chosen(net, n), between_of(n, FILL_CONSTANT));
}

/* An image of one row has no corners that could move apart. */
static void perspective_shape(struct net *net, struct node *n)
{
    if (!image_fits(net, n, ANY_CHANNELS))
        return;
    if (n->in.dim[0] < 2 || n->in.dim[1] < 2) {
        shape_refuse(net, n, "an image of two rows and two columns at least");
        return;
    }
    shape_same(net, n);
}

/* ---- elastic: how far pixels move along an axis is noise that is blurred */

struct elastic {
    struct tensor *scale, *sigma;
    struct tensor *bells[2]; /* of rows, of columns */
};

static struct elastic elastic_of(struct net *net, struct node *n)
{
    const int64_t *size = n->in.dim;
    const double deviation = 0.05 * (double)size[size[0] > size[1]];
    const char *sigma = arena_printf(ctx_arena(net->ctx), "%.17g * a + 1e-9", deviation);
    struct tensor *scale = lower_draw(net, n, one_an_image, factor_of(n, "scale", false), 1);
    const struct bell b = {.sigma = lower_map(net, n, sigma, &scale, 1, one_an_image, "sigma"),
                           .reach = "floor(3 * a)",
                           .most = (int64_t)(3 * deviation)};
    struct tensor *rows = lower_bells(net, n, size[0], &b);
    struct tensor *columns = size[0] == size[1] ? rows : lower_bells(net, n, size[1], &b);
    return (struct elastic){scale, b.sigma, {rows, columns}};
}

static struct tensor *displaced(struct net *net, struct node *n, const struct elastic *e, int axis)
{
    const struct shape plane = {3, {n->in.dim[0], n->in.dim[1], 1}};
    const double far = 0.1 * (double)plane.dim[plane.dim[0] < plane.dim[1]];
    struct tensor *blurred = lower_blur(net, n, lower_normal(net, n, plane), e->bells[0], e->bells[1]);
    struct tensor *x[] = {lower_indices(net, n, axis), blurred, e->sigma, e->scale};
    return lower_map(net, n, arena_printf(ctx_arena(net->ctx), "a + %.17g * d * c * b", far), x, 4, plane, "places");
}

static struct tensor *elastic_lower(struct net *net, struct node *n)
{
    const struct elastic e = elastic_of(net, n);
    struct tensor *rows = displaced(net, n, &e, 0), *columns = displaced(net, n, &e, 1);
    struct tensor *chosen = lower_chosen(net, n);
    struct tensor *x[] = {lower_fetch(net, n, n->x, rows, columns, chosen, between_of(n, FILL_REFLECT)), chosen};
    const char *formula = arena_printf(ctx_arena(net->ctx), "b < 0 ? a : %s", within_range(net, n, "a"));
    return lower_map(net, n, formula, x, 2, n->out, "moved");
}

const struct layer layer_random_perspective = {
    .rec = {.name = "RandomPerspective",
            .doc = "Shows images in perspective at random while training.",
            .example = "RandomPerspective 0.5 scale=0.3",
            .args = perspective_args},
    .keras = "RandomPerspective",
    .noisy = true,
    .input = "8x8x3",
    .shape = perspective_shape,
    .lower = perspective_lower,
};

const struct layer layer_random_elastic = {
    .rec = {.name = "RandomElasticTransform",
            .doc = "Moves the pixels of images at random, smoothly, while training.",
            .example = "RandomElasticTransform 0.5 scale=0.6",
            .args = elastic_args},
    .keras = "RandomElasticTransform",
    .noisy = true,
    .input = "8x8x3",
    .shape = image_shape,
    .lower = elastic_lower,
};
