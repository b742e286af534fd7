/* act_grad.c -- dx = dy f'(x), element by element; it joins the kernels that make dy. */
#include "ops/ops.h"

const struct attribute act_attributes[] = {
    {.name = "act", .type = ATTRIBUTE_RECORD, .offset = offsetof(struct op, act), .show = " "},
    {.name = "alpha", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, alpha), .show = " ", .show_if = "alpha"},
    {0}};

/* A map that copies a gradient is a view, which needs no kernel that it could join. */
static bool act_grad_joins(const struct op *o)
{
    const struct op *from = o->in[0]->producer;
    return !from || from->kind->formula != FORMULA_MAP || !from->kind->keeps_order || !from->kind->keeps_order(from);
}

/* s: y, or x if y is not enough (gelu) */
const struct op_kind op_act_grad = {.name = "act_grad",
                                    .phase = PHASE_BACKWARD,
                                    .operands = "dy s -> dx",
                                    .attributes = act_attributes,
                                    .place = EPILOGUE_ACT,
                                    .joins = act_grad_joins,
                                    .sinks = true};
