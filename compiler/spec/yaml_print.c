/* yaml_print.c -- prints raw statements as YAML, which yaml.c reads as the same statements. Values stay as they were
 * written. */
#include "spec/front.h"

#include <string.h>

#include "base/text.h"

struct printer {
    struct ctx *ctx;
    struct text out;
};

static const char *source_text(struct printer *p, struct span at)
{
    const struct place place = source_place(p->ctx, at.begin);
    return arena_strndup(p->out.arena, place.text + place.column - 1, at.end - at.begin);
}

/* ---- values, within brackets or braces */

static void put_items(struct printer *p, const struct arg *args, size_t n);

static void put_value(struct printer *p, const struct value *v)
{
    if (v->kind == VALUE_LIST && !v->op)
        put_items(p, v->items, v->n_items);
    else if (v->kind == VALUE_CALL && !v->op && strcmp(v->text, "expr") == 0)
        text_add(&p->out, "'%s'", source_text(p, v->span));
    else if (v->kind == VALUE_CALL && !v->op && v->n_items) {
        text_add(&p->out, "{%s: ", v->text);
        put_items(p, v->items, v->n_items);
        text_add(&p->out, "}");
    } else
        text_add(&p->out, "%s", source_text(p, v->span));
}

/* Prints key: value, key: value as long as there are keys; returns how many. */
static size_t put_pairs(struct printer *p, const struct arg *args, size_t n)
{
    size_t i = 0;
    text_add(&p->out, "{");
    for (; i < n && args[i].key; i++) {
        text_add(&p->out, "%s%s: ", i ? ", " : "", args[i].key);
        put_value(p, &args[i].value);
    }
    text_add(&p->out, "}");
    return i;
}

static void put_items(struct printer *p, const struct arg *args, size_t n)
{
    text_add(&p->out, "[");
    for (size_t i = 0; i < n;) {
        text_add(&p->out, "%s", i ? ", " : "");
        if (args[i].key)
            i += put_pairs(p, args + i, n - i);
        else
            put_value(p, &args[i++].value);
    }
    text_add(&p->out, "]");
}

/* ---- the arguments of a statement */

/* A call in a sequence would be a mapping, and a mapping there holds options. So such arguments are written as in the
 * text language. */
static bool as_text(const struct stmt *s)
{
    for (size_t i = 0; i < s->n_args; i++)
        if (!s->args[i].key && s->args[i].value.kind == VALUE_CALL && !s->args[i].value.op)
            return true;
    return false;
}

static bool has_formula(const struct stmt *s)
{
    for (size_t i = 0; i < s->n_args; i++)
        if (s->args[i].value.kind == VALUE_CALL && !s->args[i].value.op && strcmp(s->args[i].value.text, "expr") == 0)
            return true;
    return false;
}

static bool all_keys(const struct stmt *s)
{
    for (size_t i = 0; i < s->n_args; i++)
        if (!s->args[i].key)
            return false;
    return s->args[0].value.kind != VALUE_CALL;
}

static void put_args(struct printer *p, const struct stmt *s)
{
    const struct arg *last = s->n_args ? &s->args[s->n_args - 1] : NULL;
    if (!last)
        return;
    text_add(&p->out, " ");
    const char *quote = has_formula(s) ? "'" : ""; /* a formula has a colon */
    if (as_text(s))
        text_add(&p->out, "%s%s%s", quote,
                 source_text(p, (struct span){s->args[0].key ? s->args[0].key_span.begin : s->args[0].value.span.begin,
                                              last->value.span.end}),
                 quote);
    else if (all_keys(s))
        put_pairs(p, s->args, s->n_args);
    else if (s->n_args == 1 && s->args[0].value.kind != VALUE_LIST)
        put_value(p, &s->args[0].value);
    else
        put_items(p, s->args, s->n_args);
}

/* ---- statements */

/* In YAML, a label is an option. */
static struct stmt with_name(const struct printer *p, const struct stmt *s)
{
    struct stmt named = *s;
    if (!s->label || as_text(s))
        return named;
    named.args = arena_alloc(p->out.arena, (s->n_args + 1) * sizeof *named.args);
    for (size_t i = 0; i < s->n_args; i++)
        named.args[i] = s->args[i];
    named.args[named.n_args++] =
        (struct arg){.key = "name",
                     .key_span = s->label_span,
                     .value = {.kind = VALUE_STRING, .bare = true, .text = s->label, .span = s->label_span}};
    return named;
}

static void put_layers(struct printer *p, struct stmt *const *stmts, size_t n, int depth)
{
    for (size_t i = 0; i < n; i++) {
        const struct stmt *s = stmts[i];
        text_add(&p->out, "%*s- ", depth, "");
        if (s->has_body) {
            text_add(&p->out, "%s:\n", source_text(p, s->span));
            put_layers(p, s->body, s->n_body, depth + 4);
            continue;
        }
        const struct stmt named = with_name(p, s);
        const char *const quote = s->name[0] == '@' ? "\"" : ""; /* YAML has other plans for it */
        text_add(&p->out, "%s%s%s%s", quote, s->name, quote, named.n_args ? ":" : "");
        put_args(p, &named);
        text_add(&p->out, "\n");
    }
}

static void put_section(struct printer *p, const struct stmt *s)
{
    if (section_is_list(s->name)) {
        text_add(&p->out, "%s:\n", s->name);
        put_layers(p, s->body, s->n_body, 2);
        return;
    }
    text_add(&p->out, "%s:", s->name);
    put_args(p, s);
    text_add(&p->out, "\n");
    for (size_t i = 0; i < s->n_body; i++) {
        text_add(&p->out, "  %s:", s->body[i]->name);
        put_args(p, s->body[i]);
        text_add(&p->out, "\n");
    }
}

static bool is_layer(const struct stmt *s)
{
    static const char *const others[] = {"model", "let", "include", "output"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(s->name, others[i]) == 0 && !s->has_body)
            return false;
    return !section_is_line(s->name) && (!s->has_body || wants_body(s->name));
}

char *yaml_print(struct ctx *c, const struct stmt_list *raw)
{
    struct printer p = {.ctx = c, .out = {.arena = ctx_arena(c)}};
    struct stmt_list layers = {0};
    size_t front = 0; /* sections before the first layer stay there */
    for (size_t i = 0; i < raw->v.n; i++)
        if (is_layer(raw->v.at[i]))
            vec_push(p.out.arena, &layers.v, raw->v.at[i]);
    for (; front < raw->v.n && !is_layer(raw->v.at[front]); front++)
        put_section(&p, raw->v.at[front]);
    if (layers.v.n) {
        text_add(&p.out, "layers:\n");
        put_layers(&p, layers.v.at, layers.v.n, 2);
    }
    for (size_t i = front; i < raw->v.n; i++)
        if (!is_layer(raw->v.at[i]))
            put_section(&p, raw->v.at[i]);
    return text_end(&p.out);
}
