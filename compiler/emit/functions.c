/* functions.c -- kernels as C functions: their heads and names, and where everything stands. */
#include <string.h>

#include "training/training.h"
#include "catalog/catalog.h"
#include "emit/calls.h"
#include "graph/layer.h"
#include "emit/inner.h"

/* ---- operands */

static void add_operand(struct operand_list *l, const struct tensor *t, const char *name, bool output)
{
    l->at[l->n++] = (struct operand){t, name, output};
}

struct operand_list operands_of(const struct plan *p, const struct op *o)
{
    struct arena *a = ctx_arena(p->net->ctx);
    struct operand_list l = {.n = 0};
    for (int i = 0; i < o->n_in; i++) {
        bool pooled = layout_of(p, o->in[i])->repr == REPR_POOLED;
        const struct op *pool = o->in[i]->producer;
        add_operand(&l, pooled ? pool->in[0] : o->in[i], op_operand(a, o->kind, i, false), false);
        if (pooled)
            add_operand(&l, pool->in[1], "index", false);
    }
    for (int i = 0; i < o->n_epilogue; i++)
        for (int j = 1; j < o->epilogue[i]->n_in; j++)
            add_operand(&l, o->epilogue[i]->in[j], op_operand(a, o->epilogue[i]->kind, j, false), false);
    if (o->n_out)
        add_operand(&l, op_result(o), op_operand(a, o->kind, 0, true), true);
    for (int i = 1; i < o->n_out; i++)
        add_operand(&l, o->out[i], op_operand(a, o->kind, i, true), true);
    for (int i = 0; i < o->n_epilogue; i++)
        for (int j = 1; j < o->epilogue[i]->n_out; j++)
            add_operand(&l, o->epilogue[i]->out[j], op_operand(a, o->epilogue[i]->kind, j, true), true);
    return l;
}

/* ---- names */

const char *network_prefix(const struct plan *p)
{
    return p->network ? arena_printf(ctx_arena(p->net->ctx), "other_%d_", p->network) : "";
}

/* ---- kernels */

static const char *operand_type(const struct plan *p, const struct operand *d)
{
    return arena_printf(ctx_arena(p->net->ctx), "%s%s *restrict", d->output ? "" : "const ",
                        dtype_type(d->tensor->dtype));
}

static const char *kernel_parameters(const struct plan *p, const struct kernel *k)
{
    struct arena *a = ctx_arena(p->net->ctx);
    const struct op_kind *kind = k->op->kind;
    struct operand_list l = operands_of(p, k->op);
    const char *text = "";
    for (int i = 0; i < l.n; i++)
        text = arena_printf(a, "%s%s%s %s", text, i ? ", " : "", operand_type(p, &l.at[i]), l.at[i].name);
    if (k->op->phase == PHASE_PREPARE)
        return text;
    return arena_printf(a, "%s, int n%s%s%s%s%s", text, kind->first ? ", int first" : "",
                        k->work ? arena_printf(a, ", %s *restrict work", p->number->name) : "",
                        kind->step ? ", const struct cnn_step *restrict step" : "",
                        kind->draws ? ", int64_t row, uint64_t stream" : "",
                        kind->sums ? ", struct cnn_sums *restrict sums" : "");
}

static const char *kernel_text(const struct plan *p, const struct kernel *k)
{
    struct out *o = out_new(ctx_arena(p->net->ctx), p->reference);
    if (k->strategy->emit_helpers)
        k->strategy->emit_helpers(o, p, k);
    out_printf(o, "%s void %s(%s)\n{\n", p->reference ? "CNN_SHARED" : "static", k->function, kernel_parameters(p, k));
    k->strategy->emit(o, p, k);
    out_text(o, "}\n\n");
    return out_finish(o);
}

/* "conv2d_1: Conv2D 64 3x3 relu" */
static const char *describe(const struct plan *p, const struct kernel *k)
{
    const struct node *n = k->op->node;
    return arena_printf(ctx_arena(p->net->ctx), "%s: %s", n->name, comment_text(p->net->ctx, node_print(p->net, n)));
}

/* x[12,12,32] w -> y[5,5,64] */
static const char *describe_operands(const struct plan *p, const struct kernel *k)
{
    struct arena *a = ctx_arena(p->net->ctx);
    struct operand_list l = operands_of(p, k->op);
    const char *text = "";
    bool arrow = false;
    for (int i = 0; i < l.n; i++) {
        text = arena_printf(
            a, "%s%s%s%s", text,
            l.at[i].output && !arrow ? " -> "
            : i                      ? " "
                                     : "",
            l.at[i].name,
            l.at[i].name[1] == '\0' || l.at[i].name[0] == 'd' ? shape_print(p->net->ctx, l.at[i].tensor->shape) : "");
        arrow |= l.at[i].output;
    }
    return text;
}

static void emit_heading(struct out *o, const struct core *c, size_t first)
{
    const struct plan *p = c->plan;
    const struct kernel *k = &p->kernels.at[first];
    out_printf(o, "/* %s\n", describe(p, k));
    int more = 0;
    for (size_t i = first + 1; i < p->kernels.n; i++)
        if (!strcmp(p->kernels.at[i].function, k->function) && ++more <= 3)
            out_printf(o, "%s\n", describe(p, &p->kernels.at[i]));
    if (more > 3)
        out_printf(o, "and %d more of that shape\n", more - 3);
    out_printf(o, "%s; %s: %s */\n", describe_operands(p, k), k->strategy->name, k->choice);
}

/* The kernels of a core that differ: the first of each kind. */
struct distinct {
    VEC(const struct kernel *) list;
};

static bool name_is_of(const struct kernel *k, const struct kernel *named)
{
    return !strcmp(k->function, named->function);
}

static bool is_equal_op(const struct kernel *k, const struct kernel *other)
{
    return k->memo && k->memo == other->memo;
}

static bool is_equal_text(const struct kernel *k, const struct kernel *other)
{
    return k->strategy == other->strategy && !strcmp(k->text, other->text);
}

static const struct kernel *find_kernel(const struct distinct *d, const struct kernel *k,
                                        bool (*fits)(const struct kernel *k, const struct kernel *other))
{
    for (size_t i = 0; i < d->list.n; i++)
        if (fits(k, d->list.at[i]))
            return d->list.at[i];
    return NULL;
}

/* Among those, and among all kernels of the cores before. */
static const struct kernel *find_anywhere(const struct core *c, const struct distinct *d, const struct kernel *k,
                                          bool (*fits)(const struct kernel *k, const struct kernel *other))
{
    const struct kernel *found = find_kernel(d, k, fits);
    for (const struct core *b = c->before; b && !found; b = b->before)
        for (size_t i = 0; i < b->plan->kernels.n && !found; i++)
            found = fits(k, &b->plan->kernels.at[i]) ? &b->plan->kernels.at[i] : NULL;
    return found;
}

/* Kernels of equal text are one function, named after the first. True when k is a function of its own. */
static bool name_kernel(const struct core *c, struct distinct *d, struct kernel *k)
{
    struct plan *p = c->plan;
    struct arena *a = ctx_arena(p->net->ctx);
    const struct kernel *same = find_kernel(d, k, is_equal_op);
    if (same) {
        k->function = same->function;
        k->text = same->text;
        return false;
    }
    k->function = "kernel";
    k->text = kernel_text(p, k);
    const struct kernel *equal = find_anywhere(c, d, k, is_equal_text);
    const char *base = arena_printf(a, "%s%s_%s", c->lower, k->op->node->ident, k->op->kind->name);
    k->function = equal ? equal->function : base;
    for (int number = 2; !equal && find_anywhere(c, d, k, name_is_of); number++)
        k->function = arena_printf(a, "%s_%d", base, number);
    vec_push(a, &d->list, k);
    return !equal;
}

void emit_kernels(struct out *o, const struct core *c)
{
    struct plan *p = c->plan;
    struct distinct distinct = {0};
    bool *own = arena_alloc(ctx_arena(p->net->ctx), p->kernels.n + 1);
    for (size_t i = 0; i < p->kernels.n; i++)
        own[i] = name_kernel(c, &distinct, &p->kernels.at[i]);
    for (size_t i = 0; i < p->kernels.n; i++)
        if (own[i]) {
            emit_heading(o, c, i);
            out_text(o, kernel_text(p, &p->kernels.at[i]));
        }
}

bool phase_needs(const struct plan *p, enum phase phase, bool step)
{
    for (size_t i = 0; i < p->kernels.n; i++) {
        const struct op *o = p->kernels.at[i].op;
        if (o->phase == phase && (step ? o->kind->step : o->kind->sums))
            return true;
    }
    return false;
}
