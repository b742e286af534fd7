/* outputs.c -- the kind of outputs: probabilities, logits or numbers, and what they tell about a row. All code that
 * needs this asks here; struct cnn_meaning passes it to the runtime. */
#include <string.h>

#include "expr/expr.h"
#include "graph/layer.h"
#include "training/training.h"

const struct record *node_activation(const struct node *n)
{
    if (n->layer->activation)
        return record_find(activations, n->layer->activation);
    const struct bound *b = record_arg_maybe(&n->layer->rec, n->args, "activation");
    return b ? b->record : NULL;
}

struct span place_of_loss(const struct net *net)
{
    const struct train_config *t = net->train;
    return t->loss_span.end ? t->loss_span : last_node(net)->stmt->name_span;
}

/* True for pooling and similar layers, for layers that only apply `linear`, and for those around another one. */
static bool leaves_values(const struct node *n)
{
    const struct record *a = node_activation(n);
    return n->layer->rec.body || (n->params.n == 0 && (!a || a == record_find(activations, "linear")));
}

const struct node *value_maker(const struct net *net)
{
    const struct node *n = last_node(net);
    while (n->input && leaves_values(n))
        n = n->input;
    return n;
}

const struct record *last_activation(const struct net *net)
{
    return node_activation(value_maker(net));
}

static bool ends_in_softmax(const struct net *net)
{
    const struct record *a = last_activation(net);
    return a && activation_of(a)->softmax;
}

bool ends_in_probabilities(const struct net *net)
{
    const struct record *a = last_activation(net);
    return a && activation_of(a)->probability;
}

bool loss_from_logits(const struct net *net)
{
    const struct bound *b = record_arg_maybe(net->train->loss, net->train->loss_args, "from_logits");
    return b && net->train->loss_args && b->number != 0;
}

/* Bit 0: the images of a batch; bit i: axis i of an image, as in Keras. */
static unsigned axes_of_loss(const struct net *net, const struct bound *axis)
{
    const int rank = last_node(net)->out.rank;
    unsigned axes = 0;
    for (size_t i = 0; i < axis->n_items; i++) {
        const int number = (int)axis->items[i].number, at = number < 0 ? number + rank + 1 : number;
        axes |= at < 0 || at > rank ? ~0U : 1U << at;
    }
    return axes;
}

static unsigned axes_of_reach(const struct net *net, enum loss_reach reach)
{
    const int rank = last_node(net)->out.rank;
    const unsigned all = (1U << (rank + 1)) - 1;
    return reach == REACH_ANSWER ? 1U << rank : reach == REACH_IMAGE ? all - 1 : all;
}

/* A user's formula goes over all of an image where its reductions do. */
static enum loss_reach formula_reach(const struct net *net, const struct bound *formula)
{
    const int rank = last_node(net)->out.rank;
    const struct expr *body = expr_lambda(ctx_arena(net->ctx), formula->text).body,
                      *reduction = body ? expr_innermost(body) : NULL;
    unsigned axes;
    return reduction && expr_axes(reduction, rank, &axes) && axes != 1U << (rank - 1) ? REACH_IMAGE : REACH_ANSWER;
}

enum loss_reach loss_reach(const struct net *net)
{
    const struct bound *formula = loss_argument(net, "formula");
    if (formula)
        return formula_reach(net, formula);
    if (!loss_of(net->train->loss)->regions)
        return REACH_ANSWER;
    const struct bound *axis = loss_argument(net, "axis");
    enum loss_reach reach = axis ? REACH_ANSWER : REACH_BATCH;
    while (reach < REACH_BATCH && axes_of_loss(net, axis) != axes_of_reach(net, reach))
        reach++;
    return reach;
}

int64_t last_label(const struct net *net)
{
    return loss_of(net->train->loss)->pairs ? INT32_MAX : shape_channels(last_node(net)->out) - 1;
}

void answer_axis_check(struct net *net, const struct bound *axis)
{
    const int rank = last_node(net)->out.rank;
    if (axis->number != -1 && axis->number != rank)
        diag_error(net->ctx, axis->span,
                   "the outputs along the last axis, -1 or %d, are one answer; Permute puts another axis there", rank);
}

void loss_reach_check(struct net *net)
{
    if (loss_of(net->train->loss)->pairs && last_node(net)->out.rank != 1)
        diag_error(net->ctx, place_of_loss(net),
                   "'%s' compares images by one vector each, [numbers], but the network's output is %s",
                   net->train->loss->name, shape_print(net->ctx, last_node(net)->out));
    const struct bound *axis = loss_argument(net, "axis");
    if (axis && !loss_of(net->train->loss)->regions) {
        answer_axis_check(net, axis);
        return;
    }
    const enum loss_reach reach = loss_reach(net);
    if (axis && reach == REACH_BATCH && axes_of_loss(net, axis) != axes_of_reach(net, reach))
        diag_error(
            net->ctx, axis->span,
            "'%s' compares regions: all axes of an image (1 to %d), the last (-1), or without axis= those of the "
            "whole batch",
            net->train->loss->name, last_node(net)->out.rank);
}

static enum values values_of(const struct net *net)
{
    if (loss_from_logits(net))
        return VALUES_LOGITS;
    return ends_in_probabilities(net) || loss_of(net->train->loss)->wants ? VALUES_PROBABILITIES : VALUES_NUMBERS;
}

/* With a loss for classes, each row belongs to one class. The same is true for a yes-or-no loss with a single
 * output. */
static int64_t classes_of(const struct net *net)
{
    const struct loss *l = loss_of(net->train->loss);
    const struct shape out = last_node(net)->out;
    if (l->wants && out.rank == 1 && out.dim[0] == 1)
        return loss_votes(l) ? 0 : 2;
    return loss_votes(l) && out.rank == 1 ? out.dim[0] : 0;
}

struct meaning net_meaning(const struct net *net)
{
    struct meaning is = {.values = values_of(net), .classes = classes_of(net)};
    if (shape_channels(last_node(net)->out) > 1)
        is.votes = loss_votes(loss_of(net->train->loss)) || ends_in_softmax(net) || is.values == VALUES_NUMBERS;
    return is;
}
