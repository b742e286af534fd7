/* pictures.h -- the parts that the pictures are made of. Private to report/. */
#ifndef CNN_PICTURES_H
#define CNN_PICTURES_H

#include <stdio.h>

#include "report/report.h"

/* ---- sparkline.c */

/* Prints one line each for loss and val_loss, if the history has them. */
void cnn_sparklines_print(FILE *f, const struct cnn_history *h);
/* Prints n values as at most `width` characters of eight heights. Values that share a character are averaged; nan
 * becomes a space. */
void cnn_sparkline(FILE *f, const double *v, int64_t n, int width);

/* ---- confusion.c */

/* Returns count[true][predicted], which the caller frees; NULL: no memory. */
int64_t *cnn_confusion_count(const struct cnn_answers *a, struct cnn_error *e);
/* Prints a matrix if it fits into `width` columns, else the pairs confused most often. `part` names the rows. */
int cnn_confusion_print(FILE *f, const struct cnn_answers *a, const char *part, int width, struct cnn_error *e);

/* ---- picture.c: a picture is NAME.svg, drawn by NAME.gp from NAME.dat, all in one folder */

struct cnn_gallery { /* before the first picture only the first two fields are set */
    const char *dir;
    int png, quiet; /* png: pictures are .png; quiet: print nothing */
    int missing;    /* gnuplot is not installed */
    int failed;     /* pictures that gnuplot could not draw */
};

struct cnn_picture {
    struct cnn_gallery *gallery;
    char name[64];
    FILE *gp, *dat;
};

int cnn_gallery_open(const struct cnn_gallery *g, struct cnn_error *e); /* makes the folder if needed */
/* Begins a picture of this size in pixels: its script now sets the terminal, the fonts and the output file. */
int cnn_picture_open(struct cnn_picture *p, struct cnn_gallery *g, const char *name, int width, int height,
                     struct cnn_error *e);
/* Runs gnuplot; -1 only when the files could not be written. */
int cnn_picture_close(struct cnn_picture *p, struct cnn_error *e);

/* ---- sheet.c: small images side by side, each with a caption */

struct cnn_sheet {
    const char *name, *title;
    int64_t tiles, height, width, channels; /* of one image; 3 channels: colours; else the first is grey */
    float low, high;                        /* the values that are black and white */
    int diverging;                          /* instead of grey: 0 is white, low is blue, high is red */
    int lines, characters;                  /* of a caption: at most 2 lines; the most characters in a line */
};

struct cnn_tile {
    float *x; /* [height][width][channels] */
    char line[2][48];
};
typedef void cnn_tile_maker(void *arg, int64_t tile, struct cnn_tile *out);
int cnn_sheet_draw(const struct cnn_sheet *s, struct cnn_gallery *g, cnn_tile_maker *make, void *arg,
                   struct cnn_error *e);

/* ---- png.c */

struct cnn_raster {
    int64_t width, height, channels; /* 1: grey, 3: colours */
    uint8_t *pixels;                 /* [height][width][channels] */
};
int cnn_png_write(const char *path, const struct cnn_raster *r, struct cnn_error *e);

/* ---- the pictures: plot_curves.c, plot_confusion.c, plot_images.c. A picture without content is not drawn. */

int cnn_plot_curves(struct cnn_gallery *g, const struct cnn_model *m, const struct cnn_history *h, struct cnn_error *e);
int cnn_plot_confusion(struct cnn_gallery *g, const struct cnn_model *m, const struct cnn_answers *a, const char *part,
                       struct cnn_error *e);
int cnn_plot_mistakes(struct cnn_gallery *g, const struct cnn_model *m, const struct cnn_answers *a,
                      const struct cnn_dataset *d, struct cnn_error *e);
int cnn_plot_filters(struct cnn_gallery *g, const struct cnn_model *m, const float *theta, struct cnn_error *e);

#endif
