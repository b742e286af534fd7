/* lanes.c -- states of metrics for lanes of rows. Lanes are counted at the same time, each by one thread. */
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "support/support.h"

int cnn_lanes_open(struct cnn_lanes *l, const struct cnn_model *m, int n, struct cnn_error *e)
{
    struct cnn_arena layout = {0};
    *l = (struct cnn_lanes){.n = n, .size = (cnn_state_size(m) + 7) / 8 * 8};
    if (l->size == 0)
        return 0;
    cnn_arena_add(&layout, l->size, ((size_t)n + 1) * sizeof *l->at);
    l->at = cnn_arena_alloc(&layout, "metrics", e);
    return l->at ? 0 : -1;
}

void cnn_lanes_close(struct cnn_lanes *l)
{
    free(l->at);
    *l = (struct cnn_lanes){0};
}

void cnn_lanes_clear(struct cnn_lanes *l)
{
    if (l->size)
        memset(l->at, 0, (size_t)l->n * l->size * sizeof *l->at);
}

void cnn_lanes_add(struct cnn_lanes *l, const struct cnn_model *m, const struct cnn_core_chunk *k, int64_t lane)
{
    if (l->size)
        cnn_state_add(m, k->y, k->target, k->n, l->at + (size_t)lane * l->size);
}

void cnn_lanes_count(struct cnn_lanes *l, const struct cnn_model *m, struct cnn_totals *t)
{
    double *all = l->at + (size_t)l->n * l->size;
    t->counted = 1;
    if (l->size == 0)
        return;
    memset(all, 0, l->size * sizeof *all);
    for (int i = 0; i < l->n; i++)
        cnn_state_merge(m, all, l->at + (size_t)i * l->size);
    cnn_state_values(m, all, t->metric);
}
