/* softmax.c -- y = exp(x) / sum exp(x) over the last dimension. dx = y (dy - sum dy y). */
#include "ops/grad.h"

void grad_softmax(struct net *n, struct op *o, struct tensor *dy)
{
    grad_data(n, OP_SOFTMAX_GRAD, o, dy, o->out[0]);
}
