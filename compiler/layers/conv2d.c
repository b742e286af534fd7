/* conv2d.c -- y[i,j,o] = sum over a window of x[i*s+di,j*s+dj,c] W[di,dj,c,o] + b[o] */
#include <math.h>

#include "layer.h"

static const char *const paddings[] = {"valid", "same", NULL};

static const struct arg_def args[] = {
    {.name = "filters",
     .type = ARG_INT,
     .flags = ARG_REQUIRED | ARG_POSITIONAL,
     .min = 1,
     .max = LARGEST_COUNT,
     .doc = "output channels"},
    {.name = "kernel",
     .type = ARG_DIMS,
     .flags = ARG_REQUIRED | ARG_POSITIONAL,
     .min = 1,
     .max = LARGEST_COUNT,
     .rank = 2,
     .alias = {"kernel_size"},
     .doc = "size of the window"},
    {.name = "strides",
     .type = ARG_DIMS,
     .def = "1x1",
     .min = 1,
     .max = LARGEST_COUNT,
     .rank = 2,
     .alias = {"stride"},
     .doc = "how far it moves"},
    {.name = "padding",
     .type = ARG_CHOICE,
     .flags = ARG_BARE,
     .def = "valid",
     .choices = paddings,
     .doc = "valid: whole windows only; same: zeros around, so that the plane keeps its size"},
    {.name = "dilation",
     .type = ARG_DIMS,
     .def = "1x1",
     .min = 1,
     .max = LARGEST_COUNT,
     .rank = 2,
     .alias = {"dilation_rate"},
     .doc = "distance of the pixels that a window sees"},
    {.name = "groups",
     .type = ARG_INT,
     .def = "1",
     .min = 1,
     .max = LARGEST_COUNT,
     .doc = "parts of the channels that do not see each other"},
    WEIGHT_ARGS,
    {0}};

static bool window(struct net *net, struct node *n, struct window *w)
{
    if (!window_make(net, n, node_arg(n, "kernel"), node_arg(n, "strides"), node_arg(n, "dilation"),
                     node_arg(n, "padding"), w))
        return false;
    w->oc = (int64_t)node_arg(n, "filters")->number;
    w->groups = (int64_t)node_arg(n, "groups")->number;
    return true;
}

static bool groups_divide(struct net *net, const struct node *n, const struct window *w)
{
    if (w->ic % w->groups == 0 && w->oc % w->groups == 0)
        return true;
    bool input = w->ic % w->groups != 0;
    diag_error(net->ctx, node_arg(n, "groups")->span, "%lld groups do not divide the %lld %s of '%s'",
               (long long)w->groups, (long long)(input ? w->ic : w->oc), input ? "input channels" : "filters",
               n->stmt->name);
    if (input)
        shape_origin(net, n);
    return false;
}

static void conv2d_shape(struct net *net, struct node *n)
{
    struct window w;
    if (n->in.rank != 3) {
        shape_refuse(net, n, "[height, width, channels]");
        return;
    }
    if (!window(net, n, &w) || !groups_divide(net, n, &w))
        return;
    /* fans may be absurd when the kernel is: the pass checks its size, and doubles overflow harmlessly */
    struct shape kernel = {4, {w.kh, w.kw, w.ic / w.groups, w.oc}};
    double area = (double)w.kh * (double)w.kw;
    int64_t fan_in = (int64_t)fmin(area * (double)kernel.dim[2], 1e18);
    int64_t fan_out = (int64_t)fmin(area * (double)w.oc, 1e18);
    if (weights_declare(net, n, PARAM_CONV, kernel, fan_in, fan_out))
        shape_set(net, n, window_output(n, &w));
}

static struct tensor *conv2d_lower(struct net *net, struct node *n)
{
    struct window w;
    window(net, n, &w);
    struct op *o = lower_unary(net, OP_CONV, n, n->x, n->out, "conv");
    op_in(o, n->params[0]->tensor);
    o->win = w;
    return weights_finish(net, n, o->out[0]);
}

const struct layer layer_conv2d = {
    .rec = {.name = "Conv2D",
            .alias = {"Convolution2D"},
            .doc = "Convolution: filters slide over an image.",
            .example = "Conv2D 32 3x3 relu same",
            .args = args},
    .keras = "Conv2D",
    .input = "8x8x3",
    .shape = conv2d_shape,
    .lower = conv2d_lower,
};
