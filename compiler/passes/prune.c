/* prune.c -- pass: removes the layers that the output does not depend on, with a warning. They would be computed for
 * nothing, and their parameters have no gradient. */
#include "graph/layer.h"
#include "passes/passes.h"

/* For each node id, whether the output depends on it. */
static bool *needed_nodes(const struct net *n)
{
    bool *needed = arena_alloc(ctx_arena(n->ctx), n->nodes.n * sizeof *needed);
    for (size_t i = 0; i < n->outputs.n; i++)
        needed[n->outputs.at[i].node->id] = true;
    for (size_t i = 0; i < n->inputs.n; i++)
        needed[n->inputs.at[i].node->id] |= n->parts.n > 0; /* all phases have the inputs of the data */
    net_mark_read(n, needed);
    return needed;
}

static bool is_read(const struct net *n, const struct node *o)
{
    for (size_t i = 0; i < n->nodes.n; i++)
        for (int k = 0; k < n->nodes.at[i]->n_inputs; k++)
            if (n->nodes.at[i]->inputs[k] == o)
                return true;
    return false;
}

/* Of a chain of layers, only the last one is told. */
static void warn(const struct net *n, const struct node *o)
{
    if (!is_read(n, o))
        diag_warning(n->ctx, o->stmt->name_span, "unused",
                     "nothing reads '%s', and it is not the output: it is left out",
                     o->stmt->label ? o->stmt->label : o->stmt->name);
}

/* Shared parameters belong to the first layer that is left. */
static void pass_on(const struct net *n, const bool *needed)
{
    for (size_t i = n->nodes.n; i-- > 0;) {
        struct node *o = n->nodes.at[i];
        for (size_t k = 0; needed[i] && k < o->params.n; k++)
            if (!needed[o->params.at[k]->node->id])
                o->params.at[k]->node = o;
    }
}

static void drop_tensors(struct net *n, const bool *needed)
{
    size_t kept = 0;
    for (size_t i = 0; i < n->tensors.n; i++) {
        struct tensor *t = n->tensors.at[i];
        if (!needed[t->param->node->id])
            continue;
        t->id = (int)kept;
        n->tensors.at[kept++] = t;
    }
    n->tensors.n = kept;
}

static void drop_params(struct net *n, const bool *needed)
{
    size_t kept = 0;
    for (size_t i = 0; i < n->params.n; i++) {
        struct param *p = n->params.at[i];
        if (!needed[p->node->id])
            continue;
        p->id = (int)kept;
        n->params.at[kept++] = p;
    }
    n->params.n = kept;
}

static void drop_inputs(struct net *n, const bool *needed)
{
    size_t kept = 0;
    for (size_t i = 0; i < n->inputs.n; i++)
        if (needed[n->inputs.at[i].node->id])
            n->inputs.at[kept++] = n->inputs.at[i];
    n->inputs.n = kept;
}

static void drop_nodes(struct net *n, const bool *needed)
{
    size_t kept = 0;
    for (size_t i = 0; i < n->nodes.n; i++)
        if (needed[i])
            n->nodes.at[kept++] = n->nodes.at[i];
    n->nodes.n = kept;
    for (size_t i = 0; i < kept; i++)
        n->nodes.at[i]->id = (int)i;
}

/* So far, the only tensors are those of parameters. */
void prune(struct net *n)
{
    if (n->nodes.n == 0 || ctx_errors(n->ctx) > 0)
        return;
    const bool *needed = needed_nodes(n);
    for (size_t i = 0; i < n->nodes.n; i++)
        if (!needed[i] && !n->part && !n->parts.n)
            warn(n, n->nodes.at[i]);
    pass_on(n, needed);
    drop_tensors(n, needed);
    drop_params(n, needed);
    drop_inputs(n, needed);
    drop_nodes(n, needed);
}
