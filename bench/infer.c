/* infer.c -- time of one image through what --emit=infer wrote, beside the FMA peak of the same minute; infer SECONDS, or -N for N
 * times. Prints: median and fastest tenth in us, peak in GFLOP/s, bytes of scratch. Includes the emitted C for its vectors. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include FILE_C
#include <peak.h>

enum { MOST = 20000, ROUNDS = 1000000, BURSTS = 8 };
static float x[BENCH_INPUT], y[BENCH_OUTPUT], scratch[BENCH_SCRATCH + 1];
static double times[MOST];

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double peak(void)
{
    double start = seconds();
    volatile float sink = peak_chains(ROUNDS);
    (void)sink;
    return (double)PEAK_ROUND * ROUNDS / (seconds() - start) * 1e-9;
}

static double time_of(int calls)
{
    double start = seconds();
    for (int i = 0; i < calls; i++)
        BENCH_INFER(x, y, scratch);
    return (seconds() - start) / calls;
}

static int by_value(const void *a, const void *b)
{
    double u = *(const double *)a, v = *(const double *)b;
    return (u > v) - (u < v);
}

int main(int argc, char **argv)
{
    double limit = argc > 1 ? atof(argv[1]) : 1, best = 0, begin = seconds();
    int n = 0, calls = 1, most = limit < 0 && limit > -MOST ? (int)-limit : MOST;
    for (int i = 0; i < BENCH_INPUT; i++)
        x[i] = (float)(rand() % 256) / 255.0f;
    while (time_of(calls) * calls < 20e-6)
        calls *= 2; /* so that the clock does not count */
    for (int i = 0; i < BURSTS; i++) {
        double burst = peak();
        best = burst > best ? burst : best;
    }
    while (n < most && (limit < 0 || seconds() - begin < limit)) {
        double burst = n % 1000 == 999 ? peak() : 0;
        best = burst > best ? burst : best;
        times[n++] = time_of(calls);
    }
    if (n == 0)
        return 1;
    qsort(times, (size_t)n, sizeof *times, by_value);
    printf("%.4f %.4f %.2f %d\n", times[n / 2] * 1e6, times[n / 10] * 1e6, best, (int)(BENCH_SCRATCH * sizeof(float)));
    return 0;
}
