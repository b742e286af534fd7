/* hearts.c -- signs of life. A rank that was stopped, or whose machine is cut off, leaves the others waiting without an
 * error. So a thread of every rank sends a beat to rank 0 each second, and rank 0 one to every other rank; who misses
 * the beats of another rank for too long ends the job. Beats go on while a rank computes, so a step may take as long as
 * it likes. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ranks/ranks.h"
#include "support/support.h"

enum { BEAT_MS = 500, BEAT_TAG = 1, NAP_US = 100 };

struct cnn_peer { /* a rank that this one listens to */
    int rank;
    MPI_Request sent, expected;
    char out, in;
    double heard;
};

/* Rank 0 listens to all others, these listen to rank 0. */
static int count_of(const struct cnn_link *l)
{
    return l->peers.rank == 0 ? l->peers.ranks - 1 : 1;
}

static void begin(struct cnn_link *l, struct cnn_peer *k, int rank)
{
    *k = (struct cnn_peer){.rank = rank, .sent = MPI_REQUEST_NULL, .heard = cnn_seconds()};
    cnn_link_check(l, MPI_Irecv(&k->in, 1, MPI_BYTE, rank, BEAT_TAG, l->hearts, &k->expected));
}

/* A beat that has not left yet is not followed by another one. */
static void beat(struct cnn_link *l, struct cnn_peer *k)
{
    int done = 0;
    cnn_link_check(l, MPI_Test(&k->sent, &done, MPI_STATUS_IGNORE));
    if (done)
        cnn_link_check(l, MPI_Isend(&k->out, 1, MPI_BYTE, k->rank, BEAT_TAG, l->hearts, &k->sent));
}

static void listen_to(struct cnn_link *l, struct cnn_peer *k)
{
    for (int done = 1; done;) {
        cnn_link_check(l, MPI_Test(&k->expected, &done, MPI_STATUS_IGNORE));
        if (!done)
            break;
        k->heard = cnn_seconds();
        cnn_link_check(l, MPI_Irecv(&k->in, 1, MPI_BYTE, k->rank, BEAT_TAG, l->hearts, &k->expected));
    }
}

/* A rank that was itself stopped for a while, up to `awake`, has missed beats that were sent: it listens again before
 * it judges. */
static void judge(struct cnn_link *l, const struct cnn_peer *k, double now, double awake)
{
    char why[128];
    if (now - k->heard < l->patience || now - awake < l->patience)
        return;
    snprintf(why, sizeof why, "no sign of life for %.0f seconds: it was stopped, or its machine cannot be reached",
             now - k->heard);
    cnn_link_lost(l, k->rank, why);
}

/* A beat that nobody has received yet stays in memory until MPI has ended. */
static void end(struct cnn_peer *k)
{
    if (k->sent != MPI_REQUEST_NULL)
        MPI_Request_free(&k->sent);
    MPI_Cancel(&k->expected);
    MPI_Wait(&k->expected, MPI_STATUS_IGNORE);
}

/* Spends the time up to the next beat; meanwhile MPI goes on with messages that were begun. */
static void pause_between(struct cnn_link *l)
{
    const double until = cnn_seconds() + BEAT_MS / 1000.0;
    const struct timespec nap = {.tv_nsec = NAP_US * 1000L};
    struct timespec late;
    clock_gettime(CLOCK_MONOTONIC, &late); /* that of `work` */
    late.tv_nsec += BEAT_MS * 1000000L;
    late.tv_sec += late.tv_nsec / 1000000000L;
    late.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&l->lock);
    while (cnn_seconds() < until && !atomic_load(&l->ending)) {
        if (!l->driven && pthread_cond_timedwait(&l->work, &l->lock, &late) != 0)
            break;
        if (!l->driven || cnn_link_go_on(l))
            l->driven = 0;
        if (!l->driven)
            continue;
        pthread_mutex_unlock(&l->lock);
        nanosleep(&nap, NULL);
        pthread_mutex_lock(&l->lock);
    }
    pthread_mutex_unlock(&l->lock);
}

static void *heart_main(void *arg)
{
    struct cnn_link *l = arg;
    const int n = count_of(l);
    struct cnn_peer *peers = l->beating;
    pthread_mutex_lock(&l->lock);
    for (int i = 0; i < n; i++)
        begin(l, &peers[i], l->peers.rank == 0 ? i + 1 : 0);
    pthread_mutex_unlock(&l->lock);
    for (double last = cnn_seconds(), awake = last; !atomic_load(&l->ending);) {
        pause_between(l);
        pthread_mutex_lock(&l->lock);
        for (int i = 0; i < n; i++) {
            beat(l, &peers[i]);
            listen_to(l, &peers[i]);
        }
        /* one look at the clock for all, so that it may be stopped at any place here */
        const double now = cnn_seconds();
        if (now - last > l->patience / 2)
            awake = now;
        for (int i = 0; i < n; i++)
            judge(l, &peers[i], now, awake);
        last = now;
        pthread_mutex_unlock(&l->lock);
    }
    pthread_mutex_lock(&l->lock);
    for (int i = 0; i < n; i++)
        end(&peers[i]);
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

void cnn_hearts_begin(struct cnn_link *l)
{
    sigset_t all, before;
    const char *given = getenv("CNN_RANK_TIMEOUT");
    l->patience = given && atof(given) > 0 ? atof(given) : 30;
    if (l->peers.ranks == 1)
        return;
    l->beating = calloc((size_t)count_of(l), sizeof *l->beating);
    if (!l->beating)
        cnn_link_lost(l, l->peers.rank, "no memory for signs of life");
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before); /* signals are for the first thread */
    l->beats = pthread_create(&l->heart, NULL, heart_main, l) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!l->beats)
        cnn_link_lost(l, l->peers.rank, "cannot start the thread that sends signs of life");
}

void cnn_hearts_end(struct cnn_link *l)
{
    pthread_mutex_lock(&l->lock);
    atomic_store(&l->ending, 1);
    pthread_cond_signal(&l->work);
    pthread_mutex_unlock(&l->lock);
    if (l->beats)
        pthread_join(l->heart, NULL);
    l->beats = 0;
}
