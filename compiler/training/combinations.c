/* combinations.c -- endings of the network, losses and metrics that do not suit each other: such a network trains
 * without learning, or measures something without meaning. The first fault gets one warning, with advice. */
#include <string.h>

#include "graph/layer.h"
#include "training/training.h"
#include "base/text.h"

/* ---- how the network ends, and its loss */

enum {
    SOFTMAX = 1,
    SIGMOID = 2,
    NARROW = 4,
    OPEN = 8
}; /* NARROW: within a range that is not 0 to 1; OPEN: any number */
enum { OF_CLASSES = 1, OF_YES = 2, OF_NUMBERS = 4, OF_LOGITS = 8, OF_REGIONS = 16, OF_SCORES = 32 };
enum { ONE = 1, SEVERAL = 2 };

/* {loss}: the loss; {ends}: the last activation; {range}: its values; {wants}: the activation that the loss is made
 * for. */
static const struct ending {
    int ends, loss, outputs;
    const char *category, *text;
} endings[] = {
    {SOFTMAX, OF_CLASSES | OF_YES | OF_NUMBERS | OF_REGIONS, ONE, "outputs",
     "a softmax over one output is always 1; to tell yes from no, end in sigmoid with binary_crossentropy"},
    {SOFTMAX, OF_YES, SEVERAL, "outputs",
     "'{loss}' takes each output for itself, but those of a softmax share a sum of 1; use categorical_crossentropy, or "
     "end in sigmoid"},
    {SOFTMAX, OF_NUMBERS, SEVERAL, "outputs",
     "'{loss}' hardly moves a softmax that is sure of the wrong class; use categorical_crossentropy, or "
     "sparse_categorical_crossentropy for class numbers"},
    {SOFTMAX | SIGMOID, OF_SCORES, ONE | SEVERAL, "outputs",
     "'{loss}' compares scores, which lie on both sides of 0, but the network ends in {ends}; end without an "
     "activation"},
    {SIGMOID, OF_CLASSES, SEVERAL, "outputs",
     "'{loss}' compares distributions over the classes, but outputs of sigmoid do not sum to 1; end in softmax, or, "
     "where a row may be of several classes, use binary_crossentropy"},
    {NARROW, OF_CLASSES | OF_YES | OF_REGIONS, ONE | SEVERAL, "logits",
     "'{loss}' compares probabilities, but the network ends in {ends}, whose values are {range}; end in {wants}"},
    {NARROW, OF_LOGITS, ONE | SEVERAL, "outputs",
     "logits are any numbers, but the network ends in {ends}, whose values are {range}; end without an activation"},
    {OPEN, OF_REGIONS, ONE | SEVERAL, "outputs",
     "'{loss}' compares probabilities, but the network ends without {wants}; end in {wants}, or in softmax"},
    {OPEN, OF_CLASSES | OF_YES, ONE | SEVERAL, "logits",
     "'{loss}' compares probabilities, but the network ends without {wants}; say so with from_logits=yes if it shall"},
};

static int ending_of(const struct net *net)
{
    const struct activation *a = last_activation(net) ? activation_of(last_activation(net)) : NULL;
    if (a && a->probability)
        return a->softmax ? SOFTMAX : SIGMOID;
    return a && (a->range || activation_bounds(a)) ? NARROW : OPEN;
}

static int kind_of_loss(const struct net *net)
{
    const struct loss *l = loss_of(net->train->loss);
    if (loss_from_logits(net))
        return OF_LOGITS;
    if (l->scores || l->regions)
        return l->scores ? OF_SCORES : OF_REGIONS;
    if (l->wants && !l->logits_of)
        return OF_CLASSES | OF_REGIONS;
    return loss_votes(l) ? OF_CLASSES : l->wants ? OF_YES : OF_NUMBERS;
}

static const char *range_of(const struct net *net, const struct activation *a)
{
    return activation_bounds(a) ? arena_printf(ctx_arena(net->ctx), "from %g to %g", a->low, a->high) : a->range;
}

static const char *value_of_name(const struct net *net, const char *name, size_t n)
{
    const struct record *last = last_activation(net);
    if (strncmp(name, "loss", n) == 0)
        return net->train->loss->name;
    if (strncmp(name, "wants", n) == 0)
        return loss_of(net->train->loss)->wants;
    return strncmp(name, "range", n) == 0 ? range_of(net, activation_of(last)) : last->name;
}

static const char *fill_in(const struct net *net, const char *text)
{
    struct text t = {.arena = ctx_arena(net->ctx)};
    for (const char *name = strchr(text, '{'); name; name = strchr(text, '{')) {
        const size_t n = strcspn(name, "}");
        text_add(&t, "%.*s%s", (int)(name - text), text, value_of_name(net, name + 1, n - 1));
        text = name + n + 1;
    }
    text_add(&t, "%s", text);
    return text_end(&t);
}

static bool check_ending(struct net *net)
{
    const int ends = ending_of(net), loss = kind_of_loss(net),
              outputs = shape_channels(last_node(net)->out) > 1 ? SEVERAL : ONE;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const struct ending *e = &endings[i];
        if (!(e->ends & ends) || !(e->loss & loss) || !(e->outputs & outputs))
            continue;
        diag_warning(net->ctx, place_of_loss(net), e->category, "%s", fill_in(net, e->text));
        diag_note(net->ctx, value_maker(net)->stmt->name_span, "its output is made here");
        return false;
    }
    return true;
}

/* ---- probabilities that later layers change */

/* What layer n does to probabilities in its input; NULL: they stay probabilities. */
static const char *harm(const struct node *n, bool distributions)
{
    if (n->layer->noisy)
        return "changes the probabilities while training, and the loss may become nan";
    if (!distributions)
        return NULL;
    if (n->layer->picks)
        return "leaves numbers that do not sum to 1";
    return shape_channels(n->in) == shape_channels(n->out) ? NULL : "makes one row of several distributions";
}

static bool check_behind(struct net *net)
{
    const struct node *maker = value_maker(net);
    const struct record *act = node_activation(maker);
    if (!ends_in_probabilities(net))
        return true;
    for (const struct node *n = last_node(net); n != maker; n = n->input) {
        const char *what = harm(n, activation_of(act)->softmax);
        if (!what)
            continue;
        diag_warning(net->ctx, n->stmt->name_span, "outputs", "'%s' behind %s %s; put it in front of the %s",
                     n->layer->rec.name, act->name, what, act->name);
        return false;
    }
    return true;
}

/* The nearest layer before n that has an activation, past layers that only move or disturb values; NULL: a layer with
 * parameters is between. */
static const struct node *activated_before(const struct node *n)
{
    for (n = n->input; n && !node_activation(n); n = n->input)
        if (n->params.n)
            return NULL;
    return n;
}

/* True if layers that learn lead to n. Layers that only change inputs are preparation. */
static bool is_learned(const struct node *n)
{
    while (n && !n->params.n)
        n = n->input;
    return n != NULL;
}

/* A softmax or sigmoid gives numbers from 0 to 1. A second one makes them nearly equal, and a last layer learns little
 * from them. */
static bool check_before(struct net *net)
{
    const struct node *maker = value_maker(net), *before = activated_before(maker);
    const struct record *act = before ? node_activation(before) : NULL;
    if (!act || !activation_of(act)->probability || !is_learned(before) ||
        (maker->params.n && !activation_of(act)->softmax))
        return true;
    diag_warning(net->ctx, maker->stmt->name_span, "outputs", "'%s' behind %s %s", maker->layer->rec.name, act->name,
                 maker->params.n ? "sees nothing but probabilities that sum to 1; end in one softmax, or use another "
                                   "activation in front of it"
                                 : "is an activation of an activation; leave one of them out");
    diag_note(net->ctx, before->stmt->name_span, "the %s is here", act->name);
    return false;
}

/* ---- metrics */

static bool is(const struct bound *m, const char *name)
{
    return strcmp(m->record->name, name) == 0;
}

static bool is_given(const struct bound *m, const char *name)
{
    const struct bound *b = record_arg_maybe(m->record, m->sub, name);
    return b && m->sub && b->set;
}

/* In Keras, the name of an accuracy tells what it counts; here, the end of the network decides. */
static void check_accuracy(struct net *net, const struct bound *m, bool votes)
{
    if (votes && (strstr(m->text, "binary") || strstr(m->text, "Binary")))
        diag_warning(net->ctx, m->span, "metrics",
                     "'%s' looks at each output by itself, but here the answer is the likeliest class; write accuracy",
                     m->text);
    else if (!votes && strstr(m->text, "ategorical"))
        diag_warning(
            net->ctx, m->span, "metrics",
            "'%s' looks for the likeliest class, but here each output says yes or no by itself; write accuracy",
            m->text);
}

static void check_metric(struct net *net, const struct bound *m)
{
    const struct meaning means = net_meaning(net);
    const int64_t outputs = shape_channels(last_node(net)->out);
    const char *name = m->record->name, *loss = net->train->loss->name;
    if ((is(m, "accuracy") || is(m, "top_k")) && means.values == VALUES_NUMBERS &&
        !loss_votes(loss_of(net->train->loss)))
        diag_warning(net->ctx, m->span, "metrics",
                     "'%s' compares classes, but '%s' compares numbers; use mae or r2, or end in %s", name, loss,
                     outputs > 1 ? "softmax with categorical_crossentropy" : "sigmoid with binary_crossentropy");
    else if (is(m, "top_k") && !means.votes)
        diag_warning(net->ctx, m->span, "metrics",
                     "'%s' counts rows of one class each, but each output says yes or no for itself; use f1 or auc",
                     name);
    else if (is(m, "top_k") && record_arg(m->record, m->sub, "k")->number == (double)outputs)
        diag_warning(net->ctx, m->span, "metrics", "'%s' of all %lld classes is always 1", name, (long long)outputs);
    else if (is_given(m, "threshold") && means.votes && !is_given(m, "top_k"))
        diag_warning(net->ctx, m->span, "metrics",
                     "'threshold' changes nothing where the answer is the likeliest of several classes");
    else if (is(m, "accuracy"))
        check_accuracy(net, m, means.votes);
}

void combinations_check(struct net *net)
{
    if (check_ending(net) && check_behind(net))
        check_before(net);
    for (size_t i = 0; i < net->train->n_metrics; i++)
        if (net->train->metric_output[i] == net->aim)
            check_metric(net, &net->train->metrics[i]);
}
