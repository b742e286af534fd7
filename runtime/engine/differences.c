/* differences.c -- metrics that compare outputs with targets as numbers, by Keras' formulas, in double. When outputs
 * are logits, their probabilities are compared. */
#include <math.h>

#include "engine/measured.h"

static const double epsilon = 1e-7;

/* Output and target i. A class number stands for its one-hot vector. */
struct pair {
    double y, t;
};

static struct pair pair_of(const struct cnn_measured *p, int64_t i, double log_sum)
{
    const double t = p->dense ? (double)p->dense[i] : (double)(i % p->last == p->labels[i / p->last]);
    return (struct pair){cnn_probability(p->is, p->y[i], log_sum), t};
}

static double clipped(double v, double low, double high)
{
    return v < low ? low : v > high ? high : v;
}

/* ---- means and sums of terms of one output each */

static double square(struct pair v)
{
    return (v.y - v.t) * (v.y - v.t);
}

static double distance(struct pair v)
{
    return fabs(v.y - v.t);
}

static double percent(struct pair v)
{
    return 100 * fabs(v.y - v.t) / fmax(fabs(v.t), epsilon);
}

static double square_of_logs(struct pair v)
{
    const double y = v.y < epsilon ? epsilon : v.y, d = log1p(y) - log1p(fmax(v.t, epsilon));
    return d * d;
}

static double log_cosh(struct pair v)
{
    const double d = fabs(v.y - v.t);
    return d + log1p(exp(-2 * d)) - log(2);
}

static double poisson(struct pair v)
{
    return v.y - v.t * log(v.y + epsilon);
}

static double hinge(struct pair v)
{
    const double m = 1 - (v.t == 0 ? -1 : v.t) * v.y;
    return m < 0 ? 0 : m;
}

static double squared_hinge(struct pair v)
{
    return hinge(v) * hinge(v);
}

static double of_yes(struct pair v)
{
    const double q = clipped(v.y, epsilon, 1 - epsilon);
    return -v.t * log(q) - (1 - v.t) * log(1 - q);
}

static double divergence(struct pair v)
{
    const double t = clipped(v.t, epsilon, 1);
    return t * log(t / clipped(v.y, epsilon, 1));
}

static double (*const terms[])(struct pair) = {
    [CNN_MSE] = square,
    [CNN_MAE] = distance,
    [CNN_RMSE] = square, /* its root is taken at the end */
    [CNN_MAPE] = percent,
    [CNN_MSLE] = square_of_logs,
    [CNN_LOG_COSH] = log_cosh,
    [CNN_POISSON] = poisson,
    [CNN_HINGE] = hinge,
    [CNN_SQUARED_HINGE] = squared_hinge,
    [CNN_BINARY_CROSSENTROPY] = of_yes,
    [CNN_KL_DIVERGENCE] = divergence,
};

/* ---- functions of an answer */

static double sum_of_terms(const struct cnn_measured *p, int64_t at, double log_sum, enum cnn_metric_kind kind)
{
    double sum = 0;
    for (int64_t i = at; i < at + p->last; i++)
        sum += terms[kind](pair_of(p, i, log_sum));
    return kind == CNN_KL_DIVERGENCE ? sum : sum / (double)p->last;
}

/* Probabilities are divided by their sum, as in the loss. */
static double of_classes(const struct cnn_measured *p, int64_t at, double log_sum)
{
    double sum = 0, total = 0;
    for (int64_t i = at; i < at + p->last; i++)
        total += pair_of(p, i, log_sum).y;
    for (int64_t i = at; i < at + p->last; i++) {
        const struct pair v = pair_of(p, i, log_sum);
        sum -= v.t * log(clipped(v.y / total, epsilon, 1 - epsilon));
    }
    return sum;
}

static double categorical_hinge(const struct cnn_measured *p, int64_t at, double log_sum)
{
    double own = 0, other = -HUGE_VAL;
    for (int64_t i = at; i < at + p->last; i++) {
        const struct pair v = pair_of(p, i, log_sum);
        const double score = (1 - v.t) * v.y;
        own += v.t * v.y;
        other = score > other || isnan(score) ? score : other;
    }
    const double m = other - own + 1;
    return m < 0 ? 0 : m;
}

struct moments { /* means; then sums of products, about the means or about 0 */
    double y, t, yy, tt, yt;
};

static struct moments moments_of(const struct cnn_measured *p, int64_t at, double log_sum, int about_means)
{
    struct moments m = {0};
    const double n = (double)p->last;
    for (int64_t i = at; about_means && i < at + p->last; i++) {
        const struct pair v = pair_of(p, i, log_sum);
        m.y += v.y / n;
        m.t += v.t / n;
    }
    for (int64_t i = at; i < at + p->last; i++) {
        const struct pair v = pair_of(p, i, log_sum);
        m.yy += (v.y - m.y) * (v.y - m.y);
        m.tt += (v.t - m.t) * (v.t - m.t);
        m.yt += (v.y - m.y) * (v.t - m.t);
    }
    return m;
}

static double similarity(const struct cnn_measured *p, int64_t at, double log_sum, enum cnn_metric_kind kind)
{
    const struct moments m = moments_of(p, at, log_sum, kind != CNN_COSINE_SIMILARITY);
    const double n = (double)p->last;
    switch (kind) {
    case CNN_COSINE_SIMILARITY: return m.yt / (fmax(sqrt(m.yy), epsilon) * fmax(sqrt(m.tt), epsilon));
    case CNN_PEARSON_CORRELATION: return m.yt / sqrt(m.yy * m.tt);
    default: return 2 * m.yt / n / ((m.yy + m.tt) / n + (m.y - m.t) * (m.y - m.t) + epsilon);
    }
}

static double of_answer(const struct cnn_measured *p, int64_t at, double log_sum, enum cnn_metric_kind kind)
{
    switch (kind) {
    case CNN_CATEGORICAL_CROSSENTROPY: return of_classes(p, at, log_sum);
    case CNN_CATEGORICAL_HINGE: return categorical_hinge(p, at, log_sum);
    case CNN_COSINE_SIMILARITY:
    case CNN_PEARSON_CORRELATION:
    case CNN_CONCORDANCE_CORRELATION: return similarity(p, at, log_sum, kind);
    default: return sum_of_terms(p, at, log_sum, kind);
    }
}

double cnn_difference(const struct cnn_measured *p, enum cnn_metric_kind kind)
{
    double sum = 0;
    for (int64_t at = 0; at < p->size; at += p->last)
        if (!cnn_is_ignored(p, at))
            sum += of_answer(p, at, cnn_log_sum(p->is, p->y + at, p->last), kind);
    return cnn_mean_of_answers(p, sum);
}
