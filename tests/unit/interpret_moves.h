/* interpret_moves.h -- MOVE, PLACE, MATMUL and RESAMPLE, element by element. */
#ifndef TESTS_INTERPRET_MOVES_H
#define TESTS_INTERPRET_MOVES_H

#include <math.h>

#include "ops/matmul.h"
#include "ops/move.h"
#include "ops/resample.h"

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

/* back: y is the gradient that is read, and x the one that is made. */
static inline void run_resample(const struct op *o, double *x, double *y, bool back)
{
    const struct shape of_x = back ? o->out[0]->shape : o->in[0]->shape,
                       of_y = back ? o->in[0]->shape : o->out[0]->shape;
    const struct resample *r = resample_of(o);
    int64_t behind = 1;
    for (int i = (int)r->axis + 1; i < of_x.rank; i++)
        behind *= of_x.dim[i];
    const int64_t from = of_x.dim[r->axis], to = of_y.dim[r->axis];
    for (int64_t e = 0; e < shape_size(of_y); e++) {
        const int64_t t = e / behind % to, start = e / behind / to * from * behind + e % behind;
        double at = ((double)t + 0.5) * (double)from / (double)to - (r->nearest ? 0 : 0.5);
        at = fmax(0, r->nearest ? floor(at) : fmin(at, (double)(from - 1)));
        const int64_t low = (int64_t)at, high = low + 1 < from ? low + 1 : low;
        const double share = at - (double)low;
        if (back) {
            x[start + low * behind] += y[e] * (1 - share);
            x[start + high * behind] += y[e] * share;
        } else {
            y[e] = x[start + low * behind] * (1 - share) + x[start + high * behind] * share;
        }
    }
}

#endif
