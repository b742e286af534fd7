/* bias.c -- y = x + b. db is the sum of dy over all pixels; dx is dy, the same tensor. */
#include "ops/grad.h"

void grad_bias(struct net *n, struct op *o, struct tensor *dy)
{
    if (grad_wanted(o->in[1])) {
        struct op *db = net_op(n, OP_BIAS_GRAD, o->node);
        op_in(db, dy);
        grad_param(n, db, o->in[1]);
    }
    if (grad_wanted(o->in[0]))
        grad_add(n, o->in[0], dy, o->node);
}
