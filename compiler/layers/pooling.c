/* pooling.c -- the ops of poolings over sequences, images and volumes. */
#include "layers/layers.h"
#include "ops/ops.h"

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
    v.adaptive = w->adaptive;
    v.sw = w->adaptive ? 0 : 1;
    return v;
}

static bool moves_in_slices(const struct window *w)
{
    return w->kh > 1 || w->kw > 1 || w->oh != w->ih || w->ow != w->iw;
}

static bool moves_in_depth(const struct window *w)
{
    return w->z.k > 1 || w->z.out != w->z.in;
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
