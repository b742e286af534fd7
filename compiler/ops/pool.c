/* pool.c -- the largest of a window hands dy to where it stood, which the forward op left in its index; the mean
 * spreads it. */
#include "ops/grad.h"

void grad_maxpool(struct net *n, struct op *o, struct tensor *dy)
{
    grad_data(n, OP_MAXPOOL_GRAD, o, dy, o->out[1]);
}

void grad_avgpool(struct net *n, struct op *o, struct tensor *dy)
{
    grad_data(n, OP_AVGPOOL_GRAD, o, dy, NULL);
}
