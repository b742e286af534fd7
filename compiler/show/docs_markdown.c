/* docs_markdown.c -- the reference as grammar/REFERENCE.md. */
#include "training/training.h"
#include "show/docs.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

/* A '|' would end the cell of a table. */
static const char *cell(struct arena *a, const char *s)
{
    char *t = arena_alloc(a, 2 * strlen(s) + 1), *p = t;
    for (; *s; s++) {
        if (*s == '|')
            *p++ = '\\';
        *p++ = *s;
    }
    return t;
}

/* The anchor that GitHub gives a heading. */
static const char *anchor(struct arena *a, const char *heading)
{
    char *t = arena_alloc(a, strlen(heading) + 1), *p = t;
    for (; *heading; heading++)
        if (isalnum((unsigned char)*heading) || strchr("_-", *heading))
            *p++ = (char)tolower((unsigned char)*heading);
        else if (*heading == ' ')
            *p++ = '-';
    return t;
}

static void put_table(struct text *t, const struct kind *kinds, const struct record *r)
{
    struct arena *a = t->arena;
    text_add(t, "\n| argument | | default | |\n|---|---|---|---|\n");
    for (const struct arg_def *d = r->args; d->name; d++) {
        const char *def = d->def ? arena_printf(a, "`%s`", d->def) : docs_default(a, d);
        const char *others = docs_arg_names(a, d) + strlen(d->name);
        text_add(t, "| `%s`%s | %s | %s | %s |\n", d->name, others, cell(a, docs_type(a, kinds, d)), def,
                 cell(a, d->doc));
    }
}

/* Records that another kind describes are only named. */
static void put_members(struct text *t, const struct record *const *r)
{
    text_add(t, "\n");
    for (; *r; r++)
        text_add(t, "- [%s](#%s): %s\n", (*r)->name, anchor(t->arena, (*r)->name), (*r)->doc);
}

static void put_record(struct ctx *c, struct text *t, const struct kind *kinds, const struct kind *k,
                       const struct record *r)
{
    struct arena *a = t->arena;
    const char *example = docs_example(a, k, r);
    text_add(t, "\n### %s\n\n%s", r->name, r->doc);
    if (r->alias[0])
        text_add(t, " Also called %s.", docs_aliases(a, r));
    text_add(t, "\n");
    if (r->args) {
        text_add(t, "\n`%s`\n", docs_synopsis(a, k, r));
        put_table(t, kinds, r);
    }
    if (k->records == section_family())
        put_members(t, section_words(r->name));
    if (!k->frame)
        text_add(t, "\n    %s\n", example);
    else
        text_add(t, "\n```net\n%s```\n\n```yaml\n%s```\n", example, docs_twin(c, example));
}

char *docs_markdown(struct ctx *c)
{
    struct text t = {.arena = ctx_arena(c)};
    const struct kind *kinds = docs_kinds(t.arena);
    text_add(&t, "<!-- made by `make docs` from the compiler's tables; edit those -->\n\n# Reference\n\n"
                 "Every word of the language, by kind; `cnnc --explain NAME` prints what stands here of one. "
                 "`grammar/LANGUAGE.md` teaches the language by example.\n\n");
    for (const struct kind *k = kinds; k->name; k++)
        text_add(&t, "- [%s](#%s)\n", k->title, anchor(t.arena, k->title));
    for (const struct kind *k = kinds; k->name; k++) {
        text_add(&t, "\n## %s\n\n%s\n", k->title, k->about);
        if (k->members)
            put_members(&t, k->records);
        for (const struct record *const *r = k->records; !k->members && *r; r++)
            put_record(c, &t, kinds, k, *r);
    }
    return text_end(&t);
}
