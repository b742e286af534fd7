/* text.c -- expressions as text that parse.c reads back, and as a number. */
#include <string.h>

#include "expr/expr.h"

static const char *const signs[] = {
    [EXPR_ADD] = "+",    [EXPR_SUBTRACT] = "-",    [EXPR_MULTIPLY] = "*", [EXPR_DIVIDE] = "/",
    [EXPR_LESS] = "<",   [EXPR_LESS_EQUAL] = "<=", [EXPR_GREATER] = ">",  [EXPR_GREATER_EQUAL] = ">=",
    [EXPR_EQUAL] = "==", [EXPR_NOT_EQUAL] = "!=",
};

/* An operand: in parentheses unless it is one word. */
static const char *operand(struct arena *a, const struct expr *e)
{
    const bool word = e->kind == EXPR_NAME || e->kind == EXPR_CALL || (e->kind == EXPR_NUMBER && e->number >= 0);
    return word ? expr_text(a, e) : arena_printf(a, "(%s)", expr_text(a, e));
}

const char *expr_text(struct arena *a, const struct expr *e)
{
    switch (e->kind) {
    case EXPR_NUMBER: return arena_printf(a, "%.17g", e->number);
    case EXPR_NAME: return e->name;
    case EXPR_CALL:
        return e->arg[1]
                   ? arena_printf(a, "%s(%s, %s)", e->function->name, expr_text(a, e->arg[0]), expr_text(a, e->arg[1]))
                   : arena_printf(a, "%s(%s)", e->function->name, expr_text(a, e->arg[0]));
    case EXPR_NEGATE: return arena_printf(a, "-%s", operand(a, e->arg[0]));
    case EXPR_SELECT:
        return arena_printf(a, "%s ? %s : %s", operand(a, e->arg[0]), operand(a, e->arg[1]), operand(a, e->arg[2]));
    default: return arena_printf(a, "%s %s %s", operand(a, e->arg[0]), signs[e->kind], operand(a, e->arg[1]));
    }
}

static double value_of_name(const char *name, const struct expr_at *names)
{
    for (; names->name; names++)
        if (strcmp(names->name, name) == 0)
            return names->value;
    return 0;
}

static double value_of_call(struct arena *a, const struct expr *e, const struct expr_at *names)
{
    const struct expr_function *f = e->function;
    if (f->one)
        return f->one(expr_value(a, e->arg[0], names));
    if (f->two)
        return f->two(expr_value(a, e->arg[0], names), expr_value(a, e->arg[1], names));
    return expr_value(a, expr_body(a, f->expansion, e), names);
}

double expr_value(struct arena *a, const struct expr *e, const struct expr_at *names)
{
    if (e->kind == EXPR_NUMBER || e->kind == EXPR_NAME)
        return e->kind == EXPR_NUMBER ? e->number : value_of_name(e->name, names);
    if (e->kind == EXPR_CALL)
        return value_of_call(a, e, names);
    const double x = expr_value(a, e->arg[0], names), y = e->arg[1] ? expr_value(a, e->arg[1], names) : 0;
    switch (e->kind) {
    case EXPR_NEGATE: return -x;
    case EXPR_ADD: return x + y;
    case EXPR_SUBTRACT: return x - y;
    case EXPR_MULTIPLY: return x * y;
    case EXPR_DIVIDE: return x / y;
    case EXPR_LESS: return x < y;
    case EXPR_LESS_EQUAL: return x <= y;
    case EXPR_GREATER: return x > y;
    case EXPR_GREATER_EQUAL: return x >= y;
    case EXPR_EQUAL: return x == y;
    case EXPR_NOT_EQUAL: return x != y;
    default: return x != 0 ? y : expr_value(a, e->arg[2], names);
    }
}
