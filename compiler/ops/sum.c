/* sum.c -- the gradient of a tensor that two ops read. */
#include "ops/ops.h"

static const struct op_kind *const epilogue[] = {&op_act_grad, NULL};

const struct op_kind op_sum = {
    .name = "sum", .phase = PHASE_BACKWARD, .operands = "dy1 dy2 -> dx", .epilogue = epilogue};
