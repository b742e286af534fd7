/* members.c -- trains members that do not depend on each other: bagging (Breiman, "Bagging predictors", 1996) and
 * voting. Each is trained in a process of its own, so its result depends only on its number. This file also takes the
 * snapshots of one run. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "data/data.h"
#include "engine/engine.h"
#include "ensemble/members.h"
#include "input.h"
#include "support/support.h"
#include "train/train.h"

void cnn_print_member(const struct cnn_ensemble_run *x, int64_t i, const struct cnn_logs *logs)
{
    char text[2048];
    if (x->r->o.quiet)
        return;
    cnn_logs_text(text, sizeof text, logs);
    printf("member %" PRId64 "/%" PRId64, i + 1, x->fitted.members);
    if (x->spec->n_others)
        printf(" (%s)", cnn_member_model(x->m, i)->name);
    printf("%s\n", text);
    fflush(stdout);
}

struct answer {                   /* what the process of a member returns; its weights follow */
    int status;                   /* enum cnn_exit */
    struct cnn_totals test, left; /* totals of the test rows, and of the rows that its bag left out */
    struct cnn_error error;
};

/* The size of the largest answer in bytes; 0: too large. */
static size_t answer_size(const struct cnn_ensemble_run *x)
{
    size_t most = 0;
    for (int64_t i = 0; i < x->fitted.members; i++) {
        struct cnn_arena l = {0};
        cnn_arena_add(&l, sizeof(struct answer), 1);
        cnn_arena_add(&l, cnn_member_model(x->m, i)->core.theta, sizeof(float));
        if (l.overflow)
            return 0;
        most = l.size > most ? l.size : most;
    }
    return most;
}

static float *theta_of(const struct answer *a)
{
    struct cnn_arena l = {0};
    cnn_arena_add(&l, sizeof *a, 1);
    return (float *)(void *)((char *)(uintptr_t)a + l.size);
}

static int bags(const struct cnn_ensemble_run *x)
{
    return x->spec->kind == CNN_BAGGING;
}

static uint64_t seed_of(const struct cnn_ensemble_run *x, int64_t i)
{
    return cnn_run_seed(x->r) + (uint64_t)i;
}

/* ---- bags */

struct bag {
    int64_t rows;        /* how many are drawn: as many as there are rows */
    int64_t *drawn;      /* the numbers of the drawn rows */
    unsigned char *held; /* for each row: was it drawn? */
};

static int fill_bag(const struct cnn_ensemble_run *x, int64_t i, struct bag *b, struct cnn_error *e)
{
    int64_t n = x->data.train.rows;
    *b = (struct bag){.rows = n, .drawn = malloc((size_t)n * sizeof *b->drawn), .held = calloc((size_t)n, 1)};
    if (!b->drawn || !b->held)
        return cnn_fail(e, "no memory for a bag of %lld rows", (long long)n);
    cnn_bootstrap(cnn_run_seed(x->r), (uint64_t)i, b->drawn, n);
    for (int64_t k = 0; k < n; k++)
        b->held[b->drawn[k]] = 1;
    return 0;
}

static void empty_bag(struct bag *b)
{
    free(b->drawn);
    free(b->held);
}

/* Picks the rows i with chosen[i] == value, in their order. */
static int pick_rows(const struct cnn_dataset *from, const unsigned char *chosen, int value, struct cnn_dataset *to,
                     struct cnn_error *e)
{
    int64_t *rows = malloc((size_t)from->rows * sizeof *rows), n = 0;
    for (int64_t i = 0; rows && i < from->rows; i++)
        if (chosen[i] == value)
            rows[n++] = i;
    int status = rows ? cnn_dataset_pick(from, rows, n, to, e)
                      : cnn_fail_memory(e, from->x_file, (uint64_t)from->rows * sizeof *rows);
    free(rows);
    return status;
}

/* ---- training one member, in its own process */

static int train_member(struct cnn_ensemble_run *x, int64_t i, const struct cnn_datasets *data, struct answer *a)
{
    struct cnn_trial trial = {.data = data, .totals = &a->test, .theta = theta_of(a)};
    return cnn_trial_run(cnn_member_model(x->m, i), &x->r->o, seed_of(x, i), x->threads, &trial, &a->error);
}

static int train_from_bag(struct cnn_ensemble_run *x, int64_t i, const struct bag *b, struct answer *a)
{
    struct cnn_datasets data = x->data; /* all members share the other parts */
    struct cnn_dataset left = {0};
    int status = CNN_TROUBLE;
    if (cnn_dataset_pick(&x->data.train, b->drawn, b->rows, &data.train, &a->error) == 0 &&
        pick_rows(&x->data.train, b->held, 0, &left, &a->error) == 0)
        status = train_member(x, i, &data, a);
    if (status == CNN_DONE && left.rows > 0 &&
        cnn_evaluate_with(x->m, theta_of(a), x->threads, &left, &a->left, &a->error) != 0)
        status = CNN_TROUBLE;
    cnn_dataset_free(&data.train);
    cnn_dataset_free(&left);
    return status;
}

static void member_work(void *arg, int64_t i, void *result)
{
    struct cnn_ensemble_run *x = arg;
    struct answer *a = result;
    struct bag b = {0};
    a->status = CNN_TROUBLE;
    if (!bags(x))
        a->status = train_member(x, i, &x->data, a);
    else if (fill_bag(x, i, &b, &a->error) == 0)
        a->status = train_from_bag(x, i, &b, a);
    empty_bag(&b);
}

static int member_done(void *arg, int64_t i, const void *result)
{
    struct cnn_ensemble_run *x = arg;
    const struct answer *a = result;
    const struct cnn_model *m = cnn_member_model(x->m, i);
    struct cnn_logs logs = {0};
    if (a->status != CNN_DONE)
        return 1;
    memcpy(x->fitted.theta[i], theta_of(a), m->core.theta * sizeof(float));
    if (a->test.rows > 0)
        cnn_logs_totals(&logs, m, "", &a->test);
    if (a->left.rows > 0)
        cnn_logs_totals(&logs, m, "oob_", &a->left);
    x->done++;
    cnn_print_member(x, i, &logs);
    return 0;
}

static int run_members(struct cnn_ensemble_run *x, struct cnn_jobs *jobs)
{
    struct cnn_error *e = &x->r->error;
    int status = cnn_jobs_run(jobs, e);
    if (status != CNN_DONE || x->done == jobs->tasks)
        return status;
    const struct answer *a = (const void *)((const char *)jobs->results + (size_t)x->done * jobs->size);
    cnn_fail(e, "member %lld: %.900s", (long long)x->done + 1, a->error.text);
    return a->status;
}

/* ---- the out-of-bag score: each row is scored by the members that never saw it */

static int score_counted(struct cnn_ensemble_run *x, float *y, const unsigned char *counted)
{
    struct cnn_error *e = &x->r->error;
    struct cnn_dataset rows = {0};
    struct cnn_totals totals;
    const struct cnn_meaning is = cnn_common_meaning(x->m);
    size_t size = (size_t)cnn_output(x->m)->size;
    int64_t n = 0;
    for (int64_t i = 0; i < x->data.train.rows; i++)
        if (counted[i])
            memmove(y + (size_t)n++ * size, y + (size_t)i * size, size * sizeof *y);
    int status = n ? pick_rows(&x->data.train, counted, 1, &rows, e) : 0;
    if (status == 0 && n)
        status = cnn_score_outputs(x->m, &is, &rows, y, &totals, e);
    if (status == 0 && n)
        cnn_logs_metrics(&x->logs, x->m, "oob_", &totals);
    cnn_dataset_free(&rows);
    return status;
}

struct out_of_bag { /* the members' outputs for the training rows, and which rows their bags held */
    const float **y;
    struct bag *bags;
    const unsigned char **held;
    float *outputs, *common;
    unsigned char *counted;
};

static int ask_all(struct cnn_ensemble_run *x, struct out_of_bag *p)
{
    struct cnn_error *e = &x->r->error;
    const struct cnn_dataset *d = &x->data.train;
    size_t size = (size_t)(d->rows * cnn_output(x->m)->size);
    for (int64_t i = 0; i < x->fitted.members; i++) {
        float *own = p->outputs + (size_t)i * size;
        if (fill_bag(x, i, &p->bags[i], e) != 0 ||
            cnn_predict_with(x->m, x->fitted.theta[i], x->r->o.threads, d, own, e) != 0)
            return -1;
        p->y[i] = own;
        p->held[i] = p->bags[i].held;
    }
    struct cnn_outputs o = {.members = x->fitted.members, .rows = d->rows, .size = cnn_output(x->m)->size, .y = p->y};
    o.m = x->m;
    o.skip = p->held;
    if (cnn_combine(x->fitted.combine, &o, p->common, p->counted) != 0)
        return cnn_fail(e, "no memory for an output");
    return score_counted(x, p->common, p->counted);
}

static int score_out_of_bag(struct cnn_ensemble_run *x)
{
    struct cnn_arena l = {0};
    size_t members = (size_t)x->fitted.members, rows = (size_t)x->data.train.rows;
    size_t y = cnn_arena_add(&l, members, sizeof(float *)), held = cnn_arena_add(&l, members, sizeof(char *));
    size_t bag = cnn_arena_add(&l, members, sizeof(struct bag)), counted = cnn_arena_add(&l, rows, 1);
    size_t outputs = cnn_arena_add(&l, (members + 1) * (size_t)cnn_output(x->m)->size, rows * sizeof(float));
    char *at = cnn_arena_alloc(&l, "outputs out of the bags", &x->r->error);
    if (!at)
        return -1;
    struct out_of_bag p = {.y = (const float **)(void *)(at + y),
                           .bags = (struct bag *)(void *)(at + bag),
                           .held = (const unsigned char **)(void *)(at + held),
                           .outputs = (float *)(void *)(at + outputs),
                           .counted = (unsigned char *)(at + counted)};
    p.common = p.outputs + members * rows * (size_t)cnn_output(x->m)->size;
    int status = ask_all(x, &p);
    for (size_t i = 0; i < members; i++)
        empty_bag(&p.bags[i]);
    free(at);
    return status;
}

int cnn_train_members(struct cnn_ensemble_run *x)
{
    struct cnn_jobs jobs = {.tasks = x->fitted.members, .jobs = x->r->o.jobs > 0 ? x->r->o.jobs : 1, .arg = x};
    jobs.peers = x->r->peers;
    jobs.size = answer_size(x);
    jobs.run = member_work;
    jobs.done = member_done;
    struct cnn_arena l = {.overflow = jobs.size == 0};
    cnn_arena_add(&l, (size_t)jobs.tasks, jobs.size);
    jobs.results = cnn_arena_alloc(&l, "members", &x->r->error);
    if (!jobs.results)
        return CNN_TROUBLE;
    int status = run_members(x, &jobs);
    free(jobs.results);
    return status == CNN_DONE && bags(x) && score_out_of_bag(x) != 0 ? CNN_TROUBLE : status;
}

/* ---- snapshots */

static int keep_snapshots(struct cnn_ensemble_run *x, const float *snapshots)
{
    struct cnn_error *e = &x->r->error;
    size_t n = x->m->core.theta;
    for (int64_t i = 0; i < x->fitted.members; i++) {
        struct cnn_logs logs = {0};
        struct cnn_totals totals;
        memcpy(x->fitted.theta[i], snapshots + (size_t)i * n, n * sizeof *snapshots);
        if (x->data.test.rows > 0) {
            if (cnn_evaluate_with(x->m, x->fitted.theta[i], x->r->o.threads, &x->data.test, &totals, e) != 0)
                return -1;
            cnn_logs_totals(&logs, x->m, "", &totals);
        }
        x->done++;
        cnn_print_member(x, i, &logs);
    }
    return 0;
}

int cnn_train_snapshots(struct cnn_ensemble_run *x)
{
    struct cnn_arena l = {0};
    struct cnn_trial trial = {.data = &x->data, .cycles = x->fitted.members};
    int64_t epochs = x->r->o.epochs > 0 ? x->r->o.epochs : x->m->train->epochs;
    if (epochs % trial.cycles != 0) {
        cnn_fail(&x->r->error, "%lld epoch%s cannot be cut into %lld cycles, one a snapshot; give a multiple of %lld",
                 (long long)epochs, epochs == 1 ? "" : "s", (long long)trial.cycles, (long long)trial.cycles);
        return CNN_TROUBLE;
    }
    cnn_arena_add(&l, (size_t)trial.cycles * x->m->core.theta, sizeof(float)); /* the only part, at offset 0 */
    trial.snapshots = cnn_arena_alloc(&l, "snapshots", &x->r->error);
    if (!trial.snapshots)
        return CNN_TROUBLE;
    int status = cnn_trial_run(x->m, &x->r->o, cnn_run_seed(x->r), x->threads, &trial, &x->r->error);
    if (status == CNN_DONE && keep_snapshots(x, trial.snapshots) != 0)
        status = CNN_TROUBLE;
    free(trial.snapshots);
    return status;
}
