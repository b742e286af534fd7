/* init.c -- first values of the parameters. Element i of parameter k, in canonical order, depends only on (seed,
 * k, i), so every target starts from the same network, whatever its layout. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/support.h"
#include "weights/weights.h"

struct draw {
    const struct cnn_param *p;
    uint64_t seed, stream; /* of the parameter */
    double a, b;           /* bounds of a uniform, mean and deviation of a normal */
};

/* A number in [0, 1), in steps of 2^-24, which a float holds exactly */
static double unit(uint32_t r)
{
    return (r >> 8) * 0x1p-24;
}

static void bits(const struct draw *d, int64_t i, uint64_t trial, uint32_t r[4])
{
    cnn_random4(d->seed, (uint64_t)i, d->stream | trial, r);
}

static double constant(const struct draw *d, int64_t i)
{
    (void)i;
    return d->a;
}

static double uniform(const struct draw *d, int64_t i)
{
    uint32_t r[4];
    bits(d, i, 0, r);
    return d->a + (d->b - d->a) * unit(r[0]);
}

static double normal(const struct draw *d, int64_t i)
{
    uint32_t r[4];
    double z[2];
    bits(d, i, 0, r);
    cnn_normal_pair(r, z);
    return d->a + d->b * z[0];
}

/* A number beyond two deviations is drawn again. 19 of 20 are within, so the four candidates of one trial are
 * nearly always enough. */
static double truncated_normal(const struct draw *d, int64_t i)
{
    for (uint64_t trial = 0;; trial++) {
        uint32_t r[4];
        double z[4];
        bits(d, i, trial, r);
        cnn_normal_pair(r, z);
        cnn_normal_pair(r + 2, z + 2);
        for (int k = 0; k < 4; k++)
            if (fabs(z[k]) <= 2)
                return d->a + d->b * z[k];
    }
}

/* Of a kernel [..., in, out]: the middle of its window passes input i to output i. A vector has no identity: 0. */
static double identity(const struct draw *d, int64_t i)
{
    const struct cnn_param *p = d->p;
    if (p->rank < 2)
        return 0;
    const int64_t out = p->shape[p->rank - 1], in = p->shape[p->rank - 2], tap = i / (in * out);
    int64_t middle = 0;
    for (int k = 0; k < p->rank - 2; k++)
        middle = middle * p->shape[k] + (p->shape[k] - 1) / 2;
    return tap == middle && i / out % in == i % out ? d->a : 0;
}

/* ---- orthogonal: Q of the QR decomposition of a normal matrix, with the signs that make R's diagonal positive */

/* Overwrites x with the Householder vector v that maps x to (-+|x|, 0, ...), scaled so that H = I - v v'. Returns
 * the sign of R's diagonal. */
static double reflector(double *x, int64_t n)
{
    double norm = 0;
    for (int64_t i = 0; i < n; i++)
        norm += x[i] * x[i];
    norm = sqrt(norm);
    double head = x[0] + (x[0] < 0 ? -norm : norm), scale = sqrt(norm * fabs(head));
    double sign = x[0] < 0 ? 1 : -1;
    x[0] = head;
    for (int64_t i = 0; i < n; i++)
        x[i] = scale > 0 ? x[i] / scale : 0;
    return sign;
}

static void reflect(const double *v, double *x, int64_t n)
{
    double dot = 0;
    for (int64_t i = 0; i < n; i++)
        dot += v[i] * x[i];
    for (int64_t i = 0; i < n; i++)
        x[i] -= dot * v[i];
}

/* v: m <= n columns of length n, which are overwritten with the reflectors. q: as large; it gets the orthonormal
 * columns. */
static void orthonormalize(double *v, double *q, int64_t n, int64_t m)
{
    for (int64_t k = 0; k < m; k++) {
        double sign = reflector(v + k * n + k, n - k);
        for (int64_t j = k + 1; j < m; j++)
            reflect(v + k * n + k, v + j * n + k, n - k);
        memset(q + k * n, 0, (size_t)n * sizeof *q);
        q[k * n + k] = sign;
    }
    for (int64_t k = m - 1; k >= 0; k--)
        for (int64_t j = k; j < m; j++)
            reflect(v + k * n + k, q + j * n + k, n - k);
}

/* The rows of the matrix are all dimensions except the last. A wide matrix is made as the transpose of a tall one. */
static int orthogonal(const struct draw *d, const struct cnn_place *at, float *theta)
{
    int64_t cols = d->p->rank > 0 ? d->p->shape[d->p->rank - 1] : 1, count = cnn_param_count(d->p);
    if (count == 0)
        return 0;
    int64_t rows = count / cols, n = rows > cols ? rows : cols, m = rows > cols ? cols : rows;
    double *v = calloc(2 * (size_t)count, sizeof *v);
    if (!v)
        return -1;
    double *q = v + count;
    for (int64_t i = 0; i < count; i++)
        v[i] = normal(&(struct draw){.seed = d->seed, .stream = d->stream, .b = 1}, i);
    orthonormalize(v, q, n, m);
    for (int64_t i = 0; i < count; i++) {
        int64_t row = i / cols, col = i % cols;
        theta[cnn_place_of(d->p, at, i)] = (float)(d->p->a * (rows >= cols ? q[col * n + row] : q[row * n + col]));
    }
    free(v);
    return 0;
}

/* ---- what each initialiser is */

enum fan { NO_FAN, FAN_IN, FAN_AVERAGE };

/* The deviation of a standard normal distribution that is cut at two deviations. */
static const double truncated_deviation = .87962566103423978;

static const struct {
    double (*value)(const struct draw *d, int64_t i);
    enum fan fan;
    double gain; /* variance * fan */
} kinds[] = {
    [CNN_ZEROS] = {constant, NO_FAN, 0},
    [CNN_ONES] = {constant, NO_FAN, 0},
    [CNN_CONSTANT] = {constant, NO_FAN, 0},
    [CNN_GLOROT_UNIFORM] = {uniform, FAN_AVERAGE, 1},
    [CNN_GLOROT_NORMAL] = {truncated_normal, FAN_AVERAGE, 1},
    [CNN_HE_UNIFORM] = {uniform, FAN_IN, 2},
    [CNN_HE_NORMAL] = {truncated_normal, FAN_IN, 2},
    [CNN_LECUN_UNIFORM] = {uniform, FAN_IN, 1},
    [CNN_LECUN_NORMAL] = {truncated_normal, FAN_IN, 1},
    [CNN_RANDOM_UNIFORM] = {uniform, NO_FAN, 0},
    [CNN_RANDOM_NORMAL] = {normal, NO_FAN, 0},
    [CNN_TRUNCATED_NORMAL] = {truncated_normal, NO_FAN, 0},
    [CNN_IDENTITY] = {identity, NO_FAN, 0},
    [CNN_ORTHOGONAL] = {normal, NO_FAN, 0},
};

static struct draw make_draw(const struct cnn_param *p, int index, uint64_t seed)
{
    struct draw d = {.p = p, .seed = seed, .stream = CNN_STREAM_INIT | (uint64_t)index << 24, .a = p->a, .b = p->b};
    double fan = (double)p->fan_in;
    if (kinds[p->init].fan == FAN_AVERAGE)
        fan = ((double)p->fan_in + (double)p->fan_out) / 2;
    double variance = kinds[p->init].gain / (fan > 1 ? fan : 1);
    if (p->init == CNN_ZEROS || p->init == CNN_ONES)
        d.a = p->init == CNN_ONES;
    else if (kinds[p->init].fan && kinds[p->init].value == uniform)
        d.a = -sqrt(3 * variance), d.b = -d.a;
    else if (kinds[p->init].fan)
        d.a = 0, d.b = sqrt(variance) / truncated_deviation;
    return d;
}

static void init_param(const struct cnn_model *m, int k, float *theta, uint64_t seed)
{
    struct draw d = make_draw(cnn_param(m, k), k, seed);
    const struct cnn_place at = cnn_place(m, m->core.place, k);
    if (d.p->init == CNN_ORTHOGONAL && orthogonal(&d, &at, theta) == 0)
        return;
    /* a large random matrix is nearly orthogonal, and only a large one gets here */
    if (d.p->init == CNN_ORTHOGONAL) {
        struct cnn_name room;
        cnn_warn(m->name, "out of memory: '%s' starts from random_normal, not orthogonal", cnn_param_name(m, k, &room));
        d.b = d.a / sqrt((double)(d.p->fan_in > 0 ? d.p->fan_in : 1));
        d.a = 0;
    }
    for (int64_t i = 0, n = cnn_param_count(d.p); i < n; i++)
        theta[cnn_place_of(d.p, &at, i)] = (float)kinds[d.p->init].value(&d, i);
}

static void init_state(const struct cnn_model *m, float *state)
{
    memset(state, 0, cnn_optimizer_size(m) * sizeof *state);
    if (m->state_init == 0)
        return;
    for (int k = 0; k < m->n_params; k++) {
        const struct cnn_param *p = cnn_param(m, k);
        const struct cnn_place at = cnn_place(m, m->core.place, k);
        for (int64_t i = 0, n = cnn_param_count(p); p->trainable && i < n; i++)
            state[cnn_place_of(p, &at, i)] = m->state_init; /* the first state alone */
    }
}

void cnn_init_theta(const struct cnn_model *m, float *theta, float *state, uint64_t seed)
{
    memset(theta, 0, m->core.theta * sizeof *theta);
    for (int k = 0; k < m->n_params; k++)
        init_param(m, k, theta, seed);
    if (state && cnn_optimizer_size(m) > 0)
        init_state(m, state);
}
