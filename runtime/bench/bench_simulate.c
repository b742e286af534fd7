/* bench_simulate.c -- `bench --simulate`: trains so that the shares of all threads are done one after the other, each
 * by its own thread or, where cores are too few, all by one, and computes from their times how long a step takes where
 * each thread has a core. */
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "bench/measures.h"
#include "bench/simulate.h"
#include "engine/engine.h"
#include "train/train.h"

enum { KEPT = CNN_SIMULATED_STEPS, ROUNDS = 8, LEAST_KEPT = 12 /* of a round, where one core does all shares */ };
static const double warm_share = 0.1;

enum { MOST_MARKS = 64 };

struct simulation { /* of one number of threads, over all rounds */
    struct cnn_watch watch;
    struct cnn_ready ready;
    double passed[MOST_MARKS]; /* when the last chunk came to a mark of its backward pass, */
    double left[MOST_MARKS];   /* and how long before its end that was, over all steps that were kept */
    int ends;                  /* of chunks, in `left` */
    const struct cnn_model *m;
    int legs, threads, n, most; /* n: steps that were kept */
    double *time;               /* [KEPT][legs][threads] */
    int *first;                 /* [KEPT][legs]: whose share came first */
    int *waits;                 /* [legs] */
    enum cnn_share *share;      /* [legs] */
    const char **name;          /* [legs] */
    double begin, seconds;      /* of this round */
    double measured[KEPT];      /* of steps that all threads ran together */
    int n_measured;
    double last;          /* when the last step ended */
    int steps;            /* of this round. In the first ones of a team one thread does more than its share (weigh.c) */
    int before, compared; /* steps kept in rounds before this one; this one has one of those that all threads ran */
    int begins[ROUNDS + 1], rounds; /* the first step of each round, and the end of the last one */
    int no_memory;
};

static int alloc(struct simulation *s)
{
    s->legs = s->watch.legs;
    s->threads = s->watch.threads;
    s->time = calloc((size_t)KEPT * (size_t)s->legs * (size_t)s->threads, sizeof *s->time);
    s->first = calloc((size_t)KEPT * (size_t)s->legs, sizeof *s->first);
    s->waits = calloc((size_t)s->legs, sizeof *s->waits);
    s->share = calloc((size_t)s->legs, sizeof *s->share);
    s->name = calloc((size_t)s->legs, sizeof *s->name);
    s->no_memory = !s->time || !s->first || !s->waits || !s->share || !s->name;
    return s->no_memory ? -1 : 0;
}

static void free_simulation(struct simulation *s)
{
    free(s->time);
    free(s->first);
    free(s->waits);
    free(s->share);
    free(s->name);
}

/* What a share took in that step. */
static double *time_of(const struct simulation *s, int step, int leg, int thread)
{
    return s->time + ((size_t)step * (size_t)s->legs + (size_t)leg) * (size_t)s->threads + (size_t)thread;
}

static void pass_mark(struct cnn_ready *ready, int mark)
{
    struct simulation *s = (struct simulation *)(void *)((char *)ready - offsetof(struct simulation, ready));
    if (mark < MOST_MARKS)
        s->passed[mark] = cnn_work_seconds();
}

/* The backward pass of the last chunk has ended. */
static void end_chunks(struct simulation *s)
{
    const double now = cnn_work_seconds();
    for (int i = 0; i < s->m->core.n_ready && i < MOST_MARKS; i++)
        s->left[i] += s->passed[i] > 0 ? now - s->passed[i] : 0;
    s->ends++;
}

static void took(struct cnn_watch *watch, const struct cnn_leg_time *t)
{
    struct simulation *s = (struct simulation *)(void *)watch;
    if (s->no_memory || (!s->time && alloc(s) != 0) || s->n == KEPT)
        return;
    if (s->watch.ready && t->leg == s->m->core.n_stretches - 1)
        end_chunks(s);
    s->waits[t->leg] = t->waits;
    s->share[t->leg] = t->share;
    s->name[t->leg] = t->name;
    *time_of(s, s->n, t->leg, t->thread) = t->seconds;
    if (t->first)
        s->first[(size_t)s->n * (size_t)s->legs + (size_t)t->leg] = t->thread;
}

static enum cnn_watched stepped(struct cnn_watch *watch)
{
    struct simulation *s = (struct simulation *)(void *)watch;
    const double now = cnn_seconds(), passed = now - s->begin;
    const int weighed = s->threads == 1 || s->steps++ >= CNN_WEIGHED_STEPS;
    const int warm = weighed && passed > s->seconds * warm_share;
    if (s->no_memory)
        return CNN_ENOUGH;
    if (warm && watch->simulated) {
        s->n += s->n < s->most;
    } else if (s->n > s->before && s->n_measured < KEPT) {
        s->measured[s->n_measured++] = now - s->last;
        s->compared = 1;
    }
    s->last = cnn_seconds();
    if (!weighed || (!s->compared && !watch->dealt))
        return CNN_GO_ON;
    const int least = watch->dealt ? LEAST_KEPT : 0;
    return s->n == s->most || (passed > s->seconds && s->n - s->before >= least) ? CNN_ENOUGH : CNN_GO_ON;
}

/* Takes from each time what looking at the clock has added. */
static void take_looks(struct simulation *s)
{
    const double look = cnn_cost_of_a_look();
    for (size_t i = 0; i < (size_t)s->n * (size_t)s->legs * (size_t)s->threads; i++)
        s->time[i] = s->time[i] > look ? s->time[i] - look : 0;
}

/* The median of a share over all steps, into the first step's place. */
static void take_medians(struct simulation *s)
{
    const size_t size = (size_t)s->legs * (size_t)s->threads;
    double seen[KEPT];
    for (size_t i = 0; i < size; i++) {
        for (int k = 0; k < s->n; k++)
            seen[k] = s->time[(size_t)k * size + i];
        s->time[i] = cnn_bench_median(seen, s->n);
    }
}

/* Trains for a while, and adds the times of its steps. */
static int run_round(struct simulation *s, const struct cnn_run *r, int64_t threads, int round)
{
    struct cnn_run own = *r;
    const struct cnn_training how = {.watch = &s->watch};
    own.peers = NULL;
    own.o.threads = threads;
    own.o.quiet = 1;
    own.o.epochs = 1;
    s->most = KEPT * (round + 1) / ROUNDS;
    s->begin = cnn_seconds();
    s->before = s->n;
    s->compared = 0;
    s->steps = 0;
    const int status = cnn_train(&own, &how);
    if (s->n == 0 && s->time) /* a run so short that all of it was warming up: its last step counts */
        s->n = 1;
    s->rounds = round + 1;
    s->begins[s->rounds] = s->n;
    return status;
}

/* The update is no faster than memory when its arrays are larger than the caches. */
static void fill_least(const struct simulation *s, double *least)
{
    const double bytes = cnn_bench_update_bytes(s->m);
    for (int i = 0; i < s->legs; i++)
        least[i] =
            s->share[i] == CNN_UPDATE && bytes > (double)cnn_cache_bytes() ? bytes / cnn_bytes_a_second(s->threads) : 0;
}

/* Where each thread had a core of its own, one may have been slow in a step, and another one in the next: all wait for
 * it each time. So it is not the medians of shares that count, but those of steps. */
static double median_step(const struct simulation *s, struct cnn_shares of)
{
    double seen[KEPT];
    for (int k = 0; k < s->n; k++) {
        of.time = s->time + (size_t)k * (size_t)s->legs * (size_t)s->threads;
        seen[k] = cnn_schedule(&of).seconds;
    }
    return cnn_bench_median(seen, s->n);
}

/* ---- where one core does the shares of all. Each round deals the work anew, so its shares are not those of another
 *      round: a round is taken by itself, and that in the middle of all counts. */

/* Fills the times of a round's shares, each with a core of its own; returns the step. */
static struct cnn_simulated step_of_round(const struct simulation *s, int round, struct cnn_shares of, double *time)
{
    const int begin = s->begins[round];
    cnn_shares_apart(&(struct cnn_round){.steps = s->begins[round + 1] - begin,
                                         .legs = s->legs,
                                         .threads = s->threads,
                                         .time = time_of(s, begin, 0, 0),
                                         .first = s->first + begin * s->legs},
                     time);
    of.time = time;
    return cnn_schedule(&of);
}

/* The round that is in the middle of those with steps; room: for the times of its shares. */
static int middle_round(const struct simulation *s, struct cnn_shares of, double *room)
{
    double seconds[ROUNDS], sorted[ROUNDS];
    int n = 0, middle = 0;
    for (int r = 0; r < s->rounds; r++) {
        seconds[r] = s->begins[r] < s->begins[r + 1] ? step_of_round(s, r, of, room).seconds : 0;
        if (seconds[r] > 0)
            sorted[n++] = seconds[r];
    }
    cnn_bench_sort(sorted, n);
    while (middle < s->rounds - 1 && seconds[middle] != sorted[n / 2])
        middle++;
    return middle;
}

/* The times of its shares come into the first step's place. */
static int take_round(struct simulation *s, struct cnn_shares of, struct cnn_simulated *out)
{
    const size_t size = (size_t)s->legs * (size_t)s->threads;
    double *room = calloc(size, sizeof *room);
    if (!room)
        return -1;
    *out = step_of_round(s, middle_round(s, of, room), of, room);
    memcpy(s->time, room, size * sizeof *room);
    free(room);
    return 0;
}

/* ---- */

static void take_steps(struct simulation *s, struct cnn_shares of, struct cnn_simulated *out)
{
    const double seconds = median_step(s, of);
    take_medians(s);
    *out = cnn_schedule(&of);
    out->seconds = seconds;
}

static int result_of(struct simulation *s, struct cnn_simulated *out, struct cnn_error *e)
{
    if (s->no_memory || s->n == 0)
        return cnn_fail(e, s->no_memory ? "no memory for the times of the shares" : "no step was timed");
    double *least = calloc((size_t)s->legs, sizeof *least);
    if (!least)
        return cnn_fail(e, "no memory for the times of the shares");
    take_looks(s);
    fill_least(s, least);
    struct cnn_shares shares = {.legs = s->legs,
                                .threads = s->threads,
                                .time = s->time,
                                .waits = s->waits,
                                .least = least,
                                .barrier = cnn_barrier_seconds(s->threads)};
    int status = 0;
    if (s->watch.dealt)
        status = take_round(s, shares, out);
    else
        take_steps(s, shares, out);
    free(least);
    return status == 0 ? 0 : cnn_fail(e, "no memory for the times of the shares");
}

/* ---- ranks: computed from the times of one thread */

/* The gradients that go together on so many ranks. */
static void divide_gradients(const struct simulation *s, struct cnn_cluster *c)
{
    struct cnn_bucket buckets[CNN_MOST_BUCKETS];
    const struct cnn_peers peers = {.ranks = (int)c->ranks, .spread = 1, .most_tag = INT_MAX};
    c->n_sent = cnn_buckets(s->m, &peers, buckets);
    for (int i = 0; i < c->n_sent; i++) {
        const int mark = buckets[i].mark;
        c->sent[i].bytes = (double)(buckets[i].end - buckets[i].begin) * sizeof(float);
        c->sent[i].left = mark >= 0 && mark < MOST_MARKS && s->ends > 0 ? s->left[mark] / s->ends : 0;
    }
}

/* What a step consists of, without ranks and network. */
static struct cnn_cluster cluster_of(const struct simulation *s)
{
    const struct cnn_model *m = s->m;
    struct cnn_cluster c = {.ranks = 1,
                            .chunks = m->chunks,
                            .measured = m->chunks,
                            .slots = m->slots,
                            .gathers = m->update_phases,
                            .slot_bytes = sizeof(struct cnn_slot)};
    for (int leg = 0; leg < s->legs; leg++) {
        const int stretches = m->core.n_stretches;
        double *sum = leg < stretches ? &c.chunk_seconds : leg < s->legs - 1 ? &c.update_seconds : &c.prepare_seconds;
        *sum += s->time[leg];
    }
    c.chunk_seconds /= m->chunks;
    for (int i = 0; i < m->core.n_stretches; i++) {
        c.sum_bytes += (double)m->core.stretches[i].sums * sizeof(double);
        c.stretches += m->core.stretches[i].sums > 0;
    }
    c.sum_bytes /= c.stretches > 0 ? c.stretches : 1;
    return c;
}

static int simulate_ranks(const struct cnn_run *r, const struct cnn_question *q, struct simulation *s, double seconds,
                          struct cnn_error *e)
{
    s->seconds = seconds;
    s->ready.at = pass_mark;
    s->watch.ready = &s->ready;
    int status = run_round(s, r, 1, ROUNDS - 1);
    if (status == CNN_DONE && (s->no_memory || s->n == 0))
        return cnn_fail(e, s->no_memory ? "no memory for the times of the shares" : "no step was timed");
    if (status != CNN_DONE)
        return status;
    take_looks(s);
    take_medians(s);
    struct cnn_cluster c = cluster_of(s);
    c.threads = q->threads;
    c.bandwidth = q->bandwidth;
    c.latency = q->latency;
    if (q->batch)
        c.chunks = (q->batch + r->m->chunk - 1) / r->m->chunk;
    const struct cnn_forecast one = cnn_cluster_step(&c);
    c.ranks = q->ranks;
    divide_gradients(s, &c);
    const struct cnn_forecast many = cnn_cluster_step(&c);
    printf("%lld ranks: %.1f us a step, %.1fx one rank\n", (long long)q->ranks, many.seconds * 1e6,
           one.seconds / many.seconds);
    if (!r->o.quiet)
        printf("%.0f%% of the time is communication that computing does not hide\n", 100 * many.sent / many.seconds);
    return CNN_DONE;
}

static void print(int64_t threads, const struct cnn_simulated *one, const struct cnn_simulated *many)
{
    printf("%lld thread%s: %.1f us a step, %.1fx one thread\n", (long long)threads, threads > 1 ? "s" : "",
           many->seconds * 1e6, one->seconds / many->seconds);
}

/* A line a leg: what the slowest thread takes, what a thread takes in the mean, and whether a barrier follows. */
static void print_legs(const struct simulation *s)
{
    printf("\n%-22s %10s %10s\n", "us of a thread", "longest", "mean");
    for (int leg = 0; leg < s->legs; leg++) {
        double longest = 0, sum = 0;
        for (int t = 0; t < s->threads; t++) {
            const double time = s->time[leg * s->threads + t];
            longest = time > longest ? time : longest;
            sum += time;
        }
        printf("%-22s %10.1f %10.1f%s\n", s->name[leg], longest * 1e6, sum / s->threads * 1e6,
               s->waits[leg] ? "" : "  no barrier");
    }
    printf("%-22s %10.1f\n", "a barrier", cnn_barrier_seconds(s->threads) * 1e6);
}

/* Predicted, and measured, on so many threads. */
static void print_measured(int64_t threads, const struct cnn_simulated *s, struct simulation *of)
{
    const double time = of->n_measured > 0 ? cnn_bench_median(of->measured, of->n_measured) : 0;
    if (time > 0)
        printf("%lld thread%s: predicted %.1f us, measured %.1f us, %+.1f%%\n", (long long)threads,
               threads > 1 ? "s" : "", s->seconds * 1e6, time * 1e6, 100 * (s->seconds / time - 1));
}

/* One thread and many by turns, as the clock of a core changes. A network that takes long to begin has fewer rounds. */
static int run_rounds(const struct cnn_run *r, const struct cnn_question *q, struct simulation of[2], double seconds)
{
    const double begin = cnn_seconds(), most = 5 * seconds;
    int status = CNN_DONE;
    for (int i = 0; i < 2 * ROUNDS && status == CNN_DONE; i++) {
        if (i > 0 && i % 2 == 0 && cnn_seconds() - begin > most)
            break;
        of[i % 2].seconds = seconds / ROUNDS;
        status = run_round(&of[i % 2], r, i % 2 ? q->threads : 1, i / 2);
    }
    return status;
}

static int simulate_threads(const struct cnn_run *r, const struct cnn_question *q, struct simulation of[2],
                            double seconds, struct cnn_error *e)
{
    struct cnn_simulated result[2] = {{0}};
    int status = run_rounds(r, q, of, seconds);
    for (int i = 0; i < 2 && status == CNN_DONE; i++)
        if (result_of(&of[i], &result[i], e) != 0)
            status = CNN_TROUBLE;
    if (status != CNN_DONE)
        return status;
    print(q->threads, &result[0], &result[1]);
    if (r->o.quiet)
        return status;
    printf("%d of them work, %.0f%% of the time in the mean\n", result[1].working, result[1].busy * 100);
    print_measured(1, &result[0], &of[0]);
    if (q->threads > 1)
        print_measured(q->threads, &result[1], &of[1]);
    print_legs(&of[1]);
    return status;
}

int cnn_bench_simulate(const struct cnn_run *r, const struct cnn_dataset *rows, double seconds, struct cnn_error *e)
{
    struct cnn_question q;
    if (cnn_read_question(&r->o, &q, e) != 0)
        return CNN_TROUBLE;
    if (q.predict)
        return cnn_bench_prediction(r, rows, &q, seconds, e) == CNN_DONE ? CNN_DONE : CNN_TROUBLE;
    const struct cnn_watch watch = {.rows = rows, .stepped = stepped, .took = took};
    struct simulation of[2] = {{.watch = watch, .m = r->m}, {.watch = watch, .m = r->m}};
    const int status = q.ranks ? simulate_ranks(r, &q, &of[0], seconds, e) : simulate_threads(r, &q, of, seconds, e);
    free_simulation(&of[0]);
    free_simulation(&of[1]);
    return status == -1 ? CNN_TROUBLE : status;
}
