/* update.c -- a parameter makes a step along its gradient. One loop of the optimizer does all updates, so the op has no
 * kernel of its own. */
#include "ops/ops.h"

const struct op_kind op_update = {.name = "update", .phase = PHASE_UPDATE, .operands = "w dw ->"};

void append_update(struct net *n, const struct param *p)
{
    struct op *o = net_op(n, &op_update, p->node);
    op_in(n, o, p->tensor);
    op_in(n, o, p->tensor->grad);
}
