/* interpret_moves.h -- MOVE and PLACE, element by element. */
#ifndef TESTS_INTERPRET_MOVES_H
#define TESTS_INTERPRET_MOVES_H

#include "ops/move.h"

/* The number of the element of x that element `e` of y reads, or -1. */
static inline int64_t moved_from(const struct move *m, int64_t e)
{
    int64_t index[MAX_RANK] = {0}, from = 0;
    for (int j = m->to.rank - 1; j >= 0; e /= m->to.dim[j--]) {
        const struct move_axis a = move_axis(m, j);
        index[a.axis] = a.start + a.step * (e % m->to.dim[j] / a.repeat);
    }
    for (int i = 0; i < m->from.rank; i++) {
        if (index[i] < 0 || index[i] >= m->from.dim[i])
            return -1;
        from = from * m->from.dim[i] + index[i];
    }
    return from;
}

/* back: y is the gradient that is read, and x the one that is made. */
static inline void run_move(const struct op *o, double *x, double *y, bool back)
{
    for (int64_t e = 0; e < shape_size(move_of(o)->to); e++) {
        const int64_t from = moved_from(move_of(o), e);
        if (from >= 0 && back)
            x[from] += y[e];
        else if (from >= 0)
            y[e] = x[from];
    }
}

/* Both are blocks of `in` and `out` elements, one for each index of the axes in front. */
static inline void run_place(const struct op *o, const double *x, double *y)
{
    const struct placed *place = placed_of(o);
    const struct shape s = o->in[0]->shape, all = o->out[0]->shape;
    int64_t behind = 1;
    for (int i = (int)place->axis + 1; i < s.rank; i++)
        behind *= s.dim[i];
    const int64_t in = s.dim[place->axis] * behind, out = all.dim[place->axis] * behind;
    for (int64_t e = 0; e < shape_size(s); e++)
        y[e / in * out + place->at * behind + e % in] = x[e];
}

#endif
