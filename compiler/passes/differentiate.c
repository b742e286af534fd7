/* differentiate.c -- pass: LOSS, then the BACKWARD ops in reverse order, PREPARE ops for transposed weights, UPDATE ops
 * for parameters. */
#include <string.h>

#include "graph/layer.h"
#include "ops/ops.h"
#include "passes/passes.h"
#include "training/training.h"

/* What a FORWARD op without a gradient computes counts as constant. */
static bool is_differentiable(const struct op *o)
{
    return o->kind->gradient || o->phase != PHASE_FORWARD;
}

/* No gradient is needed before the first layer that is trained. */
static void mark_wanted(struct net *n)
{
    for (size_t i = 0; i < n->params.n; i++)
        n->params.at[i]->tensor->needs_grad = !n->params.at[i]->frozen;
    for (size_t i = 0; i < n->ops.n; i++) {
        const struct op *o = n->ops.at[i];
        bool wanted = false;
        for (int k = 0; k < o->n_in && !o->kind->detached; k++)
            wanted = wanted || o->in[k]->needs_grad;
        for (int k = 0; k < o->n_out; k++)
            o->out[k]->needs_grad = wanted && is_differentiable(o) && dtype_is_real(o->out[k]->dtype);
    }
}

/* An op without an output adds to the loss. */
static bool is_penalized(const struct net *n, const struct tensor *t)
{
    for (size_t i = 0; i < n->ops.n; i++) {
        if (n->ops.at[i]->n_out == 0 && n->ops.at[i]->in[0] == t)
            return true;
    }
    return false;
}

/* True if the loss includes the activation that makes the output. Then the computation is stable, and the gradient of
 * that op is not needed. But a penalty on the output needs the gradient of the output itself. */
static bool includes(const struct net *n, const struct loss *l)
{
    const struct op *o = n->output->producer;
    if (!l->logits_of || !o || !o->kind->activation || is_penalized(n, n->output))
        return false;
    return strcmp(l->logits_of, o->kind->activation(o)) == 0;
}

static void append_backward(struct net *n, size_t n_forward)
{
    for (size_t i = n_forward; i-- > 0;) {
        struct op *o = n->ops.at[i];
        const struct tensor *t = o->n_out ? o->out[0] : o->in[0];
        if (t->needs_grad && (t->grad || !o->n_out))
            o->kind->gradient(n, o, t->grad);
    }
}

/* For each node id, whether a loss depends on it, or on another use of its parameters. */
static bool *judged_nodes(const struct net *n)
{
    bool *judged = arena_alloc(ctx_arena(n->ctx), n->nodes.n * sizeof *judged);
    for (size_t i = 0; i < n->outputs.n; i++)
        judged[n->outputs.at[i].node->id] |= has_loss(n, i);
    net_mark_read(n, judged);
    for (size_t i = 0; i < n->nodes.n; i++)
        if (n->nodes.at[i]->shares)
            judged[n->nodes.at[i]->shares->id] |= judged[i];
    return judged;
}

/* A parameter that no gradient reaches, for example behind a step function, stays as it is. One warning for a layer. */
static void freeze_unreached(struct net *n)
{
    const bool *judged = judged_nodes(n);
    for (size_t i = 0; i < n->params.n; i++) {
        struct param *p = n->params.at[i];
        if (p->frozen || p->tensor->grad)
            continue;
        if (i == 0 || n->params.at[i - 1]->node != p->node)
            diag_warning(n->ctx, p->node->stmt->name_span, "unreached",
                         "no gradient reaches the parameters of '%s': %s",
                         p->node->stmt->label ? p->node->stmt->label : p->node->stmt->name,
                         judged[p->node->id] ? "the formulas behind it have none" : "no loss depends on them");
        p->frozen = true;
    }
}

static void append_losses(struct net *n)
{
    for (size_t i = 0; i < n->outputs.n; i++) {
        if (!has_loss(n, i))
            continue;
        net_aim(n, i);
        append_loss(n, includes(n, loss_of(n->train->loss)),
                    &(struct loss_terms){.loss = n->train->loss,
                                         .args = n->train->loss_args,
                                         .weight = n->train->goals[i].weight,
                                         .from_logits = loss_from_logits(n),
                                         .reach = loss_reach(n),
                                         .images = n->train->batch});
    }
    net_aim(n, 0);
}

void differentiate(struct net *n)
{
    if (ctx_errors(n->ctx) > 0 || !n->output)
        return;
    size_t n_forward = n->ops.n;
    mark_wanted(n);
    append_losses(n);
    append_backward(n, n_forward);
    for (size_t i = 0; i < n_forward; i++)
        if (n->ops.at[i]->kind->statistics)
            n->ops.at[i]->kind->statistics(n, n->ops.at[i]);
    freeze_unreached(n);
    for (size_t i = 0; i < n->params.n; i++) {
        if (!n->params.at[i]->frozen)
            append_update(n, n->params.at[i]);
    }
}
