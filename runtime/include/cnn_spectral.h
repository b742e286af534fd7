/* cnn_spectral.h -- kernels that are divided by an estimate of their largest singular value in front of each step of
 * training, as Keras' SpectralNormalization does it, and the function that does so. Where CNN_SPECTRAL is defined, it
 * stands in front of the function: libcnn has it, and cnnc copies it into what --emit=learn makes. Wants <math.h> and
 * cnn_constraints.h. */
#ifndef CNN_SPECTRAL_H
#define CNN_SPECTRAL_H

/* The kernel is a matrix: its last axis counts columns, all others count rows. The vector has a number for each column,
 * and behind it, at the next multiple of 16 floats, is room for as many doubles. */
struct cnn_spectral {
    size_t offset, size, vector; /* of the kernel in theta; where the vector is */
    int iterations;
    int rank;
    int64_t shape[CNN_RANK];
    struct cnn_axis axis[CNN_RANK];
};

#ifdef CNN_SPECTRAL

/* Numbers of a row that follow one another in memory, `step` floats apart. */
struct cnn_spectral_run {
    float *w;
    int64_t n, step;
};

/* Where a row begins: the axes in front of those that are merged with the last one; *number: that of its first element
 * within the merged ones. */
static float *cnn_spectral_row(const struct cnn_spectral *s, float *kernel, int64_t row, int64_t *number)
{
    int64_t place[CNN_RANK] = {0}, i = 0, at = 0;
    for (int k = s->rank - 2; k >= 0; k--) {
        place[k] = row % s->shape[k];
        row /= s->shape[k];
    }
    for (int k = 0; k < s->rank - 1; k++) {
        const struct cnn_axis *x = &s->axis[k];
        i = i * s->shape[k] + place[k];
        if (x->block == 0)
            continue;
        at += i / x->block * x->outer + i % x->block * x->inner;
        i = 0;
    }
    *number = i * s->shape[s->rank - 1];
    return kernel + at;
}

/* The elements from number i of the last axis on, at most `most`. */
static struct cnn_spectral_run cnn_spectral_run(const struct cnn_axis *x, float *row, int64_t i, int64_t most)
{
    if (x->block == 1) {
        const struct cnn_spectral_run all = {row + i * x->outer, most, x->outer};
        return all;
    }
    const int64_t left = x->block - i % x->block;
    const struct cnn_spectral_run run = {row + i / x->block * x->outer + i % x->block * x->inner,
                                         left < most ? left : most, x->inner};
    return run;
}

/* The product of a row and the vector; eight sums, so that they do not wait for one another. */
static double cnn_spectral_dot(const struct cnn_spectral *s, float *row, int64_t first, const float *u)
{
    const int64_t columns = s->shape[s->rank - 1];
    double sum[8] = {0};
    struct cnn_spectral_run r;
    for (int64_t c = 0; c < columns; c += r.n) {
        r = cnn_spectral_run(&s->axis[s->rank - 1], row, first + c, columns - c);
        for (int64_t k = 0; k < r.n; k++)
            sum[k % 8] += (double)r.w[k * r.step] * (double)u[c + k];
    }
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

static void cnn_spectral_add(const struct cnn_spectral *s, float *row, int64_t first, float factor, double *to)
{
    const int64_t columns = s->shape[s->rank - 1];
    struct cnn_spectral_run r;
    for (int64_t c = 0; c < columns; c += r.n) {
        r = cnn_spectral_run(&s->axis[s->rank - 1], row, first + c, columns - c);
        for (int64_t k = 0; k < r.n; k++)
            to[c + k] += (double)factor * (double)r.w[k * r.step];
    }
}

/* What a vector is multiplied by to have the length 1; a very short one stays short. */
static double cnn_spectral_inverse(double squares)
{
    return squares > 1e-14 ? 1 / sqrt(squares) : squares <= 1e-14 ? 1e7 : squares;
}

/* One step of the power method: u W' has the direction of the left vector, which times W is the next u, in `next`, not
 * yet of length 1. Returns what `next` is to be multiplied by for the left vector to have length 1. */
static double cnn_spectral_iterate(const struct cnn_spectral *s, float *kernel, const float *u, double *next)
{
    int64_t rows = 1;
    double squares = 0;
    for (int k = 0; k < s->rank - 1; k++)
        rows *= s->shape[k];
    for (int64_t c = 0; c < s->shape[s->rank - 1]; c++)
        next[c] = 0;
    for (int64_t i = 0; i < rows; i++) {
        int64_t first;
        float *row = cnn_spectral_row(s, kernel, i, &first);
        const float t = (float)cnn_spectral_dot(s, row, first, u);
        squares += (double)t * (double)t;
        cnn_spectral_add(s, row, first, t, next);
    }
    return cnn_spectral_inverse(squares);
}

/* All sums are of products of floats, which are exact in double: it does not matter whether a compiler contracts them.
 * A kernel of zeros stays as it is; NaN goes on into all of it. */
static void cnn_normalize_spectrum(const struct cnn_spectral *s, float *theta)
{
    const int64_t columns = s->shape[s->rank - 1];
    float *const kernel = theta + s->offset, *const u = theta + s->vector;
    double *const next = (double *)(void *)(u + (columns + 15) / 16 * 16);
    double value = 0;
    for (int i = 0; i < s->iterations; i++) {
        const double left = cnn_spectral_iterate(s, kernel, u, next);
        double squares = 0;
        for (int64_t c = 0; c < columns; c++) {
            next[c] = (double)(float)(next[c] * left);
            squares += next[c] * next[c];
        }
        const double right = cnn_spectral_inverse(squares);
        value = squares * right;
        if (value <= 0)
            return;
        for (int64_t c = 0; c < columns; c++)
            u[c] = (float)(next[c] * right);
    }
    for (size_t i = 0; i < s->size; i++)
        kernel[i] = (float)((double)kernel[i] / value);
}

/* Part `part` of `parts` of what is done to n kernels; each is done by one part, so any split gives the same bits. */
CNN_SPECTRAL void cnn_normalize_spectra(const struct cnn_spectral *all, int n, float *theta, int part, int parts)
{
    for (int i = part; i < n; i += parts)
        cnn_normalize_spectrum(&all[i], theta);
}

#endif

#endif
