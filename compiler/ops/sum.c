/* sum.c -- the gradient of a tensor that two ops read. */
#include "ops/ops.h"

static const struct op_kind *const epilogue[] = {&op_act_grad, NULL};

static bool sum_adds(const struct op *o)
{
    return o->n_in == 2;
}

const struct op_kind op_sum = {.name = "sum",
                               .phase = PHASE_BACKWARD,
                               .operands = "dy1 dy2 -> dx",
                               .as_map = "a + b",
                               .epilogue = epilogue,
                               .adds = sum_adds};
