/* random.c -- the functions of cnn_draws.h, which make random bits from a key and a counter, and what is drawn
 * with these bits. */
#include <math.h>

#include "support/support.h"

#define CNN_DRAW
#include "cnn_draws.h"

/* floor(r * n / 2^64), n < 2^32: uniform over 0 .. n-1, with an error of less than one part in 2^32. */
static uint64_t scale_down(uint64_t r, uint64_t n)
{
    return ((r >> 32) * n + (((r & UINT32_MAX) * n) >> 32)) >> 32;
}

/* Returns 64 random bits of a stream. */
static uint64_t random_bits(uint64_t seed, uint64_t i, uint64_t stream)
{
    uint32_t r[4];
    cnn_random4(seed, i, stream, r);
    return (uint64_t)r[1] << 32 | r[0];
}

void cnn_bootstrap(uint64_t seed, uint64_t bag, int64_t *out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = (int64_t)scale_down(random_bits(seed, (uint64_t)i, CNN_STREAM_BOOTSTRAP | bag), (uint64_t)n);
}

/* The first row whose cumulative sum is above x. */
static int64_t first_above(const double *cumulative, int64_t n, double x)
{
    int64_t low = 0, high = n - 1;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (cumulative[middle] > x)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

void cnn_draw_weighted(uint64_t seed, uint64_t bag, const double *cumulative, int64_t *out, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        uint64_t r = random_bits(seed, (uint64_t)i, CNN_STREAM_BOOTSTRAP | bag);
        out[i] = first_above(cumulative, n, (double)(r >> 11) * 0x1p-53 * cumulative[n - 1]);
    }
}

void cnn_permutation(uint64_t seed, uint64_t epoch, int64_t *out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = i;
    for (int64_t i = n - 1; i > 0; i--) {
        uint64_t r = random_bits(seed, (uint64_t)i, CNN_STREAM_PERMUTATION | epoch);
        int64_t j = (int64_t)scale_down(r, (uint64_t)i + 1);
        int64_t t = out[i];
        out[i] = out[j];
        out[j] = t;
    }
}
