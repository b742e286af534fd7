/* folds.h -- cross-validation without training: which row tests in which fold, and what the folds say together. Pure. */
#ifndef CNN_FOLDS_H
#define CNN_FOLDS_H

#include "cnn.h"
#include "files.h"

enum { CNN_MOST_FOLDS = 1000 }; /* of one repeat: each is a training of its own */

/* The folds of one repeat. -1: the spec's method does not suit so many rows. */
int64_t cnn_folds_count(const struct cnn_validate *v, int64_t rows, struct cnn_error *e);

/* fold[i]: the fold, 0 .. count - 1, in which row i tests; -1: in none. Depends on the arguments alone, which must have
 * passed cnn_folds_count. label: the rows' classes from 0 up, when v->stratified.
 *
 * KFOLD, as in scikit-learn: the first rows % k folds have one row more than the others; stratified, each class's rows are
 * dealt so that a fold has as many of it as any other, but for one. Without shuffle the folds are what KFold and
 * StratifiedKFold make; with it, rows of equal standing change places at random. */
int cnn_folds_assign(const struct cnn_validate *v, const int64_t *label, int64_t rows, int64_t repeat, int64_t *fold,
                     struct cnn_error *e);
/* Rows of the rarest class that there is, and of the most common one. */
int cnn_class_sizes(const int64_t *label, int64_t rows, int64_t *least, int64_t *most, struct cnn_error *e);

/* ---- interval.c */

struct cnn_interval {
    double mean, sd;  /* sd: of a sample, n - 1 below; nan of one value */
    double low, high; /* where Student's t expects the mean, 95 times of 100; nan of one value */
};

struct cnn_interval cnn_interval(const double *value, int64_t n);
double cnn_student_t(double p, int64_t freedom); /* the quantile, 0.5 <= p < 1 */

#endif
