/* interval.c -- mean, standard deviation, and the interval of the mean by Student's t distribution. */
#include <math.h>

#include "data/data.h"

/* P(T <= t) for t >= 0. For a whole number of degrees of freedom it is a finite sum (Abramowitz and Stegun, 26.7.3 and
 * 26.7.4). */
static double student_below(double t, int64_t freedom)
{
    const double pi = 3.14159265358979323846;
    double angle = atan(t / sqrt((double)freedom)), cosine = cos(angle), sine = sin(angle);
    int odd = freedom % 2 != 0;
    double term = odd ? cosine : 1, sum = freedom > 1 ? term : 0;
    for (int64_t i = odd ? 3 : 2; i < freedom; i += 2) {
        term *= cosine * cosine * (double)(i - 1) / (double)i;
        sum += term;
    }
    return 0.5 + 0.5 * (odd ? 2 / pi * (angle + sine * sum) : sine * sum);
}

double cnn_student_t(double p, int64_t freedom)
{
    double low = 0, high = 1;
    while (student_below(high, freedom) < p)
        high *= 2;
    for (int i = 0; i < 100; i++) {
        double middle = 0.5 * (low + high);
        if (student_below(middle, freedom) < p)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

struct cnn_interval cnn_interval(const double *value, int64_t n)
{
    struct cnn_interval s = {.sd = NAN, .low = NAN, .high = NAN};
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < n; i++)
        sum += value[i];
    s.mean = sum / (double)n;
    if (n < 2)
        return s;
    for (int64_t i = 0; i < n; i++)
        squares += (value[i] - s.mean) * (value[i] - s.mean);
    s.sd = sqrt(squares / (double)(n - 1));
    double reach = cnn_student_t(0.975, n - 1) * s.sd / sqrt((double)n);
    s.low = s.mean - reach;
    s.high = s.mean + reach;
    return s;
}
