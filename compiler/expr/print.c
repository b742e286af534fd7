/* print.c -- expressions as C: of floats, doubles or vectors. */
#include <string.h>

#include "expr/expr.h"

/* ---- functions that a form does not have become their expansions */

static bool has_function(const struct expr_function *f, enum expr_form form)
{
    return (form == EXPR_VECTOR ? f->vector : f->plain) != NULL;
}

bool expr_has_form(const struct expr *e, enum expr_form form)
{
    if (e->kind == EXPR_CALL && !has_function(e->function, form) && !e->function->expansion)
        return false;
    for (int i = 0; i < 3 && e->arg[i]; i++)
        if (!expr_has_form(e->arg[i], form))
            return false;
    return true;
}

static const struct expr *expanded_call(struct arena *a, const struct expr *e, enum expr_form form)
{
    if (!e->function->expansion)
        INTERNAL("%s() has no vector form", e->function->name);
    return expr_expand(a, expr_body(a, e->function->expansion, e), form);
}

const struct expr *expr_expand(struct arena *a, const struct expr *e, enum expr_form form)
{
    const struct expr *arg[3] = {NULL};
    for (int i = 0; i < 3 && e->arg[i]; i++)
        arg[i] = expr_expand(a, e->arg[i], form);
    switch (e->kind) {
    case EXPR_NUMBER:
    case EXPR_NAME: return e;
    case EXPR_NEGATE: return expr_negate(a, arg[0]);
    case EXPR_SELECT: return expr_select(a, arg[0], arg[1], arg[2]);
    case EXPR_CALL:
        e = expr_call(a, e->function, arg[0], arg[1]);
        return has_function(e->function, form) ? e : expanded_call(a, e, form);
    default: return expr_binary(a, e->kind, arg[0], arg[1]);
    }
}

/* ---- C */

/* How strongly an operator binds. An operand that binds less gets parentheses. */
enum level { LEVEL_SELECT, LEVEL_EQUAL, LEVEL_ORDER, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_UNARY, LEVEL_PRIMARY };

static const struct {
    const char *sign;
    enum level level;
} operators[] = {
    [EXPR_ADD] = {"+", LEVEL_SUM},          [EXPR_SUBTRACT] = {"-", LEVEL_SUM},
    [EXPR_MULTIPLY] = {"*", LEVEL_PRODUCT}, [EXPR_DIVIDE] = {"/", LEVEL_PRODUCT},
    [EXPR_LESS] = {"<", LEVEL_ORDER},       [EXPR_LESS_EQUAL] = {"<=", LEVEL_ORDER},
    [EXPR_GREATER] = {">", LEVEL_ORDER},    [EXPR_GREATER_EQUAL] = {">=", LEVEL_ORDER},
    [EXPR_EQUAL] = {"==", LEVEL_EQUAL},     [EXPR_NOT_EQUAL] = {"!=", LEVEL_EQUAL},
};

bool expr_is_vector(const struct expr *e)
{
    if (e->kind == EXPR_NAME)
        return !e->scalar;
    for (int i = 0; i < 3 && e->arg[i]; i++)
        if (expr_is_vector(e->arg[i]))
            return true;
    return false;
}

static const char *text_of(struct out *o, const struct expr *e, enum expr_form form, enum level least);

/* An argument of a verb. A number is copied to all lanes. */
static const char *operand(struct out *o, const struct expr *e)
{
    if (expr_is_vector(e))
        return text_of(o, e, EXPR_VECTOR, LEVEL_SELECT);
    if (e->kind == EXPR_NUMBER && e->number == 0)
        return "vf_zero()";
    return out_format(o, "vf_set1(%s)", text_of(o, e, EXPR_PLAIN, LEVEL_SELECT));
}

static const char *call_text(struct out *o, const struct expr *e, enum expr_form form)
{
    const struct expr_function *f = e->function;
    const bool verb = form == EXPR_VECTOR && expr_is_vector(e);
    const char *first = verb ? operand(o, e->arg[0]) : text_of(o, e->arg[0], EXPR_PLAIN, LEVEL_SELECT), *second = "";
    if (e->arg[1])
        second = out_format(o, ", %s", verb ? operand(o, e->arg[1]) : text_of(o, e->arg[1], EXPR_PLAIN, LEVEL_SELECT));
    if (verb)
        return out_format(o, "%s(%s%s)", f->vector, first, second);
    return out_format(o, "%s%s(%s%s)", f->plain, out_doubles(o) ? "" : "f", first, second);
}

static bool is_zero(const struct expr *e)
{
    return e->kind == EXPR_NUMBER && e->number == 0;
}

static const char *vector_select(struct out *o, const struct expr *e)
{
    const char *condition = text_of(o, e->arg[0], EXPR_VECTOR, LEVEL_SELECT);
    if (is_zero(e->arg[1]))
        return out_format(o, "vf_and(~(%s), %s)", condition, operand(o, e->arg[2]));
    if (is_zero(e->arg[2]))
        return out_format(o, "vf_and(%s, %s)", condition, operand(o, e->arg[1]));
    return out_format(o, "vf_select(%s, %s, %s)", condition, operand(o, e->arg[1]), operand(o, e->arg[2]));
}

static const char *plain_select(struct out *o, const struct expr *e)
{
    return out_format(o, "%s ? %s : %s", text_of(o, e->arg[0], EXPR_PLAIN, LEVEL_EQUAL),
                      text_of(o, e->arg[1], EXPR_PLAIN, LEVEL_SELECT), text_of(o, e->arg[2], EXPR_PLAIN, LEVEL_SELECT));
}

/* A side of an operator. C converts a number beside a vector to its lanes, unless that loses digits, as it does with
 * 0.2f where C computes floats as long double. */
static const char *side(struct out *o, const struct expr *e, enum expr_form form, enum level least, bool of_vector)
{
    const bool exact = e->kind == EXPR_NAME || (e->kind == EXPR_NUMBER && (double)(float)e->number == e->number);
    return of_vector && !expr_is_vector(e) && !exact ? operand(o, e) : text_of(o, e, form, least);
}

/* The text, and how strongly its outermost operator binds. */
static const char *bare_text(struct out *o, const struct expr *e, enum expr_form form, enum level *level)
{
    *level = LEVEL_PRIMARY;
    switch (e->kind) {
    case EXPR_NUMBER: *level = e->number < 0 ? LEVEL_UNARY : LEVEL_PRIMARY; return out_literal(o, e->number);
    case EXPR_NAME: return e->name;
    case EXPR_CALL: return call_text(o, e, form);
    case EXPR_NEGATE:
        if (form == EXPR_VECTOR && expr_is_vector(e))
            return out_format(o, "vf_minus(%s)", operand(o, e->arg[0]));
        *level = LEVEL_UNARY;
        return out_format(o, "-%s", text_of(o, e->arg[0], form, LEVEL_PRIMARY));
    case EXPR_SELECT:
        if (form == EXPR_VECTOR && expr_is_vector(e))
            return vector_select(o, e);
        *level = LEVEL_SELECT;
        return plain_select(o, e);
    default: *level = operators[e->kind].level;
    }
    const bool vector = form == EXPR_VECTOR && expr_is_vector(e);
    return out_format(o, "%s %s %s", side(o, e->arg[0], form, *level, vector), operators[e->kind].sign,
                      side(o, e->arg[1], form, *level + 1, vector));
}

static const char *text_of(struct out *o, const struct expr *e, enum expr_form form, enum level least)
{
    enum level level;
    const char *text = bare_text(o, e, form, &level);
    return level < least ? out_format(o, "(%s)", text) : text;
}

const char *expr_c(struct out *o, const struct expr *e, enum expr_form form)
{
    return text_of(o, expr_expand(out_arena(o), e, form), form, LEVEL_SELECT);
}

const char *expr_vector_c(struct out *o, const struct expr *e)
{
    return operand(o, expr_expand(out_arena(o), e, EXPR_VECTOR));
}
