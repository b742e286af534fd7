/* normalize.h -- what every input goes through: x * scale, then (x - mean) / std. */
#ifndef CNN_NORMALIZE_H
#define CNN_NORMALIZE_H

#include "beside.h"
#include "cnn.h"
#include "files.h"

/* Mean and std of each channel, which is the last axis of an input, so that of a flat one every feature is a channel. And the same as
 * numbers to be subtracted and multiplied by, for as many values as `period`, a multiple of n. What is subtracted from floats is in two
 * parts, so that what is near the mean keeps all its digits. */
struct cnn_channels {
    int64_t n, period;
    double *mean, *std;              /* [n] */
    double *sub_double, *mul_double; /* [period] */
    float *sub, *rest, *mul;
    float *black; /* what 0 becomes */
    int owners;
};

struct cnn_normalize {
    double scale, mean, std;       /* mean, std: of all values, when there are no channels */
    struct cnn_channels *channels; /* NULL, or shared: cnn_normalize_share and _free count its owners */
};
#define CNN_NOT_NORMALIZED ((struct cnn_normalize){.scale = 1, .std = 1})

/* (x - sub - rest) * mul is (x * scale - mean) / std. */
struct cnn_shift {
    double sub_double, mul_double;
    float sub, rest, mul;
};
struct cnn_shift cnn_normalize_shift(double scale, double mean, double std);
float cnn_normalize_black(const struct cnn_shift *s); /* what 0 becomes */

struct cnn_dataset;

struct cnn_normalize cnn_normalize_share(const struct cnn_normalize *z); /* another owner */
void cnn_normalize_free(struct cnn_normalize *z);                        /* of CNN_NOT_NORMALIZED or {0} too */

/* On failure of what comes next *z has nothing to be freed. */

/* As the spec says, with 0 and 1 where it says `auto`. */
int cnn_normalize_spec(const struct cnn_model *m, struct cnn_normalize *z, struct cnn_error *e);
int cnn_normalize_is_fitted(const struct cnn_model *m); /* the spec has an `auto` */
/* As the spec says, with `auto` computed from these rows: means and deviations (of all rows, n below) of each channel. A channel that
 * is the same everywhere keeps its width, std 1; when all are, it is an error. */
int cnn_normalize_fit(const struct cnn_model *m, const struct cnn_dataset *train, struct cnn_normalize *z,
                      struct cnn_error *e);
/* As the file of weights at `path` remembers. 1: it does; 0: not; -1: for another number of channels than the network has. */
int cnn_normalize_remembered(const struct cnn_model *m, const struct cnn_beside *b, const char *path,
                             struct cnn_normalize *z, struct cnn_error *e);
/* Warns where weights were trained on inputs that were normalised otherwise than the spec says, which says it in numbers. */
void cnn_normalize_compare(const struct cnn_model *m, const struct cnn_beside *b, const char *path);
void cnn_normalize_lend(const struct cnn_normalize *z, struct cnn_beside *b); /* that to remember */

#endif
