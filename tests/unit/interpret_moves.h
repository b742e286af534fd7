/* interpret_moves.h -- MOVE, PLACE and MATMUL, element by element. */
#ifndef TESTS_INTERPRET_MOVES_H
#define TESTS_INTERPRET_MOVES_H

#include "ops/matmul.h"
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

static inline void run_matmul(const struct op *o, const double *a, const double *b, double *y)
{
    const struct matmul *m = matmul_of(o);
    for (int64_t e = 0; e < m->matrices * m->rows * m->columns; e++) {
        const int64_t i = e / (m->rows * m->columns), r = e / m->columns % m->rows, c = e % m->columns;
        for (int64_t k = 0; k < m->inner; k++) {
            const int64_t at_a = m->transposed_a ? k * m->rows + r : r * m->inner + k;
            const int64_t at_b = m->transposed_b ? c * m->inner + k : k * m->columns + c;
            y[e] += a[i * m->rows * m->inner + at_a] * b[i * m->inner * m->columns + at_b];
        }
    }
}

#endif
