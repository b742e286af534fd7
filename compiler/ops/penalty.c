/* penalty.c -- the loss grows by l1 sum|x| + l2 sum x^2; the gradient of x by l1 sign(x) + 2 l2 x. It says nothing about the output, so
 * inference does without. */
#include "ops/ops.h"

static void penalty_gradient(struct net *n, struct op *o, struct tensor *dx)
{
    struct tensor *x = o->in[0];
    if (!dx)
        return; /* nothing but the penalty reads x, and no loss: cannot be, the network is a chain to its loss */
    struct op *g = net_op(n, &op_penalty_grad, o->node);
    op_in(g, dx);
    op_in(g, x);
    op_out(g, grad_tensor(n, x));
    g->l1 = o->l1;
    g->l2 = o->l2;
    x->grad = g->out[0];
}

const struct op_kind op_penalty = {.name = "penalty",
                                   .phase = PHASE_FORWARD,
                                   .operands = "x ->",
                                   .gradient = penalty_gradient,
                                   .strip = STRIP_OP,
                                   .sums = true};

static const struct op_kind *const epilogue[] = {&op_act_grad, NULL};

const struct op_kind op_penalty_grad = {
    .name = "penalty_grad", .phase = PHASE_BACKWARD, .operands = "dy x -> dx", .epilogue = epilogue};
