/* at_hand.c -- parameters and gradients where all ranks of a machine see them: see meeting.h. */
#include "engine/meeting.h"
#include "support/support.h"

/* Bytes of theta and so many gradients, one behind the other. */
static size_t bytes_near(const struct cnn_model *m, int gradients)
{
    struct cnn_arena l = {0};
    cnn_arena_add(&l, m->core.theta, sizeof(float));
    for (int i = 0; i < gradients; i++)
        cnn_arena_add(&l, m->core.moved, sizeof(float));
    return l.size;
}

float *cnn_near_theta(const struct cnn_engine *g, int q)
{
    return g->near.at[q];
}

float *cnn_near_gradient(const struct cnn_engine *g, int q, int i)
{
    return (float *)(void *)((char *)g->near.at[q] + bytes_near(g->m, i));
}

/* Where all ranks are on one machine, they read gradients and parameters where these are. */
void cnn_engine_near(struct cnn_engine *g)
{
    const int most = (g->m->chunks + g->peers->ranks - 1) / g->peers->ranks;
    cnn_near_open(&g->near, g->peers, cnn_sends_buckets(g->peers) ? 0 : bytes_near(g->m, most));
}
