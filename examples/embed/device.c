/* device.c -- learns on where train.c has stopped, as on a device without an operating system: no library, no files,
 * memory of a known size. */
#include <stdio.h> /* to tell what it does; ring_learn.c has no need of it */

#include "points.h"
#include "ring_learn.h"

enum { STEPS = 500, ASKED = 1000 };

/* What a device sees: its sensor has 0 in the middle, and so does what the network takes. */
static void see_points(uint32_t *state, int n, float *x, int32_t *label)
{
    draw_points(state, n, x, label);
    for (int i = 0; i < n * RING_INPUT; i++)
        x[i] = (x[i] - 100) / 100;
}

static int count_right(void *mem)
{
    static float x[RING_INPUT * ASKED], y[RING_OUTPUT * ASKED];
    static int32_t label[ASKED];
    uint32_t state = 9;
    int right = 0;
    see_points(&state, ASKED, x, label);
    ring_learn_predict(mem, x, y, ASKED);
    for (int i = 0; i < ASKED; i++)
        right += (y[2 * i + 1] > y[2 * i]) == label[i];
    return right;
}

int main(void)
{
    static union {
        unsigned char bytes[RING_LEARN_BYTES];
        int64_t aligned;
    } memory;
    static float x[RING_INPUT * RING_LEARN_BATCH];
    static int32_t label[RING_LEARN_BATCH];
    uint32_t state = 5;
    ring_learn_init(&memory, 1); /* with the weights of ring.safetensors */
    printf("before: %d of %d right\n", count_right(&memory), ASKED);
    for (int step = 0; step < STEPS; step++) {
        see_points(&state, RING_LEARN_BATCH, x, label);
        ring_learn_step(&memory, x, label, RING_LEARN_BATCH, 0.001);
    }
    printf("after: %d of %d right\n", count_right(&memory), ASKED);
    return 0;
}
