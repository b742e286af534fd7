/* combine.c -- the common output of an ensemble's members, and its score. Sums run over the members in their order. */
#include <stdlib.h>
#include <string.h>

#include "data/data.h"
#include "engine/engine.h"
#include "ensemble/ensemble.h"
#include "support/support.h"

const struct cnn_model *cnn_member_model(const struct cnn_model *m, int64_t i)
{
    const struct cnn_ensemble *e = m->ensemble;
    int64_t n = e ? i % (1 + e->n_others) : 0;
    return n ? e->others[n - 1] : m;
}

/* ---- sums: the mean of the outputs, or the share of the votes */

struct cnn_meaning cnn_common_meaning(const struct cnn_model *m)
{
    struct cnn_meaning is = *cnn_meaning(m);
    if (is.values == CNN_LOGITS)
        is.values = CNN_PROBABILITIES;
    return is;
}

/* Averages probabilities, not logits: a member whose logits are far from zero would outvote the others. */
static void add_mean(const struct cnn_model *m, const float *y, double weight, double *sum)
{
    const int64_t last = cnn_output(m)->shape[cnn_output(m)->rank - 1];
    for (int64_t at = 0; at < cnn_output(m)->size; at += last) {
        const double log_sum = cnn_log_sum(cnn_meaning(m), y + at, last);
        for (int64_t k = at; k < at + last; k++)
            sum[k] += weight * cnn_probability(cnn_meaning(m), y[k], log_sum);
    }
}

/* Adds the output y of one member; m is the member's network. */
static void add_output(enum cnn_combine how, const struct cnn_model *m, const float *y, double weight, double *sum)
{
    const int64_t size = cnn_output(m)->size, class = how == CNN_HARD ? cnn_said_class(cnn_meaning(m), y, size) : 0;
    if (how == CNN_SOFT)
        add_mean(m, y, weight, sum);
    else if (class >= 0 && size > 1)
        sum[class] += weight;
    else
        sum[0] += class > 0 ? weight : 0;
}

static double weight_of(const struct cnn_outputs *o, int64_t member, int64_t row)
{
    return o->skip && o->skip[member][row] ? 0 : o->weight ? o->weight[member] : 1;
}

/* work: room for `size` numbers. Returns the total weight of the members that were asked. */
static double sum_row(enum cnn_combine how, const struct cnn_outputs *o, int64_t row, double *work, float *y)
{
    double all = 0;
    memset(work, 0, (size_t)o->size * sizeof *work);
    for (int64_t i = 0; i < o->members; i++) {
        double weight = weight_of(o, i, row);
        if (weight > 0)
            add_output(how, cnn_member_model(o->m, i), o->y[i] + row * o->size, weight, work);
        all += weight;
    }
    for (int64_t k = 0; k < o->size; k++)
        y[k] = all > 0 ? (float)(work[k] / all) : 0;
    return all;
}

/* ---- the weighted median of one number: the least answer such that this and the smaller ones have at least half of
 * the weight */

struct vote {
    float y;
    double weight;
    int64_t member;
};

static int by_number(const void *a, const void *b)
{
    const struct vote *p = a, *q = b;
    if (p->y != q->y)
        return p->y < q->y ? -1 : 1;
    return p->member < q->member ? -1 : p->member > q->member;
}

static double median_row(const struct cnn_outputs *o, int64_t row, struct vote *work, float *y)
{
    double all = 0, sum = 0;
    int64_t i = 0;
    for (int64_t k = 0; k < o->members; k++) {
        work[k] = (struct vote){o->y[k][row], weight_of(o, k, row), k};
        all += work[k].weight;
    }
    qsort(work, (size_t)o->members, sizeof *work, by_number);
    for (; i < o->members && (sum += work[i].weight) < 0.5 * all; i++)
        continue;
    y[0] = all > 0 && i < o->members ? work[i].y : 0;
    return all;
}

int cnn_combine(enum cnn_combine how, const struct cnn_outputs *o, float *y, unsigned char *counted)
{
    size_t sums = (size_t)o->size * sizeof(double), votes = (size_t)o->members * sizeof(struct vote);
    void *work = malloc(how == CNN_MEDIAN ? votes : sums);
    for (int64_t row = 0; work && row < o->rows; row++) {
        float *own = y + row * o->size;
        double all = how == CNN_MEDIAN ? median_row(o, row, work, own) : sum_row(how, o, row, work, own);
        if (counted)
            counted[row] = all > 0;
    }
    free(work);
    return work ? 0 : -1;
}

/* ---- the score of an output */

struct scorer {
    const struct cnn_model *m;
    const struct cnn_dataset *d;
    float *x; /* for one chunk; inputs are gathered together with the targets */
    void *target;
    double *state;
};

static void score_chunks(const struct scorer *s, const float *y, struct cnn_totals *out)
{
    const struct cnn_model *m = s->m;
    for (int64_t first = 0; first < s->d->rows; first += m->chunk) {
        int n = s->d->rows - first < m->chunk ? (int)(s->d->rows - first) : m->chunk;
        cnn_gather(s->d, NULL, first, n, s->x, s->target);
        cnn_metrics_add(m, y + first * cnn_output(m)->size, s->target, n, out->metric);
        if (s->state)
            cnn_state_add(m, y + first * cnn_output(m)->size, s->target, n, s->state);
    }
    out->rows = s->d->rows;
    out->counted = 1;
    if (s->state)
        cnn_state_values(m, s->state, out->metric);
}

int cnn_score_outputs(const struct cnn_model *m, const struct cnn_meaning *is, const struct cnn_dataset *d,
                      const float *y, struct cnn_totals *out, struct cnn_error *e)
{
    const struct cnn_output output = {*cnn_output(m), *is};
    struct cnn_model said = *m;
    said.outputs = &output;
    struct cnn_arena l = {0};
    size_t chunk = (size_t)m->chunk, states = cnn_state_size(m);
    size_t x = cnn_arena_add(&l, chunk * (size_t)cnn_input(m)->size, sizeof(float));
    size_t target = cnn_arena_add(&l, chunk * (size_t)cnn_output(m)->size, sizeof(float));
    size_t state = cnn_arena_add(&l, states, sizeof(double));
    char *at = cnn_arena_alloc(&l, "metrics", e);
    struct scorer s = {.m = &said, .d = d};
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
