/* settle.c -- a user's tree in the form of the compiler's own: conditions only where one is asked for, numbers
 * elsewhere, and calls of constants as numbers. */
#include <float.h>
#include <math.h>

#include "expr/expr.h"

static bool compares(const struct expr *e)
{
    return e->kind >= EXPR_LESS && e->kind <= EXPR_NOT_EQUAL;
}

static bool float_holds(double x)
{
    return fabs(x) <= FLT_MAX && (x == 0 || (float)x != 0);
}

/* A call of constants as their number, if the compiler has the function itself. */
static const struct expr *called(struct arena *a, const struct expr *e)
{
    const struct expr_function *f = e->function;
    const struct expr *x = e->arg[0], *y = e->arg[1];
    if (x->kind != EXPR_NUMBER || (y && y->kind != EXPR_NUMBER))
        return e;
    if (y)
        return f->two ? expr_number(a, f->two(x->number, y->number)) : e;
    return f->one ? expr_number(a, f->one(x->number)) : e;
}

static bool divides_by_zero(const struct expr *e)
{
    return e->kind == EXPR_DIVIDE && e->arg[1]->kind == EXPR_NUMBER && e->arg[1]->number == 0;
}

static const struct expr *settled(struct arena *a, const struct expr *e, bool asked, bool *fits)
{
    const struct expr *arg[3] = {NULL};
    for (int i = 0; i < 3 && e->arg[i]; i++)
        arg[i] = settled(a, e->arg[i], e->kind == EXPR_SELECT && i == 0, fits);
    if (e->arg[0])
        e = expr_with_arguments(a, e, arg);
    if (e->kind == EXPR_CALL)
        e = called(a, e);
    if (e->kind == EXPR_NUMBER ? !float_holds(e->number) : divides_by_zero(e))
        *fits = false;
    if (compares(e) && !asked)
        return expr_select(a, e, expr_number(a, 1), expr_number(a, 0));
    return compares(e) || !asked ? e : expr_binary(a, EXPR_NOT_EQUAL, e, expr_number(a, 0));
}

const struct expr *expr_settle(struct arena *a, const struct expr *e)
{
    bool fits = true;
    e = settled(a, e, false, &fits);
    return fits ? e : NULL;
}
