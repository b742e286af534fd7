/* shift.c -- turns a scale, a mean and a deviation into the numbers to subtract and to multiply by. */
#include "data/data.h"

struct cnn_shift cnn_normalize_shift(double scale, double mean, double std)
{
    struct cnn_shift s = {.sub_double = mean / scale, .mul_double = scale / std};
    s.sub = (float)s.sub_double;
    s.rest = (float)(s.sub_double - (double)s.sub);
    s.mul = (float)s.mul_double;
    return s;
}

float cnn_normalize_black(const struct cnn_shift *s)
{
    return (-s->sub - s->rest) * s->mul;
}
