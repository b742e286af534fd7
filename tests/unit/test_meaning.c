/* test_meaning.c -- every metric against a plain computation. Outputs are probabilities, logits or numbers; there
 * is one, or several of which the largest wins, or several that say yes or no each. Answers and ensembles of them
 * follow. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "engine/engine.h"
#include "ensemble/ensemble.h"
#include "ports.h"

enum { ROWS = 300, MOST = 4 };

struct plain { /* p: what the outputs mean; t: what is true; label: the class of each row, where there are classes */
    struct cnn_meaning is;
    int64_t n; /* outputs */
    float y[ROWS * MOST], t[ROWS * MOST];
    double p[ROWS * MOST];
    int32_t label[ROWS];
};

static double uniform(void)
{
    return (double)rand() / ((double)RAND_MAX + 1);
}

/* ---- rows, and what they mean, by the definition */

static void mean_row(struct plain *q, int64_t row)
{
    const float *y = q->y + row * q->n;
    double *p = q->p + row * q->n, all = 0;
    for (int64_t k = 0; k < q->n; k++) {
        p[k] = (double)y[k];
        if (q->is.values == CNN_LOGITS)
            p[k] = q->is.votes ? exp((double)y[k]) : 1 / (1 + exp(-(double)y[k]));
        all += p[k];
    }
    for (int64_t k = 0; q->is.values == CNN_LOGITS && q->is.votes && k < q->n; k++)
        p[k] /= all;
}

static void fill(struct plain *q, enum cnn_values values, int votes, int64_t n)
{
    q->is = (struct cnn_meaning){values, votes, votes ? n : n == 1 ? 2 : 0};
    q->n = n;
    for (int64_t row = 0; row < ROWS; row++) {
        double all = 0;
        q->label[row] = (int32_t)(uniform() * (double)n);
        for (int64_t k = 0; k < n; k++) {
            const int yes = votes ? k == q->label[row] : uniform() < 0.4;
            const double lean = uniform() + (yes ? 0.2 : 0);
            float *y = &q->y[row * n + k];
            q->t[row * n + k] = (float)yes;
            *y = (float)(values == CNN_PROBABILITIES ? lean / 1.2 : 6 * lean - 3);
            all += (double)*y;
        }
        for (int64_t k = 0; values == CNN_PROBABILITIES && votes && k < n; k++)
            q->y[row * n + k] /= (float)all;
        mean_row(q, row);
    }
}

/* ---- metrics, by the definition */

static int64_t largest(const double *p, int64_t n)
{
    int64_t best = 0;
    for (int64_t k = 1; k < n; k++)
        best = p[k] > p[best] ? k : best;
    return best;
}

static int says(const struct plain *q, int64_t row, int64_t k, double threshold)
{
    const double *p = q->p + row * q->n;
    return q->is.votes ? largest(p, q->n) == k : p[k] > threshold;
}

static double mean_over_outputs(const struct plain *q, enum cnn_metric_kind kind)
{
    double sum = 0;
    for (int64_t i = 0; i < ROWS * q->n; i++) {
        const double d = q->p[i] - (double)q->t[i];
        sum += kind == CNN_MSE ? d * d : kind == CNN_MAE ? fabs(d) : (q->p[i] > 0.5) == (q->t[i] > 0.5f);
    }
    return sum / (double)(ROWS * q->n);
}

static double share_of_rows(const struct plain *q, int k)
{
    double right = 0;
    for (int64_t row = 0; row < ROWS; row++) {
        int above = 0;
        for (int64_t c = 0; c < q->n; c++)
            above += q->p[row * q->n + c] > q->p[row * q->n + q->label[row]];
        right += above < k;
    }
    return right / ROWS;
}

/* Computes the macro average: the mean over the outputs. */
static double counted(const struct plain *q, enum cnn_metric_kind kind, double threshold)
{
    double sum = 0;
    for (int64_t k = 0; k < q->n; k++) {
        double both = 0, said = 0, is = 0;
        for (int64_t row = 0; row < ROWS; row++) {
            const int yes = says(q, row, k, threshold), so = q->t[row * q->n + k] > 0.5f;
            both += yes && so;
            said += yes;
            is += so;
        }
        sum += kind == CNN_PRECISION ? both / said : kind == CNN_RECALL ? both / is : 2 * both / (said + is);
    }
    return sum / (double)q->n;
}

/* Of all pairs of a yes and a no, the share in which the yes has the larger probability. */
static double area(const struct plain *q)
{
    double sum = 0;
    for (int64_t k = 0; k < q->n; k++) {
        double won = 0, pairs = 0;
        for (int64_t a = k; a < ROWS * q->n; a += q->n)
            for (int64_t b = k; b < ROWS * q->n; b += q->n)
                if (q->t[a] > 0.5f && q->t[b] < 0.5f) {
                    pairs++;
                    won += q->p[a] > q->p[b] ? 1 : q->p[a] == q->p[b] ? 0.5 : 0;
                }
        sum += won / pairs;
    }
    return sum / (double)q->n;
}

static double r2(const struct plain *q)
{
    double sum = 0;
    for (int64_t k = 0; k < q->n; k++) {
        double mean = 0, squares = 0, errors = 0;
        for (int64_t i = k; i < ROWS * q->n; i += q->n)
            mean += (double)q->t[i] / ROWS;
        for (int64_t i = k; i < ROWS * q->n; i += q->n) {
            squares += ((double)q->t[i] - mean) * ((double)q->t[i] - mean);
            errors += ((double)q->t[i] - q->p[i]) * ((double)q->t[i] - q->p[i]);
        }
        sum += 1 - errors / squares;
    }
    return sum / (double)q->n;
}

static double plainly(const struct plain *q, const struct cnn_metric *m)
{
    switch (m->kind) {
    case CNN_ACCURACY: return q->is.votes ? share_of_rows(q, 1) : mean_over_outputs(q, CNN_ACCURACY);
    case CNN_TOP_K: return share_of_rows(q, m->k);
    case CNN_MSE:
    case CNN_MAE: return mean_over_outputs(q, m->kind);
    case CNN_PRECISION:
    case CNN_RECALL:
    case CNN_F1: return counted(q, m->kind, m->threshold);
    case CNN_AUC: return area(q);
    case CNN_R2: return r2(q);
    default: return -1; /* test_keras_metrics.c has the others */
    }
}

/* ---- metrics of the runtime against these */

static const struct cnn_metric all[] = {
    {.kind = CNN_ACCURACY, .name = "accuracy", .threshold = 0.5},
    {.kind = CNN_TOP_K, .name = "top_k_2", .k = 2},
    {.kind = CNN_MSE, .name = "mse"},
    {.kind = CNN_MAE, .name = "mae"},
    {.kind = CNN_PRECISION, .name = "precision", .threshold = 0.5},
    {.kind = CNN_RECALL, .name = "recall", .threshold = 0.7},
    {.kind = CNN_F1, .name = "f1", .threshold = 0.25},
    {.kind = CNN_AUC, .name = "auc", .thresholds = 20000},
    {.kind = CNN_R2, .name = "r2"},
};
enum { ALL = sizeof all / sizeof *all };
static const struct cnn_train train = {.metrics = all, .n_metrics = ALL, .batch = 1};

static struct cnn_model model_of(const struct plain *q)
{
    struct cnn_model m = {.train = &train};
    make_ports(&m, 1, q->n, CNN_PORT_REAL)->output.meaning = q->is;
    return m;
}

static void run_metrics(const struct plain *q, struct cnn_totals *t)
{
    const struct cnn_model m = model_of(q);
    struct cnn_slot slot = {.metric = {0}};
    double *state = calloc(cnn_state_size(&m), sizeof *state);
    assert_non_null(state);
    *t = (struct cnn_totals){.counted = 1};
    cnn_metrics_add(&m, q->y, q->t, ROWS, slot.metric);
    cnn_totals_add(t, &slot, ROWS, 0);
    cnn_state_add(&m, q->y, q->t, ROWS, state);
    cnn_state_values(&m, state, t->metric);
    free(state);
}

/* Is this a metric that cnnc refuses for such outputs? */
static int has_no_meaning(const struct plain *q, enum cnn_metric_kind kind)
{
    if (kind == CNN_TOP_K)
        return !q->is.votes;
    if (kind == CNN_R2)
        return q->is.values == CNN_LOGITS;
    return q->is.values == CNN_NUMBERS && kind >= CNN_PRECISION;
}

static void compare(enum cnn_values values, int votes, int64_t n)
{
    static struct plain q;
    struct cnn_totals t;
    fill(&q, values, votes, n);
    run_metrics(&q, &t);
    const struct cnn_model m = model_of(&q);
    for (int j = 0; j < ALL; j++) {
        double value;
        if (has_no_meaning(&q, all[j].kind))
            continue;
        assert_true(cnn_totals_metric(&m, &t, j, &value));
        const double want = plainly(&q, &all[j]);
        if (!(fabs(value - want) <= (all[j].kind == CNN_AUC ? 1e-3 : 1e-6)))
            fail_msg("values %d, votes %d, %d outputs: %s is %.9g, not %.9g", (int)values, votes, (int)n, all[j].name,
                     value, want);
    }
}

static void test_metrics(void **state)
{
    (void)state;
    srand(3);
    for (int values = CNN_NUMBERS; values <= CNN_LOGITS; values++) {
        compare((enum cnn_values)values, 0, 1);
        compare((enum cnn_values)values, 1, MOST);
        compare((enum cnn_values)values, 0, MOST);
    }
}

/* ---- answers */

static void test_answers(void **state)
{
    (void)state;
    srand(4);
    static struct plain q;
    for (int values = CNN_PROBABILITIES; values <= CNN_LOGITS; values++)
        for (int64_t n = 1; n <= MOST; n += MOST - 1) {
            fill(&q, (enum cnn_values)values, n > 1, n);
            for (int64_t row = 0; row < ROWS; row++) {
                const struct cnn_answer a = cnn_answer_of(&q.is, q.y + row * n, n);
                const double *p = q.p + row * n;
                const int64_t class = n > 1 ? largest(p, n) : p[0] > 0.5;
                assert_int_equal(a.class, class);
                assert_true(fabs((double)a.sure - (n > 1 ? p[class] : class ? p[0] : 1 - p[0])) < 1e-6);
            }
        }
}

/* Logits may be so large that their exponentials are infinite; they are the surest answers. */
static void test_large_logits(void **state)
{
    const struct cnn_meaning votes = {CNN_LOGITS, 1, 3}, yes = {CNN_LOGITS, 0, 2};
    const float y[] = {-5000, 9000, 8999};
    (void)state;
    assert_true(fabs((double)cnn_answer_of(&votes, y, 3).sure - 1 / (1 + exp(-1))) < 1e-6);
    assert_int_equal(cnn_answer_of(&votes, y, 3).class, 1);
    assert_true(cnn_answer_of(&yes, y, 1).sure == 1 && cnn_answer_of(&yes, y, 1).class == 0);
    assert_true(cnn_answer_of(&yes, y + 1, 1).sure == 1 && cnn_answer_of(&yes, y + 1, 1).class == 1);
    assert_true(cnn_yes_above(&yes, 0.5) == 0 && cnn_yes_above(&yes, 0) < -1e300 && cnn_yes_above(&yes, 1) > 1e300);
}

/* ---- members: logits become probabilities before the mean, whatever the other members have */

static void test_members(void **state)
{
    static struct plain q[2];
    static float y[ROWS * MOST];
    const float *const each[] = {q[0].y, q[1].y};
    (void)state;
    srand(5);
    for (int64_t n = 1; n <= MOST; n += MOST - 1) {
        struct cnn_model other, own;
        const struct cnn_model *const others[] = {&other};
        const struct cnn_ensemble e = {.others = others, .n_others = 1};
        fill(&q[0], CNN_LOGITS, n > 1, n);
        fill(&q[1], CNN_PROBABILITIES, n > 1, n);
        own = model_of(&q[0]);
        own.ensemble = &e;
        other = model_of(&q[1]);
        const struct cnn_outputs o = {.members = 2, .rows = ROWS, .size = n, .y = each, .m = &own};
        assert_int_equal(cnn_common_meaning(&own).values, CNN_PROBABILITIES);
        assert_int_equal(cnn_combine(CNN_SOFT, &o, y, NULL), 0);
        for (int64_t i = 0; i < ROWS * n; i++)
            assert_true(fabs((double)y[i] - (q[0].p[i] + q[1].p[i]) / 2) < 1e-6);
        assert_int_equal(cnn_combine(CNN_HARD, &o, y, NULL), 0);
        for (int64_t i = 0; i < ROWS * n; i++)
            assert_true((double)y[i] == (says(&q[0], i / n, i % n, 0.5) + says(&q[1], i / n, i % n, 0.5)) / 2.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_metrics), cmocka_unit_test(test_answers),
                                       cmocka_unit_test(test_large_logits), cmocka_unit_test(test_members)};
    return cmocka_run_group_tests_name("meaning", tests, NULL, NULL);
}
