/* reduce.c -- sum, mean, max, min, prod or argmax over some axes, of a formula of one or more tensors. */
#include <string.h>

#include "expr/expr.h"
#include "ops/ops.h"

const char *const reductions[REDUCTIONS] = {
    [REDUCE_SUM] = "sum", [REDUCE_MEAN] = "mean", [REDUCE_MAX] = "max",
    [REDUCE_MIN] = "min", [REDUCE_PROD] = "prod", [REDUCE_ARGMAX] = "argmax",
};

enum reduction reduction_named(const char *name)
{
    int i = 0;
    while (strcmp(reductions[i], name) != 0)
        i++;
    return (enum reduction)i;
}

enum reduction reduction_of(const struct op *o)
{
    return reduction_named(map_of(o)->reduction);
}

bool map_compares(const struct op *o)
{
    const enum reduction r = map_of(o)->reduction ? reduction_of(o) : REDUCE_SUM;
    return r == REDUCE_MAX || r == REDUCE_MIN || r == REDUCE_ARGMAX;
}

struct op *append_reduce(struct net *n, struct node *node, enum reduction reduction, const char *formula,
                         struct tensor *const *x, int count, struct shape full, struct shape kept, struct tensor *y)
{
    struct op *o = net_op(n, &op_reduce, node);
    struct map_op *m = (struct map_op *)(void *)o;
    for (int i = 0; i < count; i++)
        op_in(n, o, x[i]);
    op_out(n, o, y);
    m->formula = formula;
    m->full = full;
    m->kept = kept;
    m->reduction = reductions[reduction];
    return o;
}

/* ---- gradients */

/* The tensor in the shape that keeps reduced axes. */
static struct tensor *kept_view(struct net *n, const struct op *o, struct tensor *t)
{
    if (shape_equal(t->shape, map_of(o)->kept))
        return t;
    const char *name = arena_printf(ctx_arena(n->ctx), "%s_kept", t->name);
    struct op *v = net_op(n, &op_view, o->node);
    v->phase = PHASE_BACKWARD;
    op_in(n, v, t);
    op_out(n, v, net_tensor(n, name, map_of(o)->kept, ROLE_GRADIENT));
    v->out[0]->view_of = t;
    return v->out[0];
}

/* A reduction of a formula of o's operands, and of `more` behind them unless it is NULL, over the same axes; in the
 * shape that keeps them. */
static struct tensor *beside(struct net *n, const struct op *o, enum reduction reduction, const char *formula,
                             struct tensor *more, const char *what)
{
    const struct map_op *m = map_of(o);
    struct tensor *x[MOST_OPERANDS];
    for (int i = 0; i < o->n_in; i++)
        x[i] = o->in[i];
    x[o->n_in] = more;
    const char *name = arena_printf(ctx_arena(n->ctx), "%s_%s", o->out[0]->name, what);
    struct tensor *t = net_tensor(n, name, m->kept, ROLE_GRADIENT);
    const int count = o->n_in + (more ? 1 : 0);
    append_reduce(n, o->node, reduction, formula, x, count, m->full, m->kept, t)->phase = PHASE_BACKWARD;
    return t;
}

/* What dy is multiplied by where the formula has the value f. Equal maxima share the gradient. A product is divided by
 * the value, unless that is zero. */
static const char *rule_of(enum reduction r, struct arena *a, double terms)
{
    switch (r) {
    case REDUCE_MEAN: return arena_printf(a, "dy * %.17g", 1 / terms);
    case REDUCE_MAX:
    case REDUCE_MIN: return "value == y ? dy / count : 0";
    case REDUCE_PROD: return "count == 0 ? dy * y / value : count == 1 ? (value == 0 ? dy * rest : 0) : 0";
    case REDUCE_ARGMAX: return NULL;
    default: return "dy";
    }
}

/* The tensors that the rule mentions beside dy and y, behind the `count` factors; how many there are then. */
static int add_factors(struct net *n, const struct op *o, struct tensor *y, struct factor *factors, int count)
{
    struct arena *a = ctx_arena(n->ctx);
    const char *f = map_of(o)->formula;
    switch (reduction_of(o)) {
    case REDUCE_MAX:
    case REDUCE_MIN:
        f = arena_printf(a, "(%s) == %s ? 1 : 0", f, op_operand(a, o->kind, o->n_in, false));
        factors[count++] = (struct factor){"count", beside(n, o, REDUCE_SUM, f, y, "count")};
        break;
    case REDUCE_PROD:
        factors[count++] =
            (struct factor){"count", beside(n, o, REDUCE_SUM, arena_printf(a, "(%s) == 0 ? 1 : 0", f), NULL, "count")};
        factors[count++] = (struct factor){
            "rest", beside(n, o, REDUCE_PROD, arena_printf(a, "(%s) == 0 ? 1 : (%s)", f, f), NULL, "rest")};
        break;
    default: break;
    }
    return count;
}

static void reduce_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    struct arena *a = ctx_arena(n->ctx);
    const struct map_op *m = map_of(o);
    const enum reduction r = reduction_of(o);
    const double terms = (double)(shape_size(m->full) / shape_size(m->kept));
    const char *rule = rule_of(r, a, terms);
    if (!rule)
        return;
    struct tensor *y = r == REDUCE_SUM || r == REDUCE_MEAN ? o->out[0] : kept_view(n, o, o->out[0]);
    struct factor factors[MOST_OPERANDS + 4] = {{"dy", kept_view(n, o, dy)}, {"y", y}};
    int count = 2;
    for (int i = 0; i < o->n_in; i++)
        factors[count++] = (struct factor){op_operand(a, o->kind, i, false), o->in[i]};
    count = add_factors(n, o, y, factors, count);
    const struct expr *f = expr_of(a, m->formula);
    const struct expr *outer = expr_replace(a, expr_of(a, rule), expr_name(a, "value"), f);
    for (int i = 0; i < o->n_in; i++) {
        if (!grad_wanted(o->in[i]))
            continue;
        const struct expr *slope = expr_derivative(a, f, op_operand(a, o->kind, i, false), NULL);
        grad_map(n, o->node, o->in[i], expr_times(a, outer, slope), factors, count, m->full);
    }
}

static const struct attribute attributes[] = {
    {.name = "reduction", .type = ATTRIBUTE_TEXT, .offset = offsetof(struct map_op, reduction), .show = " "},
    {.name = "formula", .type = ATTRIBUTE_TEXT, .offset = offsetof(struct map_op, formula), .show = " "},
    {.name = "full", .type = ATTRIBUTE_SHAPE, .offset = offsetof(struct map_op, full), .show = " over "},
    {.name = "kept", .type = ATTRIBUTE_SHAPE, .offset = offsetof(struct map_op, kept)},
    {0}};

const struct op_kind op_peak = {.name = "peak",
                                .phase = PHASE_FORWARD,
                                .operands = MAP_OPERANDS " -> y",
                                .attributes = attributes,
                                .size = sizeof(struct map_op),
                                .formula = FORMULA_REDUCED,
                                .layout = reduce_layout};

const struct op_kind op_reduce = {.name = "reduce",
                                  .phase = PHASE_FORWARD,
                                  .operands = MAP_OPERANDS " -> y",
                                  .attributes = attributes,
                                  .size = sizeof(struct map_op),
                                  .gradient = reduce_gradient,
                                  .formula = FORMULA_REDUCED,
                                  .layout = reduce_layout};
