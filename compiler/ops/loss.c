/* loss.c -- the loss, and the gradient of the network's output or of the logits in front of it. */
#include "ops/ops.h"

/* p: the output, when the op computes the activation that makes it, too. */
const struct op_kind op_loss = {.name = "loss",
                                .phase = PHASE_BACKWARD,
                                .operands = "x target p -> dx",
                                .granularity = WHOLE_CHUNK,
                                .step = true,
                                .sums = true,
                                .loss = true};

void append_loss(struct net *n, bool included, const struct loss_terms *terms)
{
    struct tensor *y = included ? n->output->producer->in[0] : n->output;
    struct op *o = net_op(n, &op_loss, n->nodes.at[n->nodes.n - 1]);
    op_in(o, y);
    op_in(o, n->target);
    if (included)
        op_in(o, n->output);
    op_out(o, grad_tensor(n, y));
    o->loss = terms->loss;
    o->from_logits = included || terms->from_logits;
    o->delta = terms->delta;
    o->smoothing = terms->smoothing;
    y->grad = o->out[0];
}
