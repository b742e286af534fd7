/* derive.c -- derivatives of expressions by the rules of calculus. tree.c simplifies them. */
#include <string.h>

#include "expr/expr.h"

static const struct expr *of_name(struct arena *a, const struct expr *e, const char *by,
                                  const struct expr_statements *lets)
{
    if (!strcmp(e->name, by))
        return expr_number(a, 1);
    for (size_t i = 0; lets && i < lets->list.n; i++)
        if (!strcmp(e->name, lets->list.at[i].name))
            return expr_derivative(a, lets->list.at[i].value, by, lets);
    return expr_number(a, 0);
}

static const struct expr *derive_call(struct arena *a, const struct expr *e, const char *by,
                                      const struct expr_statements *lets)
{
    const struct expr_function *f = e->function;
    const struct expr *sum = expr_number(a, 0);
    if (!f->derivative[0])
        return expr_derivative(a, expr_body(a, f->expansion, e), by, lets);
    for (int i = 0; i < f->arguments; i++) {
        const struct expr *inner = expr_derivative(a, e->arg[i], by, lets);
        sum = expr_binary(a, EXPR_ADD, sum, expr_binary(a, EXPR_MULTIPLY, expr_body(a, f->derivative[i], e), inner));
    }
    return sum;
}

static const struct expr *derive_product(struct arena *a, const struct expr *x, const struct expr *dx,
                                         const struct expr *y, const struct expr *dy)
{
    if (expr_equal(x, y))
        return expr_binary(a, EXPR_MULTIPLY, expr_binary(a, EXPR_MULTIPLY, expr_number(a, 2), x), dx);
    return expr_binary(a, EXPR_ADD, expr_binary(a, EXPR_MULTIPLY, dx, y), expr_binary(a, EXPR_MULTIPLY, x, dy));
}

static const struct expr *derive_quotient(struct arena *a, const struct expr *x, const struct expr *dx,
                                          const struct expr *y, const struct expr *dy)
{
    const struct expr *quotient = expr_binary(a, EXPR_DIVIDE, x, y);
    const struct expr *top = expr_binary(a, EXPR_SUBTRACT, dx, expr_binary(a, EXPR_MULTIPLY, quotient, dy));
    return expr_binary(a, EXPR_DIVIDE, top, y);
}

const struct expr *expr_derivative(struct arena *a, const struct expr *e, const char *by,
                                   const struct expr_statements *lets)
{
    const struct expr *d[3] = {NULL};
    if (e->kind == EXPR_NAME)
        return of_name(a, e, by, lets);
    if (e->kind == EXPR_CALL)
        return derive_call(a, e, by, lets);
    for (int i = 0; i < 3 && e->arg[i]; i++)
        d[i] = expr_derivative(a, e->arg[i], by, lets);
    switch (e->kind) {
    case EXPR_NEGATE: return expr_negate(a, d[0]);
    case EXPR_ADD:
    case EXPR_SUBTRACT: return expr_binary(a, e->kind, d[0], d[1]);
    case EXPR_MULTIPLY: return derive_product(a, e->arg[0], d[0], e->arg[1], d[1]);
    case EXPR_DIVIDE: return derive_quotient(a, e->arg[0], d[0], e->arg[1], d[1]);
    case EXPR_SELECT: return expr_select(a, e->arg[0], d[1], d[2]);
    default: return expr_number(a, 0); /* numbers, and comparisons, which are constant apart from their step */
    }
}

/* A comparison of x with zero may be one of y with zero. */
static const struct expr *signs_of_y(struct arena *a, const struct expr *e)
{
    const struct expr *x = expr_name(a, "x"), *y = expr_name(a, "y"), *zero = expr_number(a, 0);
    static const enum expr_kind kinds[] = {EXPR_GREATER, EXPR_LESS_EQUAL};
    for (int i = 0; i < 2; i++)
        e = expr_replace(a, e, expr_binary(a, kinds[i], x, zero), expr_binary(a, kinds[i], y, zero));
    return e;
}

const struct expr *expr_slope(struct arena *a, const struct expr *f, bool keeps_sign)
{
    const struct expr *slope = expr_derivative(a, f, "x", NULL);
    slope = expr_replace(a, slope, f, expr_name(a, "y"));
    const struct expr *of_y = keeps_sign ? signs_of_y(a, slope) : slope;
    return expr_mentions(of_y, "x") ? slope : of_y;
}
