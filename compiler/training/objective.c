/* objective.c -- the goal of the training: the defaults of Keras for what the spec leaves out, and a check that loss
 * and metrics can work with the output. */
#include <string.h>

#include "expr/expr.h"
#include "layers/layers.h"
#include "spec/records.h"
#include "training/training.h"

static bool ends_in(const struct net *net, const char *activation)
{
    const struct record *act = last_activation(net);
    return act && strcmp(act->name, activation) == 0;
}

/* ---- defaults */

static const struct {
    const char *activation, *loss;
} suggestions[] = {{"softmax", "sparse_categorical_crossentropy"}, {"sigmoid", "binary_crossentropy"}};

/* Sets the loss of the goal; returns the reason for the choice. */
static const char *choose_loss(struct net *net, struct goal *g)
{
    for (size_t i = 0; i < sizeof suggestions / sizeof *suggestions; i++) {
        if (ends_in(net, suggestions[i].activation)) {
            g->loss = record_find(losses, suggestions[i].loss);
            if (mixer(net))
                g->loss = mixed_loss(g->loss);
            return arena_printf(ctx_arena(net->ctx), "as the network ends in %s%s%s", suggestions[i].activation,
                                mixer(net) ? " behind " : "", mixer(net) ? mixer(net)->stmt->name : "");
        }
    }
    g->loss = record_find(losses, "mse");
    return "as the network ends in neither softmax nor sigmoid";
}

void objective_note(const struct net *net)
{
    const struct train_config *t = net->train;
    if (!t->why_loss || (net->parts.n && !net->compares))
        return;
    if (t->given)
        diag_remark(net->ctx, t->span, "no loss is given: it is %s, %s", t->loss->name, t->why_loss);
    else
        diag_remark(net->ctx, last_node(net)->stmt->name_span,
                    "no 'train' section: training would be with %s, %s, and %s, batch=%lld, epochs=%lld", t->loss->name,
                    t->why_loss, t->optimizer->name, (long long)t->batch, (long long)t->epochs);
}

/* ---- checks */

static void output_note(struct net *net)
{
    shape_note(net, last_node(net));
}

static bool has_classes(struct net *net, struct span at, const char *name)
{
    struct shape out = last_node(net)->out;
    if (shape_channels(out) > 1)
        return true;
    diag_error(net->ctx, at, "'%s' wants one number a class, [classes], but the network's output is %s", name,
               shape_print(net->ctx, out));
    output_note(net);
    diag_note(net->ctx, last_node(net)->stmt->name_span,
              "for yes and no, one output ends in sigmoid, with binary_crossentropy");
    return false;
}

static void check_logits(struct net *net)
{
    if (loss_from_logits(net) && ends_in_probabilities(net))
        diag_error(net->ctx, place_of_loss(net), "from_logits=yes, but the network ends in %s",
                   last_activation(net)->name);
}

/* The reductions of a loss are sums and means, all of them over the same outputs. */
static void check_reductions(struct net *net, const struct bound *formula, const struct expr *e)
{
    struct arena *a = ctx_arena(net->ctx);
    const int rank = last_node(net)->out.rank;
    const unsigned whole = (1U << rank) - 1, last = 1U << (rank - 1);
    unsigned first = 0, axes;
    for (const struct expr *r; (r = expr_innermost(e)); e = expr_replace(a, e, r, expr_name(a, "reduced"))) {
        if (strcmp(r->name, "sum") != 0 && strcmp(r->name, "mean") != 0) {
            diag_error(net->ctx, formula->span, "a loss has sum and mean, var, std and norm, but no '%s'", r->name);
            return;
        }
        if (!expr_axes(r, rank, &axes) || (axes != whole && axes != last) || (first && axes != first)) {
            diag_error(net->ctx, formula->span,
                       "the sums and means of a loss go over all of an image, or all of them with axis=-1");
            return;
        }
        first = axes;
    }
}

/* A loss of the user's own is of target and output, or of the output alone. */
static void check_formula(struct net *net)
{
    const struct bound *formula = loss_argument(net, "formula");
    struct expr_lambda f;
    if (formula && formula_read(net, formula, loss_wants_target(net) ? 2 : 1, &f))
        check_reductions(net, formula, f.body);
}

const struct bound *ignored_class(const struct net *net)
{
    return loss_argument(net, "ignore_class");
}

int64_t target_size(const struct net *net)
{
    const struct shape out = last_node(net)->out;
    return loss_of(net->train->loss)->sparse ? shape_size(out) / shape_channels(out) : shape_size(out);
}

/* The classes of an answer whose losses may have weights. */
static int64_t weighed_classes(const struct net *net)
{
    const struct meaning is = net_meaning(net);
    return is.classes > 0                          ? is.classes
           : loss_votes(loss_of(net->train->loss)) ? shape_channels(last_node(net)->out)
                                                   : 0;
}

static void check_class_weights(struct net *net)
{
    const struct bound *b = class_weights(net);
    int64_t classes = weighed_classes(net);
    if (!b)
        return;
    if (classes == 0) {
        diag_error(net->ctx, b->span, "'class_weight' wants rows of one class each, but the network's output is %s",
                   shape_print(net->ctx, last_node(net)->out));
        output_note(net);
    } else if (!b->text && (int64_t)b->n_items != classes) {
        diag_error(net->ctx, b->span, "'class_weight' has %zu numbers, but there are %lld classes", b->n_items,
                   (long long)classes);
    }
}

static void check_top_k(struct net *net, const struct bound *m)
{
    if (!has_classes(net, m->span, "top_k"))
        return;
    const struct bound *k = record_arg(m->record, m->sub, "k");
    int64_t classes = shape_channels(last_node(net)->out);
    if (k->number > (double)classes)
        diag_error(net->ctx, m->span, "'top_k' counts %.0f guesses, but there are only %lld classes", k->number,
                   (long long)classes);
}

/* Classes are counted from 0. */
static void check_class(struct net *net, const struct bound *m, const struct bound *class, int64_t classes)
{
    if (class->number >= (double)classes)
        diag_error(net->ctx, class->span, "'%s' looks at class %.0f, but the last one is %lld", m->record->name,
                   class->number, (long long)classes - 1);
}

const struct bound *metric_given(const struct bound *m, const char *name)
{
    const struct bound *b = record_arg_maybe(m->record, m->sub, name);
    return b && b->set ? b : NULL;
}

/* Arguments that name or count classes. */
static void check_metric_classes(struct net *net, const struct bound *m)
{
    const struct bound *only = metric_given(m, "class_id"), *list = metric_given(m, "target_class_ids");
    const struct bound *ignored = metric_given(m, "ignore_class"), *number = metric_given(m, "num_classes");
    const struct bound *top = metric_given(m, "top_k");
    const int64_t outputs = shape_channels(last_node(net)->out);
    const int64_t classes = strcmp(m->record->name, "binary_iou") == 0 ? 2 : outputs;
    if (only)
        check_class(net, m, only, classes);
    for (size_t i = 0; list && i < list->n_items; i++)
        check_class(net, m, &list->items[i], classes);
    if (ignored && !net_meaning(net).votes)
        diag_error(net->ctx, ignored->span,
                   "'ignore_class' wants answers of one class each, but each output says yes "
                   "or no by itself");
    if (number && number->number != (double)classes)
        diag_error(net->ctx, number->span, "'num_classes' is %.0f, but the network has %lld output%s an answer",
                   number->number, (long long)classes, classes == 1 ? "" : "s");
    if (top && top->number > (double)classes)
        diag_error(net->ctx, top->span, "'top_k' is %.0f, but there are only %lld outputs", top->number,
                   (long long)classes);
}

static void check_counts(struct net *net, const struct bound *m)
{
    if (net_meaning(net).values != VALUES_NUMBERS) {
        check_metric_classes(net, m);
        return;
    }
    diag_error(net->ctx, m->span, "'%s' compares %s, but the network ends in neither softmax nor sigmoid",
               m->record->name, strcmp(m->record->name, "auc") == 0 ? "probabilities" : "classes");
    output_note(net);
}

static void check_metrics(struct net *net)
{
    const struct train_config *t = net->train;
    for (size_t i = 0; i < t->n_metrics; i++) {
        const struct bound *m = &t->metrics[i];
        if (t->metric_output[i] != net->aim)
            continue;
        if (metric_given(m, "axis"))
            answer_axis_check(net, metric_given(m, "axis"));
        if (loss_of(t->loss)->absent)
            diag_error(net->ctx, m->span, "'%s' compares outputs with targets, but with 'loss none' there are none",
                       m->record->name);
        else if (loss_of(t->loss)->pairs)
            diag_error(net->ctx, m->span, "'%s' compares outputs with targets, but '%s' outputs with one another",
                       m->record->name, t->loss->name);
        else if (strcmp(m->record->name, "top_k") == 0)
            check_top_k(net, m);
        else if (metric_of(m->record)->counts)
            check_counts(net, m);
        else if (strstr(m->record->name, "_correlation") && shape_channels(last_node(net)->out) == 1)
            diag_error(net->ctx, m->span, "'%s' correlates the outputs of an answer, but there is one; use r2",
                       m->record->name);
        else if (strcmp(m->record->name, "r2") == 0 && loss_of(t->loss)->wants)
            diag_error(net->ctx, m->span, "'r2' compares numbers, but '%s' compares classes", t->loss->name);
    }
}

/* Only noise suits every input. */
static void check_augment(const struct net *net)
{
    const struct augment *a = &net->data->augment;
    bool moves = a->shift > 0 || a->rotate > 0 || a->zoom > 0 || a->flip_x || a->flip_y;
    if (moves && net->nodes.at[0]->out.rank != 3)
        diag_error(net->ctx, a->span,
                   "'augment' moves pixels, but the input is no image: its shape is %s, not [height,width,channels]",
                   shape_print(net->ctx, net->nodes.at[0]->out));
}

/* Pictures have height, width and channels; a row of them has a class and nothing else, the target of one output. */
static void check_images(struct net *net)
{
    const struct data_config *d = net->data;
    const struct data_source *const sources[] = {&d->train, &d->validation, &d->test};
    const struct shape in = net->nodes.at[0]->out;
    size_t output = 0;
    while (!is_data_target(net, output))
        output++;
    net_aim(net, output);
    const bool classes = net_meaning(net).classes > 0, positions = loss_votes(loss_of(net->train->loss)) && !classes;
    if (data_needs(d) & NEEDS_IMAGES && (in.rank != 3 || in.dim[2] == 2 || in.dim[2] > 4))
        diag_error(net->ctx, d->span,
                   "pictures are [height,width,channels], of 1, 3 or 4 channels, but the input is %s",
                   shape_print(net->ctx, in));
    for (int i = 0; i < 3; i++)
        if (sources[i]->kind == SOURCE_IMAGES && !classes && !sources[i]->own_target)
            diag_error(
                net->ctx, sources[i]->span,
                positions
                    ? "folders of pictures are one class each, but '%s' compares one for each position"
                    : "folders of pictures are classes, but '%s' compares numbers; with target=input they are targets",
                net->train->loss->name);
    net_aim(net, 0);
}

/* Each column is one input; a category is one input for each of its values. */
static void check_columns(struct net *net)
{
    const struct data_table *t = &net->data->table;
    const int64_t size = shape_size(net->nodes.at[0]->out);
    int64_t width = t->columns ? (int64_t)t->columns->n_items : 0;
    for (size_t i = 0; i < t->n_categories; i++)
        width += t->categories[i].n - 1;
    if (t->columns && width != size)
        diag_error(net->ctx, t->columns->span, "these columns are %lld number%s%s, but the input %s has %lld",
                   (long long)width, width == 1 ? "" : "s", t->n_categories ? ", one for each value of a category" : "",
                   shape_print(net->ctx, net->nodes.at[0]->out), (long long)size);
}

void columns_check(struct net *net, const struct bound *t)
{
    const struct shape out = last_node(net)->out;
    if (t->n_items > 1 && loss_of(net->train->loss)->sparse)
        diag_error(net->ctx, t->span, "'%s' wants one column, of classes, but there are %zu targets",
                   net->train->loss->name, t->n_items);
    else if (t->n_items > 1 && (int64_t)t->n_items != shape_size(out))
        diag_error(net->ctx, t->span, "there are %zu targets, but the network's output is %s", t->n_items,
                   shape_print(net->ctx, out));
}

int64_t columns_wanted(const struct net *n)
{
    return net_meaning(n).classes > 0 ? 1 : shape_size(last_node(n)->out);
}

/* Columns of several outputs. */
static void check_shares(struct net *n, const struct bound *columns)
{
    struct word_list words = {.arena = ctx_arena(n->ctx)};
    const int64_t given = (int64_t)columns->n_items;
    int64_t wanted = 0;
    for (size_t i = 0; i < n->outputs.n; i++) {
        if (!target_has_file(n, i))
            continue;
        net_aim(n, i);
        const int64_t own = columns_wanted(n);
        wanted += own;
        word_add(&words, arena_printf(words.arena, "%s %lld", port_name(&n->outputs.at[i]), (long long)own));
    }
    net_aim(n, 0);
    if (given != wanted)
        diag_error(n->ctx, columns->span, "%lld column%s of targets, but the outputs want %lld: %s", (long long)given,
                   given == 1 ? "" : "s", (long long)wanted, words_joined(&words));
}

static void check_targets(struct net *net)
{
    const struct data_config *d = net->data;
    const struct data_source *const sources[] = {&d->train, &d->validation, &d->test};
    for (int i = 0; i < 3; i++)
        if (sources[i]->targets)
            (data_targets(net) > 1 ? check_shares : columns_check)(net, sources[i]->targets);
}

static void check_channels(const struct net *net, const struct bound *b, const char *name)
{
    const struct shape in = net->nodes.at[0]->out;
    const int64_t channels = in.dim[in.rank - 1];
    if (b && !b->text && b->n_items != 1 && (int64_t)b->n_items != channels)
        diag_error(net->ctx, b->span, "'%s' has %zu numbers, but the input %s has %lld channels", name, b->n_items,
                   shape_print(net->ctx, in), (long long)channels);
}

void trainer_check(struct net *net)
{
    bool trained = false;
    for (size_t i = 0; i < net->params.n; i++)
        trained = trained || !net->params.at[i]->frozen;
    if (ctx_errors(net->ctx) > 0 || trained)
        return;
    if (net->parts.n) {
        const struct phase_config *p = &net->step->phases.at[net->parts.at[net->which].phase];
        diag_error(net->ctx, p->span,
                   "there is nothing to train: this loss depends on no parameters of '%s' that change", p->model);
        return;
    }
    diag_error(net->ctx, last_node(net)->stmt->name_span, "there is nothing to train: %s",
               net->params.n ? "every layer with parameters is trainable=no" : "no layer has parameters");
}

/* What concerns one output. False if later checks would blame the wrong thing. */
static bool check_goal(struct net *net)
{
    const char *name = net->train->loss->name;
    if (loss_votes(loss_of(net->train->loss)) && !has_classes(net, place_of_loss(net), name))
        return false;
    check_logits(net);
    check_formula(net);
    loss_reach_check(net);
    if (has_loss(net, net->aim))
        combinations_check(net);
    check_class_weights(net);
    check_metrics(net);
    return true;
}

static void check_losses(struct net *net)
{
    size_t i = 0;
    while (i < net->outputs.n && !has_loss(net, i))
        i++;
    if (i == net->outputs.n)
        diag_error(net->ctx, place_of_loss(net), "there is nothing to train: %s",
                   i == 1 ? "the output has no loss" : "no output has a loss");
}

void objective_check(struct net *net)
{
    bool ok = true;
    if (ctx_errors(net->ctx) > 0 || net->nodes.n < 2)
        return;
    check_augment(net);
    check_columns(net);
    check_channels(net, net->data->mean, "mean");
    check_channels(net, net->data->std, "std");
    goals_match(net);
    metrics_match(net);
    for (size_t i = 0; i < net->outputs.n; i++) {
        struct goal *g = &net->train->goals[i];
        net_aim(net, i);
        if (!g->loss)
            g->why = choose_loss(net, g);
        net_aim(net, i);
        ok = check_goal(net) && ok;
    }
    net_aim(net, 0);
    mixing_check(net);
    if (!ok)
        return;
    check_losses(net);
    if (loss_votes(loss_of(net->train->loss)) && last_node(net)->out.rank == 3)
        shape_unflattened(net);
    if (!targets_match(net))
        return;
    ports_check(net);
    if (data_targets(net) > 0 && !net->parts.n)
        check_targets(net);
    if (data_targets(net) == 1)
        check_images(net);
    if (net->which == 0)
        monitors_check(net);
    validate_check(net);
    ensemble_check(net);
}
