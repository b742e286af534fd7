/* view.c -- the same memory in another shape; its gradient is a view, too. */
#include "ops/ops.h"

static void view_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    struct op *v = grad_data(n, &op_view, o, dy, NULL);
    v->phase = PHASE_BACKWARD;
    v->out[0]->view_of = dy;
}

const struct op_kind op_view = {
    .name = "view", .phase = PHASE_FORWARD, .operands = "x -> y", .gradient = view_gradient, .view = true};
