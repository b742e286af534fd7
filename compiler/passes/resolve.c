/* resolve.c -- pass: spec -> net. The only file that knows both: every statement becomes a node, or the configuration
 * of a section. */
#include <string.h>

#include "closest.h"
#include "passes/passes.h"
#include "spec/records.h"
#include "training/training.h"
#include "layers/layers.h"

enum { MAX_LAYERS = 4096 };

struct resolver {
    struct ctx *ctx;
    struct net *net;
    const struct stmt *labels[MAX_LAYERS]; /* of the layers with a label */
    int n_labels;
    const struct stmt *model, *sections[8]; /* found so far, by the index in section_family() */
    bool failed;                            /* a layer had an error: later messages would blame the wrong statement */
};

/* ---- names */

static const struct stmt *label_owner(const struct resolver *r, const char *name)
{
    for (int i = 0; i < r->n_labels; i++) {
        if (strcmp(r->labels[i]->label, name) == 0)
            return r->labels[i];
    }
    return NULL;
}

/* Labels come first: a layer without a label must not take a name that a later line gives. */
static void collect_label(struct resolver *r, const struct stmt *s)
{
    if (!s->label || r->n_labels == MAX_LAYERS)
        return;
    const struct stmt *before = label_owner(r, s->label);
    if (before) {
        diag_error(r->ctx, s->label_span, "label '%s' is taken", s->label);
        diag_note(r->ctx, before->label_span, "by this layer");
    } else if (!name_is_word(s->label)) {
        diag_error(r->ctx, s->label_span, "a label is a word of up to 63 letters, digits and '_'");
    } else {
        r->labels[r->n_labels++] = s;
    }
}

/* ---- layers */

static bool in_its_place(const struct resolver *r, const struct layer *layer, const struct stmt *s)
{
    bool input = strcmp(layer->rec.name, "Input") == 0, first = r->net->nodes.n == 0;
    if (input && !first) {
        diag_error(r->ctx, s->name_span, "a network has one 'Input', and it comes first");
        diag_note(r->ctx, r->net->nodes.at[0]->stmt->name_span, "the first layer is here");
        return false;
    }
    if (!input && first && !r->failed) {
        diag_error(r->ctx, s->name_span, "the first layer must be 'Input', such as 'Input 28x28x1'");
        return false;
    }
    return input || !first;
}

/* The layer with that label, of those before this one; NULL after a report. */
static struct node *labelled(const struct resolver *r, const struct node *reader, const struct bound *label)
{
    struct word_list words = {.arena = ctx_arena(r->ctx)};
    for (size_t i = r->net->nodes.n; i-- > 0;) {
        struct node *n = r->net->nodes.at[i];
        if (n->stmt->label && strcmp(n->stmt->label, label->text) == 0)
            return n;
        if (n->stmt->label)
            word_add(&words, n->stmt->label);
    }
    const char *near = cnn_closest(label->text, words.v.at, words.v.n);
    const struct stmt *later = label_owner(r, label->text);
    if (later == reader->stmt) {
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

/* The layers that from= names; without it, the one above. */
static bool read_inputs(const struct resolver *r, struct node *n)
{
    const struct bound *from = &n->common[COMMON_FROM];
    if (r->net->nodes.n == 0)
        return true;
    if (!from->set)
        node_reads(r->net, n, last_node(r->net));
    for (size_t i = 0; i < from->n_items; i++) {
        struct node *input = labelled(r, n, &from->items[i]);
        if (!input)
            return false;
        node_reads(r->net, n, input);
    }
    return inputs_suit(r, n);
}

static void add_node(struct resolver *r, const struct layer *layer, const struct stmt *s, struct bound *args,
                     struct bound *common)
{
    struct net *net = r->net;
    struct node *n = arena_alloc(ctx_arena(r->ctx), sizeof *n);
    *n = (struct node){.id = (int)net->nodes.n,
                       .name = s->label,
                       .layer = layer,
                       .stmt = s,
                       .args = args,
                       .common = common,
                       .orphan = r->failed,
                       .in = {.rank = -1},
                       .out = {.rank = -1}};
    if (!read_inputs(r, n))
        r->failed = n->orphan = true;
    if (n->name)
        n->ident = names_take(net->names, n->name);
    vec_push(ctx_arena(r->ctx), &net->nodes, n);
}

static void resolve_layer(struct resolver *r, const struct layer *layer, const struct stmt *s)
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
    args = placed && common ? args : NULL;
    if (args && r->net->nodes.n == MAX_LAYERS)
        diag_error(r->ctx, s->name_span, "a network has at most %d layers", MAX_LAYERS);
    else if (args)
        add_node(r, layer, s, args, common);
    if (!args || r->net->nodes.n == MAX_LAYERS)
        r->failed = true;
}

/* ---- other statements */

static void name_model(struct net *n, const char *name, struct span at)
{
    const struct model_name made = model_name(ctx_arena(n->ctx), name);
    n->name = made.name;
    n->renamed = (struct renamed){name, made.why, at};
}

static void resolve_model(struct resolver *r, const struct stmt *s)
{
    const struct value *v = s->n_args == 1 ? &s->args[0].value : NULL;
    if (r->model) {
        diag_error(r->ctx, s->name_span, "the model has a name already");
        diag_note(r->ctx, r->model->name_span, "it is given here");
    } else if (!v || s->label || s->has_body || s->args[0].key || (v->kind != VALUE_WORD && v->kind != VALUE_STRING)) {
        diag_error(r->ctx, s->name_span, "'model' wants one name, such as 'model mnist'");
    } else if (!name_is_word(v->text)) {
        diag_error(r->ctx, v->span, "the name of a model is a word of up to 63 letters, digits and '_'");
    } else {
        name_model(r->net, v->text, v->span);
    }
    r->model = s;
}

static void resolve_section(struct resolver *r, size_t index, const struct stmt *s)
{
    if (r->sections[index]) {
        diag_error(r->ctx, s->name_span, "a second '%s' section", s->name);
        diag_note(r->ctx, r->sections[index]->name_span, "the first is here");
        return;
    }
    r->sections[index] = s;
    section_bind(r->net, s);
}

static bool python_word(const char *name)
{
    static const char *const words[] = {"import", "from", "def", "class", "return", "print", "for", "if"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(name, words[i]) == 0)
            return true;
    return false;
}

/* An unknown statement with a body is probably a misspelt section. */
static void unknown_statement(struct resolver *r, const struct stmt *s)
{
    r->failed = true;
    if (unsupported(r->ctx, s->name_span, WORD_STATEMENT, s->name))
        return;
    if (section_of_word(s->name))
        diag_error(r->ctx, s->name_span, "'%s' belongs to '%s', as in '%s { %s ... }'", s->name,
                   section_of_word(s->name), section_of_word(s->name), s->name);
    else if (python_word(s->name))
        diag_error(r->ctx, s->name_span, "this looks like Python; a layer is a line such as 'Dense 64 relu'");
    else if (s->has_body)
        record_unknown(r->ctx, s->name_span, "section", s->name, section_family());
    else
        record_unknown(r->ctx, s->name_span, "layer", s->name, layer_family());
}

static void resolve_stmt(struct resolver *r, const struct stmt *s)
{
    const struct record *const *family = section_family();
    if (strcmp(s->name, "model") == 0) {
        resolve_model(r, s);
        return;
    }
    for (size_t i = 0; family[i]; i++) {
        if (strcmp(s->name, family[i]->name) == 0) {
            resolve_section(r, i, s);
            return;
        }
    }
    const struct record *rec = record_find(layer_family(), s->name);
    if (rec)
        resolve_layer(r, (const struct layer *)(const void *)rec, s);
    else
        unknown_statement(r, s);
}

/* ---- the pass */

static void name_from_file(struct net *n)
{
    const size_t length = strcspn(n->file, ".");
    if (length == 0 || strcmp(n->file, "-") == 0)
        n->name = "model";
    else
        name_model(n, arena_strndup(ctx_arena(n->ctx), n->file, length < 63 ? length : 63), (struct span){0, 0});
}

void name_note(const struct net *n)
{
    if (n->renamed.why)
        diag_note(n->ctx, n->renamed.at,
                  "in C the model is called '%s': '%s' %s; without -o its files are called so, too", n->name,
                  n->renamed.from, n->renamed.why);
}

struct net *resolve(struct ctx *c, const struct spec *s)
{
    struct resolver *r = arena_alloc(ctx_arena(c), sizeof *r);
    r->ctx = c;
    r->net = net_new(c, s->file);
    section_defaults(r->net);
    for (size_t i = 0; i < s->n_stmts; i++)
        collect_label(r, s->stmts[i]);
    for (size_t i = 0; i < s->n_stmts; i++)
        resolve_stmt(r, s->stmts[i]);
    if (!r->net->name)
        name_from_file(r->net);
    if (r->net->nodes.n == 1 && ctx_errors(c) == 0)
        diag_error(c, r->net->nodes.at[0]->stmt->span, "the network has no layers behind its 'Input'");
    else if (r->net->nodes.n == 0 && ctx_errors(c) == 0)
        diag_error(c, s->n_stmts ? s->stmts[s->n_stmts - 1]->span : (struct span){1, 1},
                   "the network has no layers; the first is 'Input', such as 'Input 28x28x1'");
    return r->net;
}
