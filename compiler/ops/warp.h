/* warp.h -- attributes of ops whose output is made from no input: CONSTANT and DRAW; of WARP, which draws, too; of
 * FETCH, which takes pixels from places that are computed; and of EQUALIZE, which counts values. */
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

/* How a pixel of an image comes from a place between its pixels. */
struct between {
    bool nearest;    /* the nearest pixel; else interpolated */
    int64_t outside; /* of enum warp_fill */
    double fill;
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
    struct between between;
};

struct fetch_op {
    struct op op;
    struct between between;
};

/* Values are counted in every tile of an image, each channel by itself, and become the part of those that are not
 * greater. */
struct equalize_op {
    struct op op;
    double low, high;     /* the values of the bins are those from `low` to `high` */
    int64_t bins;         /* EQUALIZE: how many; EQUALIZE_TILES has 256 */
    int64_t down, across; /* EQUALIZE_TILES: tiles */
    double limit; /* EQUALIZE_TILES: the most that one bin counts, times the mean of all; 0: as many as there are */
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

static inline const struct equalize_op *equalize_of(const struct op *o)
{
    return (const struct equalize_op *)(const void *)o;
}

static inline const struct fetch_op *fetch_of(const struct op *o)
{
    return (const struct fetch_op *)(const void *)o;
}

/* The attributes of a struct between, of an op of that type. */
#define BETWEEN_ATTRIBUTES(TYPE)                                                                                       \
    {.name = "nearest", .type = ATTRIBUTE_FLAG, .offset = offsetof(TYPE, between.nearest)},                            \
        {.name = "outside", .type = ATTRIBUTE_WHOLE, .offset = offsetof(TYPE, between.outside)},                       \
    {                                                                                                                  \
        .name = "fill", .type = ATTRIBUTE_REAL, .offset = offsetof(TYPE, between.fill)                                 \
    }

#endif
