/* columns.h -- the columns of a table that are a network's inputs: what they are called, and what their values mean. They are those of the
 * training data, travel with the weights, and say which columns of other tables are wanted. */
#ifndef CNN_COLUMNS_H
#define CNN_COLUMNS_H

#include "beside.h"
#include "cnn.h"
#include "files.h"

struct cnn_column {
    char *name;
    char **values; /* of a category, one element of the input each; NULL: a number, which is one element */
    int64_t n_values;
};

struct cnn_columns {
    int64_t n, room;
    struct cnn_column *at;
    double *mean; /* of each element of the input, for missing values; NULL: they were not asked for */
    int64_t x_size;
    struct cnn_names texts; /* see cnn_columns_spell */
};

struct cnn_columns *cnn_columns_new(void);    /* empty; NULL: no memory */
void cnn_columns_free(struct cnn_columns *c); /* of NULL too */
/* A number, to which values may be added. Both copy the text. -1: no memory. */
int cnn_columns_add(struct cnn_columns *c, const char *name);
int cnn_columns_add_value(struct cnn_columns *c, const char *value); /* of the last column */
int64_t cnn_columns_width(const struct cnn_columns *c);              /* elements of the input */

/* What a file of weights stores of them. spell writes the texts when all columns are there (-1: no memory); lend borrows them. c may be
 * NULL: then nothing is stored. */
int cnn_columns_spell(struct cnn_columns *c);
void cnn_columns_lend(const struct cnn_columns *c, struct cnn_beside *b);
/* The columns that a file stores; the caller frees them. NULL: it has none, or none for an input of x_size elements. */
struct cnn_columns *cnn_columns_remembered(const struct cnn_beside *b, int64_t x_size);
/* Weights that were trained on columns in another order would begin as nonsense: an error. On other columns: a warning. file: of the
 * data. */
int cnn_columns_check(const struct cnn_columns *c, const char *file, const struct cnn_beside *b, const char *weights,
                      const char *program, struct cnn_error *e);

#endif
