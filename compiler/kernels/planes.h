/* planes.h -- a convolution with lanes over pixels. Each channel is copied to its own planes, with borders of zeros.
 * With a stride of s, rows and columns are divided among s x s planes, so that neighbouring results read neighbours of
 * one plane through a tap. Then a tap of any convolution -- strided, dilated, padded, grouped -- is a distance in
 * memory, and a plane is one long row. */
#ifndef CNNC_PLANES_H
#define CNNC_PLANES_H

#include "kernels/conv.h"

/* How pixels of a tensor stand in planes: pixel (r, c) in plane ((r + pt) % sh, (c + pl) % sw) at row (r + pt) / sh,
 * column (c + pl) / sw. */
struct grid {
    int64_t rows, columns, channels, ld; /* of the tensor */
    int64_t sh, sw, pt, pl;
    int64_t first, step;    /* elements before row 0, and from row to row */
    int64_t plane, channel; /* elements from plane to plane, and from channel to channel */
    int64_t read_h, read_w; /* only planes below these are read through any tap */
};

struct planes {
    struct grid x, y;      /* of the inputs, and of the results */
    int64_t height, width; /* of the inputs' planes */
    int64_t taps, reach;   /* of a plane of weights; the farthest tap within a plane */
    int64_t rows, span;    /* results: so many runs of consecutive pixels, waste between them included */
    int64_t x_run, y_run;  /* from run to run */
};

/* `gradient`: the gradient of the data reads the planes of the results, for every place of the inputs. */
struct planes planes_of(const struct plan *p, const struct window *w, const struct layout *x, const struct layout *y,
                        bool gradient);
/* Returns NULL, or why the target or the sizes do not allow planes. */
const char *planes_refusal(const struct plan *p, const struct planes *q);
int64_t grid_size(const struct grid *g);

/* Where a tap stands in the planes of a channel. */
struct tap_place {
    int64_t plane, at;
};
struct tap_place planes_tap(const struct planes *q, const struct window *w, int64_t kh, int64_t kw);

/* The factor by which planes must be cheaper: planes of a whole image come from a slower cache than the inputs of a
 * tile of pixels. */
#define PLANES_FARTHER 1.5

double grid_cycles(const struct plan *p, const struct grid *g, bool back); /* to copy an image to planes, or back */
/* Cycles of so many multiply-adds and loads of consecutive pixels, and of scalars: vectors straddle lines of the
 * cache. */
double planes_cycles(const struct target *t, int64_t fma, int64_t vectors, int64_t scalars);

/* Statements that copy an image to the planes that begin at `planes`, C expressions both. */
void emit_to_planes(struct out *o, const struct plan *p, const struct grid *g, const char *image, const char *planes);
/* Statements that copy row `r` (a C variable) of an image from the planes to the row at `row`. */
void emit_from_planes(struct out *o, const struct plan *p, const struct grid *g, const char *planes, const char *row);

/* A table of distances in memory, before a function. */
void emit_place_table(struct out *o, const char *name, const int64_t *at, int64_t n);

#endif
