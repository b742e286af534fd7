/* yaml_print.c -- prints raw statements as YAML, which yaml.c reads as the same statements. Arithmetic stays as it was
 * written. */
#include "spec/front.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

struct printer {
    struct ctx *ctx;
    struct text out;
};

/* A part of the source on one line: breaks and what indents the next line are one blank. */
static const char *source_line(struct printer *p, struct span at)
{
    const struct place place = source_place(p->ctx, at.begin);
    char *line = arena_strndup(p->out.arena, place.text + place.column - 1, at.end - at.begin), *to = line;
    for (const char *from = line; *from;) {
        const size_t gap = strspn(from, "\\\r\n\t ");
        if (memchr(from, '\n', gap)) {
            *to++ = ' ';
            from += gap;
        } else {
            *to++ = *from++;
        }
    }
    *to = 0;
    return line;
}

/* ---- values, within brackets or braces */

static bool is_formula(const struct value *v)
{
    return v->kind == VALUE_CALL && !v->op && strcmp(v->text, "expr") == 0;
}

static bool is_call(const struct arg *a)
{
    return a->value.kind == VALUE_CALL && !a->value.op && !is_formula(&a->value);
}

static bool has_formula(const struct value *v)
{
    bool has = is_formula(v);
    for (size_t i = 0; i < v->n_items && !v->op; i++)
        has |= has_formula(&v->items[i].value);
    return has;
}

/* A positional call among arguments would be a mapping, and a mapping there holds options: what has one is written as
 * in the text language, which a line of its own allows. */
static bool nests(const struct value *v)
{
    for (size_t i = 0; i < v->n_items && !v->op; i++)
        if (nests(&v->items[i].value) || (v->kind == VALUE_CALL && !v->items[i].key && is_call(&v->items[i])))
            return true;
    return false;
}

static bool is_text(const struct arg *a)
{
    return (!a->key && is_call(a)) || nests(&a->value);
}

static bool has_text(const struct arg *args, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_text(&args[i]))
            return true;
    return false;
}

static bool has_only_keys(const struct arg *args, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!args[i].key)
            return false;
    return true;
}

/* Arguments behind a colon. */
static void put_given(struct printer *p, const struct arg *args, size_t n);
static void put_items(struct printer *p, const struct arg *args, size_t n);

static void put_string(struct printer *p, const char *s)
{
    text_add(&p->out, "\"");
    for (; *s; s++)
        if (*s == '"' || *s == '\\')
            text_add(&p->out, "\\%c", *s);
        else if (iscntrl((unsigned char)*s))
            text_add(&p->out, "\\x%02x", (unsigned char)*s);
        else
            text_add(&p->out, "%c", *s);
    text_add(&p->out, "\"");
}

static void put_value(struct printer *p, const struct value *v)
{
    if (v->op || v->kind == VALUE_NUMBER || v->kind == VALUE_DIMS) {
        text_add(&p->out, "%s", source_line(p, v->span));
    } else if (v->kind == VALUE_LIST) {
        put_items(p, v->items, v->n_items);
    } else if (is_formula(v)) {
        text_add(&p->out, "'expr(%s)'", v->items[0].value.text);
    } else if (v->kind == VALUE_CALL) {
        text_add(&p->out, "{%s: ", v->text);
        put_given(p, v->items, v->n_items);
        text_add(&p->out, "}");
    } else if (v->kind == VALUE_STRING && !v->bare) {
        put_string(p, v->text);
    } else {
        text_add(&p->out, "%s", v->text);
    }
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

/* Prints the next argument of a sequence, or all options that stand there; returns how many. */
static size_t put_item(struct printer *p, const struct arg *args, size_t n)
{
    if (args->key)
        return put_pairs(p, args, n);
    put_value(p, &args->value);
    return 1;
}

static void put_items(struct printer *p, const struct arg *args, size_t n)
{
    text_add(&p->out, "[");
    for (size_t i = 0; i < n;) {
        text_add(&p->out, "%s", i ? ", " : "");
        i += put_item(p, args + i, n - i);
    }
    text_add(&p->out, "]");
}

static void put_given(struct printer *p, const struct arg *args, size_t n)
{
    if (n && has_only_keys(args, n))
        put_pairs(p, args, n);
    else if (n == 1 && args->value.kind != VALUE_LIST)
        put_value(p, &args->value);
    else
        put_items(p, args, n);
}

/* ---- the arguments of a statement */

static void put_text(struct printer *p, const struct arg *a)
{
    const struct value *v = &a->value;
    if (a->key)
        text_add(&p->out, "%s=", a->key);
    if (is_formula(v)) {
        text_add(&p->out, "expr(%s)", v->items[0].value.text);
    } else if (v->op || (v->kind != VALUE_LIST && v->kind != VALUE_CALL)) {
        put_value(p, v);
    } else {
        text_add(&p->out, v->kind == VALUE_LIST ? "[" : "%s(", v->text);
        for (size_t i = 0; i < v->n_items; i++) {
            text_add(&p->out, i ? ", " : "");
            put_text(p, &v->items[i]);
        }
        text_add(&p->out, v->kind == VALUE_LIST ? "]" : ")");
    }
}

/* An argument on a line of its own. A formula has a colon, so YAML wants quotes. */
static void put_line(struct printer *p, const struct arg *a, const char *key)
{
    const char *const quote = has_formula(&a->value) ? "'" : "";
    text_add(&p->out, "%s", quote);
    put_text(p, &(struct arg){.key = key, .value = a->value});
    text_add(&p->out, "%s", quote);
}

/* A sequence whose first line goes on with the one begun; the others are indented by `depth`. */
static void put_sequence(struct printer *p, const struct arg *args, size_t n, int depth)
{
    if (!has_text(args, n)) {
        put_items(p, args, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (i)
            text_add(&p->out, "\n%*s", depth, "");
        text_add(&p->out, "- ");
        if (is_text(&args[i]))
            put_line(p, &args[i], args[i].key);
        else
            put_item(p, &args[i], 1);
    }
}

static void put_mapping(struct printer *p, const struct arg *args, size_t n, int depth)
{
    for (size_t i = 0; i < n; i++) {
        text_add(&p->out, "\n%*s%s: ", depth, "", args[i].key);
        if (is_text(&args[i]))
            put_line(p, &args[i], NULL);
        else
            put_value(p, &args[i].value);
    }
}

/* What stands behind `name:`, from the blank on. `word`: the first key of a mapping would be an argument. */
static void put_args(struct printer *p, const struct arg *args, size_t n, int depth, bool word)
{
    if (!n)
        return;
    const bool mapping = has_only_keys(args, n) && !word && args->value.kind != VALUE_CALL, text = has_text(args, n);
    if (mapping && text) {
        put_mapping(p, args, n, depth);
        return;
    }
    const bool one = n == 1 && !args->key;
    if (text && !one)
        text_add(&p->out, "\n%*s", depth, "");
    else
        text_add(&p->out, " ");
    if (mapping)
        put_pairs(p, args, n);
    else if (one && text)
        put_line(p, args, NULL);
    else if (one && args->value.kind != VALUE_LIST)
        put_value(p, &args->value);
    else
        put_sequence(p, args, n, depth);
}

/* ---- layers, and what else has an order */

/* In YAML, a label is an option. */
static struct stmt with_name(const struct printer *p, const struct stmt *s)
{
    struct stmt named = *s;
    if (!s->label)
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

static void put_layers(struct printer *p, struct stmt *const *stmts, size_t n, int depth);

/* The list that stands behind `head:`. */
static void put_body(struct printer *p, const struct stmt *s, int depth)
{
    text_add(&p->out, s->n_body ? "\n" : " []\n");
    put_layers(p, s->body, s->n_body, depth);
}

static void put_nest(struct printer *p, const struct stmt *s, int depth)
{
    const uint32_t end = s->n_args ? s->args[s->n_args - 1].value.span.end : s->name_span.end;
    text_add(&p->out, "%s:", source_line(p, (struct span){s->name_span.begin, end}));
    if (s->label) {
        text_add(&p->out, "\n%*sname: %s\n%*sbody:", depth, "", s->label, depth, "");
        depth += 2;
    }
    put_body(p, s, depth);
}

static void put_layers(struct printer *p, struct stmt *const *stmts, size_t n, int depth)
{
    for (size_t i = 0; i < n; i++) {
        text_add(&p->out, "%*s- ", depth, "");
        if (stmts[i]->has_body) {
            put_nest(p, stmts[i], depth + 4);
            continue;
        }
        const struct stmt s = with_name(p, stmts[i]);
        const char *const quote = s.name[0] == '@' ? "\"" : ""; /* YAML has other plans for it */
        text_add(&p->out, "%s%s%s%s", quote, s.name, quote, s.n_args ? ":" : "");
        put_args(p, s.args, s.n_args, depth + 4, false);
        text_add(&p->out, "\n");
    }
}

/* ---- sections */

/* All statements of this name among them, from the first on; NULL: it is not the first. */
static const struct stmt_list *of_name(const struct printer *p, struct stmt *const *stmts, size_t n, size_t first)
{
    struct stmt_list *list = arena_alloc(p->out.arena, sizeof *list);
    *list = (struct stmt_list){0};
    for (size_t i = 0; i < n; i++)
        if (strcmp(stmts[i]->name, stmts[first]->name) == 0) {
            if (i < first)
                return NULL;
            vec_push(p->out.arena, &list->v, stmts[i]);
        }
    return list;
}

/* Whether yaml.c would take the items of a sequence for statements. */
static bool looks_several(const char *section, const struct stmt *s)
{
    if (!yaml_is_many(section, s->name))
        return false;
    for (size_t i = 0; i < s->n_args; i++)
        if (!s->args[i].key && s->args[i].value.kind != VALUE_LIST)
            return false;
    return s->n_args && (yaml_picks(s->name) || !has_only_keys(s->args, s->n_args));
}

static void put_statements(struct printer *p, const char *section, const struct stmt_list *list)
{
    const struct stmt *first = list->v.at[0];
    text_add(&p->out, "  %s:", first->name);
    if (list->v.n == 1 && !looks_several(section, first)) {
        put_args(p, first->args, first->n_args, 4, yaml_picks(first->name));
        text_add(&p->out, "\n");
        return;
    }
    text_add(&p->out, "\n");
    for (size_t i = 0; i < list->v.n; i++) {
        text_add(&p->out, "    - ");
        put_sequence(p, list->v.at[i]->args, list->v.at[i]->n_args, 6);
        text_add(&p->out, "\n");
    }
}

/* `meta logistic folds=5` in the body of a section is meta: {logistic: {folds: 5}}. */
static void put_option(struct printer *p, const struct stmt *s)
{
    if (s->n_args == 1) {
        put_value(p, &s->args[0].value);
        return;
    }
    text_add(&p->out, "{%s: ", s->n_args ? s->args[0].value.text : "");
    put_given(p, s->args + 1, s->n_args ? s->n_args - 1 : 0);
    text_add(&p->out, "}");
}

/* `ensemble stacking { use "a.net" }` is ensemble: {stacking: {use: a.net}}. */
static void put_options(struct printer *p, const struct stmt *s)
{
    text_add(&p->out, "\n  %s:\n", s->args[0].value.text);
    for (size_t i = 1; i < s->n_args; i++) {
        text_add(&p->out, "    %s: ", s->args[i].key ? s->args[i].key : "");
        put_value(p, &s->args[i].value);
        text_add(&p->out, "\n");
    }
    for (size_t i = 0; i < s->n_body; i++) {
        const struct stmt_list *list = of_name(p, s->body, s->n_body, i);
        if (!list)
            continue;
        text_add(&p->out, "    %s: %s", s->body[i]->name, list->v.n > 1 ? "[" : "");
        for (size_t k = 0; k < list->v.n; k++) {
            text_add(&p->out, k ? ", " : "");
            put_option(p, list->v.at[k]);
        }
        text_add(&p->out, list->v.n > 1 ? "]\n" : "\n");
    }
}

static void put_section(struct printer *p, const struct stmt *s)
{
    text_add(&p->out, "%s:", s->name);
    if (section_is_list(s->name)) {
        put_body(p, s, 2);
        return;
    }
    if (s->has_body && s->n_args) {
        put_options(p, s);
        return;
    }
    put_args(p, s->args, s->n_args, 2, yaml_picks(s->name));
    text_add(&p->out, "\n");
    for (size_t i = 0; i < s->n_body; i++) {
        const struct stmt_list *list = of_name(p, s->body, s->n_body, i);
        if (list)
            put_statements(p, s->name, list);
    }
}

/* ---- the file */

static bool is_layer(const struct stmt *s)
{
    static const char *const others[] = {"model", "let", "include", "output"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(s->name, others[i]) == 0 && !s->has_body)
            return false;
    return !section_is_line(s->name) && (!s->has_body || wants_body(s->name));
}

/* A key stands once in a mapping, so all `let` are one, and all `include`. */
static const struct stmt *joined(const struct printer *p, const struct stmt_list *list)
{
    struct stmt *all = arena_alloc(p->out.arena, sizeof *all);
    VEC(struct arg) args = {0};
    *all = *list->v.at[0];
    for (size_t i = 0; i < list->v.n; i++)
        for (size_t k = 0; k < list->v.at[i]->n_args; k++)
            vec_push(p->out.arena, &args, list->v.at[i]->args[k]);
    all->args = args.at;
    all->n_args = args.n;
    return all;
}

static void put_sections(struct printer *p, const struct stmt_list *all, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        const struct stmt_list *list = of_name(p, all->v.at, all->v.n, i);
        if (list)
            put_section(p, list->v.n > 1 && !list->v.at[0]->has_body ? joined(p, list) : list->v.at[0]);
    }
}

char *yaml_print(struct ctx *c, const struct stmt_list *raw)
{
    struct printer p = {.ctx = c, .out = {.arena = ctx_arena(c)}};
    struct stmt_list layers = {0}, others = {0};
    size_t front = 0; /* sections before the first layer stay there */
    for (size_t i = 0; i < raw->v.n; i++) {
        vec_push(p.out.arena, is_layer(raw->v.at[i]) ? &layers.v : &others.v, raw->v.at[i]);
        front = layers.v.n ? front : others.v.n;
    }
    put_sections(&p, &others, 0, front);
    if (layers.v.n) {
        text_add(&p.out, "layers:\n");
        put_layers(&p, layers.v.at, layers.v.n, 2);
    }
    put_sections(&p, &others, front, others.v.n);
    return text_end(&p.out);
}
