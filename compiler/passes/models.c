/* models.c -- the models of a spec and the phases of its step, by name. */
#include <string.h>

#include "closest.h"
#include "layers/layers.h"
#include "passes/resolver.h"
#include "spec/records.h"
#include "training/training.h"

bool is_model(const struct stmt *s)
{
    return strcmp(s->name, "model") == 0 && s->has_body;
}

static const char *const taken[] = {"data", "noise", "optimizer", "metrics", "early_stopping"};

void add_model(struct resolver *r, const struct stmt *s)
{
    const struct value *v = s->n_args == 1 && !s->args[0].key ? &s->args[0].value : NULL;
    if (!v || s->label || v->kind != VALUE_WORD || !name_is_word(v->text)) {
        diag_error(r->ctx, s->name_span, "'model' with a body wants one name, as in 'model generator {'");
        return;
    }
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (strcmp(v->text, taken[i]) == 0)
            diag_error(r->ctx, v->span,
                       "'%s' has another meaning in 'step' or in files of weights, and is no name of a model", v->text);
    const struct model *before = model_named(r, v->text);
    if (before) {
        diag_error(r->ctx, v->span, "a second model '%s'", v->text);
        diag_note(r->ctx, before->span, "the first is here");
    }
    struct model m = {.name = v->text, .span = v->span, .stmt = s};
    size_t others = 0;
    for (size_t i = 0; i < s->n_body; i++)
        if (record_find(layer_records, s->body[i]->name) == &layer_input.rec)
            vec_push(ctx_arena(r->ctx), &m.inputs, s->body[i]);
        else
            others += strcmp(s->body[i]->name, "output") != 0;
    if (!m.inputs.n)
        diag_error(r->ctx, v->span, "the model '%s' has no 'Input'", v->text);
    else if (others == 0)
        diag_error(r->ctx, v->span, "the model '%s' has no layers behind its 'Input'", v->text);
    vec_push(ctx_arena(r->ctx), &r->models, m);
}

struct model *model_named(struct resolver *r, const char *name)
{
    for (size_t i = 0; i < r->models.n; i++)
        if (strcmp(r->models.at[i].name, name) == 0)
            return &r->models.at[i];
    return NULL;
}

const struct phase_config *phase_of(const struct resolver *r, const char *model)
{
    const struct step_config *c = r->net->step;
    for (size_t i = 0; i < c->phases.n; i++)
        if (strcmp(c->phases.at[i].model, model) == 0)
            return &c->phases.at[i];
    return NULL;
}

void unknown_model(struct resolver *r, struct span at, const char *name)
{
    struct word_list words = {.arena = ctx_arena(r->ctx)};
    for (size_t i = 0; i < r->models.n; i++)
        word_add(&words, r->models.at[i].name);
    const char *near = cnn_closest(name, words.v.at, words.v.n);
    if (near)
        diag_error_fix(r->ctx, at, near, "no model named '%s'; did you mean '%s'?", name, near);
    else
        diag_error(r->ctx, at, "no model named '%s'; there %s %s", name, words.v.n == 1 ? "is" : "are",
                   words_joined(&words));
}

/* Whether a phase trains the model, or what it follows in the end. */
static bool is_moving(const struct resolver *r, const char *model)
{
    const struct follow_config *f = NULL;
    for (size_t i = 0; i <= r->net->step->follows.n && !phase_of(r, model); i++, model = f->of)
        if (!(f = follow_of(r->net, model)))
            return false;
    return phase_of(r, model) != NULL;
}

/* A model that follows is changed by that alone, and goes after one that changes. */
static void check_follow(struct resolver *r, const struct follow_config *f)
{
    struct model *m = model_named(r, f->model);
    const struct follow_config *first = follow_of(r->net, f->model);
    const struct phase_config *trained = phase_of(r, f->model);
    if (!m)
        unknown_model(r, f->span, f->model);
    else if (!model_named(r, f->of))
        unknown_model(r, f->of_span, f->of);
    else if (trained) {
        diag_error(r->ctx, f->span, "'%s' is trained, and cannot follow '%s'", f->model, f->of);
        diag_note(r->ctx, trained->span, "this phase trains it");
    } else if (first != f) {
        diag_error(r->ctx, f->span, "'%s' follows twice in a step", f->model);
        diag_note(r->ctx, first->span, "the first time is here");
    } else if (!is_moving(r, f->of))
        diag_error(r->ctx, f->of_span, "no phase trains '%s', so nothing is there to follow", f->of);
    else
        m->used = true;
}

bool step_stands(struct resolver *r)
{
    const struct step_config *c = r->net->step;
    const int errors = ctx_errors(r->ctx);
    if (!c->phases.n && !errors)
        diag_error(r->ctx, c->given ? c->span : r->models.at[0].span,
                   "'step' tells how the models are trained, as in 'step { train %s on=data }'", r->models.at[0].name);
    for (size_t i = 0; i < c->phases.n; i++)
        if (!model_named(r, c->phases.at[i].model))
            unknown_model(r, c->phases.at[i].span, c->phases.at[i].model);
    for (size_t i = 0; i < c->follows.n && ctx_errors(r->ctx) == errors; i++)
        check_follow(r, &c->follows.at[i]);
    return ctx_errors(r->ctx) == errors;
}

size_t part_of(struct resolver *r, const char *model, const char *output)
{
    struct net *n = r->net;
    for (size_t i = 0; i < n->parts.n; i++) {
        const struct net_part *p = &n->parts.at[i];
        if (p->phase < 0 && strcmp(p->model, model) == 0 && !p->output == !output &&
            (!output || strcmp(p->output, output) == 0))
            return i;
    }
    vec_push(ctx_arena(r->ctx), &n->parts, ((struct net_part){.model = model, .phase = -1, .output = output}));
    return n->parts.n - 1;
}
