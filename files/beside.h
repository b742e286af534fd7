/* beside.h -- what a file of weights holds beside the weights. It is a part of what was learnt: how inputs were
 * normalised, and the names of classes and columns. To store more, add a member here and its name in beside.c. */
#ifndef CNN_BESIDE_H
#define CNN_BESIDE_H

#include "files.h"

struct cnn_names {
    char **at;
    int64_t n; /* 0: none */
};

enum { CNN_CLASS_LISTS = 16 }; /* as many as a network may have targets */

struct cnn_beside {   /* {0}: nothing is known */
    double scale;     /* x * scale, then (x - mean) / std */
    int64_t channels; /* each has a mean and a std; 1: all values share one; 0: unknown */
    const double *mean, *std;
    struct cnn_names classes[CNN_CLASS_LISTS]; /* of each target, in the order of the class numbers */
    struct cnn_names columns;                  /* of a table; after the name, each value of a column follows a tab */
    const double *fill; /* for each number of the input, what replaces a missing one; NULL: not used */
    int64_t n_fill;
    int owner; /* it owns all this, as after _find and _read; else it borrows */
};

/* Adds all of it to *t, which borrows the numbers. A .safetensors file gets strings and, for several channels, arrays.
 * An .npz file gets only arrays: numbers as float64, and names as the bytes of a JSON list. Names that are not UTF-8
 * are left out. */
int cnn_beside_add(const struct cnn_beside *b, int npz, struct cnn_tensors *t, struct cnn_error *e);
/* Reads it from the tensors of a file. The caller frees *out; what the file does not hold is zero. */
int cnn_beside_find(const struct cnn_tensors *t, const char *path, struct cnn_beside *out, struct cnn_error *e);
int cnn_beside_read(const char *path, struct cnn_beside *out, struct cnn_error *e); /* the same from a file */
void cnn_beside_free(struct cnn_beside *b);                                         /* takes {0} and a borrower too */
int cnn_is_beside(const char *name); /* is an array of this name one of these, not a parameter? */

void cnn_names_free(struct cnn_names *names);
int cnn_names_add(struct cnn_names *names, const char *name); /* adds a copy; -1: no memory */
int cnn_is_utf8(const char *s);

#endif
