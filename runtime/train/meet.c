/* meet.c -- what several ranks do between the legs of a step, and how they agree on when to stop. */
#include "engine/meeting.h"
#include "hash.h"
#include "support/peers.h"
#include "support/support.h"
#include "train/fit.h"

static struct cnn_mark mark_of(const struct cnn_fit *f, const struct cnn_notice *n)
{
    return (struct cnn_mark){.asked = cnn_signals_caught() != 0, f->watched == CNN_ENOUGH, n->pause};
}

/* Every rank stops when one is asked to. Of `bench`, rank 0 alone decides how long it measures. */
static void heed(struct cnn_fit *f, struct cnn_notice *n)
{
    n->pause = f->marks[0].pause;
    n->asked = f->marks[0].enough;
    for (int q = 0; q < f->g.peers->ranks; q++)
        n->asked |= f->marks[q].asked;
    if (f->how->watch && f->marks[0].enough)
        f->watched = CNN_ENOUGH;
}

static void meet_batch(struct cnn_fit *f, int thread, const struct cnn_moment *now)
{
    struct cnn_notice *notice = &f->notices[now->t & 1];
    cnn_meet_subtrees(&f->g, thread, cnn_fit_chunks(f, now->step));
    cnn_pool_barrier(f->g.pool);
    if (thread != 0)
        return;
    f->marks[f->g.peers->rank] = mark_of(f, notice);
    cnn_meet_gradients(&f->g, f->marks);
    heed(f, notice);
}

/* Whether the next leg wants sums over the chunks of all ranks. */
static int wants_sums(const struct cnn_fit *f, int next)
{
    const struct cnn_leg *leg = f->g.team ? cnn_team_leg_of(f, next) : NULL;
    return leg ? leg->sums > 0 : f->m->core.stretches[next].sums > 0;
}

/* Thread 0, before a leg that wants such sums. */
static void meet_sums(struct cnn_fit *f, const struct cnn_moment *now, int next)
{
    const int chunks = cnn_fit_chunks(f, now->step);
    if (f->g.team)
        cnn_meet_leg(&f->g, &(struct cnn_image_sums){cnn_team_leg_of(f, next), cnn_fit_images(f, now->step)}, chunks);
    else
        cnn_meet_stretch(&f->g, next, chunks);
}

/* Tells whether there is something to meet for behind this leg, and does it. */
static int meet(struct cnn_fit *f, int thread, const struct cnn_moment *now, int leg)
{
    const int stretches = cnn_fit_stretches(f), phase = cnn_fit_phase(f, leg), last = f->m->update_phases - 1;
    if (leg == stretches - 1)
        meet_batch(f, thread, now);
    else if (leg < stretches && !wants_sums(f, leg + 1))
        return 0;
    else if (phase > last || (leg >= stretches && phase < 0))
        return 0;
    else if (thread != 0)
        return 1;
    else if (leg < stretches)
        meet_sums(f, now, leg + 1);
    else if (phase == last)
        cnn_meet_theta(&f->g);
    else
        cnn_meet_phase(&f->g);
    return 1;
}

void cnn_fit_meet_first(struct cnn_fit *f, int thread, const struct cnn_moment *now)
{
    if (!f->g.meeting)
        return;
    if (thread == 0)
        cnn_meet_begin(&f->g, cnn_fit_chunks(f, now->step));
    cnn_pool_barrier(f->g.pool);
}

void cnn_fit_meet(struct cnn_fit *f, int thread, const struct cnn_moment *now, int leg)
{
    if (f->g.meeting && meet(f, thread, now, leg))
        cnn_pool_barrier(f->g.pool);
}

int cnn_fit_asked(struct cnn_fit *f)
{
    struct cnn_peers *p = f->r->peers;
    int caught = cnn_signals_caught() != 0;
    if (!cnn_several(p))
        return caught;
    f->marks[p->rank].asked = caught;
    cnn_peers_share(p, f->marks, sizeof *f->marks);
    for (int q = 0; q < p->ranks; q++)
        caught |= f->marks[q].asked;
    return caught;
}

/* Ranks must divide the parameters alike. */
static uint64_t hash_of_buckets(const struct cnn_model *m, const struct cnn_peers *p)
{
    struct cnn_bucket buckets[CNN_MOST_BUCKETS];
    uint64_t h = CNN_HASH_START;
    const int n = cnn_buckets(m, p, buckets);
    for (int b = 0; b < n; b++)
        h = cnn_hash_bytes(h, &buckets[b].begin, sizeof buckets[b].begin);
    return h;
}

int cnn_fit_check_ranks(struct cnn_fit *f)
{
    struct cnn_peers *p = f->r->peers;
    int other = 0;
    if (!cnn_several(p))
        return 0;
    const char *what = cnn_identity_differs(&f->identity, p, &other);
    if (!what) {
        what = "first weights";
        other = cnn_peers_differ(p, cnn_hash_bytes(CNN_HASH_START, f->g.theta, f->m->core.theta * sizeof *f->g.theta));
    }
    if (other == 0) {
        what = "CNN_BUCKET";
        other = cnn_peers_differ(p, hash_of_buckets(f->m, p));
    }
    if (other == 0)
        return 0;
    p->agreed = 1;
    return cnn_fail(&f->r->error, "rank %d differs from rank 0 in its %s", other, what);
}
