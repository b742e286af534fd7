/* norms.c -- what normalisation layers share: their arguments, gamma and beta. */
#include <string.h>

#include "layers/layers.h"

bool norm_axis_is_last(struct net *net, const struct node *n)
{
    const struct bound *axis = node_arg(n, "axis");
    if (axis->number == -1 || axis->number == n->in.rank)
        return true;
    diag_error(net->ctx, axis->span, "'%s' normalises the channels, axis -1 or %d of %s", n->stmt->name, n->in.rank,
               shape_words(net->ctx, n->in));
    return false;
}

struct param *norm_param(struct net *net, struct node *n, const char *name, struct shape shape)
{
    const struct bound *init = node_arg(n, arena_printf(ctx_arena(net->ctx), "%s_initializer", name));
    if (strcmp(init->record->name, "orthogonal") == 0 && shape.rank == 1) {
        diag_error(net->ctx, init->span, "'orthogonal' makes a matrix, but %s is %s", name,
                   shape_words(net->ctx, shape));
        return NULL;
    }
    const int64_t size = shape_size(shape);
    return net_param(net, n, name, PARAM_VECTOR, shape, init, size, size);
}

bool norm_declare(struct net *net, struct node *n, struct shape shape)
{
    static const struct {
        const char *wanted, *name, *regularizer;
    } all[] = {{"scale", "gamma", "gamma_regularizer"}, {"center", "beta", "beta_regularizer"}};
    for (int i = 0; i < 2; i++) {
        if (node_arg(n, all[i].wanted)->number == 0)
            continue;
        struct param *p = norm_param(net, n, all[i].name, shape);
        if (!p)
            return false;
        param_penalize(p, n, node_arg(n, all[i].regularizer));
        if (!param_constrain(net, p, n, all[i].name))
            return false;
    }
    return true;
}

struct tensor *norm_finish(struct net *net, struct node *n, struct tensor *x, struct tensor *variance)
{
    struct tensor *all[4] = {x, variance};
    const char *formula = arena_printf(ctx_arena(net->ctx), "a / sqrt(b + %.17g)", node_arg(n, "epsilon")->number);
    for (size_t i = 0; i < n->params.n; i++) {
        const struct param *p = n->params.at[i];
        const bool added = strcmp(strrchr(p->name, '.'), ".beta") == 0;
        formula = arena_printf(ctx_arena(net->ctx), "%s %c %c", formula, added ? '+' : '*', "cd"[i]);
        all[2 + i] = p->tensor;
    }
    return lower_map(net, n, formula, all, 2 + (int)n->params.n, n->out, "norm");
}
