/* penalty.c -- the loss grows by l1 sum|x| + l2 sum x^2; the gradient of x by l1 sign(x) + 2 l2 x. */
#include "ops/grad.h"

void grad_penalty(struct net *n, struct op *o)
{
    struct tensor *x = o->in[0];
    if (!x->grad)
        return; /* nothing but the penalty reads x, and no loss: cannot be, the network is a chain to its loss */
    struct op *g = net_op(n, OP_PENALTY_GRAD, o->node);
    op_in(g, x->grad);
    op_in(g, x);
    op_out(g, grad_tensor(n, x));
    g->l1 = o->l1;
    g->l2 = o->l2;
    x->grad = g->out[0];
}
