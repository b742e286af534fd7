/* spec.c -- prints the tree as text; reading that text gives the same tree */
#include "spec/spec.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text {
    struct arena *arena;
    VEC(char) v;
};

static void put_char(struct text *t, char c)
{
    vec_push(t->arena, &t->v, c);
}

static void put(struct text *t, const char *s)
{
    while (*s)
        put_char(t, *s++);
}

static char *finish(struct text *t)
{
    put_char(t, 0);
    return t->v.at;
}

/* People write 1e-5, not 1e-05. */
static void shorten_exponent(char *s)
{
    char *e = strchr(s, 'e'), *digits = e ? e + 1 + (e[1] == '-' || e[1] == '+') : NULL;
    if (!e)
        return;
    const char *first = digits + strspn(digits, "0");
    memmove(e[1] == '+' ? e + 1 : digits, first, strlen(first) + 1);
}

/* The shortest decimal that reads back as the same double. */
static void put_number(struct text *t, double number)
{
    char s[40];
    if (number == floor(number) && fabs(number) < 1e15) {
        snprintf(s, sizeof s, "%.0f", number == 0 ? 0.0 : number);
    } else {
        int digits = 1;
        do
            snprintf(s, sizeof s, "%.*g", digits, number);
        while (digits++ < 17 && strtod(s, NULL) != number);
        shorten_exponent(s);
    }
    put(t, s);
}

static void put_dims(struct text *t, const struct value *v)
{
    for (int i = 0; i < v->n_dims; i++)
        put(t, arena_printf(t->arena, "%s%lld", i ? "x" : "", (long long)v->dim[i]));
}

static void put_string(struct text *t, const char *s)
{
    put_char(t, '"');
    for (; *s; s++) {
        const unsigned char byte = (unsigned char)*s;
        if (byte == '"' || byte == '\\')
            put(t, arena_printf(t->arena, "\\%c", byte));
        else if (byte == '\n' || byte == '\t')
            put(t, byte == '\n' ? "\\n" : "\\t");
        else if (byte < 0x20 || byte == 0x7f)
            put(t, arena_printf(t->arena, "\\x%02x", byte));
        else
            put_char(t, *s);
    }
    put_char(t, '"');
}

static void put_value(struct text *t, const struct value *v);

static void put_arg(struct text *t, const struct arg *a)
{
    if (a->key) {
        put(t, a->key);
        put_char(t, '=');
    }
    put_value(t, &a->value);
}

static void put_items(struct text *t, const struct value *v)
{
    for (size_t i = 0; i < v->n_items; i++) {
        put(t, i ? ", " : "");
        put_arg(t, &v->items[i]);
    }
}

static void put_value(struct text *t, const struct value *v)
{
    switch (v->kind) {
    case VALUE_NUMBER: put_number(t, v->number); break;
    case VALUE_DIMS: put_dims(t, v); break;
    case VALUE_STRING: put_string(t, v->text); break;
    case VALUE_WORD: put(t, v->text); break;
    case VALUE_LIST:
    case VALUE_CALL:
        put(t, v->kind == VALUE_CALL ? v->text : "");
        put_char(t, v->kind == VALUE_CALL ? '(' : '[');
        put_items(t, v);
        put_char(t, v->kind == VALUE_CALL ? ')' : ']');
        break;
    }
}

static void put_head(struct text *t, const struct stmt *s)
{
    if (s->label) {
        put(t, s->label);
        put(t, ": ");
    }
    put(t, s->name);
    for (size_t i = 0; i < s->n_args; i++) {
        put_char(t, ' ');
        put_arg(t, &s->args[i]);
    }
}

static void put_stmts(struct text *t, struct stmt *const *stmts, size_t n, int depth)
{
    for (size_t i = 0; i < n; i++) {
        put(t, arena_printf(t->arena, "%*s", 2 * depth, ""));
        put_head(t, stmts[i]);
        if (stmts[i]->has_body) {
            put(t, " {\n");
            put_stmts(t, stmts[i]->body, stmts[i]->n_body, depth + 1);
            put(t, arena_printf(t->arena, "%*s}", 2 * depth, ""));
        }
        put_char(t, '\n');
    }
}

char *spec_print(struct ctx *c, const struct spec *s)
{
    struct text t = {.arena = ctx_arena(c)};
    put_stmts(&t, s->stmts, s->n_stmts, 0);
    return finish(&t);
}
