/* norms.h -- what the kernels of normalisations share. */
#ifndef CNNC_KERNELS_NORMS_H
#define CNNC_KERNELS_NORMS_H

#include "kernels/kernels.h"
#include "ops/norm.h"

/* How the channels of a normalisation lie in an activation: `pixels` runs an image, `ld` apart. refusal: why vectors
 * cannot walk them; NULL: they can. */
struct channel_runs {
    int64_t channels, pixels, ld;
    const char *refusal;
};
/* affine.ct */
struct channel_runs channel_runs(const struct plan *p, const struct tensor *x, int64_t channels);
/* Vectors of a block of channels: at most `most`, and all blocks are of equal size. */
int channel_block(const struct plan *p, const struct channel_runs *r, int most);
/* Opens the loops of a plain kernel over all values: channel `c` of the value at element `at` of x, and of y at the
 * element that other_place() names. The caller closes them with emit_value_loops_end(). */
void emit_value_loops(struct out *o, const struct plan *p, const struct tensor *x, const struct tensor *y,
                      int64_t channels);
const char *other_place(const struct plan *p, const struct tensor *x, const struct tensor *y);
void emit_value_loops_end(struct out *o);
/* Zeroes the padding of n images at `to`. */
void emit_zero_runs(struct out *o, const struct layout *q, const char *to);

#endif
