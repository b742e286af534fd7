/* matmul.h -- what a MATMUL has beside its operands. */
#ifndef CNNC_OPS_MATMUL_H
#define CNNC_OPS_MATMUL_H

#include "ops/ops.h"

/* y[r,c] = sum over k of a[r,k] b[k,c], `matrices` times an image: an operand is one matrix behind the other, each row
 * by row. transposed_a: a holds [k,r]; transposed_b: b holds [c,k]. */
struct matmul {
    struct op op;
    int64_t matrices, rows, inner, columns;
    bool transposed_a, transposed_b;
};

static inline const struct matmul *matmul_of(const struct op *o)
{
    return (const struct matmul *)(const void *)o;
}

#endif
