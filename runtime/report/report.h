/* report.h -- shows a run: as text on a terminal, or as pictures drawn by gnuplot. This room reads networks, data and
 * histories and never changes them. */
#ifndef CNN_REPORT_H
#define CNN_REPORT_H

#include "ensemble/ensemble.h"
#include "train/train.h"

/* ---- answers.c: the class that the network predicts for every row of a part of the data */

struct cnn_answers { /* {0}: none */
    int64_t rows, classes;
    struct cnn_answer *at;
    char *const *names; /* names of the classes, owned by the data set; NULL: classes have numbers only */
};

struct cnn_look;
int cnn_answers_get(const struct cnn_look *l, struct cnn_answers *out, struct cnn_error *e); /* for all rows of l->d */
void cnn_answers_free(struct cnn_answers *a);
int64_t cnn_answers_right(const struct cnn_answers *a); /* how many answers are right */
/* Writes the name of a class, or its number, on one line without control characters; at most `most` characters of a
 * name. Returns out. */
const char *cnn_class_name(const struct cnn_answers *a, int64_t class, int most, char *out, size_t size);
int cnn_longest_name(const struct cnn_answers *a, int most); /* characters of the longest of these names */
int cnn_text_width(const char *s);                           /* counts characters of UTF-8 */

/* ---- samples.c: the spec's samples */

/* The name of the file after that epoch, from 1. */
int cnn_samples_path(const struct cnn_samples *s, int64_t epoch, char *out, size_t size, struct cnn_error *e);
/* Draws a sheet into the file `path`, of these rows if s shows rows. */
int cnn_samples_draw(const struct cnn_model *m, const struct cnn_samples *s, const struct cnn_dataset *rows,
                     const float *theta, const char *path, struct cnn_error *e);

/* ---- gnuplot.c: runs the program gnuplot as a child */

enum cnn_drawn { CNN_DRAWN = 0, CNN_NOT_DRAWN = 1, CNN_NO_GNUPLOT = 2 };
/* Runs `script` from its beginning in the folder `dir` (NULL: the current one). */
enum cnn_drawn cnn_gnuplot(const char *dir, FILE *script);
int cnn_gnuplot_is_here(void);
/* Writes s as a string of gnuplot, in single quotes, where only a quote must be doubled. */
void cnn_gnuplot_quote(FILE *script, const char *s);

/* ---- plot.c: everything that can be shown of a run */

struct cnn_look {
    const struct cnn_model *m;
    struct cnn_engine *g;              /* holds the weights, prepared; NULL: no single network */
    const struct cnn_fitted *ensemble; /* NULL: no ensemble */
    int64_t threads;                   /* for the ensemble */
    const struct cnn_dataset *d;       /* the rows that the network is judged by; NULL: none */
    const char *part;                  /* the name of these rows, such as "test" */
    char *const *names;                /* names of the classes, or NULL */
    const struct cnn_history *history; /* NULL: nothing is known of the epochs */
};

int cnn_look_print(const struct cnn_look *l, struct cnn_error *e); /* for --verbose */
int cnn_plots_open(const struct cnn_run *r, struct cnn_error *e);  /* makes the folder of --plots */
/* Draws all pictures into that folder. -1: some are not drawn, though their scripts and data may be there. */
int cnn_look_draw(const struct cnn_run *r, const struct cnn_look *l, struct cnn_error *e);
const char *cnn_plots_path(const struct cnn_run *r); /* the folder of pictures: --plots, or "plots" */

#endif
