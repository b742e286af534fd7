/* batch_norm.c -- BatchNorm: each channel gets the mean beta and the deviation gamma. Training takes the statistics of
 * the batch, all else, and a layer that is not trained, the running ones. */
#include "layers/layers.h"
#include "ops/norm.h"
#include "ops/ops.h"

static const struct arg_def args[] = {
    AXIS_ARG,
    REAL("momentum", 0, "0.99", 0, 1, .doc = "how much of the running statistics a step keeps"),
    EPSILON_ARG("0.001"),
    CENTER_ARG,
    SCALE_ARG,
    INITIALIZER_ARG("beta_initializer", NULL, "zeros", "how beta starts"),
    INITIALIZER_ARG("gamma_initializer", NULL, "ones", "how gamma starts"),
    INITIALIZER_ARG("moving_mean_initializer", NULL, "zeros", "how the running mean starts"),
    INITIALIZER_ARG("moving_variance_initializer", NULL, "ones", "how the running variance starts"),
    REGULARIZER_ARG("beta_regularizer", NULL, "penalty on beta"),
    REGULARIZER_ARG("gamma_regularizer", NULL, "penalty on gamma"),
    CONSTRAINT_ARG("beta_constraint", NULL, "what beta keeps to"),
    CONSTRAINT_ARG("gamma_constraint", NULL, "what gamma keeps to"),
    {0}};

static void declare(struct net *net, struct node *n)
{
    const struct shape channels = {1, {shape_channels(n->in)}};
    if (!norm_declare(net, n, channels))
        return;
    static const char *const running[] = {"moving_mean", "moving_variance"};
    for (int i = 0; i < 2; i++) {
        struct param *p = norm_param(net, n, running[i], channels);
        if (!p)
            return;
        p->frozen = true;
        p->running = !n->frozen;
        p->momentum = node_arg(n, "momentum")->number;
    }
    n->out = n->in;
}

static struct tensor *total_of(struct net *net, struct node *n)
{
    struct arena *a = ctx_arena(net->ctx);
    struct op *o = net_op(net, &op_moments, n);
    op_in(net, o, n->x);
    op_out(net, o, norm_sums(net, arena_printf(a, "%s_sums", n->ident), shape_channels(n->in), ROLE_ACTIVATION));
    return norm_total(net, o->out[0], n, arena_printf(a, "%s_total", n->ident), PHASE_FORWARD);
}

static struct tensor *normalise(struct net *net, struct node *n)
{
    const int64_t channels = shape_channels(n->in);
    const bool batch = !n->frozen || n->passes;
    struct tensor *total = batch ? total_of(net, n) : NULL;
    struct op *o = net_op(net, batch ? &op_batch_norm : &op_still_norm, n);
    struct norm_op *norm = (struct norm_op *)o;
    norm->epsilon = node_arg(n, "epsilon")->number;
    norm->momentum = node_arg(n, "momentum")->number;
    norm->center = node_arg(n, "center")->number != 0;
    norm->scale = node_arg(n, "scale")->number != 0;
    norm->pixels = shape_size(n->in) / channels;
    if (batch)
        op_in(net, o, total);
    op_in(net, o, n->params.at[n->params.n - 2]->tensor);
    op_in(net, o, n->params.at[n->params.n - 1]->tensor);
    for (size_t i = 0; i + 2 < n->params.n; i++)
        op_in(net, o, n->params.at[i]->tensor);
    const char *name = arena_printf(ctx_arena(net->ctx), "%s_coefficients", n->ident);
    op_out(net, o, norm_statistic(net, name, NORM_ROWS, channels, DTYPE_F32));
    struct op *affine = lower_unary(net, &op_affine, n, n->x, n->out, "affine");
    op_in(net, affine, o->out[0]);
    return affine->out[0];
}

const struct layer layer_batch_norm = {
    .rec = {.name = "BatchNorm",
            .alias = {"BatchNormalization"},
            .doc = "Each channel gets a mean and a deviation that are learnt. Training takes the statistics of the "
                   "batch, all else the running ones, as does a layer with trainable=no.",
            .example = "BatchNorm momentum=0.9",
            .args = args},
    .keras = "BatchNormalization",
    .input = "8x8x3",
    .shape = norm_shape,
    .lower = norm_lower,
    .norm = {declare, normalise},
};
