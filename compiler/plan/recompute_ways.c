/* recompute_ways.c -- how much of the forward pass is computed again: the best of several plans. A way that takes 5%
 * more memory than the least is as good as that. */
#include "plan/inner.h"

static struct plan *least(struct plan *const *at, size_t n)
{
    struct plan *best = at[0];
    for (size_t i = 1; i < n; i++)
        best = at[i]->scratch < best->scratch ? at[i] : best;
    return best;
}

static struct plan *fastest(struct plan *const *at, size_t n, int64_t scratch)
{
    struct plan *best = NULL;
    for (size_t i = 0; i < n; i++)
        if (at[i]->scratch <= scratch && (!best || at[i]->repeated < best->repeated))
            best = at[i];
    return best;
}

struct plan *plan_recomputed(const struct net *n, const struct target *t, const struct plan_options *options,
                             int64_t limit)
{
    static const struct recomputed ways[] = {{4, true},   {16, true},  {64, true},  {2, false},  {3, false},
                                             {4, false},  {6, false},  {8, false},  {12, false}, {16, false},
                                             {24, false}, {32, false}, {64, false}, {128, false}};
    enum { WAYS = sizeof ways / sizeof *ways };
    struct plan *at[1 + WAYS] = {plan_make(n, t, false, options)};
    for (size_t i = 0; at[0] && i < WAYS; i++) {
        struct plan_options o = *options;
        o.images = at[0]->chunk;
        o.recompute = &ways[i];
        if (!(at[i + 1] = plan_make(n, t, false, &o)))
            return NULL;
        at[i + 1]->whole = at[0]->scratch;
        at[i + 1]->repeated = plan_image_cycles(at[i + 1]) / plan_image_cycles(at[0]) - 1;
    }
    if (!at[0])
        return NULL;
    const int64_t smallest = least(at, 1 + WAYS)->scratch, enough = smallest + smallest / 20;
    const int64_t given = limit / t->number->bytes;
    return fastest(at, 1 + WAYS, given > enough ? given : enough);
}
