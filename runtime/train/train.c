/* train.c -- a training run: its epochs, what happens between them, and how it stops without losing work. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "beside.h"
#include "data/data.h"
#include "engine/engine.h"
#include "support/peers.h"
#include "support/support.h"
#include "train/fit.h"
#include "weights/weights.h"

static void end_line(const struct cnn_fit *f)
{
    if (f->progress.tty)
        putchar('\n');
    fflush(stdout);
}

/* ---- between epochs */

/* Rank 0 writes what all ranks have. */
static int save_as(struct cnn_fit *f, const char *path)
{
    int status = 0;
    if (!path)
        return 0;
    if (f->together)
        cnn_together_settle(f);
    cnn_meet_state(&f->g);
    cnn_meet_lanes(&f->g);
    if (f->together)
        cnn_together_meet(f);
    if (cnn_is_first(f->r->peers))
        status = cnn_checkpoint_write(f->m, f->g.theta, f->g.state, &f->at, path, &f->r->error);
    cnn_meeting_forget(&f->g);
    if (cnn_peers_agree(f->r->peers, status, &f->r->error) != 0)
        return -1;
    f->last_good = path;
    return 0;
}

static int save(struct cnn_fit *f)
{
    return save_as(f, f->save);
}

static void say(const struct cnn_fit *f, const char *fmt, ...) CNN_PRINTF(2, 3);
static void say(const struct cnn_fit *f, const char *fmt, ...)
{
    va_list args;
    if (f->r->o.quiet)
        return;
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    fflush(stdout);
}

static void begin_epoch(struct cnn_fit *f)
{
    if (f->at.step == 0)
        cnn_lanes_clear(&f->g.lanes);
    if (f->together)
        cnn_together_begin_epoch(f);
    if (f->order)
        cnn_permutation(f->at.seed, (uint64_t)f->at.epoch, f->order, f->data.train.rows);
    say(f, "Epoch %lld/%lld\n", (long long)f->at.epoch + 1, (long long)f->epochs);
    cnn_progress_begin(&f->progress, f->at.step, f->steps, f->r->o.quiet);
}

/* The weights of the best epoch are copied, since training goes on changing its own. */
static void keep_best(struct cnn_fit *f)
{
    if (!cnn_position_has_other(&f->at))
        return;
    if (f->together)
        cnn_together_keep_best(f);
    else
        memcpy(f->at.other, f->g.theta, f->m->core.theta * sizeof *f->at.other);
}

/* Runs the callbacks. */
static void watch(struct cnn_fit *f, const struct cnn_logs *logs, double lr, int *verdict)
{
    const struct cnn_train *t = f->m->train;
    struct cnn_callbacks *c = &f->at.callbacks;
    *verdict = cnn_callbacks_epoch(t, c, f->at.epoch, lr, logs);
    if (*verdict & CNN_BEST_WEIGHTS)
        keep_best(f);
    if (*verdict & CNN_REDUCED && f->together)
        say(f, "epoch %lld: %s is no better; every learning rate is multiplied by %g\n", (long long)f->at.epoch + 1,
            t->reduce_lr.monitor.key, t->reduce_lr.factor);
    else if (*verdict & CNN_REDUCED)
        say(f, "epoch %lld: %s is no better; the learning rate falls from %g to %g\n", (long long)f->at.epoch + 1,
            t->reduce_lr.monitor.key, lr, cnn_fit_rate(f, f->at.t - 1));
    if (*verdict & CNN_STOP)
        say(f, "epoch %lld: stopping early, as %s was best in epoch %lld\n", (long long)f->at.epoch + 1,
            t->early_stopping.monitor.key, (long long)c->early.best_epoch + 1);
}

static int to_be_seen(const struct cnn_fit *f)
{
    return f->r->o.verbose || f->r->o.plots;
}

/* Of several models, the one that answers may have nothing that the data are compared with. */
static int validates(const struct cnn_fit *f)
{
    return f->data.validation.rows > 0 && f->tested.model;
}

/* Evaluation counts in the same lanes as the epoch, so the counts of the epoch are copied first. Returns 1 when a
 * signal came; then the counts of the epoch are put back, so that the run can be resumed. */
static int validate(struct cnn_fit *f, struct cnn_totals *out)
{
    if (!validates(f))
        return 0;
    if (f->counted)
        memcpy(f->counted, f->at.state, f->at.state_size * sizeof *f->counted);
    cnn_tested_freshen(f);
    cnn_engine_evaluate(f->tested.engine, &f->tested.rows->validation, f->data.validation.rows, out);
    if (!cnn_fit_asked(f))
        return 0;
    if (f->counted)
        memcpy(f->at.state, f->counted, f->at.state_size * sizeof *f->counted);
    return 1;
}

/* The numbers of an epoch. validation: the totals of the validation rows, NULL when there are none. */
static struct cnn_logs logs_of(const struct cnn_fit *f, const struct cnn_totals *train,
                               const struct cnn_totals *validation, double lr)
{
    struct cnn_logs logs = {0};
    if (f->together)
        cnn_together_logs(f, &logs);
    else
        cnn_logs_totals(&logs, f->m, "", train);
    if (validation)
        cnn_logs_totals(&logs, f->tested.model, "val_", validation);
    if (f->m->train->reduce_lr.monitor.key && f->together)
        cnn_together_log_rates(f, &logs);
    else if (f->m->train->reduce_lr.monitor.key)
        cnn_logs_add(&logs, "", "learning_rate", lr);
    return logs;
}

/* The keys that every epoch will have. */
static struct cnn_logs keys_of(const struct cnn_fit *f)
{
    const struct cnn_totals any = {.rows = 1, .counted = 1};
    return logs_of(f, &any, validates(f) ? &any : NULL, 0);
}

static int saves(const struct cnn_fit *f)
{
    return f->save || f->keep;
}

static struct cnn_trained trained(struct cnn_fit *f)
{
    return (struct cnn_trained){
        .engine = &f->g, .data = &f->data, .tested = &f->tested, .history = &f->history, .saves = saves(f)};
}

/* What the caller does after each epoch. */
static int tell_epoch(struct cnn_fit *f)
{
    const struct cnn_trained t = trained(f);
    const int last = f->at.epoch == f->epochs || f->at.callbacks.early.stopped;
    if (!f->how->epoch)
        return 0;
    return cnn_peers_agree(f->r->peers, cnn_is_first(f->r->peers) ? f->how->epoch(f->r, &t, f->at.epoch, last) : 0,
                           &f->r->error);
}

static int end_epoch(struct cnn_fit *f)
{
    struct cnn_totals totals = f->at.totals, validation;
    const double lr = f->together ? cnn_together_rate(f) : cnn_fit_rate(f, f->at.t - 1);
    int verdict, status = 0;
    cnn_meet_lanes(&f->g);
    if (f->together)
        cnn_together_end_epoch(f);
    else
        cnn_lanes_count(&f->g.lanes, f->m, &totals);
    if (validate(f, &validation) != 0)
        return CNN_INTERRUPTED;
    const struct cnn_logs logs = logs_of(f, &totals, validates(f) ? &validation : NULL, lr);
    cnn_progress_end(&f->progress, f->at.step, &logs);
    if (cnn_is_first(f->r->peers))
        status = cnn_log_row(&f->log, f->at.epoch, &logs, &f->r->error);
    if (status == 0 && to_be_seen(f))
        status = cnn_history_add(&f->history, f->at.epoch, &logs, &f->r->error);
    status = cnn_peers_agree(f->r->peers, status, &f->r->error);
    watch(f, &logs, lr, &verdict);
    f->at.epoch++;
    cnn_fit_snapshot(f);
    f->at.step = 0;
    f->at.totals = (struct cnn_totals){0};
    if (status == 0 && verdict & CNN_KEEP)
        status = save_as(f, f->keep);
    if (status == 0)
        status = tell_epoch(f);
    return save(f) != 0 || status != 0 ? CNN_TROUBLE : CNN_DONE;
}

static int stop_asked(struct cnn_fit *f)
{
    const char *name = f->m->name, *file = f->save;
    if (f->how->trial)
        return CNN_INTERRUPTED; /* the command that started the trial reports it */
    end_line(f);
    if (save(f) != 0)
        return CNN_TROUBLE;
    fprintf(stderr, "%s: interrupted at epoch %lld, step %lld; ", name, (long long)f->at.epoch + 1,
            (long long)f->at.step);
    if (!file)
        fprintf(stderr, "nothing was saved (--save FILE would)\n");
    else if (cnn_is_npz(file))
        fprintf(stderr, "saved %s (weights alone: it can begin a run, not resume this one)\n", file);
    else
        fprintf(stderr, "saved %s; --resume %s goes on\n", file, file);
    return CNN_INTERRUPTED;
}

static int stop_not_finite(struct cnn_fit *f)
{
    struct cnn_batch b = {.data = &f->data.train, .order = f->order, .seed = f->at.seed, .t = (uint64_t)f->at.t};
    char why[512];
    const char *what = isnan(f->bad_loss) ? "nan" : "inf";
    if (f->together) {
        end_line(f);
        return cnn_fail(&f->r->error, "the loss of '%s' is %s at epoch %lld, step %lld%s%s", cnn_together_bad(f), what,
                        (long long)f->at.epoch + 1, (long long)f->at.step + 1,
                        f->last_good ? "; the last good checkpoint is " : "", f->last_good ? f->last_good : "");
    }
    b.first = f->at.step * f->m->train->batch;
    b.n = cnn_fit_images(f, f->at.step);
    end_line(f);
    cnn_diagnose(f->m, f->g.theta, &b, why, sizeof why);
    return cnn_fail(&f->r->error, "the loss is %s at epoch %lld, step %lld: %s%s%s", what, (long long)f->at.epoch + 1,
                    (long long)f->at.step + 1, why, f->last_good ? "; the last good checkpoint is " : "",
                    f->last_good ? f->last_good : "");
}

static int simulates(const struct cnn_fit *f)
{
    return f->how->watch && f->how->watch->took;
}

static int epochs(struct cnn_fit *f)
{
    while (f->at.epoch < f->epochs && !f->at.callbacks.early.stopped) {
        begin_epoch(f);
        if (f->together)
            cnn_together_steps(f);
        else
            cnn_pool_run(f->g.pool, simulates(f) ? cnn_fit_simulate : cnn_fit_steps, f);
        if (f->not_finite) {
            cnn_peers_agree(f->r->peers, stop_not_finite(f), &f->r->error);
            return CNN_TROUBLE;
        }
        if (f->watched == CNN_ENOUGH)
            return CNN_DONE;
        if (f->at.step < f->steps)
            return stop_asked(f);
        const int ended = end_epoch(f);
        if (ended == CNN_TROUBLE)
            return ended;
        if (ended == CNN_INTERRUPTED || cnn_fit_asked(f))
            return stop_asked(f);
    }
    return CNN_DONE;
}

static void restore_own(struct cnn_fit *f)
{
    cnn_fit_exchange(f->g.theta, f->at.other, f->m->core.theta);
    cnn_engine_prepare(&f->g);
}

/* At the end of a run its weights become the best ones. A checkpoint holds the last ones too, so that the run can go
 * on. */
static int restore_best(struct cnn_fit *f)
{
    const struct cnn_callbacks *c = &f->at.callbacks;
    if (!cnn_position_has_other(&f->at) || c->early.best_epoch < 0)
        return 0;
    f->at.restored = 1;
    if (f->together)
        cnn_together_restore_best(f);
    else
        restore_own(f);
    say(f, "restored the weights of epoch %lld, when %s was best\n", (long long)c->early.best_epoch + 1,
        f->m->train->early_stopping.monitor.key);
    return save(f);
}

/* Whether there are any. A rank has those of its slice. */
static int take_own_averages(struct cnn_fit *f)
{
    const float *mean = cnn_averages(f->m, f->g.state);
    if (!mean)
        return 0;
    memcpy(f->g.theta, mean, f->m->core.trained * sizeof *mean);
    if (f->g.meeting)
        cnn_meet_theta(&f->g);
    cnn_engine_prepare(&f->g);
    return 1;
}

/* At the end of a run running means take the place of the parameters. */
static int take_averages(struct cnn_fit *f)
{
    if (f->at.t == 0 || !(f->together ? cnn_together_take_averages(f) : take_own_averages(f)))
        return 0;
    say(f, "the weights are their running means now\n");
    return save(f);
}

/* ---- before the first epoch */

/* When the run begins with the weights of a file, the rows are normalised as that file says. */
static int load_spec_data(struct cnn_fit *f)
{
    const char *from = f->r->o.resume ? f->r->o.resume : f->r->o.weights;
    struct cnn_error *e = &f->r->error;
    struct cnn_normalize known = CNN_NOT_NORMALIZED;
    struct cnn_beside beside = {0};
    struct cnn_data_options o = {.dir = f->r->o.data_dir, .limit = f->r->o.limit, .peers = f->r->peers};
    const struct cnn_model *m = cnn_together_rows(f);
    o.parts = CNN_PART_TRAIN | CNN_PART_VALIDATION | CNN_PART_TEST;
    if (from && cnn_beside_read(from, &beside, e) != 0)
        return -1;
    o.beside = from ? &beside : NULL;
    o.beside_file = from;
    const int remembered = cnn_normalize_is_fitted(m) ? cnn_normalize_remembered(m, &beside, from, &known, e) : 0;
    if (remembered > 0)
        o.normalize = &known;
    if (f->r->o.weights && !cnn_normalize_is_fitted(m))
        cnn_normalize_compare(m, &beside, from);
    int status = remembered < 0 ? -1 : cnn_data_load(m, &o, &f->data, e);
    cnn_normalize_free(&known);
    cnn_beside_free(&beside);
    return status;
}

static int load_data(struct cnn_fit *f)
{
    int status = 0;
    if (f->how->trial)
        f->data = *f->how->trial->data;
    else if (f->how->watch)
        f->data = (struct cnn_datasets){.train = *f->how->watch->rows, .normalize = f->how->watch->rows->normalize};
    else
        status = load_spec_data(f);
    if (status == 0 && f->together && !f->how->trial && cnn_net_of(f->m))
        status = cnn_data_arrange(f->m, &f->data, &f->r->error);
    if (status != 0)
        return -1;
    if (f->data.train.rows == 0)
        return cnn_fail(&f->r->error, "%s: no training data: the data section has no 'train'", f->m->file);
    f->steps = (f->data.train.rows + f->m->train->batch - 1) / f->m->train->batch;
    f->until = f->steps;
    if (f->epochs > INT64_MAX / f->steps)
        return cnn_fail(&f->r->error, "%lld epochs of %lld steps are more than can be counted", (long long)f->epochs,
                        (long long)f->steps);
    return 0;
}

static int alloc_tables(struct cnn_fit *f)
{
    if (f->m->train->shuffle && !f->r->o.no_shuffle) {
        f->order = malloc((size_t)f->data.train.rows * sizeof *f->order);
        if (!f->order)
            return cnn_fail(&f->r->error, "no memory for the order of %lld rows", (long long)f->data.train.rows);
    }
    if (f->m->train->early_stopping.restore_best && !f->together) {
        f->at.other = calloc(f->m->core.theta, sizeof *f->at.other);
        if (!f->at.other)
            return cnn_fail(&f->r->error, "no memory for the weights of the best epoch");
    }
    if (cnn_several(f->r->peers)) {
        f->marks = calloc((size_t)f->r->peers->ranks, sizeof *f->marks);
        if (!f->marks)
            return cnn_fail(&f->r->error, "no memory for what ranks tell one another");
    }
    return 0;
}

static int open_engine(struct cnn_fit *f)
{
    const int64_t rows = f->data.validation.rows > f->data.test.rows ? f->data.validation.rows : f->data.test.rows;
    const enum cnn_engine_use use = f->together    ? CNN_PREDICTS
                                    : simulates(f) ? CNN_SIMULATES
                                    : f->r->o.pin  ? CNN_TRAINS_PINNED
                                                   : CNN_TRAINS;
    /* a model that answers for targets does so on the threads of the phases */
    const int64_t threads = f->together && !f->r->o.threads ? cnn_default_cores() : f->r->o.threads;
    if (cnn_engine_open(&f->g, f->m, f->r->peers, threads, use, rows, &f->r->error) != 0)
        return -1;
    if (!f->together && f->r->o.threads > f->g.useful && !f->how->trial && !simulates(f) && !f->r->o.quiet)
        cnn_note(f->m->name,
                 "%d threads are as many as have work in a step of this network; --threads %lld was asked for",
                 f->g.useful, (long long)f->r->o.threads);
    return 0;
}

/* Of one model. */
static int open_counts(struct cnn_fit *f)
{
    int failed = 0;
    f->class_weight = cnn_class_weights(f->m, &f->data.train, &failed, &f->r->error);
    if (failed)
        return -1;
    f->at.state = f->g.lanes.at;
    f->at.state_size = (size_t)f->m->chunks * f->g.lanes.size;
    if (f->at.state_size == 0 || f->data.validation.rows == 0)
        return 0;
    f->counted = malloc(f->at.state_size * sizeof *f->counted);
    return f->counted ? 0 : cnn_fail(&f->r->error, "no memory for metrics");
}

static int alloc(struct cnn_fit *f)
{
    if (alloc_tables(f) != 0 || open_engine(f) != 0)
        return -1;
    if (!f->together)
        return cnn_tested_open(f) != 0 || open_counts(f) != 0;
    return cnn_together_open(f) != 0 || cnn_tested_open(f) != 0 ||
           (f->m->train->early_stopping.restore_best && cnn_together_keeps(f) != 0);
}

static int check_resumed(struct cnn_fit *f, uint64_t seed)
{
    const struct cnn_position *p = &f->at;
    const char *path = f->r->o.resume;
    if (f->r->o.seed_given && p->seed != seed)
        return cnn_fail(&f->r->error, "%s: was begun with --seed %llu, not %llu; --force goes on all the same", path,
                        (unsigned long long)p->seed, (unsigned long long)seed);
    if (p->step > 0 && p->shuffled != (f->order != NULL))
        return cnn_fail(&f->r->error, "%s: stands in the middle of an epoch %s; go on %s --no-shuffle", path,
                        p->shuffled ? "of shuffled rows" : "of rows in their order", p->shuffled ? "without" : "with");
    if (p->step > f->steps || (p->step > 0 && (p->rows != f->data.train.rows || p->batch != f->m->train->batch)))
        return cnn_fail(&f->r->error,
                        "%s: stands in the middle of an epoch of %lld rows in batches of %lld, not of %lld in %lld",
                        path, (long long)p->rows, (long long)p->batch, (long long)f->data.train.rows,
                        (long long)f->m->train->batch);
    return 0;
}

static int load_weights(struct cnn_fit *f)
{
    uint64_t seed = cnn_run_seed(f->r);
    if (!f->how->watch && !f->how->trial) {
        if (cnn_identity_make(f->r, &f->data, f->order != NULL, &f->identity, &f->r->error) != 0)
            return -1;
        f->at.identity = &f->identity;
    }
    f->at.seed = seed;
    cnn_callbacks_begin(f->m->train, &f->at.callbacks);
    if (f->together && cnn_together_begin(f, seed) != 0)
        return -1;
    if (!f->together)
        cnn_init_theta(f->m, f->g.theta, f->g.peers && f->m->state_init == 0 ? NULL : f->g.state, seed);
    if (!f->together && f->r->o.weights && cnn_weights_read(f->m, f->g.theta, f->r->o.weights, &f->r->error) != 0)
        return -1;
    if (!f->together && f->r->o.init && cnn_weights_transfer(f->m, f->g.theta, f->r->o.init, &f->r->error) != 0)
        return -1;
    if (f->r->o.resume) {
        if (cnn_checkpoint_read(f->m, f->g.theta, f->g.state, &f->at, f->r->o.resume, &f->r->error) != 0)
            return -1;
        if (check_resumed(f, seed) != 0)
            return -1;
        f->last_good = f->r->o.resume;
    }
    f->at.rows = f->data.train.rows;
    f->at.batch = f->m->train->batch;
    f->at.shuffled = f->order != NULL;
    f->at.beside = cnn_data_beside(&f->data);
    cnn_meeting_forget(&f->g);
    cnn_engine_prepare(&f->g);
    if (f->together)
        cnn_together_settle(f);
    return 0;
}

static int open_files(struct cnn_fit *f)
{
    const char *log = f->r->o.log ? f->r->o.log : f->m->train->log_csv;
    const struct cnn_train *t = f->m->train;
    if (f->how->watch || f->how->trial)
        return 0;
    if (t->checkpoint_best.key || t->checkpoint_every > 1)
        f->keep = t->checkpoint;
    f->save = f->r->o.save ? f->r->o.save : f->keep ? NULL : t->checkpoint;
    if (!cnn_is_first(f->r->peers))
        return 0;
    for (int i = 0; i < 2; i++) {
        const char *path = i ? f->keep : f->save;
        if (path && cnn_file_can_be_written(path, &f->r->error) != 0)
            return -1;
    }
    if (f->how->before_files && f->how->before_files(f->r) != 0)
        return -1;
    const struct cnn_logs keys = keys_of(f);
    if (keys.lost)
        return cnn_fail(&f->r->error,
                        "%s: an epoch has more than %d numbers, or one whose name has over %d letters: take "
                        "fewer metrics, or shorter names",
                        f->m->name, CNN_KEYS, (int)sizeof keys.at[0].key - 1);
    if (log && cnn_log_open(&f->log, log, f->at.epoch, &keys, f->r->o.force, &f->r->error) != 0)
        return -1;
    return log && to_be_seen(f) && f->log.has_header ? cnn_history_read(&f->history, log, &f->r->error) : 0;
}

int cnn_fit_open(struct cnn_fit *f)
{
    const struct cnn_options *o = &f->r->o;
    f->epochs = o->epochs > 0 ? o->epochs : f->m->train->epochs;
    f->schedule = f->m->train->schedule;
    if (o->lr > 0)
        f->schedule.lr = o->lr;
    if ((f->m->nets && cnn_together_new(f) != 0) || load_data(f) != 0)
        return -1;
    if (cnn_fit_cycles(f))
        f->schedule = (struct cnn_schedule){
            .kind = CNN_LR_COSINE, .lr = f->schedule.lr, .steps = f->epochs / cnn_fit_cycles(f) * f->steps};
    if (alloc(f) != 0 || load_weights(f) != 0 || open_files(f) != 0)
        return -1;
    if (f->at.callbacks.early.stopped)
        say(f, "%s: stopped early after epoch %lld; nothing is left to do\n", o->resume, (long long)f->at.epoch);
    else if (o->resume && f->at.epoch >= f->epochs)
        say(f, "%s: all of %lld epochs are done; more with --epochs\n", o->resume, (long long)f->epochs);
    return 0;
}

/* ---- after the last epoch */

static void report(struct cnn_fit *f, struct cnn_trial *t)
{
    if (t->totals && f->data.test.rows > 0)
        cnn_engine_evaluate(&f->g, &f->data.test, f->data.test.rows, t->totals);
    if (t->theta)
        memcpy(t->theta, f->g.theta, f->m->core.theta * sizeof *t->theta);
    t->epochs = f->at.epoch;
}

static int fit(struct cnn_fit *f)
{
    if (cnn_peers_agree(f->r->peers, cnn_fit_open(f), &f->r->error) != 0 || cnn_fit_check_ranks(f) != 0)
        return CNN_TROUBLE;
    if (f->how->begins)
        f->how->begins(f->r, saves(f));
    cnn_signals_wait(!f->how->watch); /* a bench has nothing to lose */
    int status = epochs(f);
    if (status == CNN_DONE && (take_averages(f) != 0 || restore_best(f) != 0))
        status = CNN_TROUBLE;
    if (status == CNN_DONE && f->r->o.resume && save(f) != 0) /* if no epoch was left, nothing has been saved yet */
        status = CNN_TROUBLE;
    if (cnn_peers_agree(f->r->peers, cnn_log_close(&f->log, &f->r->error), &f->r->error) != 0)
        status = CNN_TROUBLE;
    cnn_signals_wait(0);
    if (status == CNN_DONE && cnn_fit_asked(f))
        return stop_asked(f);
    if (status != CNN_DONE)
        return status;
    const struct cnn_trained t = trained(f);
    cnn_tested_freshen(f);
    if (f->how->trial)
        report(f, f->how->trial);
    return f->how->ended ? f->how->ended(f->r, &t) : CNN_DONE;
}

void cnn_fit_close(struct cnn_fit *f)
{
    cnn_tested_close(f);
    cnn_together_close(f);
    cnn_engine_close(&f->g);
    if (!f->how->watch && !f->how->trial)
        cnn_data_free(&f->data);
    free(f->order);
    free(f->at.other);
    free(f->class_weight);
    free(f->counted);
    free(f->marks);
    cnn_history_free(&f->history);
    cnn_identity_free(&f->identity);
}

int cnn_train(struct cnn_run *r, const struct cnn_training *how)
{
    struct cnn_fit f = {.r = r, .how = how, .m = r->m};
    const int status = fit(&f);
    cnn_fit_close(&f);
    return status;
}
