/* columns.h -- the columns of a table that are the inputs of a network: their names and what their values mean.
 * They come from the training data, are stored with the weights, and say which columns of other tables are wanted. */
#ifndef CNN_COLUMNS_H
#define CNN_COLUMNS_H

#include "beside.h"
#include "cnn.h"
#include "files.h"

struct cnn_column {
    char *name;
    /* of a category: each value is one element of the input; NULL: the column is a number, which is one element */
    char **values;
    int64_t n_values;
};

struct cnn_columns {
    int64_t n, room;
    struct cnn_column *at;
    double *mean; /* of each element of the input, used for missing values; NULL: the spec did not ask for means */
    int64_t x_size;
    struct cnn_names texts; /* see cnn_columns_spell */
};

struct cnn_columns *cnn_columns_new(void);    /* an empty list; NULL: no memory */
void cnn_columns_free(struct cnn_columns *c); /* c may be NULL */
/* Adds a column that is a number until values are added to it. Both functions copy the text. -1: no memory. */
int cnn_columns_add(struct cnn_columns *c, const char *name);
int cnn_columns_add_value(struct cnn_columns *c, const char *value); /* a value of the last column */
int64_t cnn_columns_width(const struct cnn_columns *c);              /* the number of elements of the input */

/* What a file of weights stores about the columns. cnn_columns_spell writes the texts after all columns were added
 * (-1: no memory); cnn_columns_lend lets b borrow them. c may be NULL for the latter: then nothing is stored. */
int cnn_columns_spell(struct cnn_columns *c);
void cnn_columns_lend(const struct cnn_columns *c, struct cnn_beside *b);
/* The columns that a file stores; the caller frees them. NULL: the file has none, or they do not fit an input of
 * x_size elements. */
struct cnn_columns *cnn_columns_remembered(const struct cnn_beside *b, int64_t x_size);
/* Compares the columns with those that the weights were trained on. Another order is an error, because the weights
 * would mean nothing; other columns are a warning. file: the file of the data. */
int cnn_columns_check(const struct cnn_columns *c, const char *file, const struct cnn_beside *b, const char *weights,
                      const char *program, struct cnn_error *e);

#endif
