/* labels.c -- labels inside blocks and repeats. Each use of a block has labels of its own: two uses of a block with the
 * label `c` give the layers `c` and `c_1`, and `from=c` in the block means the layer of the same use. */
#include <string.h>

#include "spec/front.h"
#include "spec/label_index.h"

struct labels {
    struct ctx *ctx;
    VEC(struct stmt *) stmts; /* those that have a label */
    const char **names;       /* those that are given, in the order of stmts */
    struct label_index index; /* the numbers in stmts */
    bool failed;
};

static bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* ---- labels */

/* `Input image 28x28x1` is `image: Input 28x28x1`. */
static void name_input(struct labels *l, struct stmt *s)
{
    const struct arg *first = s->n_args ? &s->args[0] : NULL;
    if (!same(s->name, "Input") || !first || first->key || first->value.kind != VALUE_WORD)
        return;
    if (s->label) {
        diag_error(l->ctx, first->value.span, "this 'Input' has a name already");
        diag_note(l->ctx, s->label_span, "it is here");
        l->failed = true;
        return;
    }
    s->label = first->value.text;
    s->label_span = first->value.span;
    s->args++;
    s->n_args--;
}

static void collect(struct labels *l, struct stmt *const *stmts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        name_input(l, stmts[i]);
        if (stmts[i]->label) {
            label_add(&l->index, stmts[i]->label, l->stmts.n);
            vec_push(ctx_arena(l->ctx), &l->stmts, stmts[i]);
        }
        collect(l, stmts[i]->body, stmts[i]->n_body);
    }
}

/* The first statement with that label within the use; NULL: there is none. */
static const struct stmt *first_within(const struct labels *l, const struct use *use, const char *label)
{
    const struct stmt *first = NULL;
    for (const struct label_entry *e = label_find(&l->index, label); e; e = e->before)
        if (l->stmts.at[e->number]->label_within == use)
            first = l->stmts.at[e->number];
    return first;
}

static void refuse_double(struct labels *l)
{
    for (size_t i = 0; i < l->stmts.n; i++) {
        const struct stmt *s = l->stmts.at[i], *first = first_within(l, s->label_within, s->label);
        if (first == s)
            continue;
        diag_within(l->ctx, s->label_within);
        diag_error(l->ctx, s->label_span, "label '%s' is taken", s->label);
        diag_note(l->ctx, first->label_span, "by this layer");
        l->failed = true;
    }
    diag_within(l->ctx, NULL);
}

/* How many statements before it have the same label. */
static int number_of(const struct labels *l, size_t at)
{
    int n = 0;
    for (const struct label_entry *e = label_find(&l->index, l->stmts.at[at]->label); e; e = e->before)
        n += e->number < at;
    return n;
}

/* Labels outside of blocks keep their names. */
static void give_names(struct labels *l)
{
    struct arena *a = ctx_arena(l->ctx);
    const char **given = arena_alloc(a, (l->stmts.n + 1) * sizeof *given);
    struct label_index taken = {.arena = a};
    for (int inside = 0; inside < 2; inside++)
        for (size_t i = 0; i < l->stmts.n; i++) {
            const struct stmt *s = l->stmts.at[i];
            if ((s->label_within != NULL) != inside)
                continue;
            given[i] = s->label;
            for (int k = inside ? number_of(l, i) : 0; label_find(&taken, given[i]) && !l->failed; k++)
                given[i] = arena_printf(a, "%s_%d", s->label, k ? k : 1);
            label_add(&taken, given[i], i);
        }
    l->names = given;
}

/* ---- references */

/* The labelled statement that `label` means within `use`: that of the nearest use around, else the only one anywhere.
 * -1: none, or after a report. */
static int meant(struct labels *l, const struct use *use, const struct value *label)
{
    const struct label_entry *all = label_find(&l->index, label->text), *found = NULL;
    int count = 0;
    for (const struct use *u = use; all; u = u->outer) {
        for (const struct label_entry *e = all; e; e = e->before)
            if (l->stmts.at[e->number]->label_within == u)
                found = e;
        if (found || !u)
            break;
    }
    if (found || !all)
        return found ? (int)found->number : -1;
    for (const struct label_entry *e = all; e; e = e->before)
        count++;
    if (count < 2)
        return (int)all->number;
    diag_error(l->ctx, label->span,
               "'%s' is the label of %d layers, in uses of a block: put a label on the use that you mean", label->text,
               count);
    diag_note(l->ctx, l->stmts.at[all->number]->label_span, "one of them is here");
    l->failed = true;
    return -1;
}

static void rename_value(struct labels *l, const struct use *use, struct value *v)
{
    for (size_t i = 0; v->kind == VALUE_LIST && i < v->n_items; i++)
        rename_value(l, use, &v->items[i].value);
    const int i = v->kind == VALUE_WORD ? meant(l, use, v) : -1;
    if (i >= 0)
        v->text = l->names[i];
}

static bool names_layers(const struct stmt *s, const struct arg *a)
{
    return a->key ? same(a->key, "from") || same(a->key, "on") : same(s->name, "output");
}

/* `@c` uses the layer with the label c. */
static void rename_use(struct labels *l, struct stmt *s)
{
    struct value label = {.kind = VALUE_WORD, .span = s->name_span, .text = s->name + 1};
    if (*s->name != '@')
        return;
    rename_value(l, s->within, &label);
    s->name = arena_printf(ctx_arena(l->ctx), "@%s", label.text);
}

static void rename_all(struct labels *l, struct stmt *const *stmts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct stmt *s = stmts[i];
        rename_use(l, s);
        diag_within(l->ctx, s->within);
        for (size_t k = 0; k < s->n_args; k++)
            if (names_layers(s, &s->args[k]))
                rename_value(l, s->within, &s->args[k].value);
        rename_all(l, s->body, s->n_body);
    }
    diag_within(l->ctx, NULL);
}

static bool resolve_together(struct ctx *c, struct stmt **stmts, size_t n)
{
    struct labels l = {.ctx = c, .index = {.arena = ctx_arena(c)}};
    collect(&l, stmts, n);
    refuse_double(&l);
    give_names(&l);
    rename_all(&l, stmts, n);
    for (size_t i = 0; i < l.stmts.n; i++)
        l.stmts.at[i]->label = l.names[i];
    return !l.failed;
}

/* `model NAME { ... }` has labels of its own. */
bool labels_resolve(struct ctx *c, struct stmt **stmts, size_t n)
{
    struct stmt **others = arena_alloc(ctx_arena(c), (n + 1) * sizeof *others);
    size_t n_others = 0;
    bool ok = true;
    for (size_t i = 0; i < n; i++)
        if (same(stmts[i]->name, "model") && stmts[i]->has_body)
            ok &= resolve_together(c, stmts[i]->body, stmts[i]->n_body);
        else
            others[n_others++] = stmts[i];
    return resolve_together(c, others, n_others) && ok;
}
