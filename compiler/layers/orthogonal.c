/* orthogonal.c -- the regularizer orthogonal: of which parameters it may be, and the op that adds it to the loss. */
#include "layers/layers.h"
#include "ops/ops.h"

struct orthogonal orthogonal_of_arg(const struct bound *regularizer)
{
    const struct record *r = regularizer->record;
    const struct bound *mode = r ? record_arg_maybe(r, regularizer->sub, "mode") : NULL;
    if (!mode)
        return (struct orthogonal){0};
    return (struct orthogonal){.given = true,
                               .columns = mode->number != 0,
                               .factor = record_arg(r, regularizer->sub, "factor")->number,
                               .span = regularizer->span};
}

static bool is_matrix(const struct param *w)
{
    return w->shape.rank == 2 && (w->kind == PARAM_DENSE || w->kind == PARAM_CONV);
}

static void check_param(struct net *net, const struct param *w)
{
    const bool columns = w->orthogonal.columns;
    if (!is_matrix(w))
        diag_error(net->ctx, w->orthogonal.span, "'orthogonal' compares %s of a kernel of two axes, but %s is %s",
                   columns ? "columns" : "rows", w->name, shape_words(net->ctx, w->shape));
    else if (w->shape.dim[columns] < 2)
        diag_error(net->ctx, w->orthogonal.span, "'orthogonal' compares %s, but %s, %s, has one alone",
                   columns ? "columns" : "rows", w->name, shape_words(net->ctx, w->shape));
}

void check_orthogonal(struct net *net, const struct node *n)
{
    const struct bound *b = record_arg_maybe(&n->layer->rec, n->args, "activity_regularizer");
    for (size_t i = 0; i < n->params.n; i++)
        if (n->params.at[i]->orthogonal.given && n->params.at[i]->node == n)
            check_param(net, n->params.at[i]);
    if (b && orthogonal_of_arg(b).given)
        diag_error(net->ctx, b->span, "'orthogonal' is a penalty on a kernel, not on outputs");
}

void lower_orthogonal(struct net *net, struct node *n)
{
    for (size_t i = 0; i < n->params.n; i++) {
        const struct param *w = n->params.at[i];
        if (w->node != n || w->frozen || w->orthogonal.factor <= 0)
            continue;
        const double rows = (double)w->shape.dim[w->orthogonal.columns];
        struct op *o = net_op(net, &op_orthogonal, n);
        op_in(net, o, w->tensor);
        o->factor = w->orthogonal.factor / (rows * (rows - 1) / 2);
        ((struct orthogonal_op *)(void *)o)->columns = w->orthogonal.columns;
    }
}
