/* random.c -- Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): random bits as a
 * function of a key and a counter, so that the order of calls and the number of threads do not matter. */
#include <math.h>

#include "support/support.h"

static void philox_round(uint32_t c[4], const uint32_t k[2])
{
    uint64_t p = (uint64_t)0xD2511F53u * c[0], q = (uint64_t)0xCD9E8D57u * c[2];
    uint32_t c1 = c[1], c3 = c[3];
    c[0] = (uint32_t)(q >> 32) ^ c1 ^ k[0];
    c[1] = (uint32_t)q;
    c[2] = (uint32_t)(p >> 32) ^ c3 ^ k[1];
    c[3] = (uint32_t)p;
}

void cnn_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t k[2] = {key[0], key[1]};
    for (int i = 0; i < 4; i++)
        out[i] = counter[i];
    for (int i = 0; i < 10; i++) {
        philox_round(out, k);
        k[0] += 0x9E3779B9u; /* the golden ratio */
        k[1] += 0xBB67AE85u; /* sqrt(3) - 1 */
    }
}

void cnn_random4(uint64_t key, uint64_t counter_lo, uint64_t counter_hi, uint32_t out[4])
{
    const uint32_t c[4] = {(uint32_t)counter_lo, (uint32_t)(counter_lo >> 32), (uint32_t)counter_hi,
                           (uint32_t)(counter_hi >> 32)};
    const uint32_t k[2] = {(uint32_t)key, (uint32_t)(key >> 32)};
    cnn_philox(c, k, out);
}

void cnn_normal_pair(const uint32_t r[2], double z[2])
{
    const double two_pi = 6.283185307179586;
    double radius = sqrt(-2 * log((r[0] + .5) * 0x1p-32)), angle = two_pi * (r[1] + .5) * 0x1p-32;
    z[0] = radius * cos(angle);
    z[1] = radius * sin(angle);
}

void cnn_normals(uint64_t key, uint64_t counter_lo, uint64_t counter_hi, double out[CNN_NORMALS])
{
    enum { CALLS = CNN_NORMALS / 4 };
    for (uint64_t i = 0; i < CALLS; i++) {
        uint32_t r[4];
        double z[4];
        cnn_random4(key, counter_lo, counter_hi + i, r);
        cnn_normal_pair(r, z);
        cnn_normal_pair(r + 2, z + 2);
        for (int word = 0; word < 4; word++)
            out[word * CALLS + (int)i] = z[word];
    }
}

/* floor(r * n / 2^64), n < 2^32: uniform over 0 .. n-1 but for less than one part in 2^32. */
static uint64_t scale_down(uint64_t r, uint64_t n)
{
    return ((r >> 32) * n + (((r & UINT32_MAX) * n) >> 32)) >> 32;
}

/* 64 random bits of a stream. */
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

/* The first row whose sum is above x. */
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
