/* step.c -- time of one training step and of inference, beside the FMA peak of the same minute.
 * Built against a generated network as a library: cc -DMODEL=mnist -DMODEL_UPPER=MNIST -DMACS=8188032 ... step.c mnist.c
 * MACS: nominal multiply-adds of one image in training (forward, gradient of data, gradient of weights). */
#include <stdio.h>
#include <stdlib.h>

#include "peak.h"
#include BENCH_HEADER

/* Bytes of a plain IDX file behind its header, 0 when it is not there or too short. Real digits: how many gradients are zero, and
 * so how much work there is, depends on the data. */
static size_t read_bytes(const char *path, long header, unsigned char *to, size_t size)
{
    FILE *f = path ? fopen(path, "rb") : NULL;
    size_t n = f && !fseek(f, header, SEEK_SET) ? fread(to, 1, size, f) : 0;
    if (f)
        fclose(f);
    return n == size;
}

#define PASTE(a, b) a##b
#define JOIN(a, b)  PASTE(a, b)
#define NET(name)   JOIN(MODEL, name)
#define SIZE(name)  JOIN(MODEL_UPPER, name)

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    enum { STEPS = 2000, BATCH = SIZE(_BATCH), IN = SIZE(_INPUT), OUT = SIZE(_OUTPUT), BATCHES = 64 };
    int steps = argc > 1 ? atoi(argv[1]) : STEPS;
    struct MODEL *m = aligned_alloc(64, NET(_size)());
    float *x = malloc(sizeof *x * BATCHES * BATCH * IN);
    TARGET *t = malloc(sizeof *t * BATCHES * BATCH * OUT);
    double *time = malloc(sizeof *time * (size_t)steps), peak = 0;
    if (!m || !x || !t || !time)
        return 1;
    unsigned random = 1;
    for (int i = 0; i < BATCHES * BATCH * IN; i++) {
        random = random * 1664525u + 1013904223u;
        x[i] = (float)(random >> 8) / 16777216.0f;
    }
    for (int i = 0; i < BATCHES * BATCH * OUT; i++) {
        random = random * 1664525u + 1013904223u;
        t[i] = (TARGET)((random >> 16) % OUT);
    }
    unsigned char *bytes = malloc(BATCHES * BATCH * IN);
    if (argc > 3 && bytes && read_bytes(argv[2], 16, bytes, BATCHES * BATCH * IN))
        for (int i = 0; i < BATCHES * BATCH * IN; i++)
            x[i] = bytes[i] / 255.0f;
    if (argc > 3 && bytes && read_bytes(argv[3], 8, bytes, BATCHES * BATCH * LABELS))
        for (int i = 0; i < BATCHES * BATCH * LABELS; i++)
            t[i] = (TARGET)bytes[i];
    NET(_init)(m, 1);
    for (int i = 0; i < steps; i++) {
        if (i % 100 == 0) {
            double burst = peak_burst();
            peak = burst > peak ? burst : peak;
        }
        double start = seconds();
        NET(_train_step)
        (m, x + (size_t)(i % BATCHES) * BATCH * IN, t + (size_t)(i % BATCHES) * BATCH * LABELS, BATCH, 1e-3);
        time[i] = seconds() - start;
    }
    qsort(time, (size_t)steps, sizeof *time, by_value);
    double median = time[steps / 2], nominal = 2.0 * MACS * BATCH / median * 1e-9;
    printf("peak %.1f GFLOP/s, one core\n", peak);
    printf("step %.1f us median, %.1f us fastest tenth: %.1f GFLOP/s nominal, %.2f of peak\n", median * 1e6,
           time[steps / 10] * 1e6, nominal, nominal / peak);
    return 0;
}
