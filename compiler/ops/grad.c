/* grad.c -- pass: LOSS, then the BACKWARD ops in reverse, PREPARE ops for transposed weights, UPDATE ops for
 * parameters. */
#include <string.h>

#include "catalog/catalog.h"
#include "passes/passes.h"
#include "training/training.h"
#include "ops/grad.h"

/* ---- what the rules append with */

bool grad_wanted(const struct tensor *t)
{
    return t->needs_grad;
}

struct tensor *grad_tensor(struct net *n, const struct tensor *t)
{
    return net_tensor(n, arena_printf(ctx_arena(n->ctx), "d_%s", t->name), t->shape, ROLE_GRADIENT);
}

void grad_add(struct net *n, struct tensor *t, struct tensor *g, struct node *node)
{
    if (!t->grad) {
        t->grad = g;
        return;
    }
    struct op *o = net_op(n, OP_SUM, node);
    op_in(o, t->grad);
    op_in(o, g);
    op_out(o, grad_tensor(n, t));
    t->grad = o->out[0];
}

void grad_param(struct net *n, struct op *o, const struct tensor *w)
{
    struct tensor *dw = grad_tensor(n, w);
    dw->role = ROLE_PARAM_GRAD;
    dw->param = w->param;
    w->param->tensor->grad = dw;
    op_out(o, dw);
}

struct op *grad_data(struct net *n, enum opcode code, struct op *of, struct tensor *dy, struct tensor *extra)
{
    struct op *o = net_op(n, code, of->node);
    op_in(o, dy);
    if (extra)
        op_in(o, extra);
    op_out(o, grad_tensor(n, of->in[0]));
    o->win = of->win;
    o->act = of->act;
    o->alpha = of->alpha;
    o->rate = of->rate;
    o->factor = of->factor;
    o->channels = of->channels;
    o->stream = of->stream;
    grad_add(n, of->in[0], o->out[0], of->node);
    return o;
}

struct tensor *grad_prepared(struct net *n, enum opcode code, struct op *of)
{
    const struct tensor *w = of->in[1];
    struct shape s = w->shape;
    int64_t last = s.dim[s.rank - 1];
    s.dim[s.rank - 1] = s.dim[s.rank - 2];
    s.dim[s.rank - 2] = last;
    struct tensor *t = net_tensor(n, arena_printf(ctx_arena(n->ctx), "%s_t", w->name), s, ROLE_PREPARED);
    t->param = w->param;
    struct op *o = net_op(n, code, of->node);
    op_in(o, of->in[1]);
    op_out(o, t);
    o->win = of->win;
    return t;
}

/* ---- rules */

static gradient_rule *const rules[OP_COUNT] = {
    [OP_CONV] = grad_conv,       [OP_DENSE] = grad_dense,     [OP_BIAS] = grad_bias,       [OP_ACT] = grad_act,
    [OP_SOFTMAX] = grad_softmax, [OP_MAXPOOL] = grad_maxpool, [OP_AVGPOOL] = grad_avgpool, [OP_VIEW] = grad_view,
    [OP_DROPOUT] = grad_dropout, [OP_NOISE] = grad_noise,
};

/* Below the first layer that is trained nobody asks for a gradient. */
static void mark_wanted(struct net *n)
{
    for (size_t i = 0; i < n->params.n; i++)
        n->params.at[i]->tensor->needs_grad = !n->params.at[i]->frozen;
    for (size_t i = 0; i < n->ops.n; i++) {
        const struct op *o = n->ops.at[i];
        bool wanted = false;
        for (int k = 0; k < o->n_in; k++)
            wanted = wanted || o->in[k]->needs_grad;
        for (int k = 0; k < o->n_out; k++)
            o->out[k]->needs_grad = wanted && o->out[k]->role == ROLE_ACTIVATION;
    }
}

/* ---- the loss */

static bool is_penalized(const struct net *n, const struct tensor *t)
{
    for (size_t i = 0; i < n->ops.n; i++) {
        if (n->ops.at[i]->code == OP_PENALTY && n->ops.at[i]->in[0] == t)
            return true;
    }
    return false;
}

/* Does the loss include the activation that makes the output? Then it is stable, and the op's own gradient is not
 * needed. A penalty on the output needs the gradient of the output itself. */
static bool includes(const struct net *n, const struct loss *l)
{
    const struct op *o = n->output->producer;
    if (!l->logits_of || !o || is_penalized(n, n->output))
        return false;
    if (o->code == OP_SOFTMAX)
        return strcmp(l->logits_of, "softmax") == 0;
    return o->code == OP_ACT && strcmp(l->logits_of, o->act->name) == 0;
}

static void append_loss(struct net *n)
{
    const struct record *rec = n->train->loss;
    bool included = includes(n, loss_of(rec));
    struct tensor *y = included ? n->output->producer->in[0] : n->output;
    const struct bound *args = n->train->loss_args;
    const struct bound *delta = args ? record_arg_maybe(rec, args, "delta") : NULL;
    const struct bound *smoothing = args ? record_arg_maybe(rec, args, "label_smoothing") : NULL;
    struct op *o = net_op(n, OP_LOSS, n->nodes.at[n->nodes.n - 1]);
    op_in(o, y);
    op_in(o, n->target);
    if (included)
        op_in(o, n->output);
    op_out(o, grad_tensor(n, y));
    o->loss = rec;
    o->from_logits = included || loss_from_logits(n);
    o->delta = delta ? delta->number : 0;
    o->smoothing = smoothing ? smoothing->number : 0;
    y->grad = o->out[0];
}

/* ---- the pass */

static void append_backward(struct net *n, size_t n_forward)
{
    for (size_t i = n_forward; i-- > 0;) {
        struct op *o = n->ops.at[i];
        if (o->code == OP_PENALTY) {
            if (o->in[0]->needs_grad)
                grad_penalty(n, o);
        } else if (o->out[0]->needs_grad && o->out[0]->grad) {
            rules[o->code](n, o, o->out[0]->grad);
        }
    }
}

static void append_updates(struct net *n)
{
    for (size_t i = 0; i < n->params.n; i++) {
        const struct param *p = n->params.at[i];
        if (p->frozen)
            continue;
        struct op *o = net_op(n, OP_UPDATE, p->node);
        op_in(o, p->tensor);
        op_in(o, p->tensor->grad);
    }
}

void differentiate(struct net *n)
{
    if (ctx_errors(n->ctx) > 0 || !n->output)
        return;
    size_t n_forward = n->ops.n;
    mark_wanted(n);
    append_loss(n);
    append_backward(n, n_forward);
    append_updates(n);
}
