/* norms.c -- what normalisation layers share: their arguments, gamma and beta. */
#include <string.h>

#include "layers/layers.h"

/* The axes of a layer, last in its eyes, the others before them: both as they follow one another in the input. */
static void order_of(unsigned axes, int rank, int *order)
{
    for (int last = 0, k = 0; last < 2; last++)
        for (int i = 0; i < rank; i++)
            if ((int)(axes >> i & 1) == last)
                order[k++] = i;
}

static struct shape ordered(struct shape s, const int *order)
{
    struct shape out = s;
    for (int i = 0; i < s.rank; i++)
        out.dim[i] = s.dim[order[i]];
    return out;
}

void norm_shape(struct net *net, struct node *n)
{
    const struct shape in = n->in;
    int order[MAX_RANK];
    unsigned axes;
    if (!axes_given(net, n, node_arg(n, "axis"), in, &axes))
        return;
    order_of(axes, in.rank, order);
    n->in = ordered(in, order);
    n->layer->norm.declare(net, n);
    n->in = in;
    if (n->out.rank)
        n->out = in;
}

struct tensor *norm_lower(struct net *net, struct node *n)
{
    const struct shape in = n->in;
    struct tensor *const x = n->x;
    int order[MAX_RANK], back[MAX_RANK];
    unsigned axes = 0;
    axes_given(net, n, node_arg(n, "axis"), in, &axes);
    order_of(axes, in.rank, order);
    for (int i = 0; i < in.rank; i++)
        back[order[i]] = i;
    n->in = n->out = ordered(in, order);
    n->x = lower_permute(net, n, x, in, order, n->in, "ordered");
    struct tensor *y = n->layer->norm.normalise(net, n);
    y = lower_permute(net, n, y, n->in, back, in, "restored");
    n->in = n->out = in;
    n->x = x;
    return y;
}

unsigned norm_axes(struct net *net, const struct node *n)
{
    unsigned axes = 0, last = 0;
    axes_given(net, n, node_arg(n, "axis"), n->in, &axes);
    for (int i = n->in.rank - 1; axes; axes &= axes - 1)
        last |= 1U << i--;
    return last;
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
