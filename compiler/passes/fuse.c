/* fuse.c -- pass: an op that only continues what another has just computed is done by that one's kernel, before it
 * stores. What would have stood between them is never in memory, so nobody else may read it. */
#include "catalog/catalog.h"
#include "passes/passes.h"

/* Which ops may follow which inside one kernel: always in this order, none twice. */
enum stage { STAGE_NONE, STAGE_POOL, STAGE_BIAS, STAGE_ACT };

static enum stage stage_of(const struct op *o)
{
    switch (o->code) {
    case OP_MAXPOOL: return STAGE_POOL;
    case OP_BIAS: return STAGE_BIAS;
    case OP_ACT: return STAGE_ACT;
    case OP_ACT_GRAD: return STAGE_ACT;
    default: return STAGE_NONE;
    }
}

/* Windows that tile the plane, each pixel in at most one, and small enough to be written out in the convolution's kernel. */
static bool tiles(const struct window *w)
{
    return w->kh * w->kw <= 16 && w->sh == w->kh && w->sw == w->kw && w->dh == 1 && w->dw == 1 &&
           w->pt + w->pb + w->pl + w->pr == 0;
}

/* Ops whose epilogue may have `o`. */
static bool takes(const struct op *head, const struct op *o)
{
    switch (head->code) {
    case OP_CONV: return o->code == OP_BIAS || o->code == OP_ACT || (o->code == OP_MAXPOOL && tiles(&o->win));
    case OP_DENSE: return o->code == OP_BIAS || o->code == OP_ACT;
    case OP_BIAS: return o->code == OP_ACT;
    case OP_CONV_DATA:
    case OP_DENSE_DATA:
    case OP_MAXPOOL_GRAD:
    case OP_AVGPOOL_GRAD:
    case OP_DROPOUT_GRAD:
    case OP_NOISE_GRAD:
    case OP_PENALTY_GRAD:
    case OP_SOFTMAX_GRAD: return o->code == OP_ACT_GRAD;
    default: return false;
    }
}

static bool fits(const struct op *head, const struct op *o)
{
    enum stage last = head->code == OP_BIAS ? STAGE_BIAS : STAGE_NONE;
    if (head->n_epilogue > 0)
        last = stage_of(head->epilogue[head->n_epilogue - 1]);
    if (o->code == OP_ACT && !activation_of(o->act)->from_output)
        return false; /* its gradient needs the x that would be gone */
    return head->n_epilogue < MAX_EPILOGUE && stage_of(o) > last && takes(head, o);
}

static bool join_epilogue(struct op *o, const int *users)
{
    struct op *producer = o->in[0]->producer;
    if (stage_of(o) == STAGE_NONE || !producer || users[o->in[0]->id] != 1 || producer->phase != o->phase)
        return false;
    struct op *head = producer->epilogue_of ? producer->epilogue_of : producer;
    if (op_result(head) != o->in[0] || !fits(head, o))
        return false;
    head->epilogue[head->n_epilogue++] = o;
    o->epilogue_of = head;
    return true;
}

/* ---- views in the way */

/* The tensor that is y in the shape s, when there is one. */
static struct tensor *seen_as(const struct net *net, const struct tensor *y, struct shape s)
{
    for (size_t i = 0; i < net->tensors.n; i++) {
        struct tensor *t = net->tensors.at[i];
        if (t->view_of == y && shape_equal(t->shape, s))
            return t;
    }
    return NULL;
}

/* dense_data -> view -> act_grad: the view says nothing to an element-wise op, so the two change places. */
static void sink_view(struct net *net, struct op *act, const int *users)
{
    struct op *view = act->in[0]->producer;
    if (act->code != OP_ACT_GRAD || !view || view->code != OP_VIEW || users[view->out[0]->id] != 1 ||
        users[view->in[0]->id] != 1)
        return;
    struct tensor *flat = view->in[0], *between = view->out[0], *result = act->out[0];
    struct tensor *y = seen_as(net, act->in[1], flat->shape);
    if (!y)
        return;
    net_move_op(net, act, view);
    act->in[1]->grad = NULL; /* it was `between`, which is now the gradient before the activation */
    between->view_of = NULL;
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
