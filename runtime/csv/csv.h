/* csv.h -- text tables as data sets. Generated programs whose spec says csv name cnn_csv_load, which cnn.h declares; all else here is
 * shared by the files of this room alone. No other room may include this header: that would make every program need libcsv. */
#ifndef CNN_CSV_H
#define CNN_CSV_H

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/data.h"

typedef long long ll;

/* The different values of a target that stands for classes, sorted. */
struct category {
    char *text;
    int64_t line;  /* of the first that has it */
    int64_t value; /* when it is whole */
    int32_t id;    /* in order of appearance */
    int whole;     /* its text is a whole number */
};

/* What a column of the file is. */
struct role {
    enum { ROLE_NONE, ROLE_NUMBER, ROLE_CATEGORY, ROLE_TARGET, ROLE_WEIGHT } is;
    int64_t at;    /* NUMBER, CATEGORY: the first of its elements of the input; TARGET: its number among the targets */
    int64_t input; /* NUMBER, CATEGORY: its number among the inputs */
};

struct levels { /* the values of a category, sorted */
    struct level {
        const char *text;
        int64_t id; /* which of the category's elements it is; of learnt ones the order of their appearance */
    } * at;
    int64_t n, most; /* most: that there may be; learnt: one more is added when it comes up */
    int learnt;
};

struct table {
    const struct cnn_model *m;
    const char *path;
    const struct cnn_source *s; /* which columns are wanted, how the file is written */
    const struct cnn_dataset
        *train; /* whose classes and columns are those of this file; NULL: it is the training data */
    struct cnn_error *e;
    int failed, quiet; /* quiet: notes are not wanted */

    int64_t line, row_line; /* where the parser is, where its row begins */
    size_t since;           /* bytes since the last field ended */
    int fresh;              /* no row has begun */
    int64_t rows, column;   /* rows that are complete; fields of the one at hand */

    char **names; /* of the columns; until the first line is complete, its fields */
    int64_t columns;
    int has_names;
    struct role *roles; /* one a column */

    const struct cnn_columns *inputs; /* those of `train`, or `own` */
    struct cnn_columns *own;          /* made from the spec and this file; NULL: the training data's are known */
    struct levels *levels;            /* one for each of the inputs */

    float *x, *y;                  /* y: values, when there are no classes. nan in x: missing */
    int32_t *id;                   /* of each row's category, when there are some */
    float *w;                      /* weights */
    size_t x_cap, rows_cap, w_cap; /* elements of x; of y or id; of w */
    int64_t classes;               /* 0: targets are numbers */
    struct category *categories;
    int64_t n_categories;
    int row_misses;              /* a value of the row at hand, which is left out */
    int64_t left_out, filled_in; /* rows, values */
};

/* Complains about the line at hand. */
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

/* ---- csv_columns.c: the first line */

void cnn_csv_take_name(struct table *t, const char *text);
/* The first line is complete. Returns its fields when they are a row, and else NULL; *n of them, the caller's. */
char **cnn_csv_finish_names(struct table *t, int64_t *n);

/* ---- csv_values.c: the fields of a row */

/* No hexadecimal numbers, no "inf": what C reads beyond decimals is more likely a mistake. */
int cnn_csv_is_number(const char *s, double *v);
int cnn_csv_is_missing(const char *s); /* an empty field, NA, NaN, ? and the like */
/* What a value that is missing means for the row; the text is for the message. */
void cnn_csv_miss(struct table *t, const char *text);
void cnn_csv_take_value(struct table *t, const char *text);
/* As it stands for a value of a category: numbers that are whole without a point. Returns text or room. */
const char *cnn_csv_level_text(const char *text, char room[32]);
int cnn_csv_make_levels(struct table *t); /* t->levels, of t->inputs */
void cnn_csv_free_levels(struct table *t);
/* When all rows are there: learnt levels get their elements, missing values the mean of their column. */
int cnn_csv_finish_values(struct table *t);

/* ---- csv_classes.c */

/* The target of the row at hand, which is a class; t->id has room for it. */
void cnn_csv_take_class(struct table *t, const char *text);
/* class[id]: the class of each category. */
int cnn_csv_number_categories(struct table *t, int64_t *class);
/* Moves the names, where categories have names, to the data set. */
int cnn_csv_keep_names(struct table *t, struct cnn_dataset *d);

/* ---- csv_separator.c */

/* What stands between the fields of this beginning of a file: what the source says, else , ; tab or |. Files for predict may be written
 * otherwise than the spec's. */
char cnn_csv_separator(const struct table *t, const char *text, size_t n);

#endif
