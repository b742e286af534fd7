/* points.h -- points of the square from -1 to 1, and whether they lie in the ring: what the programs here learn and ask about. */
#ifndef POINTS_H
#define POINTS_H

#include <stdint.h>

/* The next of a row of numbers from -1 to 1 that looks drawn. */
static inline float next_number(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (float)(*state >> 8) / 8388608.0f - 1.0f;
}

static inline int in_ring(const float *x)
{
    const float r2 = x[0] * x[0] + x[1] * x[1];
    return r2 > 0.25f && r2 < 0.64f;
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
