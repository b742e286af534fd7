/* measured.h -- one image with its outputs, as metrics look at it. Only the files of metrics include it. */
#ifndef CNN_MEASURED_H
#define CNN_MEASURED_H

#include "engine/engine.h"

/* Outputs are y[size], and each run of `last` of them is one answer (in Keras: the last axis). */
struct cnn_measured {
    const struct cnn_meaning *is;
    const float *y;
    const float *dense;    /* NULL: targets are class numbers, in labels */
    const int32_t *labels; /* one for each answer */
    int64_t size, last;
    const struct cnn_target_rule *rule;
};

/* Whether the answer at this place has a label that counts for nothing. */
static inline int cnn_is_ignored(const struct cnn_measured *p, int64_t at)
{
    return p->rule->ignores && !p->dense && (double)p->labels[at / p->last] == p->rule->ignored;
}

/* The mean over the answers that count, of a sum over them. */
static inline double cnn_mean_of_answers(const struct cnn_measured *p, double sum)
{
    int64_t answers = 0;
    for (int64_t at = 0; at < p->size; at += p->last)
        answers += !cnn_is_ignored(p, at);
    return answers > 0 ? sum / (double)answers : 0;
}

#endif
