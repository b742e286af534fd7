/* meta.c -- the meta-learner: its memory, how it is applied, and ridge regression, which has a closed form. */
#include "ensemble/meta.h"
#include "support/support.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int cnn_meta_open(struct cnn_meta_learner *m, enum cnn_meta_kind kind, int64_t features, int64_t outputs,
                  struct cnn_error *e)
{
    struct cnn_arena l = {0};
    *m = (struct cnn_meta_learner){.kind = kind, .features = features, .outputs = outputs};
    cnn_arena_add(&l, (size_t)features + 1, (size_t)outputs * sizeof *m->kernel); /* the only part, at offset 0 */
    m->kernel = cnn_arena_alloc(&l, "meta-learner", e);
    if (!m->kernel)
        return -1;
    m->bias = m->kernel + features * outputs;
    return 0;
}

void cnn_meta_free(struct cnn_meta_learner *m)
{
    free(m->kernel);
    *m = (struct cnn_meta_learner){0};
}

/* ---- applying it */

static void softmax(double *z, int64_t n)
{
    double most = z[0], all = 0;
    if (n == 1) {
        z[0] = 1 / (1 + exp(-z[0]));
        return;
    }
    for (int64_t k = 1; k < n; k++)
        most = z[k] > most ? z[k] : most;
    for (int64_t k = 0; k < n; k++)
        all += z[k] = exp(z[k] - most);
    for (int64_t k = 0; k < n; k++)
        z[k] /= all;
}

void cnn_meta_row(const struct cnn_meta_learner *m, const struct cnn_outputs *o, int64_t row, double *z)
{
    memcpy(z, m->bias, (size_t)m->outputs * sizeof *z);
    for (int64_t i = 0; i < m->features; i++) {
        double x = cnn_meta_feature(o, row, i);
        for (int64_t k = 0; k < m->outputs; k++)
            z[k] += x * m->kernel[i * m->outputs + k];
    }
    if (m->kind == CNN_LOGISTIC)
        softmax(z, m->outputs);
}

int cnn_meta_apply(const struct cnn_meta_learner *m, const struct cnn_outputs *o, float *y)
{
    double *z = malloc((size_t)m->outputs * sizeof *z);
    for (int64_t row = 0; z && row < o->rows; row++) {
        cnn_meta_row(m, o, row, z);
        for (int64_t k = 0; k < m->outputs; k++)
            y[row * m->outputs + k] = (float)z[k];
    }
    free(z);
    return z ? 0 : -1;
}

/* ---- ridge regression: solves (X'X + l2) W = X'T, where X and T have their means subtracted; the bias comes from the
 * means */

struct ridge {
    int64_t n, outputs; /* features */
    double *mean_x, *mean_t;
    double *a; /* [n][n]: the matrix, then its lower Cholesky factor */
    double *b; /* [n][outputs]: the right side, then the solution */
};

static void take_means(const struct ridge *q, const struct cnn_outputs *o, const float *target)
{
    for (int64_t row = 0; row < o->rows; row++) {
        for (int64_t i = 0; i < q->n; i++)
            q->mean_x[i] += cnn_meta_feature(o, row, i) / (double)o->rows;
        for (int64_t k = 0; k < q->outputs; k++)
            q->mean_t[k] += (double)target[row * q->outputs + k] / (double)o->rows;
    }
}

static void add_row(const struct ridge *q, const struct cnn_outputs *o, const float *target, int64_t row)
{
    for (int64_t i = 0; i < q->n; i++) {
        double x = cnn_meta_feature(o, row, i) - q->mean_x[i];
        for (int64_t j = 0; j <= i; j++)
            q->a[i * q->n + j] += x * (cnn_meta_feature(o, row, j) - q->mean_x[j]);
        for (int64_t k = 0; k < q->outputs; k++)
            q->b[i * q->outputs + k] += x * ((double)target[row * q->outputs + k] - q->mean_t[k]);
    }
}

/* Returns -1 when the matrix is not positive definite, as far as double can tell. */
static int factor(const struct ridge *q)
{
    for (int64_t i = 0; i < q->n; i++)
        for (int64_t j = 0; j <= i; j++) {
            double sum = q->a[i * q->n + j];
            for (int64_t k = 0; k < j; k++)
                sum -= q->a[i * q->n + k] * q->a[j * q->n + k];
            if (i == j && !(sum > 0))
                return -1;
            q->a[i * q->n + j] = i == j ? sqrt(sum) : sum / q->a[j * q->n + j];
        }
    return 0;
}

static void solve(const struct ridge *q, int64_t k)
{
    for (int64_t i = 0; i < q->n; i++) {
        double *x = &q->b[i * q->outputs + k];
        for (int64_t j = 0; j < i; j++)
            *x -= q->a[i * q->n + j] * q->b[j * q->outputs + k];
        *x /= q->a[i * q->n + i];
    }
    for (int64_t i = q->n - 1; i >= 0; i--) {
        double *x = &q->b[i * q->outputs + k];
        for (int64_t j = i + 1; j < q->n; j++)
            *x -= q->a[j * q->n + i] * q->b[j * q->outputs + k];
        *x /= q->a[i * q->n + i];
    }
}

int cnn_meta_fit_ridge(struct cnn_meta_learner *m, const struct cnn_outputs *o, const float *target, double l2,
                       struct cnn_error *e)
{
    struct cnn_arena l = {0};
    struct ridge q = {.n = m->features, .outputs = m->outputs, .b = m->kernel, .mean_t = m->bias};
    size_t a = cnn_arena_add(&l, (size_t)q.n * (size_t)q.n, sizeof *q.a),
           mean = cnn_arena_add(&l, (size_t)q.n, sizeof *q.a);
    char *at = cnn_arena_alloc(&l, "meta-learner's equations", e);
    if (!at)
        return -1;
    q.a = (double *)(void *)(at + a);
    q.mean_x = (double *)(void *)(at + mean);
    take_means(&q, o, target);
    for (int64_t row = 0; row < o->rows; row++)
        add_row(&q, o, target, row);
    for (int64_t i = 0; i < q.n; i++)
        q.a[i * q.n + i] += l2;
    int status = factor(&q);
    for (int64_t k = 0; status == 0 && k < q.outputs; k++) {
        solve(&q, k);
        for (int64_t i = 0; i < q.n; i++)
            m->bias[k] -= q.mean_x[i] * m->kernel[i * q.outputs + k];
    }
    free(at);
    return status == 0 ? 0 : cnn_fail(e, "members are too much alike for l2=%g: the meta-learner needs more", l2);
}
