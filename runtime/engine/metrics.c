/* metrics.c -- metrics of predictions, and the sums from which losses and metrics are computed for display. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "data/data.h"
#include "engine/measured.h"

/* ---- one image */

static int64_t true_class(const struct cnn_measured *p, int64_t at)
{
    return p->dense ? cnn_argmax(p->dense + at, p->last) : p->labels[at / p->last];
}

static double accuracy_of_yes(const struct cnn_measured *p, double threshold)
{
    const double limit = cnn_yes_above(p->is, threshold);
    int64_t hits = 0;
    for (int64_t i = 0; i < p->size; i++)
        hits += !isnan(p->y[i]) && ((double)p->y[i] > limit) == (p->dense[i] > 0.5f);
    return (double)hits / (double)p->size;
}

static double accuracy(const struct cnn_measured *p, double threshold)
{
    int64_t hits = 0;
    if (!p->is->votes && p->dense)
        return accuracy_of_yes(p, threshold);
    for (int64_t at = 0; at < p->size; at += p->last)
        hits += !cnn_is_ignored(p, at) && cnn_likeliest(p->y + at, p->last) == true_class(p, at);
    return cnn_mean_of_answers(p, (double)hits);
}

static int in_top(const float *y, int64_t n, int64_t wanted, int k)
{
    int64_t above = 0;
    if (wanted < 0 || wanted >= n || !isfinite(y[wanted]) || cnn_likeliest(y, n) < 0)
        return 0;
    for (int64_t i = 0; i < n; i++)
        above += y[i] > y[wanted];
    return above < k;
}

static double top_k(const struct cnn_measured *p, int k)
{
    int64_t hits = 0;
    for (int64_t at = 0; at < p->size; at += p->last)
        hits += !cnn_is_ignored(p, at) && in_top(p->y + at, p->last, true_class(p, at), k);
    return cnn_mean_of_answers(p, (double)hits);
}

static double mean_of_image(const struct cnn_measured *p, const struct cnn_metric *k)
{
    switch (k->kind) {
    case CNN_ACCURACY: return accuracy(p, k->threshold);
    case CNN_TOP_K: return top_k(p, k->k);
    default: return cnn_difference(p, k->kind);
    }
}

static void add_metrics(const struct cnn_model *m, const float *y, const void *target, int n, double *sums)
{
    struct cnn_measured p = {.is = cnn_meaning(m),
                             .size = cnn_output(m)->size,
                             .last = cnn_output(m)->shape[cnn_output(m)->rank - 1],
                             .rule = &cnn_target(m)->takes};
    for (int i = 0; i < n; i++) {
        p.y = y + i * cnn_output(m)->size;
        if (cnn_is_sparse(m))
            p.labels = (const int32_t *)target + i * cnn_answers(m);
        else
            p.dense = (const float *)target + i * cnn_output(m)->size;
        for (int j = 0; j < m->train->n_metrics; j++)
            if (cnn_metric_is_sum(&m->train->metrics[j]))
                sums[j] += mean_of_image(&p, &m->train->metrics[j]);
    }
}

void cnn_metrics_add(const struct cnn_model *m, const float *y, const void *target, int n, double *sums)
{
    for (int i = 0; i < m->n_outputs; i++) {
        struct cnn_view v = {.first_metric = 0};
        const size_t real = sizeof(float);
        const char *from = (const char *)y + (i ? cnn_output_place(m, i, m->chunk, real) : 0),
                   *wanted = (const char *)target + (i ? cnn_target_place(m, i, m->chunk, real) : 0);
        const struct cnn_model *one = cnn_port_view(&v, m, i);
        add_metrics(one, (const float *)(const void *)from, wanted, n, sums + v.first_metric);
    }
}

/* ---- sums */

void cnn_slot_sum(const struct cnn_slot *slots, int64_t n, struct cnn_slot *out)
{
    *out = (struct cnn_slot){0};
    for (int64_t c = 0; c < n; c++) {
        out->sums.loss += slots[c].sums.loss;
        out->sums.penalty += slots[c].sums.penalty;
        for (int j = 0; j < CNN_MOST_PORTS; j++)
            out->sums.each[j] += slots[c].sums.each[j];
        for (int j = 0; j < CNN_METRICS; j++)
            out->metric[j] += slots[c].metric[j];
    }
}

void cnn_totals_add(struct cnn_totals *t, const struct cnn_slot *batch, int64_t rows, double penalty)
{
    t->rows += rows;
    t->loss += batch->sums.loss + (double)rows * (batch->sums.penalty + penalty);
    t->penalty += (double)rows * (batch->sums.penalty + penalty);
    for (int j = 0; j < CNN_METRICS; j++)
        t->metric[j] += batch->metric[j];
    for (int j = 0; j < CNN_MOST_PORTS; j++)
        t->each[j] += batch->sums.each[j];
}

static double mean(double sum, int64_t rows)
{
    return rows > 0 ? sum / (double)rows : 0;
}

double cnn_totals_loss(const struct cnn_totals *t)
{
    return mean(t->loss, t->rows);
}

int cnn_totals_metric(const struct cnn_model *m, const struct cnn_totals *t, int j, double *value)
{
    int sum = cnn_metric_is_sum(&m->train->metrics[j]);
    *value = sum ? mean(t->metric[j], t->rows) : t->metric[j];
    if (m->train->metrics[j].kind == CNN_RMSE)
        *value = sqrt(*value);
    return sum || t->counted;
}

/* ---- logs */

void cnn_logs_add(struct cnn_logs *l, const char *prefix, const char *key, double value)
{
    char name[sizeof l->at[0].key];
    int i = l->n;
    const int length = snprintf(name, sizeof name, "%s%s", prefix, key);
    if (length >= (int)sizeof name || i == (int)(sizeof l->at / sizeof l->at[0])) {
        l->lost = 1;
        return;
    }
    for (; i > 0 && strcmp(l->at[i - 1].key, name) > 0; i--)
        l->at[i] = l->at[i - 1];
    memcpy(l->at[i].key, name, sizeof name);
    l->at[i].value = value;
    l->n++;
}

const double *cnn_logs_find(const struct cnn_logs *l, const char *key)
{
    for (int i = 0; i < l->n; i++)
        if (strcmp(l->at[i].key, key) == 0)
            return &l->at[i].value;
    return NULL;
}

void cnn_logs_totals(struct cnn_logs *l, const struct cnn_model *m, const char *prefix, const struct cnn_totals *t)
{
    cnn_logs_add(l, prefix, "loss", cnn_totals_loss(t));
    for (int i = 0; i < m->n_targets && m->n_targets > 1; i++) {
        char key[2 * sizeof l->at[0].key]; /* one that is too long stays so */
        if (!m->targets[i].loss)
            continue;
        snprintf(key, sizeof key, "%s_loss", m->targets[i].port.name);
        cnn_logs_add(l, prefix, key, mean(t->each[i], t->rows));
    }
    if (m->train->penalized)
        cnn_logs_add(l, prefix, "penalty", mean(t->penalty, t->rows));
    cnn_logs_metrics(l, m, prefix, t);
}

void cnn_logs_metrics(struct cnn_logs *l, const struct cnn_model *m, const char *prefix, const struct cnn_totals *t)
{
    for (int j = 0; j < m->train->n_metrics; j++) {
        double value;
        if (cnn_totals_metric(m, t, j, &value))
            cnn_logs_add(l, prefix, m->train->metrics[j].name, value);
    }
}
