/* gather.c -- how a convolution and its data gradient become gathers, axis by axis. */
#include "kernels/conv.h"
#include "ops/ops.h"

bool axis_inside(const struct axis *a)
{
    int64_t last = a->in_first + a->in_step * (a->n_out - 1) + a->tap_step * (a->taps - 1);
    return a->in_first >= 0 && last < a->n_in;
}

double axis_share(const struct axis *a)
{
    int64_t met = 0;
    for (int64_t i = 0; i < a->n_out; i++)
        for (int64_t j = 0; j < a->taps; j++) {
            int64_t at = a->in_first + a->in_step * i + a->tap_step * j;
            met += at >= 0 && at < a->n_in;
        }
    return a->taps ? (double)met / (double)(a->n_out * a->taps) : 1;
}

static struct axis forward_axis(int64_t out, int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t pad)
{
    return (struct axis){.n_out = out,
                         .out_step = 1,
                         .in_first = -pad,
                         .in_step = stride,
                         .tap_step = dilation,
                         .n_in = in,
                         .taps = kernel,
                         .w_step = 1};
}

/* The weights are stored flipped: number w is tap kernel - 1 - w of the forward pass. Results are the inputs ix =
 * stride * i + phase; output ox used ix through tap k where ox * stride + k * dilation - pad = ix. */
static struct axis data_axis(int64_t out, int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t pad,
                             int64_t phase)
{
    struct axis a = {
        .n_out = ceil_div(in - phase, stride), .out_first = phase, .out_step = stride, .in_step = 1, .n_in = out};
    if (stride == 1) {
        a.taps = kernel;
        a.w_step = 1;
        a.tap_step = dilation;
        a.in_first = pad - (kernel - 1) * dilation;
        return a;
    }
    int64_t first = (phase + pad) % stride; /* the taps of this phase: first, first + stride, ... */
    a.taps = first < kernel ? ceil_div(kernel - first, stride) : 0;
    a.tap_step = 1;
    a.w_first = kernel - 1 - first - stride * (a.taps - 1);
    a.w_step = stride;
    a.in_first = (phase + pad - first) / stride - (a.taps - 1);
    return a;
}

const char *gather_refusal(const struct plan *p, const struct op *o)
{
    const struct window *w = &o->win;
    bool data = o->kind == &op_conv_data;
    int64_t results = (data ? w->ic : w->oc) / w->groups;
    if (p->target->lanes == 1)
        return "the target has no vectors";
    if (w->groups > 1 && results % p->target->lanes)
        return "a group is not a whole number of vectors";
    if (data && (w->sh > 1 || w->sw > 1) && (w->dh > 1 || w->dw > 1))
        return "stride and dilation at once";
    return NULL;
}

int gather_passes(const struct op *o)
{
    return o->kind == &op_conv ? 1 : (int)(o->win.sh * o->win.sw);
}

/* A 1x1 convolution without stride or padding treats a plane as one long row. */
static void flatten_rows(struct gather *g)
{
    struct axis *y = &g->y, *x = &g->x;
    if (g->kh != 1 || g->kw != 1 || y->taps != 1 || x->taps != 1 || y->in_step != 1 || x->in_step != 1 ||
        y->out_step != 1 || x->out_step != 1 || y->n_in != y->n_out || x->n_in != x->n_out)
        return;
    x->n_in *= y->n_in;
    x->n_out *= y->n_out;
    y->n_in = y->n_out = 1;
}

struct gather gather_pass(const struct plan *p, const struct op *o, int pass)
{
    const struct window *w = &o->win;
    int64_t lanes = p->target->lanes;
    struct gather g = {.kh = w->kh, .kw = w->kw, .groups = w->groups, .lanes = lanes};
    g.in_ld = layout_of(p, o->in[0])->ld;
    if (o->kind == &op_conv) {
        g.channels = w->ic / w->groups;
        g.vectors = ceil_div(w->oc / w->groups, lanes);
        g.y = forward_axis(w->oh, w->ih, w->kh, w->sh, w->dh, w->pt);
        g.x = forward_axis(w->ow, w->iw, w->kw, w->sw, w->dw, w->pl);
        g.in_row = w->iw * g.in_ld;
        g.out_ld = round_up(w->oc, lanes);
        g.out_row = w->ow * g.out_ld;
        if (o->n_epilogue &&
            o->epilogue[0]->kind == &op_maxpool) { /* rows and columns that no window covers are not needed */
            g.y.n_out = o->epilogue[0]->win.oh * o->epilogue[0]->win.kh;
            g.x.n_out = o->epilogue[0]->win.ow * o->epilogue[0]->win.kw;
        } else {
            flatten_rows(&g);
        }
    } else {
        g.channels = w->oc / w->groups;
        g.vectors = ceil_div(w->ic / w->groups, lanes);
        g.y = data_axis(w->oh, w->ih, w->kh, w->sh, w->dh, w->pt, pass / w->sw);
        g.x = data_axis(w->ow, w->iw, w->kw, w->sw, w->dw, w->pl, pass % w->sw);
        g.in_row = w->ow * g.in_ld;
        g.out_ld = layout_of(p, op_result(o))->ld;
        g.out_row = w->iw * g.out_ld;
        flatten_rows(&g);
    }
    return g;
}

const char *zero_sums(struct arena *a, int64_t row, int64_t vectors)
{
    const char *text = "";
    for (int64_t v = 0; v < vectors; v++)
        text = arena_printf(a, "%s%sa%d_%d = vf_zero()", text, v ? ", " : "", (int)row, (int)v);
    return text;
}

/* [vector][kh][channels][kw][lane] */
static int64_t weight_place(const struct plan *p, const struct window *w, int64_t channels, int64_t kh, int64_t c,
                            int64_t kw, int64_t result)
{
    const int64_t lanes = p->target->lanes;
    return (((result / lanes * w->kh + kh) * channels + c) * w->kw + kw) * lanes + result % lanes;
}

static void transpose_plane(const struct plan *p, const struct window *q, const float *w, float *wt)
{
    const int64_t inputs = q->ic / q->groups, outputs = q->oc / q->groups;
    for (int64_t c = 0; c < q->ic; c++)
        for (int64_t kh = 0; kh < q->kh; kh++)
            for (int64_t oc = 0; oc < outputs; oc++)
                for (int64_t kw = 0; kw < q->kw; kw++)
                    wt[weight_place(p, q, outputs, q->kh - 1 - kh, oc, q->kw - 1 - kw, c)] =
                        w[weight_place(p, q, inputs, kh, c % inputs, kw, c / inputs * outputs + oc)];
}

/* Volumes have the taps of kd planes one behind the other. */
void conv_transpose_evaluate(const struct plan *p, const struct op *o, const float *w, float *wt)
{
    const struct window *q = &o->win;
    const int64_t taps = q->kh * q->kw, planes = q->z.k ? q->z.k : 1;
    const int64_t from = taps * (q->ic / q->groups) * round_up(q->oc, p->target->lanes);
    const int64_t to = taps * (q->oc / q->groups) * round_up(q->ic, p->target->lanes);
    for (int64_t i = 0; i < planes * to; i++)
        wt[i] = 0;
    for (int64_t k = 0; k < planes; k++)
        transpose_plane(p, q, w + k * from, wt + k * to);
}
