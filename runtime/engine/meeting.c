/* meeting.c -- see meeting.h. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "engine/meeting.h"
#include "support/peers.h"

struct cnn_parcel {      /* a bucket in this step */
    atomic_int finished; /* chunks of this rank that are finished with it, each by all threads of a team */
    int sent;
    float **trees;        /* [chunks] the sums of subtrees, of this rank's share */
    float *got;           /* those that come from other ranks */
    struct cnn_piece *to; /* room for what is sent */
};

struct cnn_meeting {
    struct cnn_ready ready;
    struct cnn_engine *g;
    struct cnn_bucket buckets[CNN_MOST_BUCKETS];
    struct cnn_parcel parcels[CNN_MOST_BUCKETS];
    int n_buckets;
    int n, passing; /* chunks of this step; how often a mark is passed in it by this rank */
    float *sum;     /* a whole gradient, of which this rank uses its shares */
    float *got;     /* of all parcels */
    int *spans;     /* [chunks] the size of the subtree that begins with the chunk */
    double **share; /* [chunks] what the subtree has of the sums that a stretch wants */
    float **trees;  /* of all parcels */
    struct cnn_piece *sent, *expected;
    size_t *begin;          /* [ranks + 1] room for the bounds of a gather */
    int32_t *marks;         /* [ranks] of meet_all() */
    double *shares, *total; /* what a stretch wants: the sums of subtrees; of all chunks */
    struct cnn_slot *slots; /* [ranks][1 + chunks of a rank]; the first of a rank holds its mark */
};

static size_t trained(const struct cnn_engine *g)
{
    return g->m->core.trained;
}

/* The first element of the share of rank q in a bucket. */
static size_t cut(const struct cnn_engine *g, int bucket, int q)
{
    return cnn_bucket_cut(&g->meeting->buckets[bucket], (size_t)q, (size_t)g->peers->ranks);
}

/* The elements of this rank's share. */
static size_t room_of(const struct cnn_engine *g, int bucket)
{
    return cut(g, bucket, g->peers->rank + 1) - cut(g, bucket, g->peers->rank);
}

static size_t room_of_all(const struct cnn_engine *g)
{
    size_t sum = 0;
    for (int b = 0; b < g->meeting->n_buckets; b++)
        sum += room_of(g, b);
    return sum;
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

static int alloc_tables(struct cnn_engine *g, struct cnn_meeting *k)
{
    const size_t chunks = (size_t)g->m->chunks, ranks = (size_t)g->peers->ranks, own = (size_t)most_chunks(g);
    const size_t sums = most_sums(g->m), buckets = (size_t)k->n_buckets;
    k->share = calloc(chunks, sizeof *k->share);
    k->spans = calloc(chunks, sizeof *k->spans);
    k->trees = calloc(chunks * buckets, sizeof *k->trees);
    k->sent = calloc((own * buckets + 1) * ranks, sizeof *k->sent);
    k->expected = calloc(chunks + ranks, sizeof *k->expected);
    k->begin = calloc(ranks + 1, sizeof *k->begin);
    k->marks = calloc(ranks, sizeof *k->marks);
    k->shares = calloc(chunks * sums + 1, sizeof *k->shares);
    k->total = calloc(sums + 1, sizeof *k->total);
    k->slots = calloc(ranks * (own + 1), sizeof *k->slots);
    return k->share && k->spans && k->trees && k->sent && k->expected && k->begin && k->marks && k->shares &&
                   k->total && k->slots
               ? 0
               : -1;
}

/* Places what the buckets have of each array. */
static void place_parcels(struct cnn_engine *g, struct cnn_meeting *k)
{
    const size_t chunks = (size_t)g->m->chunks, most = (size_t)most_chunks(g) * (size_t)g->peers->ranks;
    float *got = k->got;
    for (int b = 0; b < k->n_buckets; b++) {
        k->parcels[b].trees = k->trees + (size_t)b * chunks;
        k->parcels[b].to = k->sent + (size_t)b * most;
        k->parcels[b].got = got;
        got += chunks * room_of(g, b);
    }
}

/* A tag is the number of a bucket and of a chunk; the one behind those of all buckets is for slots. */
static int tag_of(const struct cnn_engine *g, int bucket, int chunk)
{
    return bucket * g->m->chunks + chunk;
}

static void at_mark(struct cnn_ready *ready, int mark);

int cnn_meeting_open(struct cnn_engine *g, struct cnn_error *e)
{
    struct cnn_meeting *k = g->meeting = calloc(1, sizeof *g->meeting);
    if (!k)
        return cnn_fail(e, "no memory for what ranks exchange");
    k->g = g;
    k->ready.at = at_mark;
    k->n_buckets = cnn_buckets(g->m, g->peers, k->buckets);
    if (tag_of(g, k->n_buckets, 0) > g->peers->most_tag)
        return cnn_fail(e,
                        "%d chunks of a batch are more than this MPI has tags for messages (%d): take a smaller batch",
                        g->m->chunks, g->peers->most_tag);
    if (alloc_tables(g, k) != 0)
        return cnn_fail(e, "no memory for what ranks exchange");
    k->sum = cnn_pages_new(g->m->core.moved, "gradients", e);
    k->got = cnn_pages_new((size_t)g->m->chunks * room_of_all(g), "gradients of other ranks", e);
    place_parcels(g, k);
    return k->sum && k->got ? 0 : -1;
}

void cnn_meeting_close(struct cnn_engine *g)
{
    struct cnn_meeting *k = g->meeting;
    if (!k)
        return;
    cnn_pages_free(k->sum, g->m->core.moved);
    cnn_pages_free(k->got, (size_t)g->m->chunks * room_of_all(g));
    free(k->share);
    free(k->spans);
    free(k->trees);
    free(k->sent);
    free(k->expected);
    free(k->begin);
    free(k->marks);
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
    const struct cnn_meeting *k = g->meeting;
    const size_t t = (size_t)thread, threads = (size_t)g->threads;
    for (int b = 0; b < k->n_buckets; b++)
        if (!k->parcels[b].sent)
            add_subtrees(g, g->grads, n, cnn_bucket_cut(&k->buckets[b], t, threads),
                         cnn_bucket_cut(&k->buckets[b], t + 1, threads));
}

/* Behind it, every rank has come here. */
static void meet_all(struct cnn_engine *g)
{
    size_t *begin = g->meeting->begin;
    for (int q = 0; q <= g->peers->ranks; q++)
        begin[q] = (size_t)q * sizeof *g->meeting->marks;
    g->peers->gather(g->peers, g->meeting->marks, begin);
}

/* The shares of theta, where other ranks have them. None may change them before all have read them. */
static void fetch_shares(struct cnn_engine *g)
{
    meet_all(g);
    for (int q = 0; q < g->peers->ranks; q++)
        for (int b = 0; q != g->peers->rank && b < g->meeting->n_buckets; b++)
            memcpy(g->theta + cut(g, b, q), cnn_near_theta(g, q) + cut(g, b, q),
                   (cut(g, b, q + 1) - cut(g, b, q)) * sizeof *g->theta);
    g->peers->bytes += (int64_t)(room_of_all(g) * sizeof *g->theta) * (g->peers->ranks - 1);
    meet_all(g);
}

/* The bytes of `all` that are the shares of each rank in a bucket. */
static const size_t *bounds_of_shares(struct cnn_engine *g, int bucket)
{
    size_t *begin = g->meeting->begin;
    for (int q = 0; q <= g->peers->ranks; q++)
        begin[q] = cut(g, bucket, q) * sizeof(float);
    return begin;
}

/* The shares of all buckets come to all ranks. */
static void gather_shares(struct cnn_engine *g, float *all)
{
    for (int b = 0; b < g->meeting->n_buckets; b++)
        g->peers->begin_gather(g->peers, all, bounds_of_shares(g, b));
    g->peers->finish(g->peers);
}

/* Notes where the subtrees of rank q will be: its own gradients, or messages that are put one behind the other. */
static int expect(struct cnn_engine *g, int b, int q, float **at, struct cnn_piece *pieces)
{
    struct cnn_meeting *k = g->meeting;
    const size_t room = room_of(g, b);
    const int end = least(cnn_rank_chunk(g, q + 1), k->n);
    float **trees = k->parcels[b].trees;
    int count = 0;
    for (int c = cnn_rank_chunk(g, q), span; c < end; c += span) {
        k->spans[c] = span = cnn_subtree(k->n, c, end);
        if (q == g->peers->rank) {
            trees[c] = g->grads[c - g->first] + cut(g, b, q);
            continue;
        }
        if (g->near.ranks) {
            trees[c] = cnn_near_gradient(g, q, c - cnn_rank_chunk(g, q)) + cut(g, b, g->peers->rank);
            continue;
        }
        trees[c] = *at;
        *at += room;
        pieces[count++] = (struct cnn_piece){q, tag_of(g, b, c), trees[c], room * sizeof(float)};
    }
    return count;
}

/* The parts of this rank's subtrees that are the share of rank q in a bucket. */
static int pieces_for(struct cnn_engine *g, int b, int q, struct cnn_piece *pieces)
{
    const size_t from = cut(g, b, q), bytes = (cut(g, b, q + 1) - from) * sizeof(float);
    int count = 0;
    for (int c = g->first, end = least(g->end, g->meeting->n), span; c < end; c += span) {
        span = cnn_subtree(g->meeting->n, c, end);
        pieces[count++] = (struct cnn_piece){q, tag_of(g, b, c), g->grads[c - g->first] + from, bytes};
    }
    return count;
}

/* Returns the bytes that are sent. Each rank begins with another one. */
static int64_t send_bucket(struct cnn_engine *g, int b)
{
    struct cnn_parcel *parcel = &g->meeting->parcels[b];
    const int ranks = g->peers->ranks;
    int n = 0;
    for (int i = 1; i < ranks; i++)
        n += pieces_for(g, b, (g->peers->rank + i) % ranks, parcel->to + n);
    int64_t bytes = 0;
    for (int i = 0; i < n; i++)
        bytes += (int64_t)parcel->to[i].bytes;
    if (g->near.ranks) /* the others read them when they have the slots of this step */
        g->peers->bytes += bytes;
    else if (n > 0)
        g->peers->begin(g->peers, parcel->to, n, NULL, 0);
    parcel->sent = 1;
    return bytes;
}

/* The last chunk of this rank that comes here sends. */
static void at_mark(struct cnn_ready *ready, int mark)
{
    struct cnn_meeting *k = (struct cnn_meeting *)(void *)ready;
    for (int b = 0; b < k->n_buckets; b++) {
        const struct cnn_bucket *bucket = &k->buckets[b];
        if (bucket->mark != mark || atomic_fetch_add(&k->parcels[b].finished, 1) + 1 != k->passing)
            continue;
        add_subtrees(k->g, k->g->grads, k->n, bucket->begin, bucket->end);
        k->g->peers->drive(k->g->peers, send_bucket(k->g, b));
    }
}

struct cnn_ready *cnn_meet_ready(const struct cnn_engine *g)
{
    return g->meeting ? &g->meeting->ready : NULL;
}

static size_t bytes_of_slots(const struct cnn_engine *g)
{
    return (size_t)(most_chunks(g) + 1) * sizeof(struct cnn_slot);
}

static void expect_bucket(struct cnn_engine *g, int b)
{
    struct cnn_meeting *k = g->meeting;
    float *at = k->parcels[b].got;
    int n = 0;
    for (int q = 0; q < g->peers->ranks; q++)
        n += expect(g, b, q, &at, k->expected + n);
    if (n > 0)
        g->peers->begin(g->peers, NULL, 0, k->expected, n);
}

static void expect_slots(struct cnn_engine *g)
{
    struct cnn_meeting *k = g->meeting;
    const int tag = tag_of(g, k->n_buckets, 0), room = most_chunks(g) + 1;
    int n = 0;
    for (int q = 0; q < g->peers->ranks; q++)
        if (q != g->peers->rank)
            k->expected[n++] = (struct cnn_piece){q, tag, k->slots + q * room, bytes_of_slots(g)};
    g->peers->begin(g->peers, NULL, 0, k->expected, n);
}

void cnn_meet_begin(struct cnn_engine *g, int n)
{
    struct cnn_meeting *k = g->meeting;
    k->n = n;
    k->passing = (least(g->end, n) - g->first) * (g->team ? g->threads : 1);
    for (int b = 0; b < k->n_buckets; b++) {
        atomic_store(&k->parcels[b].finished, 0);
        k->parcels[b].sent = 0;
        expect_bucket(g, b);
    }
    expect_slots(g);
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

static void send_slots(struct cnn_engine *g)
{
    struct cnn_meeting *k = g->meeting;
    const int me = g->peers->rank, ranks = g->peers->ranks, room = most_chunks(g) + 1;
    struct cnn_piece *to = k->sent + (size_t)k->n_buckets * (size_t)(room - 1) * (size_t)ranks;
    for (int i = 1; i < ranks; i++)
        to[i - 1] =
            (struct cnn_piece){(me + i) % ranks, tag_of(g, k->n_buckets, 0), k->slots + me * room, bytes_of_slots(g)};
    g->peers->begin(g->peers, to, ranks - 1, NULL, 0);
}

/* The slots travel with the gradients, so that a step waits once for both. */
void cnn_meet_gradients(struct cnn_engine *g, struct cnn_mark *marks)
{
    struct cnn_meeting *k = g->meeting;
    put_slots(g, marks, most_chunks(g) + 1);
    for (int b = 0; b < k->n_buckets; b++)
        if (!k->parcels[b].sent)
            send_bucket(g, b);
    send_slots(g);
    g->peers->finish(g->peers);
    take_slots(g, marks, most_chunks(g) + 1);
}

void cnn_meet_sum(struct cnn_engine *g, int thread, int n)
{
    struct cnn_meeting *k = g->meeting;
    const size_t parts = (size_t)g->peers->ranks * (size_t)g->threads;
    const size_t part = (size_t)g->peers->rank * (size_t)g->threads + (size_t)thread;
    for (int b = 0; b < k->n_buckets; b++) {
        const size_t mine = cut(g, b, g->peers->rank);
        cnn_reduce_spans(k->sum + mine, k->parcels[b].trees, k->spans, n,
                         cnn_bucket_cut(&k->buckets[b], part, parts) - mine,
                         cnn_bucket_cut(&k->buckets[b], part + 1, parts) - mine);
    }
    if (g->peers->rank == 0 && thread == 0)
        memcpy(k->sum + trained(g), g->grads[0] + trained(g), (g->m->core.moved - trained(g)) * sizeof *k->sum);
}

void cnn_meet_update(const struct cnn_engine *g, int thread, const struct cnn_update *u)
{
    const struct cnn_worker *w = &g->workers[thread];
    struct cnn_update own = *u;
    own.part = g->peers->rank * g->threads + thread;
    own.parts = g->peers->ranks * g->threads;
    for (int b = 0; b < g->meeting->n_buckets; b++) {
        const size_t begin = g->meeting->buckets[b].begin, size = g->meeting->buckets[b].end - begin;
        own.block = (int64_t)(begin / CNN_BUCKET_BLOCK);
        own.blocks = (int64_t)((size + CNN_BUCKET_BLOCK - 1) / CNN_BUCKET_BLOCK);
        g->m->update(w->theta, w->state, &g->meeting->sum, 1, &own);
    }
}

void cnn_meet_phase(struct cnn_engine *g)
{
    gather_shares(g, g->meeting->sum);
}

/* Rank 0 has chunk 0, and its thread 0 moves the running statistics. */
void cnn_meet_theta(struct cnn_engine *g)
{
    if (g->near.ranks)
        fetch_shares(g);
    else
        gather_shares(g, g->theta);
    if (g->m->core.moved == trained(g))
        return;
    for (int q = 1; q <= g->peers->ranks; q++)
        g->meeting->begin[q] = (g->m->core.moved - trained(g)) * sizeof(float);
    g->peers->gather(g->peers, g->theta + trained(g), g->meeting->begin);
}

/* ---- sums that stretches want */

/* Of chunks, or of images. */
struct summed {
    size_t sums;
    double *const *partial; /* those of each chunk, or NULL */
    const struct cnn_image_sums *images;
};

/* What n of this rank's chunks, from c on, have of the sums. */
static void sum_own(const struct cnn_engine *g, const struct summed *s, int c, int n, double *sum)
{
    if (s->images)
        cnn_sum_images(g, s->images, c, n, sum);
    else
        cnn_reduce_doubles(sum, s->partial + (c - g->first), n, 0, s->sums);
}

/* The shares of a rank are the sums of its subtrees, one behind the other, from its first chunk's place on. */
static void meet_sums(struct cnn_engine *g, const struct summed *s, int n)
{
    struct cnn_meeting *k = g->meeting;
    const size_t sums = s->sums;
    int count = 0;
    for (int q = 0; q < g->peers->ranks; q++) {
        const int end = least(cnn_rank_chunk(g, q + 1), n);
        k->begin[q] = (size_t)count * sums * sizeof(double);
        for (int c = cnn_rank_chunk(g, q); c < end; c += k->spans[c]) {
            k->spans[c] = cnn_subtree(n, c, end);
            k->share[c] = k->shares + (size_t)count++ * sums;
            if (q == g->peers->rank)
                sum_own(g, s, c, k->spans[c], k->share[c]);
        }
    }
    k->begin[g->peers->ranks] = (size_t)count * sums * sizeof(double);
    g->peers->gather(g->peers, k->shares, k->begin);
    cnn_reduce_double_spans(k->total, k->share, k->spans, n, 0, sums);
}

void cnn_meet_stretch(struct cnn_engine *g, int s, int n)
{
    meet_sums(g, &(struct summed){g->m->core.stretches[s].sums, g->partial + (size_t)s * (size_t)g->n_buffers, NULL},
              n);
}

void cnn_meet_leg(struct cnn_engine *g, const struct cnn_image_sums *s, int n)
{
    meet_sums(g, &(struct summed){s->leg->sums, NULL, s}, n);
}

const double *cnn_meet_total(const struct cnn_engine *g)
{
    return g->meeting->total;
}

/* ---- between steps */

/* What rank q has of a state comes to rank 0. */
static void meet_state_of(struct cnn_engine *g, float *state, int q)
{
    struct cnn_peers *p = g->peers;
    struct cnn_piece pieces[CNN_MOST_BUCKETS];
    const int n = g->meeting->n_buckets;
    for (int b = 0; b < n; b++) {
        const size_t from = cut(g, b, q);
        pieces[b] =
            (struct cnn_piece){p->rank == 0 ? q : 0, b, state + from, (cut(g, b, q + 1) - from) * sizeof *state};
    }
    if (p->rank == 0)
        p->exchange(p, NULL, 0, pieces, n);
    else if (p->rank == q)
        p->exchange(p, pieces, n, NULL, 0);
}

void cnn_meet_state(struct cnn_engine *g)
{
    for (int i = 0; g->meeting && i < g->m->slots; i++)
        for (int q = 1; q < g->peers->ranks; q++)
            meet_state_of(g, g->state + (size_t)i * trained(g), q);
}

void cnn_meet_whole_state(struct cnn_engine *g)
{
    for (int i = 0; g->meeting && i < g->m->slots; i++)
        gather_shares(g, g->state + (size_t)i * trained(g));
}

void cnn_meeting_forget(struct cnn_engine *g)
{
    for (int i = 0; g->meeting && i < g->m->slots; i++)
        for (int b = 0; b < g->meeting->n_buckets; b++) {
            float *state = g->state + (size_t)i * trained(g);
            cnn_pages_drop(state, g->meeting->buckets[b].begin, cut(g, b, g->peers->rank));
            cnn_pages_drop(state, cut(g, b, g->peers->rank + 1), g->meeting->buckets[b].end);
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
