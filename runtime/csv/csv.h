/* csv.h -- text tables as data sets. Generated programs whose spec says csv name cnn_csv_load, which cnn.h
 * declares; all else here is shared only by the files of this room. No other room may include this header: that
 * would make every program need libcsv. */
#ifndef CNN_CSV_H
#define CNN_CSV_H

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/data.h"

typedef long long ll;

/* One of the different values of a target that stands for classes. The table holds them sorted. */
struct category {
    char *text;
    int64_t line;  /* the first line that has it */
    int64_t value; /* the number, when the text is a whole number */
    int32_t id;    /* numbered in order of appearance */
    int whole;     /* 1: its text is a whole number */
};

/* What a column of the file is. */
struct role {
    enum { ROLE_NONE, ROLE_NUMBER, ROLE_CATEGORY, ROLE_TARGET, ROLE_WEIGHT } is;
    int64_t at;     /* NUMBER, CATEGORY: its first element of the input; TARGET: its element of the target */
    int64_t number; /* of the input column, or of the target */
};

/* A target of the network: a column of classes, or one or several of numbers. */
struct target {
    struct cnn_view view;
    const struct cnn_model *m;       /* the network as if it had no other */
    const struct cnn_dataset *train; /* defines its classes; NULL: this file does */
    const char *const *names;        /* of its columns */
    int64_t n;                       /* 0: it has none, as it is made of something else, or these rows have none */
    int64_t classes;                 /* 0: its targets are numbers */
    float *y;                        /* these */
    int32_t *id;                     /* or of the category of each row */
    size_t cap;                      /* allocated elements of either */
    struct category *categories;
    int64_t n_categories;
};

struct levels { /* the values of a category, sorted */
    struct level {
        const char *text;
        /* which of the category's elements it is; for a learnt level, its number in order of appearance */
        int64_t id;
    } * at;
    int64_t n, most; /* most: the largest n allowed; learnt: a new level is added when it first appears */
    int learnt;
};

struct table {
    const struct cnn_model *m;
    const char *path;
    const struct cnn_source *s; /* which columns are wanted, how the file is written */
    /* the data set that defines the classes and columns of this file; NULL: this file is the training data */
    const struct cnn_dataset *train;
    struct cnn_error *e;
    int failed, quiet; /* quiet: no notes are printed */

    int64_t line, row_line; /* the line at which the parser is, and the line at which its row begins */
    size_t since;           /* bytes since the end of the last field */
    int fresh;              /* 1: no row has begun since the last one ended */
    int64_t rows, column;   /* rows: the complete ones; column: fields of the current row so far */

    char **names; /* of the columns; until the first line is complete, the fields of that line */
    int64_t columns;
    int has_names;
    struct role *roles; /* one for each column */

    const struct cnn_columns *inputs; /* those of `train`, or `own` below */
    /* made from the spec and this file; NULL: those of the training data are known */
    struct cnn_columns *own;
    struct levels *levels; /* one for each of the inputs */

    float *x;               /* nan: a missing value */
    float *w;               /* the weights of the rows */
    size_t x_cap, w_cap;    /* allocated elements of x, of w */
    struct target *targets; /* of each port */
    int n_targets;
    int row_misses;              /* a value of the current row is missing, so the row is left out */
    int64_t left_out, filled_in; /* rows that were left out; values that were filled in */
};

/* Reports an error in the current line. */
#define FAIL(t, ...) cnn_csv_fail_at((t), (t)->line, __VA_ARGS__)
void cnn_csv_fail_at(struct table *t, int64_t line, const char *fmt, ...) CNN_PRINTF(3, 4);
void cnn_csv_fail_memory(struct table *t, size_t bytes);
/* Makes room for n elements; *p stays valid when there is none. */
int cnn_csv_reserve(struct table *t, void *p, size_t *cap, size_t n, size_t size);

/* The targets that the source names: columns names[0 .. n). */
static inline const char *const *cnn_csv_targets(const struct cnn_source *s, int64_t *n)
{
    *n = s->targets ? s->n_targets : s->y != NULL;
    return s->targets ? s->targets : &s->y;
}

/* Tells whether the user named the file, for predict: it is no source of the spec and has no targets. */
static inline int cnn_csv_is_named(const struct cnn_model *m, const struct cnn_source *s)
{
    const struct cnn_data *d = m->data;
    return !s->y && !(d && (s == &d->train || s == &d->validation || s == &d->test));
}

/* ---- csv_columns.c: the first line */

void cnn_csv_take_name(struct table *t, const char *text);
/* Called when the first line is complete. Returns its fields when they are already a row, and NULL otherwise.
 * There are *n of them, and the caller frees them. */
char **cnn_csv_finish_names(struct table *t, int64_t *n);

/* ---- csv_values.c: the fields of a row */

/* Accepts no hexadecimal numbers and no "inf": what C reads besides decimals is more likely a mistake. */
int cnn_csv_is_number(const char *s, double *v);
/* The place of `text` among n rows that are sorted by their texts, or the place where it belongs. */
int64_t cnn_csv_place(const void *rows, int64_t n, const char *(*text_of)(const void *rows, int64_t i),
                      const char *text, int *found);
int cnn_csv_is_missing(const char *s); /* true for an empty field, NA, NaN, ? and the like */
/* Does what the spec says about a missing value of the current row; the text is for the message. */
void cnn_csv_miss(struct table *t, const char *text);
void cnn_csv_take_value(struct table *t, const char *text);
/* The text in the form that names a value of a category: whole numbers are written without a point. Returns text
 * or room. */
const char *cnn_csv_level_text(const char *text, char room[32]);
int cnn_csv_make_levels(struct table *t); /* makes t->levels from t->inputs */
void cnn_csv_free_levels(struct table *t);
/* Called when all rows have been read: learnt levels get their elements, and missing values get the mean of their
 * column. */
int cnn_csv_finish_values(struct table *t);

/* ---- csv_classes.c */

/* Takes the target of the current row, which is a class; y->id has room for it. */
void cnn_csv_take_class(struct table *t, struct target *y, const char *text);
/* Hands the classes of all rows over to the data set, with their names if this file defines some. */
int cnn_csv_set_classes(struct table *t, struct target *y, struct cnn_dataset *d);

/* ---- csv_targets.c */

/* Makes t->targets: divides the columns of targets among the outputs of the network. */
int cnn_csv_share_columns(struct table *t);
void cnn_csv_free_targets(struct table *t);
/* Hands the targets over to the data set, which has its ports. */
int cnn_csv_set_targets(struct table *t, struct cnn_dataset *d);

/* ---- csv_separator.c */

/* The separator of the fields in a file that begins with this text: the one that the source names, else , ; tab or
 * |. A file for predict may have another separator than the files of the spec. */
char cnn_csv_separator(const struct table *t, const char *text, size_t n);

#endif
