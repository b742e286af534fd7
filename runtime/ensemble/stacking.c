/* stacking.c -- `ensemble stacking` (Wolpert, "Stacked generalization", 1992): the rows are cut into folds. For each
 * fold, members that learn from the other folds predict its rows. A meta-learner learns from these predictions. The
 * members that are kept learn from all rows. So what the meta-learner sees of a row comes from members that never saw
 * that row. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "data/data.h"
#include "engine/engine.h"
#include "ensemble/members.h"
#include "ensemble/meta.h"
#include "support/support.h"
#include "train/train.h"

struct answer {             /* what a process returns; its weights follow, or its outputs for a fold */
    int status;             /* enum cnn_exit */
    struct cnn_totals test; /* of the test rows */
    struct cnn_error error;
};

struct stacking {
    struct cnn_ensemble_run *x;
    struct cnn_datasets whole; /* all training rows, before some are set aside for validation */
    int64_t folds;
    int64_t *label, *fold; /* for each row; label NULL: the target is a number */
    float *outputs;        /* [members][rows][y_size]: the out-of-fold outputs */
    size_t payload;        /* floats after an answer */
    int status;            /* enum cnn_exit of the first task that failed */
};

static float *payload_of(const struct answer *a)
{
    struct cnn_arena l = {0};
    cnn_arena_add(&l, sizeof *a, 1);
    return (float *)(void *)((char *)(uintptr_t)a + l.size);
}

/* Each member has one task for each fold, then one for all rows. */
static int64_t member_of(const struct stacking *s, int64_t task)
{
    return task / (s->folds + 1);
}

static int64_t fold_of(const struct stacking *s, int64_t task)
{
    return task % (s->folds + 1);
}

static float *outputs_of(const struct stacking *s, int64_t member)
{
    return s->outputs + (size_t)(member * s->whole.train.rows * cnn_output(s->x->m)->size);
}

/* ---- one task, in its own process */

static int train_on_all(const struct stacking *s, int64_t member, struct answer *a)
{
    struct cnn_ensemble_run *x = s->x;
    struct cnn_trial trial = {.data = &x->data, .totals = &a->test, .theta = payload_of(a)};
    return cnn_trial_run(cnn_member_model(x->m, member), &x->r->o, cnn_run_seed(x->r) + (uint64_t)member, x->threads,
                         &trial, &a->error);
}

static int answer_for_fold(const struct stacking *s, int64_t member, int64_t fold, struct answer *a, float *theta)
{
    struct cnn_ensemble_run *x = s->x;
    const struct cnn_model *m = cnn_member_model(x->m, member);
    const uint64_t seed = cnn_run_seed(x->r) + (uint64_t)(x->fitted.members + member * s->folds + fold);
    struct cnn_datasets data;
    struct cnn_trial trial = {.data = &data, .theta = theta};
    if (cnn_data_fold(x->m, &s->whole, s->fold, fold, &data, &a->error) != 0)
        return CNN_TROUBLE;
    int status = cnn_trial_run(m, &x->r->o, seed, x->threads, &trial, &a->error);
    if (status == CNN_DONE && cnn_predict_with(m, theta, x->threads, &data.test, payload_of(a), &a->error) != 0)
        status = CNN_TROUBLE;
    cnn_data_free(&data);
    return status;
}

static void work(void *arg, int64_t task, void *result)
{
    const struct stacking *s = arg;
    struct answer *a = result;
    const int64_t member = member_of(s, task), fold = fold_of(s, task);
    if (fold == s->folds) {
        a->status = train_on_all(s, member, a);
        return;
    }
    const size_t n = cnn_member_model(s->x->m, member)->core.theta;
    float *theta = malloc(n * sizeof *theta);
    a->status = theta ? answer_for_fold(s, member, fold, a, theta) : CNN_TROUBLE;
    if (!theta)
        cnn_fail(&a->error, "no memory for %zu parameters", n);
    free(theta);
}

/* ---- the answers, in the order of the tasks */

static void take_outputs(const struct stacking *s, int64_t member, int64_t fold, const float *y)
{
    const int64_t size = cnn_output(s->x->m)->size;
    float *to = outputs_of(s, member);
    for (int64_t row = 0; row < s->whole.train.rows; row++)
        if (s->fold[row] == fold) {
            memcpy(to + row * size, y, (size_t)size * sizeof *y);
            y += size;
        }
}

static int member_done(struct stacking *s, int64_t member, const struct answer *a)
{
    struct cnn_ensemble_run *x = s->x;
    const struct cnn_model *m = cnn_member_model(x->m, member);
    struct cnn_totals unseen;
    struct cnn_logs logs = {0};
    memcpy(x->fitted.theta[member], payload_of(a), m->core.theta * sizeof(float));
    if (cnn_score_outputs(m, cnn_meaning(m), &s->whole.train, outputs_of(s, member), &unseen, &x->r->error) != 0)
        return -1;
    if (a->test.rows > 0)
        cnn_logs_totals(&logs, m, "", &a->test);
    cnn_logs_metrics(&logs, m, "oof_", &unseen);
    x->done++;
    cnn_print_member(x, member, &logs);
    return 0;
}

static int task_done(void *arg, int64_t task, const void *result)
{
    struct stacking *s = arg;
    const struct answer *a = result;
    const int64_t member = member_of(s, task), fold = fold_of(s, task);
    if (a->status != CNN_DONE) {
        cnn_fail(&s->x->r->error, "member %" PRId64 ": %.900s", member + 1, a->error.text);
        return s->status = a->status;
    }
    if (fold == s->folds)
        return s->status = member_done(s, member, a) == 0 ? CNN_DONE : CNN_TROUBLE;
    take_outputs(s, member, fold, payload_of(a));
    return 0;
}

/* ---- the meta-learner */

static int fit_numbers(struct stacking *s, const struct cnn_outputs *o, struct cnn_meta_learner *m)
{
    const struct cnn_dataset *d = &s->whole.train;
    float *target = malloc((size_t)(d->rows * d->y_size) * sizeof *target);
    for (int64_t i = 0; target && i < d->rows; i++)
        cnn_target_row(d, i, target + i * d->y_size);
    int status = target ? cnn_meta_fit_ridge(m, o, target, s->x->spec->l2, &s->x->r->error)
                        : cnn_fail(&s->x->r->error, "no memory for %" PRId64 " targets", d->rows);
    free(target);
    return status;
}

static int fit_meta(struct stacking *s)
{
    struct cnn_fitted *f = &s->x->fitted;
    struct cnn_error *e = &s->x->r->error;
    struct cnn_outputs o = {.members = f->members, .rows = s->whole.train.rows, .size = cnn_output(s->x->m)->size};
    const float **y = malloc((size_t)f->members * sizeof *y);
    for (int64_t i = 0; y && i < f->members; i++)
        y[i] = outputs_of(s, i);
    o.y = y;
    int status = y ? cnn_meta_open(&f->meta, s->x->spec->meta, o.members * o.size, o.size, e)
                   : cnn_fail(e, "no memory for %" PRId64 " members", f->members);
    if (status == 0)
        status =
            s->label ? cnn_meta_fit_logistic(&f->meta, &o, s->label, s->x->spec->l2, e) : fit_numbers(s, &o, &f->meta);
    free(y);
    return status;
}

/* ---- before the first task */

static int read_labels(struct stacking *s)
{
    const struct cnn_dataset *d = &s->whole.train;
    float *t = malloc((size_t)d->y_size * sizeof *t);
    s->label = malloc((size_t)d->rows * sizeof *s->label);
    for (int64_t i = 0; t && s->label && i < d->rows; i++)
        s->label[i] = cnn_row_class(d, i, t);
    int status =
        t && s->label ? 0 : cnn_fail(&s->x->r->error, "no memory for the classes of %" PRId64 " rows", d->rows);
    free(t);
    return status;
}

static int load_whole(struct stacking *s)
{
    const struct cnn_options *o = &s->x->r->o;
    const struct cnn_data_options all = {.dir = o->data_dir,
                                         .limit = o->limit,
                                         .whole = 1,
                                         .parts = CNN_PART_TRAIN | CNN_PART_VALIDATION,
                                         .peers = s->x->r->peers};
    return cnn_data_load(s->x->m, &all, &s->whole, &s->x->r->error);
}

static int deal_folds(struct stacking *s)
{
    struct cnn_error *e = &s->x->r->error;
    const int64_t rows = s->whole.train.rows;
    const struct cnn_validate v = {.kind = CNN_KFOLD,
                                   .k = s->folds,
                                   .repeats = 1,
                                   .stratified = s->label != NULL,
                                   .shuffle = 1,
                                   .seed = cnn_run_seed(s->x->r)};
    s->fold = malloc((size_t)rows * sizeof *s->fold);
    if (!s->fold)
        return cnn_fail(e, "no memory for the folds of %" PRId64 " rows", rows);
    return cnn_folds_count(&v, rows, e) < 0 ? -1 : cnn_folds_assign(&v, s->label, rows, 0, s->fold, e);
}

static size_t largest_payload(const struct stacking *s)
{
    int64_t rows = 0;
    size_t most;
    for (int64_t f = 0; f < s->folds; f++) {
        int64_t n = 0;
        for (int64_t i = 0; i < s->whole.train.rows; i++)
            n += s->fold[i] == f;
        rows = n > rows ? n : rows;
    }
    most = (size_t)(rows * cnn_output(s->x->m)->size);
    for (int64_t i = 0; i < s->x->fitted.members; i++) {
        const size_t theta = cnn_member_model(s->x->m, i)->core.theta;
        most = theta > most ? theta : most;
    }
    return most;
}

static int begin(struct stacking *s)
{
    struct cnn_arena l = {0};
    if (load_whole(s) != 0 || (s->x->spec->meta == CNN_LOGISTIC && read_labels(s) != 0) || deal_folds(s) != 0)
        return -1;
    s->payload = largest_payload(s);
    cnn_arena_add(&l, (size_t)s->x->fitted.members * (size_t)cnn_output(s->x->m)->size,
                  (size_t)s->whole.train.rows * sizeof(float)); /* the only part, at offset 0 */
    s->outputs = cnn_arena_alloc(&l, "outputs out of folds", &s->x->r->error);
    return s->outputs ? 0 : -1;
}

/* ---- all of it */

static int run_tasks(struct stacking *s)
{
    struct cnn_ensemble_run *x = s->x;
    struct cnn_jobs jobs = {.jobs = x->r->o.jobs > 0 ? x->r->o.jobs : 1, .arg = s, .run = work, .done = task_done};
    struct cnn_arena one = {0}, all = {0};
    jobs.peers = x->r->peers;
    jobs.tasks = x->fitted.members * (s->folds + 1);
    cnn_arena_add(&one, sizeof(struct answer), 1);
    cnn_arena_add(&one, s->payload, sizeof(float));
    cnn_arena_add(&all, (size_t)jobs.tasks, jobs.size = one.size);
    all.overflow |= one.overflow;
    jobs.results = cnn_arena_alloc(&all, "members", &x->r->error);
    if (!jobs.results)
        return CNN_TROUBLE;
    int status = cnn_jobs_run(&jobs, &x->r->error);
    free(jobs.results);
    return status == CNN_DONE ? s->status : status;
}

int cnn_train_stacked(struct cnn_ensemble_run *x)
{
    struct stacking s = {.x = x, .folds = x->spec->folds};
    int status = begin(&s) == 0 ? run_tasks(&s) : CNN_TROUBLE;
    if (status == CNN_DONE && fit_meta(&s) != 0)
        status = CNN_TROUBLE;
    cnn_data_free(&s.whole);
    free(s.label);
    free(s.fold);
    free(s.outputs);
    return status;
}
