/* noise.c -- y = x factor, or y = x + a draw. With a factor, dx = dy factor. An added number does not change the
 * gradient, so dx is dy, the same tensor. Inference keeps every element as it is. */
#include "ops/ops.h"

static void noise_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    if (o->n_out > 1)
        grad_data(n, &op_noise_grad, o, dy, o->out[1]);
    else
        grad_add(n, o->in[0], dy, o->node);
}

static const struct attribute attributes[] = {
    {.name = "deviation", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, deviation), .show = " "},
    STREAM_ATTRIBUTE,
    {0}};

const struct op_kind op_noise = {.name = "noise",
                                 .phase = PHASE_FORWARD,
                                 .operands = "x -> y factor",
                                 .attributes = attributes,
                                 .gradient = noise_gradient,
                                 .strip = STRIP_PASS,
                                 .step = true,
                                 .draws = true};

static const struct op_kind *const epilogue[] = {&op_act_grad, NULL};

const struct op_kind op_noise_grad = {
    .name = "noise_grad", .phase = PHASE_BACKWARD, .operands = "dy factor -> dx", .epilogue = epilogue};
