/* dropout.c -- what was dropped gets no gradient, what was kept gets it with the same factor. */
#include "ops/grad.h"

void grad_dropout(struct net *n, struct op *o, struct tensor *dy)
{
    grad_data(n, OP_DROPOUT_GRAD, o, dy, o->out[1]);
}
