/* pictures.h -- what the pictures are made of. Private to report/. */
#ifndef CNN_PICTURES_H
#define CNN_PICTURES_H

#include <stdio.h>

#include "report/report.h"

/* ---- sparkline.c */

/* The curves of loss and val_loss, a line each; nothing where there are none. */
void cnn_sparklines_print(FILE *f, const struct cnn_history *h);
/* n values as at most `width` characters of one of eight heights; values that share one are averaged. nan: a space. */
void cnn_sparkline(FILE *f, const double *v, int64_t n, int width);

/* ---- confusion.c */

/* count[true][predicted], which the caller frees; NULL: there is no memory. */
int64_t *cnn_confusion_count(const struct cnn_answers *a, struct cnn_error *e);
/* A matrix where it fits into `width` columns, else the pairs that are confused most. `part` names the rows. */
int cnn_confusion_print(FILE *f, const struct cnn_answers *a, const char *part, int width, struct cnn_error *e);

/* ---- picture.c: a picture is NAME.svg, drawn by NAME.gp from NAME.dat, all in one folder */

struct cnn_gallery { /* before the first picture only the first two fields are set */
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

#endif
