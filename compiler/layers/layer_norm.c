/* layer_norm.c -- normalisations of an image by itself: LayerNorm by mean and variance, RMSNorm by the mean square,
 * UnitNorm by the length. They are maps and reductions over their axes. */
#include "layers/layers.h"
#include "ops/ops.h"

static const struct arg_def layer_args[] = {
    AXES_ARG,
    EPSILON_ARG("0.001"),
    CENTER_ARG,
    SCALE_ARG,
    {.name = "rms_scaling",
     .type = ARG_BOOL,
     .def = "no",
     .doc = "divides x itself, not its distance from the mean; there is no beta then"},
    INITIALIZER_ARG("beta_initializer", NULL, "zeros", "how beta starts"),
    INITIALIZER_ARG("gamma_initializer", NULL, "ones", "how gamma starts"),
    REGULARIZER_ARG("beta_regularizer", NULL, "penalty on beta"),
    REGULARIZER_ARG("gamma_regularizer", NULL, "penalty on gamma"),
    CONSTRAINT_ARG("beta_constraint", NULL, "what beta keeps to"),
    CONSTRAINT_ARG("gamma_constraint", NULL, "what gamma keeps to"),
    {0}};

static const struct arg_def rms_args[] = {AXES_ARG,
                                          EPSILON_ARG("1e-6"),
                                          INITIALIZER_ARG("scale_initializer", NULL, "ones", "how the factors start"),
                                          REGULARIZER_ARG("scale_regularizer", NULL, "penalty on the factors"),
                                          {0}};

static const struct arg_def unit_args[] = {AXES_ARG, {0}};

static bool rms_scaling(const struct node *n)
{
    return node_arg(n, "rms_scaling")->number != 0;
}

/* The shape of gamma and beta: the last axes, as the layer's are. A rank below 0: they are not, and that is
 * reported. */
static struct shape inner_shape(struct net *net, const struct node *n, unsigned axes)
{
    const unsigned all = (1U << n->in.rank) - 1;
    struct shape s = {0};
    int first = 0;
    while (first < n->in.rank && !(axes >> first & 1))
        first++;
    for (int i = first; i < n->in.rank; i++)
        s.dim[s.rank++] = n->in.dim[i];
    if (axes == (all & ~0U << first))
        return s;
    diag_error(net->ctx, node_arg(n, "axis")->span, "'%s' wants its axes to be the last ones of %s", n->stmt->name,
               shape_words(net->ctx, n->in));
    return (struct shape){.rank = -1};
}

static struct shape shape_of_axes(struct net *net, const struct node *n)
{
    unsigned axes;
    if (!axes_named(net, n, node_arg(n, "axis"), n->in, &axes))
        return (struct shape){.rank = -1};
    return inner_shape(net, n, axes);
}

static unsigned axes_of(struct net *net, const struct node *n)
{
    unsigned axes;
    return axes_named(net, n, node_arg(n, "axis"), n->in, &axes) ? axes : 1;
}

static struct tensor *mean_of(struct net *net, struct node *n, const char *formula, struct tensor *x,
                              const char *suffix)
{
    return lower_reduce_map(net, n, REDUCE_MEAN, formula, &x, 1, n->in, axes_of(net, n), suffix);
}

/* ---- LayerNorm */

static void layer_norm_shape(struct net *net, struct node *n)
{
    const struct shape s = shape_of_axes(net, n);
    const bool gamma = node_arg(n, "scale")->number != 0 || rms_scaling(n),
               beta = node_arg(n, "center")->number != 0 && !rms_scaling(n);
    if (s.rank < 0 || (gamma && !array_declare(net, n, "gamma", s)) || (beta && !array_declare(net, n, "beta", s)))
        return;
    n->out = n->in;
}

static struct tensor *layer_norm_lower(struct net *net, struct node *n)
{
    struct tensor *const both[] = {n->x, mean_of(net, n, "a", n->x, "mean")};
    struct tensor *centred = lower_map(net, n, "a - b", both, 2, n->in, "centred");
    struct tensor *variance = mean_of(net, n, "a * a", centred, "variance");
    return norm_finish(net, n, rms_scaling(n) ? n->x : centred, variance);
}

/* ---- RMSNorm */

static void rms_norm_shape(struct net *net, struct node *n)
{
    const struct shape s = shape_of_axes(net, n);
    if (s.rank >= 0 && array_declare(net, n, "scale", s))
        n->out = n->in;
}

static struct tensor *rms_norm_lower(struct net *net, struct node *n)
{
    return norm_finish(net, n, n->x, mean_of(net, n, "a * a", n->x, "square"));
}

/* ---- UnitNorm */

static void unit_norm_shape(struct net *net, struct node *n)
{
    unsigned axes;
    if (axes_named(net, n, node_arg(n, "axis"), n->in, &axes))
        n->out = n->in;
}

static struct tensor *unit_norm_lower(struct net *net, struct node *n)
{
    struct tensor *const both[] = {
        n->x, lower_reduce_map(net, n, REDUCE_SUM, "a * a", &n->x, 1, n->in, axes_of(net, n), "square")};
    return lower_map(net, n, "a / sqrt(max(b, 1e-24))", both, 2, n->in, "unit");
}

const struct layer layer_layer_norm = {
    .rec = {.name = "LayerNorm",
            .alias = {"LayerNormalization"},
            .doc = "Each image gets mean 0 and variance 1 along the axes, then gamma and beta of each place there.",
            .example = "LayerNorm",
            .args = layer_args},
    .keras = "LayerNormalization",
    .input = "8x8x3",
    .shape = layer_norm_shape,
    .lower = layer_norm_lower,
};

const struct layer layer_rms_norm = {
    .rec = {.name = "RMSNorm",
            .alias = {"RMSNormalization"},
            .doc = "Divides by the root of the mean square along the axes, and multiplies by factors that are learnt.",
            .example = "RMSNorm",
            .args = rms_args},
    .keras = "RMSNormalization",
    .input = "8x8x3",
    .shape = rms_norm_shape,
    .lower = rms_norm_lower,
};

const struct layer layer_unit_norm = {
    .rec = {.name = "UnitNorm",
            .alias = {"UnitNormalization"},
            .doc = "Divides by the Euclidean length along the axes.",
            .example = "UnitNorm",
            .args = unit_args},
    .keras = "UnitNormalization",
    .input = "8x8x3",
    .shape = unit_norm_shape,
    .lower = unit_norm_lower,
};
