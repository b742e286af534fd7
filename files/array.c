/* array.c -- an array in memory: its type, its shape, its data and the owner of the data. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "input.h"

#if defined __BYTE_ORDER__ && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "libcnn reads and writes little-endian files without swapping: it needs a little-endian machine"
#endif

static const struct {
    const char *name;
    size_t size;
} dtypes[CNN_DTYPES] = {
    [CNN_BOOL] = {"bool", 1}, [CNN_U8] = {"uint8", 1},  [CNN_I8] = {"int8", 1},     [CNN_I16] = {"int16", 2},
    [CNN_I32] = {"int32", 4}, [CNN_I64] = {"int64", 8}, [CNN_F32] = {"float32", 4}, [CNN_F64] = {"float64", 8},
};

size_t cnn_dtype_size(enum cnn_dtype t)
{
    return dtypes[t].size;
}

const char *cnn_dtype_name(enum cnn_dtype t)
{
    return dtypes[t].name;
}

int64_t cnn_array_count(const struct cnn_array *a)
{
    int64_t n = 1;
    for (int i = 0; i < a->rank; i++)
        n *= a->shape[i];
    return n;
}

/* One dimension of zero makes the product zero, but the other dimensions are still checked. */
int cnn_shape_bytes(enum cnn_dtype t, int rank, const int64_t *shape, uint64_t *bytes)
{
    uint64_t n = cnn_dtype_size(t), zero = 0;
    for (int i = 0; i < rank; i++) {
        if (shape[i] < 0)
            return -1;
        if (shape[i] == 0)
            zero = 1;
        else if (n > (uint64_t)INT64_MAX / (uint64_t)shape[i])
            return -1;
        else
            n *= (uint64_t)shape[i];
    }
    *bytes = zero ? 0 : n;
    return 0;
}

struct cnn_array cnn_array_view(enum cnn_dtype t, int rank, const int64_t *shape, const void *data)
{
    struct cnn_array a = {.dtype = t, .rank = rank, .data = data, .owner = CNN_BORROWED};
    if (rank > 0)
        memcpy(a.shape, shape, (size_t)rank * sizeof *shape);
    return a;
}

double cnn_array_get(const struct cnn_array *a, int64_t i)
{
    switch (a->dtype) {
    case CNN_I8: return ((const int8_t *)a->data)[i];
    case CNN_I16: return ((const int16_t *)a->data)[i];
    case CNN_I32: return ((const int32_t *)a->data)[i];
    case CNN_I64: return (double)((const int64_t *)a->data)[i];
    case CNN_F32: return (double)((const float *)a->data)[i];
    case CNN_F64: return ((const double *)a->data)[i];
    case CNN_BOOL:
    case CNN_U8:
    case CNN_DTYPES: break;
    }
    return ((const uint8_t *)a->data)[i];
}

const char *cnn_shape_text(int rank, const int64_t *shape, char *out, size_t size)
{
    size_t n = 0;
    n += (size_t)snprintf(out, size, "[");
    for (int i = 0; i < rank && n < size; i++)
        n += (size_t)snprintf(out + n, size - n, "%s%" PRId64, i ? ", " : "", shape[i]);
    if (n < size)
        snprintf(out + n, size - n, "]");
    return out;
}

void cnn_array_free(struct cnn_array *a)
{
    if (a->owner == CNN_HEAP)
        free(a->base);
    else if (a->owner == CNN_MAPPED)
        munmap(a->base, a->base_size);
    memset(a, 0, sizeof *a);
}
