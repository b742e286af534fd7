/* gather_real.h -- gather.c in one precision. Included once for each, with REAL, its name in functions, REAL_NAME(x), and the
 * names of what it defines, CONVERT and GATHER, and of its tables in struct cnn_channels, MUL and ADD, defined. */

/* One loop for every type that a file may have. Blocks of a constant length are what compilers make vectors of. The product
 * is rounded before the sum, also where a machine could do both at once: the same floats on every machine. */
#define FROM(type)                                                                                                     \
    static void REAL_NAME(type)(const void *data, int64_t at, int64_t n, REAL mul, REAL add, REAL *restrict out)       \
    {                                                                                                                  \
        const type *restrict in = (const type *)data + at;                                                             \
        int64_t i = 0;                                                                                                 \
        for (; i + BLOCK <= n; i += BLOCK)                                                                             \
            for (int k = 0; k < BLOCK; k++)                                                                            \
                out[i + k] = (REAL)in[i + k] * mul + add;                                                              \
        for (; i < n; i++)                                                                                             \
            out[i] = (REAL)in[i] * mul + add;                                                                          \
    }
/* The same with a factor and a summand for each of `period` values, over and over. */
#define FROM_EACH(type)                                                                                                \
    static void REAL_NAME(each_##type)(const void *data, int64_t at, int64_t n, const REAL *restrict mul,              \
                                       const REAL *restrict add, int64_t period, REAL *restrict out)                   \
    {                                                                                                                  \
        for (int64_t begin = 0; begin < n; begin += period) {                                                          \
            const type *restrict in = (const type *)data + at + begin;                                                 \
            const int64_t end = n - begin < period ? n - begin : period;                                               \
            int64_t i = 0;                                                                                             \
            for (; i + BLOCK <= end; i += BLOCK)                                                                       \
                for (int k = 0; k < BLOCK; k++)                                                                        \
                    out[begin + i + k] = (REAL)in[i + k] * mul[i + k] + add[i + k];                                    \
            for (; i < end; i++)                                                                                       \
                out[begin + i] = (REAL)in[i] * mul[i] + add[i];                                                        \
        }                                                                                                              \
    }

#define EVERY_TYPE(X) X(uint8_t) X(int8_t) X(int16_t) X(int32_t) X(int64_t) X(float) X(double)
EVERY_TYPE(FROM)
EVERY_TYPE(FROM_EACH)
#undef EVERY_TYPE
#undef FROM_EACH
#undef FROM

void CONVERT(const struct cnn_array *a, int64_t i, int64_t n, REAL mul, REAL add, REAL *out)
{
    static void (*const from[CNN_DTYPES])(const void *, int64_t, int64_t, REAL, REAL, REAL *) = {
        [CNN_BOOL] = REAL_NAME(uint8_t), [CNN_U8] = REAL_NAME(uint8_t),  [CNN_I8] = REAL_NAME(int8_t),
        [CNN_I16] = REAL_NAME(int16_t),  [CNN_I32] = REAL_NAME(int32_t), [CNN_I64] = REAL_NAME(int64_t),
        [CNN_F32] = REAL_NAME(float),    [CNN_F64] = REAL_NAME(double)};
    from[a->dtype](a->data, i, n, mul, add, out);
}

static void REAL_NAME(channels)(const struct cnn_array *a, int64_t i, int64_t n, const struct cnn_channels *c,
                                REAL *out)
{
    static void (*const from[CNN_DTYPES])(const void *, int64_t, int64_t, const REAL *, const REAL *, int64_t,
                                          REAL *) = {
        [CNN_BOOL] = REAL_NAME(each_uint8_t), [CNN_U8] = REAL_NAME(each_uint8_t),  [CNN_I8] = REAL_NAME(each_int8_t),
        [CNN_I16] = REAL_NAME(each_int16_t),  [CNN_I32] = REAL_NAME(each_int32_t), [CNN_I64] = REAL_NAME(each_int64_t),
        [CNN_F32] = REAL_NAME(each_float),    [CNN_F64] = REAL_NAME(each_double)};
    from[a->dtype](a->data, i, n, c->MUL, c->ADD, c->period, out);
}

void GATHER(const struct cnn_dataset *d, const int64_t *order, int64_t first, int64_t n, REAL *x, void *target)
{
    const struct cnn_normalize *z = &d->normalize;
    REAL mul = (REAL)(z->scale / z->std), add = (REAL)(-z->mean / z->std);
    for (int64_t i = 0; i < n; i++) {
        int64_t row = row_of(d, order, first + i);
        if (i + AHEAD < n)
            fetch_early(d, row_of(d, order, first + i + AHEAD));
        if (z->channels)
            REAL_NAME(channels)(&d->x, row * d->x_size, d->x_size, z->channels, x + i * d->x_size);
        else
            CONVERT(&d->x, row * d->x_size, d->x_size, mul, add, x + i * d->x_size);
        if (target && !d->sparse)
            CONVERT(&d->y, row * d->y_size, d->y_size, 1, 0, (REAL *)target + i * d->y_size);
    }
    if (target && d->sparse)
        gather_classes(d, order, first, n, target);
}
