/* group_norm.c -- GroupNorm: mean and variance of an image over its pixels and a group of channels; InstanceNorm, where
 * each channel is a group. Sums over the pixels come first, so only a few numbers change shape for the groups. */
#include "layers/layers.h"
#include "ops/ops.h"

#define GROUP_ARGS                                                                                                     \
    AXIS_ARG, EPSILON_ARG("0.001"), CENTER_ARG, SCALE_ARG,                                                             \
        INITIALIZER_ARG("beta_initializer", NULL, "zeros", "how beta starts"),                                         \
        INITIALIZER_ARG("gamma_initializer", NULL, "ones", "how gamma starts"),                                        \
        REGULARIZER_ARG("beta_regularizer", NULL, "penalty on beta"),                                                  \
        REGULARIZER_ARG("gamma_regularizer", NULL, "penalty on gamma"),                                                \
        CONSTRAINT_ARG("beta_constraint", NULL, "what beta keeps to"),                                                 \
        CONSTRAINT_ARG("gamma_constraint", NULL, "what gamma keeps to")

static const struct arg_def group_args[] = {{.name = "groups",
                                             .type = ARG_INT,
                                             .flags = ARG_POSITIONAL,
                                             .def = "32",
                                             .min = -1,
                                             .max = LARGEST_COUNT,
                                             .doc = "groups of channels; -1: each channel is one"},
                                            GROUP_ARGS,
                                            {0}};
static const struct arg_def instance_args[] = {GROUP_ARGS, {0}};

static int64_t groups_of(const struct node *n)
{
    const struct bound *groups = record_arg_maybe(&n->layer->rec, n->args, "groups");
    return groups && groups->number != -1 ? (int64_t)groups->number : shape_channels(n->in);
}

static void declare(struct net *net, struct node *n)
{
    const int64_t channels = shape_channels(n->in), groups = groups_of(n);
    const struct shape s = {1, {channels}};
    if (groups < 1 || channels % groups) {
        diag_error(net->ctx, node_arg(n, "groups")->set ? node_arg(n, "groups")->span : n->stmt->span,
                   "%lld groups do not divide %lld channels", (long long)groups, (long long)channels);
        shape_origin(net, n);
        return;
    }
    if ((node_arg(n, "scale")->number != 0 && !array_declare(net, n, "gamma", s)) ||
        (node_arg(n, "center")->number != 0 && !array_declare(net, n, "beta", s)))
        return;
    n->out = n->in;
}

/* The mean of each group of the channels of x, for each channel. */
static struct tensor *of_groups(struct net *net, struct node *n, struct tensor *x, const char *suffix)
{
    const int64_t groups = groups_of(n), channels = shape_channels(n->in);
    const struct shape apart = {2, {groups, channels / groups}}, kept = x->shape;
    if (groups == channels)
        return x;
    x = lower_reshape(net, n, x, apart, suffix);
    x = lower_reduce_map(net, n, REDUCE_MEAN, "a", &x, 1, apart, 2U, suffix);
    x = lower_map(net, n, "a", &x, 1, apart, suffix);
    return lower_reshape(net, n, x, kept, suffix);
}

static struct tensor *mean_of(struct net *net, struct node *n, const char *formula, struct tensor *x,
                              const char *suffix)
{
    const unsigned pixels = (1U << (n->in.rank - 1)) - 1;
    if (pixels)
        x = lower_reduce_map(net, n, REDUCE_MEAN, formula, &x, 1, n->in, pixels, suffix);
    else
        x = lower_map(net, n, formula, &x, 1, n->in, suffix);
    return of_groups(net, n, x, suffix);
}

static struct tensor *normalise(struct net *net, struct node *n)
{
    struct tensor *const both[] = {n->x, mean_of(net, n, "a", n->x, "mean")};
    struct tensor *centred = lower_map(net, n, "a - b", both, 2, n->in, "centred");
    return norm_finish(net, n, centred, mean_of(net, n, "a * a", centred, "variance"));
}

const struct layer layer_group_norm = {
    .rec = {.name = "GroupNorm",
            .alias = {"GroupNormalization"},
            .doc = "The pixels of each group of channels of an image get mean 0 and variance 1, then gamma and beta of "
                   "their channel.",
            .example = "GroupNorm groups=4",
            .args = group_args},
    .keras = "GroupNormalization",
    .input = "8x8x16",
    .shape = norm_shape,
    .lower = norm_lower,
    .norm = {declare, normalise},
};

const struct layer layer_instance_norm = {
    .rec = {.name = "InstanceNorm",
            .alias = {"InstanceNormalization"},
            .doc = "GroupNorm with a group for each channel.",
            .example = "InstanceNorm",
            .args = instance_args},
    .keras = "GroupNormalization",
    .input = "8x8x3",
    .shape = norm_shape,
    .lower = norm_lower,
    .norm = {declare, normalise},
};
