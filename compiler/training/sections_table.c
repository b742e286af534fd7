/* sections_table.c -- the section `data`: the columns of .csv files that are inputs, and how many numbers they give. */
#include <math.h>
#include <string.h>

#include "training/sections.h"

enum { MOST_VALUES = 1 << 20 };

/* ---- categories */

static bool is_text(const struct value *v)
{
    return v->kind == VALUE_STRING || v->kind == VALUE_WORD || v->kind == VALUE_NUMBER;
}

/* Values are compared as they would be written in a file. */
static const char *text_of(struct net *n, const struct value *v)
{
    return v->kind == VALUE_NUMBER ? arena_printf(ctx_arena(n->ctx), "%.15g", v->number) : v->text;
}

static bool check_values(struct net *n, const char *column, const struct value *list)
{
    if (list->n_items == 0) {
        diag_error(n->ctx, list->span, "'%s' has no values", column);
        return false;
    }
    for (size_t i = 0; i < list->n_items; i++) {
        const struct value *v = &list->items[i].value;
        if (!is_text(v)) {
            diag_error(n->ctx, v->span, "a value of '%s' is a word, a string or a number", column);
            return false;
        }
        if (v->kind == VALUE_STRING && !*v->text) {
            diag_error(n->ctx, v->span, "an empty value is a missing one");
            return false;
        }
        for (size_t k = 0; k < i; k++)
            if (strcmp(text_of(n, v), text_of(n, &list->items[k].value)) == 0) {
                diag_error(n->ctx, v->span, "'%s' is twice among the values of '%s'", text_of(n, v), column);
                return false;
            }
    }
    return true;
}

/* The values, or their number. */
static bool check_category(struct net *n, const char *column, const struct value *v)
{
    if (v->kind == VALUE_LIST)
        return check_values(n, column, v);
    if (v->kind == VALUE_NUMBER && v->number >= 1 && v->number <= MOST_VALUES && v->number == floor(v->number))
        return true;
    diag_error(n->ctx, v->span, "'%s' wants its values, %s=[a, b], or how many they are, %s=2", column, column, column);
    return false;
}

static void add_category(struct net *n, const char *column, struct span at, const struct value *v)
{
    struct data_table *t = &n->data->table;
    if (!check_category(n, column, v))
        return;
    for (size_t i = 0; i < t->n_categories; i++)
        if (strcmp(t->categories[i].column, column) == 0) {
            diag_error(n->ctx, at, "'%s' is given twice", column);
            diag_note(n->ctx, t->categories[i].span, "first here");
            return;
        }
    const bool listed = v->kind == VALUE_LIST;
    t->categories[t->n_categories++] = (struct data_category){.column = column,
                                                              .values = listed ? v : NULL,
                                                              .n = listed ? (int64_t)v->n_items : (int64_t)v->number,
                                                              .span = at};
}

/* ["home town", [Rome, Paris]] or ["home town", 2] */
static void add_pair(struct net *n, const struct value *v)
{
    if (v->kind == VALUE_LIST && v->n_items == 2 && is_text(&v->items[0].value))
        add_category(n, text_of(n, &v->items[0].value), v->span, &v->items[1].value);
    else
        diag_error(n->ctx, v->span,
                   "'categories' takes a column and its values: city=[Rome, Paris], or [\"home town\", 3]");
}

static bool is_unseen(const struct arg *a)
{
    return a->key && strcmp(a->key, "unseen") == 0 && a->value.kind == VALUE_WORD;
}

static void set_unseen(struct net *n, const struct value *v)
{
    n->data->table.unseen_is_zero = strcmp(v->text, "zero") == 0;
    if (!n->data->table.unseen_is_zero && strcmp(v->text, "error") != 0)
        diag_error(n->ctx, v->span, "'unseen' takes error or zero, not '%s'", v->text);
}

void categories_apply(struct net *n, const struct stmt *s, const struct bound *args)
{
    struct data_table *t = &n->data->table;
    (void)args;
    t->span = s->name_span;
    t->categories = arena_alloc(ctx_arena(n->ctx), (s->n_args + 1) * sizeof *t->categories);
    for (size_t i = 0; i < s->n_args; i++) {
        const struct arg *a = &s->args[i];
        if (is_unseen(a))
            set_unseen(n, &a->value);
        else if (a->key)
            add_category(n, a->key, a->key_span, &a->value);
        else
            add_pair(n, &a->value);
    }
    if (s->n_args == 0)
        diag_error(n->ctx, s->name_span, "'categories' wants columns, such as city=[Rome, Paris]");
}

/* ---- all sources agree */

static bool same_columns(const struct bound *a, const struct bound *b)
{
    if (a->n_items != b->n_items)
        return false;
    for (size_t i = 0; i < a->n_items; i++)
        if (strcmp(a->items[i].text, b->items[i].text) != 0)
            return false;
    return true;
}

static bool has(const struct bound *columns, const char *name)
{
    for (size_t i = 0; columns && i < columns->n_items; i++)
        if (strcmp(columns->items[i].text, name) == 0)
            return true;
    return false;
}

static void check_once(struct net *n, const struct bound *b)
{
    for (size_t i = 0; b && i < b->n_items; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(b->items[i].text, b->items[k].text) == 0) {
                diag_error(n->ctx, b->items[i].span, "column '%s' stands here twice", b->items[i].text);
                return;
            }
}

/* The inputs are the same in all sources, whichever statement names them. */
static void take_columns(struct net *n, const struct bound *b, const struct bound **to, const char *what)
{
    if (b && !*to) {
        *to = b;
        check_once(n, b);
    } else if (b && !same_columns(b, *to)) {
        diag_error(n->ctx, b->span, "'%s' holds for all sources, and for predict; one of them says it", what);
        diag_note(n->ctx, (*to)->span, "it is said here");
    }
}

static void inherit(struct data_source *s, const struct data_source *train)
{
    if (s->kind != SOURCE_CSV || train->kind != SOURCE_CSV)
        return;
    s->missing = s->missing ? s->missing : train->missing;
    s->header = s->header ? s->header : train->header;
}

/* Reports a category that is not one of the input columns. */
static void check_inputs(struct net *n)
{
    const struct data_table *t = &n->data->table;
    for (size_t i = 0; i < t->n_categories; i++)
        if (has(t->drop, t->categories[i].column) || (t->columns && !has(t->columns, t->categories[i].column)))
            diag_error(n->ctx, t->categories[i].span, "column '%s' is no input: %s", t->categories[i].column,
                       t->columns ? "it is not among the columns" : "it is dropped");
}

void table_check(struct net *n)
{
    struct data_config *d = n->data;
    struct data_source *const sources[] = {&d->train, &d->validation, &d->test};
    bool any = false;
    for (int i = 0; i < 3; i++) {
        any |= sources[i]->kind == SOURCE_CSV;
        check_once(n, sources[i]->targets);
        take_columns(n, sources[i]->columns, &d->table.columns, "columns");
        take_columns(n, sources[i]->drop, &d->table.drop, "drop");
        inherit(sources[i], &d->train);
    }
    if (d->table.columns && d->table.drop)
        diag_error(n->ctx, d->table.drop->span, "'columns' names all inputs, so there is nothing to drop");
    if (d->table.n_categories && !any)
        diag_error(n->ctx, d->table.span, "'categories' are columns of csv, but no source is one");
    check_inputs(n);
}
