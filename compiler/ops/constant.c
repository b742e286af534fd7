/* constant.c -- y is the same numbers for every image. x only tells how many images there are. */
#include "ops/ops.h"
#include "ops/warp.h"

static const struct attribute attributes[] = {
    {.name = "values", .type = ATTRIBUTE_TEXT, .offset = offsetof(struct constant_op, values), .show = " "}, {0}};

const struct op_kind op_constant = {.name = "constant",
                                    .phase = PHASE_FORWARD,
                                    .operands = "x -> y",
                                    .attributes = attributes,
                                    .size = sizeof(struct constant_op),
                                    .detached = true,
                                    .layout = made_layout};
