/* lowering.c -- helpers of the `lower` functions of layers. */
#include "layers/layers.h"
#include "ops/ops.h"

struct tensor *node_tensor(struct net *net, struct node *n, const char *suffix, struct shape s)
{
    return net_tensor(net, arena_printf(ctx_arena(net->ctx), "%s_%s", n->ident, suffix), s, ROLE_ACTIVATION);
}

struct op *lower_unary(struct net *net, const struct op_kind *kind, struct node *n, struct tensor *x, struct shape out,
                       const char *suffix)
{
    struct op *o = net_op(net, kind, n);
    op_in(net, o, x);
    op_out(net, o, node_tensor(net, n, suffix, out));
    return o;
}

struct tensor *lower_view(struct net *net, struct node *n, struct tensor *x, struct shape s)
{
    if (shape_equal(x->shape, s))
        return x;
    struct op *o = lower_unary(net, &op_view, n, x, s, "view");
    o->out[0]->view_of = x;
    return o->out[0];
}

/* alpha: the argument in the network, else the default of the activation. Linear appends no op. */
struct tensor *lower_activation(struct net *net, struct node *n, struct tensor *x, const struct record *act,
                                const struct bound *args)
{
    const struct activation *f = activation_of(act);
    if (f->softmax)
        return lower_unary(net, &op_softmax, n, x, x->shape, "softmax")->out[0];
    if (act == record_find(activations, "linear"))
        return x;
    const struct bound *alpha = args ? record_arg_maybe(act, args, "alpha") : NULL;
    struct op *o = lower_unary(net, &op_act, n, x, x->shape, "act");
    o->act = act;
    o->alpha = alpha ? alpha->number : f->alpha;
    return o->out[0];
}

struct tensor *lower_map(struct net *net, struct node *n, const char *formula, struct tensor *const *x, int count,
                         struct shape out, const char *suffix)
{
    return append_map(net, n, formula, x, count, node_tensor(net, n, suffix, out))->out[0];
}

struct tensor *lower_reduce(struct net *net, struct node *n, enum reduction kind, struct tensor *x, unsigned axes,
                            bool keepdims, const char *suffix)
{
    struct shape kept = x->shape, short_one = {0};
    for (int i = 0; i < x->shape.rank; i++) {
        if (axes >> i & 1)
            kept.dim[i] = 1;
        else
            short_one.dim[short_one.rank++] = kept.dim[i];
    }
    if (short_one.rank == 0)
        short_one = (struct shape){1, {1}};
    struct tensor *y = node_tensor(net, n, suffix, short_one);
    append_reduce(net, n, kind, "a", &x, 1, x->shape, kept, y);
    return keepdims ? lower_view(net, n, y, kept) : y;
}

static struct tensor *maxpool(struct net *net, struct node *n, struct tensor *x, struct window w, struct shape out)
{
    struct op *o = lower_unary(net, &op_maxpool, n, x, out, "max");
    struct tensor *index = node_tensor(net, n, "index", out);
    index->dtype = DTYPE_U8;
    op_out(net, o, index);
    o->win = w;
    return o->out[0];
}

/* x with as many rows and columns as the window makes. */
static struct shape plane_of(struct shape x, const struct window *w)
{
    x.dim[x.rank - 2] = w->ow;
    if (x.rank > 2)
        x.dim[x.rank - 3] = w->oh;
    return x;
}

/* The maximum over a window is the maximum of the maxima of its parts. With equal values, the first in reading order
 * wins in both cases. So a window that is too large for its index becomes two windows. */
static struct tensor *maxpool_planes(struct net *net, struct node *n, struct tensor *x, struct window w)
{
    if (w.kh * w.kw <= MAX_WINDOW_INDEX)
        return maxpool(net, n, x, w, plane_of(x->shape, &w));
    struct window across = w, down = w;
    across.kh = across.sh = across.dh = 1;
    across.pt = across.pb = 0;
    across.oh = w.ih;
    down.kw = down.sw = down.dw = 1;
    down.pl = down.pr = 0;
    down.iw = w.ow;
    struct tensor *rows = maxpool(net, n, x, across, plane_of(x->shape, &across));
    return maxpool(net, n, rows, down, plane_of(rows->shape, &down));
}

/* The window within each slice. */
static struct window slice_window(struct window w)
{
    w.z = (struct depth){.k = 1, .s = 1, .d = 1, .in = w.z.in, .out = w.z.in};
    return w;
}

/* The window over the depth: a volume is an image whose rows are the slices. */
static struct window depth_window(const struct window *w)
{
    struct window v = pixel_window(w->z.out, w->oh * w->ow, w->oc, w->oc);
    v.kh = w->z.k, v.sh = w->z.s, v.dh = w->z.d;
    v.pt = w->z.front, v.pb = w->z.back;
    v.ih = w->z.in;
    return v;
}

static bool moves_in_slices(const struct window *w)
{
    return w->kh * w->kw * w->sh * w->sw > 1;
}

static bool moves_in_depth(const struct window *w)
{
    return w->z.k * w->z.s > 1;
}

/* Over a volume: within the slices, then over the depth. */
struct tensor *lower_maxpool(struct net *net, struct node *n, struct tensor *x, struct window w)
{
    if (!w.z.k)
        return maxpool_planes(net, n, x, w);
    if (moves_in_slices(&w) || !moves_in_depth(&w))
        x = maxpool_planes(net, n, x, slice_window(w));
    struct shape out = x->shape;
    out.dim[0] = w.z.out;
    return moves_in_depth(&w) ? maxpool(net, n, x, depth_window(&w), out) : x;
}

static struct tensor *avgpool(struct net *net, struct node *n, struct tensor *x, struct window w, struct shape out)
{
    struct op *o = lower_unary(net, &op_avgpool, n, x, out, "mean");
    o->win = w;
    return o->out[0];
}

/* A mean over the elements of a box that lie inside is the mean of the means of its slices: each has as many. */
struct tensor *lower_avgpool(struct net *net, struct node *n, struct tensor *x, struct window w)
{
    if (!w.z.k)
        return avgpool(net, n, x, w, plane_of(x->shape, &w));
    if (moves_in_slices(&w) || !moves_in_depth(&w))
        x = avgpool(net, n, x, slice_window(w), plane_of(x->shape, &w));
    struct shape out = x->shape;
    out.dim[0] = w.z.out;
    return moves_in_depth(&w) ? avgpool(net, n, x, depth_window(&w), out) : x;
}

/* ---- the table */

const struct record *const *layer_family(void)
{
    return (const struct record *const *)(const void *)layers;
}
