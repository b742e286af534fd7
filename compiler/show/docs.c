/* docs.c -- the reference on a terminal: `cnnc --list`, `cnnc --explain NAME`, `cnnc --layers`. */
#include "closest.h"
#include "show/docs.h"
#include "training/training.h"

#include <string.h>

#include "spec/records.h"
#include "base/text.h"

enum { WIDTH = 80 };

/* ---- lines */

/* Prints words in lines that start at column `indent`. The first line continues at the current column, `at`. */
static void put_wrapped(struct text *t, const char *words, int at, int indent)
{
    for (bool first = true; *words; first = false) {
        const int n = (int)strcspn(words, " ");
        if (!first && at + 1 + n > WIDTH) {
            text_add(t, "\n%*s", indent, "");
            at = indent;
        } else if (!first) {
            text_add(t, " ");
            at++;
        }
        text_add(t, "%.*s", n, words);
        at += n;
        words += n + (words[n] == ' ');
    }
    text_add(t, "\n");
}

static void put_indented(struct text *t, const char *lines)
{
    while (*lines) {
        const int n = (int)strcspn(lines, "\n");
        text_add(t, "  %.*s\n", n, lines);
        lines += n + (lines[n] == '\n');
    }
}

/* ---- a page */

static void put_argument(struct text *t, const struct kind *kinds, const struct arg_def *d)
{
    struct arena *a = t->arena;
    text_add(t, "  %s\n      ", docs_arg_names(a, d));
    put_wrapped(t, arena_printf(a, "%s; %s, %s", d->doc, docs_type(a, kinds, d), docs_default(a, d)), 6, 6);
}

/* What may be in a section, or may follow its word. */
static void put_words(struct text *t, const struct record *section)
{
    const char *words = "";
    for (const struct record *const *w = section_words(section->name); *w; w++)
        words = arena_printf(t->arena, "%s%s%s", words, *words ? ", " : "", (*w)->name);
    text_add(t, "\nwords, each with a page of its own:\n  ");
    put_wrapped(t, words, 2, 2);
}

static void put_page(struct ctx *c, struct text *t, const struct kind *kinds, const struct kind *k,
                     const struct record *r)
{
    struct arena *a = t->arena;
    const char *example = docs_example(a, k, r);
    text_add(t, "%s -- %s\n", r->name, k->name);
    put_wrapped(t, r->doc, 0, 0);
    if (r->alias[0])
        put_wrapped(t, arena_printf(a, "also called %s", docs_aliases(a, r)), 0, 0);
    if (r->args) {
        text_add(t, "\nsynopsis:\n  ");
        put_wrapped(t, docs_synopsis(a, k, r), 2, 6);
        text_add(t, "\narguments:\n");
    }
    for (int i = 0; r->args && r->args[i].name; i++)
        put_argument(t, kinds, &r->args[i]);
    if (k->records == section_family())
        put_words(t, r);
    text_add(t, "\nexample:\n");
    put_indented(t, example);
    if (k->frame) {
        text_add(t, "\nthe same in YAML:\n");
        put_indented(t, docs_twin(c, example));
    }
}

/* ---- finding records: "Dense", "loss.mse", or "train" for all records with that name */

static bool of_kind(const struct kind *k, const char *name, size_t n)
{
    return n == 0 || (strlen(k->name) == n && strncmp(k->name, name, n) == 0) ||
           (strlen(k->plural) == n && strncmp(k->plural, name, n) == 0);
}

/* The words that have an option of that name; NULL: none. */
static const char *words_with(struct arena *a, const struct kind *kinds, const char *option)
{
    const char *words = NULL;
    for (const struct kind *k = kinds; k->name; k++)
        for (const struct record *const *r = k->records; *r && !k->members; r++)
            for (const struct arg_def *d = (*r)->args; d && d->name; d++)
                if (arg_named(d, option))
                    words = words ? arena_printf(a, "%s, %s", words, (*r)->name) : (*r)->name;
    return words;
}

static void unknown(struct ctx *c, const struct kind *kinds, const char *name)
{
    VEC(const char *) names = {0};
    for (const struct kind *k = kinds; k->name; k++)
        for (const struct record *const *r = k->records; *r; r++)
            vec_push(ctx_arena(c), &names, (*r)->name);
    const char *near = cnn_closest(name, names.at, names.n), *words = words_with(ctx_arena(c), kinds, name);
    if (words)
        diag_error(c, (struct span){0}, "'%s' is an option of %s; --explain tells it there", name, words);
    else if (near)
        diag_error(c, (struct span){0}, "nothing is called '%s'; did you mean '%s'?", name, near);
    else
        diag_error(c, (struct span){0}, "nothing is called '%s'; 'cnnc --list' lists all words", name);
}

char *docs_print(struct ctx *c, const char *name)
{
    struct text t = {.arena = ctx_arena(c)};
    const struct kind *kinds = docs_kinds(t.arena);
    const char *dot = strchr(name, '.'), *own = dot ? dot + 1 : name;
    for (const struct kind *k = kinds; k->name; k++) {
        const struct record *r =
            k->members || !of_kind(k, name, dot ? (size_t)(dot - name) : 0) ? NULL : record_find(k->records, own);
        if (!r)
            continue;
        text_add(&t, "%s", t.bytes.n ? "\n\n" : "");
        put_page(c, &t, kinds, k, r);
    }
    if (t.bytes.n)
        return text_end(&t);
    unknown(c, kinds, name);
    return NULL;
}

/* ---- lists */

static int longest_name(const struct kind *k)
{
    size_t longest = 0;
    for (const struct record *const *r = k->records; *r; r++)
        longest = strlen((*r)->name) > longest ? strlen((*r)->name) : longest;
    return (int)longest;
}

static void put_kind(struct text *t, const struct kind *k, int indent)
{
    const int width = longest_name(k);
    for (const struct record *const *r = k->records; *r; r++)
        text_add(t, "%*s%-*s  %s\n", indent, "", width, (*r)->name, (*r)->doc);
}

char *docs_list(struct ctx *c, const char *kind)
{
    struct text t = {.arena = ctx_arena(c)};
    const struct kind *kinds = docs_kinds(t.arena), *only = kind ? docs_kind(kinds, kind) : NULL;
    VEC(const char *) names = {0};
    for (const struct kind *k = kinds; k->name; k++)
        vec_push(t.arena, &names, k->plural);
    if (kind && !only) {
        const char *near = cnn_closest(kind, names.at, names.n), *all = "";
        for (size_t i = 0; i < names.n; i++)
            all = arena_printf(t.arena, "%s%s%s", all, i ? ", " : "", names.at[i]);
        diag_error(c, (struct span){0}, near ? "no kind '%s'; did you mean '%s'?" : "no kind '%s'; there are %s", kind,
                   near ? near : all);
        return NULL;
    }
    for (const struct kind *k = kinds; k->name && !only; k++) {
        text_add(&t, "%s%s:\n", k == kinds ? "" : "\n", k->plural);
        put_kind(&t, k, 2);
    }
    if (only)
        put_kind(&t, only, 0);
    return text_end(&t);
}
