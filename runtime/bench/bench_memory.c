/* bench_memory.c -- the bound on the speed of the update. The update does only a few operations on each number that it
 * moves, so it can be at most as fast as memory: as memcpy over as many bytes, measured in the same run. */
#include <stdlib.h>
#include <string.h>

#include "bench/measures.h"
#include "support/support.h"

enum { COPIES = 20 };

double cnn_bench_update_bytes(const struct cnn_model *m)
{
    return (double)sizeof(float) * ((double)m->core.moved * m->chunks + 2 * (double)m->core.trained * (1 + m->slots));
}

static double fastest_copy(char *to, const char *from, size_t n)
{
    double best = 0;
    for (int i = 0; i < COPIES; i++) {
        double start = cnn_seconds();
        memcpy(to, from, n);
        volatile char sink = to[(size_t)i * n / COPIES]; /* reads the copy, so that the compiler keeps it */
        double time = cnn_seconds() - start;
        (void)sink;
        best = i == 0 || time < best ? time : best;
    }
    return best;
}

int cnn_bench_memory(struct cnn_measures *b, struct cnn_error *e)
{
    size_t half = (size_t)(cnn_bench_update_bytes(b->m) / 2);
    char *arena = malloc(2 * half + 1);
    if (!arena)
        return cnn_fail(e, "no memory to copy: %zu bytes", 2 * half);
    memset(arena, 1, 2 * half + 1);
    b->update_bytes = 2 * (double)half;
    b->copy_seconds = fastest_copy(arena + half, arena, half);
    free(arena);
    return 0;
}
