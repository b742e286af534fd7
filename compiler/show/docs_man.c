/* docs_man.c -- the reference as a part of net(5), made from the tables; man/net.5.in is the other part. */
#include "training/training.h"
#include "show/docs.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

/* ---- roff: backslashes and hyphens are escaped, and no line begins with a dot or an apostrophe */

static void put_escaped(struct text *t, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] == '\\')
            text_add(t, "\\e");
        else if (s[i] == '-')
            text_add(t, "\\-");
        else if (s[i] == '^' || s[i] == '~' || s[i] == '`')
            text_add(t, "\\(%s", s[i] == '^' ? "ha" : s[i] == '~' ? "ti" : "ga");
        else
            text_add(t, "%c", s[i]);
}

/* Filled text: lines of at most 78 bytes, and each sentence starts a line. */
static void put_text(struct text *t, const char *s)
{
    for (size_t column = 0; *s;) {
        const size_t n = strcspn(s, " ");
        if (column && column + 1 + n > 78) {
            text_add(t, "\n");
            column = 0;
        }
        text_add(t, "%s%s", column ? " " : "", !column && strchr(".'", *s) ? "\\&" : "");
        put_escaped(t, s, n);
        column += n + 1;
        const bool ends = n > 1 && s[n - 1] == '.' && s[n];
        s += n + (s[n] == ' ');
        if (ends && isupper((unsigned char)*s)) {
            text_add(t, "\n");
            column = 0;
        }
    }
    text_add(t, "\n");
}

/* Lines that are not filled. */
static void put_lines(struct text *t, const char *s)
{
    text_add(t, ".PP\n.RS 4\n.nf\n");
    while (*s) {
        const size_t n = strcspn(s, "\n");
        text_add(t, "%s", strchr(".'", *s) ? "\\&" : "");
        put_escaped(t, s, n);
        text_add(t, "\n");
        s += n + (s[n] == '\n');
    }
    text_add(t, ".fi\n.RE\n");
}

/* ---- pages */

static void put_argument(struct text *t, const struct kind *kinds, const struct arg_def *d)
{
    struct arena *a = t->arena;
    text_add(t, ".TP\n.B ");
    put_text(t, docs_arg_names(a, d));
    put_text(t, arena_printf(a, "%s; %s, %s", d->doc, docs_type(a, kinds, d), docs_default(a, d)));
}

static void put_members(struct text *t, const struct record *const *r)
{
    for (; *r; r++) {
        text_add(t, ".TP\n.B ");
        put_text(t, (*r)->name);
        put_text(t, (*r)->doc);
    }
}

static void put_record(struct ctx *c, struct text *t, const struct kind *kinds, const struct kind *k,
                       const struct record *r)
{
    struct arena *a = t->arena;
    const char *example = docs_example(a, k, r);
    text_add(t, ".SS ");
    put_text(t, r->name);
    put_text(t, r->doc);
    if (r->alias[0])
        put_text(t, arena_printf(a, "Also called %s.", docs_aliases(a, r)));
    if (r->args) {
        text_add(t, ".PP\n");
        put_text(t, docs_synopsis(a, k, r));
    }
    for (const struct arg_def *d = r->args; d && d->name; d++)
        put_argument(t, kinds, d);
    if (k->records == section_family())
        put_members(t, section_words(r->name));
    put_lines(t, example);
    if (k->frame)
        put_lines(t, docs_twin(c, example));
}

char *docs_man(struct ctx *c)
{
    struct text t = {.arena = ctx_arena(c)};
    const struct kind *kinds = docs_kinds(t.arena);
    for (const struct kind *k = kinds; k->name; k++) {
        text_add(&t, ".SH ");
        for (const char *s = k->title; *s; s++)
            text_add(&t, "%c", toupper((unsigned char)*s));
        text_add(&t, "\n");
        put_text(&t, k->about);
        if (k->members)
            put_members(&t, k->records);
        for (const struct record *const *r = k->records; !k->members && *r; r++)
            put_record(c, &t, kinds, k, *r);
    }
    return text_end(&t);
}
