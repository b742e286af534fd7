/* crew.c -- threads that share the prediction of fewer images than they are: each does its part of every leg, with a
 * barrier behind most of them. */
#include "engine/engine.h"

int cnn_crew_pays(const struct cnn_engine *g, int64_t rows)
{
    return g->crew && rows < g->threads && rows <= g->m->crew.images;
}

/* The first of the images that thread `thread` does of n. */
static int first_image(int n, int thread, int threads)
{
    return (n * thread + threads - 1) / threads;
}

void cnn_crew_leg(const struct cnn_model *m, const struct cnn_worker *w, const struct cnn_core_chunk *k, int number,
                  int thread, int threads)
{
    const struct cnn_leg *leg = &m->crew.legs[number];
    int begin = first_image(k->n, thread, threads), end = first_image(k->n, thread + 1, threads), parts = 1;
    if (leg->share == CNN_LEG_EACH)
        begin = 0, end = k->n;
    else if (leg->share == CNN_LEG_PIECES)
        begin = thread, end = thread + 1, parts = threads;
    if (begin < end)
        leg->run(w->theta, w->prepared, k, w->own, begin, end, parts, NULL);
}

void cnn_crew_predict(const struct cnn_engine *g, const struct cnn_core_chunk *k, int thread)
{
    const struct cnn_crew *crew = &g->m->crew;
    const int threads = g->threads < crew->threads ? g->threads : crew->threads;
    for (int i = 0; i < crew->n_legs; i++) {
        if (thread < threads)
            cnn_crew_leg(g->m, &g->workers[thread], k, i, thread, threads);
        if (crew->legs[i].share != CNN_LEG_EACH)
            cnn_pool_barrier(g->pool);
    }
    if (thread == 0)
        crew->output(k->scratch, k->y, k->n);
}
