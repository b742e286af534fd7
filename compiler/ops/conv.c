/* conv.c -- y = x * w. dw = x correlated with dy; dx = dy * w turned round, for which w is transposed once a step. */
#include "ops/grad.h"

void grad_conv(struct net *n, struct op *o, struct tensor *dy)
{
    if (grad_wanted(o->in[1])) {
        struct op *dw = net_op(n, OP_CONV_WEIGHT, o->node);
        op_in(dw, o->in[0]);
        op_in(dw, dy);
        dw->win = o->win;
        grad_param(n, dw, o->in[1]);
    }
    if (grad_wanted(o->in[0]))
        grad_data(n, OP_CONV_DATA, o, dy, grad_prepared(n, OP_CONV_TRANSPOSE, o));
}
