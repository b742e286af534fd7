/* merge.c -- a sum of two tensors joins the kernel that makes the later one, which adds the other before it stores. So
 * branches of a network meet, and so do the gradients of a tensor with several readers, without one more pass over
 * memory. Layouts must be known: both summands stand alike. */
#include "plan/inner.h"

struct merge {
    const struct plan *p;
    const int *users;
    int64_t *made; /* by tensor id: the number of the op that makes it; -1: it is there before all */
};

static bool stand_alike(const struct layout *a, const struct layout *b)
{
    return a->channels == b->channels && a->ld == b->ld && a->pixels == b->pixels && a->size == b->size;
}

static int64_t made(const struct merge *m, struct tensor *t)
{
    return m->made[tensor_root(t)->id];
}

/* Whether the op may still add something to what it makes: its kernel takes one summand, before any activation, and
 * does not pool. */
static bool goes_on(const struct op *head)
{
    const struct op_kind *last = head->n_epilogue ? head->epilogue[head->n_epilogue - 1]->kind : NULL;
    return (!last || (last->place < EPILOGUE_ACT && !last->adds)) &&
           shape_equal(op_result(head)->shape, head->out[0]->shape);
}

/* The op whose kernel makes input i of the sum and may add the other input; NULL: there is none. */
static struct op *head_for(const struct merge *m, const struct op *sum, int i)
{
    struct tensor *x = sum->in[i], *other = sum->in[1 - i];
    struct op *head = x->producer && x->producer->epilogue_of ? x->producer->epilogue_of : x->producer;
    if (!head || !head->kind->merges || head->phase != sum->phase || op_result(head) != x || m->users[x->id] != 1 ||
        x->view_of || !goes_on(head) || head->n_epilogue + 1 + sum->n_epilogue > MAX_EPILOGUE)
        return NULL;
    const struct layout *q = layout_of(m->p, x);
    return made(m, other) < made(m, head->out[0]) && other->dtype == x->dtype &&
                   stand_alike(q, layout_of(m->p, other)) && stand_alike(q, layout_of(m->p, op_result(sum)))
               ? head
               : NULL;
}

static void add(struct op *head, struct op *f)
{
    head->epilogue[head->n_epilogue++] = f;
    f->epilogue_of = head;
}

static void join(struct op *head, struct op *sum, int i)
{
    struct tensor *other = sum->in[1 - i];
    sum->in[0] = sum->in[i];
    sum->in[1] = other;
    add(head, sum);
    for (int j = 0; j < sum->n_epilogue; j++)
        add(head, sum->epilogue[j]);
    sum->n_epilogue = 0;
}

static void merge(struct merge *m, struct op *sum, const struct plan_options *options)
{
    if (sum->epilogue_of || !sum->kind->adds || !sum->kind->adds(sum) || plan_forced(options, sum))
        return;
    for (int i = 1; i >= 0; i--) { /* the later summand is mostly the second */
        struct op *head = head_for(m, sum, i);
        if (head) {
            join(head, sum, i);
            return;
        }
    }
}

/* Straight-line code has its own way with results. */
void plan_merge(struct plan *p, const struct plan_options *options)
{
    struct net *n = p->net;
    struct merge m = {p, net_users(n), arena_alloc(ctx_arena(n->ctx), (n->tensors.n + 1) * sizeof *m.made)};
    if (options->unroll)
        return;
    for (size_t i = 0; i < n->tensors.n; i++)
        m.made[i] = -1;
    for (size_t i = 0; i < n->ops.n; i++)
        for (int j = 0; j < n->ops.at[i]->n_out; j++)
            m.made[n->ops.at[i]->out[j]->id] = (int64_t)i;
    for (size_t i = 0; i < n->ops.n; i++)
        merge(&m, n->ops.at[i], options);
}
