/* meta_logistic.c -- logistic regression by L-BFGS (Nocedal and Wright, "Numerical Optimization", algorithms 7.4 and
 * 7.5). A step is halved until the loss falls as the slope promises. The loss is convex, and has one minimum since l2 >
 * 0. */
#include "ensemble/meta.h"
#include "support/support.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY = 10, MOST_STEPS = 1000, MOST_HALVINGS = 60 };

struct lbfgs {
    struct cnn_meta_learner *m; /* its kernel and bias are the current point */
    const struct cnn_outputs *o;
    const int64_t *label;
    double l2;
    size_t n;  /* parameters */
    double *z; /* outputs for one row */
    double *slope, *point, *old, *direction;
    double *ds, *dy; /* [MEMORY][n]: the last steps, and how each changed the slope */
    double rho[MEMORY];
    int pairs; /* how many pairs were stored in all */
};

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* ---- the loss and its slope */

static double add_row(const struct lbfgs *q, int64_t row)
{
    const struct cnn_meta_learner *m = q->m;
    const int64_t n = m->outputs, c = q->label[row];
    double *slope_bias = q->slope + m->features * n;
    cnn_meta_row(m, q->o, row, q->z);
    const double right = n > 1 ? q->z[c] : c ? q->z[0] : 1 - q->z[0];
    for (int64_t k = 0; k < n; k++) {
        q->z[k] -= n > 1 ? k == c : (double)c;
        slope_bias[k] += q->z[k];
    }
    for (int64_t i = 0; i < m->features; i++) {
        double x = cnn_meta_feature(q->o, row, i);
        for (int64_t k = 0; k < n; k++)
            q->slope[i * n + k] += x * q->z[k];
    }
    return -log(fmax(right, DBL_MIN));
}

static double evaluate(const struct lbfgs *q)
{
    const size_t kernel = (size_t)(q->m->features * q->m->outputs);
    double loss = 0.5 * q->l2 * dot(q->m->kernel, q->m->kernel, kernel);
    for (size_t i = 0; i < q->n; i++)
        q->slope[i] = i < kernel ? q->l2 * q->m->kernel[i] : 0;
    for (int64_t row = 0; row < q->o->rows; row++)
        loss += add_row(q, row);
    return loss;
}

/* ---- the method */

/* direction = -H slope, where H, the inverse Hessian, is approximated from the stored pairs. */
static void find_direction(const struct lbfgs *q)
{
    const int first = q->pairs > MEMORY ? q->pairs - MEMORY : 0;
    const size_t n = q->n;
    double alpha[MEMORY] = {0}, scale = 1;
    for (size_t i = 0; i < n; i++)
        q->direction[i] = -q->slope[i];
    for (int p = q->pairs - 1; p >= first; p--) {
        const double *s = q->ds + (size_t)(p % MEMORY) * n, *y = q->dy + (size_t)(p % MEMORY) * n;
        alpha[p % MEMORY] = q->rho[p % MEMORY] * dot(s, q->direction, n);
        for (size_t i = 0; i < n; i++)
            q->direction[i] -= alpha[p % MEMORY] * y[i];
    }
    if (q->pairs > 0) {
        const double *y = q->dy + (size_t)((q->pairs - 1) % MEMORY) * n;
        scale = 1 / (q->rho[(q->pairs - 1) % MEMORY] * dot(y, y, n));
    } else {
        scale = 1 / fmax(1, sqrt(dot(q->slope, q->slope, n)));
    }
    for (size_t i = 0; i < n; i++)
        q->direction[i] *= scale;
    for (int p = first; p < q->pairs; p++) {
        const double *s = q->ds + (size_t)(p % MEMORY) * n, *y = q->dy + (size_t)(p % MEMORY) * n;
        const double beta = q->rho[p % MEMORY] * dot(y, q->direction, n);
        for (size_t i = 0; i < n; i++)
            q->direction[i] += s[i] * (alpha[p % MEMORY] - beta);
    }
}

/* Makes one step. Returns 0 when no step lowers the loss; the point is then the minimum, as far as double can tell. */
static int step(const struct lbfgs *q, double *loss)
{
    double *w = q->m->kernel, length = 1;
    const double promised = dot(q->slope, q->direction, q->n), before = *loss;
    memcpy(q->point, w, q->n * sizeof *w);
    memcpy(q->old, q->slope, q->n * sizeof *w);
    /* NOLINTNEXTLINE(cert-flp30-c): h counts; halving is exact */
    for (int h = 0; h < MOST_HALVINGS && promised < 0; h++, length /= 2) {
        for (size_t i = 0; i < q->n; i++)
            w[i] = q->point[i] + length * q->direction[i];
        *loss = evaluate(q);
        if (*loss <= before + 1e-4 * length * promised)
            return 1;
    }
    memcpy(w, q->point, q->n * sizeof *w);
    return 0;
}

static void remember(struct lbfgs *q)
{
    double *s = q->ds + (size_t)(q->pairs % MEMORY) * q->n, *y = q->dy + (size_t)(q->pairs % MEMORY) * q->n;
    for (size_t i = 0; i < q->n; i++) {
        s[i] = q->m->kernel[i] - q->point[i];
        y[i] = q->slope[i] - q->old[i];
    }
    const double bend = dot(s, y, q->n);
    if (bend > DBL_EPSILON * dot(y, y, q->n))
        q->rho[q->pairs++ % MEMORY] = 1 / bend;
}

static int is_flat(const struct lbfgs *q)
{
    double most = 0;
    for (size_t i = 0; i < q->n; i++)
        most = fmax(most, fabs(q->slope[i]));
    return most <= 1e-9 * (double)q->o->rows;
}

static void minimize(struct lbfgs *q)
{
    double loss = evaluate(q);
    for (int i = 0; i < MOST_STEPS && !is_flat(q); i++) {
        find_direction(q);
        if (!step(q, &loss))
            return;
        remember(q);
    }
}

int cnn_meta_fit_logistic(struct cnn_meta_learner *m, const struct cnn_outputs *o, const int64_t *label, double l2,
                          struct cnn_error *e)
{
    struct cnn_arena l = {0};
    struct lbfgs q = {.m = m, .o = o, .label = label, .l2 = l2};
    q.n = (size_t)((m->features + 1) * m->outputs); /* the bias follows the kernel */
    const size_t z = cnn_arena_add(&l, (size_t)m->outputs, sizeof(double));
    const size_t vectors = cnn_arena_add(&l, q.n, (4 + 2 * MEMORY) * sizeof(double));
    char *at = cnn_arena_alloc(&l, "meta-learner's steps", e);
    if (!at)
        return -1;
    q.z = (double *)(void *)(at + z);
    q.slope = (double *)(void *)(at + vectors);
    q.point = q.slope + q.n;
    q.old = q.point + q.n;
    q.direction = q.old + q.n;
    q.ds = q.direction + q.n;
    q.dy = q.ds + MEMORY * q.n;
    minimize(&q);
    free(at);
    return 0;
}
