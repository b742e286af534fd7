/* print.c -- the graph for people and golden files: parameters, then the ops of each phase, one kernel a line. */
#include "show/show.h"
#include "base/text.h"

struct printer {
    const struct net *net;
    struct text text;
};

static void put_tensor(struct printer *p, const struct tensor *t)
{
    text_add(&p->text, "%s %s", t->name, shape_print(p->net->ctx, t->shape));
}

/* ---- attributes */

/* " stride 2x1x3"; a window without depth has no first number. */
static void put_axes(struct printer *p, const char *what, bool depth, int64_t d, int64_t h, int64_t w)
{
    text_add(&p->text, "%s ", what);
    if (depth)
        text_add(&p->text, "%lldx", (long long)d);
    text_add(&p->text, "%lldx%lld", (long long)h, (long long)w);
}

static void put_window(struct printer *p, const struct window *w)
{
    const bool depth = w->z.k > 0;
    put_axes(p, w->adaptive ? " adaptive, at most" : "", depth, w->z.k, w->kh, w->kw);
    if (w->adaptive)
        return;
    if (w->sh != 1 || w->sw != 1 || w->z.s > 1)
        put_axes(p, " stride", depth, w->z.s, w->sh, w->sw);
    if (w->dh != 1 || w->dw != 1 || w->z.d > 1)
        put_axes(p, " dilation", depth, w->z.d, w->dh, w->dw);
    if (w->pt || w->pb || w->pl || w->pr || w->z.front || w->z.back) {
        text_add(&p->text, " pad ");
        if (depth)
            text_add(&p->text, "%lld,%lld,", (long long)w->z.front, (long long)w->z.back);
        text_add(&p->text, "%lld,%lld,%lld,%lld", (long long)w->pt, (long long)w->pb, (long long)w->pl,
                 (long long)w->pr);
    }
    if (w->groups != 1)
        text_add(&p->text, " groups %lld", (long long)w->groups);
}

static bool is_shown(const struct op *o, const struct attribute *t)
{
    if (t->type == ATTRIBUTE_SHAPE && ((const struct shape *)attribute_of(o, t))->rank == 0)
        return false;
    const struct attribute *other = t->show_if ? op_attribute(o->kind, t->show_if) : NULL;
    return t->show && (!other || *(const double *)attribute_of(o, other) != 0);
}

static void put_attribute(struct printer *p, const struct op *o, const struct attribute *t)
{
    const void *value = attribute_of(o, t);
    if (t->type == ATTRIBUTE_TEXT && !**(const char *const *)value)
        return;
    if (t->type != ATTRIBUTE_FLAG || *(const bool *)value)
        text_add(&p->text, "%s", t->show);
    switch (t->type) {
    case ATTRIBUTE_WINDOW: put_window(p, value); break;
    case ATTRIBUTE_RECORD: text_add(&p->text, "%s", (*(const struct record *const *)value)->name); break;
    case ATTRIBUTE_REAL: text_add(&p->text, "%g", *(const double *)value); break;
    case ATTRIBUTE_FLAG: break;
    case ATTRIBUTE_WHOLE: text_add(&p->text, "%lld", (long long)*(const int64_t *)value); break;
    case ATTRIBUTE_SHAPE: text_add(&p->text, "%s", shape_print(p->net->ctx, *(const struct shape *)value)); break;
    case ATTRIBUTE_TEXT: text_add(&p->text, "%s", *(const char *const *)value); break;
    }
}

static void put_attributes(struct printer *p, const struct op *o)
{
    for (const struct attribute *t = o->kind->attributes; t && t->name; t++)
        if (is_shown(o, t))
            put_attribute(p, o, t);
}

/* ---- ops */

static void put_inputs(struct printer *p, const struct op *o, int first)
{
    if (first >= o->n_in)
        return;
    for (int i = first; i < o->n_in; i++)
        text_add(&p->text, "%s%s", i > first ? ", " : "(", o->in[i]->name);
    text_add(&p->text, ")");
}

static void put_outputs(struct printer *p, const struct op *o)
{
    if (o->n_out == 0)
        return;
    put_tensor(p, op_result(o));
    for (int i = 1; i < o->n_out; i++)
        text_add(&p->text, ", %s", o->out[i]->name);
    for (int i = 0; i < o->n_epilogue; i++) {
        if (o->epilogue[i]->n_out > 1)
            text_add(&p->text, ", %s", o->epilogue[i]->out[1]->name);
    }
    text_add(&p->text, " = ");
}

static void put_op(struct printer *p, const struct op *o)
{
    text_add(&p->text, "  ");
    put_outputs(p, o);
    text_add(&p->text, "%s", o->kind->name);
    put_inputs(p, o, 0);
    put_attributes(p, o);
    for (int i = 0; i < o->n_epilogue; i++) {
        text_add(&p->text, " + %s", o->epilogue[i]->kind->name);
        put_inputs(p, o->epilogue[i], 1);
        put_attributes(p, o->epilogue[i]);
    }
    text_add(&p->text, "\n");
}

static void put_phase(struct printer *p, enum phase phase, const char *title)
{
    bool any = false;
    for (size_t i = 0; i < p->net->ops.n; i++) {
        const struct op *o = p->net->ops.at[i];
        if (o->phase != phase || o->epilogue_of)
            continue;
        text_add(&p->text, "%s%s", any ? "" : "\n", any ? "" : title);
        any = true;
        put_op(p, o);
    }
}

static void put_param(struct printer *p, const struct param *q)
{
    text_add(&p->text, "  %s %s %s", q->tensor->name, shape_print(p->net->ctx, q->shape), q->init->name);
    if (q->l1 > 0)
        text_add(&p->text, " l1=%g", q->l1);
    if (q->l2 > 0)
        text_add(&p->text, " l2=%g", q->l2);
    if (q->orthogonal.factor > 0)
        text_add(&p->text, " orthogonal=%g%s", q->orthogonal.factor, q->orthogonal.columns ? " columns" : "");
    if (q->constraint.given && !q->constraint.along)
        text_add(&p->text, " from=0");
    else if (q->constraint.given)
        text_add(&p->text, " norm=%g..%g", q->constraint.low, q->constraint.high);
    text_add(&p->text, "\n");
}

char *net_print(const struct net *n)
{
    struct printer p = {.net = n, .text = {.arena = ctx_arena(n->ctx)}};
    text_add(&p.text, "net %s: ", n->name);
    if (n->input && n->output) {
        put_tensor(&p, n->input);
        text_add(&p.text, " -> ");
        put_tensor(&p, n->output);
        text_add(&p.text, ", ");
    }
    text_add(&p.text, "%lld parameters\n\nparameters\n", (long long)net_parameters(n));
    for (size_t i = 0; i < n->params.n; i++)
        put_param(&p, n->params.at[i]);
    put_phase(&p, PHASE_PREPARE, "prepare\n");
    put_phase(&p, PHASE_FORWARD, "forward\n");
    put_phase(&p, PHASE_BACKWARD, "backward\n");
    put_phase(&p, PHASE_UPDATE, "update\n");
    return text_end(&p.text);
}
