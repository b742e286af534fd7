/* dataset.h -- what the files behind data.h share. Private. */
#ifndef CNN_DATASET_H
#define CNN_DATASET_H

#include "data/data.h"
#include "input.h"

/* dataset.c: a data set of the network's, without rows. */
struct cnn_dataset cnn_dataset_of(const struct cnn_model *m);
/* Opens the files that s names, checks shapes, cuts to `limit` rows (0: all), checks values. s->kind CNN_NO_SOURCE: .npy
 * or IDX. On failure d owns nothing. */
int cnn_dataset_load(const struct cnn_model *m, const struct cnn_source *s, int64_t limit, struct cnn_dataset *d,
                     struct cnn_error *e);

/* What messages call it: nan, inf or -inf. */
const char *cnn_not_finite(double v);
void cnn_dataset_cut(struct cnn_dataset *d, int64_t limit);

/* classes.c: the class that the training data gave the name, -1: none. */
int64_t cnn_class_number(const struct cnn_dataset *train, const char *name);
/* What cnn_columns_check says of columns, of the names of classes. */
int cnn_classes_check(const struct cnn_dataset *train, const struct cnn_beside *b, const char *weights,
                      const char *program, struct cnn_error *e);
/* The first few of n names, "a, b, c, ...", to out, which is returned. */
const char *cnn_some_names(char *const *names, int64_t n, char *out, size_t size);
/* The names of the classes; *to has none before, *from none after. */
void cnn_classes_move(struct cnn_dataset *from, struct cnn_dataset *to);
/* Targets of rows of these classes: numbers, or one-hot rows, as the loss wants them. Takes `class` over. */
int cnn_dataset_set_classes(const struct cnn_model *m, struct cnn_dataset *d, int32_t *class, int64_t rows,
                            struct cnn_error *e);
/* Rows of this shape, which own `data`. */
struct cnn_array cnn_rows_array(enum cnn_dtype t, int64_t rows, int rank, const int64_t *shape, void *data);

/* split.c: cuts the validation part off; validation borrows the arrays of train. */
int cnn_dataset_split(const struct cnn_data *spec, int64_t classes, struct cnn_dataset *train,
                      struct cnn_dataset *validation, struct cnn_error *e);

/* A part of `from`, for now all of it, that borrows its arrays. */
void cnn_dataset_lend(const struct cnn_dataset *from, struct cnn_dataset *to);
/* Rows rows[0 .. n) of `from`, which may be there several times; *to borrows the arrays, and is to be freed even on failure. */
int cnn_dataset_pick(const struct cnn_dataset *from, const int64_t *rows, int64_t n, struct cnn_dataset *to,
                     struct cnn_error *e);
int64_t cnn_part_rows(int64_t rows, double part); /* that validate or test when `part` of all do */
/* As many of `total` rows as are `wanted`, each of the classes giving its part. */
void cnn_share_out(const int64_t *rows, int64_t classes, int64_t total, int64_t wanted, int64_t *share);

/* gather.c: n elements from the i-th on, as they are */
void cnn_convert(const struct cnn_array *a, int64_t i, int64_t n, float *out);
void cnn_convert_double(const struct cnn_array *a, int64_t i, int64_t n, double *out);

static inline int64_t cnn_dataset_row(const struct cnn_dataset *d, int64_t i)
{
    return d->index ? d->index[i] : i;
}

#endif
