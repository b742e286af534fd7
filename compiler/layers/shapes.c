/* shapes.c -- the shapes that layers take and make, and windows that move over them. */
#include <string.h>

#include "layers/layers.h"

int64_t shape_size_within(struct shape s, int64_t limit)
{
    int64_t n = 1;
    for (int i = 0; i < s.rank; i++) {
        if (s.dim[i] > limit / n)
            return -1;
        n *= s.dim[i];
    }
    return n;
}

const char *shape_words(struct ctx *c, struct shape s)
{
    const char *text = "";
    for (int i = 0; i < s.rank; i++)
        text = arena_printf(ctx_arena(c), "%s%s%lld", text, i ? ", " : "", (long long)s.dim[i]);
    return arena_printf(ctx_arena(c), "[%s]", text);
}

bool shape_set(struct net *net, struct node *n, struct shape s)
{
    if (shape_size_within(s, MOST_ELEMENTS) < 0) {
        diag_error(net->ctx, n->stmt->span, "'%s' makes %s of one image, 2^31 elements or more", n->stmt->name,
                   shape_words(net->ctx, s));
        return false;
    }
    n->out = s;
    return true;
}

void shape_origin(struct net *net, const struct node *n)
{
    if (n->input)
        shape_note(net, n->input);
}

void shape_note(struct net *net, const struct node *maker)
{
    const struct node *from = maker;
    while (from->input && shape_equal(from->in, from->out))
        from = from->input; /* a layer that kept the shape did not make it */
    if (from->input)
        diag_note(net->ctx, from->stmt->name_span, "'%s' made it %s here, from %s", from->stmt->name,
                  shape_words(net->ctx, from->out), shape_words(net->ctx, from->in));
    else
        diag_note(net->ctx, from->stmt->name_span, "'%s' made it %s here", from->stmt->name,
                  shape_words(net->ctx, from->out));
}

void shape_refuse(struct net *net, const struct node *n, const char *wants)
{
    diag_error(net->ctx, n->stmt->name_span, "'%s' wants %s, but its input is %s", n->stmt->name, wants,
               shape_words(net->ctx, n->in));
    shape_origin(net, n);
    shape_cure(net, n);
}

bool shape_fits_name(struct net *net, struct node *n)
{
    const char *const name = n->stmt->name, *const end = strlen(name) > 2 ? name + strlen(name) - 2 : name;
    if (strcmp(end, "1D") == 0 && n->in.rank == 3)
        shape_refuse(net, n, "[length, channels]");
    else if (strcmp(end, "2D") == 0 && n->in.rank == 2)
        shape_refuse(net, n, "[height, width, channels]");
    else
        return true;
    return false;
}

void shape_same(struct net *net, struct node *n)
{
    (void)net;
    n->out = n->in;
}

/* ---- windows */

/* One axis of a window: input, kernel, stride, dilation -> output and padding. */
struct axis {
    int64_t in, k, s, d, out, before, after;
};

/* As in Keras: valid drops elements that no whole window covers; same has ceil(in / s) outputs, and the odd element of
 * padding is at the end. */
static bool slide(struct axis *a, bool same)
{
    int64_t span = a->d * (a->k - 1) + 1;
    if (!same) {
        a->out = a->in < span ? 0 : (a->in - span) / a->s + 1;
        return a->out > 0;
    }
    a->out = (a->in - 1) / a->s + 1;
    int64_t pad = (a->out - 1) * a->s + span - a->in;
    a->before = pad > 0 ? pad / 2 : 0;
    a->after = pad > 0 ? pad - a->before : 0;
    return true;
}

/* Dimension i of 2: a single number holds for both, and a sequence has only the second. */
static int64_t dim_of(const struct bound *b, int i, bool sequence, int64_t otherwise)
{
    if (!b || b->n_dims == 0)
        return otherwise;
    if (sequence)
        return i == 0 ? 1 : b->dim[0];
    return b->n_dims == 1 ? b->dim[0] : b->dim[i];
}

static bool rank_fits(struct net *net, const struct node *n, const struct bound *b, const char *what)
{
    bool sequence = n->in.rank == 2;
    if (!b || b->n_dims <= (sequence ? 1 : 2))
        return true;
    diag_error(net->ctx, b->span, "the %s of '%s' has %d dimensions, but its input, %s, is %s", what, n->stmt->name,
               b->n_dims, shape_words(net->ctx, n->in),
               sequence ? "a sequence, which has one" : "an image, which has two");
    shape_origin(net, n);
    return false;
}

static bool window_too_large(struct net *net, const struct node *n, const struct bound *kernel, const struct axis a[2])
{
    bool sequence = n->in.rank == 2, dilated = a[0].d > 1 || a[1].d > 1;
    struct arena *mem = ctx_arena(net->ctx);
    const char *size = sequence ? arena_printf(mem, "%lld", (long long)a[1].k)
                                : arena_printf(mem, "%lldx%lld", (long long)a[0].k, (long long)a[1].k);
    diag_error(net->ctx, kernel->span, "a window of %s%s does not fit into the input of '%s', %s", size,
               dilated ? ", dilated," : "", n->stmt->name, shape_words(net->ctx, n->in));
    shape_origin(net, n);
    return false;
}

bool window_make(struct net *net, const struct node *n, const struct bound *kernel, const struct bound *strides,
                 const struct bound *dilation, const struct bound *padding, struct window *w)
{
    bool sequence = n->in.rank == 2;
    if (!rank_fits(net, n, kernel, "window") || !rank_fits(net, n, strides, "stride") ||
        !rank_fits(net, n, dilation, "dilation"))
        return false;
    bool same = padding->number != 0;
    struct axis a[2];
    for (int i = 0; i < 2; i++) {
        int64_t k = dim_of(kernel, i, sequence, 1);
        a[i] = (struct axis){.in = sequence ? (i == 0 ? 1 : n->in.dim[0]) : n->in.dim[i],
                             .k = k,
                             .s = dim_of(strides, i, sequence, k),
                             .d = dim_of(dilation, i, sequence, 1)};
    }
    bool high = slide(&a[0], same), wide = slide(&a[1], same);
    if (!high || !wide)
        return window_too_large(net, n, kernel, a);
    int64_t channels = shape_channels(n->in);
    *w = (struct window){.kh = a[0].k,
                         .kw = a[1].k,
                         .sh = a[0].s,
                         .sw = a[1].s,
                         .dh = a[0].d,
                         .dw = a[1].d,
                         .pt = a[0].before,
                         .pb = a[0].after,
                         .pl = a[1].before,
                         .pr = a[1].after,
                         .ih = a[0].in,
                         .iw = a[1].in,
                         .ic = channels,
                         .oh = a[0].out,
                         .ow = a[1].out,
                         .oc = channels,
                         .groups = 1};
    return true;
}

struct shape window_output(const struct node *n, const struct window *w)
{
    if (n->in.rank == 2)
        return (struct shape){2, {w->ow, w->oc}};
    return (struct shape){3, {w->oh, w->ow, w->oc}};
}
