/* gradient.c -- helpers with which gradient rules append ops. */
#include "ops/ops.h"

bool grad_wanted(const struct tensor *t)
{
    return t->needs_grad;
}

struct tensor *grad_tensor(struct net *n, struct tensor *t)
{
    struct tensor *g = net_tensor(n, arena_printf(ctx_arena(n->ctx), "d_%s", t->name), t->shape, ROLE_GRADIENT);
    g->grad_of = t;
    return g;
}

void grad_add(struct net *n, struct tensor *t, struct tensor *g, struct node *node)
{
    if (!t->grad) {
        t->grad = g;
        return;
    }
    struct op *o = net_op(n, &op_sum, node);
    op_in(n, o, t->grad);
    op_in(n, o, g);
    op_out(n, o, grad_tensor(n, t));
    t->grad = o->out[0];
}

void grad_param(struct net *n, struct op *o, struct tensor *w)
{
    struct tensor *dw = grad_tensor(n, w);
    dw->role = ROLE_PARAM_GRAD;
    dw->param = w->param;
    w->param->tensor->grad = dw;
    op_out(n, o, dw);
}

struct op *grad_data(struct net *n, const struct op_kind *kind, struct op *of, struct tensor *dy, struct tensor *extra)
{
    struct op *o = net_op(n, kind, of->node);
    op_in(n, o, dy);
    if (extra)
        op_in(n, o, extra);
    op_out(n, o, grad_tensor(n, of->in[0]));
    op_inherit(o, of);
    grad_add(n, of->in[0], o->out[0], of->node);
    return o;
}

struct tensor *weights_prepared(struct net *n, const struct op_kind *kind, const struct op *of, struct tensor *w)
{
    struct shape s = w->shape;
    int64_t last = s.dim[s.rank - 1];
    s.dim[s.rank - 1] = s.dim[s.rank - 2];
    s.dim[s.rank - 2] = last;
    struct tensor *t = net_tensor(n, arena_printf(ctx_arena(n->ctx), "%s_t", w->name), s, ROLE_PREPARED);
    t->param = w->param;
    struct op *o = net_op(n, kind, of->node);
    op_in(n, o, w);
    op_out(n, o, t);
    op_inherit(o, of);
    return t;
}
