/* weigh.c -- what the slices of a team's gradients really take. In its first steps one thread does the slices of all
 * kernels, one kernel after the other, and looks at the clock between: a slice alone, which finds nothing in the near
 * caches, and the others behind it. The next steps are dealt by these times. The sums are the same, so no bit depends
 * on the clock. */
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

/* The slice alone takes what a call takes, and what each of the others does. */
static void set_price(struct cnn_dealt *price, double first, double others)
{
    const double each = price->slices > 1 ? others / (price->slices - 1) : first;
    price->cost = price_of(each, 1);
    price->call = price_of(first - each, 0);
}

void cnn_weigh_slices(struct cnn_engine *g, const struct cnn_leg *leg, const struct cnn_core_chunk *k)
{
    const struct cnn_worker *w = &g->workers[0];
    struct cnn_range *none = g->ranges; /* no thread looks at them in this step */
    memset(none, 0, (size_t)g->m->team.n_dealt * sizeof *none);
    for (int i = 0; i < g->m->team.n_dealt; i++) {
        const int n = g->prices[i].slices;
        const double first = time_slices(w, leg, k, &none[i], (struct cnn_range){0, 1}, none);
        const double others = n > 1 ? time_slices(w, leg, k, &none[i], (struct cnn_range){1, n}, none) : 0;
        set_price(&g->prices[i], first, others);
    }
}
