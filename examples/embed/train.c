/* train.c -- trains the network within a program of one's own, asks it, and saves what it has learned. */
#include <stdio.h>
#include <stdlib.h>

#include "points.h"
#include "ring_lib.h"

enum { STEPS = 3000, ASKED = 1000 };

int main(void)
{
    struct ring *net = aligned_alloc(64, ring_size()); /* all that it needs; nothing else is kept anywhere */
    static float raw[RING_INPUT * ASKED], x[RING_INPUT * ASKED], y[RING_OUTPUT * ASKED];
    static int32_t label[ASKED];
    uint32_t state = 1;
    if (!net)
        return 1;
    ring_init(net, 7); /* weights drawn from the seed 7 */
    for (int step = 1; step <= STEPS; step++) {
        draw_points(&state, RING_BATCH, raw, label);
        ring_normalize_rows(net, raw, x, RING_BATCH);                      /* as `normalize` in ring.net says */
        const double loss = ring_train_step(net, x, label, RING_BATCH, 0); /* 0: the learning rate of the spec */
        if (step % 1000 == 0)
            printf("step %d: loss %.3f\n", step, loss);
    }
    draw_points(&state, ASKED, raw, label);
    ring_normalize_rows(net, raw, x, ASKED);
    ring_predict(net, x, y, ASKED);
    int right = 0;
    for (int i = 0; i < ASKED; i++)
        right += (y[2 * i + 1] > y[2 * i]) == label[i];
    printf("%d of %d right\n", right, ASKED);
    const int failed = ring_save(net, "ring.safetensors"); /* -1: it has said why */
    free(net);
    return failed ? 1 : 0;
}
