/* deal.c -- which thread of a team does which slices of the gradients. A kernel's slices all read the same inputs, so a
 * thread gets as many slices of a kernel as it has room for, and the room is the least that is enough for all. Prices
 * are the plan's until slices have been timed (weigh.c); no bit depends on who does what. */
#include <stdlib.h>

#include "engine/engine.h"
#include "weights/weights.h"

struct deal {
    const struct cnn_dealt *prices; /* [kernels] */
    int kernels;
    int chunks, threads;
    int64_t *load;            /* [threads] */
    int *order;               /* kernels, the most expensive slice first */
    struct cnn_range *ranges; /* [threads][chunks][kernels] */
};

static int64_t price(const struct cnn_dealt *k)
{
    return (int64_t)k->call + k->cost;
}

static void sort_kernels(const struct deal *d)
{
    for (int i = 0; i < d->kernels; i++) {
        int at = i;
        for (; at > 0 && price(&d->prices[d->order[at - 1]]) < price(&d->prices[i]); at--)
            d->order[at] = d->order[at - 1];
        d->order[at] = i;
    }
}

/* Deals the slices of a kernel and a chunk to threads that have room up to `most`; returns how many are left. */
static int deal_kernel(const struct deal *d, int kernel, int chunk, int64_t most)
{
    const struct cnn_dealt *k = &d->prices[kernel];
    int done = 0;
    for (int t = 0; t < d->threads; t++) {
        const int64_t room = (most - d->load[t] - k->call) / k->cost;
        const int left = k->slices - done, n = room < 0 ? 0 : room < left ? (int)room : left;
        d->ranges[(t * d->chunks + chunk) * d->kernels + kernel] =
            n ? (struct cnn_range){done, done + n} : (struct cnn_range){0, 0};
        d->load[t] += n ? k->call + n * (int64_t)k->cost : 0;
        done += n;
    }
    return k->slices - done;
}

static int deal_all(const struct deal *d, int64_t most)
{
    int left = 0;
    for (int t = 0; t < d->threads; t++)
        d->load[t] = 0;
    for (int i = 0; i < d->kernels && !left; i++)
        for (int c = 0; c < d->chunks && !left; c++)
            left = deal_kernel(d, d->order[i], c, most);
    return left == 0;
}

/* Room for everything on one thread is enough; half of it is, or is not, and so on. */
static void find_room(const struct deal *d)
{
    int64_t enough = 0, too_little = 0;
    for (int i = 0; i < d->kernels; i++) {
        const struct cnn_dealt *k = &d->prices[i];
        enough += d->chunks * (k->call + k->slices * (int64_t)k->cost);
    }
    while (enough - too_little > 1 + enough / 128) {
        const int64_t middle = (enough + too_little) / 2;
        if (deal_all(d, middle))
            enough = middle;
        else
            too_little = middle;
    }
    deal_all(d, enough);
}

void cnn_deal_again(struct cnn_engine *g)
{
    const struct deal d = {.prices = g->prices,
                           .kernels = g->m->team.n_dealt,
                           .chunks = g->end - g->first,
                           .threads = g->threads,
                           .load = g->load,
                           .order = g->order,
                           .ranges = g->ranges};
    sort_kernels(&d);
    find_room(&d);
}

int cnn_deal(struct cnn_engine *g, struct cnn_error *e)
{
    const size_t kernels = (size_t)g->m->team.n_dealt, threads = (size_t)g->threads;
    g->ranges = calloc(threads * (size_t)(g->end - g->first) * kernels, sizeof *g->ranges);
    g->prices = calloc(kernels, sizeof *g->prices);
    g->load = calloc(threads, sizeof *g->load);
    g->order = calloc(kernels, sizeof *g->order);
    g->took = calloc(threads * (size_t)(g->end - g->first) * kernels, sizeof *g->took);
    g->alone = calloc(threads * kernels, sizeof *g->alone);
    g->lines = calloc(kernels, sizeof *g->lines);
    if (!g->ranges || !g->prices || !g->load || !g->order || !g->took || !g->alone || !g->lines)
        return cnn_fail(e, "no memory for a table of slices");
    for (size_t i = 0; i < kernels; i++)
        g->prices[i] = *cnn_team_dealt(&g->m->team, (int)i);
    cnn_deal_again(g);
    g->weighing = CNN_WEIGHS_ALL;
    return 0;
}

const struct cnn_range *cnn_dealt_to(const struct cnn_engine *g, int thread, int chunk)
{
    return g->ranges + ((size_t)thread * (size_t)(g->end - g->first) + (size_t)chunk) * (size_t)g->m->team.n_dealt;
}
