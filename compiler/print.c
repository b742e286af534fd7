/* print.c -- the graph for people and golden files: parameters, then the ops of each phase, one kernel a line. */
#include "net.h"

struct printer {
    const struct net *net;
    struct arena *arena;
    VEC(char) text;
};

static void put(struct printer *p, const char *fmt, ...) PRINTF(2, 3);
static void put(struct printer *p, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    for (const char *s = arena_vprintf(p->arena, fmt, ap); *s; s++)
        vec_push(p->arena, &p->text, *s);
    va_end(ap);
}

static void put_tensor(struct printer *p, const struct tensor *t)
{
    put(p, "%s %s", t->name, shape_print(p->net->ctx, t->shape));
}

/* ---- attributes */

static void put_window(struct printer *p, const struct window *w)
{
    put(p, " %lldx%lld", (long long)w->kh, (long long)w->kw);
    if (w->sh != 1 || w->sw != 1)
        put(p, " stride %lldx%lld", (long long)w->sh, (long long)w->sw);
    if (w->dh != 1 || w->dw != 1)
        put(p, " dilation %lldx%lld", (long long)w->dh, (long long)w->dw);
    if (w->pt || w->pb || w->pl || w->pr)
        put(p, " pad %lld,%lld,%lld,%lld", (long long)w->pt, (long long)w->pb, (long long)w->pl, (long long)w->pr);
    if (w->groups != 1)
        put(p, " groups %lld", (long long)w->groups);
}

static void put_attributes(struct printer *p, const struct op *o)
{
    switch (o->code) {
    case OP_CONV:
    case OP_CONV_DATA:
    case OP_CONV_WEIGHT:
    case OP_MAXPOOL:
    case OP_AVGPOOL:
    case OP_MAXPOOL_GRAD:
    case OP_AVGPOOL_GRAD: put_window(p, &o->win); break;
    case OP_ACT:
    case OP_ACT_GRAD:
        put(p, " %s", o->act->name);
        if (o->alpha != 0)
            put(p, " %g", o->alpha);
        break;
    case OP_DROPOUT: put(p, " %g stream %d", o->rate, o->stream); break;
    case OP_DROPOUT_GRAD: put(p, " %g", o->rate); break;
    case OP_PENALTY:
    case OP_PENALTY_GRAD: put(p, " l1=%g l2=%g", o->l1, o->l2); break;
    case OP_LOSS:
        put(p, " %s%s", o->loss->name, o->from_logits ? " from logits" : "");
        if (o->delta > 0)
            put(p, " delta=%g", o->delta);
        break;
    default: break;
    }
}

/* ---- ops */

static void put_inputs(struct printer *p, const struct op *o, int first)
{
    if (first >= o->n_in)
        return;
    for (int i = first; i < o->n_in; i++)
        put(p, "%s%s", i > first ? ", " : "(", o->in[i]->name);
    put(p, ")");
}

static void put_outputs(struct printer *p, const struct op *o)
{
    if (o->n_out == 0)
        return;
    put_tensor(p, op_result(o));
    for (int i = 1; i < o->n_out; i++)
        put(p, ", %s", o->out[i]->name);
    for (int i = 0; i < o->n_fold; i++) {
        if (o->fold[i]->n_out > 1)
            put(p, ", %s", o->fold[i]->out[1]->name);
    }
    put(p, " = ");
}

static void put_op(struct printer *p, const struct op *o)
{
    put(p, "  ");
    put_outputs(p, o);
    put(p, "%s", op_name(o->code));
    put_inputs(p, o, 0);
    put_attributes(p, o);
    for (int i = 0; i < o->n_fold; i++) {
        put(p, " + %s", op_name(o->fold[i]->code));
        put_inputs(p, o->fold[i], 1);
        put_attributes(p, o->fold[i]);
    }
    put(p, "\n");
}

static void put_phase(struct printer *p, enum phase phase, const char *title)
{
    bool any = false;
    for (size_t i = 0; i < p->net->ops.n; i++) {
        const struct op *o = p->net->ops.at[i];
        if (o->phase != phase || o->folded_into)
            continue;
        put(p, "%s%s", any ? "" : "\n", any ? "" : title);
        any = true;
        put_op(p, o);
    }
}

static void put_param(struct printer *p, const struct param *q)
{
    put(p, "  %s %s %s", q->tensor->name, shape_print(p->net->ctx, q->shape), q->init->name);
    if (q->l1 > 0)
        put(p, " l1=%g", q->l1);
    if (q->l2 > 0)
        put(p, " l2=%g", q->l2);
    put(p, "\n");
}

char *net_print(const struct net *n)
{
    struct printer p = {.net = n, .arena = ctx_arena(n->ctx)};
    put(&p, "net %s: ", n->name);
    if (n->input && n->output) {
        put_tensor(&p, n->input);
        put(&p, " -> ");
        put_tensor(&p, n->output);
        put(&p, ", ");
    }
    put(&p, "%lld parameters\n\nparameters\n", (long long)net_parameters(n));
    for (size_t i = 0; i < n->params.n; i++)
        put_param(&p, n->params.at[i]);
    put_phase(&p, PHASE_PREPARE, "prepare\n");
    put_phase(&p, PHASE_FORWARD, "forward\n");
    put_phase(&p, PHASE_BACKWARD, "backward\n");
    put_phase(&p, PHASE_UPDATE, "update\n");
    vec_push(p.arena, &p.text, '\0');
    return p.text.at;
}
