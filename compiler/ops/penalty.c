/* penalty.c -- the loss grows by l1 sum|x| + l2 sum x^2; the gradient of x by l1 sign(x) + 2 l2 x. It does not change
 * the output, so inference does not need it. */
#include "ops/ops.h"

static void penalty_gradient(struct net *n, struct op *o, struct tensor *dx)
{
    struct tensor *x = o->in[0];
    if (!dx)
        return; /* only the penalty reads x; this cannot occur, because the network is a chain that ends in its loss */
    struct op *g = net_op(n, &op_penalty_grad, o->node);
    op_in(n, g, dx);
    op_in(n, g, x);
    op_out(n, g, grad_tensor(n, x));
    op_inherit(g, o);
    x->grad = g->out[0];
}

static const struct attribute attributes[] = {
    {.name = "l1", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, l1), .show = " l1="},
    {.name = "l2", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, l2), .show = " l2="},
    {0}};

const struct op_kind op_penalty = {.name = "penalty",
                                   .phase = PHASE_FORWARD,
                                   .operands = "x ->",
                                   .attributes = attributes,
                                   .gradient = penalty_gradient,
                                   .strip = STRIP_OP,
                                   .granularity = WHOLE_CHUNK,
                                   .sums = true};

static const struct op_kind *const epilogue[] = {&op_act_grad, NULL};

const struct op_kind op_penalty_grad = {.name = "penalty_grad",
                                        .phase = PHASE_BACKWARD,
                                        .operands = "dy x -> dx",
                                        .attributes = attributes,
                                        .epilogue = epilogue};
