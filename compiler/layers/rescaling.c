/* rescaling.c -- layers that bring numbers into another range, with constants of the spec: Rescaling, Normalization. */
#include <math.h>

#include "layers/layers.h"
#include "ops/ops.h"

static const struct arg_def rescaling_args[] = {
    REAL("scale", ARG_REQUIRED | ARG_POSITIONAL, NULL, -1e30, 1e30, .doc = "factor, such as 1/255"),
    REAL("offset", ARG_POSITIONAL, "0", -1e30, 1e30, .doc = "added after that"),
    {0}};
static const struct arg_def normalization_args[] = {
    {.name = "mean",
     .type = ARG_NUMBERS,
     .flags = ARG_REQUIRED,
     .min = -1e30,
     .max = 1e30,
     .doc = "of all numbers, or a list with one for each channel"},
    {.name = "variance", .type = ARG_NUMBERS, .flags = ARG_REQUIRED, .min = 0, .max = 1e30, .doc = "likewise"},
    {.name = "invert", .type = ARG_BOOL, .def = "no", .doc = "x * sqrt(variance) + mean instead"},
    {0}};

static struct tensor *rescaling_lower(struct net *net, struct node *n)
{
    const double scale = node_arg(n, "scale")->number, offset = node_arg(n, "offset")->number;
    return lower_map(net, n, arena_printf(ctx_arena(net->ctx), "a * %.17g + %.17g", scale, offset), &n->x, 1, n->out,
                     "rescaled");
}

/* ---- Normalization */

static bool numbers_fit(struct net *net, const struct node *n, const char *name)
{
    const struct bound *b = node_arg(n, name);
    if (b->n_items == 1 || (int64_t)b->n_items == shape_channels(n->in))
        return true;
    diag_error(net->ctx, b->span, "'%s' has %zu numbers, but the input, %s, has %lld channels", name, b->n_items,
               shape_words(net->ctx, n->in), (long long)shape_channels(n->in));
    shape_origin(net, n);
    return false;
}

static void normalization_shape(struct net *net, struct node *n)
{
    if (numbers_fit(net, n, "mean") && numbers_fit(net, n, "variance"))
        shape_same(net, n);
}

/* Keras: a deviation is at least 1e-7. */
static double deviation(double variance)
{
    return fmax(sqrt(variance), 1e-7);
}

static double itself(double x)
{
    return x;
}

/* One number for each channel. */
static struct tensor *lower_argument(struct net *net, struct node *n, const char *name, double (*of)(double))
{
    const struct bound *b = node_arg(n, name);
    const int64_t channels = shape_channels(n->in);
    double *values = arena_alloc(ctx_arena(net->ctx), (size_t)channels * sizeof *values);
    for (int64_t i = 0; i < channels; i++)
        values[i] = of(b->items[b->n_items == 1 ? 0 : i].number);
    struct shape s = {.rank = n->in.rank};
    for (int i = 0; i < s.rank; i++)
        s.dim[i] = i == s.rank - 1 ? channels : 1;
    return lower_numbers(net, n, s, values);
}

static struct tensor *normalization_lower(struct net *net, struct node *n)
{
    struct tensor *x[] = {n->x, lower_argument(net, n, "mean", itself), lower_argument(net, n, "variance", deviation)};
    const bool invert = node_arg(n, "invert")->number != 0;
    return lower_map(net, n, invert ? "b + a * c" : "(a - b) / c", x, 3, n->out, "normalized");
}

const struct layer layer_rescaling = {
    .rec = {.name = "Rescaling", .doc = "x * scale + offset.", .example = "Rescaling 1/255", .args = rescaling_args},
    .keras = "Rescaling",
    .input = "8x8x3",
    .shape = shape_same,
    .lower = rescaling_lower,
};

const struct layer layer_normalization = {
    .rec = {.name = "Normalization",
            .doc =
                "(x - mean) / sqrt(variance), with numbers that are known; `normalize` in the data section fits them.",
            .example = "Normalization mean=0.5 variance=0.25",
            .args = normalization_args},
    .keras = "Normalization",
    .input = "8x8x3",
    .shape = normalization_shape,
    .lower = normalization_lower,
};
