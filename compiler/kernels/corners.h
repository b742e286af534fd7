/* corners.h -- what WARP and FETCH share: a pixel of y comes from a place (sx, sy) of x, between four of its pixels. */
#ifndef CNNC_KERNELS_CORNERS_H
#define CNNC_KERNELS_CORNERS_H

#include "kernels/kernels.h"
#include "ops/warp.h"

struct image {
    int64_t rows, columns, channels, ld, size;
};
struct image image_of(const struct plan *p, const struct kernel *k); /* that of the result, which is like the input */

/* The `plan` function of strategies that go over the pixels one by one. */
const char *corners_plan(const struct plan *p, struct kernel *k);
/* A helper of the kernel: the index inside for one outside; none where a value stands outside. */
void emit_inside(struct out *o, const struct kernel *k, const struct between *b);
/* The four pixels of x around sx and sy: for each its weight[] and its number at[], or -1 outside. */
void emit_corners(struct out *o, const struct plan *p, const struct kernel *k, const struct between *b);
/* Adds to element `pixel` of y what the corners make of it; to those of dx their parts of dy[pixel]. */
void emit_from_corners(struct out *o, const struct plan *p, const struct kernel *k, const struct between *b);
void emit_to_corners(struct out *o, const struct plan *p, const struct kernel *k, const struct between *b);

#endif
