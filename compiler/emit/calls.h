/* calls.h -- the parameters of a kernel's function and the arguments of its calls: shared by functions.ct, calls.ct,
 * loops.ct. */
#ifndef CNNC_CALLS_H
#define CNNC_CALLS_H

#include "emit/inner.h"

struct operand {
    const struct tensor *tensor;
    const char *name;
    bool output;
};

struct operand_list {
    struct operand at[20];
    int n;
};

/* In the order that kernels/kernels.h promises: inputs, what its epilogue reads, outputs. */
struct operand_list operands_of(const struct plan *p, const struct op *o);

/* A call, divided so that two calls can be compared: each argument is a text around a number. The first two are not
 * arguments of the C function: the number of the part of prepare() that the call belongs to, and the number of its lap.
 * */
struct argument {
    const char *before, *number, *after; /* number NULL: `before` is the whole argument */
    int64_t value;                       /* the value of `number`, which may be a name */
};

enum { CALL_PART, CALL_LAP, CALL_FIRST, CALL_ARGUMENTS = ROW_NUMBERS };

struct call {
    const char *function;
    struct argument at[CALL_ARGUMENTS];
    int n;
};

struct call_list {
    VEC(struct call) calls;
    VEC(struct row) rows; /* one for each call, for comparisons */
};

/* loops.ct: the calls, as loops where they repeat. laps: as in emit_calls(). */
void calls_add(struct call_list *l, struct arena *a, const struct call *k);
/* The number of calls from `first` on that become one loop; 1 when there is none. *written: the calls of one
 * repetition. */
size_t repeated_calls(const struct call_list *l, size_t first, size_t *written);
void emit_repeats(struct out *o, struct arena *a, const struct call_list *l, const char *laps);

#endif
