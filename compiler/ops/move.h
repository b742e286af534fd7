/* move.h -- what a MOVE has beside its operands: an index map, axis by axis. */
#ifndef CNNC_OPS_MOVE_H
#define CNNC_OPS_MOVE_H

#include "ops/ops.h"

/* What one axis of the output reads. Index i of `size` reads index start + step * (i / repeat) of that axis of the
 * input; where the input has no such index, the output is 0. */
struct move_axis {
    int axis;
    int64_t start, step, repeat, size;
};

/* x is seen with the dimensions `from`, and y with the dimensions `to`, of the same rank; both may have other shapes of
 * the same size. Each axis of x is read by one axis of y. A list of rank 0 stands for the axes in order, and for starts
 * of 0, steps of 1 and repeats of 1. */
struct move {
    struct op op;
    struct shape from, to, axes, start, step, repeat;
};

static inline const struct move *move_of(const struct op *o)
{
    return (const struct move *)(const void *)o;
}

struct move_axis move_axis(const struct move *m, int j); /* what axis j of y reads */
int move_reader(const struct move *m, int axis);         /* the axis of y that reads that axis of x */
/* Gives the op its map, in the shortest form. */
void move_set(struct op *o, struct shape from, const struct move_axis *axes);
/* True if every element of y is the element of x with the same number. */
bool move_keeps_order(const struct op *o);

/* PLACE: x becomes the elements from `at` on along an axis of y, which is `base` otherwise. */
struct placed {
    struct op op;
    int64_t axis, at;
};

static inline const struct placed *placed_of(const struct op *o)
{
    return (const struct placed *)(const void *)o;
}

#endif
