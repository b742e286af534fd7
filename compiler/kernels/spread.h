/* spread.h -- the inputs of a convolution in groups, brought to the lanes of its results. Stream j of a vector of
 * results holds, for each lane, input j of the group that the lane is of: whatever the groups are, a result then sums
 * over streams in its own lane. */
#ifndef CNNC_SPREAD_H
#define CNNC_SPREAD_H

#include "kernels/conv.h"

struct spread {
    bool none;                      /* the tensor is one stream of whole vectors as it is */
    bool apart;                     /* the streams of one vector of results, each by itself; else all, pixel by pixel */
    int64_t ld;                     /* of the tensor, from pixel to pixel */
    int64_t inputs, results, lanes; /* a group; of a vector */
    int64_t all;                    /* results of all groups */
    int64_t pixel, stream;          /* elements from pixel to pixel, and from stream to stream */
    int64_t size;                   /* elements, of whole vectors */
};

/* Room for so many pixels: all streams pixel by pixel; of one vector of results alone, stream by stream. */
struct spread spread_of(const struct plan *p, const struct op *o, int64_t pixels);
struct spread spread_apart(const struct plan *p, const struct op *o, int64_t pixels);
/* Returns NULL, or why the op's inputs are not spread. */
const char *spread_refusal(const struct plan *p, const struct op *o, const struct spread *s);
double spread_cycles(const struct spread *s, int64_t pixels); /* so many pixels to all vectors of results */

/* Writes name(from, to, pixels, left), or, apart, name(from, to, pixels, left, v), where v is the number of the vector
 * of results. `left` is the number of the image's pixels from `from` on. */
void emit_spread(struct out *o, const struct plan *p, const struct spread *s, const char *name);

#endif
