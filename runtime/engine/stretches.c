/* stretches.c -- runs the stretches of a step on chunks. */
#include <string.h>

#include "engine/engine.h"
#include "engine/meeting.h"

int cnn_engine_buffer(const struct cnn_engine *g, int thread, int c)
{
    return g->m->core.n_stretches > 1 ? c - g->first : thread;
}

void cnn_stretch_chunk(const struct cnn_engine *g, int thread, int s, int buffer, int n)
{
    const struct cnn_core_stretch *t = &g->m->core.stretches[s];
    const struct cnn_worker *w = &g->workers[thread];
    const struct cnn_core_chunk *k = &g->chunks[buffer];
    double *total = (double *)(void *)(k->scratch + t->total);
    if (t->sums && g->meeting)
        memcpy(total, cnn_meet_total(g), t->sums * sizeof *total);
    else if (t->sums)
        cnn_reduce_doubles(total, g->partial + (size_t)s * (size_t)g->n_buffers, n, 0, t->sums);
    t->chunk(w->theta, w->prepared, k->x, k->target, k->grad, k->y, k->scratch, k->n, k->step, k->sums);
}

void cnn_stretch_part(const struct cnn_engine *g, int thread, int s, int n)
{
    const struct cnn_worker *w = &g->workers[thread];
    const int end = n < g->end ? n : g->end;
    if (g->first < end)
        g->m->core.stretches[s].part(w->theta, w->prepared, g->chunks, end - g->first, thread, g->threads);
}

#define REAL    float
#define ALONE   cnn_chunk_alone
#define CORE    cnn_core
#define CHUNK   cnn_core_chunk
#define STRETCH cnn_core_stretch
#include "engine/alone_real.h"
#undef REAL
#undef ALONE
#undef CORE
#undef CHUNK
#undef STRETCH

#define REAL    double
#define ALONE   cnn_chunk_alone_double
#define CORE    cnn_reference
#define CHUNK   cnn_reference_chunk
#define STRETCH cnn_reference_stretch
#include "engine/alone_real.h"
