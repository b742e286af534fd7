/* fuse.c -- pass: an op that only continues the result of another op joins the kernel of that op, which applies it
 * before it stores. The tensor between the two is never in memory, so no other op may read it. */
#include "catalog/catalog.h"
#include "passes/passes.h"

/* True if the epilogue of `head` may have such an op. */
static bool takes(const struct op_kind *head, const struct op_kind *kind)
{
    for (const struct op_kind *const *k = head->epilogue; k && *k; k++)
        if (*k == kind)
            return true;
    return false;
}

static bool fits(const struct op *head, const struct op *o)
{
    const struct op *last = head->n_epilogue > 0 ? head->epilogue[head->n_epilogue - 1] : head;
    if (o->kind->joins && !o->kind->joins(o))
        return false;
    return head->n_epilogue < MAX_EPILOGUE && o->kind->place > last->kind->place && takes(head->kind, o->kind);
}

static bool join_epilogue(struct op *o, const int *users)
{
    struct op *producer = o->in[0]->producer;
    if (o->kind->place == EPILOGUE_NONE || !producer || users[o->in[0]->id] != 1 || producer->phase != o->phase)
        return false;
    struct op *head = producer->epilogue_of ? producer->epilogue_of : producer;
    if (op_result(head) != o->in[0] || !fits(head, o))
        return false;
    head->epilogue[head->n_epilogue++] = o;
    o->epilogue_of = head;
    return true;
}

/* ---- views between two ops */

/* The tensor that is y in the shape s, or NULL. */
static struct tensor *seen_as(const struct net *net, const struct tensor *y, struct shape s)
{
    for (size_t i = 0; i < net->tensors.n; i++) {
        struct tensor *t = net->tensors.at[i];
        if (t->view_of == y && shape_equal(t->shape, s))
            return t;
    }
    return NULL;
}

/* dense_data -> view -> act_grad: a view makes no difference to an element-wise op, so the two change places. */
static void sink_view(struct net *net, struct op *act, const int *users)
{
    struct op *view = act->in[0]->producer;
    if (!act->kind->sinks || !view || !view->kind->view || users[view->out[0]->id] != 1 || users[view->in[0]->id] != 1)
        return;
    struct tensor *flat = view->in[0], *between = view->out[0], *result = act->out[0];
    struct tensor *y = seen_as(net, act->in[1], flat->shape);
    if (!y)
        return;
    net_move_op(net, act, view);
    act->in[1]->grad = NULL; /* it was `between`, which is now the gradient before the activation */
    between->view_of = between->grad_of = NULL;
    between->shape = flat->shape;
    between->name = names_take(net->names, arena_printf(ctx_arena(net->ctx), "%s_flat", result->name));
    act->in[0] = flat;
    act->in[1] = y;
    act->out[0] = between;
    between->producer = act;
    view->in[0] = between;
    view->out[0] = result;
    result->producer = view;
    result->view_of = between;
}

void fuse(struct net *net)
{
    if (ctx_errors(net->ctx) > 0 || !net->output)
        return;
    const int *users = net_users(net);
    for (size_t i = 0; i < net->ops.n; i++)
        sink_view(net, net->ops.at[i], users);
    for (size_t i = 0; i < net->ops.n; i++)
        join_epilogue(net->ops.at[i], users);
}
