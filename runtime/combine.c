/* combine.c -- what the members of an ensemble say together, and how good that is. Sums run over the members in their order. */
#include <stdlib.h>
#include <string.h>

#include "ensemble.h"

static int64_t said(const float *y, int64_t size)
{
    int64_t best = 0;
    for (int64_t k = 1; k < size; k++)
        if (y[k] > y[best])
            best = k;
    return best;
}

static void add_output(enum cnn_combine how, const float *y, int64_t size, double weight, double *sum)
{
    if (how == CNN_SOFT)
        for (int64_t k = 0; k < size; k++)
            sum[k] += weight * (double)y[k];
    else if (size > 1)
        sum[said(y, size)] += weight;
    else
        sum[0] += y[0] > 0.5f ? weight : 0;
}

/* sum: room for `size` numbers. Returns the weight of all that were asked. */
static double combine_row(enum cnn_combine how, const struct cnn_outputs *o, int64_t row, double *sum)
{
    double all = 0;
    memset(sum, 0, (size_t)o->size * sizeof *sum);
    for (int64_t i = 0; i < o->members; i++) {
        double weight = o->weight ? o->weight[i] : 1;
        if (weight == 0 || (o->silent && o->silent[i][row]))
            continue;
        add_output(how, o->y[i] + row * o->size, o->size, weight, sum);
        all += weight;
    }
    return all;
}

int cnn_combine(enum cnn_combine how, const struct cnn_outputs *o, float *y, unsigned char *heard)
{
    double *sum = malloc((size_t)o->size * sizeof *sum);
    if (!sum)
        return -1;
    for (int64_t row = 0; row < o->rows; row++) {
        double all = combine_row(how, o, row, sum);
        for (int64_t k = 0; k < o->size; k++)
            y[row * o->size + k] = all > 0 ? (float)(sum[k] / all) : 0;
        if (heard)
            heard[row] = all > 0;
    }
    free(sum);
    return 0;
}

/* ---- how good is it? */

struct scorer {
    const struct cnn_model *m;
    const struct cnn_dataset *d;
    float *x; /* for one chunk: inputs are gathered with the targets */
    void *target;
    double *state;
};

static void score_chunks(const struct scorer *s, const float *y, struct cnn_totals *out)
{
    const struct cnn_model *m = s->m;
    for (int64_t first = 0; first < s->d->rows; first += m->chunk) {
        int n = s->d->rows - first < m->chunk ? (int)(s->d->rows - first) : m->chunk;
        cnn_gather(s->d, NULL, first, n, s->x, s->target);
        cnn_metrics_add(m, y + first * m->y_size, s->target, n, out->metric);
        if (s->state)
            cnn_state_add(m, y + first * m->y_size, s->target, n, s->state);
    }
    out->rows = s->d->rows;
    out->counted = 1;
    if (s->state)
        cnn_state_values(m, s->state, out->metric);
}

int cnn_score_outputs(const struct cnn_model *m, const struct cnn_dataset *d, const float *y, struct cnn_totals *out,
                      struct cnn_error *e)
{
    struct cnn_layout l = {0};
    size_t chunk = (size_t)m->chunk, states = cnn_state_size(m);
    size_t x = cnn_layout_add(&l, chunk * (size_t)m->x_size, sizeof(float));
    size_t target = cnn_layout_add(&l, chunk * (size_t)m->y_size, sizeof(float));
    size_t state = cnn_layout_add(&l, states, sizeof(double));
    char *at = cnn_layout_alloc(&l, "metrics", e);
    struct scorer s = {.m = m, .d = d};
    *out = (struct cnn_totals){0};
    if (!at)
        return -1;
    s.x = (float *)(void *)(at + x);
    s.target = at + target;
    s.state = states ? (double *)(void *)(at + state) : NULL;
    score_chunks(&s, y, out);
    free(at);
    return 0;
}
