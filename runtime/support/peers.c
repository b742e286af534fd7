/* peers.c -- what ranks tell one another beside the numbers of a step: whether all have succeeded, and whether all have
 * the same. */
#include <stdlib.h>
#include <string.h>

#include "support/peers.h"

static void *room(struct cnn_peers *p, size_t count, size_t size)
{
    void *at = calloc(count, size);
    if (!at)
        p->give_up(p, "no memory for what the ranks tell one another");
    return at;
}

void cnn_peers_share(struct cnn_peers *p, void *all, size_t size)
{
    if (!cnn_several(p))
        return;
    size_t *begin = room(p, (size_t)p->ranks + 1, sizeof *begin);
    for (int q = 0; q <= p->ranks; q++)
        begin[q] = (size_t)q * size;
    p->gather(p, all, begin);
    free(begin);
}

void cnn_peers_of_lead(struct cnn_peers *p, void *value, size_t size)
{
    if (!cnn_several(p))
        return;
    char *all = room(p, (size_t)p->ranks, size);
    memcpy(all + (size_t)p->rank * size, value, size);
    cnn_peers_share(p, all, size);
    memcpy(value, all + (size_t)p->lead * size, size);
    free(all);
}

/* Returns the first rank whose mark is not 0, or the number of ranks. */
static int first_marked(struct cnn_peers *p, int32_t mark)
{
    int32_t *all = room(p, (size_t)p->ranks, sizeof *all);
    int first = 0;
    all[p->rank] = mark;
    cnn_peers_share(p, all, sizeof *all);
    while (first < p->ranks && !all[first])
        first++;
    free(all);
    return first;
}

/* The text of rank `from` comes to all. */
static void spread_text(struct cnn_peers *p, struct cnn_error *e, int from)
{
    size_t *begin = room(p, (size_t)p->ranks + 1, sizeof *begin);
    for (int q = from + 1; q <= p->ranks; q++)
        begin[q] = sizeof e->text;
    p->gather(p, e->text, begin);
    free(begin);
}

int cnn_peers_agree(struct cnn_peers *p, int status, struct cnn_error *e)
{
    if (!cnn_several(p))
        return status;
    if (p->agreed)
        return -1;
    const int first = first_marked(p, status != 0);
    if (first == p->ranks)
        return 0;
    struct cnn_error theirs = *e;
    spread_text(p, &theirs, first);
    if (first == 0)
        *e = theirs;
    else
        cnn_fail(e, "rank %d: %.900s", first, theirs.text);
    p->agreed = 1;
    return -1;
}

int cnn_peers_differ(struct cnn_peers *p, uint64_t value)
{
    int other = 0;
    if (!cnn_several(p))
        return 0;
    uint64_t *all = room(p, (size_t)p->ranks, sizeof *all);
    all[p->rank] = value;
    cnn_peers_share(p, all, sizeof *all);
    while (other < p->ranks && all[other] == all[0])
        other++;
    free(all);
    return other < p->ranks ? other : 0;
}
