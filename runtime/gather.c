/* gather.c -- rows of a data set into a batch of floats. */
#include "dataset.h"

/* One loop for every type that a file may have. Blocks of a constant length are what compilers make vectors of. */
enum { BLOCK = 16 };

#define CONVERT(name, from, to)                                                                                        \
    static void name(const void *data, int64_t at, int64_t n, to mul, to add, to *restrict out)                        \
    {                                                                                                                  \
        const from *restrict in = (const from *)data + at;                                                             \
        int64_t i = 0;                                                                                                 \
        for (; i + BLOCK <= n; i += BLOCK)                                                                             \
            for (int k = 0; k < BLOCK; k++)                                                                            \
                out[i + k] = (to)in[i + k] * mul + add;                                                                \
        for (; i < n; i++)                                                                                             \
            out[i] = (to)in[i] * mul + add;                                                                            \
    }
CONVERT(u8_float, uint8_t, float)
CONVERT(i8_float, int8_t, float)
CONVERT(i16_float, int16_t, float)
CONVERT(i32_float, int32_t, float)
CONVERT(i64_float, int64_t, float)
CONVERT(f32_float, float, float)
CONVERT(f64_float, double, float)
CONVERT(u8_double, uint8_t, double)
CONVERT(i8_double, int8_t, double)
CONVERT(i16_double, int16_t, double)
CONVERT(i32_double, int32_t, double)
CONVERT(i64_double, int64_t, double)
CONVERT(f32_double, float, double)
CONVERT(f64_double, double, double)

void cnn_convert(const struct cnn_array *a, int64_t i, int64_t n, float mul, float add, float *out)
{
    static void (*const convert[CNN_DTYPES])(const void *, int64_t, int64_t, float, float, float *) = {
        u8_float, u8_float, i8_float, i16_float, i32_float, i64_float, f32_float, f64_float};
    convert[a->dtype](a->data, i, n, mul, add, out);
}

void cnn_convert_double(const struct cnn_array *a, int64_t i, int64_t n, double mul, double add, double *out)
{
    static void (*const convert[CNN_DTYPES])(const void *, int64_t, int64_t, double, double, double *) = {
        u8_double, u8_double, i8_double, i16_double, i32_double, i64_double, f32_double, f64_double};
    convert[a->dtype](a->data, i, n, mul, add, out);
}

static int64_t row_of(const struct cnn_dataset *d, const int64_t *order, int64_t i)
{
    return cnn_dataset_row(d, order ? order[i] : i);
}

static void gather_classes(const struct cnn_dataset *d, const int64_t *order, int64_t first, int64_t n, int32_t *target)
{
    for (int64_t i = 0; i < n; i++)
        target[i] = (int32_t)cnn_array_get(&d->y, row_of(d, order, first + i));
}

void cnn_gather(const struct cnn_dataset *d, const int64_t *order, int64_t first, int64_t n, float *x, void *target)
{
    const struct cnn_normalize *z = &d->normalize;
    float mul = (float)(z->scale / z->std), add = (float)(-z->mean / z->std);
    for (int64_t i = 0; i < n; i++) {
        int64_t row = row_of(d, order, first + i);
        cnn_convert(&d->x, row * d->x_size, d->x_size, mul, add, x + i * d->x_size);
        if (target && !d->sparse)
            cnn_convert(&d->y, row * d->y_size, d->y_size, 1, 0, (float *)target + i * d->y_size);
    }
    if (target && d->sparse)
        gather_classes(d, order, first, n, target);
}

void cnn_gather_double(const struct cnn_dataset *d, const int64_t *order, int64_t first, int64_t n, double *x,
                       void *target)
{
    const struct cnn_normalize *z = &d->normalize;
    double mul = z->scale / z->std, add = -z->mean / z->std;
    for (int64_t i = 0; i < n; i++) {
        int64_t row = row_of(d, order, first + i);
        cnn_convert_double(&d->x, row * d->x_size, d->x_size, mul, add, x + i * d->x_size);
        if (target && !d->sparse)
            cnn_convert_double(&d->y, row * d->y_size, d->y_size, 1, 0, (double *)target + i * d->y_size);
    }
    if (target && d->sparse)
        gather_classes(d, order, first, n, target);
}
