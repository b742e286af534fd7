/* batch_real.h -- the part of batch.c that depends on the precision. batch.c includes it once for each precision
 * and defines these macros before: REAL, the type; REAL_NAME(x), the name of a function for it; CONVERT and
 * GATHER, the names of the two public functions; NARROW(X) and WIDE(X), two lists of types of values in files.
 * Values of the NARROW types are normalised in REAL. Values of the WIDE types are normalised in double and rounded
 * once. When REAL is float, NARROW has the types whose values a float holds exactly. */

/* One loop for every type that a file may have. It works in blocks of a constant length, which compilers turn into
 * vectors. It subtracts before it multiplies, so that no machine can join the two operations into one: every
 * machine gets the same floats. */
#define LOOP(type, VALUE)                                                                                              \
    const type *restrict in = (const type *)data + at;                                                                 \
    int64_t i = 0;                                                                                                     \
    for (; i + BLOCK <= n; i += BLOCK)                                                                                 \
        for (int k = 0; k < BLOCK; k++)                                                                                \
            out[i + k] = VALUE(in[i + k], i + k);                                                                      \
    for (; i < n; i++)                                                                                                 \
        out[i] = VALUE(in[i], i);

#define AS_IT_IS(v, i)     (REAL)(v)
#define SHIFTED(v, i)      (((REAL)(v)-sub) - rest) * mul
#define SHIFTED_WIDE(v, i) (REAL)(((double)(v)-sub) * mul)
#define CAST(type)                                                                                                     \
    static void REAL_NAME(type)(const void *data, int64_t at, int64_t n, REAL *restrict out)                           \
    {                                                                                                                  \
        LOOP(type, AS_IT_IS)                                                                                           \
    }
#define SHIFT(type)                                                                                                    \
    static void REAL_NAME(shifted_##type)(const void *data, int64_t at, int64_t n, const struct cnn_shift *s,          \
                                          REAL *restrict out)                                                          \
    {                                                                                                                  \
        const REAL sub = (REAL)s->sub, rest = (REAL)s->rest, mul = (REAL)s->mul;                                       \
        LOOP(type, SHIFTED)                                                                                            \
    }
#define SHIFT_WIDE(type)                                                                                               \
    static void REAL_NAME(shifted_##type)(const void *data, int64_t at, int64_t n, const struct cnn_shift *s,          \
                                          REAL *restrict out)                                                          \
    {                                                                                                                  \
        const double sub = s->sub_double, mul = s->mul_double;                                                         \
        LOOP(type, SHIFTED_WIDE)                                                                                       \
    }
/* The same with different numbers for each of `period` values; after these the numbers repeat. */
#define EACH_SHIFTED(v, i)      (((REAL)(v)-sub[i]) - rest[i]) * mul[i]
#define EACH_SHIFTED_WIDE(v, i) (REAL)(((double)(v)-sub[i]) * mul[i])
#define EACH_BEGIN(type)                                                                                               \
    static void REAL_NAME(each_##type)(const void *data, int64_t first, int64_t all, const struct cnn_channels *c,     \
                                       REAL *restrict to)                                                              \
    {                                                                                                                  \
        for (int64_t begin = 0; begin < all; begin += c->period) {                                                     \
            const int64_t at = first + begin, n = all - begin < c->period ? all - begin : c->period;                   \
            REAL *restrict out = to + begin;
#define EACH_END                                                                                                       \
    }                                                                                                                  \
    }
#define EACH(type)                                                                                                     \
    EACH_BEGIN(type)                                                                                                   \
    const float *restrict sub = c->sub, *restrict rest = c->rest, *restrict mul = c->mul;                              \
    LOOP(type, EACH_SHIFTED)                                                                                           \
    EACH_END
#define EACH_WIDE(type)                                                                                                \
    EACH_BEGIN(type)                                                                                                   \
    const double *restrict sub = c->sub_double, *restrict mul = c->mul_double;                                         \
    LOOP(type, EACH_SHIFTED_WIDE)                                                                                      \
    EACH_END

NARROW(CAST)
WIDE(CAST)
NARROW(SHIFT)
WIDE(SHIFT_WIDE)
NARROW(EACH)
WIDE(EACH_WIDE)
#undef EACH_WIDE
#undef EACH
#undef EACH_END
#undef EACH_BEGIN
#undef EACH_SHIFTED_WIDE
#undef EACH_SHIFTED
#undef SHIFT_WIDE
#undef SHIFT
#undef CAST
#undef SHIFTED_WIDE
#undef SHIFTED
#undef AS_IT_IS
#undef LOOP

#define BY_TYPE(prefix)                                                                                                \
    {                                                                                                                  \
        [CNN_BOOL] = REAL_NAME(prefix##uint8_t), [CNN_U8] = REAL_NAME(prefix##uint8_t),                                \
        [CNN_I8] = REAL_NAME(prefix##int8_t), [CNN_I16] = REAL_NAME(prefix##int16_t),                                  \
        [CNN_I32] = REAL_NAME(prefix##int32_t), [CNN_I64] = REAL_NAME(prefix##int64_t),                                \
        [CNN_F32] = REAL_NAME(prefix##float), [CNN_F64] = REAL_NAME(prefix##double)                                    \
    }

void CONVERT(const struct cnn_array *a, int64_t i, int64_t n, REAL *out)
{
    static void (*const from[CNN_DTYPES])(const void *, int64_t, int64_t, REAL *) = BY_TYPE();
    from[a->dtype](a->data, i, n, out);
}

static void REAL_NAME(shifted)(const struct cnn_array *a, int64_t i, int64_t n, const struct cnn_shift *s, REAL *out)
{
    static void (*const from[CNN_DTYPES])(const void *, int64_t, int64_t, const struct cnn_shift *, REAL *) =
        BY_TYPE(shifted_);
    from[a->dtype](a->data, i, n, s, out);
}

static void REAL_NAME(channels)(const struct cnn_array *a, int64_t i, int64_t n, const struct cnn_channels *c,
                                REAL *out)
{
    static void (*const from[CNN_DTYPES])(const void *, int64_t, int64_t, const struct cnn_channels *, REAL *) =
        BY_TYPE(each_);
    from[a->dtype](a->data, i, n, c, out);
}
#undef BY_TYPE

/* Row `row` of d, normalised as `all` is. */
static void REAL_NAME(normalised)(const struct cnn_dataset *d, const struct cnn_dataset *all,
                                  const struct cnn_shift *shift, int64_t row, REAL *x)
{
    if (all->normalize.channels)
        REAL_NAME(channels)(&d->x, row * d->x_size, d->x_size, all->normalize.channels, x);
    else
        REAL_NAME(shifted)(&d->x, row * d->x_size, d->x_size, shift, x);
}

static void REAL_NAME(target)(const struct cnn_dataset *d, const struct cnn_dataset *all, const struct cnn_shift *shift,
                              int64_t row, REAL *t)
{
    if (d->from == CNN_FROM_INPUT)
        REAL_NAME(normalised)(d->own ? &all->more[d->own - 1] : all, all, shift, row, t);
    else if (d->from == CNN_FROM_NOTHING || !d->y.data)
        memset(t, 0, (size_t)d->y_size * sizeof *t);
    else
        CONVERT(&d->y, row * d->y_size, d->y_size, t);
}

/* The rows of one port; `all` is the data set of the first. */
static void REAL_NAME(port)(const struct cnn_dataset *d, const struct cnn_dataset *all, const int64_t *order,
                            int64_t first, int64_t n, REAL *x, void *target)
{
    const struct cnn_normalize *z = &all->normalize;
    const struct cnn_shift shift = cnn_normalize_shift(z->scale, z->mean, z->std);
    for (int64_t i = 0; i < n; i++) {
        int64_t row = row_of(all, order, first + i);
        if (x && i + AHEAD < n)
            fetch_early(d, row_of(all, order, first + i + AHEAD));
        if (x)
            REAL_NAME(normalised)(d, all, &shift, row, x + i * d->x_size);
        if (target && !d->sparse)
            REAL_NAME(target)(d, all, &shift, row, (REAL *)target + i * d->y_size);
    }
    if (target && d->sparse && d->y.data)
        gather_classes(d, all, order, first, n, target);
}

void GATHER(const struct cnn_dataset *d, const int64_t *order, int64_t first, int64_t n, REAL *x, void *target)
{
    const int wide = sizeof(REAL) == sizeof(double);
    REAL_NAME(port)(d, d, order, first, n, x, d->skips_y ? NULL : target);
    for (int i = 0; i < d->n_more; i++) {
        const struct cnn_dataset *o = &d->more[i];
        if (o->skips_x && o->skips_y)
            continue;
        REAL *xi = o->skips_x ? NULL : (REAL *)(void *)((char *)x + o->x_at[wide]);
        REAL_NAME(port)
        (o, d, order, first, n, xi, target && !o->skips_y ? (void *)((char *)target + o->y_at[wide]) : NULL);
    }
}
