/* schedule.c -- the number of a step: a learning rate, or a momentum. The schedules are those of Keras: the warm-up is
 * linear, and the schedule after it counts its steps from the end of the warm-up. */
#include <math.h>

#include "cnn.h"

static const double pi_of_waves = 3.14159265358979323846;

static double decay_exponent(const struct cnn_schedule *s, int64_t t)
{
    double q = s->steps > 0 ? (double)t / (double)s->steps : 0;
    return s->kind == CNN_LR_STEP || s->staircase ? floor(q) : q;
}

static double cosine(const struct cnn_schedule *s, int64_t t, int64_t length)
{
    double done = length > 0 ? (double)t / (double)length : 1;
    if (done > 1)
        done = 1;
    if (s->ends)
        return s->end + (s->lr - s->end) * 0.5 * (1 + cos(pi_of_waves * done));
    return s->lr * ((1 - s->alpha) * 0.5 * (1 + cos(pi_of_waves * done)) + s->alpha);
}

static double cosine_restarts(const struct cnn_schedule *s, int64_t t)
{
    double done = (double)t / (double)s->steps, restarts = floor(done);
    if (s->t_mul == 1) {
        done -= restarts;
    } else {
        restarts = floor(log(1 - done * (1 - s->t_mul)) / log(s->t_mul));
        done = (done - (1 - pow(s->t_mul, restarts)) / (1 - s->t_mul)) / pow(s->t_mul, restarts);
    }
    const double wave = 0.5 * pow(s->m_mul, restarts) * (1 + cos(pi_of_waves * done));
    return s->lr * ((1 - s->alpha) * wave + s->alpha);
}

/* --lr takes the place of the first value; the others keep their ratio to it. */
static double piecewise(const struct cnn_schedule *s, int64_t t)
{
    int i = 0;
    while (i < s->n && (double)t > s->boundaries[i])
        i++;
    return s->values[0] != 0 ? s->lr * (s->values[i] / s->values[0]) : s->values[i];
}

static double polynomial(const struct cnn_schedule *s, int64_t t)
{
    double length = (double)s->steps, at = (double)t;
    if (s->cycle)
        length *= t == 0 ? 1 : ceil(at / length);
    else if (at > length)
        at = length;
    return (s->lr - s->end) * pow(1 - at / length, s->power) + s->end;
}

static double wave_between(double from, double to, double done)
{
    return to + (from - to) / 2 * (1 + cos(pi_of_waves * done));
}

static double one_cycle(const struct cnn_schedule *s, int64_t t, int64_t length)
{
    const double top = s->rise * (double)length - 1, last = (double)length - 1;
    const double first = s->lr / s->div, at = (double)t < last ? (double)t : last;
    if (at <= top && top > 0)
        return wave_between(first, s->lr, at / top);
    return last > top ? wave_between(s->lr, first / s->final_div, (at - top) / (last - top)) : s->lr;
}

double cnn_learning_rate(const struct cnn_schedule *s, int64_t step, int64_t total_steps)
{
    if (step < s->warmup)
        return s->warmup_from + (s->lr - s->warmup_from) * (double)step / (double)s->warmup;
    int64_t t = step - s->warmup;
    switch (s->kind) {
    case CNN_LR_STEP:
    case CNN_LR_EXPONENTIAL: return s->lr * pow(s->rate, decay_exponent(s, t));
    case CNN_LR_COSINE: return cosine(s, t, s->steps > 0 ? s->steps : total_steps - s->warmup);
    case CNN_LR_COSINE_RESTARTS: return cosine_restarts(s, t);
    case CNN_LR_INVERSE_TIME: return s->lr / (1 + s->rate * decay_exponent(s, t));
    case CNN_LR_PIECEWISE: return piecewise(s, t);
    case CNN_LR_POLYNOMIAL: return polynomial(s, t);
    case CNN_LR_ONE_CYCLE: return one_cycle(s, t, s->steps > 0 ? s->steps : total_steps - s->warmup);
    case CNN_LR_CONSTANT: break;
    }
    return s->lr;
}
