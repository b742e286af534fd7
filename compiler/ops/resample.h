/* resample.h -- what a RESAMPLE has beside its operands. */
#ifndef CNNC_OPS_RESAMPLE_H
#define CNNC_OPS_RESAMPLE_H

#include "ops/ops.h"

/* Another number of samples along one axis. The centre of sample t of y is at the place (t + 1/2) from / to - 1/2 of x;
 * it is the nearest sample there, or lies on the line between the two around it. */
struct resample {
    struct op op;
    int64_t axis;
    bool nearest;
};

static inline const struct resample *resample_of(const struct op *o)
{
    return (const struct resample *)(const void *)o;
}

#endif
