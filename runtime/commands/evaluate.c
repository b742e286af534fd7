/* evaluate.c -- `evaluate`: prints loss and metrics of the test set, or of another part of the data. */
#include <math.h>

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
    for (int i = 0; i < m->n_targets && m->n_targets > 1; i++)
        if (m->targets[i].loss)
            printf(" - %s_loss: %s", m->targets[i].port.name,
                   cnn_value_text(t->rows ? t->each[i] / (double)t->rows : 0, value, sizeof value));
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

static void evaluate_network(struct cnn_run *r, const struct cnn_look *l)
{
    struct cnn_totals totals;
    cnn_engine_evaluate(l->g, l->d, l->d->rows, &totals);
    cnn_print_result(r->m, "", &totals);
    cnn_warn_not_finite(r->m, l->part, &totals);
}

/* An ensemble has metrics but no loss. */
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
