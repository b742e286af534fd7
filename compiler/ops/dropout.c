/* dropout.c -- what was dropped gets no gradient, what was kept gets it with the same factor. Inference passes everything. */
#include "ops/ops.h"

static void dropout_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    grad_data(n, &op_dropout_grad, o, dy, o->out[1]);
}

const struct op_kind op_dropout = {.name = "dropout",
                                   .phase = PHASE_FORWARD,
                                   .operands = "x -> y index",
                                   .gradient = dropout_gradient,
                                   .strip = STRIP_PASS,
                                   .step = true,
                                   .draws = true};

static const struct op_kind *const epilogue[] = {&op_act_grad, NULL};

const struct op_kind op_dropout_grad = {
    .name = "dropout_grad", .phase = PHASE_BACKWARD, .operands = "dy index -> dx", .epilogue = epilogue};
