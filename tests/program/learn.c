/* learn.c -- the same steps by the library of a trainer and by what --emit=learn makes of its weights: to the last
 * bit. MODEL is built with its header, LEARN_H is the other one. Prints what differs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn_net.h"
#include "net.h"

enum { STEPS = 12, N = NET_LEARN_BATCH, SOME = N - 3 };

static unsigned long drawn = 1;

static float draw(void)
{
    drawn = (drawn * 1103515245 + 12345) & 0x7fffffff;
    return (float)drawn / 0x7fffffff - .5f;
}

static int differ(const char *what, int step, const void *a, const void *b, size_t bytes)
{
    if (memcmp(a, b, bytes) == 0)
        return 0;
    printf("step %d: %s differs\n", step, what);
    return 1;
}

int main(void)
{
    static float x[N * NET_INPUT], y[N * NET_OUTPUT], z[N * NET_OUTPUT];
    static int32_t target[N];
    struct net *m = aligned_alloc(64, net_size());
    void *mem = aligned_alloc(64, (NET_LEARN_BYTES + 63) / 64 * 64);
    int wrong = 0;
    if (!m || !mem)
        return 1;
    memset(m, 0xff, net_size()); /* an allocation may leave anything, also where padding lies */
    memset(mem, 0xff, NET_LEARN_BYTES);
    net_init(m, 5);
    if (net_load(m, "net.safetensors") != 0)
        return 1;
    net_learn_init(mem, SEED);
    for (int s = 0; s < STEPS && !wrong; s++) {
        const int n = s % 2 ? N : SOME;
        for (int i = 0; i < n * NET_INPUT; i++)
            x[i] = draw();
        for (int i = 0; i < n; i++)
            target[i] = (int32_t)(drawn / 7 % NET_OUTPUT + (unsigned long)i) % NET_OUTPUT;
        const double a = net_train_step(m, x, target, n, .05), b = net_learn_step(mem, x, target, n, .05);
        net_predict(m, x, y, n);
        net_learn_predict(mem, x, z, n);
        wrong = differ("loss", s, &a, &b, sizeof a) + differ("output", s, y, z, sizeof y) +
                differ("theta", s, m->theta, net_learn_weights(mem), sizeof m->theta);
    }
    const double before = net_learn_step(mem, x, target, 0, .05), above = net_learn_step(mem, x, target, N + 1, .05);
    target[1] = NET_OUTPUT;
    const double outside = net_learn_step(mem, x, target, 2, .05);
    wrong += before == before || above == above || outside == outside;
    wrong += differ("what was refused", STEPS, m->theta, net_learn_weights(mem), sizeof m->theta);
    free(m);
    free(mem);
    return wrong;
}
