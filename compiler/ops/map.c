/* map.c -- y = f(a, b, c, ...), element by element, with numpy's broadcasting. The gradient comes from the derivative
 * of the formula. */
#include <string.h>

#include "expr/expr.h"
#include "ops/ops.h"

struct op *append_map(struct net *n, struct node *node, const char *formula, struct tensor *const *x, int count,
                      struct tensor *y)
{
    struct op *o = net_op(n, &op_map, node);
    struct map_op *m = (struct map_op *)(void *)o;
    if (count > MOST_OPERANDS)
        INTERNAL("'%s' has more than %d operands", formula, MOST_OPERANDS);
    for (int i = 0; i < count; i++)
        op_in(n, o, x[i]);
    op_out(n, o, y);
    m->formula = formula;
    m->full = m->kept = y->shape;
    return o;
}

/* ---- the gradient */

static int mentioned(const struct expr *e, const struct factor *factors, int count)
{
    int sum = 0;
    for (int i = 0; i < count; i++)
        sum += expr_mentions(e, factors[i].name);
    return sum;
}

/* The derivative of f by the factor. It uses y where that needs fewer tensors or less time. */
static const struct expr *slope_by(struct arena *a, const struct expr *f, const struct factor *factors, int count,
                                   const char *by)
{
    const struct expr *slope = expr_derivative(a, f, by, NULL);
    const struct expr *of_y = f->arg[0] ? expr_replace(a, slope, f, expr_name(a, "y")) : slope;
    const int more = mentioned(of_y, factors, count) - mentioned(slope, factors, count);
    return more < 0 || (more == 0 && expr_cycles(of_y) < expr_cycles(slope)) ? of_y : slope;
}

static void map_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    struct arena *a = ctx_arena(n->ctx);
    const struct expr *f = expr_of(a, map_of(o)->formula);
    struct factor factors[MOST_OPERANDS + 2] = {{"dy", dy}, {"y", o->out[0]}};
    for (int i = 0; i < o->n_in; i++)
        factors[2 + i] = (struct factor){op_operand(a, o->kind, i, false), o->in[i]};
    for (int i = 0; i < o->n_in; i++) {
        if (!grad_wanted(o->in[i]))
            continue;
        const struct expr *slope = slope_by(a, f, factors, 2 + o->n_in, factors[2 + i].name);
        grad_map(n, o->node, o->in[i], expr_times(a, expr_name(a, "dy"), slope), factors, 2 + o->n_in, map_of(o)->full);
    }
}

/* The kernels of a sum of two tensors of one shape need no formula. */
static bool map_adds(const struct op *o)
{
    return o->n_in == 2 && strcmp(map_of(o)->formula, "a + b") == 0 && shape_equal(o->in[0]->shape, o->in[1]->shape);
}

static const struct op_kind *const epilogue[] = {&op_act, NULL};

static const struct attribute attributes[] = {
    {.name = "formula", .type = ATTRIBUTE_TEXT, .offset = offsetof(struct map_op, formula), .show = " "}, {0}};

const struct op_kind op_map = {.name = "map",
                               .phase = PHASE_FORWARD,
                               .operands = MAP_OPERANDS " -> y",
                               .attributes = attributes,
                               .size = sizeof(struct map_op),
                               .gradient = map_gradient,
                               .formula = FORMULA_MAP,
                               .layout = map_layout,
                               .pads = true,
                               .epilogue = epilogue,
                               .adds = map_adds};
