/* strip.c -- pass: removes what only training needs. Inference needs no dropout and no noise, penalties do not change
 * the output, and the index of a maximum is not read. It runs instead of differentiate, for --emit=infer. strip_program
 * removes what only a program needs, for --emit=lib. Normalisations by numbers that no longer change become part of the
 * weights before them. */
#include "training/training.h"
#include "graph/layer.h"
#include "passes/passes.h"

static void replace(struct net *net, const struct tensor *old, struct tensor *new)
{
    for (size_t i = 0; i < net->ops.n; i++)
        for (int j = 0; j < net->ops.at[i]->n_in; j++)
            if (net->ops.at[i]->in[j] == old)
                net->ops.at[i]->in[j] = new;
    for (size_t i = 0; i < net->tensors.n; i++)
        if (net->tensors.at[i]->view_of == old)
            net->tensors.at[i]->view_of = new;
    for (size_t i = 0; i < net->nodes.n; i++)
        if (net->nodes.at[i]->y == old)
            net->nodes.at[i]->y = new;
    for (size_t i = 0; i < net->outputs.n; i++)
        if (net->outputs.at[i].tensor == old)
            net->outputs.at[i].tensor = new;
    if (net->output == old)
        net->output = new;
}

/* Removes ops whose results nobody reads, from the last one on, so that those before lose their readers too. */
static void drop_unread(struct net *net)
{
    int *users = net_users(net);
    for (size_t i = net->ops.n; i-- > 0;) {
        struct op *o = net->ops.at[i];
        bool read = o->n_out == 0;
        for (int j = 0; j < o->n_out; j++)
            read = read || users[o->out[j]->id] > 0;
        for (int j = 0; j < o->n_in && !read; j++)
            users[o->in[j]->id]--;
        if (!read)
            net->ops.at[i] = NULL;
    }
    net_renumber(net);
}

/* What a layer changes at random, it leaves as it is where nothing trains. */
static void pass_noisy(struct net *net)
{
    for (size_t i = 0; i < net->nodes.n; i++) {
        const struct node *n = net->nodes.at[i];
        if (n->layer->noisy && n->y && n->n_inputs == 1 && n->input->y && shape_equal(n->in, n->out))
            replace(net, n->y, n->input->y);
    }
}

void strip(struct net *net)
{
    if (ctx_errors(net->ctx) > 0 || !net->output)
        return;
    pass_noisy(net);
    for (size_t i = 0; i < net->ops.n; i++) {
        struct op *o = net->ops.at[i];
        if (o->kind->infer)
            o->kind->infer(o);
        if (o->kind->strip == STRIP_PASS)
            replace(net, o->out[0], o->in[0]);
        if (o->kind->strip == STRIP_OUTPUTS)
            o->n_out = 1;
    }
    for (size_t i = 0; i < net->ops.n; i++)
        if (net->ops.at[i]->kind->strip == STRIP_PASS || net->ops.at[i]->kind->strip == STRIP_OP)
            net->ops.at[i] = NULL;
    net_renumber(net);
    for (size_t i = 0; i < net->ops.n; i++)
        if (net->ops.at[i]->kind->fold)
            net->ops.at[i]->kind->fold(net, net->ops.at[i]);
    drop_unread(net);
}

/* A library gets its rows from its caller, as they shall be: it reads no data, varies and divides no rows, and trains
 * no ensemble. */
void strip_program(struct net *net)
{
    struct data_config *d = net->data;
    d->train = d->validation = d->test = (struct data_source){.kind = SOURCE_NONE};
    d->predict_images = false;
    d->table = (struct data_table){0};
    d->augment = (struct augment){0};
    net->validate->given = net->ensemble->given = false;
    net->train->samples.n = 0;
}
