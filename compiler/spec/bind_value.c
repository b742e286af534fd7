/* bind_value.c -- one value against one row of a table: type, range, words */
#include "spec/bind_value.h"

#include <math.h>
#include <string.h>

/* ---- words */

void word_add(struct word_list *list, const char *word)
{
    vec_push(list->arena, &list->v, word);
}

void words_of_family(struct word_list *list, const struct record *const *family)
{
    for (; family && *family; family++)
        word_add(list, (*family)->name);
}

void words_of_def(struct word_list *list, const struct arg_def *d)
{
    if (d->type == ARG_BOOL)
        word_add(list, d->name);
    if (!(d->flags & ARG_BARE))
        return;
    for (const char *const *choice = d->choices; choice && *choice; choice++)
        word_add(list, *choice);
    words_of_family(list, d->family);
}

const char *words_joined(const struct word_list *list)
{
    const char *text = "";
    for (size_t i = 0; i < list->v.n; i++)
        text = arena_printf(list->arena, "%s%s%s", text, i ? ", " : "", list->v.at[i]);
    return text;
}

static int choice_index(const struct arg_def *d, const char *word)
{
    for (int i = 0; d->choices && d->choices[i]; i++)
        if (strcmp(d->choices[i], word) == 0)
            return i;
    return -1;
}

bool arg_named(const struct arg_def *d, const char *name)
{
    if (strcmp(d->name, name) == 0)
        return true;
    for (size_t i = 0; i < sizeof d->alias / sizeof *d->alias && d->alias[i]; i++)
        if (strcmp(d->alias[i], name) == 0)
            return true;
    return false;
}

bool accepts_bare(const struct arg_def *d, const struct value *v)
{
    if (d->type == ARG_BOOL)
        return v->kind == VALUE_WORD && arg_named(d, v->text);
    if (!(d->flags & ARG_BARE))
        return false;
    switch (d->type) {
    case ARG_CHOICE: return v->kind == VALUE_WORD && choice_index(d, v->text) >= 0;
    case ARG_RECORD: return record_find(d->family, v->text) != NULL;
    default: return false;
    }
}

bool takes_words(const struct arg_def *d)
{
    return d->type != ARG_INT && d->type != ARG_REAL && d->type != ARG_DIMS;
}

bool takes_strings(const struct arg_def *d)
{
    return d->type == ARG_STRING || d->type == ARG_STRINGS;
}

/* activation='relu' */
static bool quoted_word(const struct arg_def *d, const struct value *v)
{
    return v->kind == VALUE_STRING && takes_words(d) && !takes_strings(d);
}

bool is_none(const struct arg_def *d, const struct value *v)
{
    static const char *const words[] = {"None", "none", "null"};
    if (v->kind != VALUE_WORD || d->def || (d->flags & ARG_REQUIRED) || takes_strings(d) ||
        record_find(d->family, v->text))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(v->text, words[i]) == 0)
            return true;
    return false;
}

/* ---- numbers */

static bool wrong_type(struct ctx *c, const struct arg_def *d, const struct value *v, const char *wants)
{
    static const char *const kind[] = {"a number", "dimensions", "a string", "a word", "a list", "a call"};
    diag_error(c, v->span, "'%s' takes %s, but this is %s", d->name, wants, kind[v->kind]);
    return false;
}

static bool bounded(const struct arg_def *d)
{
    return d->max > d->min && d->max < HUGE_VAL;
}

static const char *range_text(struct ctx *c, const struct arg_def *d)
{
    const char *least = arena_printf(ctx_arena(c), "%s %.15g", d->open ? "above" : "at least", d->min);
    if (!bounded(d))
        return least;
    if (d->min == -HUGE_VAL)
        return arena_printf(ctx_arena(c), "at most %.15g", d->max);
    return arena_printf(ctx_arena(c), "%s and at most %.15g", least, d->max);
}

static bool in_range(struct ctx *c, const struct arg_def *d, struct span at, double x)
{
    const bool any = d->min == 0 && d->max == 0 && !d->open;
    const bool low = d->open ? x > d->min : x >= d->min;
    if (any || (low && (!bounded(d) || x <= d->max)))
        return true;
    diag_error(c, at, "'%s' must be %s, not %.15g", d->name, range_text(c, d), x);
    return false;
}

/* 2^53: beyond it a double no longer holds every whole number. */
static bool is_whole(struct ctx *c, const struct arg_def *d, struct span at, double x)
{
    if (x == floor(x) && fabs(x) <= 9007199254740992.0)
        return true;
    diag_error(c, at, x == floor(x) ? "'%s' is too large" : "'%s' must be a whole number", d->name);
    return false;
}

static bool bind_real(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    out->number = v->number;
    return v->kind == VALUE_NUMBER ? in_range(c, d, v->span, v->number) : wrong_type(c, d, v, "a number");
}

static bool bind_int(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    if (v->kind != VALUE_NUMBER)
        return wrong_type(c, d, v, "a whole number");
    out->number = v->number;
    return is_whole(c, d, v->span, v->number) && in_range(c, d, v->span, v->number);
}

/* 3x3, [3, 3], or 3 */
static bool collect_dims(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    const char *const wants = d->rank == 1 ? "a whole number" : "dimensions such as 3x3";
    const bool list = v->kind == VALUE_LIST;
    if (v->kind == VALUE_DIMS) {
        memcpy(out->dim, v->dim, sizeof out->dim);
        out->n_dims = v->n_dims;
        return true;
    }
    if ((!list && v->kind != VALUE_NUMBER) || (list && (v->n_items == 0 || v->n_items > MAX_DIMS)))
        return wrong_type(c, d, v, wants);
    for (size_t i = 0; i < (list ? v->n_items : 1); i++) {
        const struct value *item = list ? &v->items[i].value : v;
        if (item->kind != VALUE_NUMBER)
            return wrong_type(c, d, item, "whole numbers");
        if (!is_whole(c, d, item->span, item->number))
            return false;
        out->dim[out->n_dims++] = (int64_t)item->number;
    }
    for (; v->kind == VALUE_NUMBER && out->n_dims < d->rank && out->n_dims < MAX_DIMS; out->n_dims++)
        out->dim[out->n_dims] = out->dim[0];
    return true;
}

static bool bind_dims(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    if (!collect_dims(c, d, v, out))
        return false;
    if (d->rank && out->n_dims != d->rank) {
        diag_error(c, v->span, "'%s' takes %d number%s, but this has %d", d->name, d->rank, d->rank == 1 ? "" : "s",
                   out->n_dims);
        return false;
    }
    for (int i = 0; i < out->n_dims; i++)
        if (!in_range(c, d, v->span, (double)out->dim[i]))
            return false;
    return true;
}

/* ---- words, strings, records */

static bool bind_bool(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    static const char *const words[] = {"no", "yes", "false", "true", "False", "True", "off", "on"};
    for (int i = 0; v->kind == VALUE_WORD && i < (int)(sizeof words / sizeof *words); i++)
        if (strcmp(v->text, words[i]) == 0) {
            out->number = i % 2;
            return true;
        }
    diag_error(c, v->span, "'%s' is yes or no", d->name);
    return false;
}

static bool bind_choice(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    struct word_list words = {.arena = ctx_arena(c)};
    for (const char *const *choice = d->choices; *choice; choice++)
        word_add(&words, *choice);
    if (v->kind != VALUE_WORD)
        return wrong_type(c, d, v, words_joined(&words));
    const int i = choice_index(d, v->text);
    if (i < 0) {
        const char *near = closest(v->text, words.v.at, words.v.n);
        diag_error_fix(c, v->span, near, "'%s' takes %s, not '%s'", d->name, words_joined(&words), v->text);
        return false;
    }
    out->number = i;
    out->text = d->choices[i];
    return true;
}

enum { LONGEST_TEXT = 4095 }; /* what ISO C promises of a string literal */

static bool is_short(struct ctx *c, const struct arg_def *d, const char *text, struct span at)
{
    const size_t n = strlen(text);
    if (n > LONGEST_TEXT)
        diag_error(c, at, "a string of '%s' has at most %d bytes, but this one has %zu", d->name, LONGEST_TEXT, n);
    return n <= LONGEST_TEXT;
}

static bool bind_text(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    out->text = v->text;
    if (v->kind == VALUE_STRING || v->kind == VALUE_WORD)
        return is_short(c, d, v->text, v->span);
    if (v->kind != VALUE_NUMBER && v->kind != VALUE_DIMS)
        return wrong_type(c, d, v, "a string");
    const struct place at = source_place(c, v->span.begin);
    const char *quoted =
        arena_printf(ctx_arena(c), "\"%.*s\"", (int)(v->span.end - v->span.begin), at.text + at.column - 1);
    diag_error_fix(c, v->span, quoted, "'%s' takes a string, but this is a number; a name of digits is put in quotes",
                   d->name);
    return false;
}

/* A plain number stands for the family's record `constant`: lr=0.01 is lr=constant(0.01). */
static bool number_as_call(const struct arg_def *d, const struct value *v)
{
    return v->kind == VALUE_NUMBER && record_find(d->family, "constant");
}

/* Of l2(1e-4): that of l2. */
static struct span name_span(const struct value *v)
{
    const size_t n = strlen(v->text);
    return (struct span){v->span.begin, n < v->span.end - v->span.begin ? v->span.begin + (uint32_t)n : v->span.end};
}

static bool bind_record(struct ctx *c, const struct arg_def *d, const struct value *given, struct bound *out)
{
    struct value v = *given;
    struct arg number = {.value = v};
    if (number_as_call(d, given))
        v = (struct value){.kind = VALUE_CALL, .span = v.span, .text = "constant", .items = &number, .n_items = 1};
    if (v.kind != VALUE_WORD && v.kind != VALUE_CALL)
        return wrong_type(c, d, &v, "a name, or a name with arguments in parentheses");
    out->record = record_find(d->family, v.text);
    out->text = v.text;
    if (!out->record) {
        record_unknown(c, name_span(&v), d->name, v.text, d->family);
        return false;
    }
    const struct stmt call = {
        .span = v.span, .name_span = name_span(&v), .name = v.text, .args = v.items, .n_args = v.n_items};
    out->sub = bind_args(c, out->record, &call, 0);
    return out->sub != NULL;
}

static bool bind_label(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    out->text = v->text;
    return v->kind == VALUE_WORD || wrong_type(c, d, v, "labels");
}

static bool bind_word(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    out->text = v->text;
    return v->kind == VALUE_WORD || wrong_type(c, d, v, "a word");
}

/* What a column of a table is called, which may be a number. */
static bool bind_column(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    out->text = v->kind == VALUE_NUMBER ? arena_printf(ctx_arena(c), "%.15g", v->number) : v->text;
    if (v->kind == VALUE_NUMBER || v->kind == VALUE_WORD || v->kind == VALUE_STRING)
        return is_short(c, d, out->text, v->span);
    return wrong_type(c, d, v, "names of columns");
}

static bool bind_list(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out,
                      bool (*one)(struct ctx *, const struct arg_def *, const struct value *, struct bound *))
{
    const bool list = v->kind == VALUE_LIST;
    bool ok = true;
    out->n_items = list ? v->n_items : 1;
    out->items = arena_alloc(ctx_arena(c), (out->n_items + 1) * sizeof *out->items);
    for (size_t i = 0; i < out->n_items; i++) {
        struct value item = list ? v->items[i].value : *v;
        item.kind = quoted_word(d, &item) ? VALUE_WORD : item.kind;
        out->items[i].set = true;
        out->items[i].span = item.span;
        ok &= one(c, d, &item, &out->items[i]);
    }
    return ok;
}

bool bind_value(struct ctx *c, const struct arg_def *d, const struct value *given, struct bound *out)
{
    struct value word = *given;
    const struct value *const v = quoted_word(d, given) ? &word : given;
    word.kind = VALUE_WORD;
    switch (d->type) {
    case ARG_INT: return bind_int(c, d, v, out);
    case ARG_REAL: return bind_real(c, d, v, out);
    case ARG_BOOL: return bind_bool(c, d, v, out);
    case ARG_DIMS: return bind_dims(c, d, v, out);
    case ARG_CHOICE: return bind_choice(c, d, v, out);
    case ARG_STRING: return bind_text(c, d, v, out);
    case ARG_RECORD: return bind_record(c, d, v, out);
    case ARG_RECORDS: return bind_list(c, d, v, out, bind_record);
    case ARG_LABELS: return bind_list(c, d, v, out, bind_label);
    case ARG_WORD: return bind_word(c, d, v, out);
    case ARG_STRINGS: return bind_list(c, d, v, out, bind_text);
    case ARG_COLUMNS: return bind_list(c, d, v, out, bind_column);
    case ARG_NUMBERS: return v->kind == VALUE_WORD ? bind_choice(c, d, v, out) : bind_list(c, d, v, out, bind_real);
    }
    INTERNAL("argument type %d", (int)d->type);
}
