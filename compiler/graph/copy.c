/* copy.c -- copies a graph. The copy shares only the spec and its sections with the original. */
#include <string.h>

#include "graph/net.h"

struct copies {
    const struct net *from;
    struct net *net;
};

static struct tensor *tensor_of(const struct copies *c, const struct tensor *t)
{
    return t ? c->net->tensors.at[t->id] : NULL;
}

static struct param *param_of(const struct copies *c, const struct param *p)
{
    return p ? c->net->params.at[p->id] : NULL;
}

/* A pass that removes an op leaves it as the producer of a tensor that no op reads any more. Such an op is not
 * copied. */
static struct op *op_of(const struct copies *c, const struct op *o)
{
    const size_t i = o ? (size_t)o->id : c->from->ops.n;
    return i < c->from->ops.n && c->from->ops.at[i] == o ? c->net->ops.at[i] : NULL;
}

static struct node *node_of(const struct copies *c, const struct node *n)
{
    return n ? c->net->nodes.at[n->id] : NULL;
}

/* ---- which pointers lead to which copies */

static void link_tensor(const struct copies *c, struct tensor *t)
{
    t->producer = op_of(c, t->producer);
    t->view_of = tensor_of(c, t->view_of);
    t->grad = tensor_of(c, t->grad);
    t->grad_of = tensor_of(c, t->grad_of);
    t->param = param_of(c, t->param);
}

static void link_op(const struct copies *c, struct op *o)
{
    o->node = node_of(c, o->node);
    for (int i = 0; i < o->n_in; i++)
        o->in[i] = tensor_of(c, o->in[i]);
    for (int i = 0; i < o->n_out; i++)
        o->out[i] = tensor_of(c, o->out[i]);
    for (int i = 0; i < o->n_epilogue; i++)
        o->epilogue[i] = op_of(c, o->epilogue[i]);
    o->epilogue_of = op_of(c, o->epilogue_of);
}

static void link_param(const struct copies *c, struct param *p)
{
    p->node = node_of(c, p->node);
    p->divides = param_of(c, p->divides);
    p->tensor = tensor_of(c, p->tensor);
    p->input = tensor_of(c, p->input);
}

static void link_node(const struct copies *c, struct node *n)
{
    n->input = node_of(c, n->input);
    n->shares = node_of(c, n->shares);
    n->first = node_of(c, n->first);
    for (int i = 0; i < n->n_inputs; i++)
        n->inputs[i] = node_of(c, n->inputs[i]);
    n->x = tensor_of(c, n->x);
    n->y = tensor_of(c, n->y);
    for (size_t i = 0; i < n->params.n; i++)
        n->params.at[i] = param_of(c, n->params.at[i]);
}

static struct port port_of(const struct copies *c, const struct port *p)
{
    return (struct port){node_of(c, p->node), tensor_of(c, p->tensor), p->name};
}

/* ---- the copy */

static void *duplicate(struct arena *a, const void *what, size_t size)
{
    return memcpy(arena_alloc(a, size), what, size);
}

struct op *op_copy(struct arena *a, const struct op *o)
{
    struct op *copy = duplicate(a, o, op_size(o->kind));
    copy->in = duplicate(a, o->in, (size_t)(o->n_in + 1) * sizeof *o->in); /* and the NULL at the end */
    copy->out = duplicate(a, o->out, (size_t)(o->n_out + 1) * sizeof *o->out);
    return copy;
}

static struct node *copy_node(struct arena *a, const struct node *n)
{
    struct node *copy = duplicate(a, n, sizeof *n);
    memset(&copy->params, 0, sizeof copy->params);
    if (n->n_inputs)
        copy->inputs = duplicate(a, n->inputs, (size_t)(n->n_inputs + 1) * sizeof(struct node *));
    copy->room = n->n_inputs;
    for (size_t i = 0; i < n->params.n; i++)
        vec_push(a, &copy->params, n->params.at[i]);
    return copy;
}

/* Copies the lists; their elements still point into the original. */
static void copy_lists(struct net *copy, const struct net *n)
{
    struct arena *a = ctx_arena(n->ctx);
    memset(&copy->nodes, 0, sizeof copy->nodes);
    memset(&copy->tensors, 0, sizeof copy->tensors);
    memset(&copy->ops, 0, sizeof copy->ops);
    memset(&copy->params, 0, sizeof copy->params);
    for (size_t i = 0; i < n->nodes.n; i++)
        vec_push(a, &copy->nodes, copy_node(a, n->nodes.at[i]));
    for (size_t i = 0; i < n->tensors.n; i++)
        vec_push(a, &copy->tensors, (struct tensor *)duplicate(a, n->tensors.at[i], sizeof(struct tensor)));
    for (size_t i = 0; i < n->ops.n; i++)
        vec_push(a, &copy->ops, op_copy(a, n->ops.at[i]));
    for (size_t i = 0; i < n->params.n; i++)
        vec_push(a, &copy->params, (struct param *)duplicate(a, n->params.at[i], sizeof(struct param)));
}

#define COPY_PORTS(c, from, to)                                                                                        \
    do {                                                                                                               \
        memset(&(to), 0, sizeof(to));                                                                                  \
        for (size_t i = 0; i < (from).n; i++)                                                                          \
            vec_push(ctx_arena((c)->net->ctx), &(to), port_of((c), &(from).at[i]));                                    \
    } while (0)

struct net *net_copy(const struct net *n)
{
    struct net *copy = duplicate(ctx_arena(n->ctx), n, sizeof *n);
    copy_lists(copy, n);
    copy->names = names_copy(n->names);
    const struct copies c = {n, copy};
    for (size_t i = 0; i < copy->tensors.n; i++)
        link_tensor(&c, copy->tensors.at[i]);
    for (size_t i = 0; i < copy->ops.n; i++)
        link_op(&c, copy->ops.at[i]);
    for (size_t i = 0; i < copy->params.n; i++)
        link_param(&c, copy->params.at[i]);
    for (size_t i = 0; i < copy->nodes.n; i++)
        link_node(&c, copy->nodes.at[i]);
    COPY_PORTS(&c, n->inputs, copy->inputs);
    COPY_PORTS(&c, n->outputs, copy->outputs);
    COPY_PORTS(&c, n->targets, copy->targets);
    copy->input = tensor_of(&c, n->input);
    copy->output = tensor_of(&c, n->output);
    copy->target = tensor_of(&c, n->target);
    return copy;
}
