/* loss.c -- the loss, and the gradient of the output of the network or of the logits before it. */
#include "ops/ops.h"

static const struct attribute attributes[] = {
    {.name = "loss", .type = ATTRIBUTE_RECORD, .offset = offsetof(struct op, loss), .show = " "},
    {.name = "from_logits", .type = ATTRIBUTE_FLAG, .offset = offsetof(struct op, from_logits), .show = " from logits"},
    {.name = "delta",
     .type = ATTRIBUTE_REAL,
     .offset = offsetof(struct op, delta),
     .show = " delta=",
     .show_if = "delta"},
    {.name = "smoothing", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, smoothing)},
    {0}};

/* p: the output, if the op also computes the activation that makes it. */
const struct op_kind op_loss = {.name = "loss",
                                .phase = PHASE_BACKWARD,
                                .operands = "x target p -> dx",
                                .attributes = attributes,
                                .granularity = WHOLE_CHUNK,
                                .step = true,
                                .sums = true,
                                .loss = true};

void append_loss(struct net *n, bool included, const struct loss_terms *terms)
{
    struct tensor *y = included ? n->output->producer->in[0] : n->output;
    struct op *o = net_op(n, &op_loss, n->nodes.at[n->nodes.n - 1]);
    op_in(n, o, y);
    op_in(n, o, n->target);
    if (included)
        op_in(n, o, n->output);
    op_out(n, o, grad_tensor(n, y));
    o->loss = terms->loss;
    o->from_logits = included || terms->from_logits;
    o->delta = terms->delta;
    o->smoothing = terms->smoothing;
    y->grad = o->out[0];
}
