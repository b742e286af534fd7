/* dense.c -- y[o] = sum_i x[i] W[i,o] + b[o]. On an image or a sequence it acts on the channels of each pixel: a 1x1
 * convolution. */
#include "layers/layers.h"
#include "ops/ops.h"

static const struct arg_def args[] = {{.name = "units",
                                       .type = ARG_INT,
                                       .flags = ARG_REQUIRED | ARG_POSITIONAL,
                                       .min = 1,
                                       .max = LARGEST_COUNT,
                                       .doc = "outputs"},
                                      WEIGHT_ARGS,
                                      {0}};

/* A kernel that rows and pixels share is one for pixels. */
static enum param_kind kind_of_kernel(const struct node *n)
{
    const enum param_kind kind = n->in.rank == 1 ? PARAM_DENSE : PARAM_CONV;
    if (n->shares && kind == PARAM_CONV)
        param_recast(n->shares->params.at[0], PARAM_CONV);
    return n->shares ? n->shares->params.at[0]->kind : kind;
}

static void dense_shape(struct net *net, struct node *n)
{
    int64_t in = shape_channels(n->in), units = (int64_t)node_arg(n, "units")->number;
    const enum param_kind kind = kind_of_kernel(n);
    struct shape out = n->in;
    out.dim[out.rank - 1] = units;
    if (weights_declare(net, n, kind, (struct shape){2, {in, units}}, in, units))
        shape_set(net, n, out);
}

static struct tensor *dense_lower(struct net *net, struct node *n);

/* ---- one kernel for several inputs */

/* Whether both read what stands alike in memory: rows that came about in the same way, or that a Dense made. */
static bool comes_alike(const struct node *a, const struct node *b)
{
    for (a = a->input, b = b->input; a && b; a = a->input, b = b->input)
        if (a->layer != b->layer || !shape_equal(a->out, b->out))
            return false;
        else if (a == b || (a->layer->lower == dense_lower && a->out.rank == 1))
            return true;
    return a == b;
}

/* Whether uses of the kernel read rows that stand differently in memory; the order of its own rows is one. */
static bool is_mixed(const struct net *net, const struct node *n)
{
    const struct node *owner = n->shares ? n->shares : n;
    for (size_t i = 0; n->params.at[0]->shared && i < net->nodes.n; i++)
        if (net->nodes.at[i]->shares == owner && !comes_alike(net->nodes.at[i], owner))
            return true;
    return false;
}

/* The input as a row of its own, whatever it came from: a Reshape does not keep the layout of what it reads. */
static struct tensor *plain_row(struct net *net, struct node *n)
{
    return lower_view(net, n, lower_reshape(net, n, n->x, (struct shape){2, {1, n->in.dim[0]}}, "row"), n->in);
}

static struct tensor *of_pixels(struct net *net, struct node *n)
{
    const int64_t w = n->in.dim[n->in.rank - 2], rows = shape_size(n->in) / (w * shape_channels(n->in));
    struct window pixels = pixel_window(rows, w, shape_channels(n->in), shape_channels(n->out));
    return lower_conv(net, n, n->x, n->params.at[0], pixels, n->out, "conv")->out[0];
}

/* A row is one pixel. */
static struct tensor *of_row(struct net *net, struct node *n)
{
    const int64_t in = n->in.dim[0], out = n->out.dim[0];
    struct tensor *x = lower_view(net, n, plain_row(net, n), (struct shape){3, {1, 1, in}});
    struct op *o =
        lower_conv(net, n, x, n->params.at[0], pixel_window(1, 1, in, out), (struct shape){3, {1, 1, out}}, "conv");
    return lower_view(net, n, o->out[0], n->out);
}

static struct tensor *dense_lower(struct net *net, struct node *n)
{
    if (n->params.at[0]->kind == PARAM_CONV)
        return weights_finish(net, n, n->in.rank > 1 ? of_pixels(net, n) : of_row(net, n));
    struct tensor *x = is_mixed(net, n) ? plain_row(net, n) : n->x;
    struct op *o = lower_unary(net, &op_dense, n, x, n->out, "dot");
    op_in(net, o, n->params.at[0]->tensor);
    if (!n->shares)
        n->params.at[0]->input = x;
    return weights_finish(net, n, o->out[0]);
}

const struct layer layer_dense = {
    .rec = {.name = "Dense",
            .doc = "Fully connected: every output sees every input.",
            .example = "Dense 16 relu",
            .args = args},
    .keras = "Dense",
    .input = "12",
    .shape = dense_shape,
    .lower = dense_lower,
};
