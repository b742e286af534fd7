/* emit_operands.h -- what a kernel's function takes, and each call of it gives: shared by emit.c and emit_calls.c. */
#ifndef CNNC_EMIT_OPERANDS_H
#define CNNC_EMIT_OPERANDS_H

#include "out.h"

struct operand {
    const struct tensor *tensor;
    const char *name;
    bool output;
};

struct operand_list {
    struct operand at[12];
    int n;
};

/* In the order that out.h promises: inputs, what folds read, outputs. */
struct operand_list operands_of(const struct plan *p, const struct op *o);

#endif
