/* dataset.h -- what the files behind data.h share. Private. */
#ifndef CNN_DATASET_H
#define CNN_DATASET_H

#include "data.h"
#include "input.h"

/* dataset.c: opens, checks shapes, cuts to `limit` rows (0: all), checks values. On failure d owns nothing. */
int cnn_dataset_load(const struct cnn_model *m, const char *x, const char *y, enum cnn_source_kind kind, int64_t limit,
                     struct cnn_dataset *d, struct cnn_error *e);

void cnn_dataset_cut(struct cnn_dataset *d, int64_t limit);

/* split.c: cuts the validation part off; validation borrows the arrays of train. */
int cnn_dataset_split(const struct cnn_data *spec, int64_t classes, struct cnn_dataset *train,
                      struct cnn_dataset *validation, struct cnn_error *e);

/* gather.c: n elements from the i-th on, times mul, plus add */
void cnn_convert(const struct cnn_array *a, int64_t i, int64_t n, float mul, float add, float *out);
void cnn_convert_double(const struct cnn_array *a, int64_t i, int64_t n, double mul, double add, double *out);

static inline int64_t cnn_dataset_row(const struct cnn_dataset *d, int64_t i)
{
    return d->index ? d->index[i] : i;
}

#endif
