/* normalize.h -- the normalisation of every input: x * scale, then (x - mean) / std. */
#ifndef CNN_NORMALIZE_H
#define CNN_NORMALIZE_H

#include "beside.h"
#include "cnn.h"
#include "files.h"

/* Mean and std of each channel. Channels are the last axis of an input, so in a flat input every feature is a
 * channel. The other arrays hold the same as numbers to subtract and to multiply by, for `period` values, a
 * multiple of n. The number to subtract from floats is in two parts, sub and rest, so that values near the mean
 * keep all their digits. */
struct cnn_channels {
    int64_t n, period;
    double *mean, *std;              /* [n] */
    double *sub_double, *mul_double; /* [period] */
    float *sub, *rest, *mul;
    float *black; /* what 0 becomes */
    int owners;
};

struct cnn_normalize {
    double scale, mean, std;       /* mean, std: for all values, when there are no channels */
    struct cnn_channels *channels; /* NULL, or shared: cnn_normalize_share and _free count its owners */
};
#define CNN_NOT_NORMALIZED ((struct cnn_normalize){.scale = 1, .std = 1})

/* The numbers for which (x - sub - rest) * mul is (x * scale - mean) / std. */
struct cnn_shift {
    double sub_double, mul_double;
    float sub, rest, mul;
};
struct cnn_shift cnn_normalize_shift(double scale, double mean, double std);
float cnn_normalize_black(const struct cnn_shift *s); /* what 0 becomes */

struct cnn_dataset;

struct cnn_normalize cnn_normalize_share(const struct cnn_normalize *z); /* adds an owner */
void cnn_normalize_free(struct cnn_normalize *z);                        /* *z may be CNN_NOT_NORMALIZED or {0} */

/* When one of the functions below fails, *z holds nothing that must be freed. */

/* The normalisation that the spec gives, with mean 0 and std 1 where it says `auto`. */
int cnn_normalize_spec(const struct cnn_model *m, struct cnn_normalize *z, struct cnn_error *e);
int cnn_normalize_is_fitted(const struct cnn_model *m); /* nonzero: the spec has an `auto` */
/* The normalisation that the spec gives, with `auto` computed from these rows: the mean and the deviation of each
 * channel (with n in the denominator). A channel that is the same everywhere gets std 1; it is an error when all
 * channels are. */
int cnn_normalize_fit(const struct cnn_model *m, const struct cnn_dataset *train, struct cnn_normalize *z,
                      struct cnn_error *e);
/* The normalisation that the file of weights at `path` stores. Returns 1: it stores one; 0: it does not; -1: it is
 * for another number of channels than the network has. */
int cnn_normalize_remembered(const struct cnn_model *m, const struct cnn_beside *b, const char *path,
                             struct cnn_normalize *z, struct cnn_error *e);
/* Warns when the weights were trained on inputs with another normalisation than the one that the spec gives in
 * numbers. */
void cnn_normalize_compare(const struct cnn_model *m, const struct cnn_beside *b, const char *path);
/* lets b borrow the normalisation, to be stored */
void cnn_normalize_lend(const struct cnn_normalize *z, struct cnn_beside *b);

#endif
