/* resolve_layer.c -- a statement that is a layer becomes a node, and gets the layers that it reads. */
#include <string.h>

#include "closest.h"
#include "layers/layers.h"
#include "passes/resolver.h"
#include "spec/records.h"
#include "training/training.h"

/* ---- names */

static const struct stmt *label_owner(const struct resolver *r, const char *name)
{
    for (int i = 0; i < r->n_labels; i++) {
        if (strcmp(r->labels[i]->label, name) == 0)
            return r->labels[i];
    }
    return NULL;
}

static void collect_label(struct resolver *r, const struct stmt *s)
{
    if (!s->label || r->n_labels == MAX_LAYERS)
        return;
    if (!name_is_word(s->label))
        diag_error(r->ctx, s->label_span, "a label is a word of up to 63 letters, digits and '_'");
    else
        r->labels[r->n_labels++] = s;
}

void collect_labels(struct resolver *r, struct stmt *const *stmts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        collect_label(r, stmts[i]);
        collect_labels(r, stmts[i]->body, stmts[i]->n_body);
    }
}

/* ---- layers */

static bool is_input(const struct layer *layer)
{
    return strcmp(layer->rec.name, "Input") == 0;
}

static bool in_its_place(const struct resolver *r, const struct layer *layer, const struct stmt *s)
{
    if (is_input(layer) && r->inside) {
        diag_error(r->ctx, s->name_span, "'%s' stands outside of other statements", s->name);
        return false;
    }
    if (!is_input(layer) && r->net->nodes.n == r->use.first && !r->failed) {
        diag_error(r->ctx, s->name_span, "the first layer must be 'Input', such as 'Input 28x28x1'");
        return false;
    }
    return is_input(layer) || r->net->nodes.n > r->use.first;
}

/* ---- what a layer reads */

/* The last node with that label that the statement has not made. */
static struct node *known_as(struct resolver *r, const struct stmt *reader, const char *label)
{
    for (; r->n_known < r->net->nodes.n; r->n_known++) {
        const struct node *n = r->net->nodes.at[r->n_known];
        if (n->stmt->label)
            label_add(&r->known, n->stmt->label, r->n_known);
    }
    const struct label_entry *e = label_find(&r->known, label);
    while (e && r->net->nodes.at[e->number]->stmt == reader)
        e = e->before;
    return e && e->number >= r->use.first ? r->net->nodes.at[e->number] : NULL;
}

static const char *closest_label(const struct resolver *r, const struct stmt *reader, const char *label)
{
    struct word_list words = {.arena = ctx_arena(r->ctx)};
    for (size_t i = r->net->nodes.n; i-- > r->use.first;) {
        const struct stmt *s = r->net->nodes.at[i]->stmt;
        if (s != reader && s->label)
            word_add(&words, s->label);
    }
    return cnn_closest(label, words.v.at, words.v.n);
}

struct node *labelled(struct resolver *r, const struct stmt *reader, const struct bound *label)
{
    struct node *n = known_as(r, reader, label->text);
    if (n)
        return n;
    const char *near = closest_label(r, reader, label->text);
    const struct stmt *later = label_owner(r, label->text);
    if (later && r->failed)
        return NULL; /* that layer may be missing because of the error */
    if (later && reader->label && strcmp(later->label, reader->label) == 0) {
        diag_error(r->ctx, label->span, "'%s' cannot read itself", label->text);
    } else if (later) {
        diag_error(r->ctx, label->span, "a layer reads layers before it, and '%s' stands behind", label->text);
        diag_note(r->ctx, later->label_span, "it is here");
    } else if (near) {
        diag_error_fix(r->ctx, label->span, near, "no layer has the label '%s'; did you mean '%s'?", label->text, near);
    } else {
        diag_error(r->ctx, label->span, "no layer has the label '%s'; a label stands in front, as in '%s: Dense 10'",
                   label->text, label->text);
    }
    return NULL;
}

struct node *source_of(struct resolver *r, const struct stmt *s, const struct bound *from)
{
    if (!from->set)
        return r->here;
    if (from->n_items == 1)
        return labelled(r, s, &from->items[0]);
    diag_error(r->ctx, from->span, "'%s' reads one layer, not %zu", s->name, from->n_items);
    return NULL;
}

static bool inputs_suit(const struct resolver *r, const struct node *n)
{
    const struct layer *l = n->layer;
    const int least = l->most_inputs ? l->least_inputs : 1, most = l->most_inputs ? l->most_inputs : 1;
    const struct bound *from = &n->common[COMMON_FROM];
    const struct span at = from->set ? from->span : n->stmt->name_span;
    if (n->n_inputs < least)
        diag_error(r->ctx, at, "'%s' reads %d layers%s, as in '%s from=[a, b]' with labels in front of both",
                   n->stmt->name, least, most > least ? " or more" : "", n->stmt->name);
    else if (n->n_inputs > most && most == 1)
        diag_error(r->ctx, at, "'%s' reads one layer, not %d; 'Concatenate from=[...]' joins several", n->stmt->name,
                   n->n_inputs);
    else if (n->n_inputs > most)
        diag_error(r->ctx, at, "'%s' reads at most %d layers, not %d", n->stmt->name, most, n->n_inputs);
    return n->n_inputs >= least && n->n_inputs <= most;
}

bool read_inputs(struct resolver *r, struct node *n)
{
    const struct bound *from = &n->common[COMMON_FROM];
    if (is_input(n->layer) && r->use.feed) {
        node_reads(r->net, n, r->use.feed->v.at[r->use.fed++]);
        return true;
    }
    if (is_input(n->layer)) {
        vec_push(ctx_arena(r->ctx), &r->net->inputs, (struct port){.node = n});
        if (from->set)
            diag_error(r->ctx, from->span, "'%s' reads no layer", n->stmt->name);
        return !from->set;
    }
    if (!from->set)
        node_reads(r->net, n, r->here);
    for (size_t i = 0; i < from->n_items; i++) {
        struct node *input = labelled(r, n->stmt, &from->items[i]);
        if (!input)
            return false;
        node_reads(r->net, n, input);
    }
    return inputs_suit(r, n);
}

/* ---- nodes */

struct node *add_node(struct resolver *r, const struct layer *layer, const struct stmt *s, struct bound *args,
                      struct bound *common)
{
    struct net *net = r->net;
    if (net->nodes.n == MAX_LAYERS) {
        diag_error(r->ctx, s->name_span, "a network has at most %d layers", MAX_LAYERS);
        r->failed = true;
        return NULL;
    }
    struct node *n = arena_alloc(ctx_arena(r->ctx), sizeof *n);
    const char *of = r->use.of && (r->use.feed || !is_input(layer)) ? r->use.of->name : NULL;
    *n = (struct node){.id = (int)net->nodes.n,
                       .name = s->label && of ? arena_printf(ctx_arena(r->ctx), "%s.%s", of, s->label) : s->label,
                       .of = of,
                       .passes = r->use.passes && !r->frozen && !common_frozen(common),
                       .layer = layer,
                       .stmt = s,
                       .args = args,
                       .common = common,
                       .orphan = r->failed,
                       .frozen = r->use.passes || r->frozen || common_frozen(common),
                       .in = {.rank = -1},
                       .out = {.rank = -1}};
    if (n->name)
        n->ident = names_take(net->names, n->name);
    vec_push(ctx_arena(r->ctx), &net->nodes, n);
    return n;
}

void resolve_layer(struct resolver *r, const struct layer *layer, const struct stmt *s)
{
    if (s->has_body) {
        diag_error(r->ctx, s->name_span, "'%s' takes no body", s->name);
        r->failed = true;
        return;
    }
    const bool placed = in_its_place(r, layer, s);
    struct stmt own;
    struct bound *common = common_bind(r->ctx, s, &own);
    struct bound *args = bind_args(r->ctx, &layer->rec, &own, 0); /* reports mistakes even if the layer is lost */
    struct node *n = args && placed && common ? add_node(r, layer, s, args, common) : NULL;
    if (!n || !read_inputs(r, n))
        r->failed = true;
    if (n && r->failed)
        n->orphan = true;
    r->here = n ? n : r->here;
}
