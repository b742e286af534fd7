/* reduce.c -- sums over chunks: of gradients, and of whatever else chunks compute shares of. */
#include <string.h>

#include "engine/engine.h"

/* BLOCK: elements that are summed at a time: the sums of all levels of the tree then stay in the first cache */
enum { BLOCK = 256, RUN = 16 };

/* The number of chunks in the left subtree: the largest power of two that is less than n. */
static int left_of(int n)
{
    int left = 1;
    while (2 * left < n)
        left *= 2;
    return left;
}

#define REAL   float
#define PLUS   plus_floats
#define ADD    add_floats
#define SPANS  cnn_reduce_spans
#define REDUCE cnn_reduce
#include "engine/reduce_real.h"
#undef REAL
#undef PLUS
#undef ADD
#undef SPANS
#undef REDUCE

#define REAL   double
#define PLUS   plus_doubles
#define ADD    add_doubles
#define SPANS  cnn_reduce_double_spans
#define REDUCE cnn_reduce_doubles
#include "engine/reduce_real.h"

int cnn_subtree(int n, int c, int end)
{
    int first = 0;
    while (first != c || first + n > end) {
        const int left = left_of(n), right = c >= first + left;
        first += right ? left : 0;
        n = right ? n - left : left;
    }
    return n;
}
