/* boost_rules.c -- how a member's mistakes on the training rows change the weight of its vote and the weights of the
 * rows. The rules are those of scikit-learn. */
#include <float.h>
#include <math.h>

#include "ensemble/boost.h"

/* A member that is no better than chance must be recognised for any number of rows. Most weights are not exact in
 * binary, and the factors of each round are rounded a few times more; the sums add no error to that, as they are
 * compensated (Neumaier, 1974). */
static const double chance_width = 1e-10;

struct sum {
    double all, lost;
};

static void add(struct sum *s, double x)
{
    const double all = s->all + x;
    s->lost += fabs(s->all) >= fabs(x) ? (s->all - all) + x : (x - all) + s->all;
    s->all = all;
}

static double total(const struct sum *s)
{
    return s->all + s->lost;
}

static int is_chance(double error, double chance)
{
    return error >= chance - chance_width;
}

/* Makes the sum of the weights 1. A weight that is not zero never becomes zero, so no row is quite forgotten. */
static void normalize(double *w, int64_t n)
{
    struct sum all = {0, 0};
    for (int64_t i = 0; i < n; i++)
        add(&all, w[i]);
    for (int64_t i = 0; i < n; i++)
        if (w[i] > 0)
            w[i] = fmax(w[i] / total(&all), DBL_EPSILON);
}

enum cnn_boost cnn_boost_samme(double *w, const unsigned char *wrong, int64_t n, int64_t classes, double rate,
                               double *error, double *vote)
{
    struct sum right_ones = {0, 0}, wrong_ones = {0, 0};
    for (int64_t i = 0; i < n; i++)
        add(wrong[i] ? &wrong_ones : &right_ones, w[i]);
    *error = total(&wrong_ones) / (total(&right_ones) + total(&wrong_ones));
    *vote = 1;
    if (*error <= 0)
        return CNN_BOOST_PERFECT;
    if (is_chance(*error, 1 - 1 / (double)classes))
        return CNN_BOOST_TOO_WEAK;
    *vote = rate * (log((1 - *error) / *error) + log((double)classes - 1));
    for (int64_t i = 0; i < n; i++)
        w[i] *= wrong[i] ? exp(*vote) : 1;
    normalize(w, n);
    return CNN_BOOST_ON;
}

static double largest(const double *w, const double *off, int64_t n)
{
    double most = 0;
    for (int64_t i = 0; i < n; i++)
        if (w[i] > 0 && off[i] > most)
            most = off[i];
    return most;
}

enum cnn_boost cnn_boost_r2(double *w, const double *off, int64_t n, double rate, double *error, double *vote)
{
    const double most = largest(w, off, n), scale = most > 0 ? 1 / most : 1;
    struct sum sum = {0, 0};
    *vote = 1;
    for (int64_t i = 0; i < n; i++)
        add(&sum, w[i] * off[i] * scale);
    *error = total(&sum);
    if (*error <= 0)
        return CNN_BOOST_PERFECT;
    if (is_chance(*error, 0.5))
        return CNN_BOOST_TOO_WEAK;
    const double beta = *error / (1 - *error);
    *vote = -rate * log(beta);
    for (int64_t i = 0; i < n; i++)
        w[i] *= w[i] > 0 ? pow(beta, rate * (1 - off[i] * scale)) : 1;
    normalize(w, n);
    return CNN_BOOST_ON;
}
