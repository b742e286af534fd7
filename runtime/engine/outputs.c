/* outputs.c -- turns outputs into probabilities and classes, whatever the outputs mean. */
#include <math.h>

#include "data/data.h"
#include "engine/engine.h"

double cnn_log_sum(const struct cnn_meaning *is, const float *y, int64_t n)
{
    if (is->values != CNN_LOGITS || !is->votes)
        return 0;
    const double most = (double)y[cnn_argmax(y, n)];
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += exp((double)y[i] - most);
    return most + log(sum);
}

double cnn_probability(const struct cnn_meaning *is, float y, double log_sum)
{
    if (is->values != CNN_LOGITS)
        return (double)y;
    return is->votes ? exp((double)y - log_sum) : 1 / (1 + exp(-(double)y));
}

void cnn_probabilities(const struct cnn_meaning *is, const float *y, int64_t n, float *p)
{
    const double log_sum = cnn_log_sum(is, y, n);
    for (int64_t i = 0; i < n; i++)
        p[i] = (float)cnn_probability(is, y[i], log_sum);
}

double cnn_yes_above(const struct cnn_meaning *is, double probability)
{
    if (is->values != CNN_LOGITS)
        return probability;
    if (probability <= 0 || probability >= 1)
        return probability <= 0 ? -HUGE_VAL : HUGE_VAL;
    return log(probability / (1 - probability));
}

int64_t cnn_said_class(const struct cnn_meaning *is, const float *y, int64_t n)
{
    const int64_t best = cnn_likeliest(y, n);
    return n > 1 || best < 0 ? best : (double)y[0] > cnn_yes_above(is, 0.5);
}

struct cnn_answer cnn_answer_of(const struct cnn_meaning *is, const float *y, int64_t n)
{
    const int64_t class = cnn_said_class(is, y, n);
    if (class < 0)
        return (struct cnn_answer){.class = -1, .sure = NAN};
    const double p = cnn_probability(is, y[n > 1 ? class : 0], cnn_log_sum(is, y, n));
    return (struct cnn_answer){.class = (int32_t) class, .sure = (float)(n > 1 || class ? p : 1 - p)};
}
