/* orthogonal.c -- the loss grows by factor times the sum of |a . b| over all pairs of rows, or columns, a and b of a
 * matrix of weights, each divided by its length. It is added once a batch, by its first chunk, and so is its gradient.
 * Inference does not need it. */
#include "ops/ops.h"

/* The op stands before those that read the weights, so its gradient comes behind theirs, and is added. */
static void orthogonal_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    (void)dy; /* the sum of the loss has the gradient 1 */
    struct op *g = net_op(n, &op_orthogonal_grad, o->node);
    op_in(n, g, o->in[0]);
    op_inherit(g, o);
    grad_param(n, g, o->in[0]);
}

static const struct attribute attributes[] = {
    {.name = "factor", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, factor), .show = " factor="},
    {.name = "columns", .type = ATTRIBUTE_FLAG, .offset = offsetof(struct orthogonal_op, columns), .show = " columns"},
    {0}};

const struct op_kind op_orthogonal = {.name = "orthogonal",
                                      .phase = PHASE_FORWARD,
                                      .operands = "w ->",
                                      .attributes = attributes,
                                      .size = sizeof(struct orthogonal_op),
                                      .gradient = orthogonal_gradient,
                                      .strip = STRIP_OP,
                                      .granularity = WHOLE_CHUNK,
                                      .step = true,
                                      .sums = true};

const struct op_kind op_orthogonal_grad = {.name = "orthogonal_grad",
                                           .phase = PHASE_BACKWARD,
                                           .operands = "w -> dw",
                                           .attributes = attributes,
                                           .size = sizeof(struct orthogonal_op),
                                           .granularity = WHOLE_CHUNK,
                                           .step = true,
                                           .first = true};
