/* buckets.c -- see meeting.h. */
#include "engine/meeting.h"
#include "support/support.h"

enum { LEAST_BYTES = 256 << 10, LEAST_OF_RANK = 16 << 10 }; /* smaller messages cost more than waiting does */

size_t cnn_bucket_cut(const struct cnn_bucket *b, size_t part, size_t parts)
{
    const size_t size = b->end - b->begin,
                 at = (size + CNN_BUCKET_BLOCK - 1) / CNN_BUCKET_BLOCK * part / parts * CNN_BUCKET_BLOCK;
    return b->begin + (at < size ? at : size);
}

int cnn_sends_buckets(const struct cnn_peers *p)
{
    return p->spread || cnn_environment_number("CNN_BUCKET", CNN_MOST_BUCKET_BYTES) >= 0;
}

static size_t least_elements(const struct cnn_model *m, const struct cnn_peers *p)
{
    const int64_t given = cnn_environment_number("CNN_BUCKET", CNN_MOST_BUCKET_BYTES);
    if (!cnn_sends_buckets(p))
        return m->core.trained + 1;
    const size_t of_ranks = (size_t)p->ranks * LEAST_OF_RANK, bytes = of_ranks > LEAST_BYTES ? of_ranks : LEAST_BYTES;
    const size_t elements = (given > 0 ? (size_t)given : bytes) / sizeof(float);
    const size_t share = m->core.trained / CNN_MOST_BUCKETS + 1;
    return elements > share ? elements : share;
}

/* So many as have tags for all chunks, which stand for the number of a bucket, too. */
static int most_buckets(const struct cnn_model *m, const struct cnn_peers *p)
{
    const int most = p->most_tag / m->chunks;
    return most < CNN_MOST_BUCKETS ? most : CNN_MOST_BUCKETS;
}

int cnn_buckets(const struct cnn_model *m, const struct cnn_peers *p, struct cnn_bucket buckets[CNN_MOST_BUCKETS])
{
    const size_t least = least_elements(m, p);
    const int most = most_buckets(m, p);
    size_t end = m->core.trained;
    int n = 0;
    for (int i = 0; i < m->core.n_ready && n < most - 1; i++)
        if (end - m->core.ready[i] >= least) {
            buckets[n++] = (struct cnn_bucket){m->core.ready[i], end, i};
            end = m->core.ready[i];
        }
    buckets[n] = (struct cnn_bucket){0, end, -1};
    return n + 1;
}
