/* evaluate.c -- `evaluate`: loss and metrics of the test set. */
#include <string.h>

#include "run.h"

void cnn_print_result(const struct cnn_model *m, const char *prefix, const struct cnn_totals *t)
{
    char value[32];
    printf("%sloss: %s", prefix, cnn_value_text(cnn_totals_loss(t), value, sizeof value));
    if (m->train->penalized)
        printf(" - penalty: %s", cnn_value_text(t->rows ? t->penalty / (double)t->rows : 0, value, sizeof value));
    for (int j = 0; j < m->train->n_metrics; j++) {
        double v;
        cnn_totals_metric(m, t, j, &v);
        printf(" - %s: %s", m->train->metrics[j].name, cnn_value_text(v, value, sizeof value));
    }
    putchar('\n');
    fflush(stdout);
}

static int load_test_set(struct cnn_run *r, struct cnn_datasets *d)
{
    struct cnn_normalize normalize;
    struct cnn_data_options o = {.dir = r->o.data_dir, .parts = CNN_PART_TEST, .normalize = &normalize};
    if (cnn_run_normalize(r, &normalize) != 0 || cnn_data_load(r->m, &o, d, &r->error) != 0)
        return -1;
    if (d->test.rows == 0)
        return cnn_fail(&r->error, "%s: no test set: the data section has no 'test'", r->m->file);
    return 0;
}

static int evaluate(struct cnn_run *r, struct cnn_engine *g, struct cnn_datasets *d)
{
    struct cnn_totals totals;
    if (load_test_set(r, d) != 0 || cnn_engine_open(g, r->m, r->o.threads, 0, d->test.rows, &r->error) != 0)
        return CNN_TROUBLE;
    if (cnn_run_weights(r, g->theta) != 0)
        return CNN_TROUBLE;
    cnn_engine_prepare(g);
    cnn_engine_evaluate(g, &d->test, d->test.rows, &totals);
    cnn_print_result(r->m, "", &totals);
    return CNN_DONE;
}

int cnn_evaluate_command(struct cnn_run *r)
{
    struct cnn_engine g = {0};
    struct cnn_datasets d = {0};
    int status = evaluate(r, &g, &d);
    cnn_engine_close(&g);
    cnn_data_free(&d);
    return status;
}
