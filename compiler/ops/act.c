/* act.c -- y = f(x), element by element. dx = dy f'(x); where f' can be told from y, x need not be kept. */
#include "catalog/catalog.h"
#include "ops/grad.h"

void grad_act(struct net *n, struct op *o, struct tensor *dy)
{
    grad_data(n, OP_ACT_GRAD, o, dy, activation_of(o->act)->from_output ? o->out[0] : o->in[0]);
}
