/* cnn_draws.h -- what cnn.h declares of draws, as functions with CNN_DRAW in front: libcnn has them, and cnnc copies
 * them into what --emit=learn makes. Wants CNN_NORMALS, <math.h> and <stdint.h>.
 *
 * Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): random bits as a function of a
 * key and a counter, so that the order of calls and the number of threads do not matter. */
#ifndef CNN_DRAWS_H
#define CNN_DRAWS_H

static void cnn_philox_round(uint32_t c[4], const uint32_t k[2])
{
    uint64_t p = (uint64_t)0xD2511F53u * c[0], q = (uint64_t)0xCD9E8D57u * c[2];
    uint32_t c1 = c[1], c3 = c[3];
    c[0] = (uint32_t)(q >> 32) ^ c1 ^ k[0];
    c[1] = (uint32_t)q;
    c[2] = (uint32_t)(p >> 32) ^ c3 ^ k[1];
    c[3] = (uint32_t)p;
}

CNN_DRAW void cnn_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t k[2] = {key[0], key[1]};
    for (int i = 0; i < 4; i++)
        out[i] = counter[i];
    for (int i = 0; i < 10; i++) {
        cnn_philox_round(out, k);
        k[0] += 0x9E3779B9u; /* the golden ratio */
        k[1] += 0xBB67AE85u; /* sqrt(3) - 1 */
    }
}

CNN_DRAW void cnn_random4(uint64_t key, uint64_t counter_lo, uint64_t counter_hi, uint32_t out[4])
{
    const uint32_t c[4] = {(uint32_t)counter_lo, (uint32_t)(counter_lo >> 32), (uint32_t)counter_hi,
                           (uint32_t)(counter_hi >> 32)};
    const uint32_t k[2] = {(uint32_t)key, (uint32_t)(key >> 32)};
    cnn_philox(c, k, out);
}

CNN_DRAW void cnn_normal_pair(const uint32_t r[2], double z[2])
{
    const double two_pi = 6.283185307179586;
    double radius = sqrt(-2 * log((r[0] + .5) * 0x1p-32)), angle = two_pi * (r[1] + .5) * 0x1p-32;
    z[0] = radius * cos(angle);
    z[1] = radius * sin(angle);
}

CNN_DRAW void cnn_normals(uint64_t key, uint64_t counter_lo, uint64_t counter_hi, double out[CNN_NORMALS])
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

#endif
