/* link.c -- struct cnn_peers over MPI. Waiting is a loop of short tests, so that the thread that sends signs of life
 * gets its turn, and so that ranks which share a core do not hinder one another. */
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ranks/ranks.h"
#include "support/support.h"

enum { SPINS = 200, GIVEN_US = 20, AWAKE_MS = 5, NAP_NS = 50000, ROOM = 64 };

static struct cnn_link *link_of(struct cnn_peers *p)
{
    return p->driver;
}

void cnn_link_lost(struct cnn_link *l, int rank, const char *why)
{
    char text[512];
    int n = snprintf(text, sizeof text, "%s: rank %d on %s: %s\n", l->program, rank, l->host[rank], why);
    const int err = l->output.err >= 0 ? l->output.err : STDERR_FILENO;
    if (n > 0 && write(err, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1) < 0)
        _exit(CNN_TROUBLE); /* nobody can be told */
    cnn_launcher_end_later(l->launcher);
    MPI_Abort(MPI_COMM_WORLD, CNN_TROUBLE);
    _exit(CNN_TROUBLE);
}

static void give_up(struct cnn_peers *p, const char *why)
{
    cnn_link_lost(link_of(p), p->rank, why);
}

void cnn_link_check(struct cnn_link *l, int result)
{
    char why[MPI_MAX_ERROR_STRING + 32] = "cannot reach another rank: ";
    int length = 0;
    if (result == MPI_SUCCESS)
        return;
    MPI_Error_string(result, why + strlen(why), &length);
    why[strcspn(why, "\n")] = 0;
    cnn_link_lost(l, l->peers.rank, why);
}

/* ---- messages under way */

/* Grows an array of pointers or requests by one element when it is full. */
static void *grown(struct cnn_link *l, void *at, int n, int *room, size_t size)
{
    if (n < *room)
        return at;
    *room = *room ? 2 * *room : ROOM;
    at = realloc(at, (size_t)*room * size);
    if (!at)
        cnn_link_lost(l, l->peers.rank, "no memory for messages");
    return at;
}

static MPI_Request *add(struct cnn_link *l, struct cnn_transfers *t)
{
    t->at = grown(l, t->at, t->n, &t->room, sizeof(MPI_Request));
    return &t->at[t->n++];
}

static void end(struct cnn_transfers *t)
{
    for (int i = 0; i < t->n_counts; i++)
        free(t->counts[i]);
    t->n = t->done = t->n_counts = 0;
}

static void release(struct cnn_transfers *t)
{
    end(t);
    free(t->at);
    free(t->counts);
}

/* A request that is done becomes null, and a null one counts as done. */
static int test(struct cnn_link *l, struct cnn_transfers *t)
{
    for (int done = 1; t->done < t->n; t->done++) {
        cnn_link_check(l, MPI_Test(&t->at[t->done], &done, MPI_STATUS_IGNORE));
        if (!done)
            return 0;
    }
    return 1;
}

int cnn_link_go_on(struct cnn_link *l)
{
    return test(l, &l->begun);
}

static int is_done(struct cnn_link *l, struct cnn_transfers *t)
{
    pthread_mutex_lock(&l->lock);
    const int done = test(l, t);
    pthread_mutex_unlock(&l->lock);
    return done;
}

/* Lets another thread have the core. Returns 1 when one wanted it. */
static int give_way(void)
{
    const double start = cnn_seconds();
    sched_yield();
    return cnn_seconds() - start > GIVEN_US * 1e-6;
}

/* Both sides of a large message answer one another, so a rank that sleeps makes the others wait. It sleeps where others
 * want its core, and when it has waited for long. */
static void await(struct cnn_link *l, struct cnn_transfers *t)
{
    const struct timespec nap = {.tv_nsec = NAP_NS};
    const double start = cnn_seconds();
    int sleeps = 0;
    for (int i = 0; !is_done(l, t); i++) {
        if (i < SPINS)
            continue;
        sleeps |= give_way() || cnn_seconds() - start > AWAKE_MS * 1e-3;
        if (sleeps)
            nanosleep(&nap, NULL);
    }
}

/* ---- what peers.h promises */

/* How many fours of bytes; MPI counts in int. */
static int fours(struct cnn_link *l, size_t bytes)
{
    if (bytes / 4 > INT_MAX)
        cnn_link_lost(l, l->peers.rank, "more than 8 GB go to another rank at once");
    return (int)(bytes / 4);
}

static void post(struct cnn_link *l, struct cnn_transfers *t, const struct cnn_piece *sent, int n_sent,
                 const struct cnn_piece *expected, int n_expected)
{
    pthread_mutex_lock(&l->lock);
    for (int i = 0; i < n_expected; i++) {
        const struct cnn_piece *k = &expected[i];
        cnn_link_check(l, MPI_Irecv(k->at, fours(l, k->bytes), l->four, k->rank, k->tag, l->numbers, add(l, t)));
    }
    for (int i = 0; i < n_sent; i++) {
        const struct cnn_piece *k = &sent[i];
        cnn_link_check(l, MPI_Isend(k->at, fours(l, k->bytes), l->four, k->rank, k->tag, l->numbers, add(l, t)));
        l->peers.bytes += (int64_t)k->bytes;
        l->peers.messages++;
    }
    pthread_mutex_unlock(&l->lock);
}

static void post_gather(struct cnn_link *l, struct cnn_transfers *t, void *all, const size_t *begin)
{
    struct cnn_peers *p = &l->peers;
    int *count = malloc(2 * (size_t)p->ranks * sizeof *count);
    int *at = count ? count + p->ranks : NULL;
    if (!at)
        cnn_link_lost(l, p->rank, "no memory for messages");
    for (int q = 0; q < p->ranks; q++) {
        count[q] = fours(l, begin[q + 1] - begin[q]);
        at[q] = fours(l, begin[q]);
    }
    pthread_mutex_lock(&l->lock);
    t->counts = grown(l, t->counts, t->n_counts, &t->room_counts, sizeof *t->counts);
    t->counts[t->n_counts++] = count;
    cnn_link_check(l,
                   MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all, count, at, l->four, l->numbers, add(l, t)));
    p->bytes += (int64_t)(begin[p->rank + 1] - begin[p->rank]) * (p->ranks - 1);
    p->messages += p->ranks - 1;
    pthread_mutex_unlock(&l->lock);
}

static void begin(struct cnn_peers *p, const struct cnn_piece *sent, int n_sent, const struct cnn_piece *expected,
                  int n_expected)
{
    post(link_of(p), &link_of(p)->begun, sent, n_sent, expected, n_expected);
}

static void begin_gather(struct cnn_peers *p, void *all, const size_t *bounds)
{
    post_gather(link_of(p), &link_of(p)->begun, all, bounds);
}

static void drive(struct cnn_peers *p, int64_t bytes)
{
    struct cnn_link *l = link_of(p);
    pthread_mutex_lock(&l->lock);
    if (!l->driven)
        pthread_cond_signal(&l->work);
    l->driven = 1;
    p->early += bytes;
    pthread_mutex_unlock(&l->lock);
}

static void finish(struct cnn_peers *p)
{
    struct cnn_link *l = link_of(p);
    const double start = cnn_seconds();
    pthread_mutex_lock(&l->lock);
    l->driven = 0; /* this thread drives MPI now */
    pthread_mutex_unlock(&l->lock);
    await(l, &l->begun);
    pthread_mutex_lock(&l->lock);
    end(&l->begun);
    pthread_mutex_unlock(&l->lock);
    p->seconds += cnn_seconds() - start;
}

static void exchange(struct cnn_peers *p, const struct cnn_piece *sent, int n_sent, const struct cnn_piece *expected,
                     int n_expected)
{
    struct cnn_transfers own = {0};
    const double start = cnn_seconds();
    post(link_of(p), &own, sent, n_sent, expected, n_expected);
    await(link_of(p), &own);
    release(&own);
    p->seconds += cnn_seconds() - start;
}

static void gather(struct cnn_peers *p, void *all, const size_t *bounds)
{
    struct cnn_transfers own = {0};
    const double start = cnn_seconds();
    post_gather(link_of(p), &own, all, bounds);
    await(link_of(p), &own);
    release(&own);
    p->seconds += cnn_seconds() - start;
}

/* ---- beginning and end */

static void share_hosts(struct cnn_link *l)
{
    l->host = calloc((size_t)l->peers.ranks, sizeof *l->host);
    if (!l->host) {
        MPI_Abort(MPI_COMM_WORLD, CNN_TROUBLE);
        _exit(CNN_TROUBLE);
    }
    gethostname(l->host[l->peers.rank], CNN_HOST_NAME - 1);
    cnn_peers_share(&l->peers, l->host, sizeof *l->host);
    while (strcmp(l->host[l->peers.lead], l->host[l->peers.rank]) != 0)
        l->peers.lead++;
    for (int q = 1; q < l->peers.ranks; q++)
        l->peers.spread |= strcmp(l->host[q], l->host[0]) != 0;
}

/* Who waits for work waits so long even when somebody sets the clock. */
static void open_work(struct cnn_link *l)
{
    pthread_condattr_t steady;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&l->work, &steady);
    pthread_condattr_destroy(&steady);
}

/* The largest tag of a message. */
static int most_tag(const struct cnn_link *l)
{
    enum { PROMISED = 32767 };
    const int *most;
    int is_set = 0;
    MPI_Comm_get_attr(l->numbers, MPI_TAG_UB, &most, &is_set);
    return is_set ? *most : PROMISED;
}

void cnn_link_open(struct cnn_link *l, const char *program)
{
    *l = (struct cnn_link){.program = program, .output = {-1, -1}, .lock = PTHREAD_MUTEX_INITIALIZER};
    struct cnn_peers *p = &l->peers;
    open_work(l);
    MPI_Comm_dup(MPI_COMM_WORLD, &l->numbers);
    MPI_Comm_dup(MPI_COMM_WORLD, &l->hearts);
    MPI_Comm_set_errhandler(l->numbers, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(l->hearts, MPI_ERRORS_RETURN);
    MPI_Type_contiguous(4, MPI_BYTE, &l->four);
    MPI_Type_commit(&l->four);
    MPI_Comm_rank(MPI_COMM_WORLD, &p->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &p->ranks);
    p->most_tag = most_tag(l);
    l->launcher = cnn_launcher_find();
    p->driver = l;
    p->exchange = exchange;
    p->gather = gather;
    p->begin = begin;
    p->begin_gather = begin_gather;
    p->drive = drive;
    p->finish = finish;
    p->give_up = give_up;
    share_hosts(l);
}

void cnn_link_close(struct cnn_link *l)
{
    MPI_Type_free(&l->four);
    MPI_Comm_free(&l->numbers);
    MPI_Comm_free(&l->hearts);
    MPI_Finalize();
    pthread_cond_destroy(&l->work);
    release(&l->begun);
    free(l->host);
    free(l->beating);
}
