/* stored.c -- converts elements from forms that only files use: high byte first, first index running fastest, half
 * floats, unsigned numbers of several bytes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"

static void swap_bytes(void *elements, size_t bytes, size_t size)
{
    for (uint8_t *p = elements; bytes > 0; bytes -= size, p += size)
        for (size_t i = 0; i < size / 2; i++) {
            uint8_t t = p[i];
            p[i] = p[size - 1 - i];
            p[size - 1 - i] = t;
        }
}

/* ---- order */

/* Reorders like to[i][j][k] = from[k][j][i]: in `to` the last index of *a runs fastest, in `from` the first. */
static void transpose(const struct cnn_array *a, const uint8_t *from, uint8_t *to, size_t size)
{
    int64_t at[CNN_ARRAY_RANK] = {0}, step[CNN_ARRAY_RANK], source = 0;
    const int64_t n = cnn_array_count(a);
    for (int d = 0; d < a->rank; d++)
        step[d] = d ? step[d - 1] * a->shape[d - 1] : 1;
    for (int64_t i = 0; i < n; i++) {
        memcpy(to + (size_t)i * size, from + (size_t)source * size, size);
        for (int d = a->rank - 1; d >= 0; d--) {
            source += step[d];
            if (++at[d] < a->shape[d])
                break;
            source -= step[d] * a->shape[d];
            at[d] = 0;
        }
    }
}

/* ---- types */

static float half(uint16_t h)
{
    const int exponent = h >> 10 & 31, fraction = h & 1023;
    float v = exponent == 31  ? (fraction ? NAN : INFINITY)
              : exponent == 0 ? ldexpf((float)fraction, -24)
                              : ldexpf((float)(fraction + 1024), exponent - 25);
    return h >> 15 ? -v : v;
}

static int widen(enum cnn_stored_type type, const void *from, int64_t n, void *to, const char *path,
                 struct cnn_error *e)
{
    for (int64_t i = 0; i < n; i++)
        switch (type) {
        case CNN_STORED_HALF: ((float *)to)[i] = half(((const uint16_t *)from)[i]); break;
        case CNN_STORED_U16: ((int32_t *)to)[i] = ((const uint16_t *)from)[i]; break;
        case CNN_STORED_U32: ((int64_t *)to)[i] = ((const uint32_t *)from)[i]; break;
        case CNN_STORED_U64:
            if (((const uint64_t *)from)[i] > INT64_MAX)
                return cnn_fail(e, "%s: element %lld is larger than any int64: %llu", path, (long long)i,
                                (unsigned long long)((const uint64_t *)from)[i]);
            ((int64_t *)to)[i] = (int64_t)((const uint64_t *)from)[i];
            break;
        case CNN_STORED_SAME: break;
        }
    return 0;
}

static enum cnn_dtype type_of(const struct cnn_array *a, enum cnn_stored_type type)
{
    static const enum cnn_dtype types[] = {[CNN_STORED_HALF] = CNN_F32,
                                           [CNN_STORED_U16] = CNN_I32,
                                           [CNN_STORED_U32] = CNN_I64,
                                           [CNN_STORED_U64] = CNN_I64};
    return type == CNN_STORED_SAME ? a->dtype : types[type];
}

/* Allocates memory for the converted elements; replace() then makes *a its owner. */
static int renew(struct cnn_array *a, enum cnn_dtype dtype, void **to, const char *path, struct cnn_error *e)
{
    uint64_t bytes;
    if (cnn_shape_bytes(dtype, a->rank, a->shape, &bytes) != 0 || bytes > SIZE_MAX)
        return cnn_fail(e, "%s: does not fit in memory", path);
    *to = malloc(bytes ? (size_t)bytes : 1);
    return *to ? 0 : cnn_fail_memory(e, path, bytes);
}

static void replace(struct cnn_array *a, enum cnn_dtype dtype, void *data)
{
    struct cnn_array old = *a;
    uint64_t bytes = 0;
    cnn_shape_bytes(dtype, a->rank, a->shape, &bytes);
    a->dtype = dtype;
    a->data = a->base = data;
    a->base_size = (size_t)bytes;
    a->owner = CNN_HEAP;
    cnn_array_free(&old);
}

static int put_in_order(struct cnn_array *a, const char *path, struct cnn_error *e)
{
    void *to;
    if (renew(a, a->dtype, &to, path, e) != 0)
        return -1;
    transpose(a, a->data, to, cnn_dtype_size(a->dtype));
    replace(a, a->dtype, to);
    return 0;
}

static int put_in_type(struct cnn_array *a, enum cnn_stored_type type, const char *path, struct cnn_error *e)
{
    const enum cnn_dtype dtype = type_of(a, type);
    void *to;
    if (renew(a, dtype, &to, path, e) != 0)
        return -1;
    if (widen(type, a->data, cnn_array_count(a), to, path, e) != 0) {
        free(to);
        return -1;
    }
    replace(a, dtype, to);
    return 0;
}

int cnn_stored_read(struct cnn_input *in, const struct cnn_stored *s, struct cnn_array *a, struct cnn_error *e)
{
    const int plain = !s->swapped && !s->fortran && s->type == CNN_STORED_SAME;
    void *map = in->map;
    if (!plain)
        in->map = NULL; /* elements that will be changed must not be mapped */
    int status = cnn_input_elements(in, a, e);
    if (plain)
        return status;
    in->map = map;
    if (status == 0 && s->swapped)
        swap_bytes(a->base, a->base_size, cnn_dtype_size(a->dtype));
    if (status == 0 && s->fortran && a->rank > 1)
        status = put_in_order(a, in->path, e);
    if (status == 0 && s->type != CNN_STORED_SAME)
        status = put_in_type(a, s->type, in->path, e);
    if (status != 0)
        cnn_array_free(a);
    return status;
}
