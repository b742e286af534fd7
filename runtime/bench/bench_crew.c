/* bench_crew.c -- `bench --simulate threads=N predict=K`: one core does the shares of all threads that predict K images
 * together, and the slowest one counts between two barriers; beside it, what one thread takes, and what as many threads
 * take where there are the cores. */
#include <stdlib.h>
#include <string.h>

#include "bench/measures.h"
#include "bench/simulate.h"
#include "data/data.h"
#include "engine/engine.h"
#include "support/support.h"

enum { LOOKS = 400, LEAST = 3, AWAKE = 3 };

struct prediction {
    const struct cnn_model *m;
    struct cnn_engine one, many; /* many: as many threads as there are cores for */
    int threads, images, legs;
    struct cnn_worker *workers; /* [threads] */
    struct cnn_core_chunk chunk;
    struct cnn_dataset rows;
    float *y;
    void *arena;
    double *time; /* [LOOKS][legs + 1][threads]: the last leg copies the outputs */
    double *alone, *together;
    int n;
};

static int open_shares(struct prediction *p, struct cnn_error *e)
{
    const struct cnn_crew *crew = &p->m->crew;
    const size_t threads = (size_t)p->threads, shares = (size_t)(p->legs + 1) * threads;
    struct cnn_arena l = {0};
    const size_t scratch = cnn_arena_add(&l, crew->scratch, sizeof(float));
    const size_t own = cnn_arena_add(&l, threads * ((crew->own + 15) / 16 * 16), sizeof(float));
    const size_t workers = cnn_arena_add(&l, threads, sizeof *p->workers);
    const size_t time = cnn_arena_add(&l, LOOKS, shares * sizeof *p->time);
    const size_t alone = cnn_arena_add(&l, 2 * LOOKS, sizeof *p->alone);
    const size_t y =
        cnn_arena_add(&l, (size_t)p->images, (size_t)cnn_output_sizes(p->m, p->m->n_outputs) * sizeof *p->y);
    char *at = p->arena = cnn_arena_alloc(&l, "shares of predictions", e);
    if (!at)
        return -1;
    p->workers = (struct cnn_worker *)(void *)(at + workers);
    p->time = (double *)(void *)(at + time);
    p->alone = (double *)(void *)(at + alone);
    p->together = p->alone + LOOKS;
    p->y = (float *)(void *)(at + y);
    for (size_t t = 0; t < threads; t++)
        p->workers[t] = (struct cnn_worker){.theta = p->one.theta,
                                            .prepared = p->one.prepared,
                                            .own = (float *)(void *)(at + own) + t * ((crew->own + 15) / 16 * 16)};
    static const struct cnn_step still = {.training = 0};
    const struct cnn_buffers *b = &p->one.buffers[0];
    p->chunk =
        (struct cnn_core_chunk){b->x, b->target, NULL, b->y, (float *)(void *)(at + scratch), p->images, &still, NULL};
    return 0;
}

/* Does the shares of all threads, and times each. */
static void look_at_shares(struct prediction *p, double *time)
{
    cnn_gather(&p->rows, NULL, 0, p->images, p->one.buffers[0].x, NULL);
    for (int leg = 0; leg < p->legs; leg++)
        for (int t = 0; t < p->threads; t++) {
            const double start = cnn_work_seconds();
            cnn_crew_leg(p->m, &p->workers[t], &p->chunk, leg, t, p->threads);
            time[leg * p->threads + t] = cnn_work_seconds() - start;
        }
    const double start = cnn_work_seconds();
    p->m->crew.output(p->chunk.scratch, p->chunk.y, p->chunk.n);
    time[p->legs * p->threads] = cnn_work_seconds() - start;
}

/* The threads slept; they are awake behind the first prediction. */
static double look_at_many(struct prediction *p)
{
    double start = 0;
    for (int i = 0; i < AWAKE; i++) {
        start = cnn_seconds();
        cnn_engine_predict(&p->many, &p->rows, p->y);
    }
    return cnn_seconds() - start;
}

/* By turns, as the clock of a core changes. */
static void look(struct prediction *p, double seconds)
{
    const size_t shares = (size_t)(p->legs + 1) * (size_t)p->threads;
    const double begin = cnn_seconds();
    while (p->n < LOOKS && (p->n < LEAST || cnn_seconds() - begin < seconds)) {
        const double work = cnn_work_seconds();
        cnn_engine_predict(&p->one, &p->rows, p->y);
        p->alone[p->n] = cnn_work_seconds() - work;
        p->together[p->n] = p->many.threads == p->threads ? look_at_many(p) : 0;
        look_at_shares(p, p->time + (size_t)p->n * shares);
        p->n++;
    }
}

static double median(const double *of, size_t step, int n)
{
    double seen[LOOKS];
    for (int i = 0; i < n; i++)
        seen[i] = of[(size_t)i * step];
    return cnn_bench_median(seen, n);
}

static struct cnn_simulated simulated(struct prediction *p, int *waits, double *least)
{
    const size_t shares = (size_t)(p->legs + 1) * (size_t)p->threads;
    const double clock = cnn_cost_of_a_look(), crowding = cnn_crowding(&p->m->bench, p->threads);
    for (size_t i = 0; i < shares; i++) {
        const double time = median(p->time + i, shares, p->n);
        p->time[i] = time > clock ? (time - clock) * crowding : 0;
    }
    for (int i = 0; i < p->legs; i++)
        waits[i] = p->m->crew.legs[i].share != CNN_LEG_EACH;
    waits[p->legs] = 1; /* the pool's own */
    return cnn_schedule(&(struct cnn_shares){.legs = p->legs + 1,
                                             .threads = p->threads,
                                             .time = p->time,
                                             .waits = waits,
                                             .least = least,
                                             .barrier = cnn_barrier_seconds(p->threads)});
}

static int tell(struct prediction *p, int quiet, struct cnn_error *e)
{
    int *waits = calloc((size_t)p->legs + 1, sizeof *waits);
    double *least = calloc((size_t)p->legs + 1, sizeof *least);
    const int status = waits && least ? CNN_DONE : cnn_fail(e, "no memory for the times of the shares");
    if (status == CNN_DONE) {
        const struct cnn_simulated s = simulated(p, waits, least);
        const double one = median(p->alone, 1, p->n);
        printf("%d thread%s: %.1f us for %d image%s, %.1fx one thread\n", p->threads, p->threads > 1 ? "s" : "",
               s.seconds * 1e6, p->images, p->images > 1 ? "s" : "", one / s.seconds);
        if (!quiet && p->many.threads == p->threads)
            printf("measured: %.1f us\n", median(p->together, 1, p->n) * 1e6);
        if (!quiet)
            printf("%d of them work, %.0f%% of the time in the mean\n", s.working, s.busy * 100);
    }
    free(waits);
    free(least);
    return status == CNN_DONE ? CNN_DONE : CNN_TROUBLE;
}

static int open_engines(struct prediction *p, const struct cnn_run *r, int64_t threads, struct cnn_error *e)
{
    struct cnn_engine *const both[] = {&p->one, &p->many};
    for (int i = 0; i < 2; i++) {
        if (cnn_engine_open(both[i], p->m, NULL, i ? threads : 1, CNN_PREDICTS, 0, e) != 0)
            return -1;
        cnn_init_theta(p->m, both[i]->theta, NULL, cnn_run_seed(r));
        cnn_engine_prepare(both[i]);
    }
    return 0;
}

int cnn_bench_prediction(const struct cnn_run *r, const struct cnn_dataset *rows, const struct cnn_question *q,
                         double seconds, struct cnn_error *e)
{
    const struct cnn_crew *crew = &r->m->crew;
    if (crew->n_legs == 0 || q->predict > crew->images)
        return cnn_fail(e, "threads do not share %lld images of this network: each predicts some of them",
                        (long long)q->predict);
    struct prediction p = {.m = r->m, .images = (int)q->predict, .legs = crew->n_legs, .rows = *rows};
    p.threads = q->threads < crew->threads ? (int)q->threads : crew->threads;
    p.rows.rows = p.images;
    int status = open_engines(&p, r, p.threads, e) == 0 && open_shares(&p, e) == 0 ? CNN_DONE : CNN_TROUBLE;
    if (status == CNN_DONE) {
        look(&p, seconds);
        status = tell(&p, r->o.quiet, e);
    }
    free(p.arena);
    cnn_engine_close(&p.one);
    cnn_engine_close(&p.many);
    return status;
}
