/* data_targets.c -- the targets of the data, with which the phases of several models compare: what they are called,
 * which phase takes which, and whether the files have all of them. */
#include <string.h>

#include "layers/layers.h"
#include "training/training.h"

/* ---- names */

/* Files, arrays or columns; NULL: the targets have no names. */
static const struct bound *list_of(const struct data_source *s)
{
    return s->kind == SOURCE_CSV ? s->targets : s->each_y;
}

static size_t without(const char *text, size_t n, const char *ending)
{
    const size_t k = strlen(ending);
    return n > k && strncmp(text + n - k, ending, k) == 0 ? n - k : n;
}

static const char *name_of(struct ctx *c, enum source_kind kind, const struct bound *list, size_t number)
{
    if (!list || number >= list->n_items)
        return NULL;
    const char *text = list->items[number].text;
    if (kind == SOURCE_NPZ || kind == SOURCE_CSV)
        return text;
    const char *slash = strrchr(text, '/');
    text = slash ? slash + 1 : text;
    const size_t packed = without(text, strlen(text), ".gz");
    return arena_strndup(ctx_arena(c), text, without(text, packed, ".npy"));
}

const char *data_target_name(struct ctx *c, const struct data_config *d, size_t number)
{
    return name_of(c, d->train.kind, list_of(&d->train), number);
}

const char *data_input_name(struct ctx *c, const struct data_config *d, size_t number)
{
    return name_of(c, d->train.kind, d->train.each_x, number);
}

size_t data_target_named(struct ctx *c, const struct data_config *d, const char *name)
{
    const char *own;
    for (size_t i = 0; (own = data_target_name(c, d, i)); i++)
        if (strcmp(own, name) == 0)
            return i;
    return NO_TARGET;
}

/* ---- who takes which */

/* Those without a name are the first ones, in their order. */
static void number_targets(struct net *n)
{
    size_t next = 0;
    for (size_t k = 0; k < n->fills.n; k++)
        if (n->fills.at[k].from == FILL_DATA && !n->fills.at[k].named)
            n->fills.at[k].data = next++;
}

/* A model alone has the targets of the phase that compares it with the data; one that follows may have more outputs
 * than the phase knows. */
static void take_numbers(struct net *n, const struct net *phase)
{
    const size_t each = phase->fills.n / n->test_uses;
    for (size_t k = 0; k < n->fills.n; k++) {
        const size_t output = n->fills.at[k].tested;
        const struct fill *f = &phase->fills.at[n->test_use * each + (output < each ? output : each - 1)];
        n->fills.at[k].data = f->from == FILL_DATA ? f->data : NO_TARGET;
    }
}

/* What a phase takes a target for. */
struct taken {
    bool classes;
    struct shape out; /* of the output that is compared */
};

static struct taken taken_for(struct net *n, size_t output)
{
    net_aim(n, output);
    const struct taken t = {loss_of(n->train->loss)->sparse, n->outputs.at[output].node->out};
    net_aim(n, 0);
    return t;
}

static bool is_same(const struct taken *a, const struct taken *b)
{
    return a->classes == b->classes &&
           (a->classes ? shape_equal(a->out, b->out) : shape_size(a->out) == shape_size(b->out));
}

static const char *told(struct ctx *c, const struct taken *t)
{
    return arena_printf(ctx_arena(c), "%s for an output %s", t->classes ? "classes" : "numbers",
                        shape_print(c, t->out));
}

/* All that compare with the same target take it for the same. */
static void check_taken(struct net *n, size_t output, struct net *before, size_t its_output)
{
    const struct taken now = taken_for(n, output), was = taken_for(before, its_output);
    const struct fill *f = &n->fills.at[output];
    if (!is_same(&now, &was))
        diag_error(n->ctx, f->span, "this phase takes the targets of the data for %s, but one before it for %s",
                   told(n->ctx, &now), told(n->ctx, &was));
}

/* The first that takes each of them. */
static void find_takers(struct net *const *nets, struct step_config *step)
{
    struct net *n = nets[0];
    for (size_t i = 0; i < n->parts.n; i++)
        for (size_t k = 0; n->parts.at[i].phase >= 0 && k < nets[i]->fills.n; k++) {
            const struct fill *f = &nets[i]->fills.at[k];
            if (f->from != FILL_DATA)
                continue;
            while (step->targets.n <= f->data)
                vec_push(ctx_arena(n->ctx), &step->targets, ((struct taker){0}));
            struct taker *t = &step->targets.at[f->data];
            if (t->part)
                check_taken(nets[i], k, nets[t->part], t->output);
            else
                *t = (struct taker){i, k, data_target_name(n->ctx, nets[i]->data, f->data)};
        }
}

/* ---- whether the files have them */

/* Whether columns of a table are targets by themselves; else all of them together are the only one. */
static bool are_apart(struct net *const *nets)
{
    bool apart = nets[0]->step->targets.n > 1;
    for (size_t i = 0; i < nets[0]->parts.n; i++)
        for (size_t k = 0; k < nets[i]->fills.n; k++)
            apart |= nets[i]->fills.at[k].from == FILL_DATA && nets[i]->fills.at[k].named;
    return apart;
}

/* Of several targets, each is one column. */
static void check_column(struct net *const *nets, const struct taker *t)
{
    struct net *n = nets[t->part];
    net_aim(n, t->output);
    const int64_t wanted = columns_wanted(n);
    if (wanted != 1)
        diag_error(n->ctx, n->fills.at[t->output].span,
                   "a column of a table is one number a row, but this phase compares it with %lld", (long long)wanted);
    net_aim(n, 0);
}

static void check_together(struct net *const *nets, const struct bound *columns)
{
    const struct taker *t = &nets[0]->step->targets.at[0];
    net_aim(nets[t->part], t->output);
    columns_check(nets[t->part], columns);
    net_aim(nets[t->part], 0);
}

/* Each item of the list is a target of some phase. */
static void check_list(struct net *const *nets, const struct data_source *s, const struct bound *list)
{
    static const char *const whats[] = {
        [SOURCE_IDX] = "file", [SOURCE_NPY] = "file", [SOURCE_NPZ] = "array", [SOURCE_CSV] = "column"};
    struct net *n = nets[0];
    const size_t wanted = n->step->targets.n, given = list->n_items;
    if (given < wanted)
        diag_error(n->ctx, list->span, "%zu %s%s of targets, but the phases compare with %zu", given, whats[s->kind],
                   given == 1 ? "" : "s", wanted);
    for (size_t i = 0; given >= wanted && i < given; i++) {
        if (i >= wanted || !n->step->targets.at[i].part) {
            diag_error(n->ctx, list->items[i].span, "no phase compares anything with '%s'", list->items[i].text);
            return;
        }
        if (s->kind == SOURCE_CSV)
            check_column(nets, &n->step->targets.at[i]);
    }
}

static void check_files(struct net *const *nets, const struct data_source *s)
{
    struct net *n = nets[0];
    const size_t wanted = n->step->targets.n;
    const struct bound *list = list_of(s);
    if (s->kind == SOURCE_NONE || s->own_target || wanted == 0)
        return;
    if (s->kind == SOURCE_IMAGES && wanted > 1)
        diag_error(n->ctx, s->span,
                   "a folder has one target, but phases compare with %zu; 'csv', 'npy', 'idx' and 'npz' have lists of "
                   "them",
                   wanted);
    else if (list && s->kind == SOURCE_CSV && !are_apart(nets))
        check_together(nets, list);
    else if (list)
        check_list(nets, s, list);
}

void data_targets_match(struct net *const *nets)
{
    struct net *n = nets[0];
    struct step_config *step = n->step;
    for (size_t i = 0; i < n->parts.n; i++)
        if (n->parts.at[i].phase >= 0)
            number_targets(nets[i]);
    for (size_t i = 0; i < n->parts.n; i++)
        if (n->parts.at[i].phase < 0 && nets[i]->compares)
            take_numbers(nets[i], nets[nets[i]->tester]);
    find_takers(nets, step);
    if (step->targets.n > MOST_PORTS)
        diag_error(n->ctx, n->step->span, "the phases compare with %zu targets of the data, but a program takes %d",
                   step->targets.n, MOST_PORTS);
    for (size_t i = 1; i < n->parts.n; i++)
        nets[i]->step->targets = step->targets;
    const struct data_config *d = nets[n->parts.n - 1]->data; /* the last is a phase, which reads the data */
    check_files(nets, &d->train);
    check_files(nets, &d->validation);
    check_files(nets, &d->test);
}

size_t targets_listed(const struct net *n)
{
    return n->parts.n && n->parts.at[n->which].phase >= 0 ? n->step->targets.n : data_targets(n);
}
