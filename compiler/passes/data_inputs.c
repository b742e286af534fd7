/* data_inputs.c -- the inputs of the data that the phases of several models read, directly or through other models. */
#include <string.h>

#include "layers/layers.h"
#include "passes/resolver.h"
#include "spec/records.h"
#include "training/training.h"

struct value arguments_of(const struct value *call)
{
    return (struct value){.kind = VALUE_LIST, .span = call->span, .items = call->items, .n_items = call->n_items};
}

const struct value all_data = {.kind = VALUE_WORD, .text = "data"};

const struct value *usual_feed(const struct resolver *r, const struct model *m)
{
    const struct phase_config *p = phase_of(r, m->name);
    return p && p->on ? p->on : &all_data;
}

bool goes_deeper(struct resolver *r, struct model *other, const struct value *v)
{
    const bool usual = v->kind != VALUE_CALL;
    if (r->failed)
        return false;
    if (usual && other->entered)
        diag_error(r->ctx, v->span, "'%s' reads itself here; a call tells what it reads, as in '%s(noise)'", v->text,
                   v->text);
    else if (++r->n_used > MAX_LAYERS)
        diag_error(r->ctx, v->span, "models that read one another are used more than %d times here", MAX_LAYERS);
    else {
        other->entered |= usual;
        return true;
    }
    r->failed = true;
    return false;
}

void comes_back(struct model *other, const struct value *v)
{
    if (v->kind != VALUE_CALL)
        other->entered = false;
}

/* ---- the inputs of the data */

static const struct stmt *input_named(struct resolver *r, const char *name)
{
    const struct stmt *s = input_labelled(r, name);
    for (size_t i = 0; i < r->listed.n && !s; i++)
        if (strcmp(r->listed.at[i]->label, name) == 0)
            s = r->listed.at[i];
    return s;
}

/* An input that the data section lists, and which no Input is called after: it is like the one that reads it. */
static const struct stmt *input_listed(struct resolver *r, const char *name, const struct stmt *reader)
{
    if (!data_input_name(r->ctx, r->net->data, number_in_list(r, name)))
        return NULL;
    struct stmt *made = arena_alloc(ctx_arena(r->ctx), sizeof *made);
    *made = *reader;
    made->label = name;
    vec_push(ctx_arena(r->ctx), &r->listed, made);
    return made;
}

size_t data_input_port(const struct data_inputs *d, const char *name)
{
    size_t i = 0;
    while (i < d->ports.n && strcmp(input_name(d->ports.at[i]), name) != 0)
        i++;
    return i;
}

static void add_input(struct resolver *r, struct data_inputs *d, const struct stmt *s)
{
    vec_push(ctx_arena(r->ctx), &d->all, s);
    if (data_input_port(d, input_name(s)) == d->ports.n)
        vec_push(ctx_arena(r->ctx), &d->ports, s);
}

static size_t collect(struct resolver *r, const struct model *m, const struct value *from, struct data_inputs *d);

/* Input i of the model reads this value; returns how many of its inputs that fills. */
static size_t collect_value(struct resolver *r, const struct model *m, size_t i, const struct value *v,
                            struct data_inputs *d)
{
    const char *label;
    struct model *other = model_read(r, v, &label);
    const struct stmt *input = value_is_name(v) ? input_named(r, v->text) : NULL;
    if (value_is_name(v) && !other && !input)
        input = input_listed(r, v->text, m->inputs.at[i % m->inputs.n]);
    if (value_names(v, "data"))
        add_input(r, d, m->inputs.at[i % m->inputs.n]);
    else if (other && goes_deeper(r, other, v)) {
        const struct value list = arguments_of(v);
        other->used = true;
        (void)collect(r, other, v->kind == VALUE_CALL ? &list : usual_feed(r, other), d);
        comes_back(other, v);
    } else if (input && !other) {
        add_input(r, d, input);
        if (m->inputs.at[i % m->inputs.n] != input && strcmp(input_name(m->inputs.at[i % m->inputs.n]), v->text) == 0)
            add_input(r, d, m->inputs.at[i % m->inputs.n]);
    } else if (!other && !value_names(v, "noise") && !r->failed)
        refuse_source(r, v);
    return 1;
}

static size_t collect(struct resolver *r, const struct model *m, const struct value *from, struct data_inputs *d)
{
    const size_t n = values_count(from);
    if (n == 1 && value_names(values_item(from, 0), "data")) {
        for (size_t i = 0; i < m->inputs.n; i++)
            add_input(r, d, m->inputs.at[i]);
        return m->inputs.n;
    }
    size_t filled = 0;
    for (size_t i = 0; i < n && !r->failed; i++)
        filled += collect_value(r, m, filled, values_item(from, i), d);
    return filled;
}

/* Whether the value, or one in its parentheses, is the name of the model. */
static bool mentions(const struct value *v, const char *model)
{
    for (size_t i = 0; i < v->n_items; i++)
        if (names_model(&v->items[i].value, model) || mentions(&v->items[i].value, model))
            return true;
    return false;
}

struct model *model_through(struct resolver *r, const struct phase_config *p)
{
    const struct value *v = p->through;
    const char *label;
    struct model *m = model_read(r, v, &label);
    const bool stands = m && strcmp(m->name, p->model) != 0;
    if (!m)
        refuse_feed(r, v, NULL, 0, false);
    else if (!stands)
        diag_error(r->ctx, v->span, "'%s' is what this phase trains; 'through' names another model", m->name);
    else if (v->kind == VALUE_CALL && !mentions(v, p->model))
        diag_error(r->ctx, v->span,
                   "'%s' does not read here what '%s' answers; its name stands for that, as in '%s(%s)'", m->name,
                   p->model, m->name, p->model);
    else
        return m;
    r->failed = true;
    return NULL;
}

static void collect_through(struct resolver *r, const struct phase_config *p, struct data_inputs *d)
{
    struct model *m = model_through(r, p);
    if (!m)
        return;
    m->used = true;
    for (size_t k = 0; k < p->through->n_items && !r->failed; k++)
        if (!names_model(&p->through->items[k].value, p->model))
            (void)collect_value(r, m, k, &p->through->items[k].value, d);
}

const struct stmt *input_of_target(struct resolver *r, const struct value *v)
{
    return value_is_name(v) && !value_names(v, "data") && !model_named(r, v->text) ? input_named(r, v->text) : NULL;
}

bool target_is_data(struct resolver *r, const struct value *v)
{
    const char *label;
    if (value_names(v, "data"))
        return true;
    return value_is_name(v) && !model_read(r, v, &label) && !input_named(r, v->text) &&
           data_target_named(r->ctx, r->net->data, v->text) != NO_TARGET;
}

void refuse_target(struct resolver *r, const struct value *v)
{
    struct word_list words = {.arena = ctx_arena(r->ctx)};
    const char *name;
    word_add(&words, "data");
    for (size_t i = 0; (name = data_target_name(r->ctx, r->net->data, i)); i++)
        word_add(&words, name);
    refuse_feed(r, v, words.v.at, words.v.n, true);
}

struct model *model_of_target(struct resolver *r, const struct value *v, const char **output)
{
    const char *dot = v->kind == VALUE_STRING ? strchr(v->text, '.') : NULL;
    const char *name = dot ? arena_strndup(ctx_arena(r->ctx), v->text, (size_t)(dot - v->text)) : v->text;
    struct model *m = name && v->kind != VALUE_CALL ? model_named(r, name) : NULL;
    *output = dot ? dot + 1 : NULL;
    if (!m && !target_is_data(r, v) && !input_of_target(r, v) && !r->failed)
        refuse_target(r, v);
    return m;
}

static void collect_reads(struct resolver *r, const struct phase_config *p, struct data_inputs *d)
{
    struct model *m = model_named(r, p->model);
    m->used = true;
    (void)collect(r, m, p->on ? p->on : &all_data, d);
    if (p->through && !r->failed)
        collect_through(r, p, d);
}

/* Where the data section lists names, and all inputs are among them, they stand in its order. */
static void order_as_listed(struct resolver *r, struct data_inputs *d)
{
    for (size_t i = 0; i < d->ports.n; i++)
        if (!data_input_name(r->ctx, r->net->data, number_in_list(r, input_name(d->ports.at[i]))))
            return;
    for (size_t i = 1; i < d->ports.n; i++)
        for (size_t k = i;
             k > 0 && number_in_list(r, input_name(d->ports.at[k])) < number_in_list(r, input_name(d->ports.at[k - 1]));
             k--) {
            const struct stmt *s = d->ports.at[k];
            d->ports.at[k] = d->ports.at[k - 1];
            d->ports.at[k - 1] = s;
        }
}

struct data_inputs data_inputs(struct resolver *r)
{
    struct data_inputs d = {0}, all = {0};
    const struct step_config *c = r->net->step;
    for (size_t i = 0; i < c->phases.n && !r->failed; i++) /* a target may name what a later phase reads */
        collect_reads(r, &c->phases.at[i], &all);
    for (size_t i = 0; i < c->phases.n && !r->failed; i++) {
        const struct phase_config *p = &c->phases.at[i];
        collect_reads(r, p, &d);
        for (size_t k = 0; k < values_count(p->target); k++) {
            const char *output;
            const struct value *v = values_item(p->target, k);
            struct model *teacher = v->kind != VALUE_NUMBER ? model_of_target(r, v, &output) : NULL;
            const struct stmt *input = teacher ? NULL : input_of_target(r, v);
            if (teacher)
                teacher->used = true;
            if (input)
                add_input(r, &d, input);
            for (size_t j = 0; teacher && j < teacher->inputs.n; j++)
                add_input(r, &d, teacher->inputs.at[j]);
        }
    }
    if (!d.ports.n && !r->failed) {
        diag_error(r->ctx, c->phases.at[0].span, "no phase reads the data: on=data does");
        r->failed = true;
    }
    order_as_listed(r, &d);
    return d;
}
