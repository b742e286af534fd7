/* ask.c -- asks a network whose weights are constants: no file is read, no memory allocated. ask 160 120 ... */
#include <stdio.h>
#include <stdlib.h>

#include "ring_infer.h"

int main(int argc, char **argv)
{
    static float scratch[RING_SCRATCH]; /* what it works in: one for each thread */
    for (int i = 1; i + 1 < argc; i += 2) {
        const float x[RING_INPUT] = {strtof(argv[i], NULL), strtof(argv[i + 1], NULL)};
        float normal[RING_INPUT], y[RING_OUTPUT];
        ring_normalize(x, normal);
        ring_infer(normal, y, scratch);
        printf("(%g, %g) is %s the ring\n", (double)x[0], (double)x[1], y[1] > y[0] ? "in" : "not in");
    }
    return 0;
}
