/* team_sums.c -- sums over the images of a batch, which the threads of a team want behind a barrier. */
#include "engine/engine.h"

enum { ROOM = 4096, LINE = 8 }; /* doubles of all chunks at a time, and of a line of the cache */

/* sum[0 .. LINE) = the sums of a line over n images. They stay in registers, and a line is read once. */
static void add_line(const double *from, size_t distance, int64_t n, double *sum)
{
    double a[LINE];
    for (size_t e = 0; e < LINE; e++)
        a[e] = from[e];
    for (int64_t i = 1; i < n; i++) {
        from += distance;
        for (size_t e = 0; e < LINE; e++)
            a[e] += from[e];
    }
    for (size_t e = 0; e < LINE; e++)
        sum[e] = a[e];
}

static void add_element(const double *from, size_t distance, int64_t n, double *sum)
{
    *sum = *from;
    for (int64_t i = 1; i < n; i++)
        *sum += from[(size_t)i * distance];
}

/* room[0 .. size) = the sum of elements at .. at + size - 1 over the images of the rank's chunk c. */
static void add_images(const struct cnn_engine *g, const struct cnn_image_sums *s, int c, size_t at, size_t size,
                       double *room)
{
    const int64_t first = (int64_t)c * g->m->chunk, left = s->rows - first;
    const int64_t n = left < g->m->chunk ? left : g->m->chunk;
    const double *from = (const double *)(const void *)(g->buffers[c - g->first].scratch + s->leg->images) + at;
    size_t e = 0;
    for (; e + LINE <= size; e += LINE)
        add_line(from + e, s->leg->sums, n, room + e);
    for (; e < size; e++)
        add_element(from + e, s->leg->sums, n, room + e);
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
