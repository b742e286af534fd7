/* convolution.c -- what convolution layers share: windows from arguments, kernels, the op. */
#include <math.h>

#include "layers/layers.h"
#include "ops/ops.h"

struct window_args conv_args(const struct node *n)
{
    return (struct window_args){node_arg(n, "kernel"), node_arg(n, "strides"), node_arg(n, "dilation"),
                                node_arg(n, "padding")};
}

bool conv_window(struct net *net, struct node *n, int64_t filters, int64_t groups, struct window *w)
{
    const struct window_args args = conv_args(n);
    if (!window_make(net, n, &args, w))
        return false;
    w->oc = filters;
    w->groups = groups;
    return true;
}

bool conv_groups_divide(struct net *net, const struct node *n, int64_t filters, int64_t groups)
{
    const int64_t channels = shape_channels(n->in);
    const bool input = channels % groups != 0;
    if (!input && filters % groups == 0)
        return true;
    diag_error(net->ctx, node_arg(n, "groups")->span, "%lld groups do not divide the %lld %s of '%s'",
               (long long)groups, (long long)(input ? channels : filters), input ? "input channels" : "filters",
               n->stmt->name);
    if (input)
        shape_origin(net, n);
    return false;
}

int64_t conv_fan(const struct window *w, int64_t channels)
{
    const double depth = w->z.k ? (double)w->z.k : 1;
    return (int64_t)fmin(depth * (double)w->kh * (double)w->kw * (double)channels,
                         1e18); /* doubles overflow harmlessly */
}

struct shape conv_kernel_shape(const struct node *n, const struct window *w, int64_t in, int64_t out)
{
    const int64_t all[] = {w->z.k, w->kh, w->kw, in, out};
    struct shape s = {.rank = n->in.rank + 1};
    for (int i = 0; i < s.rank; i++)
        s.dim[i] = all[MAX_RANK - s.rank + i];
    return s;
}

bool depthwise_window(struct net *net, struct node *n, struct window *w)
{
    const int64_t channels = shape_channels(n->in);
    return conv_window(net, n, channels * (int64_t)node_arg(n, "depth_multiplier")->number, channels, w);
}

/* Keras computes the fans from the shape, although each output depends on one channel only. */
bool depthwise_declare(struct net *net, struct node *n, const char *name, const struct window *w)
{
    int64_t multiplier = w->oc / w->ic;
    return kernel_declare(net, n, name, PARAM_DEPTHWISE, conv_kernel_shape(n, w, w->ic, multiplier), conv_fan(w, w->ic),
                          conv_fan(w, multiplier));
}

struct window pixel_window(int64_t h, int64_t w, int64_t inputs, int64_t outputs)
{
    return (struct window){.kh = 1,
                           .kw = 1,
                           .sh = 1,
                           .sw = 1,
                           .dh = 1,
                           .dw = 1,
                           .ih = h,
                           .iw = w,
                           .oh = h,
                           .ow = w,
                           .ic = inputs,
                           .oc = outputs,
                           .groups = 1};
}

struct op *lower_conv(struct net *net, struct node *n, struct tensor *x, const struct param *kernel, struct window w,
                      struct shape out, const char *suffix)
{
    struct op *o = lower_unary(net, &op_conv, n, x, out, suffix);
    op_in(net, o, kernel->tensor);
    o->win = w;
    return o;
}

struct op *lower_conv_transpose(struct net *net, struct node *n, struct tensor *x, const struct param *kernel,
                                struct window w, struct shape out)
{
    const struct op like = {.kind = &op_conv_data, .node = n, .win = w};
    struct tensor *turned = weights_prepared(net, &op_conv_transpose, &like, kernel->tensor);
    struct op *o = lower_unary(net, &op_conv_data, n, x, out, "conv");
    o->phase = PHASE_FORWARD;
    op_in(net, o, turned);
    o->win = w;
    return o;
}
