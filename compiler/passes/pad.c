/* pad.c -- pass: a layer that puts zeros around an image in front of a convolution is the padding of that convolution:
 * its kernels read no zeros from memory. Pools have another padding: they leave out what is beyond the edge. */
#include "passes/passes.h"

/* One axis of a window. */
struct side {
    int64_t *in, *front, *back;
    int64_t reach; /* elements from the first tap to the last */
};

/* The axes of the input without channels, the last one first; returns how many. */
static int sides_of(struct window *w, struct side sides[MAX_RANK])
{
    sides[0] = (struct side){&w->iw, &w->pl, &w->pr, (w->kw - 1) * w->dw + 1};
    sides[1] = (struct side){&w->ih, &w->pt, &w->pb, (w->kh - 1) * w->dh + 1};
    if (!w->z.k)
        return 2;
    sides[2] = (struct side){&w->z.in, &w->z.front, &w->z.back, (w->z.k - 1) * w->z.d + 1};
    return 3;
}

/* Each result must still see an element of the input. */
static bool widen(struct window *w, const struct zeros *zeros)
{
    struct side sides[MAX_RANK];
    struct window wider = *w;
    const int n = sides_of(&wider, sides), last = zeros->rank - 1;
    for (int i = 1; i <= last; i++) {
        const struct side *s = &sides[i - 1];
        const int64_t front = zeros->front[last - i], back = zeros->back[last - i];
        if (i > n || *s->front + front >= s->reach || *s->back + back >= s->reach)
            return false;
        *s->front += front;
        *s->back += back;
        *s->in -= front + back;
    }
    *w = wider;
    return zeros->front[last] == 0 && zeros->back[last] == 0;
}

/* Returns the op whose zeros the window has now; NULL: there is none. */
static const struct op *pad_window(struct net *net, struct op *o, const int *users)
{
    const struct op *pad = o->kind->pads_input ? o->in[0]->producer : NULL;
    struct window w = o->win;
    struct zeros zeros;
    if (!pad || !pad->kind->adds_zeros || !pad->kind->adds_zeros(pad, &zeros) || users[o->in[0]->id] != 1 ||
        !widen(&w, &zeros))
        return NULL;
    for (size_t i = 0; i < net->nodes.n; i++)
        if (net->nodes.at[i]->y == pad->out[0])
            net->nodes.at[i]->y = NULL;
    o->win = w;
    o->in[0] = pad->in[0];
    return pad;
}

void pad(struct net *net)
{
    if (ctx_errors(net->ctx) > 0 || !net->output)
        return;
    bool *gone = arena_alloc(ctx_arena(net->ctx), net->ops.n * sizeof *gone);
    const int *users = net_users(net);
    for (size_t i = 0; i < net->ops.n; i++) {
        const struct op *before = pad_window(net, net->ops.at[i], users);
        if (before)
            gone[before->id] = true;
    }
    for (size_t i = 0; i < net->ops.n; i++)
        if (gone[i])
            net->ops.at[i] = NULL;
    net_renumber(net);
}
