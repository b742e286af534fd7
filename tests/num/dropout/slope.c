/* slope.c -- the gradient under dropout: a step of sgd with the same masks must lower the loss by lr * |g|^2. Two
 * step lengths take the curvature out of the difference. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "slope.h"

enum { N = SLOPE_BATCH };
static struct slope m;
static float x[N][SLOPE_INPUT];
static int32_t label[N];

/* The loss after a step of length lr from the seed's weights; *square: |g|^2. */
static double after(int step, double lr, double *before, double *square)
{
    static struct slope old;
    slope_init(&m, 5);
    old = m;
    m.step = step;
    *before = slope_train_step(&m, x[0], label, N, lr);
    *square = 0;
    for (size_t i = 0; i < sizeof m.theta / sizeof *m.theta; i++)
        *square += pow(((double)old.theta[i] - (double)m.theta[i]) / lr, 2);
    m.step = step;
    return slope_train_step(&m, x[0], label, N, 1e-9);
}

int main(void)
{
    uint32_t state = 1;
    for (int i = 0; i < N; i++) {
        label[i] = i % SLOPE_OUTPUT;
        for (int k = 0; k < SLOPE_INPUT; k++)
            x[i][k] = (float)((state = state * 1664525u + 1013904223u) >> 8) / (1 << 23) - 1;
    }
    int failed = 0;
    for (int step = 0; step < 3; step++) {
        double before, square, ignored;
        after(step, 1e-3, &before, &square);
        const double lr = 0.01 * before / square;
        const double whole = (before - after(step, lr, &ignored, &ignored)) / lr;
        const double half = (before - after(step, lr / 2, &ignored, &ignored)) / (lr / 2);
        const double slope = 2 * half - whole;
        printf("step %d: loss %.6f, |g|^2 %.6f, measured %.6f\n", step, before, square, slope);
        failed |= !(fabs(slope - square) < 0.02 * square);
    }
    return failed;
}
