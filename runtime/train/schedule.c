/* schedule.c -- the learning rate of a step. The schedules are those of Keras: the warm-up rises linearly from 0, and
 * the schedule after it counts its steps from the end of the warm-up. */
#include <math.h>

#include "cnn.h"

static double decay_exponent(const struct cnn_schedule *s, int64_t t)
{
    double q = s->steps > 0 ? (double)t / (double)s->steps : 0;
    return s->kind == CNN_LR_STEP || s->staircase ? floor(q) : q;
}

static double cosine(const struct cnn_schedule *s, int64_t t, int64_t length)
{
    const double pi = 3.14159265358979323846;
    double done = length > 0 ? (double)t / (double)length : 1;
    if (done > 1)
        done = 1;
    return s->lr * ((1 - s->alpha) * 0.5 * (1 + cos(pi * done)) + s->alpha);
}

double cnn_learning_rate(const struct cnn_schedule *s, int64_t step, int64_t total_steps)
{
    if (step < s->warmup)
        return s->lr * (double)step / (double)s->warmup;
    int64_t t = step - s->warmup;
    switch (s->kind) {
    case CNN_LR_STEP:
    case CNN_LR_EXPONENTIAL: return s->lr * pow(s->rate, decay_exponent(s, t));
    case CNN_LR_COSINE: return cosine(s, t, s->steps > 0 ? s->steps : total_steps - s->warmup);
    case CNN_LR_CONSTANT: break;
    }
    return s->lr;
}
