/* view.c -- the same memory in another shape, and so is its gradient. */
#include "ops/grad.h"

void grad_view(struct net *n, struct op *o, struct tensor *dy)
{
    struct op *v = grad_data(n, OP_VIEW, o, dy, NULL);
    v->phase = PHASE_BACKWARD;
    v->out[0]->view_of = dy;
}
