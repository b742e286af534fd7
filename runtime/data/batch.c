/* batch.c -- makes a batch of floats from rows of a data set. Only batches become floats: the rows stay as their
 * file has them. */
#include <string.h>

#include "data/dataset.h"

enum { BLOCK = 16, CACHE_LINE = 64, FETCHED = 16 * CACHE_LINE, AHEAD = 4 };

static int64_t row_of(const struct cnn_dataset *d, const int64_t *order, int64_t i)
{
    return cnn_dataset_row(d, order ? order[i] : i);
}

/* Shuffled rows lie anywhere in memory. The next few rows are fetched while this one is computed, so that nobody
 * waits for them. */
static void fetch_early(const struct cnn_dataset *d, int64_t row)
{
    int64_t bytes = d->x_size * (int64_t)cnn_dtype_size(d->x.dtype);
    const char *at = (const char *)d->x.data + row * bytes;
    for (int64_t i = 0; i < bytes && i < FETCHED; i += CACHE_LINE)
        __builtin_prefetch(at + i);
}

static void gather_classes(const struct cnn_dataset *d, const struct cnn_dataset *all, const int64_t *order,
                           int64_t first, int64_t n, int32_t *target)
{
    const int64_t labels = cnn_labels(d);
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < labels; k++)
            target[i * labels + k] = (int32_t)cnn_array_get(&d->y, row_of(all, order, first + i) * labels + k);
}

void cnn_target_row(const struct cnn_dataset *d, int64_t i, float *target)
{
    cnn_gather(d, NULL, i, 1, NULL, target);
}

const float *cnn_gather_weights(const struct cnn_dataset *d, const int64_t *order, int64_t first, int64_t n, float *out)
{
    const float *weight = d->weight.data;
    for (int64_t i = 0; weight && i < n; i++)
        out[i] = weight[row_of(d, order, first + i)];
    return weight ? out : NULL;
}

#define REAL         float
#define REAL_NAME(x) float_from_##x
#define CONVERT      cnn_convert
#define GATHER       cnn_gather
#define NARROW(X)    X(uint8_t) X(int8_t) X(int16_t) X(float)
#define WIDE(X)      X(int32_t) X(int64_t) X(double)
#include "data/batch_real.h"
#undef REAL
#undef REAL_NAME
#undef CONVERT
#undef GATHER
#undef NARROW
#undef WIDE

#define REAL         double
#define REAL_NAME(x) double_from_##x
#define CONVERT      cnn_convert_double
#define GATHER       cnn_gather_double
#define NARROW(X)
#define WIDE(X) X(uint8_t) X(int8_t) X(int16_t) X(float) X(int32_t) X(int64_t) X(double)
#include "data/batch_real.h"
