/* team_sums.c -- sums over the images of a batch, which the threads of a team want behind a barrier. */
#include "engine/engine.h"

enum { ROOM = 4096 }; /* doubles of all chunks at a time */

/* room[0 .. size) = the sum of elements at .. at + size - 1 over the images of the rank's chunk c. */
static void add_images(const struct cnn_engine *g, const struct cnn_image_sums *s, int c, size_t at, size_t size,
                       double *room)
{
    const int64_t first = (int64_t)c * g->m->chunk, left = s->rows - first;
    const int64_t n = left < g->m->chunk ? left : g->m->chunk;
    const double *from = (const double *)(const void *)(g->buffers[c - g->first].scratch + s->leg->images) + at;
    for (size_t e = 0; e < size; e++)
        room[e] = from[e];
    for (int64_t i = 1; i < n; i++) {
        from += s->leg->sums;
        for (size_t e = 0; e < size; e++)
            room[e] += from[e];
    }
}

void cnn_sum_images(const struct cnn_engine *g, const struct cnn_image_sums *s, int c, int n, double *sum)
{
    double room[ROOM], *chunks[CNN_MOST_THREADS];
    const size_t block = ROOM / (size_t)n;
    for (size_t at = 0; at < s->leg->sums; at += block) {
        const size_t left = s->leg->sums - at, size = left < block ? left : block;
        for (int i = 0; i < n; i++) {
            chunks[i] = room + (size_t)i * block;
            add_images(g, s, c + i, at, size, chunks[i]);
        }
        cnn_reduce_doubles(sum + at, chunks, n, 0, size);
    }
}
