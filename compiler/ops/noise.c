/* noise.c -- y = x factor gives dx = dy factor; what was added changes no gradient, so dx is dy, the same tensor. */
#include "ops/grad.h"

void grad_noise(struct net *n, struct op *o, struct tensor *dy)
{
    if (o->n_out > 1)
        grad_data(n, OP_NOISE_GRAD, o, dy, o->out[1]);
    else
        grad_add(n, o->in[0], dy, o->node);
}
