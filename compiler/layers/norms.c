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
    }
    return true;
}
