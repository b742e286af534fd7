/* interpret.h -- runs a graph on one image in double, op by op and loop by loop. The passes must not change the
 * numbers. */
#ifndef TESTS_INTERPRET_H
#define TESTS_INTERPRET_H

#include <math.h>

#include "expr/expr.h"
#include "graph.h"
#include "interpret_moves.h"
#include "ops/ops.h"

struct machine {
    const struct net *net;
    double **at; /* by tensor id; a view has its root's memory */
    double loss;
};

static inline double *mem(const struct machine *m, struct tensor *t)
{
    return m->at[tensor_root(t)->id];
}

static inline struct machine machine_new(const struct net *n)
{
    struct machine m = {.net = n};
    m.at = arena_alloc(ctx_arena(n->ctx), n->tensors.n * sizeof *m.at);
    for (size_t i = 0; i < n->tensors.n; i++)
        m.at[i] = arena_alloc(ctx_arena(n->ctx), (size_t)shape_size(n->tensors.at[i]->shape) * sizeof **m.at);
    return m;
}

/* ---- windows: visit(o, p, q, k) for output pixel p, input pixel q, place k in the window */

struct visit {
    int64_t out, in, k;
};

static inline bool next_visit(const struct window *w, int64_t *i, struct visit *v)
{
    for (; *i < w->oh * w->ow * w->kh * w->kw; ++*i) {
        int64_t k = *i % (w->kh * w->kw), p = *i / (w->kh * w->kw);
        int64_t y = p / w->ow * w->sh - w->pt + k / w->kw * w->dh, x = p % w->ow * w->sw - w->pl + k % w->kw * w->dw;
        if (y < 0 || y >= w->ih || x < 0 || x >= w->iw)
            continue;
        *v = (struct visit){p, y * w->iw + x, k};
        ++*i;
        return true;
    }
    return false;
}

#define EACH_VISIT(w, v) for (int64_t i_ = 0; next_visit(w, &i_, &v);)

enum conv_role { CONV_Y, CONV_X, CONV_W };

/* y += x w, x += y w and w += x y share one loop. In wt, the kernel that CONV_DATA reads, inputs and outputs are
 * swapped. */
static inline void convolve(const struct window *w, enum conv_role role, double *y, double *x, double *f)
{
    int64_t icg = w->ic / w->groups, ocg = w->oc / w->groups;
    struct visit v;
    EACH_VISIT(w, v)
    for (int64_t o = 0; o < w->oc; o++)
        for (int64_t c = 0; c < icg; c++) {
            double *py = &y[v.out * w->oc + o], *px = &x[v.in * w->ic + o / ocg * icg + c];
            double *pf = &f[role == CONV_X ? (v.k * w->oc + o) * icg + c : (v.k * icg + c) * w->oc + o];
            if (role == CONV_Y)
                *py += *px * *pf;
            else if (role == CONV_X)
                *px += *py * *pf;
            else
                *pf += *px * *py;
        }
}

static inline void maxpool(const struct window *w, const double *x, double *y, double *index)
{
    for (int64_t i = 0; i < w->oh * w->ow * w->ic; i++)
        y[i] = -INFINITY;
    struct visit v;
    EACH_VISIT(w, v)
    for (int64_t c = 0; c < w->ic; c++)
        if (x[v.in * w->ic + c] > y[v.out * w->ic + c]) {
            y[v.out * w->ic + c] = x[v.in * w->ic + c];
            index[v.out * w->ic + c] = (double)v.k;
        }
}

static inline void maxpool_grad(const struct window *w, const double *dy, const double *index, double *dx)
{
    struct visit v;
    EACH_VISIT(w, v)
    for (int64_t c = 0; c < w->ic; c++)
        if (index[v.out * w->ic + c] == (double)v.k)
            dx[v.in * w->ic + c] += dy[v.out * w->ic + c];
}

static inline double pixels_in(const struct window *w, int64_t out)
{
    double n = 0;
    struct visit v;
    EACH_VISIT(w, v)
    n += v.out == out;
    return n;
}

static inline void avgpool(const struct window *w, double *x, double *y, bool backward)
{
    struct visit v;
    EACH_VISIT(w, v)
    for (int64_t c = 0; c < w->ic; c++) {
        double *px = &x[v.in * w->ic + c], *py = &y[v.out * w->ic + c];
        if (backward)
            *px += *py / pixels_in(w, v.out);
        else
            *py += *px / pixels_in(w, v.out);
    }
}

/* ---- element by element */

/* With what functions stand for, so that these texts are not read again at every element. */
static inline const struct expr *expanded(struct arena *a, const struct expr *e)
{
    if (e->kind == EXPR_CALL && !e->function->one && !e->function->two)
        return expanded(a, expr_body(a, e->function->expansion, e));
    struct expr *copy = arena_alloc(a, sizeof *copy);
    *copy = *e;
    for (int i = 0; i < 3; i++)
        copy->arg[i] = e->arg[i] ? expanded(a, e->arg[i]) : NULL;
    return copy;
}

/* Each text is read once; what is known stays until the end. */
static inline const struct expr *formula_of(const char *text)
{
    static struct known {
        const char *text;
        const struct expr *e;
    } * last;
    static VEC(struct known *) all;
    static struct arena *a;
    if (last && strcmp(last->text, text) == 0)
        return last->e;
    a = a ? a : arena_new();
    for (size_t i = 0; i < all.n; i++)
        if (strcmp(all.at[i]->text, text) == 0)
            return (last = all.at[i])->e;
    last = arena_alloc(a, sizeof *last);
    *last = (struct known){arena_strndup(a, text, strlen(text)), expanded(a, expr_of(a, text))};
    vec_push(a, &all, last);
    return last->e;
}

/* The value of a text of the catalog. */
static inline double by_text(const char *text, const char *name, double x, double alpha)
{
    const struct expr_at at[] = {{name, x}, {"alpha", alpha}, {NULL, 0}};
    return expr_value(NULL, formula_of(text), at);
}

static inline double activate(const struct op *o, double x)
{
    const char *f = o->act->name;
    double sigmoid = 1 / (1 + exp(-x));
    if (strcmp(f, "relu") == 0)
        return x > 0 ? x : 0;
    if (strcmp(f, "leaky_relu") == 0)
        return x > 0 ? x : o->alpha * x;
    if (strcmp(f, "elu") == 0)
        return x > 0 ? x : o->alpha * expm1(x);
    if (strcmp(f, "tanh") == 0)
        return tanh(x);
    if (strcmp(f, "gelu") == 0)
        return x * (1 + erf(x * sqrt(.5))) / 2;
    if (strcmp(f, "silu") == 0)
        return x * sigmoid;
    if (strcmp(f, "sigmoid") == 0 || strcmp(f, "softplus") == 0)
        return strcmp(f, "softplus") == 0 ? log1p(exp(x)) : sigmoid;
    return by_text(activation_of(o->act)->value, "x", x, o->alpha);
}

/* s is y where the slope can be computed from y, else x. */
static inline double slope(const struct op *o, double s)
{
    const char *f = o->act->name;
    if (strcmp(f, "relu") == 0)
        return s > 0;
    if (strcmp(f, "leaky_relu") == 0)
        return s > 0 ? 1 : o->alpha;
    if (strcmp(f, "elu") == 0)
        return s > 0 ? 1 : s + o->alpha;
    if (strcmp(f, "tanh") == 0)
        return 1 - s * s;
    if (strcmp(f, "sigmoid") == 0)
        return s * (1 - s);
    if (strcmp(f, "exponential") == 0)
        return s;
    if (activation_of(o->act)->from_output && activation_of(o->act)->gradient)
        return by_text(activation_of(o->act)->gradient, "y", s, o->alpha);
    return (activate(o, s + 1e-6) - activate(o, s - 1e-6)) / 2e-6;
}

static inline void softmax(int64_t rows, int64_t n, const double *x, double *y)
{
    for (; rows > 0; rows--, x += n, y += n) {
        double sum = 0;
        for (int64_t i = 0; i < n; i++)
            sum += y[i] = exp(x[i]);
        for (int64_t i = 0; i < n; i++)
            y[i] /= sum;
    }
}

static inline void softmax_grad(int64_t rows, int64_t n, const double *dy, const double *y, double *dx)
{
    for (; rows > 0; rows--, dy += n, y += n, dx += n) {
        double dot = 0;
        for (int64_t i = 0; i < n; i++)
            dot += dy[i] * y[i];
        for (int64_t i = 0; i < n; i++)
            dx[i] = y[i] * (dy[i] - dot);
    }
}

/* ---- losses, of one image */

static inline double loss_of_image(const struct op *o, const double *x, const double *t, int64_t n)
{
    const char *name = o->loss->name;
    double sum = 0, all = 0;
    for (int64_t i = 0; i < n; i++)
        all += exp(x[i]);
    if (strcmp(name, "sparse_categorical_crossentropy") == 0)
        return o->from_logits ? log(all) - x[(int)t[0]] : -log(x[(int)t[0]]);
    for (int64_t i = 0; i < n; i++) {
        double d = x[i] - t[i], p = o->from_logits ? 1 / (1 + exp(-x[i])) : x[i];
        if (strcmp(name, "categorical_crossentropy") == 0)
            sum += -t[i] * (o->from_logits ? x[i] - log(all) : log(x[i])) * (double)n;
        else if (strcmp(name, "binary_crossentropy") == 0)
            sum -= t[i] * log(p) + (1 - t[i]) * log(1 - p);
        else
            sum += strcmp(name, "mae") == 0 ? fabs(d) : d * d;
    }
    return sum / (double)n;
}

static inline void loss_grad(struct machine *m, const struct op *o)
{
    int64_t n = shape_size(o->in[0]->shape);
    double *x = mem(m, o->in[0]), *dx = mem(m, o->out[0]);
    const double *t = mem(m, o->in[1]);
    m->loss += loss_of_image(o, x, t, n);
    for (int64_t i = 0; i < n; i++) {
        double keep = x[i];
        x[i] = keep + 1e-6;
        double more = loss_of_image(o, x, t, n);
        x[i] = keep - 1e-6;
        dx[i] = (more - loss_of_image(o, x, t, n)) / 2e-6;
        x[i] = keep;
    }
}

/* ---- ops */

static inline double *zeroed(double *p, struct tensor *t)
{
    for (int64_t i = 0; i < shape_size(t->shape); i++)
        p[i] = 0;
    return p;
}

static inline void transpose(const double *w, double *wt, struct shape s)
{
    int64_t in = s.dim[s.rank - 2], out = s.dim[s.rank - 1], n = shape_size(s) / (in * out);
    for (int64_t i = 0; i < n * in * out; i++)
        wt[(i / (in * out) * out + i % out) * in + i / out % in] = w[i];
}

static inline void run_elements(struct machine *m, const struct op *o, double *a, double *b, double *y)
{
    int64_t n = shape_size(o->in[0]->shape), channels = shape_channels(o->in[0]->shape);
    for (int64_t i = 0; i < n; i++) {
        double penalty = o->l1 * fabs(a[i]) + o->l2 * a[i] * a[i], noise = o->deviation * (double)(i % 3 - 1);
        const bool kept = (o->channels ? i % channels : i) % 3;
        if (o->kind == &op_bias) {
            y[i] = a[i] + b[i % channels];
        } else if (o->kind == &op_act) {
            y[i] = activate(o, a[i]);
        } else if (o->kind == &op_dropout) {
            y[i] = kept ? a[i] * o->factor + o->shift : o->fill;
        } else if (o->kind == &op_dropout_grad) {
            y[i] = kept ? a[i] * o->factor : 0;
        } else if (o->kind == &op_noise) {
            y[i] = o->n_out > 1 ? a[i] * (1 + noise) : a[i] + noise;
            if (o->n_out > 1)
                mem(m, o->out[1])[i] = 1 + noise;
        } else if (o->kind == &op_noise_grad) {
            y[i] = a[i] * b[i];
        } else if (o->kind == &op_penalty) {
            m->loss += penalty;
        } else if (o->kind == &op_bias_grad) {
            y[i % channels] += a[i];
        } else if (o->kind == &op_act_grad) {
            y[i] = a[i] * slope(o, b[i]);
        } else if (o->kind == &op_penalty_grad) {
            y[i] = a[i] + o->l1 * (b[i] > 0 ? 1 : b[i] < 0 ? -1 : 0) + 2 * o->l2 * b[i];
        } else if (o->kind == &op_sum) {
            y[i] = a[i] + b[i];
        }
    }
}

static inline void matrix(int64_t in, int64_t out, const double *x, const double *w, double *y)
{
    for (int64_t i = 0; i < in; i++)
        for (int64_t k = 0; k < out; k++)
            y[k] += x[i] * w[i * out + k];
}

/* ---- formulas: broadcast to `full`, reduced to `kept` */

/* The number of the element of a tensor of shape s where the element of `full` has number e. */
static inline int64_t broadcast(struct shape full, struct shape s, int64_t e)
{
    int64_t at = 0, step = 1;
    for (int i = 1; i <= full.rank; i++) {
        const int64_t index = e % full.dim[full.rank - i], own = i > s.rank ? 1 : s.dim[s.rank - i];
        at += own > 1 ? index * step : 0;
        step *= own;
        e /= full.dim[full.rank - i];
    }
    return at;
}

static inline double formula_at(struct machine *m, const struct op *o, const struct expr *e, struct expr_at *at,
                                int64_t element)
{
    for (int i = 0; i < o->n_in; i++)
        at[i].value = mem(m, o->in[i])[broadcast(map_of(o)->full, o->in[i]->shape, element)];
    return expr_value(NULL, e, at);
}

static inline void take_in(enum reduction r, double *y, double v, bool first)
{
    if (r == REDUCE_PROD)
        *y = first ? v : *y * v;
    else if (r == REDUCE_MAX)
        *y = first || v > *y ? v : *y;
    else if (r == REDUCE_MIN)
        *y = first || v < *y ? v : *y;
    else
        *y += v;
}

static inline void run_formula(struct machine *m, const struct op *o)
{
    const struct map_op *f = map_of(o);
    const bool reduces = o->kind == &op_reduce || o->kind == &op_peak;
    const enum reduction r = reduces ? reduction_of(o) : REDUCE_SUM;
    const int64_t all = shape_size(f->full), left = shape_size(f->kept);
    const struct expr *e = formula_of(f->formula);
    double *y = mem(m, o->out[0]);
    struct arena *a = arena_new();
    int64_t *count = arena_alloc(a, (size_t)left * sizeof *count);
    struct expr_at at[MOST_OPERANDS + 1] = {{NULL, 0}};
    for (int i = 0; i < o->n_in; i++)
        at[i].name = op_operand(a, o->kind, i, false);
    for (int64_t i = 0; i < all; i++) {
        const int64_t to = broadcast(f->full, f->kept, i);
        take_in(r, &y[to], formula_at(m, o, e, at, i), count[to]++ == 0);
    }
    for (int64_t i = 0; i < left && r == REDUCE_MEAN; i++)
        y[i] /= (double)(all / left);
    arena_free(a);
}

static inline bool has_formula(const struct op *o)
{
    return o->kind == &op_map || o->kind == &op_map_grad || o->kind == &op_map_sum || o->kind == &op_map_param ||
           o->kind == &op_reduce || o->kind == &op_peak;
}

static inline void run_op(struct machine *m, const struct op *o)
{
    double *a = mem(m, o->in[0]), *b = o->n_in > 1 ? mem(m, o->in[1]) : NULL;
    double *y = o->n_out && !o->out[0]->view_of ? zeroed(mem(m, o->out[0]), o->out[0]) : NULL;
    int64_t n = shape_size(o->in[0]->shape), channels = shape_channels(o->in[0]->shape);
    if (o->kind == &op_conv) {
        convolve(&o->win, CONV_Y, y, a, b);
    } else if (o->kind == &op_conv_data) {
        convolve(&o->win, CONV_X, a, y, b);
    } else if (o->kind == &op_conv_weight) {
        convolve(&o->win, CONV_W, b, a, y);
    } else if (o->kind == &op_dense || o->kind == &op_dense_data) {
        matrix(n, shape_size(o->out[0]->shape), a, b, y);
    } else if (o->kind == &op_dense_weight) {
        for (int64_t i = 0, k = shape_size(o->in[1]->shape); i < n * k; i++)
            y[i] = a[i / k] * b[i % k];
    } else if (o->kind == &op_conv_transpose || o->kind == &op_dense_transpose) {
        transpose(a, y, o->in[0]->shape);
    } else if (o->kind == &op_softmax) {
        softmax(n / channels, channels, a, y);
    } else if (o->kind == &op_softmax_grad) {
        softmax_grad(n / channels, channels, a, b, y);
    } else if (o->kind == &op_maxpool) {
        maxpool(&o->win, a, y, mem(m, o->out[1]));
    } else if (o->kind == &op_maxpool_grad) {
        maxpool_grad(&o->win, a, b, y);
    } else if (o->kind == &op_avgpool) {
        avgpool(&o->win, a, y, false);
    } else if (o->kind == &op_avgpool_grad) {
        avgpool(&o->win, y, a, true);
    } else if (o->kind == &op_loss) {
        loss_grad(m, o);
    } else if (o->kind == &op_move) {
        run_move(o, a, y, false);
    } else if (o->kind == &op_move_grad) {
        run_move(o, y, a, true);
    } else if (o->kind == &op_resample) {
        run_resample(o, a, y, false);
    } else if (o->kind == &op_resample_grad) {
        run_resample(o, y, a, true);
    } else if (o->kind == &op_matmul) {
        run_matmul(o, a, b, y);
    } else if (o->kind == &op_place) {
        run_place(o, a, mem(m, o->out[0]));
    } else if (has_formula(o)) {
        run_formula(m, o);
    } else {
        run_elements(m, o, a, b, y);
    }
}

/* Runs one step without the update; an epilogue runs together with its kernel. */
static inline double run(struct machine *m)
{
    m->loss = 0;
    for (enum phase phase = PHASE_PREPARE; phase < PHASE_UPDATE; phase++)
        for (size_t i = 0; i < m->net->ops.n; i++) {
            const struct op *o = m->net->ops.at[i];
            if (o->phase != phase || o->epilogue_of)
                continue;
            run_op(m, o);
            for (int k = 0; k < o->n_epilogue; k++)
                run_op(m, o->epilogue[k]);
        }
    return m->loss;
}

/* Gives a tensor the same numbers in every graph of one network. */
static inline void fill(struct machine *m)
{
    for (size_t i = 0; i < m->net->tensors.n; i++) {
        struct tensor *t = m->net->tensors.at[i];
        if (t->role != ROLE_INPUT && t->role != ROLE_TARGET && t->role != ROLE_PARAM)
            continue;
        uint32_t seed = t->role == ROLE_PARAM ? (uint32_t)t->param->id + 7 : 3;
        for (int64_t k = 0; k < shape_size(t->shape); k++) {
            seed = seed * 1664525u + 1013904223u;
            m->at[i][k] = t->role == ROLE_TARGET ? (double)(k % 2) : (double)(seed >> 8) / 16777216.0 - 0.5;
        }
    }
}

#endif
