/* step_of_face.c -- three steps of the library of noise.net, whose file is SOURCE, from made-up images; then the
 * bytes of its parameters. */
#define CNN_NO_MAIN
#include SOURCE

#include <stdio.h>

int main(void)
{
    static struct noise net;
    static float x[NOISE_BATCH * NOISE_INPUT];
    static int32_t target[NOISE_BATCH];
    noise_init(&net, 5);
    for (int i = 0; i < NOISE_BATCH; i++)
        target[i] = i % NOISE_OUTPUT;
    for (int i = 0; i < NOISE_BATCH * NOISE_INPUT; i++)
        x[i] = (float)(i * 37 % 101) / 101;
    for (int step = 0; step < 3; step++)
        if (!(noise_train_step(&net, x, target, NOISE_BATCH - step * 20, 0.01) > 0))
            return 1;
    return fwrite(net.theta, sizeof net.theta, 1, stdout) != 1;
}
