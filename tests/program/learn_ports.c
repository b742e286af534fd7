/* learn_ports.c -- a network with several inputs and outputs: the same steps by the library of a trainer and by what
 * --emit=learn makes of its weights, to the last bit; rows in any number, whatever the chunks. C and C++. Prints what
 * differs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn_net.h"
#include "net.h"

enum { STEPS = 5, N = NET_LEARN_BATCH, MOST = 64 }; /* MOST: floats of any port */

struct rows {
    float inputs[NET_INPUTS][N * MOST], outputs[NET_OUTPUTS][N * MOST], target[N * MOST];
    int32_t label[N];
};

static float draw(void)
{
    static unsigned long drawn = 1;
    drawn = (drawn * 1103515245 + 12345) & 0x7fffffff;
    return (float)drawn / 0x7fffffff - .5f;
}

static int differ(const char *what, const void *a, const void *b, size_t bytes)
{
    if (memcmp(a, b, bytes) == 0)
        return 0;
    printf("%s differs\n", what);
    return 1;
}

static void draw_rows(struct rows *r)
{
    for (int i = 0; i < N * MOST; i++) {
        r->inputs[0][i] = r->inputs[1][i] = draw();
        r->target[i] = r->inputs[0][i] + .5f;
    }
    for (int i = 0; i < N; i++)
        r->label[i] = i % (int)NET_OUTPUT_SIZES[0];
}

static int shapes_differ(void)
{
    return NET_BATCH != N || strcmp(NET_INPUT_NAMES[0], "inputs") || strcmp(NET_OUTPUT_NAMES[1], "value") ||
           strcmp(NET_INPUT_DTYPES[1], "float32") || strcmp(NET_TARGET_DTYPES[0], "int32") || NET_INPUT_RANKS[0] != 3 ||
           NET_INPUT_SHAPES[0][1] != 8 || NET_INPUT_SIZES[0] != MOST || NET_INPUT_SIZES[1] != 5 ||
           NET_OUTPUT_SIZES[0] != 4 || NET_TARGET_SIZES[0] != 1;
}

/* What both predict for all rows at once is what the library predicts for the last one alone. */
static int predictions_differ(struct net *m, void *mem, struct rows *r, struct rows *s)
{
    const void *inputs[NET_INPUTS] = {r->inputs[0], r->inputs[1]};
    const void *last[NET_INPUTS] = {r->inputs[0] + (N - 1) * NET_INPUT_SIZES[0],
                                    r->inputs[1] + (N - 1) * NET_INPUT_SIZES[1]};
    void *y[NET_OUTPUTS] = {r->outputs[0], r->outputs[1]}, *z[NET_OUTPUTS] = {s->outputs[0], s->outputs[1]};
    int wrong = 0;
    net_predict_ports(m, inputs, y, N);
    net_learn_predict_ports(mem, inputs, z, N);
    for (int i = 0; i < NET_OUTPUTS; i++)
        wrong += differ("an output", y[i], z[i], N * NET_OUTPUT_SIZES[i] * sizeof(float));
    net_predict_ports(m, last, z, 1);
    for (int i = 0; i < NET_OUTPUTS; i++)
        wrong += differ("an output alone", r->outputs[i] + (N - 1) * NET_OUTPUT_SIZES[i], z[i],
                        NET_OUTPUT_SIZES[i] * sizeof(float));
    return wrong;
}

static int steps_differ(struct net *m, void *mem, struct rows *r, struct rows *s)
{
    const void *inputs[NET_INPUTS] = {r->inputs[0], r->inputs[1]}, *targets[NET_OUTPUTS] = {r->label, r->target};
    double first = 0, last = 0;
    int wrong = 0;
    draw_rows(r);
    for (int i = 0; i < STEPS && !wrong; i++) {
        const int n = i % 2 ? N : N - 3;
        const double a = net_train_step_ports(m, inputs, targets, n, .01),
                     b = net_learn_step_ports(mem, inputs, targets, n, .01);
        first = i ? first : a;
        last = a;
        wrong = differ("loss", &a, &b, sizeof a) + predictions_differ(m, mem, r, s) +
                differ("theta", m->theta, net_learn_weights(mem), sizeof m->theta);
    }
    if (!(last < first))
        printf("the loss does not fall: %g, %g\n", first, last);
    return wrong + !(last < first);
}

/* Nothing changes. */
static int is_trained(struct net *m, void *mem, struct rows *r, const void *label, int n)
{
    const void *inputs[NET_INPUTS] = {r->inputs[0], r->inputs[1]}, *targets[NET_OUTPUTS] = {label, r->target};
    const double a = net_train_step_ports(m, inputs, targets, n, .01),
                 b = net_learn_step_ports(mem, inputs, targets, n, .01);
    return a == a || b == b;
}

static int refusals_differ(struct net *m, void *mem, struct rows *r)
{
    int wrong =
        is_trained(m, mem, r, r->label, 0) + is_trained(m, mem, r, r->label, N + 1) + is_trained(m, mem, r, NULL, N);
    r->label[N - 1] = 4;
    wrong += is_trained(m, mem, r, r->label, N);
    return wrong + differ("what was refused", m->theta, net_learn_weights(mem), sizeof m->theta);
}

int main(void)
{
    static struct rows r, s;
    struct net *m = (struct net *)aligned_alloc(64, net_size());
    void *mem = aligned_alloc(64, (NET_LEARN_BYTES + 63) / 64 * 64);
    if (!m || !mem)
        return 1;
    memset((void *)m, 0xff, net_size()); /* an allocation may leave anything, also where padding lies */
    memset(mem, 0xff, NET_LEARN_BYTES);
    net_init(m, 5);
    if (net_load(m, "net.safetensors") != 0)
        return 1;
    net_learn_init(mem, 3);
    const int wrong = shapes_differ() + steps_differ(m, mem, &r, &s) + refusals_differ(m, mem, &r);
    free(m);
    free(mem);
    return wrong;
}
