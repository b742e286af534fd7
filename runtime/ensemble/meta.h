/* meta.h -- the meta-learner, which learns from the members' outputs. The features of a row are the outputs of all
 * members for it, one member after the other. Private to `ensemble stacking`. */
#ifndef CNN_META_H
#define CNN_META_H

#include "ensemble/ensemble.h"

int cnn_meta_open(struct cnn_meta_learner *m, enum cnn_meta_kind kind, int64_t features, int64_t outputs,
                  struct cnn_error *e);
void cnn_meta_free(struct cnn_meta_learner *m); /* takes {0} too */

/* meta_logistic.c: minimises the sum of the rows' cross-entropies + l2/2 * Sum kernel^2. label[row] is the true class.
 * The probabilities come from softmax; one output alone is the sigmoid for class 1. L-BFGS finds the only minimum, on
 * one thread. */
int cnn_meta_fit_logistic(struct cnn_meta_learner *m, const struct cnn_outputs *o, const int64_t *label, double l2,
                          struct cnn_error *e);
/* meta.c: minimises Sum (y - target)^2 + l2 * Sum kernel^2. target: [rows][outputs]. */
int cnn_meta_fit_ridge(struct cnn_meta_learner *m, const struct cnn_outputs *o, const float *target, double l2,
                       struct cnn_error *e);

/* Feature i of a row. */
static inline double cnn_meta_feature(const struct cnn_outputs *o, int64_t row, int64_t i)
{
    return (double)o->y[i / o->size][row * o->size + i % o->size];
}

/* z[outputs] = bias + features * kernel; logistic regression turns them into probabilities. */
void cnn_meta_row(const struct cnn_meta_learner *m, const struct cnn_outputs *o, int64_t row, double *z);
int cnn_meta_apply(const struct cnn_meta_learner *m, const struct cnn_outputs *o,
                   float *y); /* y[rows][outputs]; -1: no memory */

#endif
