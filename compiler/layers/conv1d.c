/* conv1d.c -- y[i,o] = sum over a window of x[i*s+d,c] W[d,c,o] + b[o]: a sequence is an image of height 1 */
#include "layers/layers.h"

enum { VALID, SAME, CAUSAL };
static const char *const paddings[] = {"valid", "same", "causal", NULL};

static const struct arg_def args[] = {
    FILTERS_ARG,
    KERNEL_ARG(1),
    SLIDE_ARGS(
        1, "1", paddings,
        "valid: whole windows only; same: zeros around, so that the sequence keeps its length; causal: all of them "
        "in front, so that no output sees what comes after it"),
    GROUPS_ARG,
    WEIGHT_ARGS,
    {0}};

static bool window(struct net *net, struct node *n, struct window *w)
{
    if (!conv_window(net, n, (int64_t)node_arg(n, "filters")->number, (int64_t)node_arg(n, "groups")->number, w))
        return false;
    /* as many outputs as with `same`; each output is at the end of its window */
    if (node_arg(n, "padding")->number == CAUSAL) {
        w->pl = w->dw * (w->kw - 1);
        w->pr = 0;
    }
    return true;
}

static void conv1d_shape(struct net *net, struct node *n)
{
    struct window w;
    if (n->in.rank != 2) {
        shape_refuse(net, n, "[length, channels]");
        return;
    }
    if (!window(net, n, &w) || !conv_groups_divide(net, n, w.oc, w.groups))
        return;
    struct shape kernel = {3, {w.kw, w.ic / w.groups, w.oc}};
    if (weights_declare(net, n, PARAM_CONV, kernel, conv_fan(&w, kernel.dim[1]), conv_fan(&w, w.oc)))
        shape_set(net, n, window_output(n, &w));
}

static struct tensor *conv1d_lower(struct net *net, struct node *n)
{
    struct window w;
    window(net, n, &w);
    return weights_finish(net, n, lower_conv(net, n, n->x, n->params.at[0], w, n->out, "conv")->out[0]);
}

const struct layer layer_conv1d = {
    .rec = {.name = "Conv1D",
            .alias = {"Convolution1D"},
            .doc = "Convolution: filters slide along a sequence, such as a signal or a text.",
            .example = "Conv1D 16 5 relu same",
            .args = args},
    .keras = "Conv1D",
    .input = "24x3",
    .shape = conv1d_shape,
    .lower = conv1d_lower,
};
