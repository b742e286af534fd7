/* docs.c -- what the tables know, for people: `cnnc --layers`, `cnnc --layers NAME`, grammar/LAYERS.md. */
#include <math.h>
#include <string.h>

#include "layer.h"
#include "text.h"

/* ---- families */

static const struct family {
    const char *title, *one, *about;
    const struct record *const *records;
} families[] = {
    {"Layers", "layer", "One statement a layer, in the order of the data's way.", (const void *)layers},
    {"Activations", "activation", "A word on `Conv2D` and `Dense`, or a statement.", activations},
    {"Initializers", "initializer", "For `kernel_initializer=` and `bias_initializer=`.", initializers},
    {"Regularizers", "regularizer",
     "For `kernel_regularizer=`, `bias_regularizer=`, `activity_regularizer=`; not divided by the batch.",
     regularizers},
    {"Losses", "loss", "For `loss` in `train`.", losses},
    {"Optimizers", "optimizer", "For `optimizer` in `train`.", optimizers},
    {"Schedules", "schedule", "For `lr=` of an optimizer; t counts the steps. A number is `constant`.", schedules},
    {"Metrics", "metric", "For `metrics` in `train`.", metrics},
    {"Meta-learners", "meta-learner", "For `meta` of `ensemble stacking`.", meta_learners},
};
enum { FAMILIES = sizeof families / sizeof *families };

static const struct layer *as_layer(const struct family *f, const struct record *r)
{
    return strcmp(f->one, "layer") == 0 ? (const struct layer *)(const void *)r : NULL;
}

/* ---- arguments */

static const char *family_word(const struct record *const *family)
{
    for (int i = 1; i < FAMILIES; i++) {
        if (families[i].records == family)
            return families[i].one;
    }
    return "name";
}

static const char *with_range(struct arena *a, const char *type, const struct arg_def *d)
{
    bool any = d->min == 0 && d->max == 0 && !d->open, unbounded = d->max >= 1e6 || d->max <= d->min;
    if (any || d->min < -1e6)
        return type;
    const char *least = arena_printf(a, "%s %s %g", type, d->open ? "above" : "from", d->min);
    if (unbounded)
        return least;
    return arena_printf(a, "%s %s %g", least, d->max == floor(d->max) ? "to" : "below", ceil(d->max));
}

static const char *choices(struct arena *a, const struct arg_def *d)
{
    const char *text = "";
    for (int i = 0; d->choices[i]; i++)
        text = arena_printf(a, "%s%s%s", text, i ? " or " : "", d->choices[i]);
    return text;
}

static const char *type_of(struct arena *a, const struct arg_def *d)
{
    switch (d->type) {
    case ARG_INT: return with_range(a, "whole number", d);
    case ARG_REAL: return with_range(a, "number", d);
    case ARG_BOOL: return "yes or no";
    case ARG_DIMS: return d->rank == 2 ? "dimensions, or one number for both" : "dimensions";
    case ARG_CHOICE: return choices(a, d);
    case ARG_STRING: return "string";
    case ARG_RECORD: return family_word(d->family);
    case ARG_RECORDS: return arena_printf(a, "one or more of: %s", family_word(d->family));
    case ARG_LABELS: return "labels";
    case ARG_WORD: return "word";
    case ARG_STRINGS: return "string, or a list of strings";
    case ARG_NUMBERS: return arena_printf(a, "%s, or a list of numbers", choices(a, d));
    }
    return "";
}

static const char *default_of(struct arena *a, const struct arg_def *d)
{
    if (d->def)
        return arena_printf(a, "default %s", d->def);
    return d->flags & ARG_REQUIRED ? "required" : "optional";
}

static const char *aliases(struct arena *a, const char *const alias[3])
{
    const char *text = "";
    for (int i = 0; i < 3 && alias[i]; i++)
        text = arena_printf(a, "%s%s%s", text, i ? ", " : "", alias[i]);
    return text;
}

/* ---- one record, in plain text */

static void put_argument(struct text *p, const struct arg_def *d)
{
    text_add(p, "  %-22s %s; %s, %s", d->name, d->doc, type_of(p->arena, d), default_of(p->arena, d));
    if (d->alias[0])
        text_add(p, "; also %s", aliases(p->arena, d->alias));
    text_add(p, "\n");
}

static void put_record(struct text *p, const struct record *r, const struct layer *l)
{
    text_add(p, "%s -- %s\n", r->name, r->doc);
    if (r->alias[0])
        text_add(p, "also called %s\n", aliases(p->arena, r->alias));
    if (l && l->input)
        text_add(p, "\ninput:   %s\n", l->input);
    if (r->example)
        text_add(p, "%sexample: %s\n", l && l->input ? "" : "\n", r->example);
    if (r->args)
        text_add(p, "\narguments:\n");
    for (int i = 0; r->args && r->args[i].name; i++)
        put_argument(p, &r->args[i]);
}

char *docs_print(struct ctx *c, const char *name)
{
    struct text p = {.arena = ctx_arena(c)};
    for (int i = 0; i < FAMILIES; i++) {
        const struct record *r = record_find(families[i].records, name);
        if (r) {
            put_record(&p, r, as_layer(&families[i], r));
            return text_end(&p);
        }
    }
    return NULL;
}

char *docs_list(struct ctx *c)
{
    struct text p = {.arena = ctx_arena(c)};
    for (const struct record *const *r = layer_family(); *r; r++)
        text_add(&p, "%-14s %s\n", (*r)->name, (*r)->doc);
    return text_end(&p);
}

/* ---- everything, in Markdown */

/* A cell of a table ends at '|'. */
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

static void put_table(struct text *p, const struct record *r)
{
    text_add(p, "\n| argument | | default | |\n|---|---|---|---|\n");
    for (int i = 0; r->args[i].name; i++) {
        const struct arg_def *d = &r->args[i];
        const char *def = d->def ? arena_printf(p->arena, "`%s`", d->def) : default_of(p->arena, d);
        text_add(p, "| `%s`%s%s | %s | %s | %s |\n", d->name, d->alias[0] ? ", " : "", aliases(p->arena, d->alias),
                 type_of(p->arena, d), def, cell(p->arena, d->doc));
    }
}

static void put_section(struct text *p, const struct record *r, const struct layer *l)
{
    text_add(p, "\n### %s\n\n%s", r->name, r->doc);
    if (r->alias[0])
        text_add(p, " Also called %s.", aliases(p->arena, r->alias));
    text_add(p, "\n");
    if (r->example)
        text_add(p, "\n```\n%s%s%s%s\n```\n", l && l->input ? "Input " : "", l && l->input ? l->input : "",
                 l && l->input ? "\n" : "", r->example);
    if (r->args)
        put_table(p, r);
}

static void put_family(struct text *p, const char *title, const char *about, const struct record *const *records,
                       const struct family *f)
{
    text_add(p, "\n## %s\n\n%s\n", title, about);
    for (; *records; records++)
        put_section(p, *records, f ? as_layer(f, *records) : NULL);
}

char *docs_markdown(struct ctx *c)
{
    struct text p = {.arena = ctx_arena(c)};
    text_add(&p,
             "<!-- made by `make docs` from the compiler's tables; edit those -->\n\n# Layers, and all other words\n");
    for (int i = 0; i < FAMILIES; i++)
        put_family(&p, families[i].title, families[i].about, families[i].records, &families[i]);
    for (const struct record *const *s = section_family(); *s; s++)
        put_family(&p, arena_printf(p.arena, "Section `%s`", (*s)->name), (*s)->doc, section_words((*s)->name), NULL);
    return text_end(&p);
}
