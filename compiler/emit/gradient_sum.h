/* gradient_sum.h -- the sum of the chunks' gradients, as statements of an update. */
#ifndef CNNC_GRADIENT_SUM_H
#define CNNC_GRADIENT_SUM_H

#include "emit/out.h"

/* The function that emit_gradient_sum() calls, in front of the update. type: of g, "vf" or "float". */
void emit_gradient_sum_helper(struct out *o, const struct plan *p, const char *type);
/* Declares g, the sum over grads[0 .. n_grads) at element i. */
void emit_gradient_sum(struct out *o, const struct plan *p, const char *type);

#endif
