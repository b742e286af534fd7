/* phases.c -- whether the networks of a spec with several models fit one another: each phase of a step of training
 * compares with numbers, inputs and targets of the data, and answers of other models. Shapes and losses of all networks
 * must be known. */
#include <string.h>

#include "layers/layers.h"
#include "training/training.h"

/* ---- what a phase compares its outputs with */

size_t input_read(const struct net *n, const char *name)
{
    size_t i = 0;
    while (strcmp(input_name(n->inputs.at[i].node->stmt), name) != 0)
        i++;
    return i;
}

/* A teacher reads inputs of the data, which the phase has, too. */
static void check_read(struct net *n, const struct net *teacher, const struct fill *f)
{
    for (size_t i = 0; i < teacher->inputs.n; i++) {
        const struct node *own = teacher->inputs.at[i].node;
        const struct node *data = n->inputs.at[input_read(n, input_name(own->stmt))].node;
        if (!shape_equal(own->out, data->out))
            diag_error(n->ctx, f->span, "'%s' wants %s for its input '%s', but this phase has %s there",
                       n->parts.at[f->part].model, shape_print(n->ctx, own->out), input_name(own->stmt),
                       shape_print(n->ctx, data->out));
    }
}

/* What a teacher answers becomes targets, one for each number of the output. */
static void check_teacher(struct net *n, const struct net *teacher, size_t output)
{
    const struct fill *f = &n->fills.at[output];
    const struct net_part *p = &n->parts.at[f->part];
    net_aim(n, output);
    if (p->output && teacher->outputs.n == 0)
        diag_error(n->ctx, f->span, "'%s' has no layer '%s'", p->model, p->output);
    else if (teacher->outputs.n != 1)
        diag_error(n->ctx, f->span, "'%s' has %zu outputs; a label tells which one is the target, as in %s.%s",
                   p->model, teacher->outputs.n, p->model,
                   teacher->outputs.n ? teacher->outputs.at[0].name ? teacher->outputs.at[0].name : "LABEL" : "LABEL");
    else if (loss_of(n->train->loss)->sparse)
        diag_error(n->ctx, f->span, "'%s' compares numbers of classes, but '%s' answers one number for each output",
                   n->train->loss->name, p->model);
    else if (!shape_equal(teacher->outputs.at[0].node->out, n->outputs.at[output].node->out))
        diag_error(n->ctx, f->span, "'%s' answers %s, but is compared with %s", p->model,
                   shape_print(n->ctx, teacher->outputs.at[0].node->out),
                   shape_print(n->ctx, n->outputs.at[output].node->out));
    else
        check_read(n, teacher, f);
    net_aim(n, 0);
}

/* So does what an input of the data is. */
static void check_input(struct net *n, size_t output)
{
    const struct fill *f = &n->fills.at[output];
    const struct node *input = n->inputs.at[f->part].node, *compared = n->outputs.at[output].node;
    net_aim(n, output);
    if (loss_of(n->train->loss)->sparse)
        diag_error(n->ctx, f->span, "'%s' compares numbers of classes, not what an input is", n->train->loss->name);
    else if (!shape_equal(input->out, compared->out))
        diag_error(n->ctx, f->span, "'%s' is %s, but is compared with %s", port_name(&n->inputs.at[f->part]),
                   shape_print(n->ctx, input->out), shape_print(n->ctx, compared->out));
    net_aim(n, 0);
}

/* A number is a target that the loss takes. */
static void check_number(struct net *n, size_t output)
{
    const struct fill *f = &n->fills.at[output];
    net_aim(n, output);
    const struct loss *l = loss_of(n->train->loss);
    const double last = (double)last_label(n);
    if (l->sparse && !(f->number >= 0 && f->number <= last && f->number == (double)(int64_t)f->number))
        diag_error(n->ctx, f->span, "%g is no class: there are 0 to %g", f->number, last);
    else if (l->target.bounded && !(f->number >= l->target.low && f->number <= l->target.high))
        diag_error(n->ctx, f->span, "'%s' takes targets from %g to %g", n->train->loss->name, l->target.low,
                   l->target.high);
    net_aim(n, 0);
}

static void check_fills(struct net *n, struct net *const *nets)
{
    for (size_t k = 0; k < n->fills.n; k++)
        switch (n->fills.at[k].from) {
        case FILL_PART: check_teacher(n, nets[n->fills.at[k].part], k); break;
        case FILL_NUMBER: check_number(n, k); break;
        case FILL_INPUT: check_input(n, k); break;
        case FILL_DATA: break;
        }
}

/* ---- targets of the data */

static void check_unread(const struct net *n)
{
    const struct data_source *d = &n->data->train;
    if (d->kind == SOURCE_CSV || d->kind == SOURCE_IMAGES)
        diag_error(n->ctx, d->span,
                   "tables and folders have targets, but no phase compares anything with the data; 'npy', 'idx' and "
                   "'npz' may have inputs alone");
    else if (d->each_y)
        diag_warning(n->ctx, d->each_y->span, "unused", "no phase compares anything with these targets");
}

/* ---- what tests a model that alone is compared with nothing */

static bool reads_noise(const struct net *n)
{
    for (size_t i = 0; i < n->nodes.n; i++)
        if (n->nodes.at[i]->layer == &noise_input)
            return true;
    return false;
}

/* Whether a row of the data tells all that the phase reads and compares with. */
static bool is_test(const struct net *n)
{
    for (size_t i = 0; i < n->fills.n; i++)
        if (!has_data_goal(n, i) && n->train->goals[i].from != TARGET_FROM_NOTHING)
            return false;
    return !reads_noise(n);
}

/* A model in the middle, such as the encoder of an autoencoder, is tested by a phase that trains it, with the others
 * around it. */
static void find_test(struct net *const *nets, struct net *alone)
{
    const struct net *n = nets[0];
    for (size_t i = n->parts.n; i-- > 1 && !alone->compares;)
        if (n->parts.at[i].phase >= 0 && strcmp(n->parts.at[i].model, n->parts.at[alone->which].model) == 0 &&
            is_test(nets[i]))
            alone->tested_by = i;
}

/* ---- losses, metrics and members */

/* Losses and metrics of the section `train` may name an output of any phase, or one of what answers. */
static void check_on(struct net *const *nets, size_t n, const struct bound *on)
{
    bool found = !on;
    for (size_t i = 0; i < n && !found; i++)
        found = names_output(nets[i], on);
    if (!found)
        refuse_output(nets, n, on);
}

static void check_names(struct net *const *nets, const struct net *phase)
{
    struct net **have = arena_alloc(ctx_arena(phase->ctx), (phase->parts.n + 1) * sizeof(struct net *));
    const struct train_config *t = phase->train;
    size_t n = 0;
    for (size_t i = 0; i < phase->parts.n; i++)
        if (phase->parts.at[i].phase >= 0 || (nets[i]->compares && nets[i]->outputs.at[0].name))
            have[n++] = nets[i];
    for (size_t k = 0; k < t->asked_losses.n; k++)
        check_on(have, n, t->asked_losses.at[k].on);
    for (size_t k = 0; k < t->asked_metrics.n; k++)
        check_on(have, n, t->asked_metrics.at[k].on);
}

/* The phases of members that are snapshots have one schedule. */
static void check_snapshots(const struct net *n, const struct net *phase)
{
    if (!n->ensemble->given || n->ensemble->kind != ENSEMBLE_SNAPSHOT ||
        strcmp(phase->train->schedule->name, "constant") == 0)
        return;
    diag_error(n->ctx, n->ensemble->span,
               "snapshots are the ends of cycles of the learning rate, which '%s' would disturb",
               phase->train->schedule->name);
    if (phase->train->schedule_span.end)
        diag_note(n->ctx, phase->train->schedule_span, "it is given here");
}

void phases_check(struct net *const *nets)
{
    struct net *n = nets[0], *of_data = NULL, *phase = NULL;
    for (size_t i = 0; i < n->parts.n; i++) {
        if (n->parts.at[i].phase < 0)
            continue;
        phase = nets[i];
        check_fills(phase, nets);
        of_data = data_targets(phase) ? phase : of_data;
    }
    data_targets_match(nets);
    for (size_t i = 0; i < n->parts.n; i++)
        if (n->parts.at[i].phase < 0 && !n->parts.at[i].output)
            find_test(nets, nets[i]);
    if (!of_data)
        check_unread(nets[n->parts.n - 1]);
    for (size_t i = 1; i < n->parts.n; i++)
        if (n->parts.at[i].phase >= 0)
            check_snapshots(n, nets[i]);
    if (phase)
        check_names(nets, phase);
    monitors_check_phases(n, nets);
    follows_check(n, nets);
}
