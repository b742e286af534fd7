/* peak.h -- the arithmetic peak of one core: independent chains of multiply-adds on whole vectors, as the kernels
 * issue them. Generated code includes it after vec.h, so that it is compiled for the same machine. `bench` divides
 * by this peak. */
#ifndef CNN_PEAK_H
#define CNN_PEAK_H

#include <stdint.h>

#ifdef VF_LANES
#define PEAK_SET(s)       vf_set1(s)
#define PEAK_FMA(a, x, y) vf_fma(a, x, y)
#define PEAK_SUM(v)       vf_sum(v)
typedef vf peak_vector;
#else
#define VF_KEEP(v)        ((void)0)
#define PEAK_SET(s)       (s)
#define PEAK_FMA(a, x, y) ((a) * (x) + (y))
#define PEAK_SUM(v)       (v)
typedef float peak_vector;
#endif

/* The operations of a round. There are 12 chains: more than latency times FMAs a cycle, and 16 registers still
 * have room for the operands. */
enum { PEAK_ROUND = 2 * 12 * sizeof(peak_vector) / sizeof(float) };

/* Each chain is a variable of its own, because an array would go through memory. The result is used, so the
 * compiler cannot leave the chains out. */
static float peak_chains(int64_t rounds)
{
    peak_vector a = PEAK_SET(1.0f), b = PEAK_SET(2.0f), c = PEAK_SET(3.0f), d = PEAK_SET(4.0f);
    peak_vector e = PEAK_SET(5.0f), f = PEAK_SET(6.0f), g = PEAK_SET(7.0f), h = PEAK_SET(8.0f);
    peak_vector i = PEAK_SET(9.0f), j = PEAK_SET(10.0f), k = PEAK_SET(11.0f), l = PEAK_SET(12.0f);
    peak_vector x = PEAK_SET(0.999999f), y = PEAK_SET(1e-6f);
    for (int64_t r = 0; r < rounds; r++) {
        VF_KEEP(x);
        a = PEAK_FMA(a, x, y), b = PEAK_FMA(b, x, y), c = PEAK_FMA(c, x, y), d = PEAK_FMA(d, x, y);
        e = PEAK_FMA(e, x, y), f = PEAK_FMA(f, x, y), g = PEAK_FMA(g, x, y), h = PEAK_FMA(h, x, y);
        i = PEAK_FMA(i, x, y), j = PEAK_FMA(j, x, y), k = PEAK_FMA(k, x, y), l = PEAK_FMA(l, x, y);
    }
    return PEAK_SUM(a + b + c + d + e + f + g + h + i + j + k + l);
}

#endif
