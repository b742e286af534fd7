/* report.h -- what a run looks like: printed on a terminal, drawn by gnuplot. It reads networks, data and histories
 * and never changes them. */
#ifndef CNN_REPORT_H
#define CNN_REPORT_H

#include "ensemble/ensemble.h"
#include "train/train.h"

/* ---- answers.c: what the network says of every row of a part of the data, where it tells classes apart */

struct cnn_answers { /* {0} is none */
    int64_t rows, classes;
    struct cnn_answer *at;
    char *const *names; /* of the classes, the data set's; NULL: they are numbers */
};

struct cnn_look;
int cnn_answers_get(const struct cnn_look *l, struct cnn_answers *out, struct cnn_error *e); /* to all rows of l->d */
void cnn_answers_free(struct cnn_answers *a);
int64_t cnn_answers_right(const struct cnn_answers *a); /* how many are */
/* The name of a class, or its number, on one line and without what terminals and gnuplot obey; returns out. At most
 * `most` characters of it. */
const char *cnn_class_name(const struct cnn_answers *a, int64_t class, int most, char *out, size_t size);
int cnn_longest_name(const struct cnn_answers *a, int most); /* characters, of those names */
int cnn_text_width(const char *s);                           /* characters of UTF-8 */

/* ---- gnuplot.c: the program of that name, as a child */

enum cnn_drawn { CNN_DRAWN = 0, CNN_NOT_DRAWN = 1, CNN_NO_GNUPLOT = 2 };
/* Runs `script`, from its beginning, in the folder `dir` (NULL: this one). */
enum cnn_drawn cnn_gnuplot(const char *dir, FILE *script);
int cnn_gnuplot_is_here(void);
/* As a string of gnuplot's. Within single quotes it takes everything as it is, but a quote twice. */
void cnn_gnuplot_quote(FILE *script, const char *s);

/* ---- plot.c: all of them */

struct cnn_look {
    const struct cnn_model *m;
    struct cnn_engine *g;              /* with the weights, prepared; NULL: there are none, */
    const struct cnn_fitted *ensemble; /* or those of an ensemble, or NULL */
    int64_t threads;                   /* for the ensemble */
    const struct cnn_dataset *d;       /* rows that judge the network; NULL: there are none */
    const char *part;                  /* what they are called */
    char *const *names;                /* of classes, or NULL */
    const struct cnn_history *history; /* NULL: nothing is known of the epochs */
};

int cnn_look_print(const struct cnn_look *l, struct cnn_error *e); /* for --verbose */
int cnn_plots_open(const struct cnn_run *r, struct cnn_error *e);  /* sees to the folder of --plots */
/* All pictures, into that folder. -1: some are not drawn, but scripts and data may stand there. */
int cnn_look_draw(const struct cnn_run *r, const struct cnn_look *l, struct cnn_error *e);
const char *cnn_plots_path(const struct cnn_run *r); /* the folder of pictures: --plots, else plots */

#endif
