/* beside.h -- what travels beside weights in a file of them, for it is as much a part of what was learnt: how inputs were normalised,
 * and what classes and columns are called. Whoever has more of the kind adds a member here and its name in beside.c. */
#ifndef CNN_BESIDE_H
#define CNN_BESIDE_H

#include "files.h"

struct cnn_names {
    char **at;
    int64_t n; /* 0: there are none */
};

struct cnn_beside {   /* {0}: nothing is known */
    double scale;     /* x * scale, then (x - mean) / std */
    int64_t channels; /* that have a mean and a std each; 1: all values have the same; 0: it is not known */
    const double *mean, *std;
    struct cnn_names classes; /* in the order of their numbers */
    struct cnn_names columns; /* of a row of inputs, where rows come from a table; behind a tab each, its values */
    const double *fill;       /* for each number of the input, the value of a missing one; NULL: not asked for */
    int64_t n_fill;
    int owner; /* of all this, which _find and _read make it; else it borrows */
};

/* Adds them to *t, which borrows the numbers. To a .safetensors: strings and, of several channels, arrays; to an .npz: arrays alone,
 * float64 numbers, and names as the bytes of a JSON list. Names that are no UTF-8 are left out. */
int cnn_beside_add(const struct cnn_beside *b, int npz, struct cnn_tensors *t, struct cnn_error *e);
/* What a file holds of it, from its tensors. *out is the caller's; what the file does not know is zero. */
int cnn_beside_find(const struct cnn_tensors *t, const char *path, struct cnn_beside *out, struct cnn_error *e);
int cnn_beside_read(const char *path, struct cnn_beside *out, struct cnn_error *e); /* the same of the file itself */
void cnn_beside_free(struct cnn_beside *b);                                         /* of {0} and of a borrower too */
int cnn_is_beside(const char *name); /* an array of that name is no parameter, but one of these */

void cnn_names_free(struct cnn_names *names);
int cnn_names_add(struct cnn_names *names, const char *name); /* a copy; -1: no memory */
int cnn_is_utf8(const char *s);

#endif
