/* network.c -- how long a step takes on several ranks: what a rank computes, from the times of one thread, and what it
 * sends, by a network of one speed and one delay. Gradients of the last layers are sent while those of the first ones
 * are computed. */
#include "bench/simulate.h"
#include "engine/engine.h"

/* The time that a processor spends on a message, and the size from which on a message waits until the receiver is
 * ready. Both are usual of MPI over TCP. */
static const double a_message = 5e-6;
enum { EAGER_BYTES = 64 << 10 };

/* A packet carries so many bytes of a message over TCP, and takes as long as so many: the usual ones of Ethernet. */
static const double carried = 1448, packet = 1538;

static double least(double a, double b)
{
    return a < b ? a : b;
}

static int64_t first_chunk(const struct cnn_cluster *c, int64_t rank)
{
    return (c->chunks * rank + c->ranks - 1) / c->ranks;
}

/* The most chunks of a rank, and the most sums of whole subtrees that they make. */
static void find_most(const struct cnn_cluster *c, int64_t *chunks, int64_t *subtrees)
{
    *chunks = *subtrees = 0;
    for (int64_t q = 0; q < c->ranks; q++) {
        const int64_t begin = first_chunk(c, q), end = first_chunk(c, q + 1);
        int64_t n = 0;
        for (int64_t i = begin; i < end; i += cnn_subtree((int)c->chunks, (int)i, (int)end))
            n++;
        *chunks = end - begin > *chunks ? end - begin : *chunks;
        *subtrees = n > *subtrees ? n : *subtrees;
    }
}

/* A rank sends `n` messages of `bytes` to each of the others, at once. */
static double send_seconds(const struct cnn_cluster *c, double n, double bytes)
{
    const double messages = n * (double)(c->ranks - 1), trips = bytes > EAGER_BYTES ? 3 : 1;
    return trips * c->latency + messages * a_message + messages * bytes * packet / carried / c->bandwidth;
}

/* How long after the end of computing the last gradient arrives. What is finished goes while the rest is computed. */
static double gradients(const struct cnn_cluster *c, int64_t subtrees)
{
    double at = -c->chunk_seconds; /* when the network is free, before or after the end */
    for (int i = 0; i < c->n_sent; i++) {
        const double begin = at > -c->sent[i].left ? at : -c->sent[i].left;
        const double all = send_seconds(c, (double)subtrees, c->sent[i].bytes / (double)c->ranks);
        at = begin + (i + 1 < c->n_sent ? all - c->latency : all); /* the next one leaves before this one has come */
    }
    return at > 0 ? at : 0;
}

/* The slices of an array come to all ranks. */
static double gather(const struct cnn_cluster *c)
{
    double sum = 0;
    for (int i = 0; i < c->n_sent; i++)
        sum += send_seconds(c, 1, c->sent[i].bytes / (double)c->ranks) - (i > 0 ? c->latency : 0);
    return sum;
}

static double communication(const struct cnn_cluster *c, int64_t chunks, int64_t subtrees)
{
    const double slots = send_seconds(c, 1, c->slot_bytes * (double)(chunks + 1)) - c->latency; /* with gradients */
    return slots + gradients(c, subtrees) + c->gathers * gather(c) +
           c->stretches * send_seconds(c, 1, c->sum_bytes * (double)subtrees);
}

/* An update reads the gradients of all chunks, and reads and writes parameters and state. A rank reads those of its own
 * chunks, and of its slice all the rest. */
static double update_share(const struct cnn_cluster *c, int64_t chunks)
{
    const double arrays = 2 * (1 + c->slots), own = chunks > 1 ? (double)chunks + 1 : 0;
    const double of_slice = least((double)c->ranks, (double)c->chunks) + arrays;
    const double share = c->ranks > 1 ? own + of_slice / (double)c->ranks : (double)c->chunks + arrays;
    return share / ((double)c->measured + arrays);
}

struct cnn_forecast cnn_cluster_step(const struct cnn_cluster *c)
{
    int64_t chunks, subtrees;
    find_most(c, &chunks, &subtrees);
    const int64_t rounds = (chunks + c->threads - 1) / c->threads;
    const double compute = c->chunk_seconds * (double)rounds +
                           (c->update_seconds * update_share(c, chunks) + c->prepare_seconds) / (double)c->threads;
    const double sent = c->ranks > 1 ? communication(c, chunks, subtrees) : 0;
    return (struct cnn_forecast){compute + sent, sent};
}
