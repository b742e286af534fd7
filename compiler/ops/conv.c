/* conv.c -- y = x * w. dw = x correlated with dy; dx = dy * w rotated by 180 degrees, for which w is transposed once a
 * step. Instead, both may read weights that are transformed for Winograd's algorithm. A transposed convolution
 * exchanges the two: CONV_DATA goes forward, CONV backward. */
#include "ops/ops.h"

static void conv_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    if (grad_wanted(o->in[1])) {
        struct op *dw = net_op(n, &op_conv_weight, o->node);
        op_in(n, dw, o->in[0]);
        op_in(n, dw, dy);
        op_inherit(dw, o);
        grad_param(n, dw, o->in[1]);
    }
    if (grad_wanted(o->in[0]))
        grad_data(n, &op_conv_data, o, dy, weights_prepared(n, &op_conv_transpose, o, o->in[1]));
}

/* A transposed convolution is CONV_DATA as a forward op: its output is the larger plane, so that is convolved with the
 * weights for the gradient of its input, and stands for x in the gradient of its weights. */
static void conv_data_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    const struct tensor *wt = o->in[1];
    struct tensor *w = wt->param->tensor;
    if (grad_wanted(wt)) {
        struct op *dw = net_op(n, &op_conv_weight, o->node);
        op_in(n, dw, dy);
        op_in(n, dw, o->in[0]);
        op_inherit(dw, o);
        grad_param(n, dw, w);
    }
    if (grad_wanted(o->in[0]))
        grad_data(n, &op_conv, o, dy, w)->phase = PHASE_BACKWARD;
}

static int64_t conv_macs(const struct op *o)
{
    const struct window *w = &o->win;
    const int64_t volume = w->z.k ? w->z.out * w->z.k : 1;
    return volume * w->oh * w->ow * w->oc * w->kh * w->kw * (w->ic / w->groups);
}

static struct result_layout conv_layout(const struct op *o)
{
    return (struct result_layout){.channels = o->win.oc, .pixels = window_outputs(&o->win)};
}

static struct result_layout conv_data_layout(const struct op *o)
{
    return (struct result_layout){.channels = o->win.ic, .pixels = window_inputs(&o->win)};
}

static const struct attribute shown[] = {
    {.name = "win", .type = ATTRIBUTE_WINDOW, .offset = offsetof(struct op, win), .show = ""}, {0}};

static const struct attribute unshown[] = {
    {.name = "win", .type = ATTRIBUTE_WINDOW, .offset = offsetof(struct op, win)}, {0}};

static const struct op_kind *const epilogue[] = {&op_maxpool, &op_bias, &op_act, &op_act_grad, NULL};
static const struct op_kind *const data_epilogue[] = {&op_bias, &op_act, &op_act_grad, NULL};

const struct op_kind op_conv = {.name = "conv",
                                .phase = PHASE_FORWARD,
                                .operands = "x w -> y",
                                .attributes = shown,
                                .gradient = conv_gradient,
                                .epilogue = epilogue,
                                .merges = true,
                                .weighs = true,
                                .pads_input = true,
                                .carries_maximum = true,
                                .macs = conv_macs,
                                .layout = conv_layout,
                                .transform = &op_conv_transform};

const struct op_kind op_conv_data = {.name = "conv_data",
                                     .phase = PHASE_BACKWARD,
                                     .operands = "dy wt -> dx",
                                     .attributes = shown,
                                     .gradient = conv_data_gradient,
                                     .epilogue = data_epilogue,
                                     .merges = true,
                                     .macs = conv_macs,
                                     .layout = conv_data_layout,
                                     .transform = &op_conv_transform};

const struct op_kind op_conv_weight = {.name = "conv_weight",
                                       .phase = PHASE_BACKWARD,
                                       .operands = "x dy -> dw",
                                       .attributes = shown,
                                       .macs = conv_macs,
                                       .granularity = BY_TRAFFIC,
                                       .first = true};

/* [vector of results][plane][channels to sum over][lane], one plane for each place of the transformed window */
static struct prepared transform_prepared(const struct op *o, int64_t taps, int64_t inputs)
{
    (void)inputs;
    return (struct prepared){taps * o->win.ic, o->win.oc};
}

const struct op_kind op_conv_transform = {.name = "conv_transform",
                                          .phase = PHASE_PREPARE,
                                          .operands = "w -> wt",
                                          .attributes = unshown,
                                          .prepared = transform_prepared};

/* [vector of inputs][kh][out][kw][lane] */
static struct prepared transpose_prepared(const struct op *o, int64_t taps, int64_t inputs)
{
    (void)inputs;
    return (struct prepared){taps * (o->win.oc / o->win.groups), o->win.ic};
}

/* No op reads it if the gradient reads the transformed weights. */
const struct op_kind op_conv_transpose = {.name = "conv_transpose",
                                          .phase = PHASE_PREPARE,
                                          .operands = "w -> wt",
                                          .attributes = unshown,
                                          .prepared = transpose_prepared,
                                          .spare = true};
