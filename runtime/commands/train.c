/* train.c -- `train`: what is printed before and after a training: notes on missing files, results of the test rows,
 * pictures. */
#include <limits.h>
#include <stdio.h>

#include "commands/commands.h"
#include "data/data.h"
#include "engine/engine.h"
#include "report/report.h"
#include "support/peers.h"
#include "support/support.h"
#include "train/train.h"
#include "weights/weights.h"

/* A long training that saves nothing says so before it starts. */
static void note_unsaved(const struct cnn_run *r, int saves, const char *what)
{
    if (!saves && !r->o.quiet)
        fprintf(stderr, "%s: note: %s; --save FILE keeps the weights\n", r->m->name, what);
}

/* ---- the spec's samples */

static int check_samples(struct cnn_run *r)
{
    char path[PATH_MAX];
    for (int i = 0; i < r->m->n_samples; i++)
        if (cnn_samples_path(&r->m->samples[i], 1, path, sizeof path, &r->error) != 0 ||
            cnn_file_can_be_written(path, &r->error) != 0)
            return -1;
    return 0;
}

/* Rows that the network does not learn, if there are any. */
static const struct cnn_dataset *rows_to_show(const struct cnn_datasets *d)
{
    return d->test.rows > 0 ? &d->test : d->validation.rows > 0 ? &d->validation : &d->train;
}

static int draw_samples(struct cnn_run *r, const struct cnn_trained *t, int64_t epoch, int last)
{
    for (int i = 0; i < r->m->n_samples; i++) {
        const struct cnn_samples *s = &r->m->samples[i];
        char path[PATH_MAX];
        if (!last && epoch % s->every != 0)
            continue;
        if (cnn_samples_path(s, epoch, path, sizeof path, &r->error) != 0 ||
            cnn_samples_draw(r->m, s, rows_to_show(t->data), t->engine->theta, path, &r->error) != 0)
            return -1;
    }
    return 0;
}

/* ---- before the first epoch */

static int open_pictures(struct cnn_run *r)
{
    return r->o.plots && cnn_plots_open(r, &r->error) != 0 ? -1 : check_samples(r);
}

/* When the spec describes several networks, the user may think that `train` trains all of them. */
static void note_before(const struct cnn_run *r, int saves)
{
    if (r->m->ensemble && !r->o.quiet)
        fprintf(stderr, "%s: note: this trains one network; the command 'ensemble' trains all members\n", r->m->name);
    note_unsaved(r, saves, "nothing will be saved");
}

/* --quiet prints no result, so nothing is measured. */
static void test(const struct cnn_run *r, const struct cnn_trained *t)
{
    struct cnn_totals totals;
    const struct cnn_dataset *rows = &t->tested->rows->test;
    if (rows->rows == 0 || r->o.quiet || !t->tested->model)
        return;
    cnn_engine_evaluate(t->tested->engine, rows, rows->rows, &totals);
    cnn_print_result(t->tested->model, "test - ", &totals);
    cnn_warn_not_finite(r->m, "test", &totals);
}

/* Shows the network on the test rows or, without any, on the validation rows. A picture that cannot be drawn does not
 * make the training fail. */
static int look(struct cnn_run *r, const struct cnn_trained *t)
{
    const struct cnn_datasets *rows = t->tested->rows;
    const int tested = rows->test.rows > 0;
    struct cnn_look l = {.m = t->tested->model,
                         .g = t->tested->engine,
                         .d = tested ? &rows->test : &rows->validation,
                         .history = t->history};
    struct cnn_error e;
    if (!cnn_is_first(r->peers) || !t->tested->model)
        return CNN_DONE;
    l.part = tested ? "test" : "validation";
    l.names = l.d->classes ? l.d->classes : t->data->train.classes;
    if (r->o.verbose && cnn_look_print(&l, &r->error) != 0)
        return CNN_TROUBLE;
    if (r->o.plots && cnn_look_draw(r, &l, &e) != 0)
        cnn_warn(r->m->name, "%s", e.text);
    return CNN_DONE;
}

static int report(struct cnn_run *r, const struct cnn_trained *t)
{
    test(r, t);
    note_unsaved(r, t->saves, "nothing was saved");
    return look(r, t);
}

int cnn_train_command(struct cnn_run *r)
{
    const struct cnn_training how = {.before_files = open_pictures,
                                     .begins = note_before,
                                     .epoch = r->m->n_samples ? draw_samples : NULL,
                                     .ended = report};
    return cnn_train(r, &how);
}
