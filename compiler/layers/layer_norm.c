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

/* The shape of gamma and beta: that of the axes. */
static struct shape inner_shape(struct net *net, const struct node *n)
{
    struct shape s = {0};
    for (int i = 0; i < n->in.rank; i++)
        if (norm_axes(net, n) >> i & 1)
            s.dim[s.rank++] = n->in.dim[i];
    return s;
}

static struct tensor *mean_of(struct net *net, struct node *n, const char *formula, struct tensor *x,
                              const char *suffix)
{
    return lower_reduce_map(net, n, REDUCE_MEAN, formula, &x, 1, n->in, norm_axes(net, n), suffix);
}

/* ---- LayerNorm */

static void layer_norm_declare(struct net *net, struct node *n)
{
    const struct shape s = inner_shape(net, n);
    const bool gamma = node_arg(n, "scale")->number != 0 || rms_scaling(n),
               beta = node_arg(n, "center")->number != 0 && !rms_scaling(n);
    if ((!gamma || array_declare(net, n, "gamma", s)) && (!beta || array_declare(net, n, "beta", s)))
        n->out = n->in;
}

static struct tensor *layer_normalise(struct net *net, struct node *n)
{
    struct tensor *const both[] = {n->x, mean_of(net, n, "a", n->x, "mean")};
    struct tensor *centred = lower_map(net, n, "a - b", both, 2, n->in, "centred");
    struct tensor *variance = mean_of(net, n, "a * a", centred, "variance");
    return norm_finish(net, n, rms_scaling(n) ? n->x : centred, variance);
}

/* ---- RMSNorm */

static void rms_norm_declare(struct net *net, struct node *n)
{
    if (array_declare(net, n, "scale", inner_shape(net, n)))
        n->out = n->in;
}

static struct tensor *rms_normalise(struct net *net, struct node *n)
{
    return norm_finish(net, n, n->x, mean_of(net, n, "a * a", n->x, "square"));
}

/* ---- UnitNorm */

static void unit_norm_shape(struct net *net, struct node *n)
{
    unsigned axes;
    if (axes_given(net, n, node_arg(n, "axis"), n->in, &axes))
        n->out = n->in;
}

static struct tensor *unit_norm_lower(struct net *net, struct node *n)
{
    unsigned axes = 0;
    axes_given(net, n, node_arg(n, "axis"), n->in, &axes);
    struct tensor *const both[] = {n->x,
                                   lower_reduce_map(net, n, REDUCE_SUM, "a * a", &n->x, 1, n->in, axes, "square")};
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
    .shape = norm_shape,
    .lower = norm_lower,
    .norm = {layer_norm_declare, layer_normalise},
};

const struct layer layer_rms_norm = {
    .rec = {.name = "RMSNorm",
            .alias = {"RMSNormalization"},
            .doc = "Divides by the root of the mean square along the axes, and multiplies by factors that are learnt.",
            .example = "RMSNorm",
            .args = rms_args},
    .keras = "RMSNormalization",
    .input = "8x8x3",
    .shape = norm_shape,
    .lower = norm_lower,
    .norm = {rms_norm_declare, rms_normalise},
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
