/* compose.c -- the network of a phase: models that read the data, noise, or one another. Only the parameters of the
 * model that the phase trains are trained. The others compute as in training, with the statistics of the batch, but
 * stay as they are. A model that is used twice has one set of parameters, as with `@label`. */
#include <string.h>

#include "layers/layers.h"
#include "passes/resolver.h"
#include "spec/records.h"
#include "training/training.h"

/* ---- models as layers of this network */

static void first_use(struct resolver *r, struct model *m, const struct node_list *feed, bool trained)
{
    const struct model_use around = r->use;
    struct node *const here = r->here;
    m->first = r->net->nodes.n;
    r->use = (struct model_use){.of = m, .first = m->first, .feed = feed, .passes = !trained};
    r->here = NULL;
    r->n_labels = 0;
    collect_labels(r, m->stmt->body, m->stmt->n_body);
    for (size_t i = 0; i < m->stmt->n_body; i++) {
        diag_within(r->ctx, m->stmt->body[i]->within);
        if (strcmp(m->stmt->body[i]->name, "output") == 0)
            m->output = m->stmt->body[i];
        else
            resolve_inner(r, m->stmt->body[i]);
    }
    struct node_list outputs = {0};
    if (!r->failed)
        find_outputs(r, m->output, &outputs);
    m->end = r->net->nodes.n;
    for (size_t i = 0; i < outputs.v.n; i++)
        vec_push(ctx_arena(r->ctx), &m->outputs, outputs.v.at[i]);
    r->use = around;
    r->here = here;
    r->n_labels = 0;
}

static const struct stmt *without_label(struct resolver *r, const struct stmt *s)
{
    struct stmt *made = arena_alloc(ctx_arena(r->ctx), sizeof *made);
    *made = *s;
    made->label = NULL;
    return made;
}

static struct node *again(struct resolver *r, struct node *n)
{
    struct node *o = add_node(r, n->layer, without_label(r, n->stmt), n->args, n->common);
    if (!o)
        return NULL;
    o->of = n->of;
    o->frozen = n->frozen;
    o->passes = n->passes;
    o->residual = n->residual;
    o->project = n->project;
    o->shares = n->shares ? n->shares : n;
    o->first = n;
    return o;
}

/* The same layers once more, with other inputs. */
static void next_use(struct resolver *r, struct model *m, const struct node_list *feed, struct node_list *out)
{
    const size_t first = r->net->nodes.n;
    size_t fed = 0;
    for (size_t i = m->first; i < m->end; i++) {
        struct node *n = r->net->nodes.at[i], *o = again(r, n);
        if (!o)
            return;
        n->uses = o->uses = true;
        if (n->layer == &layer_input)
            node_reads(r->net, o, feed->v.at[fed++]);
        for (int k = 0; n->layer != &layer_input && k < n->n_inputs; k++)
            node_reads(r->net, o, r->net->nodes.at[first + (size_t)n->inputs[k]->id - m->first]);
    }
    for (size_t i = 0; i < m->outputs.n; i++)
        vec_push(ctx_arena(r->ctx), &out->v, r->net->nodes.at[first + (size_t)m->outputs.at[i]->id - m->first]);
}

void use_model(struct resolver *r, struct model *m, const struct node_list *feed, bool trained, struct node_list *out)
{
    if (m->end > 0) {
        next_use(r, m, feed, out);
        return;
    }
    first_use(r, m, feed, trained);
    for (size_t i = 0; i < m->outputs.n; i++)
        vec_push(ctx_arena(r->ctx), &out->v, m->outputs.at[i]);
}

/* ---- what inputs read */

static struct node *noise_for(struct resolver *r, const struct stmt *input)
{
    const struct stmt *s = without_label(r, input);
    struct stmt own;
    struct bound *common = common_bind(r->ctx, s, &own);
    struct bound *args = bind_args(r->ctx, &layer_input.rec, &own, 0);
    struct node *n = args && common ? add_node(r, &noise_input, s, args, common) : NULL;
    r->failed |= !n;
    if (n)
        node_reads(r->net, n, r->net->inputs.at[0].node);
    return n;
}

static struct node *data_for(struct resolver *r, const char *name)
{
    for (size_t i = 0; i < r->net->inputs.n; i++)
        if (strcmp(input_name(r->net->inputs.at[i].node->stmt), name) == 0)
            return r->net->inputs.at[i].node;
    return NULL;
}

static void feed_model(struct resolver *r, struct model *m, const struct value *from, size_t most,
                       struct node_list *out);

static void check_feed(struct resolver *r, const struct model *m, const struct node_list *feed, bool uses,
                       struct span at)
{
    const size_t inputs = m->inputs.n, n = feed->v.n;
    if (r->failed || (n == inputs) || (uses && n > 0 && n % inputs == 0))
        return;
    diag_error(r->ctx, at, "%zu for the %zu input%s of '%s'", n, inputs, inputs == 1 ? "" : "s", m->name);
    diag_note(r->ctx, m->span, "the model is here");
    r->failed = true;
}

/* The answers of one use of a model, or what the layer with that label makes in this use. */
static void push_answers(struct resolver *r, const struct model *m, const struct node_list *answers, const char *label,
                         const struct value *v, struct node_list *out)
{
    if (answers->v.n == 0) /* the use was refused */
        return;
    for (size_t i = 0; !label && i < answers->v.n; i++)
        vec_push(ctx_arena(r->ctx), &out->v, answers->v.at[i]);
    for (size_t i = m->first; label && i < m->end; i++) {
        const struct node *n = r->net->nodes.at[i], *first = m->outputs.at[0];
        if (!n->stmt->label || strcmp(n->stmt->label, label) != 0)
            continue;
        vec_push(ctx_arena(r->ctx), &out->v, r->net->nodes.at[answers->v.at[0]->id + n->id - first->id]);
        return;
    }
    if (!label)
        return;
    diag_error(r->ctx, v->span, "'%s' has no layer '%s'", m->name, label);
    diag_note(r->ctx, m->span, "the model is here");
    r->failed = true;
}

/* What another model answers. */
static void feed_answer(struct resolver *r, struct model *other, const char *label, const struct value *v,
                        struct node_list *out)
{
    struct node_list feed = {0}, answers = {0};
    const struct value list = arguments_of(v);
    if (other == r->trained && r->answers.v.n && value_is_name(v)) {
        push_answers(r, other, &r->answers, label, v, out);
        return;
    }
    if (!goes_deeper(r, other, v))
        return;
    feed_model(r, other, v->kind == VALUE_CALL ? &list : usual_feed(r, other),
               v->kind == VALUE_CALL ? SIZE_MAX : other->inputs.n, &feed);
    comes_back(other, v);
    check_feed(r, other, &feed, false, v->span);
    if (!r->failed)
        use_model(r, other, &feed, other == r->trained, &answers);
    if (!r->failed)
        push_answers(r, other, &answers, label, v, out);
}

static void feed_value(struct resolver *r, const struct model *m, const struct value *v, struct node_list *out)
{
    const struct stmt *input = m->inputs.at[out->v.n % m->inputs.n];
    const char *label;
    struct model *other = model_read(r, v, &label);
    struct node *n = value_names(v, "noise")  ? noise_for(r, input)
                     : value_names(v, "data") ? data_for(r, input_name(input))
                     : value_is_name(v)       ? data_for(r, v->text)
                                              : NULL;
    if (other)
        feed_answer(r, other, label, v, out);
    else if (n)
        vec_push(ctx_arena(r->ctx), &out->v, n);
    else if (!r->failed)
        refuse_source(r, v);
}

/* `most`: inputs that are filled at most. */
static void feed_model(struct resolver *r, struct model *m, const struct value *from, size_t most,
                       struct node_list *out)
{
    const size_t n = values_count(from);
    const struct value *first = n ? values_item(from, 0) : NULL;
    const bool same = n == 1 && (value_names(first, "data") || value_names(first, "noise"));
    for (size_t i = 0; i < (same ? m->inputs.n : n) && !r->failed && out->v.n < most; i++)
        feed_value(r, m, values_item(from, same ? 0 : i), out);
}

/* ---- the phase */

static void add_data_inputs(struct resolver *r)
{
    const struct data_inputs d = data_inputs(r);
    for (size_t i = 0; i < d.ports.n; i++)
        resolve_layer(r, &layer_input, d.ports.at[i]);
}

/* What the trained model answers becomes what the model of `through` makes of it. */
static void pass_through(struct resolver *r, const struct phase_config *p, struct node_list *answers)
{
    const struct value *v = p->through;
    struct model *m = model_through(r, p);
    const struct value list = arguments_of(v);
    struct node_list feed = *answers, all = {0}, out = {0};
    const char *label;
    if (!m)
        return;
    (void)model_read(r, v, &label);
    if (v->kind == VALUE_CALL) {
        r->answers = *answers;
        feed = (struct node_list){0};
        feed_model(r, m, &list, SIZE_MAX, &feed);
    }
    check_feed(r, m, &feed, false, v->span);
    if (!r->failed)
        use_model(r, m, &feed, false, &all);
    if (!r->failed)
        push_answers(r, m, &all, label, v, &out);
    *answers = out;
}

/* What a use of the model reads, as outputs and columns of the log are called. */
static const char *name_of_use(struct arena *a, const struct value *on, size_t item)
{
    const struct value *v = !on ? NULL : values_count(on) > item ? values_item(on, item) : values_item(on, 0);
    const char *use = v && v->text && v->kind != VALUE_NUMBER ? v->text : "data", *dot = strchr(use, '.');
    return dot ? arena_printf(a, "%.*s_%s", (int)(dot - use), use, dot + 1) : use;
}

static bool is_taken(const struct word_list *taken, const char *name)
{
    for (size_t i = 0; i < taken->v.n; i++)
        if (strcmp(taken->v.at[i], name) == 0)
            return true;
    return false;
}

/* The name of an output: what its use reads, with the label where the model has several outputs. */
static const char *name_of_output(struct arena *a, const char *use, const struct node *o, bool several,
                                  const struct word_list *taken)
{
    const char *label = first_use_of(o)->stmt->label, *base = several && label ? label : use, *name = base;
    for (int number = 2; is_taken(taken, name); number++)
        name = arena_printf(a, "%s_%d", base, number);
    return name;
}

void output_names(struct resolver *r, const struct phase_config *p, const struct node_list *answers, size_t item,
                  struct word_list *names)
{
    const char *use = name_of_use(ctx_arena(r->ctx), p->on, item);
    for (size_t i = 0; i < answers->v.n; i++)
        word_add(names, name_of_output(ctx_arena(r->ctx), use, answers->v.at[i], answers->v.n > 1, names));
}

static void add_outputs(struct resolver *r, const struct phase_config *p, const struct node_list *answers, size_t item,
                        size_t uses)
{
    struct word_list names = {.arena = ctx_arena(r->ctx)};
    for (size_t i = 0; i < r->net->outputs.n; i++)
        word_add(&names, r->net->outputs.at[i].name);
    output_names(r, p, answers, item, &names);
    for (size_t i = 0; i < answers->v.n; i++) {
        const struct port port = {.node = answers->v.at[i], .name = names.v.at[r->net->outputs.n]};
        vec_push(ctx_arena(r->ctx), &r->net->outputs, port);
        vec_push(ctx_arena(r->ctx), &r->net->fills, ((struct fill){.weight = 1 / (double)uses, .span = p->span}));
    }
}

static void fill_from(struct resolver *r, const struct value *v, struct fill *f)
{
    const char *output;
    f->span = v->span;
    f->number = v->number;
    f->from = v->kind == VALUE_NUMBER ? FILL_NUMBER : FILL_DATA;
    if (v->kind == VALUE_NUMBER || value_names(v, "data"))
        return;
    struct model *m = model_of_target(r, v, &output);
    const struct stmt *input = m ? NULL : input_of_target(r, v);
    if (input) {
        f->from = FILL_INPUT;
        while (strcmp(input_name(r->net->inputs.at[f->part].node->stmt), input->label) != 0)
            f->part++;
    }
    f->named = !m && !input;
    if (f->named)
        f->data = data_target_named(r->ctx, r->net->data, v->text);
    if (!m)
        return;
    f->from = FILL_PART;
    f->part = part_of(r, m->name, output);
}

static void add_targets(struct resolver *r, const struct phase_config *p)
{
    struct net *n = r->net;
    const size_t given = values_count(p->target);
    if (given > 1 && given != n->outputs.n) {
        diag_error(r->ctx, p->target->span, "%zu targets, but the phase has %zu output%s", given, n->outputs.n,
                   n->outputs.n == 1 ? "" : "s");
        return;
    }
    for (size_t i = 0; given && i < n->fills.n; i++)
        fill_from(r, values_item(p->target, given == 1 ? 0 : i), &n->fills.at[i]);
}

static void check_ports(struct resolver *r, const struct phase_config *p)
{
    const size_t inputs = r->net->inputs.n, outputs = r->net->outputs.n;
    if (r->failed || (inputs <= MOST_PORTS && outputs <= MOST_PORTS))
        return;
    diag_error(r->ctx, p->span, "a phase has at most %d inputs and %d outputs, but this one %zu and %zu", MOST_PORTS,
               MOST_PORTS, inputs, outputs);
    r->failed = true;
}

void compose_phase(struct resolver *r, const struct phase_config *p)
{
    struct model *m = r->trained = model_named(r, p->model);
    const struct value *on = p->on ? p->on : &all_data;
    struct node_list feed = {0};
    add_data_inputs(r);
    feed_model(r, m, on, SIZE_MAX, &feed);
    check_feed(r, m, &feed, true, on->span.end ? on->span : p->span);
    const size_t inputs = m->inputs.n, uses = feed.v.n / inputs;
    for (size_t u = 0; u < uses && !r->failed; u++) {
        struct node_list own = {0}, answers = {0};
        for (size_t i = 0; i < inputs; i++)
            vec_push(ctx_arena(r->ctx), &own.v, feed.v.at[u * inputs + i]);
        use_model(r, m, &own, true, &answers);
        if (p->through && !r->failed)
            pass_through(r, p, &answers);
        if (!r->failed)
            add_outputs(r, p, &answers, u * inputs, uses);
    }
    check_ports(r, p);
    if (r->failed)
        return;
    add_targets(r, p);
    if (!ctx_errors(r->ctx))
        phase_apply(r->net, p);
}
