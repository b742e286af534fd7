/* elements.h -- what kernels that walk tensors element by element share. */
#ifndef CNNC_ELEMENTS_H
#define CNNC_ELEMENTS_H

#include "emit/out.h"

static inline const struct layout *input_layout(const struct plan *p, const struct kernel *k, int i)
{
    return layout_of(p, k->op->in[i]);
}

static inline const struct layout *result_layout(const struct plan *p, const struct kernel *k)
{
    return layout_of(p, op_result(k->op));
}

/* Terms of one chain of floats, at most, where a gradient of a weight sums over the places of a plane, and over those of a chunk's images,
 * where planes are small. The sums of chains are one more chain, so its error is below LONG_CHUNK + n / LONG_SUM roundings of the sum of
 * its terms' sizes. */
enum { LONG_SUM = 4096, LONG_CHUNK = 4 * LONG_SUM };

/* kernels/elements.ct: opens `for (var = 0; var < count; var++, step)`, where `piece` is not 0 within a loop over pieces of so many rounds,
 * at whose end, behind the inner brace, the caller puts the sums aside. count and step are C expressions. */
void emit_pieces(struct out *o, const char *var, const char *count, int64_t piece, const char *step);
/* How many rounds of `terms` terms a piece has when `all` of them come: 0 where they are one. */
int64_t rounds_a_piece(int64_t all, int64_t terms);

bool same_layout(const struct layout *a, const struct layout *b);

/* NULL when every run of channels is a whole number of vectors, else why the plain kernel must do. */
const char *vector_refusal(const struct plan *p, const struct layout *q);
/* The same where runs do not matter, only the number of elements. */
const char *flat_refusal(const struct plan *p, const struct layout *q);

/* Lanes of the last vector of a run that belong to channels; 0 when all do. */
int64_t part_lanes(const struct plan *p, const struct layout *q);

/* Statements that zero the places behind the last channel of the run at `run` (a C expression of a pointer); nothing when
 * there are none. */
void emit_zero_padding(struct out *o, const struct layout *q, const char *run);

/* kernels/transpose.ct: C expression of how many of `all` places are left from `at` on, at most a vector. */
const char *lanes_left(const struct plan *p, int64_t all, const char *at);

/* kernels/act.ct: cycles a vector of the activation or its gradient, roughly. */
double act_cost(const struct op *act);
double epilogue_cost(const struct op *o, int first);

#endif
