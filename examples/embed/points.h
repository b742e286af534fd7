/* points.h -- points of a picture, 200x200, and whether they lie in the ring: what the programs here learn and ask
 * about. */
#ifndef POINTS_H
#define POINTS_H

#include <stdint.h>

/* The next of a row of numbers from 0 to 200 that looks drawn. */
static inline float next_number(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (float)(*state >> 8) / 16777216.0f * 200.0f;
}

static inline int in_ring(const float *x)
{
    const float r2 = (x[0] - 100) * (x[0] - 100) + (x[1] - 100) * (x[1] - 100);
    return r2 > 50 * 50 && r2 < 80 * 80;
}

static inline void draw_points(uint32_t *state, int n, float *x, int32_t *label)
{
    for (int i = 0; i < n; i++) {
        x[2 * i] = next_number(state);
        x[2 * i + 1] = next_number(state);
        label[i] = in_ring(x + 2 * i);
    }
}

#endif
