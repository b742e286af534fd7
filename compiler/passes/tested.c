/* tested.c -- by what a model alone is tested: the use in a phase whose inputs are all of the data, and whose outputs
 * are compared with the data. */
#include <string.h>

#include "layers/layers.h"
#include "passes/resolver.h"
#include "training/training.h"

/* ---- the uses of a phase */

static size_t count_outputs(const struct model *m)
{
    for (size_t i = 0; i < m->stmt->n_body; i++) {
        const struct stmt *s = m->stmt->body[i];
        if (strcmp(s->name, "output") == 0)
            return s->n_args == 1 ? values_count(&s->args[0].value) : s->n_args;
    }
    return 1;
}

/* How many inputs this item of on= fills. */
static size_t width_of(struct resolver *r, const struct value *v)
{
    const char *label;
    const struct model *other = model_read(r, v, &label);
    return other && !label ? count_outputs(other) : 1;
}

static size_t count_uses(struct resolver *r, const struct phase_config *p, const struct model *m)
{
    const size_t n = values_count(p->on);
    size_t filled = 0;
    for (size_t i = 0; i < n; i++)
        filled += width_of(r, values_item(p->on, i));
    return n <= 1 || filled < m->inputs.n ? 1 : filled / m->inputs.n;
}

/* The input of the data that an item of on= is for an input of this name; NULL: it is none. */
static const char *data_read(struct resolver *r, const struct value *v, const char *name)
{
    const char *label;
    if (value_names(v, "data"))
        return name;
    return value_is_name(v) && !value_names(v, "noise") && !model_read(r, v, &label) ? v->text : NULL;
}

/* The inputs of the data that the inputs of the model read in that use; NULL: some read something else. */
static const char **reads_of_use(struct resolver *r, const struct phase_config *p, const struct model *m, size_t use)
{
    const size_t n = values_count(p->on), inputs = m->inputs.n;
    const char **reads = arena_alloc(ctx_arena(r->ctx), inputs * sizeof *reads);
    if (n == 0 || (n == 1 && value_names(values_item(p->on, 0), "data"))) {
        for (size_t i = 0; i < inputs; i++)
            reads[i] = input_name(m->inputs.at[i]);
        return reads;
    }
    for (size_t i = 0, at = 0; i < n; at += width_of(r, values_item(p->on, i)), i++)
        if (at >= use * inputs && at < (use + 1) * inputs)
            reads[at % inputs] = data_read(r, values_item(p->on, i), input_name(m->inputs.at[at % inputs]));
    for (size_t i = 0; i < inputs; i++)
        if (!reads[i])
            return NULL;
    return reads;
}

static bool reads_by_name(const struct model *m, const char *const *reads)
{
    for (size_t i = 0; i < m->inputs.n; i++)
        if (strcmp(reads[i], input_name(m->inputs.at[i])) != 0)
            return false;
    return true;
}

/* ---- what an output is compared with */

/* The number in target= of the target of output i in the tested use, of n; that of an output that the phase does not
 * know is that of the last. */
static size_t number_of(const struct test *t, size_t n, size_t i)
{
    const size_t each = n / t->uses ? n / t->uses : 1;
    return n == 1 ? 0 : t->use * each + (i < each ? i : each - 1);
}

/* NULL: the phase has none, and compares with the data. */
static const struct value *target_of(const struct test *t, size_t i)
{
    const size_t n = values_count(t->phase->target), at = number_of(t, n, i);
    return n ? values_item(t->phase->target, at < n ? at : n - 1) : NULL;
}

bool is_tested(struct resolver *r, const struct test *t, size_t i)
{
    const struct value *v = target_of(t, i);
    return !t->phase->through && (!v || target_is_data(r, v) || input_of_target(r, v));
}

static bool tests_some(struct resolver *r, const struct test *t)
{
    for (size_t i = 0; i < values_count(t->phase->target) || i == 0; i++)
        if (is_tested(r, t, i))
            return true;
    return false;
}

void fill_as_tested(struct resolver *r, const struct test *t, size_t i, struct fill *f)
{
    const struct value *v = target_of(t, i);
    const struct stmt *input = v && !target_is_data(r, v) ? input_of_target(r, v) : NULL;
    if (!input)
        return;
    const struct data_inputs d = data_inputs(r);
    f->from = FILL_INPUT;
    f->span = v->span;
    f->part = data_input_port(&d, input_name(input));
    for (f->own = 0; f->own < t->m->inputs.n && strcmp(t->reads[f->own], input_name(input)) != 0; f->own++)
        ;
}

/* ---- the test */

/* The uses of this phase that compare with the data; of those the first that reads the inputs of its own names, else
 * the first. */
static void look_at(struct resolver *r, const struct phase_config *p, const struct model *m, struct test *best)
{
    struct test t = {.phase = p, .m = m, .uses = count_uses(r, p, m)};
    for (t.use = 0; t.use < t.uses; t.use++) {
        t.reads = reads_of_use(r, p, m, t.use);
        t.item = t.use * m->inputs.n;
        if (t.reads && tests_some(r, &t) && (!best->phase || reads_by_name(m, t.reads) > reads_by_name(m, best->reads)))
            *best = t;
    }
}

struct test test_of(struct resolver *r, const char *model)
{
    const struct step_config *c = r->net->step;
    struct test best = {0};
    for (const struct follow_config *f = follow_of(r->net, model); f; f = follow_of(r->net, model))
        model = f->of;
    const struct model *m = model_named(r, model);
    for (size_t i = 0; i < c->phases.n; i++)
        if (strcmp(c->phases.at[i].model, model) == 0)
            look_at(r, &c->phases.at[i], m, &best);
    return best;
}

/* The items of a list of the phase for those outputs. */
static const struct bound *only(struct resolver *r, const struct test *t, const struct bound *list, const size_t *which,
                                size_t n)
{
    if (!list || list->n_items == 1)
        return list;
    struct bound *made = arena_alloc(ctx_arena(r->ctx), sizeof *made);
    *made = *list;
    made->items = arena_alloc(ctx_arena(r->ctx), (n + 1) * sizeof *made->items);
    made->n_items = n;
    for (size_t i = 0; i < n; i++) {
        const size_t at = number_of(t, list->n_items, which[i]);
        made->items[i] = list->items[at < list->n_items ? at : 0];
    }
    return made;
}

struct phase_config phase_as_tested(struct resolver *r, const struct test *t, const size_t *which, size_t n)
{
    const struct phase_config *p = t->phase;
    return (struct phase_config){.losses = only(r, t, p->losses, which, n),
                                 .weights = only(r, t, p->weights, which, n),
                                 .metrics = p->metrics,
                                 .optimizer = p->optimizer};
}
