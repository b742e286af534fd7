/* convolution.c -- what convolution layers share: windows from arguments, kernels, the op. */
#include <math.h>

#include "layers/layers.h"
#include "ops/ops.h"

bool conv_window(struct net *net, struct node *n, int64_t filters, int64_t groups, struct window *w)
{
    if (!window_make(net, n, node_arg(n, "kernel"), node_arg(n, "strides"), node_arg(n, "dilation"),
                     node_arg(n, "padding"), w))
        return false;
    w->oc = filters;
    w->groups = groups;
    return true;
}

bool conv_groups_divide(struct net *net, const struct node *n, const struct window *w)
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

int64_t conv_fan(const struct window *w, int64_t channels)
{
    return (int64_t)fmin((double)w->kh * (double)w->kw * (double)channels, 1e18); /* doubles overflow harmlessly */
}

/* Keras computes the fans from the shape, although each output depends on one channel only. */
bool depthwise_declare(struct net *net, struct node *n, const char *name, const struct window *w)
{
    int64_t multiplier = w->oc / w->ic;
    return kernel_declare(net, n, name, PARAM_DEPTHWISE, (struct shape){4, {w->kh, w->kw, w->ic, multiplier}},
                          conv_fan(w, w->ic), conv_fan(w, multiplier));
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
