/* dense.c -- y = x W. dW = x^T dy; dx = dy W^T, for which W is transposed once a step. */
#include "ops/ops.h"

static void dense_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    if (grad_wanted(o->in[1])) {
        struct op *dw = net_op(n, &op_dense_weight, o->node);
        op_in(n, dw, o->in[0]);
        op_in(n, dw, dy);
        grad_param(n, dw, o->in[1]);
    }
    if (grad_wanted(o->in[0]))
        grad_data(n, &op_dense_data, o, dy, weights_prepared(n, &op_dense_transpose, o, o->in[1]));
}

static int64_t dense_macs(const struct op *o)
{
    return shape_size(o->in[1]->shape);
}

static int64_t dense_weight_macs(const struct op *o)
{
    return shape_size(o->out[0]->shape);
}

static struct result_layout dense_layout(const struct op *o)
{
    return (struct result_layout){.channels = shape_size(o->out[0]->shape), .pixels = 1};
}

static struct result_layout dense_data_layout(const struct op *o)
{
    return (struct result_layout){.like = o->in[1]->param->input};
}

static const struct op_kind *const epilogue[] = {&op_bias, &op_act, NULL};
static const struct op_kind *const data_epilogue[] = {&op_act_grad, NULL};

const struct op_kind op_dense = {.name = "dense",
                                 .phase = PHASE_FORWARD,
                                 .operands = "x w -> y",
                                 .gradient = dense_gradient,
                                 .epilogue = epilogue,
                                 .merges = true,
                                 .weighs = true,
                                 .macs = dense_macs,
                                 .layout = dense_layout,
                                 .granularity = WHOLE_CHUNK};

const struct op_kind op_dense_data = {.name = "dense_data",
                                      .phase = PHASE_BACKWARD,
                                      .operands = "dy wt -> dx",
                                      .epilogue = data_epilogue,
                                      .merges = true,
                                      .macs = dense_macs,
                                      .layout = dense_data_layout,
                                      .granularity = WHOLE_CHUNK};

const struct op_kind op_dense_weight = {.name = "dense_weight",
                                        .phase = PHASE_BACKWARD,
                                        .operands = "x dy -> dw",
                                        .macs = dense_weight_macs,
                                        .granularity = WHOLE_CHUNK,
                                        .first = true};

/* [vector of input places][out][lane] */
static struct prepared transpose_prepared(const struct op *o, int64_t taps, int64_t inputs)
{
    (void)taps;
    return (struct prepared){shape_channels(o->in[0]->shape), inputs};
}

const struct op_kind op_dense_transpose = {
    .name = "dense_transpose", .phase = PHASE_PREPARE, .operands = "w -> wt", .prepared = transpose_prepared};
