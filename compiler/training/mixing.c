/* mixing.c -- layers that mix rows of a batch, and their targets: where one may stand, and which losses take what comes
 * out. */
#include <string.h>

#include "layers/layers.h"
#include "training/training.h"

const struct node *mixer(const struct net *n)
{
    for (size_t i = 0; i < n->nodes.n; i++)
        if (n->nodes.at[i]->layer->mixes != MIX_NOTHING)
            return n->nodes.at[i];
    return NULL;
}

struct mixing mixing_of(const struct net *n)
{
    const struct node *m = mixer(n);
    const struct limits alpha = m ? mixing_alpha(m) : (struct limits){0, 0};
    return (struct mixing){m ? m->layer->mixes : MIX_NOTHING, alpha.low, alpha.high};
}

/* A run of one model with one input gathers its rows in one place. */
static bool check_net(struct net *n, const struct node *m)
{
    const struct span at = m->stmt->name_span;
    const int before = ctx_errors(n->ctx);
    for (size_t i = 0; i < n->nodes.n; i++)
        if (n->nodes.at[i] != m && n->nodes.at[i]->layer->mixes != MIX_NOTHING) {
            diag_error(n->ctx, n->nodes.at[i]->stmt->name_span, "a second layer that mixes rows: they are mixed once");
            diag_note(n->ctx, at, "the first is here");
        }
    if (n->inputs.n > 1)
        diag_error(n->ctx, at, "'%s' mixes rows of one input, but the network has %zu", m->stmt->name, n->inputs.n);
    if (n->parts.n)
        diag_error(n->ctx, at, "'%s' mixes the targets of one model, but there are several", m->stmt->name);
    return ctx_errors(n->ctx) == before;
}

/* Rows are mixed before any layer sees them. */
static void check_place(struct net *n, const struct node *m)
{
    const struct node *in = m->input;
    if (in->n_inputs > 0) {
        diag_error(n->ctx, m->stmt->name_span,
                   "'%s' mixes rows as they are read: it stands directly behind 'Input', and what changes rows behind "
                   "it",
                   m->stmt->name);
        return;
    }
    for (size_t i = 0; i < n->nodes.n; i++)
        for (int k = 0; k < n->nodes.at[i]->n_inputs; k++)
            if (n->nodes.at[i] != m && n->nodes.at[i]->inputs[k] == in) {
                diag_error(n->ctx, n->nodes.at[i]->stmt->name_span,
                           "'%s' reads the input beside '%s', but rows are mixed for all layers: read what is mixed",
                           n->nodes.at[i]->stmt->name, m->stmt->name);
                return;
            }
}

/* Neither a number of a class nor a sign has shares. */
static void check_loss(struct net *n, const struct node *m)
{
    const struct loss *l = loss_of(n->train->loss);
    const char *name = l->rec.name, *dense = mixed_loss(&l->rec)->name;
    if (l->scores)
        diag_error(n->ctx, place_of_loss(n), "'%s' compares yes and no, but '%s' makes targets that are shares of both",
                   name, m->stmt->name);
    else if (l->sparse)
        diag_error_fix(n->ctx, place_of_loss(n), dense != name ? dense : NULL,
                       "'%s' compares numbers of classes, but '%s' makes targets that are shares of classes%s%s", name,
                       m->stmt->name, dense != name ? "; use " : "", dense != name ? dense : "");
}

const struct record *mixed_loss(const struct record *loss)
{
    static const char sparse[] = "sparse_";
    const size_t n = sizeof sparse - 1;
    const struct record *dense = strncmp(loss->name, sparse, n) == 0 ? record_find(losses, loss->name + n) : NULL;
    return dense ? dense : loss;
}

void mixing_check(struct net *n)
{
    const struct node *m = mixer(n);
    if (!m || !check_net(n, m))
        return;
    check_place(n, m);
    for (size_t i = 0; i < n->outputs.n; i++) {
        net_aim(n, i);
        check_loss(n, m);
    }
    net_aim(n, 0);
}
