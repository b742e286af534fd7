/* draws.c -- the layers that disturb while training, by what they draw: draws NET. Behind the layer stands Dense 1
 * with weights of 0, and only image `row` of a batch has a target that is not 0: after one step of sgd the weights
 * are what the layer made of it. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "draws.h"

enum { N = DRAWS_INPUT, STEPS = 64, BATCH = 40, CHANNELS = 64 };
static struct draws m;
static float x[BATCH][N], eye[N][N], y[STEPS][N];

/* Of the outputs, from inputs of the given mean and deviation; kurtosis 3 where they are normal, 0: anything. Of what
 * is dropped, `share` of all, every element or only whole channels. */
static const struct expected {
    const char *net;
    double mean_in, deviation_in, mean, variance, kurtosis;
    double share;
    int channels;
} table[] = {
    {"spatial", 2, 0, 2, 4 * 0.25 / 0.75, 0, 0.25, 1},
    {"alpha", 0, 1, 0, 1, 0, 0.1, 0},
    {"product", 2, 0, 2, 4 * 0.2 / 0.8, 3, 0, 0},
    {"sum", 2, 0, 2, 0.25, 3, 0, 0},
};

static void normal_inputs(float *v, const struct expected *e)
{
    uint32_t state = 1;
    for (int k = 0; k < N; k++) {
        double sum = -6; /* of twelve uniforms */
        for (int i = 0; i < 12; i++)
            sum += (double)((state = state * 1664525u + 1013904223u) >> 8) / (1 << 24);
        v[k] = (float)(e->mean_in + e->deviation_in * sum);
    }
}

/* What the layer makes of image `row` of a batch of n in that step. */
static void draw(int step, int row, int n, float *out)
{
    float target[BATCH] = {0};
    target[row] = 1;
    draws_init(&m, 1);
    m.step = step;
    draws_train_step(&m, x[0], target, n, n / 2.0);
    draws_predict(&m, eye[0], out, N);
}

static int failed;
static void close_to(const char *what, double got, double want, double tolerance)
{
    const int bad = !(fabs(got - want) <= tolerance);
    printf("%s%s %.5f, expected %.5f +- %.5f\n", bad ? "BAD " : "", what, got, want, tolerance);
    failed |= bad;
}

/* Five standard deviations of each estimate are allowed. */
static void check_moments(const struct expected *e)
{
    const double samples = e->channels ? STEPS * CHANNELS : STEPS * N;
    double moment[4] = {0};
    for (int s = 0; s < STEPS; s++)
        for (int k = 0; k < N; k++)
            for (int p = 0; p < 4; p++)
                moment[p] += pow((double)y[s][k] - e->mean, p + 1) / (STEPS * N);
    const double spread = sqrt((moment[3] - moment[1] * moment[1]) / samples);
    close_to("mean", moment[0], 0, 5 * sqrt(e->variance / samples) + (e->deviation_in > 0 ? 0.1 : 0));
    close_to("variance", moment[1], e->variance, 5 * spread + (e->deviation_in > 0 ? 0.15 : 0));
    if (e->kurtosis > 0) {
        close_to("skewness", moment[2] / pow(moment[1], 1.5), 0, 5 * sqrt(6 / samples));
        close_to("kurtosis", moment[3] / (moment[1] * moment[1]), e->kurtosis, 5 * sqrt(24 / samples));
    }
}

/* Elements of value `fill`, or those that all of a channel's pixels share; the others are one linear function of x. */
static void check_dropped(const struct expected *e)
{
    const double samples = e->channels ? STEPS * CHANNELS : STEPS * N;
    const double limit = -1.7580993408473766, p = e->share, a = 1 / sqrt((1 - p) * (1 + p * limit * limit));
    const double factor = e->channels ? 1 / (1 - p) : a, shift = e->channels ? 0 : -a * limit * p;
    const double fill = e->channels ? 0 : a * limit + shift;
    int dropped = 0, mixed = 0, wrong = 0;
    for (int s = 0; s < STEPS; s++)
        for (int k = 0; k < N; k++) {
            const int is = fabs((double)y[s][k] - fill) < 1e-5;
            dropped += is;
            wrong += !is && fabs((double)y[s][k] - (double)x[0][k] * factor - shift) > 1e-5;
            mixed += e->channels && is != (fabs((double)y[s][k % CHANNELS] - fill) < 1e-5);
        }
    close_to("dropped", (double)dropped / (STEPS * N), p, 5 * sqrt(p * (1 - p) / samples));
    close_to("of a channel partly dropped", mixed, 0, 0);
    close_to("neither dropped nor kept", wrong, 0, 0);
}

static double correlation(const float *a, const float *b)
{
    double aa = 0, ab = 0, bb = 0, ma = 0, mb = 0;
    for (int k = 0; k < N; k++)
        ma += (double)a[k] / N, mb += (double)b[k] / N;
    for (int k = 0; k < N; k++) {
        const double u = (double)a[k] - ma, v = (double)b[k] - mb;
        aa += u * u, ab += u * v, bb += v * v;
    }
    return ab / sqrt(aa * bb);
}

/* An image's draws are its own, and the same whatever stands beside it. */
static void check_rows(const struct expected *e)
{
    static float first[N], later[N], alone[N];
    draw(0, 0, BATCH, first);
    draw(0, BATCH - 1, BATCH, later);
    draw(0, 0, 1, alone);
    double most = 0;
    for (int k = 0; k < N; k++)
        most = fmax(most, fabs((double)first[k] - (double)alone[k]));
    close_to("difference without other rows", most, 0, 1e-4);
    if (e->deviation_in > 0)
        return; /* what is kept is the same in both */
    close_to("correlation of two rows", correlation(first, later), 0, e->channels ? 5 / sqrt(CHANNELS) : 5 / sqrt(N));
    close_to("correlation of two steps", correlation(y[0], y[1]), 0, e->channels ? 5 / sqrt(CHANNELS) : 5 / sqrt(N));
}

/* Nothing is disturbed in a prediction: that of the ones is the sum of the weights. */
static void check_predict(void)
{
    static float ones[N];
    double sum = 0;
    for (int k = 0; k < N; k++) {
        ones[k] = 1;
        sum += (double)y[STEPS - 1][k];
    }
    float a;
    draw(STEPS - 1, 0, 1, y[STEPS - 1]);
    draws_predict(&m, ones, &a, 1);
    close_to("prediction of ones", (double)a, sum, 1e-3 * (1 + fabs(sum)));
}

int main(int argc, char **argv)
{
    const struct expected *e = NULL;
    for (size_t i = 0; argc == 2 && i < sizeof table / sizeof *table; i++)
        if (!strcmp(table[i].net, argv[1]))
            e = &table[i];
    if (!e) {
        printf("draws NET\n");
        return 2;
    }
    for (int i = 0; i < N; i++)
        eye[i][i] = 1;
    for (int i = 0; i < BATCH; i++)
        normal_inputs(x[i], e);
    for (int s = 0; s < STEPS; s++)
        draw(s, 0, 1, y[s]);
    check_moments(e);
    if (e->share > 0)
        check_dropped(e);
    check_rows(e);
    check_predict();
    return failed;
}
