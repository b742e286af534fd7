/* cnn_constraints.h -- what parameters keep to, and the function that makes them. Where CNN_CONSTRAIN is defined, it
 * stands in front of the function: libcnn has it, and cnnc copies it into what --emit=learn makes. Wants <math.h>,
 * <stddef.h> and <stdint.h>. */
#ifndef CNN_CONSTRAINTS_H
#define CNN_CONSTRAINTS_H

enum { CNN_RANK = 5 };

/* Element i of an axis stands at (i / block) * outer + (i % block) * inner. An axis whose block is 0 is merged
 * with the next axis: the elements of both are numbered together. */
struct cnn_axis {
    int64_t block, outer, inner;
};

/* w becomes w * (rate * clip(norm, low, high) + (1 - rate) * norm) / (norm + 1e-7); norm: the root of the sum of w^2
 * along the axes of `along`. */
struct cnn_constraint {
    size_t offset, size; /* of the parameter in theta */
    int rank;
    int64_t shape[CNN_RANK];
    struct cnn_axis axis[CNN_RANK];
    unsigned along; /* a bit for each axis; 0: there are no norms, and negative numbers become 0 */
    double low, high, rate;
    int mixed; /* 1: of two merged axes, one is along the norm and one is not */
};

#ifdef CNN_CONSTRAIN

/* So many norms are computed together: what is summed for one is next to what is summed for the others. */
enum { CNN_NORMS = 16 };

/* Where the element stands whose place along each axis is a + b. */
static int64_t cnn_constrained_at(const struct cnn_constraint *c, const int64_t *a, const int64_t *b)
{
    int64_t at = 0, i = 0;
    for (int k = 0; k < c->rank; k++) {
        const struct cnn_axis *x = &c->axis[k];
        i = i * c->shape[k] + a[k] + b[k];
        if (x->block == 0)
            continue;
        at += i / x->block * x->outer + i % x->block * x->inner;
        i = 0;
    }
    return at;
}

/* Goes on to the next place along `axes`; 0 behind the last one, and all are 0 again. */
static int cnn_next_along(const struct cnn_constraint *c, unsigned axes, int64_t *place)
{
    for (int k = c->rank - 1; k >= 0; k--) {
        if (!(axes >> k & 1))
            continue;
        if (++place[k] < c->shape[k])
            return 1;
        place[k] = 0;
    }
    return 0;
}

/* The next n norms from the place on: sums becomes the sums of squares, or each w is multiplied by what sums has. */
static void cnn_walk_norms(const struct cnn_constraint *c, float *w, int64_t (*norms)[CNN_RANK], int n, double *sums,
                           int multiplies)
{
    const int64_t zero[CNN_RANK] = {0};
    int64_t along[CNN_RANK] = {0}, first[CNN_NORMS];
    for (int g = 0; g < n; g++)
        first[g] = cnn_constrained_at(c, norms[g], zero);
    do {
        const int64_t step = cnn_constrained_at(c, zero, along);
        for (int g = 0; g < n; g++) {
            float *v = w + (c->mixed ? cnn_constrained_at(c, norms[g], along) : first[g] + step);
            if (multiplies)
                *v = (float)((double)*v * sums[g]);
            else
                sums[g] += (double)*v * (double)*v;
        }
    } while (cnn_next_along(c, c->along, along));
}

static double cnn_constraint_factor(const struct cnn_constraint *c, double squares)
{
    const double norm = sqrt(squares), most = norm > c->high ? c->high : norm;
    const double clipped = most < c->low ? c->low : most;
    return (c->rate * clipped + (1 - c->rate) * norm) / (norm + 1e-7);
}

/* The norms begin .. end - 1, in the order of the axes that are not along them. */
static void cnn_constrain_norms(const struct cnn_constraint *c, float *w, int64_t begin, int64_t end)
{
    const unsigned others = ~c->along;
    int64_t place[CNN_RANK] = {0}, norms[CNN_NORMS][CNN_RANK];
    int64_t left = begin;
    for (int k = c->rank - 1; k >= 0; k--) {
        if (!(others >> k & 1))
            continue;
        place[k] = left % c->shape[k];
        left /= c->shape[k];
    }
    while (begin < end) {
        const int n = end - begin < CNN_NORMS ? (int)(end - begin) : CNN_NORMS;
        double sums[CNN_NORMS] = {0};
        for (int g = 0; g < n; g++) {
            for (int k = 0; k < CNN_RANK; k++)
                norms[g][k] = place[k];
            cnn_next_along(c, others, place);
        }
        cnn_walk_norms(c, w, norms, n, sums, 0);
        for (int g = 0; g < n; g++)
            sums[g] = cnn_constraint_factor(c, sums[g]);
        cnn_walk_norms(c, w, norms, n, sums, 1);
        begin += n;
    }
}

static void cnn_constrain_signs(float *w, int64_t begin, int64_t end)
{
    for (int64_t i = begin; i < end; i++)
        w[i] = w[i] < 0 ? 0 : w[i];
}

/* Part `part` of `parts` of what n constraints do to theta; any split gives the same bits. */
CNN_CONSTRAIN void cnn_constrain(const struct cnn_constraint *all, int n, float *theta, int part, int parts)
{
    for (int i = 0; i < n; i++) {
        const struct cnn_constraint *c = &all[i];
        int64_t units = c->along ? 1 : (int64_t)c->size;
        for (int k = 0; c->along && k < c->rank; k++)
            units *= c->along >> k & 1 ? 1 : c->shape[k];
        const int64_t begin = units * part / parts, end = units * (part + 1) / parts;
        if (c->along)
            cnn_constrain_norms(c, theta + c->offset, begin, end);
        else
            cnn_constrain_signs(theta + c->offset, begin, end);
    }
}

#endif

#endif
