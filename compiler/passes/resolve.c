/* resolve.c -- pass: spec -> net. Only the files behind resolver.h know both: every statement becomes a node, or the
 * configuration of a section. */
#include <string.h>

#include "catalog/catalog.h"
#include "layers/layers.h"
#include "passes/resolver.h"
#include "training/training.h"

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

/* ---- outputs */

static void resolve_output(struct resolver *r, const struct stmt *s)
{
    if (r->output) {
        diag_error(r->ctx, s->name_span, "a second 'output'; one names all outputs, as in 'output a b'");
        diag_note(r->ctx, r->output->name_span, "the first is here");
    } else if (s->n_args == 0 || s->label || s->has_body) {
        diag_error(r->ctx, s->name_span, "'output' wants the labels of the outputs, as in 'output a b'");
    }
    r->output = s;
}

static void add_output(struct resolver *r, struct node *n)
{
    vec_push(ctx_arena(r->ctx), &r->net->outputs, (struct port){n, NULL});
}

/* The layers that `output` names; without it, the last one. */
static void find_outputs(struct resolver *r)
{
    const struct record rec = {.name = "output", .args = output_args};
    const struct bound *b = r->output ? bind_args(r->ctx, &rec, r->output, 0) : NULL;
    if (!r->output && r->here)
        add_output(r, r->here);
    if (!r->output && !r->failed && r->here && r->here->n_inputs == 0 && r->net->nodes.n > r->net->inputs.n)
        diag_error(
            r->ctx, r->here->stmt->name_span,
            "nothing stands behind this 'Input'; where the output is not the last layer, 'output LABEL' names it");
    for (size_t i = 0; b && i < b->n_items; i++) {
        struct node *n = labelled(r, r->output, &b->items[i]);
        for (size_t k = 0; n && k < r->net->outputs.n; k++)
            if (r->net->outputs.at[k].node == n)
                diag_error(r->ctx, b->items[i].span, "'%s' is an output already", b->items[i].text);
        if (n && n->n_inputs == 0)
            diag_error(r->ctx, b->items[i].span, "'%s' is an input", b->items[i].text);
        if (n)
            add_output(r, n);
    }
}

static void resolve_stmt(struct resolver *r, const struct stmt *s)
{
    diag_within(r->ctx, s->within);
    const struct record *const *family = section_family();
    if (strcmp(s->name, "model") == 0 || strcmp(s->name, "output") == 0) {
        (*s->name == 'm' ? resolve_model : resolve_output)(r, s);
        return;
    }
    for (size_t i = 0; family[i]; i++) {
        if (strcmp(s->name, family[i]->name) == 0) {
            resolve_section(r, i, s);
            return;
        }
    }
    resolve_inner(r, s);
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
    r->known.arena = ctx_arena(c);
    r->net = net_new(c, s->file);
    r->net->part = s->part;
    section_defaults(r->net);
    collect_labels(r, s->stmts, s->n_stmts);
    for (size_t i = 0; i < s->n_stmts; i++)
        resolve_stmt(r, s->stmts[i]);
    diag_within(c, NULL);
    find_outputs(r);
    if (!r->net->name)
        name_from_file(r->net);
    if (r->net->nodes.n > 0 && r->net->nodes.n == r->net->inputs.n && ctx_errors(c) == 0)
        diag_error(c, r->net->nodes.at[0]->stmt->span, "the network has no layers behind its 'Input'");
    else if (r->net->nodes.n == 0 && ctx_errors(c) == 0)
        diag_error(c, s->n_stmts ? s->stmts[s->n_stmts - 1]->span : (struct span){1, 1},
                   "the network has no layers; the first is 'Input', such as 'Input 28x28x1'");
    return r->net;
}
