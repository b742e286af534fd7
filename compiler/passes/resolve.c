/* resolve.c -- pass: spec -> net. Only the files behind resolver.h know both: every statement becomes a node, or the
 * configuration of a section. */
#include <string.h>

#include "layers/layers.h"
#include "passes/passes.h"
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
    if (r->models.n) {
        diag_error(r->ctx, s->name_span, "where there are models, '%s' stands in one of them", s->name);
        diag_note(r->ctx, r->models.at[0].span, "such as this one");
        return;
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

/* The only network of the spec. */
static void resolve_whole(struct resolver *r, const struct spec *s)
{
    struct node_list outputs = {0};
    struct net *n = r->net;
    if (r->chosen)
        diag_error(r->ctx, (struct span){0}, "--model %s: there is one network, not several models", r->chosen);
    if (n->step->given)
        diag_error(r->ctx, n->step->span, "'step' trains several models, each in 'model NAME {', its layers, '}'");
    find_outputs(r, r->output, &outputs);
    for (size_t i = 0; i < outputs.v.n; i++)
        vec_push(ctx_arena(r->ctx), &n->outputs, (struct port){.node = outputs.v.at[i]});
    if (n->nodes.n > 0 && n->nodes.n == n->inputs.n && ctx_errors(r->ctx) == 0)
        diag_error(r->ctx, n->nodes.at[0]->stmt->span, "the network has no layers behind its 'Input'");
    else if (n->nodes.n == 0 && ctx_errors(r->ctx) == 0)
        diag_error(r->ctx, s->n_stmts ? s->stmts[s->n_stmts - 1]->span : (struct span){1, 1},
                   "the network has no layers; the first is 'Input', such as 'Input 28x28x1'");
}

struct net *resolve_one(struct ctx *c, const struct spec *s, size_t part)
{
    struct resolver *r = arena_alloc(ctx_arena(c), sizeof *r);
    r->ctx = c;
    r->known.arena = ctx_arena(c);
    size_t kinds = 0;
    while (section_family()[kinds])
        kinds++;
    r->sections = arena_alloc(ctx_arena(c), (kinds + 1) * sizeof *r->sections);
    r->net = net_new(c, s->file);
    r->net->part = s->part;
    r->chosen = s->answers;
    section_defaults(r->net);
    for (size_t i = 0; i < s->n_stmts; i++)
        if (is_model(s->stmts[i]))
            add_model(r, s->stmts[i]);
    if (!r->models.n)
        collect_labels(r, s->stmts, s->n_stmts);
    for (size_t i = 0; i < s->n_stmts; i++)
        if (!is_model(s->stmts[i]))
            resolve_stmt(r, s->stmts[i]);
    diag_within(c, NULL);
    if (!r->net->name)
        name_from_file(r->net);
    if (r->models.n)
        resolve_part(r, part);
    else
        resolve_whole(r, s);
    return r->net;
}

struct net *resolve(struct ctx *c, const struct spec *s)
{
    return resolve_one(c, s, 0);
}
