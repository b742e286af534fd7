/* cnn_whole.h -- updates that look at a parameter as a whole: norms, means over rows and columns, products of matrices.
 * Generated trainers include it, and cnnc copies it into what --emit=learn makes. Each function works on what the
 * gradient buffer holds of one parameter, in its place, and reads theta. Sums run in one order, whoever computes them.
 * Wants <math.h>, <stddef.h>, <stdint.h>, <string.h> and struct cnn_axis. CNN_WHOLE stands in front of functions. */
#ifndef CNN_WHOLE_H
#define CNN_WHOLE_H

struct cnn_whole {
    size_t offset, size; /* of the parameter in theta, with padding, whose gradient is 0 */
    int rank;
    int64_t shape[CNN_RANK];
    struct cnn_axis axis[CNN_RANK];
    size_t kept; /* where its own numbers stand, which last from step to step */
    size_t work; /* where room to work in begins, which some parameters share */
    int lane;    /* those of one lane are done one after the other */
};

#ifdef CNN_WHOLE

/* ---- the parameter as rows of numbers that stand side by side */

CNN_WHOLE int64_t cnn_whole_columns(const struct cnn_whole *w)
{
    return w->shape[w->rank - 1];
}

CNN_WHOLE int64_t cnn_whole_rows(const struct cnn_whole *w)
{
    int64_t rows = 1;
    for (int k = 0; k + 1 < w->rank; k++)
        rows *= w->shape[k];
    return rows;
}

/* Where a row begins: a distance, and the number that its first element has along the last axis. */
CNN_WHOLE int64_t cnn_whole_row(const struct cnn_whole *w, int64_t row, int64_t *first)
{
    int64_t at = 0, length, i;
    int k = w->rank - 1;
    for (*first = 0, length = w->shape[k]; k > 0 && w->axis[k - 1].block == 0; length *= w->shape[k]) {
        k--;
        *first += row % w->shape[k] * length;
        row /= w->shape[k];
    }
    for (k--; k >= 0; k--) {
        const struct cnn_axis *a = &w->axis[k];
        for (length = w->shape[k]; k > 0 && w->axis[k - 1].block == 0;)
            length *= w->shape[--k];
        i = row % length;
        at += i / a->block * a->outer + i % a->block * a->inner;
        row /= length;
    }
    return at;
}

/* Copies the parameter's numbers to rows, or back, multiplied. */
CNN_WHOLE void cnn_whole_copy(const struct cnn_whole *w, float *at, float *rows, int back, float factor)
{
    const struct cnn_axis *a = &w->axis[w->rank - 1];
    const int64_t columns = cnn_whole_columns(w), n = cnn_whole_rows(w);
    for (int64_t r = 0; r < n; r++, rows += columns) {
        int64_t first;
        float *from = at + w->offset + cnn_whole_row(w, r, &first);
        for (int64_t c = 0; c < columns;) {
            const int64_t inside = (first + c) % a->block, left = a->block - inside;
            const int64_t end = columns - c < left ? columns : c + left;
            float *p = from + (first + c) / a->block * a->outer + inside * a->inner;
            for (; c < end; c++, p += a->inner)
                if (back)
                    *p = rows[c] * factor;
                else
                    rows[c] = *p;
        }
    }
}

/* The sum of the squares of n numbers; padding counts as 0. */
CNN_WHOLE double cnn_whole_squares(const float *x, size_t n)
{
    double sum[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t k = 0; k < 8; k++)
            sum[k] += (double)x[i + k] * (double)x[i + k];
    for (; i < n; i++)
        sum[i % 8] += (double)x[i] * (double)x[i];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

CNN_WHOLE void cnn_whole_scale(const struct cnn_whole *w, float *u, float factor)
{
    for (size_t i = w->offset; i < w->offset + w->size; i++)
        u[i] *= factor;
}

/* ---- the optimizers */

/* The update becomes as long as the parameter, of which a step's decay leaves the part `keeps`. */
CNN_WHOLE void cnn_whole_lamb(const struct cnn_whole *w, const float *theta, float *u, float *kept, float *work,
                              double keeps)
{
    const double norm = fabs(keeps) * sqrt(cnn_whole_squares(theta + w->offset, w->size));
    const double length = sqrt(cnn_whole_squares(u + w->offset, w->size));
    (void)kept, (void)work;
    if (norm > 0 && length > 0)
        cnn_whole_scale(w, u, (float)(norm / length));
}

/* What one matrix of the gradient becomes; r and c: running means of the squares of its rows and its columns. Returns
 * the sum of the squares. */
CNN_WHOLE double cnn_whole_factored(float *x, float *r, float *c, double *sums, int64_t rows, int64_t columns,
                                    double old, double small)
{
    double mean = 0, squares = 0;
    memset(sums, 0, (size_t)columns * sizeof *sums);
    for (int64_t i = 0; i < rows; i++) {
        double sum = 0;
        for (int64_t j = 0; j < columns; j++) {
            const double square = (double)x[i * columns + j] * (double)x[i * columns + j] + small;
            sum += square;
            sums[j] += square;
        }
        r[i] = (float)(old * (double)r[i] + (1 - old) * sum / (double)columns);
        mean += (double)r[i];
    }
    mean /= (double)rows;
    for (int64_t j = 0; j < columns; j++) {
        c[j] = (float)(old * (double)c[j] + (1 - old) * sums[j] / (double)rows);
        sums[j] = 1 / sqrt((double)c[j]);
    }
    for (int64_t i = 0; i < rows; i++) {
        const double row = 1 / sqrt((double)r[i] / mean);
        for (int64_t j = 0; j < columns; j++) {
            const double v = (double)x[i * columns + j] * row * sums[j];
            squares += v * v;
            x[i * columns + j] = (float)v;
        }
    }
    return squares;
}

/* Adafactor: a parameter of several axes keeps means over its last two, another one the means of its elements. */
CNN_WHOLE void cnn_whole_factor(const struct cnn_whole *w, const float *theta, float *u, float *kept, float *work,
                                double keeps, double rate, double old, double small, double least, double most)
{
    const int64_t columns = cnn_whole_columns(w), all = cnn_whole_rows(w), count = all * columns;
    const int64_t rows = w->rank > 1 ? w->shape[w->rank - 2] : 1;
    double *sums = (double *)(void *)(work + w->work);
    float *x = work + w->work + 2 * columns, *r = kept + w->kept, *c = r + (w->rank > 1 ? all : 0);
    const double size = fabs(keeps) * sqrt(cnn_whole_squares(theta + w->offset, w->size) / (double)count);
    double squares = 0;
    cnn_whole_copy(w, u, x, 0, 1);
    for (int64_t m = 0; w->rank > 1 && m < all / rows; m++)
        squares +=
            cnn_whole_factored(x + m * rows * columns, r + m * rows, c + m * columns, sums, rows, columns, old, small);
    for (int64_t i = 0; w->rank == 1 && i < columns; i++) {
        r[i] = (float)(old * (double)r[i] + (1 - old) * ((double)x[i] * (double)x[i] + small));
        const double v = (double)x[i] / sqrt((double)r[i]);
        squares += v * v;
        x[i] = (float)v;
    }
    const double length = sqrt(squares / (double)count) / most;
    cnn_whole_copy(w, u, x, 1,
                   (float)((size > least ? size : least) * rate / (length > 1 || isnan(length) ? length : 1)));
}

/* y = a x + b m x; m: n rows and columns, x: n rows. */
CNN_WHOLE void cnn_whole_product(float *y, const float *x, const float *m, int64_t n, int64_t columns, float a, float b)
{
    for (int64_t i = 0; i < n; i++) {
        float *to = y + i * columns;
        for (int64_t j = 0; j < columns; j++)
            to[j] = a * x[i * columns + j];
        for (int64_t k = 0; k < n; k++) {
            const float factor = b * m[i * n + k];
            const float *from = x + k * columns;
            for (int64_t j = 0; j < columns; j++)
                to[j] += factor * from[j];
        }
    }
}

/* y = x times x transposed: n rows and columns. */
CNN_WHOLE void cnn_whole_gram(float *y, const float *x, int64_t n, int64_t columns)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k <= i; k++) {
            const float *a = x + i * columns, *b = x + k * columns;
            float sum[16] = {0};
            double total = 0;
            int64_t j = 0;
            for (; j + 16 <= columns; j += 16)
                for (int64_t l = 0; l < 16; l++)
                    sum[l] += a[j + l] * b[j + l];
            for (; j < columns; j++)
                sum[j % 16] += a[j] * b[j];
            for (int64_t l = 0; l < 16; l++)
                total += (double)sum[l];
            y[i * n + k] = y[k * n + i] = (float)total;
        }
}

CNN_WHOLE void cnn_whole_transpose(float *y, const float *x, int64_t rows, int64_t columns)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            y[j * rows + i] = x[i * columns + j];
}

/* Muon: the update of a matrix becomes nearly orthogonal, by Newton and Schulz' iteration. */
CNN_WHOLE void cnn_whole_orthogonal(const struct cnn_whole *w, const float *theta, float *u, float *kept, float *work,
                                    double rate, double steps, double a, double b, double c)
{
    const int64_t rows = cnn_whole_rows(w), columns = cnn_whole_columns(w), size = rows * columns;
    const int64_t n = rows < columns ? rows : columns, longer = rows < columns ? columns : rows;
    float *x = work + w->work, *y = x + size, *gram = y + size, *power = gram + n * n;
    (void)theta, (void)kept;
    cnn_whole_copy(w, u, rows > columns ? y : x, 0, 1);
    if (rows > columns)
        cnn_whole_transpose(x, y, rows, columns);
    const float shorter = (float)(1 / (sqrt(cnn_whole_squares(x, (size_t)size)) + 1e-7));
    for (int64_t i = 0; i < size; i++)
        x[i] *= shorter;
    for (int s = 0; s < (int)steps; s++) {
        float *swap = x;
        cnn_whole_gram(gram, x, n, longer);
        cnn_whole_product(power, gram, gram, n, n, (float)b, (float)c);
        cnn_whole_product(y, x, power, n, longer, (float)a, 1);
        x = y;
        y = swap;
    }
    if (rows > columns)
        cnn_whole_transpose(y, x, columns, rows);
    cnn_whole_copy(w, u, rows > columns ? y : x, 1, (float)(rate * sqrt((double)longer)));
}

#endif

#endif
