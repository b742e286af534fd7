/* reduce.c -- sums over chunks: of gradients, and of whatever else chunks compute shares of. */
#include <string.h>

#include "engine/engine.h"

/* elements that are summed at a time: the sums of all levels of the tree then stay in the first cache */
enum { BLOCK = 256 };

/* The number of chunks in the left subtree: the largest power of two that is less than n. */
static int left_of(int n)
{
    int left = 1;
    while (2 * left < n)
        left *= 2;
    return left;
}

/* Sets sum[0 .. size) to the sum of n chunks, each from element `at` on. sum may be that place of the first chunk. */
static void add_tree(float *sum, float *const *chunks, int n, size_t at, size_t size)
{
    float right[BLOCK];
    const float *other = right;
    if (n == 1) {
        memmove(sum, chunks[0] + at, size * sizeof *sum);
        return;
    }
    const int left = left_of(n);
    add_tree(sum, chunks, left, at, size);
    if (n - left == 1)
        other = chunks[left] + at;
    else
        add_tree(right, chunks + left, n - left, at, size);
    for (size_t i = 0; i < size; i++)
        sum[i] += other[i];
}

void cnn_reduce(float *sum, float *const *chunks, int n, size_t begin, size_t end)
{
    for (size_t at = begin; at < end; at += BLOCK)
        add_tree(sum + at, chunks, n, at, end - at < BLOCK ? end - at : BLOCK);
}
