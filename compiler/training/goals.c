/* goals.c -- a network with several outputs has a loss for each. Most code looks at one output at a time: the one that
 * net_aim() chose. */
#include <string.h>

#include "closest.h"
#include "spec/records.h"
#include "training/training.h"

void net_aim(struct net *n, size_t output)
{
    struct train_config *t = n->train;
    n->aim = output;
    n->output = n->outputs.at[output].tensor;
    n->target = output < n->targets.n ? n->targets.at[output].tensor : NULL;
    if (!t->goals)
        return;
    const struct goal *g = &t->goals[output];
    t->loss = g->loss;
    t->loss_args = g->args;
    t->loss_span = g->span;
    t->why_loss = g->why;
}

/* How well `on` names the output with that number: an exact name is better than the label of the layer, which all uses
 * of a model have. 0: it does not. */
static int named_so(const struct net *n, size_t output, const struct bound *on)
{
    const struct port *p = &n->outputs.at[output];
    const char *in_phase = n->fills.n ? n->fills.at[output].name : NULL;
    const char *label = n->fills.n ? first_use_of(p->node)->stmt->label : NULL;
    if (!on->text)
        return (size_t)on->number == output ? 3 : 0;
    if ((port_name(p) && strcmp(on->text, port_name(p)) == 0) || (in_phase && strcmp(on->text, in_phase) == 0))
        return 2;
    return label && strcmp(on->text, label) == 0 ? 1 : 0;
}

bool is_named(const struct net *n, size_t output, const struct bound *on)
{
    return named_so(n, output, on) > 0;
}

bool names_output(const struct net *n, const struct bound *on)
{
    size_t i = 0;
    while (i < n->outputs.n && !is_named(n, i, on))
        i++;
    return i < n->outputs.n;
}

static void add_once(struct word_list *words, const char *name)
{
    size_t i = 0;
    while (name && i < words->v.n && strcmp(words->v.at[i], name) != 0)
        i++;
    if (name && i == words->v.n)
        word_add(words, name);
}

void refuse_output(struct net *const *nets, size_t count, const struct bound *on)
{
    struct word_list words = {.arena = ctx_arena(nets[0]->ctx)};
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < nets[k]->outputs.n; i++)
            add_once(&words, port_name(&nets[k]->outputs.at[i]));
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; nets[k]->fills.n && i < nets[k]->outputs.n; i++)
            add_once(&words, first_use_of(nets[k]->outputs.at[i].node)->stmt->label);
    const char *near = cnn_closest(on->text, words.v.at, words.v.n);
    diag_error_fix(nets[0]->ctx, on->span, near, "no output is called '%s'; there %s %s", on->text,
                   words.v.n == 1 ? "is" : "are", words_joined(&words));
}

static void refuse_second(struct net *n, const struct goal *g, const struct goal *before)
{
    diag_error(n->ctx, g->span, "a second loss for the output '%s'", g->on->text);
    diag_note(n->ctx, before->span, "the first is here");
}

/* The loss for that output: the one that names it best, else the one that names none, else NULL. False after a report
 * of two that name it alike. */
static bool choose_goal(struct net *n, size_t output, const struct goal **chosen)
{
    const struct train_config *t = n->train;
    int best = -1;
    for (size_t i = 0; i < t->given_losses.n; i++) {
        const struct goal *g = &t->given_losses.at[i];
        const int fits = g->on ? named_so(n, output, g->on) : 0;
        if ((g->on && fits == 0) || fits < best)
            continue;
        if (fits == best && fits > 0) {
            refuse_second(n, g, *chosen);
            return false;
        }
        *chosen = g;
        best = fits;
    }
    return true;
}

/* Of several models, a loss is for the phases that have its output; phases_check() asks whether any has. */
static void refuse_unnamed(struct net *n)
{
    const struct train_config *t = n->train;
    for (size_t i = 0; i < t->given_losses.n && !n->parts.n; i++)
        if (t->given_losses.at[i].on && !names_output(n, t->given_losses.at[i].on))
            refuse_output(&n, 1, t->given_losses.at[i].on);
}

void goals_match(struct net *n)
{
    struct goal *goals = arena_alloc(ctx_arena(n->ctx), (n->outputs.n + 1) * sizeof *goals);
    bool stands = true;
    refuse_unnamed(n);
    for (size_t k = 0; k < n->outputs.n; k++) {
        const struct goal *g = NULL;
        stands = stands && choose_goal(n, k, &g);
        goals[k] = g ? *g : (struct goal){.weight = 1};
        if (n->fills.n)
            goals[k].weight = n->fills.at[k].weighed ? n->fills.at[k].weight : goals[k].weight * n->fills.at[k].weight;
    }
    n->train->goals = goals;
}

bool has_loss(const struct net *n, size_t output)
{
    const struct record *loss = n->train->goals[output].loss;
    return !loss || !loss_of(loss)->absent;
}

/* The metrics of every output, one output after the other. Those of no output in particular compare with targets, so
 * they count where there is a loss. */
void metrics_match(struct net *n)
{
    struct train_config *t = n->train;
    struct arena *a = ctx_arena(n->ctx);
    VEC(struct bound) list = {0};
    VEC(size_t) outputs = {0};
    for (size_t k = 0; k < n->outputs.n; k++)
        for (size_t i = 0; i < t->given_metrics.n; i++) {
            const struct metrics_line *l = &t->given_metrics.at[i];
            if (l->on && k == 0 && !names_output(n, l->on))
                refuse_output(&n, 1, l->on);
            const bool counted = l->on ? is_named(n, k, l->on) : has_loss(n, k);
            for (size_t m = 0; counted && m < l->metrics->n_items; m++) {
                vec_push(a, &list, l->metrics->items[m]);
                vec_push(a, &outputs, k);
            }
        }
    if (list.n > MOST_METRICS)
        diag_error(n->ctx, t->given_metrics.at[0].metrics->span, "more than %d metrics", MOST_METRICS);
    t->metrics = list.at;
    t->n_metrics = list.n;
    t->metric_output = outputs.at;
}

const struct bound *loss_argument(const struct net *net, const char *argument)
{
    const struct train_config *t = net->train;
    const struct bound *b = t->loss_args ? record_arg_maybe(t->loss, t->loss_args, argument) : NULL;
    return b && b->set ? b : NULL;
}

const struct bound *class_weights(const struct net *net)
{
    return loss_argument(net, "class_weight");
}

/* ---- what works with one input and one output only */

bool is_data_target(const struct net *n, size_t output)
{
    return !n->fills.n || n->fills.at[output].from == FILL_DATA;
}

bool has_data_goal(const struct net *n, size_t output)
{
    return is_data_target(n, output) || n->fills.at[output].from == FILL_INPUT;
}

size_t data_targets(const struct net *n)
{
    size_t count = 0;
    for (size_t i = 0; i < n->outputs.n; i++)
        count += is_data_target(n, i);
    return count;
}

bool target_has_file(const struct net *n, size_t output)
{
    return is_data_target(n, output) && n->train->goals[output].from == TARGET_FROM_FILE;
}

static size_t targets_wanted(const struct net *n)
{
    size_t wanted = 0;
    for (size_t i = 0; i < n->outputs.n; i++)
        wanted += target_has_file(n, i);
    return wanted;
}

/* Files or arrays, one for each port. */
static void check_list(struct net *n, const struct data_source *s, const struct bound *list, bool outputs)
{
    const struct port *at = outputs ? n->outputs.at : n->inputs.at;
    const size_t ports = outputs ? targets_wanted(n) : n->inputs.n;
    const size_t given = list ? list->n_items : outputs && !s->y ? 0 : 1;
    struct word_list words = {.arena = ctx_arena(n->ctx)};
    if (given == ports || (!list && s->kind == SOURCE_NPZ))
        return;
    if (ports == 0) {
        diag_error(n->ctx, list ? list->span : s->span,
                   "no output is compared with targets: the losses are formulas of outputs alone");
        return;
    }
    for (size_t i = 0; i < (outputs ? n->outputs.n : n->inputs.n); i++)
        if (!outputs || target_has_file(n, i))
            word_add(&words, port_name(&at[i]));
    diag_error(n->ctx, list ? list->span : s->span, "%zu %s%s for %zu %s%s, %s", given,
               s->kind == SOURCE_NPZ ? "array" : "file", given == 1 ? "" : "s", ports, outputs ? "output" : "input",
               ports == 1 ? "" : "s", words_joined(&words));
}

/* Whether this format has targets, or inputs, for several ports. */
static bool check_format(struct net *n, const struct data_source *s)
{
    if (n->inputs.n > 1 && (s->kind == SOURCE_CSV || s->kind == SOURCE_IMAGES))
        diag_error(n->ctx, s->span,
                   "a network with several inputs reads lists of files, as in 'train npy [\"a.npy\", \"b.npy\"] "
                   "\"y.npy\"', or one .npz, whose arrays are called as the ports are");
    else if (data_targets(n) > 1 && s->kind == SOURCE_IMAGES)
        diag_error(n->ctx, s->span,
                   "the folders of 'images' are the target of one output; several take columns of 'csv', or arrays or "
                   "files of 'npz', 'npy' and 'idx'");
    else
        return true;
    return false;
}

static void check_source(struct net *n, const struct data_source *s)
{
    if (s->kind == SOURCE_NONE || (n->parts.n && n->parts.at[n->which].phase < 0) || !check_format(n, s))
        return;
    check_list(n, s, s->each_x, false);
    if (n->parts.n && data_targets(n) == 0)
        return; /* another phase may compare with the data */
    if (targets_wanted(n) > 0 && s->kind != SOURCE_IMAGES && !s->y)
        diag_error(n->ctx, s->span,
                   "the file of the targets is missing, which the loss compares with: it stands behind that of the "
                   "inputs");
    else if (s->kind != SOURCE_IMAGES && s->kind != SOURCE_CSV && data_targets(n) > 0 && !n->parts.n)
        check_list(n, s, s->each_y, true);
}

static void check_sources(struct net *n)
{
    const struct data_config *d = n->data;
    check_source(n, &d->train);
    check_source(n, &d->validation);
    check_source(n, &d->test);
}

static void check_inputs(struct net *n)
{
    const struct data_config *d = n->data;
    const struct augment *a = &d->augment;
    const struct bound *fitted[] = {d->mean, d->std};
    if (a->shift > 0 || a->rotate > 0 || a->zoom > 0 || a->noise > 0 || a->flip_x || a->flip_y)
        diag_error(n->ctx, a->span, "'augment' varies one input, but the network has %zu", n->inputs.n);
    for (int i = 0; i < 2; i++)
        if (fitted[i] && (fitted[i]->text || fitted[i]->n_items != 1)) {
            diag_error(n->ctx, fitted[i]->span,
                       "'normalize' takes the same scale, mean and std for all inputs, as one number each: of %zu "
                       "inputs, each with channels of its own, none can be fitted or listed",
                       n->inputs.n);
            return;
        }
}

void ports_check(struct net *n)
{
    check_sources(n);
    if (!has_several_ports(n))
        return;
    if (n->inputs.n > 1)
        check_inputs(n);
    for (size_t i = 0; i < n->outputs.n && n->outputs.n > 1; i++) {
        net_aim(n, i);
        if (class_weights(n))
            diag_error(
                n->ctx, class_weights(n)->span,
                "'class_weight' weighs rows by the class of the only output; with several, 'train' takes a weight for "
                "each row, 'weight='");
    }
    net_aim(n, 0);
    if (n->ensemble->given)
        diag_error(n->ctx, n->ensemble->span, "an ensemble has members with one input and one output");
}

void ports_count_check(struct net *n)
{
    const bool inputs = n->inputs.n > MOST_PORTS;
    if (!inputs && n->outputs.n <= MOST_PORTS)
        return;
    const struct port *beyond = inputs ? &n->inputs.at[MOST_PORTS] : &n->outputs.at[MOST_PORTS];
    diag_error(n->ctx, beyond->node->stmt->name_span, "a trainer takes at most %d %s, but here are %zu", MOST_PORTS,
               inputs ? "inputs" : "outputs", inputs ? n->inputs.n : n->outputs.n);
}
