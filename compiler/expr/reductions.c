/* reductions.c -- sums and the like over axes, which users' formulas may have. One a row; those with a text are written
 * with others. */
#include <string.h>

#include "expr/expr.h"

static const struct expr_reduction rows[] = {
    {"sum", NULL},
    {"mean", NULL},
    {"max", NULL},
    {"min", NULL},
    {"prod", NULL},
    {"var", "mean((a - mean(a)) * (a - mean(a)))"},
    {"std", "sqrt(mean((a - mean(a)) * (a - mean(a))))"},
    {"norm", "sqrt(sum(a * a))"},
    {"logsumexp", "log(sum(exp(a - stop(max(a))))) + stop(max(a))"},
};

const struct expr_reduction *expr_reduction(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!strcmp(rows[i].name, name))
            return &rows[i];
    return NULL;
}

const struct expr *expr_innermost(const struct expr *e)
{
    for (int i = 0; i < 3 && e->arg[i]; i++) {
        const struct expr *inner = expr_innermost(e->arg[i]);
        if (inner)
            return inner;
    }
    return e->kind == EXPR_REDUCE ? e : NULL;
}

bool expr_axes(const struct expr *e, int rank, unsigned *axes)
{
    *axes = e->axes ? 0 : (1U << rank) - 1;
    for (int axis = -MOST_AXIS_NUMBER; axis <= MOST_AXIS_NUMBER; axis++) {
        if (!(e->axes >> (axis + MOST_AXIS_NUMBER) & 1))
            continue;
        const int at = axis < 0 ? rank + axis : axis - 1;
        if (at < 0 || at >= rank)
            return false;
        *axes |= 1U << at;
    }
    return true;
}
