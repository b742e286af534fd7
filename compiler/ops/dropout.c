/* dropout.c -- a dropped element gets no gradient; a kept one gets it with the same factor. Inference keeps every
 * element as it is. */
#include "ops/ops.h"

static void dropout_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    grad_data(n, &op_dropout_grad, o, dy, o->out[1]);
}

static const struct attribute attributes[] = {
    {.name = "rate", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, rate), .show = " "},
    {.name = "channels", .type = ATTRIBUTE_FLAG, .offset = offsetof(struct op, channels), .show = " by channel"},
    {.name = "factor",
     .type = ATTRIBUTE_REAL,
     .offset = offsetof(struct op, factor),
     .show = " factor ",
     .show_if = "fill"},
    {.name = "shift",
     .type = ATTRIBUTE_REAL,
     .offset = offsetof(struct op, shift),
     .show = " shift ",
     .show_if = "fill"},
    {.name = "fill", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, fill), .show = " fill ", .show_if = "fill"},
    STREAM_ATTRIBUTE,
    {0}};

const struct op_kind op_dropout = {.name = "dropout",
                                   .phase = PHASE_FORWARD,
                                   .operands = "x -> y index",
                                   .attributes = attributes,
                                   .gradient = dropout_gradient,
                                   .strip = STRIP_PASS,
                                   .step = true,
                                   .draws = true};

static const struct attribute gradient_attributes[] = {
    {.name = "rate", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, rate), .show = " "},
    {.name = "channels", .type = ATTRIBUTE_FLAG, .offset = offsetof(struct op, channels)},
    {.name = "factor", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, factor)},
    {0}};

static const struct op_kind *const epilogue[] = {&op_act_grad, NULL};

const struct op_kind op_dropout_grad = {.name = "dropout_grad",
                                        .phase = PHASE_BACKWARD,
                                        .operands = "dy index -> dx",
                                        .attributes = gradient_attributes,
                                        .epilogue = epilogue};
