/* tree.c -- trees of expressions, simplified while they are built. A simplification keeps the computed value, with one
 * exception: x * (1 / y) becomes x / y. */
#include <float.h>
#include <string.h>

#include "expr/expr.h"

static struct expr *node(struct arena *a, enum expr_kind kind)
{
    struct expr *e = arena_alloc(a, sizeof *e);
    e->kind = kind;
    e->size = 1;
    return e;
}

static struct expr *with_size(struct expr *e)
{
    for (int i = 0; i < 3 && e->arg[i]; i++)
        e->size += e->arg[i]->size;
    return e;
}

const struct expr *expr_number(struct arena *a, double number)
{
    struct expr *e = node(a, EXPR_NUMBER);
    e->number = number;
    return e;
}

const struct expr *expr_name(struct arena *a, const char *name)
{
    struct expr *e = node(a, EXPR_NAME);
    e->name = name;
    return e;
}

const struct expr *expr_scalar(struct arena *a, const char *name)
{
    struct expr *e = node(a, EXPR_NAME);
    e->name = name;
    e->scalar = true;
    return e;
}

const struct expr *expr_call(struct arena *a, const struct expr_function *f, const struct expr *x, const struct expr *y)
{
    struct expr *e = node(a, EXPR_CALL);
    e->function = f;
    e->arg[0] = x;
    e->arg[1] = y;
    return with_size(e);
}

const struct expr *expr_reduced(struct arena *a, const char *name, const struct expr *x, unsigned axes)
{
    struct expr *e = node(a, EXPR_REDUCE);
    e->name = name;
    e->axes = axes;
    e->arg[0] = x;
    return with_size(e);
}

static bool is_number(const struct expr *e, double number)
{
    return e->kind == EXPR_NUMBER && e->number == number;
}

const struct expr *expr_negate(struct arena *a, const struct expr *x)
{
    if (x->kind == EXPR_NUMBER) /* NOLINT(clang-analyzer-core.NullDereference): a negation has one */
        return expr_number(a, -x->number);
    if (x->kind == EXPR_NEGATE)
        return x->arg[0];
    struct expr *e = node(a, EXPR_NEGATE);
    e->arg[0] = x;
    return with_size(e);
}

/* ---- the simplest tree of an operator; NULL when nothing is simpler than the operator itself */

static const struct expr *simple_sum(struct arena *a, const struct expr *x, const struct expr *y)
{
    if (y->kind == EXPR_NEGATE)
        return expr_binary(a, EXPR_SUBTRACT, x, y->arg[0]);
    return is_number(x, 0) ? y : is_number(y, 0) ? x : NULL;
}

static const struct expr *simple_difference(struct arena *a, const struct expr *x, const struct expr *y)
{
    if (y->kind == EXPR_NEGATE)
        return expr_binary(a, EXPR_ADD, x, y->arg[0]);
    return is_number(y, 0) ? x : is_number(x, 0) ? expr_negate(a, y) : NULL;
}

static const struct expr *simple_product(struct arena *a, const struct expr *x, const struct expr *y)
{
    if (is_number(x, 0) || is_number(y, 0))
        return expr_number(a, 0);
    if (y->kind == EXPR_DIVIDE && is_number(y->arg[0], 1) && !is_number(x, 1))
        return expr_binary(a, EXPR_DIVIDE, x, y->arg[1]);
    return is_number(x, 1) ? y : is_number(y, 1) ? x : NULL;
}

static const struct expr *simple_quotient(struct arena *a, const struct expr *x, const struct expr *y)
{
    if (is_number(x, 0))
        return expr_number(a, 0);
    if (x->kind == EXPR_MULTIPLY && x->arg[0]->kind == EXPR_NUMBER && expr_equal(x->arg[0], y))
        return x->arg[1];
    return is_number(y, 1) ? x : NULL;
}

static bool compares(enum expr_kind kind, double x, double y)
{
    switch (kind) {
    case EXPR_LESS: return x < y;
    case EXPR_LESS_EQUAL: return x <= y;
    case EXPR_GREATER: return x > y;
    case EXPR_GREATER_EQUAL: return x >= y;
    case EXPR_EQUAL: return x == y;
    default: return x != y;
    }
}

static const struct expr *simplest(struct arena *a, enum expr_kind kind, const struct expr *x, const struct expr *y)
{
    const bool numbers = x->kind == EXPR_NUMBER && y->kind == EXPR_NUMBER;
    switch (kind) {
    case EXPR_ADD: return numbers ? expr_number(a, x->number + y->number) : simple_sum(a, x, y);
    case EXPR_SUBTRACT: return numbers ? expr_number(a, x->number - y->number) : simple_difference(a, x, y);
    case EXPR_MULTIPLY: return numbers ? expr_number(a, x->number * y->number) : simple_product(a, x, y);
    case EXPR_DIVIDE: return numbers ? expr_number(a, x->number / y->number) : simple_quotient(a, x, y);
    case EXPR_GREATER_EQUAL:
        if (y->kind == EXPR_NUMBER && y->number > DBL_MAX) /* a limit that there is not */
            return expr_number(a, 0);
        /* fall through */
    default: return numbers ? expr_number(a, compares(kind, x->number, y->number)) : NULL;
    }
}

const struct expr *expr_binary(struct arena *a, enum expr_kind kind, const struct expr *x, const struct expr *y)
{
    const struct expr *simple = simplest(a, kind, x, y);
    if (simple)
        return simple;
    struct expr *e = node(a, kind);
    e->arg[0] = x;
    e->arg[1] = y;
    return with_size(e);
}

const struct expr *expr_select(struct arena *a, const struct expr *condition, const struct expr *x,
                               const struct expr *y)
{
    if (expr_equal(x, y))
        return x;
    if (condition->kind == EXPR_NUMBER)
        return condition->number != 0 ? x : y;
    struct expr *e = node(a, EXPR_SELECT);
    e->arg[0] = condition;
    e->arg[1] = x;
    e->arg[2] = y;
    return with_size(e);
}

/* ---- looking at trees */

bool expr_equal(const struct expr *x, const struct expr *y)
{
    if (x == y)
        return true;
    if (!x || !y || x->kind != y->kind || x->number != y->number || x->function != y->function ||
        x->scalar != y->scalar || x->axes != y->axes || !x->name != !y->name ||
        (x->name && strcmp(x->name, y->name) != 0))
        return false;
    return expr_equal(x->arg[0], y->arg[0]) && expr_equal(x->arg[1], y->arg[1]) && expr_equal(x->arg[2], y->arg[2]);
}

bool expr_mentions(const struct expr *e, const char *name)
{
    if (e->kind == EXPR_NAME)
        return !strcmp(e->name, name);
    for (int i = 0; i < 3 && e->arg[i]; i++)
        if (expr_mentions(e->arg[i], name))
            return true;
    return false;
}

double expr_cycles(const struct expr *e)
{
    double cycles = e->kind == EXPR_CALL                             ? e->function->cycles
                    : e->kind == EXPR_NUMBER || e->kind == EXPR_NAME ? 0
                    : e->kind >= EXPR_LESS                           ? 0.25
                                                                     : 0.5;
    for (int i = 0; i < 3 && e->arg[i]; i++)
        cycles += expr_cycles(e->arg[i]);
    return cycles;
}

/* ---- new trees from given trees */

const struct expr *expr_with_arguments(struct arena *a, const struct expr *e, const struct expr *const *arg)
{
    switch (e->kind) {
    case EXPR_CALL: return expr_call(a, e->function, arg[0], arg[1]);
    case EXPR_REDUCE: return expr_reduced(a, e->name, arg[0], e->axes);
    case EXPR_NEGATE: return expr_negate(a, arg[0]);
    case EXPR_SELECT: return expr_select(a, arg[0], arg[1], arg[2]);
    default: return expr_binary(a, e->kind, arg[0], arg[1]);
    }
}

const struct expr *expr_replace(struct arena *a, const struct expr *e, const struct expr *what, const struct expr *with)
{
    if (expr_equal(e, what))
        return with;
    if (!e->arg[0])
        return e;
    const struct expr *arg[3] = {expr_replace(a, e->arg[0], what, with)};
    for (int i = 1; i < 3 && e->arg[i]; i++)
        arg[i] = expr_replace(a, e->arg[i], what, with);
    return expr_with_arguments(a, e, arg);
}

const struct expr *expr_set(struct arena *a, const struct expr *e, const char *name, double number)
{
    return expr_replace(a, e, expr_name(a, name), expr_number(a, number));
}

const struct expr *expr_times(struct arena *a, const struct expr *factor, const struct expr *e)
{
    switch (e->kind) {
    case EXPR_NUMBER: return expr_binary(a, EXPR_MULTIPLY, e, factor);
    case EXPR_MULTIPLY:
    case EXPR_DIVIDE: return expr_binary(a, e->kind, expr_times(a, factor, e->arg[0]), e->arg[1]);
    case EXPR_SELECT:
        return expr_select(a, e->arg[0], expr_times(a, factor, e->arg[1]), expr_times(a, factor, e->arg[2]));
    default: return expr_binary(a, EXPR_MULTIPLY, factor, e);
    }
}
