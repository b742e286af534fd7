/* mask.c -- dropout by what it does. Image i of the batch is 1 at i and 0 elsewhere, all weights are 1 and all
 * targets 0: the loss is the mean of the squares of what dropout made of the ones, and one step of sgd changes
 * exactly the weights of those kept. */
#include <math.h>
#include <stdio.h>

#include "mask.h"

enum { N = MASK_INPUT };
static const double keep = 0.75, lr = 10;
static struct mask m;
static float eye[N][N], zero[N];

/* One step from ones, the `step`-th of a run: which were kept; -1 when loss and weights disagree. */
static int draw(int step, int kept[N])
{
    float w[N];
    int count = 0;
    mask_init(&m, 1);
    m.step = step;
    const double loss = mask_train_step(&m, eye[0], zero, N, lr);
    mask_predict(&m, eye[0], w, N);
    for (int i = 0; i < N; i++) {
        kept[i] = w[i] != 1;
        count += kept[i];
        if (kept[i] && fabs((double)w[i] - (1 - lr * 2 / N / (keep * keep))) > 1e-6)
            return -1;
    }
    return fabs(loss - count / (keep * keep) / N) < 1e-5 ? count : -1;
}

int main(void)
{
    int a[N], b[N], differ = 0;
    float y[N];
    for (int i = 0; i < N; i++)
        eye[i][i] = 1;
    const int first = draw(0, a), second = draw(1, b);
    for (int i = 0; i < N; i++)
        differ += a[i] != b[i];
    mask_init(&m, 1);
    mask_predict(&m, eye[0], y, N);
    for (int i = 0; i < N; i++)
        if (y[i] != 1) {
            printf("predict drops %d: %g\n", i, (double)y[i]);
            return 1;
        }
    printf("kept %d and %d of %d, %d differ\n", first, second, N, differ);
    /* five standard deviations of a binomial distribution: 192 +- 35 kept, 96 +- 39 differ */
    return first < 157 || first > 227 || second < 157 || second > 227 || differ < 57 || differ > 135;
}
