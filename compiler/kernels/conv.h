/* conv.h -- a convolution as its kernels walk it: forward, and the gradient of the data as another convolution. */
#ifndef CNNC_CONV_H
#define CNNC_CONV_H

#include "kernels/kernels.h"

/* One axis of a gathering convolution: result i < n_out goes to position out_first + out_step * i; its tap j < taps
 * reads position in_first + in_step * i + tap_step * j (when 0 <= that < n_in) and weight w_first + w_step * j. */
struct axis {
    int64_t n_out, out_first, out_step;
    int64_t in_first, in_step, tap_step, n_in;
    int64_t taps, w_first, w_step;
};

/* One pass over the result. A data gradient with stride s is s x s passes, each with every s-th tap. */
struct gather {
    struct axis y, x;
    int64_t kh, kw;            /* of the weights in memory: [vector][kh][channels][kw][lane] */
    int64_t channels, vectors; /* a group: inputs that are summed over, vectors of results */
    int64_t groups, lanes;
    int64_t in_ld, out_ld;
    int64_t in_row, out_row; /* elements from row to row */
};

/* Returns NULL, or why the op cannot be written as gathers. */
const char *gather_refusal(const struct plan *p, const struct op *o);
int gather_passes(const struct op *o);
struct gather gather_pass(const struct plan *p, const struct op *o, int pass);

/* Whether every tap of every result lies inside. */
bool axis_inside(const struct axis *a);
/* The share of its taps that lie inside; tiles skip the others. */
double axis_share(const struct axis *a);

/* The `evaluate` of the strategies for CONV_TRANSPOSE. */
void conv_transpose_evaluate(const struct plan *p, const struct op *o, const float *w, float *wt);

/* Initial values of the sums of one row of a register tile: "a3_0 = vf_zero(), a3_1 = vf_zero()" */
const char *zero_sums(struct arena *a, int64_t row, int64_t vectors);

#endif
