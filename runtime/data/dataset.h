/* dataset.h -- what the files behind data.h share. Private. */
#ifndef CNN_DATASET_H
#define CNN_DATASET_H

#include "data/data.h"
#include "input.h"

/* Opens the files that s names, checks shapes, cuts to `limit` rows (0: all), checks values. s->kind CNN_NO_SOURCE: .npy
 * or IDX. On failure d owns nothing. */
int cnn_dataset_load(const struct cnn_model *m, const struct cnn_source *s, int64_t limit, struct cnn_dataset *d,
                     struct cnn_error *e);

void cnn_dataset_cut(struct cnn_dataset *d, int64_t limit);

/* What cnn_columns_check says of columns, of the names of classes. */
int cnn_classes_check(const struct cnn_dataset *train, const struct cnn_beside *b, const char *weights,
                      const char *program, struct cnn_error *e);

/* targets.c: does the loss take the targets of all rows of d's arrays? One pass over them. */
int cnn_dataset_check_targets(const struct cnn_model *m, const struct cnn_dataset *d, struct cnn_error *e);

/* split.c: cuts the validation part off; validation borrows the arrays of train. */
int cnn_dataset_split(const struct cnn_data *spec, int64_t classes, struct cnn_dataset *train,
                      struct cnn_dataset *validation, struct cnn_error *e);

/* A part of `from`, for now all of it, that borrows its arrays. */
void cnn_dataset_lend(const struct cnn_dataset *from, struct cnn_dataset *to);

int64_t cnn_part_rows(int64_t rows, double part); /* that validate or test when `part` of all do */
/* As many of `total` rows as are `wanted`, each of the classes giving its part. */
void cnn_share_out(const int64_t *rows, int64_t classes, int64_t total, int64_t wanted, int64_t *share);

/* batch.c: n elements from the i-th on, as they are */
void cnn_convert_double(const struct cnn_array *a, int64_t i, int64_t n, double *out);

#endif
