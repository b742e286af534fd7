/* look.h -- private to the runtime: what a run looks like, to be printed on a terminal and drawn by gnuplot. */
#ifndef CNN_LOOK_H
#define CNN_LOOK_H

#include "ensemble/ensemble.h"

/* ---- history.c: the numbers of the epochs, as the log has them */

enum { CNN_KEYS = sizeof((struct cnn_logs *)0)->at / sizeof((struct cnn_logs *)0)->at[0] };

struct cnn_history { /* {0} is empty */
    int n_keys;
    char key[CNN_KEYS][sizeof((struct cnn_logs *)0)->at[0].key];
    int64_t rows, room;
    double *at; /* [rows][1 + n_keys]: the epoch, from 0, then its numbers; nan where there is none */
};

int cnn_history_add(struct cnn_history *h, int64_t epoch, const struct cnn_logs *logs, struct cnn_error *e);
/* The log of a run. On failure *h is empty. */
int cnn_history_read(struct cnn_history *h, const char *path, struct cnn_error *e);
void cnn_history_free(struct cnn_history *h);
int cnn_history_find(const struct cnn_history *h, const char *prefix, const char *key); /* -1: there is none */
double cnn_history_epoch(const struct cnn_history *h, int64_t row);
double cnn_history_value(const struct cnn_history *h, int64_t row, int key);
/* The first of the rows where this number is best; -1: it is never a number. */
int64_t cnn_history_best(const struct cnn_history *h, int key, int rises);
int cnn_key_rises(const struct cnn_model *m, const char *key); /* larger is better; key as in the log */

/* ---- sparkline.c */

/* The curves of loss and val_loss, a line each; nothing where there are none. */
void cnn_sparklines_print(FILE *f, const struct cnn_history *h);
/* n values as at most `width` characters of one of eight heights; values that share one are averaged. nan: a space. */
void cnn_sparkline(FILE *f, const double *v, int64_t n, int width);

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

/* ---- confusion.c */

/* count[true][predicted], which the caller frees; NULL: there is no memory. */
int64_t *cnn_confusion_count(const struct cnn_answers *a, struct cnn_error *e);
/* A matrix where it fits into `width` columns, else the pairs that are confused most. `part` names the rows. */
int cnn_confusion_print(FILE *f, const struct cnn_answers *a, const char *part, int width, struct cnn_error *e);

/* ---- gnuplot.c: the program of that name, as a child */

enum cnn_drawn { CNN_DRAWN = 0, CNN_NOT_DRAWN = 1, CNN_NO_GNUPLOT = 2 };
/* Runs `script`, from its beginning, in the folder `dir` (NULL: this one). */
enum cnn_drawn cnn_gnuplot(const char *dir, FILE *script);
int cnn_gnuplot_is_here(void);
/* As a string of gnuplot's. Within single quotes it takes everything as it is, but a quote twice. */
void cnn_gnuplot_quote(FILE *script, const char *s);

/* ---- picture.c: a picture is NAME.svg, drawn by NAME.gp from NAME.dat, all in one folder */

struct cnn_gallery { /* zero, but for the first two, before the first picture */
    const char *dir;
    int png, quiet; /* pictures are .png; nothing is said */
    int missing;    /* gnuplot is not here */
    int failed;     /* pictures that gnuplot could not draw */
};

struct cnn_picture {
    struct cnn_gallery *gallery;
    char name[64];
    FILE *gp, *dat;
};

int cnn_gallery_open(const struct cnn_gallery *g, struct cnn_error *e); /* sees to the folder */
/* Pixels. The script is begun: terminal, file, fonts. */
int cnn_picture_open(struct cnn_picture *p, struct cnn_gallery *g, const char *name, int width, int height,
                     struct cnn_error *e);
/* Runs gnuplot; -1 only when the files could not be written. */
int cnn_picture_close(struct cnn_picture *p, struct cnn_error *e);

/* ---- sheet.c: small images side by side, each with a caption */

struct cnn_sheet {
    const char *name, *title;
    int64_t tiles, height, width, channels; /* of one image; 3 channels are colours, of others the first is grey */
    float low, high;                        /* black and white */
    int diverging;                          /* grey: 0 is white, low is blue, high is red */
    int lines, characters;                  /* of a caption: up to 2; the most in one */
};

struct cnn_tile {
    float *x; /* [height][width][channels] */
    char line[2][48];
};
typedef void cnn_tile_maker(void *arg, int64_t tile, struct cnn_tile *out);
int cnn_sheet_draw(const struct cnn_sheet *s, struct cnn_gallery *g, cnn_tile_maker *make, void *arg,
                   struct cnn_error *e);

/* ---- the pictures: plot_curves.c, plot_confusion.c, plot_images.c. Nothing is drawn where there is nothing to draw. */

int cnn_plot_curves(struct cnn_gallery *g, const struct cnn_model *m, const struct cnn_history *h, struct cnn_error *e);
int cnn_plot_confusion(struct cnn_gallery *g, const struct cnn_model *m, const struct cnn_answers *a, const char *part,
                       struct cnn_error *e);
int cnn_plot_mistakes(struct cnn_gallery *g, const struct cnn_model *m, const struct cnn_answers *a,
                      const struct cnn_dataset *d, struct cnn_error *e);
int cnn_plot_filters(struct cnn_gallery *g, const struct cnn_model *m, const float *theta, struct cnn_error *e);

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

/* evaluate.c: the rows that --part names and what --weights holds, in *d and in *g or *f; an enum cnn_exit. */
int cnn_look_at_part(struct cnn_run *r, struct cnn_datasets *d, struct cnn_engine *g, struct cnn_fitted *f,
                     struct cnn_look *l);
int cnn_look_print(const struct cnn_look *l, struct cnn_error *e); /* for --verbose */
int cnn_plots_open(const struct cnn_run *r, struct cnn_error *e);  /* sees to the folder of --plots */
/* All pictures, into that folder. -1: some are not drawn, but scripts and data may stand there. */
int cnn_look_draw(const struct cnn_run *r, const struct cnn_look *l, struct cnn_error *e);

#endif
