/* data.h -- data sets: finds and opens their files, checks, splits and normalises rows, and gathers batches. Rows stay as the file has
 * them (often mapped bytes) and become floats when a batch is gathered. Nothing here knows formats that need a library (csv/ and images/
 * have those), weights, or how to train. */
#ifndef CNN_DATA_H
#define CNN_DATA_H

#include "cnn.h"
#include "data/columns.h"
#include "data/folds.h"
#include "data/normalize.h"
#include "files.h"

struct cnn_dataset {
    int64_t rows;           /* of this part; 0: there is none */
    int64_t x_size, y_size; /* elements a row */
    int sparse;             /* targets are class numbers */
    struct cnn_normalize normalize;
    struct cnn_array x, y;   /* y.data is NULL when there are no targets */
    struct cnn_array weight; /* CNN_F32 [rows of x], factors of the rows' losses; data NULL: every row counts alike */
    int64_t *index;          /* row i of the part is row index[i] of the arrays; NULL: the same */
    char *x_file, *y_file, *weight_file; /* for messages */
    char **classes;                      /* their names, where the file has names; NULL: it has numbers */
    int64_t n_classes;
    struct cnn_columns
        *columns; /* of rows from a table that told them: the inputs; NULL: others know, or there are none */
};

enum cnn_part { CNN_PART_TRAIN = 1, CNN_PART_VALIDATION = 2, CNN_PART_TEST = 4 };

struct cnn_data_options {
    const char *dir; /* NULL: $CNN_DATA_DIR, else the current folder */
    int parts; /* enum cnn_part, or-ed; a part that the spec does not have stays empty, one not asked for may be filled
                */
    int whole; /* the training part is its source, uncut, and nothing is fitted: cnn_data_fold does both */
    int64_t limit; /* first rows of the training source, before any split; 0: all */
    const struct cnn_normalize
        *normalize; /* known already (from a checkpoint): nothing is fitted; NULL: as the spec says */
    /* What the file of weights knows of the training data, so that those need not be read for their names; NULL: nothing. */
    const struct cnn_beside *beside;
    const char *beside_file;
};

struct cnn_datasets {
    struct cnn_dataset train, validation, test;
    struct cnn_normalize normalize; /* with `auto` resolved */
};

/* Finds, opens, checks and splits what `o->parts` wants. Reads the training source too when a normalisation must be
 * fitted. */
int cnn_data_load(const struct cnn_model *m, const struct cnn_data_options *o, struct cnn_datasets *out,
                  struct cnn_error *e);
void cnn_data_free(struct cnn_datasets *d);
/* Cross-validation: as if of the training rows of `whole` only those with fold[i] != test were there, cut and fitted as the
 * spec says, and those with fold[i] == test were the test set. *out borrows the arrays of `whole`. */
int cnn_data_fold(const struct cnn_model *m, const struct cnn_datasets *whole, const int64_t *fold, int64_t test,
                  struct cnn_datasets *out, struct cnn_error *e);
int64_t cnn_classes(const struct cnn_model *m); /* that a row may be of; 0: the network does not tell classes apart */
/* What a file of weights stores about these data; it borrows from them. */
struct cnn_beside cnn_data_beside(const struct cnn_datasets *d);
/* The class of a row: its class number; of other targets the largest, or, of one alone, whether it is above 0.5. t has room
 * for y_size. */
int64_t cnn_row_class(const struct cnn_dataset *d, int64_t i, float *t);
int64_t cnn_argmax(const float *v, int64_t n);       /* the first of the largest */
int64_t cnn_likeliest(const float *y, int64_t n);    /* the same of outputs; -1 when one is NaN: no answer is right */
int64_t cnn_target_class(const float *t, int64_t n); /* the same of n targets */

/* One data set from files named by the user, no search: predict's --input (y NULL), gradients' --input and --target. The
 * normalisation is shared. */
int cnn_dataset_open(const struct cnn_model *m, const char *x, const char *y, const struct cnn_normalize *normalize,
                     struct cnn_dataset *out, struct cnn_error *e);
/* Inputs alone, from a .csv. Its columns are found by name and may have any order. columns: those of the training data; NULL: the
 * training data are read for them. */
int cnn_dataset_open_table(const struct cnn_model *m, const char *x, struct cnn_columns *columns, const char *dir,
                           struct cnn_dataset *out, struct cnn_error *e);
int cnn_is_table_name(const char *path); /* .csv, .tsv, packed or not */
void cnn_dataset_free(struct cnn_dataset *d);
/* Rows order[first .. first + n) of d (order NULL: rows first .. first + n), normalised, into x[n][x_size]; targets
 * into int32_t [n] when d->sparse, else [n][y_size] of the precision. target may be NULL. Pure: threads may share d. */
void cnn_gather(const struct cnn_dataset *d, const int64_t *order, int64_t first, int64_t n, float *x, void *target);
void cnn_gather_double(const struct cnn_dataset *d, const int64_t *order, int64_t first, int64_t n, double *x,
                       void *target);

/* The weights of such rows to out; returns out, or NULL when the rows have none. */
const float *cnn_gather_weights(const struct cnn_dataset *d, const int64_t *order, int64_t first, int64_t n,
                                float *out);

int cnn_has_ending(const char *path, const char *ending); /* and a name before it */
int cnn_is_image_name(const char *path);                  /* .png, .jpg, .jpeg */

/* `name` in dir, malloc'd; an absolute name ignores dir. NULL: no memory. */
char *cnn_data_path(const char *dir, const char *name);
/* The file `name` in dir, as it is or with .gz added or taken off, whichever is there; malloc'd, NULL: *e names all
 * that was tried. An absolute name ignores dir. */
char *cnn_find_file(const char *dir, const char *name, struct cnn_error *e);

/* ---- for what reads files of another format into a data set, and for what trains on some of its rows */

/* A data set of the network's, without rows. */
struct cnn_dataset cnn_dataset_of(const struct cnn_model *m);

/* The class that the training data gave the name, -1: none. */
int64_t cnn_class_number(const struct cnn_dataset *train, const char *name);
/* The first few of n names, "a, b, c, ...", to out, which is returned. */
const char *cnn_some_names(char *const *names, int64_t n, char *out, size_t size);
/* The names of the classes; *to has none before, *from none after. */
void cnn_classes_move(struct cnn_dataset *from, struct cnn_dataset *to);
/* Targets of rows of these classes: numbers, or one-hot rows, as the loss wants them. Takes `class` over. */
int cnn_dataset_set_classes(const struct cnn_model *m, struct cnn_dataset *d, int32_t *class, int64_t rows,
                            struct cnn_error *e);
/* Rows of this shape, which own `data`. */
struct cnn_array cnn_rows_array(enum cnn_dtype t, int64_t rows, int rank, const int64_t *shape, void *data);

/* Rows rows[0 .. n) of `from`, each of which may stand there several times. *to borrows the arrays; free it even on failure. */
int cnn_dataset_pick(const struct cnn_dataset *from, const int64_t *rows, int64_t n, struct cnn_dataset *to,
                     struct cnn_error *e);

static inline int64_t cnn_dataset_row(const struct cnn_dataset *d, int64_t i)
{
    return d->index ? d->index[i] : i;
}

/* n elements from the i-th on, as they are. */
void cnn_convert(const struct cnn_array *a, int64_t i, int64_t n, float *out);

/* ---- madeup.c: inputs and targets that suit the network, when there are no others */

int cnn_madeup_data(const struct cnn_model *m, uint64_t seed, int64_t rows, struct cnn_dataset *out,
                    struct cnn_error *e);
double cnn_madeup_normal(uint64_t seed, uint64_t stream, uint64_t i);

#endif
