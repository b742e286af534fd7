/* warp.h -- attributes of ops whose output is made from no input: CONSTANT and DRAW; and of WARP, which draws, too. */
#ifndef CNNC_WARP_H
#define CNNC_WARP_H

#include "graph/op.h"

struct constant_op {
    struct op op;
    const char *values; /* "0.5 1.25": one number for each element, in Keras' order */
};

struct draw_op {
    struct op op;
    bool normal;      /* standard normal draws; else uniform ones from low to high */
    double low, high; /* of uniform draws */
    double quiet;     /* the value of every draw when nothing trains */
    bool uneven;      /* instead small numbers, that differ from row to row, so that a batch has a variance */
};

/* What becomes of coordinates outside of the image. */
enum warp_fill {
    FILL_CONSTANT, /* the value `fill` is there */
    FILL_NEAREST,  /* the nearest pixel: a a | a b c | c c */
    FILL_REFLECT,  /* mirrored about the edge: b a | a b c | c b */
    FILL_WRAP      /* the image again: b c | a b c | a b */
};

/* Limits of what is drawn uniformly for each image, low and high. The image is mirrored, turned and zoomed about its
 * centre, then shifted; or it is sheared, alone. */
struct warp_op {
    struct op op;
    bool mirror_columns, mirror_rows; /* in half of the images */
    double turn[2];                   /* radians */
    double zoom_rows[2], zoom_columns[2];
    double shift_rows[2], shift_columns[2]; /* pixels */
    double shear_rows[2], shear_columns[2]; /* tangents */
    bool one_zoom;                          /* rows and columns are zoomed alike, by zoom_rows */
    bool whole;                             /* shifts are whole pixels */
    bool nearest;                           /* no interpolation between pixels */
    int64_t outside;                        /* of enum warp_fill */
    double fill;
};

static inline const struct draw_op *draw_of(const struct op *o)
{
    return (const struct draw_op *)(const void *)o;
}

/* Runs of channels for each pixel of out[0], padded to vectors. */
struct result_layout made_layout(const struct op *o);

static inline const struct warp_op *warp_of(const struct op *o)
{
    return (const struct warp_op *)(const void *)o;
}

#endif
