/* boost_rules.c -- what a member's mistakes on the training rows do to its say and to the rows' weights. As scikit-learn has it. */
#include <float.h>
#include <math.h>

#include "boost.h"

/* Their sum becomes 1. A row whose weight is not zero is never quite forgotten. */
static void normalize(double *w, int64_t n)
{
    double all = 0;
    for (int64_t i = 0; i < n; i++)
        all += w[i];
    for (int64_t i = 0; i < n; i++)
        if (w[i] > 0)
            w[i] = fmax(w[i] / all, DBL_EPSILON);
}

enum cnn_boost cnn_boost_samme(double *w, const unsigned char *wrong, int64_t n, int64_t classes, double rate,
                               double *error, double *say)
{
    double all = 0, sum = 0;
    for (int64_t i = 0; i < n; i++) {
        all += w[i];
        sum += wrong[i] ? w[i] : 0;
    }
    *error = sum / all;
    *say = 1;
    if (*error <= 0)
        return CNN_BOOST_PERFECT;
    if (*error >= 1 - 1 / (double)classes)
        return CNN_BOOST_TOO_WEAK;
    *say = rate * (log((1 - *error) / *error) + log((double)classes - 1));
    for (int64_t i = 0; i < n; i++)
        w[i] *= wrong[i] ? exp(*say) : 1;
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

enum cnn_boost cnn_boost_r2(double *w, const double *off, int64_t n, double rate, double *error, double *say)
{
    const double most = largest(w, off, n), scale = most > 0 ? 1 / most : 1;
    *error = 0;
    *say = 1;
    for (int64_t i = 0; i < n; i++)
        *error += w[i] * off[i] * scale;
    if (*error <= 0)
        return CNN_BOOST_PERFECT;
    if (*error >= 0.5)
        return CNN_BOOST_TOO_WEAK;
    const double beta = *error / (1 - *error);
    *say = -rate * log(beta);
    for (int64_t i = 0; i < n; i++)
        w[i] *= w[i] > 0 ? pow(beta, rate * (1 - off[i] * scale)) : 1;
    normalize(w, n);
    return CNN_BOOST_ON;
}
