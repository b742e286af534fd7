/* dataset.h -- declarations that only the files of this room share. */
#ifndef CNN_DATASET_H
#define CNN_DATASET_H

#include "data/data.h"
#include "input.h"
#include "support/peers.h"

/* Opens the files that s names, checks shapes, cuts to `limit` rows (0: all) and checks values. s->kind
 * CNN_NO_SOURCE: the files are .npy or IDX. m has one input and one output. On failure d owns nothing. */
int cnn_dataset_load_port(const struct cnn_model *m, const struct cnn_source *s, int64_t limit, struct cnn_dataset *d,
                          struct cnn_error *e);
/* port_files.c: the same for any network. */
int cnn_dataset_load(const struct cnn_model *m, const struct cnn_source *s, int64_t limit, struct cnn_dataset *d,
                     struct cnn_error *e);

void cnn_dataset_cut(struct cnn_dataset *d, int64_t limit);

/* Does for the names of classes of all ports what cnn_columns_check does for columns. */
int cnn_classes_check(const struct cnn_dataset *train, const struct cnn_beside *b, const char *weights,
                      const char *program, struct cnn_error *e);

/* Targets that are numbers of classes of the network, one a row, become rows that are 1 for one class. */
int cnn_dataset_spread_classes(const struct cnn_model *m, struct cnn_dataset *d, struct cnn_error *e);

/* targets.c: checks in one pass that the loss takes the targets of all rows of d's arrays; that these are numbers of
 * classes, one a row. */
int cnn_dataset_check_targets(const struct cnn_model *m, const struct cnn_dataset *d, struct cnn_error *e);
int cnn_dataset_check_labels(const struct cnn_model *m, const struct cnn_dataset *d, struct cnn_error *e);

/* The same for targets that are the inputs, which are normalised by now. */
int cnn_dataset_check_own(const struct cnn_model *m, const struct cnn_dataset *d, struct cnn_error *e);

/* split.c: cuts the validation part off; validation borrows the arrays of train. */
int cnn_dataset_split(const struct cnn_data *spec, int64_t classes, struct cnn_dataset *train,
                      struct cnn_dataset *validation, struct cnn_error *e);

/* Makes *to a part of `from` that borrows its arrays. At first the part has all rows. */
void cnn_dataset_lend(const struct cnn_dataset *from, struct cnn_dataset *to);

/* how many of `rows` rows validate or test when `part` of them do */
int64_t cnn_part_rows(int64_t rows, double part);
/* Sets share[c], how many rows of class c are taken, so that `wanted` of `total` rows are taken and each class
 * gives its part. */
void cnn_share_out(const int64_t *rows, int64_t classes, int64_t total, int64_t wanted, int64_t *share);

/* batch.c: converts n elements from the i-th on without normalising them */
void cnn_convert_double(const struct cnn_array *a, int64_t i, int64_t n, double *out);

/* ---- once.c: sources that must be decoded are read once on each machine */

struct cnn_once {
    struct cnn_peers *peers;
    const struct cnn_model *m;
    const struct cnn_source *source;
    int decoded; /* as the first rank of a machine sees its file: what is decoded is worth sharing */
    int (*read)(const struct cnn_once *o, struct cnn_dataset *d, struct cnn_error *e); /* in this rank alone */
};

/* Fills *d, which is empty, by read() or from what another rank has read. All ranks call it, and fail together. */
int cnn_dataset_once(const struct cnn_once *o, struct cnn_dataset *d, struct cnn_error *e);

/* ---- ports.c */

/* FILE of "NAME=FILE"; NULL: the word names no file of this port. */
const char *cnn_file_of_port(const char *word, const struct cnn_port *p);
void cnn_dataset_place(const struct cnn_model *m, struct cnn_dataset *d);
int cnn_dataset_check_more(const struct cnn_dataset *d, struct cnn_error *e); /* all have the same number of rows */

#endif
