/* dense.c -- y = x W. dW = x^T dy; dx = dy W^T, for which W is transposed once a step. */
#include "ops/grad.h"

void grad_dense(struct net *n, struct op *o, struct tensor *dy)
{
    if (grad_wanted(o->in[1])) {
        struct op *dw = net_op(n, OP_DENSE_WEIGHT, o->node);
        op_in(dw, o->in[0]);
        op_in(dw, dy);
        grad_param(n, dw, o->in[1]);
    }
    if (grad_wanted(o->in[0]))
        grad_data(n, OP_DENSE_DATA, o, dy, grad_prepared(n, OP_DENSE_TRANSPOSE, o));
}
