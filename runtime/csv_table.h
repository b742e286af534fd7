/* csv_table.h -- what csv.c and csv_classes.c know of a .csv that is being read. Private to them. */
#ifndef CNN_CSV_TABLE_H
#define CNN_CSV_TABLE_H

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dataset.h"

typedef long long ll;

/* The different values of a target that stands for classes, sorted. */
struct category {
    char *text;
    int64_t line;  /* of the first that has it */
    int64_t value; /* when it is whole */
    int32_t id;    /* in order of appearance */
    int whole;     /* its text is a whole number */
};

struct table {
    const struct cnn_model *m;
    const char *path;
    const char *target, *weight;     /* columns; NULL: none is wanted */
    const struct cnn_dataset *train; /* whose classes are those of this file; NULL: it is the training data */
    struct cnn_error *e;
    int failed;

    int64_t line, row_line;                        /* where the parser is, where its row begins */
    int fresh;                                     /* no row has begun */
    int64_t rows, column;                          /* rows that are complete; fields of the one at hand */
    char **names;                                  /* of the columns, until the header is complete */
    int64_t columns, target_column, weight_column; /* the latter -1: there is none */
    int has_header;

    float *x, *y;                  /* y: values, when there are no classes */
    int32_t *id;                   /* of each row's category, when there are some */
    float *w;                      /* weights */
    size_t x_cap, rows_cap, w_cap; /* elements of x; of y or id; of w */
    int64_t classes;               /* 0: targets are numbers */
    struct category *categories;
    int64_t n_categories;
};

/* Complains about the line at hand. */
#define FAIL(t, ...) cnn_csv_fail_at((t), (t)->line, __VA_ARGS__)
void cnn_csv_fail_at(struct table *t, int64_t line, const char *fmt, ...) CNN_PRINTF(3, 4);
void cnn_csv_fail_memory(struct table *t, size_t bytes);

/* No hexadecimal numbers, no "inf": what C reads beyond decimals is more likely a mistake. */
int cnn_csv_is_number(const char *s, double *v);

/* ---- csv_classes.c */

/* The target of the row at hand, which is a class; t->id has room for it. */
void cnn_csv_take_class(struct table *t, const char *text);
/* class[id]: the class of each category. */
int cnn_csv_number_categories(struct table *t, int64_t *class);
/* Moves the names, where categories have names, to the data set. */
int cnn_csv_keep_names(struct table *t, struct cnn_dataset *d);

#endif
