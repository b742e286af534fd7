/* canonical.c -- a layer's statement, printed from its bound arguments: one text for all spellings, in .net and in
 * YAML, so that both emit the same comments. Arguments that the user left out are not printed. */
#include <string.h>

#include "graph/layer.h"
#include "base/text.h"

static void put_bound(struct text *t, const struct arg_def *d, const struct bound *b);

static void put_call(struct text *t, const struct bound *b)
{
    const struct arg_def *d = b->record->args;
    const char *between = "(";
    text_add(t, "%s", b->record->name);
    for (; d && b->sub && d->name; d++) {
        const struct bound *s = &b->sub[d - b->record->args];
        if (!s->set)
            continue;
        text_add(t, "%s%s=", between, d->name);
        put_bound(t, d, s);
        between = ", ";
    }
    text_add(t, "%s", *between == ',' ? ")" : "");
}

static void put_items(struct text *t, const struct arg_def *d, const struct bound *b)
{
    const struct arg_def item = {.type = d->type == ARG_RECORDS   ? ARG_RECORD
                                         : d->type == ARG_NUMBERS ? ARG_REAL
                                         : d->type == ARG_INTS    ? ARG_INT
                                                                  : ARG_CHOICE};
    text_add(t, "[");
    for (size_t i = 0; i < b->n_items; i++) {
        text_add(t, "%s", i ? ", " : "");
        put_bound(t, &item, &b->items[i]);
    }
    text_add(t, "]");
}

/* The bound numbers as a list, where `3x3` could not say them. */
static void put_dim_list(struct text *t, const struct bound *b)
{
    text_add(t, "[");
    for (int i = 0; i < b->n_dims; i++)
        text_add(t, "%s%lld", i ? ", " : "", (long long)b->dim[i]);
    text_add(t, "]");
}

static void put_pairs(struct text *t, const struct bound *b)
{
    text_add(t, "[");
    for (size_t i = 0; i < b->n_items; i++) {
        text_add(t, "%s", i ? ", " : "");
        put_dim_list(t, &b->items[i]);
    }
    text_add(t, "]");
}

static void put_dims(struct text *t, const struct bound *b)
{
    for (int i = 0; i < b->n_dims; i++)
        if (b->dim[i] < 0) {
            put_dim_list(t, b);
            return;
        }
    for (int i = 0; i < b->n_dims; i++)
        text_add(t, "%s%lld", i ? "x" : "", (long long)b->dim[i]);
}

static void put_bound(struct text *t, const struct arg_def *d, const struct bound *b)
{
    switch (d->type) {
    case ARG_INT: text_add(t, "%.17g", b->number); break;
    case ARG_REAL: text_add(t, "%.9g", b->number); break;
    case ARG_BOOL: text_add(t, "%s", b->number != 0 ? "yes" : "no"); break;
    case ARG_DIMS: put_dims(t, b); break;
    case ARG_PAIRS: b->n_items ? put_pairs(t, b) : put_dims(t, b); break;
    case ARG_CHOICE:
    case ARG_WORD: text_add(t, "%s", b->text); break;
    case ARG_STRING: text_add(t, "\"%s\"", b->text); break;
    case ARG_RECORD: put_call(t, b); break;
    case ARG_NUMBERS:
        if (b->text) {
            text_add(t, "%s", b->text);
            break;
        }
        put_items(t, d, b);
        break;
    case ARG_RECORDS:
    case ARG_INTS:
    case ARG_COLUMNS:
    case ARG_STRINGS:
    case ARG_LABELS: put_items(t, d, b); break;
    case ARG_VALUES: break; /* of the section `step` alone, which no network's text has */
    }
}

static void put_from(struct text *t, const struct bound *from)
{
    text_add(t, " from=%s", from->n_items > 1 ? "[" : "");
    for (size_t i = 0; i < from->n_items; i++)
        text_add(t, "%s%s", i ? ", " : "", from->items[i].text);
    text_add(t, "%s", from->n_items > 1 ? "]" : "");
}

char *node_print(const struct net *n, const struct node *o)
{
    struct text t = {.arena = ctx_arena(n->ctx)};
    const struct arg_def *d = o->layer->rec.args;
    bool in_order = true; /* no position has been left out so far */
    text_add(&t, "%s", o->layer->rec.name);
    for (; d && o->args && d->name; d++) {
        const struct bound *b = &o->args[d - o->layer->rec.args];
        const bool positional = (d->flags & ARG_POSITIONAL) && !(d->flags & ARG_WITH_NAME) && in_order;
        const bool word = (d->flags & ARG_BARE) && (d->type == ARG_CHOICE || d->type == ARG_RECORD);
        in_order = in_order && (b->set || !(d->flags & ARG_POSITIONAL));
        if (!b->set)
            continue;
        text_add(&t, " ");
        if (!positional && !word)
            text_add(&t, "%s=", d->name);
        put_bound(&t, d, b);
    }
    if (o->common && o->common[COMMON_FROM].set)
        put_from(&t, &o->common[COMMON_FROM]);
    return text_end(&t);
}

char *record_print(struct ctx *c, const struct record *r, const struct bound *args, const char *but)
{
    struct text t = {.arena = ctx_arena(c)};
    const struct stmt silent = {.name = r->name};
    if (!args)
        args = bind_args(c, r, &silent, 0);
    text_add(&t, "%s", r->name);
    for (const struct arg_def *d = r->args; d && args && d->name; d++) {
        const bool shows = args[d - r->args].set || (d->def && !(d->flags & ARG_LATER));
        if (strcmp(d->name, but) == 0 || !shows)
            continue;
        text_add(&t, " %s=", d->name);
        put_bound(&t, d, &args[d - r->args]);
    }
    return text_end(&t);
}
