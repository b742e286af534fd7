/* weigh.c -- what the slices of a team's gradients really take. In its first steps one thread does the slices of all
 * kernels, one kernel after the other, and looks at the clock between: a slice alone, which finds nothing in the near
 * caches, and the others behind it. By these times the slices are dealt. In the next steps each thread looks at the
 * clock while it does its own, since others now read the same data at the same time, and a few slices take longer each
 * than many: the straight lines through these times are the prices of the steps to come. The sums are the same, so no
 * bit depends on the clock. */
#include <string.h>

#include "engine/engine.h"
#include "support/support.h"

/* Nanoseconds of some slices of a kernel for all images of a chunk; the other kernels have none. */
static double time_slices(const struct cnn_worker *w, const struct cnn_leg *leg, const struct cnn_core_chunk *k,
                          struct cnn_range *range, struct cnn_range slices, const struct cnn_range *all)
{
    const double nano = 1e9, begin = cnn_work_seconds();
    *range = slices;
    leg->run(w->theta, w->prepared, k, w->own, 0, 1, 1, all);
    *range = (struct cnn_range){0, 0};
    return (cnn_work_seconds() - begin) * nano;
}

/* At least `least`; a second is as dear as more. */
static int price_of(double nanoseconds, int least)
{
    enum { MOST = 1000000000 };
    return nanoseconds < least ? least : nanoseconds < MOST ? (int)nanoseconds : MOST;
}

/* ---- all slices, by one thread */

/* The slice alone takes what a call takes, and what each of the others does. */
static void set_price(struct cnn_dealt *price, double first, double others)
{
    const double each = price->slices > 1 ? others / (price->slices - 1) : first;
    price->cost = price_of(each, 1);
    price->call = price_of(first - each, 0);
}

static void weigh_all(const struct cnn_engine *g, const struct cnn_leg *leg, const struct cnn_core_chunk *k)
{
    const struct cnn_worker *w = &g->workers[0];
    struct cnn_range *none = g->alone;
    for (int i = 0; i < g->m->team.n_dealt; i++) {
        const int n = g->prices[i].slices;
        const double first = time_slices(w, leg, k, &none[i], (struct cnn_range){0, 1}, none);
        const double others = n > 1 ? time_slices(w, leg, k, &none[i], (struct cnn_range){1, n}, none) : 0;
        set_price(&g->prices[i], first, others);
    }
}

/* ---- each thread's own */

static double *took_of(const struct cnn_engine *g, int thread, int chunk)
{
    return g->took + ((size_t)thread * (size_t)(g->end - g->first) + (size_t)chunk) * (size_t)g->m->team.n_dealt;
}

static void weigh_share(const struct cnn_engine *g, const struct cnn_leg *leg, const struct cnn_core_chunk *k,
                        int thread, int chunk)
{
    const struct cnn_range *dealt = cnn_dealt_to(g, thread, chunk);
    struct cnn_range *none = g->alone + (size_t)thread * (size_t)g->m->team.n_dealt;
    double *took = took_of(g, thread, chunk);
    for (int i = 0; i < g->m->team.n_dealt; i++)
        if (dealt[i].end > dealt[i].begin) {
            const double time = time_slices(&g->workers[thread], leg, k, &none[i], dealt[i], none);
            took[i] = took[i] > 0 && took[i] < time ? took[i] : time;
        }
}

/* Adds what a thread took to the lines of all kernels. */
static void add_pairs(struct cnn_engine *g, int thread, int chunk)
{
    const struct cnn_range *dealt = cnn_dealt_to(g, thread, chunk);
    double *took = took_of(g, thread, chunk);
    for (int i = 0; i < g->m->team.n_dealt; i++) {
        struct cnn_line *l = &g->lines[i];
        const double n = dealt[i].end - dealt[i].begin;
        if (took[i] > 0)
            *l = (struct cnn_line){l->pairs + 1, l->slices + n, l->squares + n * n, l->time + took[i],
                                   l->by_slices + n * took[i]};
        took[i] = 0;
    }
}

/* Where all pairs have as many slices, they say nothing of a call alone: both prices change alike. */
static void scale_price(struct cnn_dealt *price, const struct cnn_line *l)
{
    const double factor = l->time / (l->pairs * price->call + l->slices * price->cost);
    price->call = price_of(factor * price->call, 0);
    price->cost = price_of(factor * price->cost, 1);
}

/* The line of least squares; one through nothing where a call would cost less than that. */
static void learn_price(struct cnn_dealt *price, const struct cnn_line *l)
{
    const double spread = l->pairs * l->squares - l->slices * l->slices;
    if (l->pairs <= 0)
        return;
    if (spread < l->squares / 2) {
        scale_price(price, l);
        return;
    }
    double cost = (l->pairs * l->by_slices - l->slices * l->time) / spread;
    double call = (l->time - cost * l->slices) / l->pairs;
    if (call < 0)
        call = 0, cost = l->by_slices / l->squares;
    if (cost < 0)
        cost = 0, call = l->time / l->pairs;
    price->cost = price_of(cost, 1);
    price->call = price_of(call, 0);
}

static void learn_prices(struct cnn_engine *g)
{
    for (int t = 0; t < g->threads; t++)
        for (int c = 0; c < g->end - g->first; c++)
            add_pairs(g, t, c);
    for (int i = 0; i < g->m->team.n_dealt; i++)
        learn_price(&g->prices[i], &g->lines[i]);
}

/* ---- a step */

void cnn_weigh(const struct cnn_engine *g, const struct cnn_leg *leg, const struct cnn_core_chunk *k, int thread,
               int chunk)
{
    if (g->weighing == CNN_WEIGHS_SHARES)
        weigh_share(g, leg, k, thread, chunk);
    else if (thread == 0)
        weigh_all(g, leg, k);
}

void cnn_learn_from_weighing(struct cnn_engine *g)
{
    const int weighed = g->weighed;
    if (!g->weighing)
        return;
    g->weighed++;
    if (weighed == 0 || weighed % CNN_STEPS_A_DEALING)
        return;
    if (g->weighing == CNN_WEIGHS_SHARES)
        learn_prices(g);
    cnn_deal_again(g);
    g->weighing = weighed < CNN_WEIGHED_STEPS ? CNN_WEIGHS_SHARES : CNN_WEIGHS_NONE;
}
