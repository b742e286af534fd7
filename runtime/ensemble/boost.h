/* boost.h -- the rules of SAMME and AdaBoost.R2. These functions only compute; they train nothing. Private to `ensemble
 * boosting`. */
#ifndef CNN_BOOST_H
#define CNN_BOOST_H

#include <stdint.h>

enum cnn_boost {
    CNN_BOOST_ON,      /* another member may follow */
    CNN_BOOST_PERFECT, /* no mistakes: this member is the last */
    CNN_BOOST_TOO_WEAK /* no better than chance: this member does not count, and none follows */
};

/* w[n]: the weights of the rows before this member; their sum is 1. When the result is CNN_BOOST_ON, they become those
 * after it. *error: the error of the member under these weights. *vote: its weight among the members. rate: the share
 * of the rule's change that is applied; 1: all of it.
 *
 * SAMME (Zhu, Zou, Rosset, Hastie, "Multi-class AdaBoost", 2009): wrong[i] tells whether the member errs on row i. */
enum cnn_boost cnn_boost_samme(double *w, const unsigned char *wrong, int64_t n, int64_t classes, double rate,
                               double *error, double *vote);
/* AdaBoost.R2 (Drucker, "Improving regressors using boosting techniques", 1997), linear loss: off[i] is how far off it
 * is. */
enum cnn_boost cnn_boost_r2(double *w, const double *off, int64_t n, double rate, double *error, double *vote);

#endif
