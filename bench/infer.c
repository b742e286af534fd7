/* infer.c -- time of one image through what --emit=infer wrote, beside the FMA peak of the same minute; infer SECONDS, or -N for N
 * times. Prints: median and fastest tenth in us, peak in GFLOP/s, bytes of scratch, median of an image of a batch. Includes the emitted C for its vectors. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include FILE_C
#include <peak.h>

enum { MOST = 20000, ROUNDS = 1000000, BURSTS = 8, BATCH = 32 };
static float x[BATCH * BENCH_INPUT], y[BATCH * BENCH_OUTPUT], scratch[BENCH_BATCH_SCRATCH];
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

/* Of one call; images 1, or a whole batch. */
static double time_of(int calls, int images)
{
    double start = seconds();
    for (int i = 0; i < calls; i++)
        if (images == 1)
            BENCH_INFER(x, y, scratch);
        else
            BENCH_INFER_BATCH(x, y, images, scratch);
    return (seconds() - start) / calls;
}

static int by_value(const void *a, const void *b)
{
    double u = *(const double *)a, v = *(const double *)b;
    return (u > v) - (u < v);
}

/* Fills times[] in order, and keeps the best peak; returns how many. limit: half of the seconds, or minus the number. */
static int measure(double limit, int images, double *best)
{
    int n = 0, calls = 1, most = limit < 0 && limit > -MOST ? (int)-limit : MOST;
    while (time_of(calls, images) * calls < 20e-6)
        calls *= 2; /* so that the clock does not count */
    double begin = seconds();
    while (n < most && (n == 0 || limit < 0 || seconds() - begin < limit / 2)) {
        double burst = n % 1000 == 999 ? peak() : 0;
        *best = burst > *best ? burst : *best;
        times[n++] = time_of(calls, images);
    }
    qsort(times, (size_t)n, sizeof *times, by_value);
    return n;
}

int main(int argc, char **argv)
{
    double limit = argc > 1 ? atof(argv[1]) : 1, best = 0;
    for (int i = 0; i < BATCH * BENCH_INPUT; i++)
        x[i] = (float)(rand() % 256) / 255.0f;
    for (int i = 0; i < BURSTS; i++) {
        double burst = peak();
        best = burst > best ? burst : best;
    }
    int n = measure(limit, BATCH, &best);
    double batch = times[n / 2] / BATCH;
    n = measure(limit, 1, &best);
    printf("%.4f %.4f %.2f %d %.4f\n", times[n / 2] * 1e6, times[n / 10] * 1e6, best,
           (int)(BENCH_SCRATCH * sizeof(float)), batch * 1e6);
    return 0;
}
