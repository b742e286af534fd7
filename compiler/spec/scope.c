/* scope.c -- replaces $name and arithmetic by values */
#include "closest.h"
#include "spec/scope.h"

#include <math.h>
#include <string.h>

bool budget_spend(struct ctx *c, struct budget *b, struct span at, int n)
{
    if (b->spent <= MAX_VALUES)
        b->spent += n;
    if (b->spent > MAX_VALUES && !b->told)
        diag_error(c, at, "here the spec grows beyond %d statements or %d values", MAX_VALUES / VALUES_A_STATEMENT,
                   MAX_VALUES);
    b->told = b->spent > MAX_VALUES;
    return !b->told;
}

/* The innermost of that name, or NULL. */
static const struct binding *let_of(const struct scope *s, const char *name)
{
    for (; s; s = s->parent)
        for (size_t i = s->lets.n; i-- > 0;)
            if (strcmp(s->lets.at[i].name, name) == 0)
                return &s->lets.at[i];
    return NULL;
}

struct block *scope_block(const struct scope *s, const char *name)
{
    for (; s; s = s->parent)
        for (size_t i = s->blocks.n; i-- > 0;)
            if (strcmp(s->blocks.at[i]->name, name) == 0)
                return s->blocks.at[i];
    return NULL;
}

static void unknown_parameter(struct ctx *c, const struct scope *s, const struct value *v)
{
    enum { SHOWN = 20 }; /* nobody reads more messages than this, and every suggestion takes time */
    VEC(const char *) names = {0};
    for (; s && ctx_errors(c) < SHOWN; s = s->parent)
        for (size_t i = 0; i < s->lets.n; i++)
            vec_push(ctx_arena(c), &names, s->lets.at[i].name);
    const char *near = cnn_closest(v->text, names.at, names.n);
    if (near)
        diag_error_fix(c, v->span, arena_printf(ctx_arena(c), "$%s", near),
                       "nothing is named '$%s'; did you mean '$%s'?", v->text, near);
    else
        diag_error(c, v->span, "nothing is named '$%s'; 'let %s = ...' or the parameter of a block would", v->text,
                   v->text);
}

static void substitute(struct ctx *c, const struct scope *s, struct budget *b, struct value *v, struct binding *made)
{
    const struct binding *found = let_of(s, v->text);
    if (!found)
        unknown_parameter(c, s, v);
    made->poisoned |= !found || found->poisoned;
    if (made->poisoned)
        return;
    made->poisoned = !budget_spend(c, b, v->span, found->weight);
    made->weight += found->weight;
    made->depth = found->depth;
    const struct span use = v->span;
    *v = found->value;
    v->span = use;
}

static const char *kind_name(const struct value *v)
{
    static const char *const name[] = {"a number", "dimensions", "a string", "a word", "a list", "a call"};
    return name[v->kind];
}

static double apply(char op, double a, double b)
{
    return op == '+' ? a + b : op == '-' ? a - b : op == '*' ? a * b : a / b;
}

static void compute(struct ctx *c, struct value *v, struct binding *made)
{
    const struct value *a = &v->items[0].value, *b = &v->items[1].value;
    const struct value *wrong = a->kind != VALUE_NUMBER ? a : b->kind != VALUE_NUMBER ? b : NULL;
    const double number = wrong ? 0 : apply(v->op, a->number, b->number);
    if (wrong)
        diag_error(c, wrong->span, "'%c' takes numbers, but this is %s", v->op, kind_name(wrong));
    else if (v->op == '/' && b->number == 0)
        diag_error(c, b->span, "division by zero");
    else if (!isfinite(number))
        diag_error(c, v->span, "the result is too large for a number");
    made->poisoned |= !isfinite(number) || wrong;
    *v = (struct value){.kind = VALUE_NUMBER, .span = v->span, .number = number};
}

static void expand_items(struct ctx *c, const struct scope *s, struct budget *b, struct value *v, struct binding *made)
{
    struct arg *items = v->n_items ? arena_alloc(ctx_arena(c), v->n_items * sizeof *items) : NULL;
    int deepest = 0;
    for (size_t i = 0; i < v->n_items; i++) {
        items[i] = v->items[i];
        value_expand(c, s, b, &items[i].value, made);
        deepest = made->depth > deepest ? made->depth : deepest;
    }
    v->items = items;
    made->depth = deepest + 1;
    if (made->depth > MAX_NESTING && !made->poisoned) {
        diag_error(c, v->span, "nested more than %d deep", MAX_NESTING);
        made->poisoned = true;
    }
}

/* The number that stands for $name; false after a report. */
static bool formula_number(struct ctx *c, const struct scope *s, struct budget *b, struct span at, const char *name,
                           double *number, struct binding *made)
{
    struct value v = {.op = '$', .span = at, .text = name};
    value_expand(c, s, b, &v, made);
    if (made->poisoned)
        return false;
    *number = v.number;
    if (v.kind == VALUE_NUMBER)
        return true;
    diag_error(c, at, "a formula takes numbers, but '%s' is none", name);
    made->poisoned = true;
    return false;
}

/* In the text of a formula, $name becomes its number. */
static void expand_formula(struct ctx *c, const struct scope *s, struct budget *b, struct value *v,
                           struct binding *made)
{
    struct arena *a = ctx_arena(c);
    struct arg *item = arena_alloc(a, sizeof *item);
    const char *text = v->items[0].value.text, *done = "";
    *item = v->items[0];
    for (const char *dollar; item->value.kind == VALUE_STRING && (dollar = strchr(text, '$')) != NULL;) {
        const size_t n = strspn(dollar + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
        double number;
        const uint32_t begin = v->items[0].value.span.begin + (uint32_t)(dollar - v->items[0].value.text);
        const struct span at = {begin, begin + 1 + (uint32_t)n};
        if (!formula_number(c, s, b, at, arena_strndup(a, dollar + 1, n), &number, made))
            return;
        done = arena_printf(a, "%s%.*s(%.17g)", done, (int)(dollar - text), text, number);
        text = dollar + 1 + n;
    }
    if (*done)
        item->value.text = arena_printf(a, "%s%s", done, text);
    v->items = item;
}

void value_expand(struct ctx *c, const struct scope *s, struct budget *b, struct value *v, struct binding *made)
{
    made->depth = 0;
    made->weight++;
    if (v->op == '$') {
        substitute(c, s, b, v, made);
    } else if (v->op) {
        struct arg *items = arena_alloc(ctx_arena(c), 2 * sizeof *items);
        memcpy(items, v->items, 2 * sizeof *items);
        v->items = items; /* a copy, since each use of a block expands its raw tree again */
        value_expand(c, s, b, &items[0].value, made);
        value_expand(c, s, b, &items[1].value, made);
        if (!made->poisoned)
            compute(c, v, made);
        made->depth = 0;
    } else if (v->kind == VALUE_CALL && v->n_items == 1 && strcmp(v->text, "expr") == 0) {
        expand_formula(c, s, b, v, made);
    } else if (v->kind == VALUE_LIST || v->kind == VALUE_CALL) {
        expand_items(c, s, b, v, made);
    }
}

bool fold_constants(struct ctx *c, struct value *v)
{
    struct binding made = {0};
    value_expand(c, NULL, &(struct budget){0}, v, &made);
    return !made.poisoned;
}
