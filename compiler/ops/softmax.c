/* softmax.c -- y = exp(x) / sum exp(x) over the last dimension. dx = y (dy - sum dy y). */
#include "ops/ops.h"

static void softmax_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    grad_data(n, &op_softmax_grad, o, dy, o->out[0]);
}

static const char *softmax_activation(const struct op *o)
{
    (void)o;
    return "softmax";
}

const struct op_kind op_softmax = {.name = "softmax",
                                   .phase = PHASE_FORWARD,
                                   .operands = "x -> y",
                                   .gradient = softmax_gradient,
                                   .activation = softmax_activation};

static const struct op_kind *const epilogue[] = {&op_act_grad, NULL};

const struct op_kind op_softmax_grad = {
    .name = "softmax_grad", .phase = PHASE_BACKWARD, .operands = "dy y -> dx", .epilogue = epilogue};
