/* hoist.c -- pass: max(f(a), f(b)) = f(max(a, b)) for a monotone f; adding a bias is also monotone. So max pooling
 * moves before the biases and activations that are between it and its convolution. They then work on one number for
 * each window, forward and backward. */
#include "catalog/catalog.h"
#include "passes/passes.h"

enum { MAX_HOIST = 8 };

static bool may_follow(const struct op *o)
{
    return o->kind->commutes && o->kind->commutes(o);
}

/* The ops between the pooling and its convolution, the last one first; 0 if another op is between them or reads a
 * tensor there. */
static int movable(const struct op *pool, const int *users, struct op *chain[MAX_HOIST])
{
    int n = 0;
    struct tensor *t = pool->in[0];
    for (; t->producer && may_follow(t->producer) && users[t->id] == 1; t = t->producer->in[0]) {
        if (n == MAX_HOIST)
            return 0;
        chain[n++] = t->producer;
    }
    bool root = t->producer && t->producer->kind->carries_maximum;
    return root && users[t->id] == 1 ? n : 0;
}

/* No op computes t at its old place any more, so its layer has no output. */
static void forget(struct net *net, const struct tensor *t)
{
    for (size_t i = 0; i < net->nodes.n; i++) {
        if (net->nodes.at[i]->y == t)
            net->nodes.at[i]->y = NULL;
    }
}

/* conv -t-> bias -a-> relu -b-> pool -y becomes conv -t-> pool -a-> bias -b-> relu -y. Each op keeps its name. */
static void hoist_pool(struct net *net, struct op *pool, struct op *chain[MAX_HOIST], int n)
{
    struct tensor *y = pool->out[0], *x = chain[n - 1]->in[0];
    const char *name = names_take(net->names, arena_printf(ctx_arena(net->ctx), "%s_pooled", pool->node->ident));
    net_move_op(net, pool, chain[n - 1]);
    struct op *before = pool;
    pool->in[0] = x;
    for (int i = n - 1; i >= 0; i--) {
        struct tensor *t = chain[i]->out[0];
        const char *old = t->name;
        forget(net, t);
        t->name = name;
        t->shape = y->shape;
        before->out[0] = t;
        t->producer = before;
        chain[i]->in[0] = t;
        before = chain[i];
        name = old;
    }
    before->out[0] = y;
    y->producer = before;
}

void hoist(struct net *net)
{
    if (ctx_errors(net->ctx) > 0 || !net->output)
        return;
    const int *users = net_users(net);
    for (size_t i = 0; i < net->ops.n; i++) {
        struct op *chain[MAX_HOIST], *pool = net->ops.at[i];
        int n = pool->kind->hoists ? movable(pool, users, chain) : 0;
        if (n > 0)
            hoist_pool(net, pool, chain, n);
    }
}
