/* print_layers.c -- prints a network that has no ops yet: its layers, one on each line, and its sections */
#include <string.h>

#include "base/text.h"
#include "graph/layer.h"
#include "show/show.h"
#include "training/training.h"

static void put_layer(struct text *t, const struct net *net, const struct node *n)
{
    text_add(t, "  %s: %s", n->name ? n->name : "-", node_print(net, n));
    if (n->out.rank >= 0)
        text_add(t, " -> %s", shape_print(net->ctx, n->out));
    for (size_t i = 0; i < n->params.n; i++)
        text_add(t, ", %s %s", n->params.at[i]->name, shape_print(net->ctx, n->params.at[i]->shape));
    if (n->input && (n->n_inputs > 1 || n->input->id + 1 != n->id))
        for (int i = 0; i < n->n_inputs; i++)
            text_add(t, "%s%s", i ? ", " : " from ", n->inputs[i]->name ? n->inputs[i]->name : "-");
    text_add(t, "\n");
}

char *layers_print(const struct net *net)
{
    struct text t = {.arena = ctx_arena(net->ctx)};
    text_add(&t, "net %s: %zu layers, %lld parameters\n\nlayers\n", net->name, net->nodes.n,
             (long long)net_parameters(net));
    for (size_t i = 0; i < net->nodes.n; i++)
        put_layer(&t, net, net->nodes.at[i]);
    return text_end(&t);
}

/* ---- sections */

static void put_data(struct text *t, const struct data_config *d)
{
    const struct {
        const char *name;
        const struct data_source *source;
    } parts[] = {{"train", &d->train}, {"validation", &d->validation}, {"test", &d->test}};
    text_add(t, "%s", d->given ? "\ndata\n" : "");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].source->kind != SOURCE_NONE)
            text_add(t, "  %s %s\n", parts[i].name, parts[i].source->x);
    if (d->validation_split > 0)
        text_add(t, "  split validation=%g\n", d->validation_split);
}

static void put_train(struct text *t, const struct net *net)
{
    const struct train_config *c = net->train;
    text_add(t, "\ntrain\n  optimizer %s\n", record_print(net->ctx, c->optimizer, c->optimizer_args, ""));
    if (c->loss)
        text_add(t, "  loss %s%s%s\n", record_print(net->ctx, c->loss, c->loss_args, ""), c->why_loss ? ", " : "",
                 c->why_loss ? c->why_loss : "");
    for (size_t i = 0; i < c->n_metrics; i++)
        text_add(t, "  metric %s\n", record_print(net->ctx, c->metrics[i].record, c->metrics[i].sub, ""));
    text_add(t, "  epochs %lld batch=%lld seed=%lld\n", (long long)c->epochs, (long long)c->batch, (long long)c->seed);
}

char *training_print(const struct net *net)
{
    struct text t = {.arena = ctx_arena(net->ctx)};
    text_add(&t, "net %s\n", net->name);
    put_data(&t, net->data);
    put_train(&t, net);
    if (net->validate->given)
        text_add(&t, "\nvalidate\n");
    if (net->ensemble->given)
        text_add(&t, "\nensemble\n");
    return text_end(&t);
}
