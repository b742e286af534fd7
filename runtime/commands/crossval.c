/* crossval.c -- `crossval`: one training for each fold of the spec's validate section, and statistics of all. Every
 * fold runs in a process of its own, so its result depends only on its number, not on how many run at once. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "data/data.h"
#include "engine/engine.h"
#include "support/peers.h"
#include "support/support.h"
#include "train/train.h"
#include "weights/weights.h"

struct outcome { /* the result of a fold */
    int status;  /* enum cnn_exit */
    int64_t train_rows, test_rows, epochs;
    struct cnn_totals totals;
    struct cnn_error error;
};

struct crossval {
    struct cnn_run *r;
    const struct cnn_model *m;
    const struct cnn_validate *v;
    struct cnn_datasets whole;
    int64_t *label;  /* the class of each row when folds are stratified, else NULL */
    int64_t folds;   /* in one repeat */
    int64_t threads; /* for one fold */
    struct outcome *outcomes;
    int64_t tasks, done; /* folds in all; folds that have succeeded so far */
};

/* ---- one fold, in its own process */

static int run_fold(struct crossval *c, int64_t task, int64_t *fold, struct outcome *o)
{
    struct cnn_datasets data;
    struct cnn_trial trial = {.data = &data, .totals = &o->totals};
    const uint64_t seed = cnn_run_seed(c->r) + (uint64_t)task;
    if (cnn_folds_assign(c->v, c->label, c->whole.train.rows, task / c->folds, fold, &o->error) != 0 ||
        cnn_data_fold(c->m, &c->whole, fold, task % c->folds, &data, &o->error) != 0)
        return CNN_TROUBLE;
    int status = cnn_trial_run(c->m, &c->r->o, seed, c->threads, &trial, &o->error);
    o->train_rows = data.train.rows;
    o->test_rows = data.test.rows;
    o->epochs = trial.epochs;
    cnn_data_free(&data);
    return status;
}

static void fold_work(void *arg, int64_t task, void *result)
{
    struct crossval *c = arg;
    struct outcome *o = result;
    int64_t *fold = malloc((size_t)c->whole.train.rows * sizeof *fold);
    o->status = CNN_TROUBLE;
    if (fold)
        o->status = run_fold(c, task, fold, o);
    else
        cnn_fail(&o->error, "no memory for %" PRId64 " rows", c->whole.train.rows);
    free(fold);
}

/* ---- the results */

/* Writes "fold 3/5" or "repeat 1/2, fold 3/5"; for a holdout, "repeat 1/2" or "holdout". */
static const char *fold_name(const struct crossval *c, int64_t task, char *out, size_t size)
{
    long long repeat = task / c->folds + 1, fold = task % c->folds + 1, n = c->folds;
    char part[48] = "holdout", again[64] = "";
    if (c->v->repeats > 1)
        snprintf(again, sizeof again, "repeat %lld/%lld", repeat, (long long)c->v->repeats);
    if (c->v->kind != CNN_HOLDOUT)
        snprintf(part, sizeof part, "fold %lld/%lld", fold, n);
    if (!*again || c->v->kind == CNN_HOLDOUT)
        snprintf(out, size, "%s", *again ? again : part);
    else
        snprintf(out, size, "%s, %s", again, part);
    return out;
}

static struct cnn_logs logs_of(const struct crossval *c, int64_t task)
{
    struct cnn_logs logs = {0};
    cnn_logs_totals(&logs, c->m, "", &c->outcomes[task].totals);
    return logs;
}

static int fold_done(void *arg, int64_t task, const void *result)
{
    struct crossval *c = arg;
    const struct outcome *o = result;
    struct cnn_logs logs = logs_of(c, task);
    char name[128], text[2048];
    if (o->status != CNN_DONE)
        return 1;
    c->done++;
    if (c->r->o.quiet)
        return 0;
    cnn_logs_text(text, sizeof text, &logs);
    printf("%s%s\n", fold_name(c, task, name, sizeof name), text);
    fflush(stdout);
    return 0;
}

/* The mean over the n trainings in which this metric is defined. */
static void print_interval(const struct crossval *c, const char *key, const double *value, int64_t n)
{
    const struct cnn_interval s = n ? cnn_interval(value, n) : (struct cnn_interval){.mean = (double)NAN, .sd = -1};
    char mean[32], sd[32], low[32], high[32];
    printf("  %s: %s", key, cnn_number_text(key, s.mean, mean, sizeof mean));
    if (s.sd >= 0) /* there are several folds */
        printf(" ± %s (95%%: %s to %s)", cnn_value_text(s.sd, sd, sizeof sd), cnn_value_text(s.low, low, sizeof low),
               cnn_value_text(s.high, high, sizeof high));
    if (n && n < c->tasks)
        printf(", of %" PRId64 " of them: undefined in the others", n);
    putchar('\n');
}

static int print_summary(const struct crossval *c)
{
    const struct cnn_logs first = logs_of(c, 0);
    double *value = malloc((size_t)c->tasks * sizeof *value);
    if (!value)
        return cnn_fail(&c->r->error, "no memory for %" PRId64 " numbers", c->tasks);
    if (c->tasks > 1)
        printf("mean ± standard deviation of %" PRId64 " trainings, and the 95%% interval of the mean:\n", c->tasks);
    else
        printf("of one training:\n");
    for (int j = 0; j < first.n; j++) {
        int64_t n = 0;
        for (int64_t i = 0; i < c->tasks; i++) {
            const double v = logs_of(c, i).at[j].value;
            if (!isnan(v))
                value[n++] = v;
        }
        print_interval(c, first.at[j].key, value, n);
    }
    free(value);
    return 0;
}

static void write_rows(const struct crossval *c, FILE *f)
{
    const struct cnn_logs first = logs_of(c, 0);
    fputs("repeat,fold,train_rows,test_rows,epochs", f);
    for (int j = 0; j < first.n; j++)
        fprintf(f, ",%s", first.at[j].key);
    for (int64_t i = 0; i < c->tasks; i++) {
        const struct outcome *o = &c->outcomes[i];
        const struct cnn_logs logs = logs_of(c, i);
        fprintf(f, "\n%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64, i / c->folds + 1, i % c->folds + 1,
                o->train_rows, o->test_rows, o->epochs);
        for (int j = 0; j < logs.n; j++)
            fprintf(f, ",%.10g", logs.at[j].value);
    }
    fputc('\n', f);
}

static int write_csv(const struct crossval *c)
{
    struct cnn_atomic a = {0};
    if (!c->r->o.log || !cnn_is_first(c->r->peers))
        return 0;
    if (cnn_atomic_open(&a, c->r->o.log, &c->r->error) != 0)
        return -1;
    write_rows(c, a.file);
    return cnn_atomic_commit(&a, &c->r->error);
}

/* ---- before the first fold */

static int read_labels(struct crossval *c)
{
    const struct cnn_dataset *d = &c->whole.train;
    float *t = malloc((size_t)cnn_output(c->m)->size * sizeof *t);
    c->label = malloc((size_t)d->rows * sizeof *c->label);
    for (int64_t i = 0; t && c->label && i < d->rows; i++)
        c->label[i] = cnn_row_class(d, i, t);
    int status = t && c->label ? 0 : cnn_fail(&c->r->error, "no memory for the classes of %" PRId64 " rows", d->rows);
    free(t);
    return status;
}

/* As in scikit-learn: it is an error when no class has a row for every fold, a warning when only some classes have. */
static int check_classes(const struct crossval *c)
{
    int64_t least, most;
    if (cnn_class_sizes(c->label, c->whole.train.rows, &least, &most, &c->r->error) != 0)
        return -1;
    if (c->v->kind == CNN_KFOLD && most < c->v->k)
        return cnn_fail(&c->r->error, "%s: %" PRId64 " folds, but no class has more than %" PRId64 " rows",
                        c->whole.train.y_file, c->v->k, most);
    if (c->v->kind == CNN_KFOLD && least < c->v->k)
        cnn_warn(c->m->name, "%" PRId64 " folds, but the rarest class has only %" PRId64 " rows", c->v->k, least);
    return 0;
}

static int load_data(struct crossval *c)
{
    const struct cnn_options *s = &c->r->o;
    struct cnn_data_options o = {.dir = s->data_dir, .limit = s->limit, .whole = 1, .peers = c->r->peers};
    o.parts = CNN_PART_TRAIN | CNN_PART_VALIDATION;
    if (cnn_data_load(c->m, &o, &c->whole, &c->r->error) != 0)
        return -1;
    if (c->whole.train.rows == 0)
        return cnn_fail(&c->r->error, "%s: no training data: the data section has no 'train'", c->m->file);
    c->folds = cnn_folds_count(c->v, c->whole.train.rows, &c->r->error);
    if (c->folds < 0)
        return -1;
    return c->v->stratified && (read_labels(c) != 0 || check_classes(c) != 0) ? -1 : 0;
}

static int begin(struct crossval *c)
{
    const struct cnn_options *o = &c->r->o;
    if (!c->v)
        return cnn_fail(&c->r->error, "%s: no 'validate' says how to divide the rows, such as 'validate kfold k=5'",
                        c->m->file);
    if ((o->log && cnn_is_first(c->r->peers) && cnn_file_can_be_written(o->log, &c->r->error) != 0) ||
        load_data(c) != 0)
        return -1;
    c->tasks = c->folds * c->v->repeats;
    c->threads = cnn_threads_of_jobs(c->m, o);
    c->outcomes = calloc((size_t)c->tasks, sizeof *c->outcomes);
    return c->outcomes ? 0 : cnn_fail(&c->r->error, "no memory for %" PRId64 " folds", c->tasks);
}

/* ---- after the last fold */

static int interrupted(const struct crossval *c)
{
    fprintf(stderr, "%s: interrupted; %" PRId64 " of %" PRId64 " folds were done\n", c->m->name, c->done, c->tasks);
    return CNN_INTERRUPTED;
}

/* The error is that of the first fold that failed. */
static int failed(const struct crossval *c)
{
    const struct outcome *o = &c->outcomes[c->done];
    char name[128];
    if (o->status == CNN_INTERRUPTED)
        return interrupted(c);
    cnn_fail(&c->r->error, "%s: %.900s", fold_name(c, c->done, name, sizeof name), o->error.text);
    return CNN_TROUBLE;
}

static int crossval(struct crossval *c)
{
    if (begin(c) != 0)
        return CNN_TROUBLE;
    struct cnn_jobs jobs = {.tasks = c->tasks, .jobs = c->r->o.jobs > 0 ? c->r->o.jobs : 1, .arg = c};
    jobs.peers = c->r->peers;
    jobs.size = sizeof *c->outcomes;
    jobs.results = c->outcomes;
    jobs.run = fold_work;
    jobs.done = fold_done;
    int status = cnn_jobs_run(&jobs, &c->r->error);
    if (status == CNN_INTERRUPTED)
        return interrupted(c);
    if (status != CNN_DONE)
        return status;
    if (c->done < c->tasks)
        return failed(c);
    return write_csv(c) == 0 && print_summary(c) == 0 ? CNN_DONE : CNN_TROUBLE;
}

int cnn_crossval_command(struct cnn_run *r)
{
    struct crossval c = {.r = r, .m = r->m, .v = r->m->validate};
    int status = crossval(&c);
    cnn_data_free(&c.whole);
    free(c.label);
    free(c.outcomes);
    return status;
}
