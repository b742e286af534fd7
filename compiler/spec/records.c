/* records.c -- finds records and their arguments by name, and makes the lists of words that suggestions come from */
#include <string.h>

#include "closest.h"
#include "spec/records.h"

const struct record *record_find(const struct record *const *family, const char *name)
{
    for (; family && *family; family++) {
        if (strcmp((*family)->name, name) == 0)
            return *family;
        for (int i = 0; i < MAX_ALIASES && (*family)->alias[i]; i++)
            if (strcmp((*family)->alias[i], name) == 0)
                return *family;
    }
    return NULL;
}

void word_add(struct word_list *list, const char *word)
{
    vec_push(list->arena, &list->v, word);
}

static void words_of_family(struct word_list *list, const struct record *const *family)
{
    for (; family && *family; family++)
        word_add(list, (*family)->name);
}

void record_unknown(struct ctx *c, struct span at, const char *what, const char *name,
                    const struct record *const *family)
{
    struct word_list words = {.arena = ctx_arena(c)};
    words_of_family(&words, family);
    const char *near = cnn_closest(name, words.v.at, words.v.n);
    if (near)
        diag_error_fix(c, at, near, "no %s named '%s'; did you mean '%s'?", what, name, near);
    else if (words.v.n <= 10)
        diag_error(c, at, "no %s named '%s'; there are %s", what, name, words_joined(&words));
    else
        diag_error(c, at, "no %s named '%s'; 'cnnc --list' lists all", what, name);
}

const struct bound *record_arg_maybe(const struct record *r, const struct bound *args, const char *name)
{
    for (size_t i = 0; args && r->args && r->args[i].name; i++) {
        if (strcmp(r->args[i].name, name) == 0)
            return &args[i];
    }
    return NULL;
}

const struct bound *record_arg(const struct record *r, const struct bound *args, const char *name)
{
    const struct bound *b = record_arg_maybe(r, args, name);
    if (!b)
        INTERNAL("'%s' has no argument '%s'", r->name, name);
    return b;
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

static bool is_one_of(const struct arg_def *defs, const struct arg *a)
{
    for (const struct arg_def *d = defs; d->name; d++)
        if (a->key ? arg_named(d, a->key)
                   : d->type == ARG_BOOL && a->value.kind == VALUE_WORD && arg_named(d, a->value.text))
            return true;
    return false;
}

void stmt_divide(struct arena *a, const struct stmt *s, const struct arg_def *defs, struct stmt *mine,
                 struct stmt *rest)
{
    *mine = *rest = *s;
    mine->n_args = rest->n_args = 0;
    mine->args = arena_alloc(a, (s->n_args + 1) * sizeof *mine->args);
    rest->args = arena_alloc(a, (s->n_args + 1) * sizeof *rest->args);
    for (size_t i = 0; i < s->n_args; i++)
        if (is_one_of(defs, &s->args[i]))
            mine->args[mine->n_args++] = s->args[i];
        else
            rest->args[rest->n_args++] = s->args[i];
}

/* ---- words */

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
