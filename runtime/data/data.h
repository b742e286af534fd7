/* data.h -- data sets: this room finds and opens their files, checks, splits and normalises rows, and gathers
 * batches. Rows stay as the file has them (often mapped bytes) and become floats when a batch is gathered. Nothing
 * here knows weights, how to train, or the formats that need a library (csv/ and images/ read those). */
#ifndef CNN_DATA_H
#define CNN_DATA_H

#include "cnn.h"
#include "data/columns.h"
#include "data/folds.h"
#include "data/normalize.h"
#include "files.h"

struct cnn_peers;
struct cnn_dataset {
    int64_t rows;              /* of this part; 0: the part does not exist */
    int64_t x_size, y_size;    /* elements of a row */
    int sparse;                /* 1: targets are class numbers */
    enum cnn_target_from from; /* INPUT, NOTHING: there is no y, and cnn_gather() makes the targets */
    int own;                   /* INPUT: of the input of this number */
    struct cnn_normalize normalize;
    struct cnn_array x, y; /* y.data is NULL when there are no targets */
    /* CNN_F32 [rows of x], factors of the losses of the rows; data NULL: all rows count alike */
    struct cnn_array weight;
    int64_t *index;                      /* row i of the part is row index[i] of the arrays; NULL: it is row i */
    char *x_file, *y_file, *weight_file; /* for messages */
    char **classes;                      /* names of the classes when the file has names; NULL: it has numbers */
    int64_t n_classes;
    /* the input columns, when the rows come from a table that defined them; NULL: another data set has them, or
     * there are none */
    struct cnn_columns *columns;
    /* Data sets of the other ports: number i - 1 has input i and target i, as far as the network has those, for the
     * same rows. Only the first has an index, a normalisation and weights. */
    struct cnn_dataset *more;
    int n_more, lent;        /* lent: another data set owns `more` */
    int input, target;       /* which of the data it holds, where several models read different ones; -1: none */
    int skips_x, skips_y;    /* the network has no input, no target of this number */
    size_t x_at[2], y_at[2]; /* of one of `more`: bytes from the first row of a chunk in float, in double */
};

/* ---- ports.c */

/* The data set of the port of that number: d itself, or one of `more`. */
static inline struct cnn_dataset *cnn_dataset_port(struct cnn_dataset *d, int port)
{
    return port ? &d->more[port - 1] : d;
}
static inline void cnn_dataset_take_input(struct cnn_dataset *to, const struct cnn_dataset *from)
{
    to->x = from->x;
    to->x_size = from->x_size;
    to->x_file = from->x_file;
    to->input = from->input;
}
/* Nonzero: a layer wants the rows of a batch mixed while the network trains. */
static inline int cnn_mixes(const struct cnn_model *m)
{
    return m->train && m->train->mixing.how != CNN_MIX_NOTHING;
}
/* How many ports the network has: the larger number of inputs and outputs. */
int cnn_ports(const struct cnn_model *m);
/* Bytes from the first row of a chunk of `chunk` images to that of a port, and, for the number behind the last one, of
 * the whole; `real`: bytes of a real number. */
size_t cnn_input_place(const struct cnn_model *m, int input, int chunk, size_t real);
size_t cnn_output_place(const struct cnn_model *m, int output, int chunk, size_t real);
size_t cnn_target_place(const struct cnn_model *m, int target, int chunk, size_t real);
int64_t cnn_output_sizes(const struct cnn_model *m, int outputs); /* elements of the first outputs of an image */
/* The file that --input or --target names: of a network with several ports that is FILE of "NAME=FILE". */
const char *cnn_port_file(const struct cnn_model *m, const char *word);
/* The network as if it had only the input, the output, the target and the metrics of that number. */
struct cnn_view {
    struct cnn_model m;
    struct cnn_train train;
    int first_metric; /* the number of its first metric in the network */
};
const struct cnn_model *cnn_port_view(struct cnn_view *v, const struct cnn_model *m, int port);

enum cnn_part { CNN_PART_TRAIN = 1, CNN_PART_VALIDATION = 2, CNN_PART_TEST = 4 };

struct cnn_data_options {
    const char *dir; /* NULL: $CNN_DATA_DIR, else the current folder */
    /* enum cnn_part, or-ed. A part that the spec does not have stays empty; a part that is not asked for may be
     * filled */
    int parts;
    /* 1: the training part is its whole source, uncut, and no normalisation is fitted; cnn_data_fold does both
     * later */
    int whole;
    int64_t limit; /* only so many first rows of the training source are used, before any split; 0: all */
    const struct cnn_normalize
        *normalize; /* when it is known already (from a checkpoint), nothing is fitted; NULL: as the spec says */
    /* What the file of weights knows about the training data, so that the data need not be read for their names;
     * NULL: nothing. */
    const struct cnn_beside *beside;
    const char *beside_file;
    struct cnn_peers *peers; /* those that load the same data at the same time; NULL: nobody */
};

struct cnn_datasets {
    struct cnn_dataset train, validation, test;
    struct cnn_normalize normalize; /* of all parts, with `auto` computed */
    struct cnn_datasets *whole;     /* what these borrow from, arranged for one of several models; NULL: nothing */
};

/* Finds, opens, checks and splits what `o->parts` wants. Reads the training source too when a normalisation must be
 * fitted. */
int cnn_data_load(const struct cnn_model *m, const struct cnn_data_options *o, struct cnn_datasets *out,
                  struct cnn_error *e);
void cnn_data_free(struct cnn_datasets *d);

/* ---- nets.c: the data of several models, of which each reads other inputs and targets */

/* A network with all inputs and targets of the data, and nothing else of its own: what they are loaded for. */
struct cnn_shared {
    struct cnn_model m;
    struct cnn_output outputs[CNN_MOST_PORTS];
    struct cnn_target targets[CNN_MOST_PORTS];
};
void cnn_shared_data(const struct cnn_nets *nets, struct cnn_shared *out);
/* What a command is about, if it is one of several models and reads the data; else NULL. */
const struct cnn_net *cnn_net_of(const struct cnn_model *m);
/* The rows as that network has them. *out borrows all but its `more`, which is freed with free(); even on failure. */
int cnn_dataset_arrange(const struct cnn_model *m, const struct cnn_net *net, const struct cnn_dataset *from,
                        struct cnn_dataset *out, struct cnn_error *e);
/* The same for all parts, as cnn_net_of(m), which there must be, has them. */
int cnn_data_arrange(const struct cnn_model *m, struct cnn_datasets *d, struct cnn_error *e);

/* Cross-validation: the training rows of `whole` with fold[i] != test are the training source, which is split and
 * normalised as the spec says; those with fold[i] == test are the test set. *out borrows the arrays of `whole`. */
int cnn_data_fold(const struct cnn_model *m, const struct cnn_datasets *whole, const int64_t *fold, int64_t test,
                  struct cnn_datasets *out, struct cnn_error *e);
/* the number of classes; 0: the network does not tell classes apart */
int64_t cnn_classes(const struct cnn_model *m);
/* What a file of weights stores about these data; the result borrows from them. */
struct cnn_beside cnn_data_beside(const struct cnn_datasets *d);
/* The class of a row: its class number when targets are those; otherwise the index of the largest target, or, when
 * there is only one target, 1 if it is above 0.5 and 0 if not. t has room for y_size numbers. */
int64_t cnn_row_class(const struct cnn_dataset *d, int64_t i, float *t);
/* the index of the largest number, the first one if several are */
int64_t cnn_argmax(const float *v, int64_t n);
/* the same for outputs; -1 when one is NaN, because then no answer is right */
int64_t cnn_likeliest(const float *y, int64_t n);
int64_t cnn_target_class(const float *t, int64_t n); /* the same for the targets of a row, as cnn_row_class says */

/* ---- labels.c */
int64_t cnn_labels(const struct cnn_dataset *d); /* of a row, where targets are class numbers */
/* cnn_step.share of the rows order[first .. first + n); order NULL: rows first .. first + n. */
double cnn_dataset_share(const struct cnn_model *m, const struct cnn_dataset *d, const int64_t *order, int64_t first,
                         int64_t n);

/* Opens one data set from files that the user names, without a search: --input of predict (y NULL), --input and
 * --target of gradients. The normalisation is shared. */
int cnn_dataset_open(const struct cnn_model *m, const char *x, const char *y, const struct cnn_normalize *normalize,
                     struct cnn_dataset *out, struct cnn_error *e);
/* -1 after a report: the word is NAME=FILE, and a network with several ports has none of that name. */
int cnn_port_known(const struct cnn_model *m, int targets, const char *word, struct cnn_error *e);
/* The same for a network with several ports: files "NAME=x.npy", one for each port; or files without names, in the
 * order of the ports; or one .npz that has all. No target: n_y 0. */
int cnn_dataset_open_ports(const struct cnn_model *m, const char *const *x, int n_x, const char *const *y, int n_y,
                           const struct cnn_normalize *normalize, struct cnn_dataset *out, struct cnn_error *e);
/* Opens inputs without targets from a .csv. Its columns are found by name and may have any order. columns: those
 * of the training data; NULL: the training data are read to find them. */
int cnn_dataset_open_table(const struct cnn_model *m, const char *x, struct cnn_columns *columns, const char *dir,
                           struct cnn_dataset *out, struct cnn_error *e);
int cnn_is_table_name(const char *path); /* ends in .csv or .tsv, packed or not */
void cnn_dataset_free(struct cnn_dataset *d);
/* Writes the rows order[first .. first + n) of d (order NULL: rows first .. first + n), normalised, to
 * x[n][x_size]. Writes the targets as int32_t [n][labels] when d->sparse, else as [n][y_size] in the precision of x;
 * those that d does not have become 0, but classes stay as they are. target may be NULL. Several threads may share
 * d. */
void cnn_gather(const struct cnn_dataset *d, const int64_t *order, int64_t first, int64_t n, float *x, void *target);
void cnn_gather_double(const struct cnn_dataset *d, const int64_t *order, int64_t first, int64_t n, double *x,
                       void *target);

/* The targets of a row, as cnn_gather() would write them; they are no class numbers. */
void cnn_target_row(const struct cnn_dataset *d, int64_t i, float *target);

/* Writes the weights of such rows to out. Returns out, or NULL when the rows have no weights. */
const float *cnn_gather_weights(const struct cnn_dataset *d, const int64_t *order, int64_t first, int64_t n,
                                float *out);

int cnn_is_image_name(const char *path); /* ends in .png, .jpg or .jpeg */

/* The path of `name` in dir, malloc'd; an absolute name ignores dir. NULL: no memory. */
char *cnn_data_path(const char *dir, const char *name);
/* The path of the file `name` in dir, as it is or with .gz added or removed, whichever exists; malloc'd. NULL: *e
 * names every path that was tried. An absolute name ignores dir. */
char *cnn_find_file(const char *dir, const char *name, struct cnn_error *e);

/* ---- for code that reads files of another format into a data set, and for code that trains on some rows of one */

/* A data set for this network, without rows; of several ports the first. */
struct cnn_dataset cnn_dataset_of(const struct cnn_model *m);
/* Adds those of the other ports, without rows, too. */
int cnn_dataset_more(const struct cnn_model *m, struct cnn_dataset *d, struct cnn_error *e);
/* The names of the classes of all ports. */
void cnn_classes_lend(const struct cnn_dataset *d, struct cnn_beside *b);

/* The number of the class with this name in the training data; -1: there is none. */
int64_t cnn_class_number(const struct cnn_dataset *train, const char *name);
/* Writes the first few of n names, "a, b, c, ...", to out and returns out. */
const char *cnn_some_names(char *const *names, int64_t n, char *out, size_t size);
/* Moves the names of the classes of all ports; *to has none before, *from none after. */
void cnn_classes_move(struct cnn_dataset *from, struct cnn_dataset *to);
/* Makes the targets of rows with these classes: class numbers or one-hot rows, as the loss wants them. Takes
 * `class` over. */
int cnn_dataset_set_classes(const struct cnn_model *m, struct cnn_dataset *d, int32_t *class, int64_t rows,
                            struct cnn_error *e);
/* An array of rows of this shape, which owns `data`. */
struct cnn_array cnn_rows_array(enum cnn_dtype t, int64_t rows, int rank, const int64_t *shape, void *data);

/* Makes *to from the rows rows[0 .. n) of `from`; a row may be listed several times. *to borrows the arrays; free
 * it even on failure. */
int cnn_dataset_pick(const struct cnn_dataset *from, const int64_t *rows, int64_t n, struct cnn_dataset *to,
                     struct cnn_error *e);

static inline int64_t cnn_dataset_row(const struct cnn_dataset *d, int64_t i)
{
    return d->index ? d->index[i] : i;
}

/* Converts n elements from the i-th on without normalising them. */
void cnn_convert(const struct cnn_array *a, int64_t i, int64_t n, float *out);

/* ---- madeup.c: random inputs and targets that suit the network, for use when no data are given */

int cnn_madeup_data(const struct cnn_model *m, uint64_t seed, int64_t rows, struct cnn_dataset *out,
                    struct cnn_error *e);
double cnn_madeup_normal(uint64_t seed, uint64_t stream, uint64_t i);

#endif
