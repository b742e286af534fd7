/* spread.h -- the inputs of a convolution in groups, brought to the lanes of its results. Stream j of a vector of results holds, for each
 * lane, input j of the group that the lane is of: then whatever the groups are, a result sums over streams of its own lane. */
#ifndef CNNC_SPREAD_H
#define CNNC_SPREAD_H

#include "kernels/conv.h"

struct spread {
    bool none;                      /* the tensor is one stream of whole vectors as it is */
    int64_t ld, pixels;             /* of the tensor: from pixel to pixel; an image */
    int64_t inputs, results, lanes; /* a group; of a vector */
    int64_t all;                    /* results of all groups */
    int64_t pixel, stream;          /* elements from pixel to pixel, and from stream to stream */
    int64_t size;                   /* elements an image, of whole vectors */
};

/* Pixel by pixel with all streams, or, `apart`, each stream by itself. */
struct spread spread_of(const struct plan *p, const struct op *o, bool apart);
/* NULL, or why the op's inputs are not spread. */
const char *spread_refusal(const struct plan *p, const struct op *o, const struct spread *s);
double spread_cycles(const struct spread *s); /* an image */

/* Writes name(from, to, pixels, left): `left` pixels of the image are not before `from`. */
void emit_spread(struct out *o, const struct plan *p, const struct spread *s, const char *name);

#endif
