/* threads.c -- a pool of threads with a barrier that spins for a while before it sleeps: a step of a small network is
 * over in less time than waking a thread takes. Nothing here decides which thread does what: work is assigned by
 * thread number.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __SSE__
#include <xmmintrin.h>
#endif

#include "support/support.h"

/* Generated kernels keep tiles on the stack; some C libraries give threads very little of it. */
enum { STACK_BYTES = 8 << 20, LEAST_SPINS = 100, MOST_SPINS = 40000 };

struct cnn_pool {
    int threads, started; /* started: the number of pthreads that exist */
    int pinned;           /* each thread stays on a core of its own */
    int crowded;          /* there are more threads than cores, so who waits gives way */
    int turns;            /* of threads that the caller takes, one after the other */
    atomic_int spins;
    atomic_int arrived;
    atomic_uint generation;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    void (*work)(void *arg, int thread);
    void *arg;
    struct worker {
        pthread_t id;
        struct cnn_pool *pool;
        int thread;
    } workers[];
};

/* Makes the calling thread treat denormals as zero, because kernels are a hundred times slower on denormals. */
static void flush_denormals(void)
{
#if defined __SSE__
    _mm_setcsr(_mm_getcsr() | 0x8040); /* FTZ and DAZ */
#elif defined __aarch64__
    uint64_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    __asm__ volatile("msr fpcr, %0" : : "r"(fpcr | (uint64_t)1 << 24));
#endif
}

static inline void relax(void)
{
#if defined __SSE__
    _mm_pause();
#elif defined __aarch64__
    __asm__ volatile("yield");
#endif
}

/* The last thread to arrive opens the barrier. It does so under the lock, because a thread that is about to sleep
 * would miss it otherwise. */
static void open_barrier(struct cnn_pool *p)
{
    atomic_store(&p->arrived, 0);
    pthread_mutex_lock(&p->lock);
    atomic_fetch_add(&p->generation, 1);
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
}

static int opened(struct cnn_pool *p, unsigned generation)
{
    return atomic_load_explicit(&p->generation, memory_order_acquire) != generation;
}

/* On a crowded machine spinning is useless and takes the core from a thread that could run. So the limit falls
 * when spinning failed and rises when it succeeded. It falls slowly, as a thread that now and then waits for longer
 * than the limit should not sleep each time: waking takes longer than most waits. */
static int spin(struct cnn_pool *p, unsigned generation)
{
    int limit = p->crowded ? 0 : atomic_load_explicit(&p->spins, memory_order_relaxed);
    for (int i = 0; i < limit; i++) {
        if (opened(p, generation)) {
            int more = limit + limit / 4;
            atomic_store_explicit(&p->spins, more < MOST_SPINS ? more : MOST_SPINS, memory_order_relaxed);
            return 1;
        }
        relax();
    }
    const int less = limit - limit / 4;
    atomic_store_explicit(&p->spins, less > LEAST_SPINS ? less : LEAST_SPINS, memory_order_relaxed);
    return 0;
}

static void await(struct cnn_pool *p, unsigned generation)
{
    if (spin(p, generation))
        return;
    pthread_mutex_lock(&p->lock);
    while (!opened(p, generation))
        pthread_cond_wait(&p->wake, &p->lock);
    pthread_mutex_unlock(&p->lock);
}

void cnn_pool_barrier(struct cnn_pool *p)
{
    if (p->threads == 1)
        return;
    unsigned generation = atomic_load(&p->generation);
    if (atomic_fetch_add(&p->arrived, 1) + 1 == p->threads)
        open_barrier(p);
    else
        await(p, generation);
}

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    flush_denormals();
    if (w->pool->pinned)
        cnn_pin(w->thread);
    for (;;) {
        cnn_pool_barrier(w->pool);
        if (!w->pool->work)
            return NULL;
        w->pool->work(w->pool->arg, w->thread);
        cnn_pool_barrier(w->pool);
    }
}

/* Workers block signals: a signal that the first thread holds back while it writes a file must not arrive in a
 * worker. */
static int start_workers(struct cnn_pool *p)
{
    pthread_attr_t attr;
    sigset_t ending, before;
    if (pthread_attr_init(&attr) != 0)
        return -1;
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &ending, &before);
    for (int i = 1; i < p->threads; i++) {
        struct worker *w = &p->workers[i];
        *w = (struct worker){.pool = p, .thread = i};
        if (pthread_create(&w->id, &attr, worker_main, w) != 0)
            break;
        p->started++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    return p->started == p->threads - 1 ? 0 : -1;
}

static struct cnn_pool *new_pool(int threads, int turns, int pinned, struct cnn_error *e)
{
    struct cnn_pool *p = calloc(1, sizeof *p + (size_t)threads * sizeof p->workers[0]);
    if (!p) {
        cnn_fail(e, "no memory for %d threads", threads);
        return NULL;
    }
    p->threads = threads;
    p->turns = turns;
    p->pinned = pinned;
    p->crowded = threads > cnn_online_cores();
    atomic_init(&p->spins, MOST_SPINS);
    atomic_init(&p->arrived, 0);
    atomic_init(&p->generation, 0);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    flush_denormals();
    if (start_workers(p) != 0) {
        cnn_fail(e, "cannot start %d threads; try a smaller --threads", threads);
        p->threads = p->started + 1; /* only the threads that did start wait for one another at the barrier */
        cnn_pool_free(p);
        return NULL;
    }
    return p;
}

struct cnn_pool *cnn_pool_new(int threads, struct cnn_error *e)
{
    return new_pool(threads, 1, 0, e);
}

struct cnn_pool *cnn_pool_pinned(int threads, struct cnn_error *e)
{
    return new_pool(threads, 1, 1, e);
}

struct cnn_pool *cnn_pool_alone(int threads, struct cnn_error *e)
{
    return new_pool(1, threads, 0, e);
}

void cnn_pool_run(struct cnn_pool *p, void (*work)(void *arg, int thread), void *arg)
{
    p->work = work;
    p->arg = arg;
    cnn_pool_barrier(p);
    for (int turn = 0; turn < p->turns; turn++)
        work(arg, turn);
    cnn_pool_barrier(p);
}

void cnn_pool_free(struct cnn_pool *p)
{
    if (!p)
        return;
    p->work = NULL;
    cnn_pool_barrier(p);
    for (int i = 1; i <= p->started; i++)
        pthread_join(p->workers[i].id, NULL);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
    free(p);
}
