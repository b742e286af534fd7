/* dealt.c -- evaluation by several ranks. Each rank counts some of the lanes; a slot belongs to the lane that is its
 * number modulo the number of lanes. */
#include <stdlib.h>
#include <string.h>

#include "engine/meeting.h"
#include "support/peers.h"

int cnn_rank_lane(const struct cnn_engine *g, int q, int lanes)
{
    return g->peers ? lanes * q / g->peers->ranks : q * lanes;
}

/* How many of n slots are in lanes before this one. */
static int64_t slots_before(int64_t n, int lane, int lanes)
{
    return n / lanes * lane + (n % lanes < lane ? n % lanes : lane);
}

/* Copies the slots of a range of lanes to where they stand lane by lane, or back. */
static void sort(struct cnn_slot *slots, struct cnn_slot *sorted, int64_t n, int begin, int end, int lanes, int back)
{
    struct cnn_slot *at = sorted + slots_before(n, begin, lanes);
    for (int lane = begin; lane < end; lane++)
        for (int64_t i = lane; i < n; i += lanes, at++) {
            if (back)
                slots[i] = *at;
            else
                *at = slots[i];
        }
}

static void gather_lanes(struct cnn_engine *g, size_t *begin, int lanes)
{
    for (int q = 0; q <= g->peers->ranks; q++)
        begin[q] = (size_t)cnn_rank_lane(g, q, lanes) * g->lanes.size * sizeof *g->lanes.at;
    if (g->lanes.size)
        g->peers->gather(g->peers, g->lanes.at, begin);
}

void cnn_gather_evaluated(struct cnn_engine *g, int64_t n, int lanes)
{
    struct cnn_peers *p = g->peers;
    if (!p)
        return;
    const int first = cnn_rank_lane(g, p->rank, lanes), end = cnn_rank_lane(g, p->rank + 1, lanes);
    struct cnn_slot *sorted = malloc(((size_t)n + 1) * sizeof *sorted);
    size_t *begin = malloc(((size_t)p->ranks + 1) * sizeof *begin);
    if (!sorted || !begin) {
        p->give_up(p, "no memory for the sums of the rows");
    } else {
        sort(g->slots, sorted, n, first, end, lanes, 0);
        for (int q = 0; q <= p->ranks; q++)
            begin[q] = (size_t)slots_before(n, cnn_rank_lane(g, q, lanes), lanes) * sizeof *sorted;
        p->gather(p, sorted, begin);
        sort(g->slots, sorted, n, 0, lanes, lanes, 1);
        gather_lanes(g, begin, lanes);
    }
    free(sorted);
    free(begin);
}
