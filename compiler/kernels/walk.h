/* walk.h -- nested loops over several tensors that are broadcast to one shape: MAP, REDUCE. Neighbouring axes over
 * which every tensor goes on at the same distance are one loop. Nothing here knows an op's formula. */
#ifndef CNNC_WALK_H
#define CNNC_WALK_H

#include "expr/expr.h"
#include "kernels/kernels.h"
#include "ops/ops.h"

enum { MOST_AXES = 16, WALKERS = MOST_OPERANDS + 1 };

struct walk {
    int axes;                 /* loops, the outermost first */
    int64_t count[MOST_AXES]; /* rounds; of axis 0, where it counts images, for each image */
    bool images[MOST_AXES];   /* axis 0: its rounds are n times as many */
    int tensors;              /* the op's inputs, then its output */
    struct layout layout[WALKERS];
    const char *name[WALKERS];           /* of the pointers */
    int64_t step[WALKERS][MOST_AXES];    /* from one round to the next, in elements; 0: the tensor is repeated */
    int64_t element[WALKERS][MOST_AXES]; /* the same as numbers of elements in Keras' order, of an image */
    bool
        scattered[WALKERS]; /* its runs do not lie in the shape: its place is computed from the number of the element */
};

/* Of an op of the kinds that struct map_op tells of. */
struct walk walk_of(const struct plan *p, const struct op *o);
/* The output and all inputs have the same shape and lie in the same way. */
bool walk_is_flat(const struct plan *p, const struct op *o);
/* Where the output does not go on by 1 over the last axis: adds an axis of one round. */
void walk_add_run(struct walk *w);
/* A C expression: the place of tensor t for the loop variables i0, i1, ..., of the axes that `which` has a bit for. */
const char *walk_place(struct out *o, const struct walk *w, int t, unsigned which);
/* "n * 12": how many rounds an axis has. */
const char *walk_rounds(struct out *o, const struct walk *w, int axis);
/* Opens a loop over the axis; i0 counts those of axis 0. */
void emit_walk_loop(struct out *o, const struct walk *w, int axis);

/* The axis in front of the last that slices are parts of: of those that the output goes on over, the one with the most
 * rounds. -1: there is none. */
int walk_cut(const struct walk *w);
/* Opens a loop over the axis, or over the function's slices of it. */
void emit_walk_part(struct out *o, const struct plan *p, const struct kernel *k, const struct walk *w, int axis);

/* Zeros behind the runs of the op's output, y. */
void emit_walk_padding(struct out *o, const struct op *op, const struct walk *w);

/* ---- the last axis in vectors */

/* Why the last axis cannot go by vectors; NULL: it can. */
const char *walk_refusal(const struct plan *p, const struct walk *w);
/* Vectors of one round over all axes, of an image. */
double walk_vectors(const struct plan *p, const struct walk *w);
/* Places of the last vector of the last axis, 0 where it is whole; -1 where that depends on n. */
int walk_rest(const struct plan *p, const struct walk *w);
/* Whether a whole vector may be touched where the last axis of tensor t ends. */
bool walk_has_room(const struct plan *p, const struct walk *w, int t);
/* Whether vectors along the last axis also write what is behind the output's runs. */
bool walk_fills(const struct plan *p, const struct walk *w);

/* ---- map.ct: formulas */

/* `const float va = a[...];` for every input, within all loops. */
void emit_factors(struct out *o, const struct plan *p, const struct walk *w);
/* The same as vectors, `more` floats further on. rest: only so many places are left (a C expression); NULL: all. */
void emit_vector_factors(struct out *o, const struct plan *p, const struct walk *w, int more, const char *rest);
/* `const float NAME = ` the formula of va, vb, ... */
void emit_formula(struct out *o, const struct plan *p, const struct op *op, enum expr_form form, const char *name);
/* Whether the formula is zero where all operands are. */
bool formula_keeps_zero(const struct op *op);
double formula_cycles(const struct op *op);
/* Why the formula cannot be computed by vectors; NULL: it can. */
const char *formula_refusal(const struct op *op);

#endif
