/* parts.c -- a spec with several models makes several networks, the parts: each model alone, the model with one chosen
 * output where another learns from that, and one for each phase of the step. */
#include <string.h>

#include "layers/layers.h"
#include "passes/resolver.h"
#include "training/training.h"

/* ---- all of them */

/* The model that the program, `predict` and --emit=infer are about: the one that `output` names, else the last. */
static const struct model *answering(struct resolver *r)
{
    const struct bound *b = outputs_bind(r, r->output);
    const struct model *m = &r->models.at[r->models.n - 1];
    if (r->chosen) {
        m = model_named(r, r->chosen);
        if (!m)
            unknown_model(r, (struct span){0}, r->chosen);
        return m ? m : &r->models.at[0];
    }
    if (!b)
        return m;
    m = model_named(r, b->items[0].text);
    if (b->n_items > 1)
        diag_error(r->ctx, b->items[1].span, "'output' names the one model that answers");
    else if (!m)
        unknown_model(r, b->items[0].span, b->items[0].text);
    return m ? m : &r->models.at[0];
}

static bool is_of_data(const struct stmt *input, const struct data_inputs *d)
{
    for (size_t k = 0; k < d->all.n; k++)
        if (d->all.at[k] == input)
            return true;
    return false;
}

static bool is_called_so(const struct stmt *input, const struct data_inputs *d)
{
    for (size_t k = 0; k < d->ports.n; k++)
        if (strcmp(input_name(d->ports.at[k]), input_name(input)) == 0)
            return true;
    return false;
}

/* A model that follows is read by no phase, perhaps; it knows the data by the names of its inputs. */
static bool reads_data(const struct net *n, const struct model *m, const struct data_inputs *d)
{
    const bool follows = follow_of(n, m->name) != NULL;
    for (size_t i = 0; i < m->inputs.n; i++)
        if (!is_of_data(m->inputs.at[i], d) && !(follows && is_called_so(m->inputs.at[i], d)))
            return false;
    return true;
}

/* The data know an input by its label; without one it is the only one of its model. */
static void check_labels(struct resolver *r, const struct model *m, const struct data_inputs *d)
{
    const struct stmt *first = NULL;
    for (size_t i = 0; i < m->inputs.n; i++) {
        const struct stmt *s = m->inputs.at[i];
        if (s->label || !is_of_data(s, d))
            continue;
        if (first) {
            diag_error(r->ctx, s->name_span, "a second 'Input' of '%s' that reads the data and has no label", m->name);
            diag_note(r->ctx, first->name_span, "the first is here; labels tell them apart, as in 'left: Input'");
            return;
        }
        first = s;
    }
}

/* The parts `teacher.soft`, where a target names them. */
static void add_chosen(struct resolver *r, const struct value *v)
{
    for (size_t i = 0; v->kind == VALUE_LIST && i < v->n_items; i++)
        add_chosen(r, &v->items[i].value);
    struct model *m;
    const char *label;
    if (v->kind == VALUE_STRING && (m = model_of_target(r, v, &label)) && label)
        (void)part_of(r, m->name, label);
}

static void warn_unused(struct resolver *r)
{
    for (size_t i = 0; i < r->models.n && !r->failed; i++)
        if (!r->models.at[i].used)
            diag_warning(r->ctx, r->models.at[i].span, "unused", "no phase trains or uses the model '%s'",
                         r->models.at[i].name);
}

static void list_parts(struct resolver *r)
{
    struct net *n = r->net;
    const struct data_inputs inputs = data_inputs(r);
    for (size_t i = 0; i < r->models.n && !r->failed; i++)
        check_labels(r, &r->models.at[i], &inputs);
    (void)part_of(r, answering(r)->name, NULL);
    for (size_t i = 0; i < r->models.n; i++)
        (void)part_of(r, r->models.at[i].name, NULL);
    for (size_t i = 0; i < n->step->phases.n; i++)
        if (n->step->phases.at[i].target)
            add_chosen(r, n->step->phases.at[i].target);
    for (size_t i = 0; i < n->parts.n && !r->failed; i++) {
        struct net_part *p = &n->parts.at[i];
        p->reads_data = reads_data(n, model_named(r, p->model), &inputs);
        if (!p->reads_data && !p->output)
            p->reads = test_of(r, p->model).reads;
        p->reads_data |= p->reads != NULL;
    }
    for (size_t i = 0; i < n->step->phases.n; i++)
        vec_push(ctx_arena(r->ctx), &n->parts,
                 ((struct net_part){.model = n->step->phases.at[i].model, .phase = (int)i, .reads_data = true}));
}

/* ---- a model alone */

/* The outputs that answer: the one that the part names, those that the data have targets for, or all. */
static size_t choose(struct resolver *r, const struct net_part *p, const struct test *t, const struct node_list *all,
                     size_t *which, bool *compares)
{
    size_t n = 0;
    for (size_t i = 0; i < all->v.n; i++) {
        const char *label = all->v.at[i]->stmt->label;
        if (p->output ? label && strcmp(label, p->output) == 0 : t->phase && p->reads_data && is_tested(r, t, i))
            which[n++] = i;
    }
    *compares = n > 0 && !p->output;
    for (size_t i = 0; n == 0 && !p->output && i < all->v.n; i++)
        which[i] = i;
    return n == 0 && !p->output ? all->v.n : n;
}

/* A layer with that label that is no output answers, too. */
static void add_inner(struct resolver *r, const char *label, struct node_list *all)
{
    for (size_t i = 0; i < all->v.n; i++)
        if (all->v.at[i]->stmt->label && strcmp(all->v.at[i]->stmt->label, label) == 0)
            return;
    for (size_t i = 0; i < r->net->nodes.n; i++) {
        struct node *n = r->net->nodes.at[i];
        if (n->stmt->label && strcmp(n->stmt->label, label) == 0)
            vec_push(ctx_arena(r->ctx), &all->v, n);
    }
}

/* What the outputs are called, and compared with. */
static void add_answers(struct resolver *r, const struct test *t, const struct node_list *all, const size_t *which,
                        size_t count)
{
    struct net *n = r->net;
    struct word_list names = {.arena = ctx_arena(r->ctx)};
    if (n->compares)
        output_names(r, t->phase, all, t->item, &names);
    for (size_t i = 0; i < count; i++) {
        struct node *o = all->v.at[which[i]];
        const struct port port = {.node = o, .name = o->stmt->label};
        struct fill fill = {.from = FILL_DATA, .tested = which[i], .weight = 1};
        if (n->compares) {
            fill.name = names.v.at[which[i]];
            fill_as_tested(r, t, which[i], &fill);
        }
        vec_push(ctx_arena(r->ctx), &n->outputs, port);
        vec_push(ctx_arena(r->ctx), &n->fills, fill);
    }
}

static void resolve_alone(struct resolver *r, const struct net_part *p)
{
    struct net *n = r->net;
    struct node_list all = {0};
    const struct test t = test_of(r, p->model);
    use_model(r, model_named(r, p->model), NULL, true, &all);
    if (p->output && !r->failed)
        add_inner(r, p->output, &all);
    size_t *which = arena_alloc(ctx_arena(r->ctx), (all.v.n + 1) * sizeof *which);
    const size_t count = choose(r, p, &t, &all, which, &n->compares);
    add_answers(r, &t, &all, which, count);
    if (n->compares) { /* the phases are the last parts */
        n->tester = n->parts.n - n->step->phases.n + (size_t)(t.phase - n->step->phases.at);
        n->test_use = t.use;
        n->test_uses = t.uses;
        const struct phase_config own = phase_as_tested(r, &t, which, count);
        phase_apply(n, &own);
    } else
        n->train->given_losses.n = n->train->given_metrics.n = 0;
    if (n->which == 0)
        answers_check(n);
    if (!p->reads_data)
        n->data = data_none(r->ctx);
}

void resolve_part(struct resolver *r, size_t part)
{
    struct net *n = r->net;
    if (!step_stands(r) || ctx_errors(r->ctx))
        return;
    list_parts(r);
    if (part == 0) {
        parts_check(n);
        warn_unused(r);
    }
    n->which = part;
    if (ctx_errors(r->ctx))
        return;
    const struct net_part *p = &n->parts.at[part];
    if (part > 0) { /* callbacks, folds and members are of the model that answers */
        n->train->early.given = n->train->reduce.given = n->train->keep.best = false;
        n->validate->given = n->ensemble->given = false;
    }
    if (p->phase < 0)
        resolve_alone(r, p);
    else
        compose_phase(r, &n->step->phases.at[p->phase]);
    diag_within(r->ctx, NULL);
}
