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

enum { PEAK_CHAINS = 12, PEAK_ROUNDS = 1000000 };

/* GFLOP/s of one burst; the caller takes the best of several. */
static double peak_burst(void)
{
    vf a[PEAK_CHAINS];
    vf x = vf_set1(0.999999f), y = vf_set1(1e-6f);
    for (int i = 0; i < PEAK_CHAINS; i++)
        a[i] = vf_set1((float)i);
    double start = seconds();
    for (int r = 0; r < PEAK_ROUNDS; r++)
        for (int i = 0; i < PEAK_CHAINS; i++) {
            a[i] = vf_fma(a[i], x, y);
            VF_KEEP(a[i]);
        }
    double time = seconds() - start;
    volatile float sink = 0;
    for (int i = 0; i < PEAK_CHAINS; i++)
        sink = sink + vf_sum(a[i]);
    return 2.0 * VF_LANES * PEAK_CHAINS * (double)PEAK_ROUNDS / time * 1e-9;
}

#endif
