/* peak.h -- the arithmetic peak of one core: independent chains of multiply-adds on whole vectors, as the kernels issue them. */
#ifndef BENCH_PEAK_H
#define BENCH_PEAK_H

#include <stdint.h>
#include <time.h>

#if defined __AVX512F__
#define VF_LANES 16
#elif defined __AVX__
#define VF_LANES 8
#else
#define VF_LANES 4
#endif
#include <vec.h>

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* GFLOP/s of one burst; the caller takes the best of several. Named chains: an array would go through memory. */
static double peak_burst(void)
{
    enum { CHAINS = 12, ROUNDS = 1000000 };
    vf a = vf_set1(1), b = vf_set1(2), c = vf_set1(3), d = vf_set1(4), e = vf_set1(5), f = vf_set1(6);
    vf g = vf_set1(7), h = vf_set1(8), i = vf_set1(9), j = vf_set1(10), k = vf_set1(11), l = vf_set1(12);
    vf x = vf_set1(0.999999f), y = vf_set1(1e-6f);
    double start = seconds();
    for (int r = 0; r < ROUNDS; r++) {
        VF_KEEP(x);
        a = vf_fma(a, x, y), b = vf_fma(b, x, y), c = vf_fma(c, x, y), d = vf_fma(d, x, y);
        e = vf_fma(e, x, y), f = vf_fma(f, x, y), g = vf_fma(g, x, y), h = vf_fma(h, x, y);
        i = vf_fma(i, x, y), j = vf_fma(j, x, y), k = vf_fma(k, x, y), l = vf_fma(l, x, y);
    }
    double time = seconds() - start;
    volatile float sink = vf_sum(a + b + c + d + e + f + g + h + i + j + k + l);
    (void)sink;
    return 2.0 * VF_LANES * CHAINS * (double)ROUNDS / time * 1e-9;
}

#endif
