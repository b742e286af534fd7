/* windows.c -- windows that move over sequences, images and volumes, axis by axis; and those of transposed
 * convolutions, which go from the output of a window back to its input. */
#include <string.h>

#include "layers/layers.h"

enum padding { VALID, SAME, CAUSAL };
const char *const window_paddings[] = {"valid", "same", NULL};
const char *const line_paddings[] = {"valid", "same", "causal", NULL};

int window_axes(const struct node *n)
{
    return *strpbrk(keras_class(n), "123") - '0';
}

bool window_takes(struct net *net, const struct node *n)
{
    static const char *const wants[] = {"[length, channels]", "[height, width, channels]",
                                        "[depth, height, width, channels]"};
    if (n->in.rank == window_axes(n) + 1)
        return true;
    shape_refuse(net, n, wants[window_axes(n) - 1]);
    return false;
}

/* One axis of a window: input, kernel, stride, dilation -> output and padding. A sequence has only the last of the
 * three axes, an image the last two. */
enum { AXES = 3 };
struct axis {
    int64_t in, k, s, d, out, before, after;
};

static int first_axis(const struct node *n)
{
    return AXES - (n->in.rank - 1);
}

/* What the argument says about an axis: a single number holds for all. */
static int64_t dim_of(const struct node *n, const struct bound *b, int axis, int64_t otherwise)
{
    if (!b || b->n_dims == 0)
        return otherwise;
    if (axis < first_axis(n))
        return 1;
    return b->n_dims == 1 ? b->dim[0] : b->dim[axis - first_axis(n)];
}

static bool rank_fits(struct net *net, const struct node *n, const struct bound *b, const char *what)
{
    static const char *const kinds[] = {"a sequence, which has one", "an image, which has two",
                                        "a volume, which has three"};
    const int axes = n->in.rank - 1;
    if (!b || b->n_dims <= 1 || b->n_dims == axes)
        return true;
    diag_error(net->ctx, b->span, "the %s of '%s' has %d dimensions, but its input, %s, is %s", what, n->stmt->name,
               b->n_dims, shape_words(net->ctx, n->in), kinds[axes - 1]);
    shape_origin(net, n);
    return false;
}

/* Fills what the arguments say; strides without a value are the size of the kernel. */
static bool read_axes(struct net *net, const struct node *n, const struct window_args *args, struct axis a[AXES])
{
    if (!rank_fits(net, n, args->kernel, "window") || !rank_fits(net, n, args->strides, "stride") ||
        !rank_fits(net, n, args->dilation, "dilation"))
        return false;
    for (int i = 0; i < AXES; i++) {
        const int64_t k = dim_of(n, args->kernel, i, 1);
        a[i] = (struct axis){.in = i < first_axis(n) ? 1 : n->in.dim[i - first_axis(n)],
                             .k = k,
                             .s = dim_of(n, args->strides, i, k),
                             .d = dim_of(n, args->dilation, i, 1)};
    }
    return true;
}

static int64_t span_of(const struct axis *a)
{
    return a->d * (a->k - 1) + 1;
}

/* As in Keras: valid drops elements that no whole window covers; same has ceil(in / s) outputs, and the odd element of
 * padding is at the end; causal has as many outputs, each at the end of its window. */
static bool slide(struct axis *a, enum padding padding)
{
    const int64_t span = span_of(a);
    if (padding == VALID) {
        a->out = a->in < span ? 0 : (a->in - span) / a->s + 1;
        return a->out > 0;
    }
    a->out = (a->in - 1) / a->s + 1;
    int64_t pad = (a->out - 1) * a->s + span - a->in;
    if (padding == CAUSAL) {
        a->before = span - 1;
        return true;
    }
    a->before = pad > 0 ? pad / 2 : 0;
    a->after = pad > 0 ? pad - a->before : 0;
    return true;
}

static struct window window_of(const struct node *n, const struct axis a[AXES])
{
    const struct axis *z = &a[0], *y = &a[1], *x = &a[2];
    const int64_t channels = shape_channels(n->in);
    struct window w = {.kh = y->k,
                       .kw = x->k,
                       .sh = y->s,
                       .sw = x->s,
                       .dh = y->d,
                       .dw = x->d,
                       .pt = y->before,
                       .pb = y->after,
                       .pl = x->before,
                       .pr = x->after,
                       .ih = y->in,
                       .iw = x->in,
                       .ic = channels,
                       .oh = y->out,
                       .ow = x->out,
                       .oc = channels,
                       .groups = 1};
    if (first_axis(n) == 0)
        w.z = (struct depth){z->k, z->s, z->d, z->before, z->after, z->in, z->out};
    return w;
}

static const char *size_text(struct net *net, const struct node *n, const struct axis a[AXES])
{
    const char *text = "";
    for (int i = first_axis(n); i < AXES; i++)
        text = arena_printf(ctx_arena(net->ctx), "%s%s%lld", text, *text ? "x" : "", (long long)a[i].k);
    return text;
}

static bool window_too_large(struct net *net, const struct node *n, const struct bound *kernel,
                             const struct axis a[AXES])
{
    const bool dilated = a[0].d > 1 || a[1].d > 1 || a[2].d > 1;
    diag_error(net->ctx, kernel->span, "a window of %s%s does not fit into the input of '%s', %s", size_text(net, n, a),
               dilated ? ", dilated," : "", n->stmt->name, shape_words(net->ctx, n->in));
    shape_origin(net, n);
    return false;
}

bool window_make(struct net *net, const struct node *n, const struct window_args *args, struct window *w)
{
    struct axis a[AXES];
    if (!read_axes(net, n, args, a))
        return false;
    if (args->padding->number == CAUSAL && window_axes(n) != 1) {
        diag_error(net->ctx, args->padding->span, "causal padding is for sequences, but the input of '%s' is %s",
                   n->stmt->name, shape_words(net->ctx, n->in));
        shape_origin(net, n);
        return false;
    }
    for (int i = 0; i < AXES; i++)
        if (!slide(&a[i], (enum padding)args->padding->number))
            return window_too_large(net, n, args->kernel, a);
    *w = window_of(n, a);
    return true;
}

/* ---- adaptive: as many outputs as are asked for */

/* The most elements of a window: they end and begin within elements unless in / out is whole. */
static int64_t largest_window(int64_t in, int64_t out)
{
    const int64_t rest = in % out;
    int64_t a = rest, b = out;
    while (a) {
        const int64_t c = b % a;
        b = a, a = c;
    }
    return in / out + (rest == 0 ? 0 : rest > b ? 2 : 1);
}

bool window_adapt(struct net *net, const struct node *n, const struct bound *output, struct window *w)
{
    struct axis a[AXES];
    bool even = true;
    if (!rank_fits(net, n, output, "output"))
        return false;
    for (int i = 0; i < AXES; i++) {
        const int64_t in = i < first_axis(n) ? 1 : n->in.dim[i - first_axis(n)], out = dim_of(n, output, i, 1);
        a[i] = (struct axis){.in = in, .k = largest_window(in, out), .s = in / out, .d = 1, .out = out};
        even = even && in % out == 0;
    }
    for (int i = 0; i < AXES && !even; i++)
        a[i].s = 0;
    *w = window_of(n, a);
    w->adaptive = !even;
    return true;
}

/* ---- transposed: the plane that the layer makes is the input of the window, and the plane that it takes the output */

/* As in Keras. more: output_padding; negative: it was not given. */
static void slide_back(struct axis *a, bool same, int64_t more)
{
    const int64_t span = span_of(a), odd = span % 2, n = a->in, least = (n - 1) * a->s;
    int64_t pad = more < 0 ? a->s + span - 2 : span + odd - 2 + more;
    if (!same)
        a->in = least + (more < 0 ? (span > a->s ? span : a->s) : span + more);
    else
        a->in = more < 0 ? n * a->s : least + odd + more;
    pad = (pad + 1) / 2 < span - 1 ? (pad + 1) / 2 : span - 1;
    a->out = n;
    a->before = same ? span - 1 - pad : 0;
    const int64_t after = least + span - a->before - a->in;
    a->after = after > 0 ? after : 0;
}

static bool output_padding_fits(struct net *net, const struct node *n, const struct bound *more,
                                const struct axis a[AXES])
{
    if (!rank_fits(net, n, more, "output_padding"))
        return false;
    for (int i = first_axis(n); more && more->n_dims && i < AXES; i++)
        if (dim_of(n, more, i, 0) >= a[i].s) {
            diag_error(net->ctx, more->span, "the output_padding of '%s', %lld, must be less than its stride, %lld",
                       n->stmt->name, (long long)dim_of(n, more, i, 0), (long long)a[i].s);
            return false;
        }
    return true;
}

bool window_transpose(struct net *net, const struct node *n, const struct window_args *args,
                      const struct bound *output_padding, struct window *w)
{
    struct axis a[AXES];
    if (!read_axes(net, n, args, a) || !output_padding_fits(net, n, output_padding, a))
        return false;
    const bool more = output_padding && output_padding->n_dims;
    for (int i = 0; i < AXES; i++) {
        slide_back(&a[i], args->padding->number == SAME,
                   !more               ? -1
                   : i < first_axis(n) ? 0
                                       : dim_of(n, output_padding, i, 0));
        if (a[i].in < 1) {
            diag_error(net->ctx, n->stmt->span, "nothing is left of the output of '%s' with this output_padding",
                       n->stmt->name);
            shape_origin(net, n);
            return false;
        }
    }
    *w = window_of(n, a);
    return true;
}

/* ---- shapes */

static struct shape plane_shape(const struct node *n, int64_t d, int64_t h, int64_t w, int64_t channels)
{
    const int64_t all[] = {d, h, w, channels};
    struct shape s = {.rank = n->in.rank};
    for (int i = 0; i < s.rank; i++)
        s.dim[i] = all[AXES + 1 - s.rank + i];
    return s;
}

struct shape window_output(const struct node *n, const struct window *w)
{
    return plane_shape(n, w->z.out, w->oh, w->ow, w->oc);
}

struct shape window_input(const struct node *n, const struct window *w)
{
    return plane_shape(n, w->z.in, w->ih, w->iw, w->ic);
}
