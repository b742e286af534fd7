/* meeting.c -- see meeting.h. */
#include <stdlib.h>
#include <string.h>

#include "engine/meeting.h"
#include "support/peers.h"

enum { BLOCK = 16 }; /* parts of an update begin at multiples of so many elements */

struct cnn_meeting {
    float *sum;     /* a whole gradient, of which this rank uses its slice */
    float *got;     /* the sums that come from other ranks, of this slice */
    int *spans;     /* [chunks] the size of the subtree that begins with the chunk */
    double **share; /* [chunks] what the subtree has of the sums that a stretch wants */
    float **trees;  /* [chunks] its sum */
    struct cnn_piece *sent, *expected;
    size_t *begin;          /* [ranks + 1] room for the bounds of a gather */
    double *shares, *total; /* what a stretch wants: the sums of subtrees; of all chunks */
    struct cnn_slot *slots; /* [ranks][1 + chunks of a rank]; the first of a rank holds its mark */
};

static size_t trained(const struct cnn_engine *g)
{
    return g->m->core.trained;
}

/* The first element of a part of an update. */
static size_t cut(size_t size, size_t part, size_t parts)
{
    const size_t at = (size + BLOCK - 1) / BLOCK * part / parts * BLOCK;
    return at < size ? at : size;
}

/* The first element of the slice of rank q. */
static size_t slice(const struct cnn_engine *g, int q)
{
    return cut(trained(g), (size_t)q, (size_t)g->peers->ranks);
}

int cnn_rank_chunk(const struct cnn_engine *g, int q)
{
    const int64_t chunks = g->m->chunks, ranks = cnn_several(g->peers) ? g->peers->ranks : 1;
    return (int)((chunks * q + ranks - 1) / ranks);
}

static int most_chunks(const struct cnn_engine *g)
{
    return (g->m->chunks + g->peers->ranks - 1) / g->peers->ranks;
}

static size_t most_sums(const struct cnn_model *m)
{
    size_t most = 0;
    for (int s = 0; s < m->core.n_stretches; s++)
        if (m->core.stretches[s].sums > most)
            most = m->core.stretches[s].sums;
    return most;
}

/* ---- memory */

static int alloc(struct cnn_engine *g, struct cnn_meeting *k, struct cnn_error *e)
{
    const size_t chunks = (size_t)g->m->chunks, ranks = (size_t)g->peers->ranks, own = (size_t)most_chunks(g);
    const size_t sums = most_sums(g->m), room = slice(g, g->peers->rank + 1) - slice(g, g->peers->rank);
    k->share = calloc(chunks, sizeof *k->share);
    k->spans = calloc(chunks, sizeof *k->spans);
    k->trees = calloc(chunks, sizeof *k->trees);
    k->sent = calloc((own + 1) * ranks, sizeof *k->sent);
    k->expected = calloc(chunks + ranks, sizeof *k->expected);
    k->begin = calloc(ranks + 1, sizeof *k->begin);
    k->shares = calloc(chunks * sums + 1, sizeof *k->shares);
    k->total = calloc(sums + 1, sizeof *k->total);
    k->slots = calloc(ranks * (own + 1), sizeof *k->slots);
    k->sum = cnn_pages_new(g->m->core.moved, "gradients", e);
    k->got = cnn_pages_new(chunks * room, "gradients of other ranks", e);
    if (!k->sum || !k->got)
        return -1;
    if (k->share && k->spans && k->trees && k->sent && k->expected && k->begin && k->shares && k->total && k->slots)
        return 0;
    return cnn_fail(e, "no memory for what ranks exchange");
}

int cnn_meeting_open(struct cnn_engine *g, struct cnn_error *e)
{
    g->meeting = calloc(1, sizeof *g->meeting);
    return g->meeting ? alloc(g, g->meeting, e) : cnn_fail(e, "no memory for what ranks exchange");
}

void cnn_meeting_close(struct cnn_engine *g)
{
    struct cnn_meeting *k = g->meeting;
    if (!k)
        return;
    cnn_pages_free(k->sum, g->m->core.moved);
    cnn_pages_free(k->got, (size_t)g->m->chunks * (slice(g, g->peers->rank + 1) - slice(g, g->peers->rank)));
    free(k->share);
    free(k->spans);
    free(k->trees);
    free(k->sent);
    free(k->expected);
    free(k->begin);
    free(k->shares);
    free(k->total);
    free(k->slots);
    free(k);
    g->meeting = NULL;
}

/* ---- a step */

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Adds the subtrees of this rank's chunks among `chunks`, of which the first is its own first. */
static void add_subtrees(const struct cnn_engine *g, float *const *chunks, int n, size_t begin, size_t end)
{
    for (int c = g->first, span; c < least(g->end, n); c += span) {
        span = cnn_subtree(n, c, least(g->end, n));
        if (span > 1)
            cnn_reduce(chunks[c - g->first], chunks + (c - g->first), span, begin, end);
    }
}

void cnn_meet_subtrees(struct cnn_engine *g, int thread, int n)
{
    const size_t size = trained(g), t = (size_t)thread, threads = (size_t)g->threads;
    add_subtrees(g, g->grads, n, size * t / threads, size * (t + 1) / threads);
}

static const size_t *bounds_of_slices(struct cnn_engine *g)
{
    size_t *begin = g->meeting->begin;
    for (int q = 0; q <= g->peers->ranks; q++)
        begin[q] = slice(g, q) * sizeof(float);
    return begin;
}

/* Notes where the subtrees of rank q will be: its own gradients, or messages that are put one behind the other. */
static int expect(struct cnn_engine *g, int q, int n, float **at, struct cnn_piece *pieces)
{
    struct cnn_meeting *k = g->meeting;
    const size_t room = slice(g, g->peers->rank + 1) - slice(g, g->peers->rank);
    const int end = least(cnn_rank_chunk(g, q + 1), n);
    int count = 0;
    for (int c = cnn_rank_chunk(g, q), span; c < end; c += span) {
        k->spans[c] = span = cnn_subtree(n, c, end);
        if (q == g->peers->rank) {
            k->trees[c] = g->grads[c - g->first] + slice(g, q);
            continue;
        }
        k->trees[c] = *at;
        *at += room;
        pieces[count++] = (struct cnn_piece){.rank = q, .tag = c, .at = k->trees[c], .bytes = room * sizeof(float)};
    }
    return count;
}

/* The parts of this rank's subtrees that are of the slice of rank q. */
static int send(struct cnn_engine *g, int q, int n, struct cnn_piece *pieces)
{
    const size_t from = slice(g, q), to = slice(g, q + 1);
    int count = 0;
    for (int c = g->first, end = least(g->end, n), span; c < end; c += span) {
        span = cnn_subtree(n, c, end);
        pieces[count++] = (struct cnn_piece){q, c, g->grads[c - g->first] + from, (to - from) * sizeof(float)};
    }
    return count;
}

/* A rank's mark and the slots of its chunks; `room` elements for each rank. */
static void put_slots(struct cnn_engine *g, const struct cnn_mark *marks, int room)
{
    struct cnn_slot *mine = g->meeting->slots + g->peers->rank * room;
    memcpy(mine, &marks[g->peers->rank], sizeof *marks);
    memcpy(mine + 1, g->slots + g->first, (size_t)(g->end - g->first) * sizeof *mine);
}

static void take_slots(struct cnn_engine *g, struct cnn_mark *marks, int room)
{
    for (int q = 0; q < g->peers->ranks; q++) {
        const struct cnn_slot *theirs = g->meeting->slots + q * room;
        const int first = cnn_rank_chunk(g, q), n = cnn_rank_chunk(g, q + 1) - first;
        memcpy(&marks[q], theirs, sizeof *marks);
        memcpy(g->slots + first, theirs + 1, (size_t)n * sizeof *theirs);
    }
}

/* The slots travel with the gradients, so that a step waits once for both. A tag is the number of a chunk, or that of the
 * chunks for slots. Each rank begins with another one. */
void cnn_meet_gradients(struct cnn_engine *g, int n, struct cnn_mark *marks)
{
    struct cnn_meeting *k = g->meeting;
    const int me = g->peers->rank, ranks = g->peers->ranks, room = most_chunks(g) + 1, tag = g->m->chunks;
    const size_t bytes = (size_t)room * sizeof *k->slots;
    float *at = k->got;
    int sent = 0, expected = 0;
    put_slots(g, marks, room);
    for (int q = 0; q < ranks; q++)
        expected += expect(g, q, n, &at, k->expected + expected);
    for (int i = 1; i < ranks; i++) {
        const int from = (me + ranks - i) % ranks, to = (me + i) % ranks;
        k->expected[expected++] = (struct cnn_piece){from, tag, k->slots + from * room, bytes};
        k->sent[sent++] = (struct cnn_piece){to, tag, k->slots + me * room, bytes};
        sent += send(g, to, n, k->sent + sent);
    }
    g->peers->exchange(g->peers, k->sent, sent, k->expected, expected);
    take_slots(g, marks, room);
}

void cnn_meet_sum(struct cnn_engine *g, int thread, int n)
{
    struct cnn_meeting *k = g->meeting;
    const size_t ranks = (size_t)g->peers->ranks, parts = ranks * (size_t)g->threads;
    const size_t part = (size_t)g->peers->rank * (size_t)g->threads + (size_t)thread;
    const size_t mine = slice(g, g->peers->rank);
    const size_t from = cut(trained(g), part, parts), to = cut(trained(g), part + 1, parts);
    cnn_reduce_spans(k->sum + mine, k->trees, k->spans, n, from - mine, to - mine);
    if (g->peers->rank == 0 && thread == 0)
        memcpy(k->sum + trained(g), g->grads[0] + trained(g), (g->m->core.moved - trained(g)) * sizeof *k->sum);
}

float *const *cnn_meet_grads(const struct cnn_engine *g)
{
    return &g->meeting->sum;
}

void cnn_meet_phase(struct cnn_engine *g)
{
    g->peers->gather(g->peers, g->meeting->sum, bounds_of_slices(g));
}

/* Rank 0 has chunk 0, and its thread 0 moves the running statistics. */
void cnn_meet_theta(struct cnn_engine *g)
{
    g->peers->gather(g->peers, g->theta, bounds_of_slices(g));
    if (g->m->core.moved == trained(g))
        return;
    for (int q = 1; q <= g->peers->ranks; q++)
        g->meeting->begin[q] = (g->m->core.moved - trained(g)) * sizeof(float);
    g->peers->gather(g->peers, g->theta + trained(g), g->meeting->begin);
}

/* ---- sums that stretches want */

/* The shares of a rank are the sums of its subtrees, one behind the other, from its first chunk's place on. */
void cnn_meet_stretch(struct cnn_engine *g, int s, int n)
{
    struct cnn_meeting *k = g->meeting;
    const size_t sums = g->m->core.stretches[s].sums;
    double *const *partial = g->partial + (size_t)s * (size_t)g->n_buffers;
    int count = 0;
    for (int q = 0; q < g->peers->ranks; q++) {
        const int end = least(cnn_rank_chunk(g, q + 1), n);
        k->begin[q] = (size_t)count * sums * sizeof(double);
        for (int c = cnn_rank_chunk(g, q); c < end; c += k->spans[c]) {
            k->spans[c] = cnn_subtree(n, c, end);
            k->share[c] = k->shares + (size_t)count++ * sums;
            if (q == g->peers->rank)
                cnn_reduce_doubles(k->share[c], partial + (c - g->first), k->spans[c], 0, sums);
        }
    }
    k->begin[g->peers->ranks] = (size_t)count * sums * sizeof(double);
    g->peers->gather(g->peers, k->shares, k->begin);
    cnn_reduce_double_spans(k->total, k->share, k->spans, n, 0, sums);
}

const double *cnn_meet_total(const struct cnn_engine *g)
{
    return g->meeting->total;
}

/* ---- between steps */

void cnn_meet_state(struct cnn_engine *g)
{
    struct cnn_peers *p = g->peers;
    for (int i = 0; cnn_several(p) && i < g->m->slots; i++) {
        float *state = g->state + (size_t)i * trained(g);
        for (int q = 1; q < p->ranks; q++) {
            struct cnn_piece piece = {.tag = i, .at = state + slice(g, q)};
            piece.bytes = (slice(g, q + 1) - slice(g, q)) * sizeof(float);
            piece.rank = p->rank == 0 ? q : 0;
            if (p->rank == 0)
                p->exchange(p, NULL, 0, &piece, 1);
            else if (p->rank == q)
                p->exchange(p, &piece, 1, NULL, 0);
        }
    }
}

void cnn_meeting_forget(struct cnn_engine *g)
{
    for (int i = 0; g->meeting && i < g->m->slots; i++) {
        float *state = g->state + (size_t)i * trained(g);
        cnn_pages_drop(state, 0, slice(g, g->peers->rank));
        cnn_pages_drop(state, slice(g, g->peers->rank + 1), trained(g));
    }
}

void cnn_meet_lanes(struct cnn_engine *g)
{
    const size_t size = g->lanes.size * sizeof *g->lanes.at;
    if (!g->meeting || size == 0)
        return;
    for (int q = 0; q <= g->peers->ranks; q++)
        g->meeting->begin[q] = (size_t)cnn_rank_chunk(g, q) * size;
    g->peers->gather(g->peers, g->lanes.at, g->meeting->begin);
}
