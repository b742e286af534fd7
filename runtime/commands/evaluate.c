/* evaluate.c -- `evaluate`: loss and metrics of the test set, or of another part of the data. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "beside.h"
#include "commands/commands.h"
#include "data/data.h"
#include "engine/engine.h"
#include "ensemble/ensemble.h"
#include "report/report.h"
#include "support/support.h"
#include "train/train.h"

void cnn_print_result(const struct cnn_model *m, const char *prefix, const struct cnn_totals *t)
{
    char value[32];
    printf("%sloss: %s", prefix, cnn_value_text(cnn_totals_loss(t), value, sizeof value));
    if (m->train->penalized)
        printf(" - penalty: %s", cnn_value_text(t->rows ? t->penalty / (double)t->rows : 0, value, sizeof value));
    for (int j = 0; j < m->train->n_metrics; j++) {
        const char *name = m->train->metrics[j].name;
        double v;
        cnn_totals_metric(m, t, j, &v);
        printf(" - %s: %s", name, cnn_number_text(name, v, value, sizeof value));
    }
    putchar('\n');
    fflush(stdout);
}

void cnn_warn_not_finite(const struct cnn_model *m, const char *part, const struct cnn_totals *t)
{
    if (t->rows > 0 && !isfinite(cnn_totals_loss(t)))
        cnn_warn(m->name,
                 "the loss of the %s set is not finite: the weights have grown until outputs overflow; a smaller lr",
                 part);
}

static const struct part {
    const char *name;
    int bit; /* enum cnn_part */
} parts[] = {{"test", CNN_PART_TEST}, {"validation", CNN_PART_VALIDATION}, {"train", CNN_PART_TRAIN}};
enum { PARTS = sizeof parts / sizeof parts[0] };

/* The part that --part names; the first one without it. */
static const struct part *find_part(struct cnn_run *r)
{
    if (!r->o.part)
        return &parts[0];
    for (int i = 0; i < PARTS; i++)
        if (strcmp(r->o.part, parts[i].name) == 0)
            return &parts[i];
    cnn_fail(&r->error, "--part: no part '%s'; there are train, validation, test", r->o.part);
    return NULL;
}

static const struct cnn_dataset *rows_of(const struct cnn_datasets *d, int part)
{
    return part == CNN_PART_TEST ? &d->test : part == CNN_PART_TRAIN ? &d->train : &d->validation;
}

/* As training saw them, but never augmented. */
static int load_part(struct cnn_run *r, const struct part *part, struct cnn_datasets *d)
{
    struct cnn_normalize normalize;
    struct cnn_beside beside;
    struct cnn_data_options o = {.dir = r->o.data_dir, .parts = part->bit, .normalize = &normalize};
    if (cnn_run_beside(r, &beside) != 0)
        return -1;
    o.beside = &beside;
    o.beside_file = cnn_run_weights_path(r);
    int status = cnn_run_normalize(r, &normalize);
    if (status == 0) {
        status = cnn_data_load(r->m, &o, d, &r->error);
        cnn_normalize_free(&normalize);
    }
    cnn_beside_free(&beside);
    if (status != 0)
        return -1;
    if (rows_of(d, part->bit)->rows == 0)
        return cnn_fail(&r->error, "%s: no %s set: the data section has no '%s'; --part names another", r->m->file,
                        part->name, part->name);
    return 0;
}

/* The rows of the part that is wanted, and nobody yet who answers for them. */
static int look_at_rows(struct cnn_run *r, struct cnn_datasets *d, struct cnn_look *l)
{
    const struct part *part = find_part(r);
    if (!part)
        return CNN_USAGE;
    if (load_part(r, part, d) != 0)
        return CNN_TROUBLE;
    *l = (struct cnn_look){.m = r->m, .d = rows_of(d, part->bit), .part = part->name, .threads = r->o.threads};
    l->names = l->d->classes ? l->d->classes : d->train.classes;
    return CNN_DONE;
}

static int look_with_engine(struct cnn_run *r, struct cnn_engine *g, struct cnn_look *l)
{
    l->g = g;
    if (cnn_engine_open(g, r->m, r->o.threads, 0, l->d->rows, &r->error) != 0 || cnn_run_weights(r, g->theta) != 0)
        return CNN_TROUBLE;
    cnn_engine_prepare(g);
    return CNN_DONE;
}

int cnn_look_at_part(struct cnn_run *r, struct cnn_datasets *d, struct cnn_engine *g, struct cnn_fitted *f,
                     struct cnn_look *l)
{
    int status = look_at_rows(r, d, l);
    if (status != CNN_DONE)
        return status;
    if (cnn_run_ensemble(r, f) != 0)
        return CNN_TROUBLE;
    if (!f->members)
        return look_with_engine(r, g, l);
    l->ensemble = f;
    return CNN_DONE;
}

static void evaluate_network(struct cnn_run *r, const struct cnn_look *l)
{
    struct cnn_totals totals;
    cnn_engine_evaluate(l->g, l->d, l->d->rows, &totals);
    cnn_print_result(r->m, "", &totals);
    cnn_warn_not_finite(r->m, l->part, &totals);
}

/* What an ensemble says has metrics, but no loss. */
static int evaluate_ensemble(struct cnn_run *r, const struct cnn_look *l)
{
    struct cnn_totals totals;
    struct cnn_logs logs = {0};
    char text[2048];
    if (cnn_fitted_evaluate(l->ensemble, l->d, l->threads, &totals, &r->error) != 0)
        return CNN_TROUBLE;
    cnn_logs_metrics(&logs, r->m, "", &totals);
    cnn_logs_text(text, sizeof text, &logs);
    printf("ensemble of %lld%s\n", (long long)l->ensemble->members, text);
    return CNN_DONE;
}

static int evaluate(struct cnn_run *r, const struct cnn_look *l)
{
    int status = CNN_DONE;
    if (l->ensemble)
        status = evaluate_ensemble(r, l);
    else
        evaluate_network(r, l);
    return status == CNN_DONE && r->o.verbose && cnn_look_print(l, &r->error) != 0 ? CNN_TROUBLE : status;
}

int cnn_evaluate_command(struct cnn_run *r)
{
    struct cnn_engine g = {0};
    struct cnn_fitted f = {0};
    struct cnn_datasets d = {0};
    struct cnn_look l;
    int status = cnn_look_at_part(r, &d, &g, &f, &l);
    if (status == CNN_DONE)
        status = evaluate(r, &l);
    cnn_engine_close(&g);
    cnn_fitted_free(&f);
    cnn_data_free(&d);
    return status;
}
