/* folds.h -- the part of cross-validation that needs no training: which row tests in which fold, and what the
 * results of the folds say together. The functions have no side effects. */
#ifndef CNN_FOLDS_H
#define CNN_FOLDS_H

#include "cnn.h"
#include "files.h"

enum { CNN_MOST_FOLDS = 1000 }; /* the most folds of one repeat; each fold is a training of its own */

/* The number of folds of one repeat. -1: the spec's method does not suit so many rows. */
int64_t cnn_folds_count(const struct cnn_validate *v, int64_t rows, struct cnn_error *e);

/* Sets fold[i] to the fold, 0 .. count - 1, in which row i tests; -1: in none. The result depends only on the
 * arguments, which must have passed cnn_folds_count. label: the classes of the rows, from 0 up, when
 * v->stratified.
 *
 * KFOLD, as in scikit-learn: the first rows % k folds have one row more than the others; when stratified, the rows
 * of each class are dealt so that the numbers in two folds differ by at most one. Without shuffle the folds are
 * what KFold and StratifiedKFold make; with it, rows of equal standing change places at random. */
int cnn_folds_assign(const struct cnn_validate *v, const int64_t *label, int64_t rows, int64_t repeat, int64_t *fold,
                     struct cnn_error *e);
/* The numbers of rows of the rarest class that has rows, and of the most common class. */
int cnn_class_sizes(const int64_t *label, int64_t rows, int64_t *least, int64_t *most, struct cnn_error *e);

/* ---- interval.c */

struct cnn_interval {
    double mean, sd;  /* sd: the deviation of a sample, with n - 1 in the denominator; nan for a single value */
    double low, high; /* the 95% confidence interval of the mean by Student's t; nan for a single value */
};

struct cnn_interval cnn_interval(const double *value, int64_t n);
double cnn_student_t(double p, int64_t freedom); /* the p-quantile of Student's t distribution, 0.5 <= p < 1 */

#endif
