/* infer.c -- time of one image through what --emit=infer wrote, and of one of a batch; infer SECONDS, or -N for N
 * times. Includes the emitted C for its vectors. Between the calls stand bursts of the FMA peak, as in the trainers'
 * bench. Prints, of one image and then of one of a batch: median and fastest tenth in us, operations that the peak
 * had done in that time (by the bursts around each, median), peak in GFLOP/s (median, best); at the end the bytes of
 * scratch. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include FILE_C
#include <peak.h>

enum { MOST = 20000, ROUNDS = 50000, BATCH = 32 };
static _Alignas(64) float x[BATCH * BENCH_INPUT], y[BATCH * BENCH_OUTPUT], scratch[BENCH_BATCH_SCRATCH];
static const double between_bursts = 0.0015;
static double times[MOST], work[MOST], bursts[MOST];

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

/* A burst has ended: the times since the one before lie between the two. Returns its number of times. */
static int compare(int from, int n, int *n_bursts)
{
    double now = bursts[(*n_bursts)++] = peak(), before = *n_bursts > 1 ? bursts[*n_bursts - 2] : now;
    while (from < n) {
        work[from] = times[from] * (before + now) / 2 * 1e9;
        from++;
    }
    return n;
}

/* limit: half of the seconds, or minus the number of times. */
static void measure(double limit, int images)
{
    int n = 0, n_bursts = 0, compared = 0, calls = 1, most = limit < 0 && limit > -MOST ? (int)-limit : MOST;
    while (time_of(calls, images) * calls < 20e-6)
        calls *= 2; /* so that the clock does not count */
    compare(0, 0, &n_bursts);
    double begin = seconds(), last = begin;
    while (n < most && (n == 0 || limit < 0 || last - begin < limit / 2)) {
        times[n++] = time_of(calls, images) / images;
        if (seconds() - last < between_bursts)
            continue;
        compared = compare(compared, n, &n_bursts);
        last = seconds();
    }
    compare(compared, n, &n_bursts);
    qsort(times, (size_t)n, sizeof *times, by_value);
    qsort(work, (size_t)n, sizeof *work, by_value);
    qsort(bursts, (size_t)n_bursts, sizeof *bursts, by_value);
    printf("%.4f %.4f %.0f %.2f %.2f ", times[n / 2] * 1e6, times[n / 10] * 1e6, work[n / 2], bursts[n_bursts / 2],
           bursts[n_bursts - 1]);
}

int main(int argc, char **argv)
{
    double limit = argc > 1 ? atof(argv[1]) : 1;
    for (int i = 0; i < BATCH * BENCH_INPUT; i++)
        x[i] = (float)(rand() % 256) / 255.0f;
    measure(limit, 1);
    measure(limit, BATCH);
    printf("%d\n", (int)(BENCH_SCRATCH * sizeof(float)));
    return 0;
}
