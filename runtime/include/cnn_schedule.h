/* cnn_schedule.h -- numbers that change over the steps of a run: learning rates, and the momentum of models that follow
 * others. A part of cnn.h. */
#ifndef CNN_SCHEDULE_H
#define CNN_SCHEDULE_H

#include <stdint.h>

enum cnn_schedule_kind {
    CNN_LR_CONSTANT,
    CNN_LR_STEP,
    CNN_LR_EXPONENTIAL,
    CNN_LR_COSINE,
    CNN_LR_COSINE_RESTARTS,
    CNN_LR_INVERSE_TIME,
    CNN_LR_PIECEWISE,
    CNN_LR_POLYNOMIAL,
    CNN_LR_ONE_CYCLE
};
struct cnn_schedule {
    enum cnn_schedule_kind kind;
    double lr, warmup_from; /* the base learning rate, and the one where the warm-up begins */
    double rate;            /* STEP, EXPONENTIAL: lr * rate^(t / steps), STEP with the quotient cut to a whole number */
    int64_t steps;          /* COSINE: length of the decay; 0: all steps of the run */
    double alpha;           /* COSINE: lr * ((1 - alpha) * (1 + cos(pi t / steps)) / 2 + alpha) */
    int64_t warmup;         /* steps of linear warm-up before the schedule */
    int staircase;          /* EXPONENTIAL, INVERSE_TIME: the quotient is cut to a whole number too */
    /* COSINE_RESTARTS: each period is t_mul times as long as the one before, and begins m_mul times as high */
    double t_mul, m_mul;
    int ends;          /* COSINE: it ends at `end`, whatever alpha says */
    double end, power; /* POLYNOMIAL: (lr - end) * (1 - t / steps)^power + end */
    int cycle;         /* POLYNOMIAL: it goes on in further periods instead of staying at `end` */
    /* ONE_CYCLE: rises from lr / div to lr in the first part `rise`, then falls to lr / div / final_div */
    double rise, div, final_div;
    const double *boundaries, *values; /* PIECEWISE: values[i] up to step boundaries[i], then the last of n + 1 */
    int n;
};

#endif
