/* test_counts.c -- all metrics against scikit-learn's numbers; those that are no plain sums also over several lanes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "engine/engine.h"
#include "metrics_fixture.h"
#include "ports.h"

enum { KINDS = 4, AVERAGES = 3 };

static void near(double actual, double expected)
{
    if (!(fabs(actual - expected) < 1e-6))
        fail_msg("%.9g, not %.9g", actual, expected);
}

static struct cnn_model network(const struct cnn_train *t, enum cnn_port_dtype kind, int votes, int64_t outputs)
{
    struct cnn_model m = {.train = t};
    make_ports(&m, 1, outputs, kind)->output.meaning =
        (struct cnn_meaning){CNN_PROBABILITIES, votes, votes ? outputs : 0};
    return m;
}

/* Computes the metric of all rows, `at_once` of them at a time, dealt to `lanes` lanes. */
static double value(const struct cnn_model *m, const float *y, const void *target, int at_once, int lanes)
{
    struct cnn_lanes l;
    struct cnn_error e;
    struct cnn_totals t = {0};
    assert_int_equal(cnn_lanes_open(&l, m, lanes, &e), 0);
    for (int i = 0; i < FIXTURE_ROWS; i += at_once) {
        int n = FIXTURE_ROWS - i < at_once ? FIXTURE_ROWS - i : at_once;
        size_t size = cnn_is_sparse(m) ? 1 : (size_t)cnn_output(m)->size;
        const char *rows = (const char *)target + (size_t)i * size * 4;
        const struct cnn_core_chunk k = {
            .y = (float *)(uintptr_t)(y + i * cnn_output(m)->size), .target = rows, .n = n};
        cnn_lanes_add(&l, m, &k, i / at_once % lanes);
    }
    cnn_lanes_count(&l, m, &t);
    cnn_lanes_close(&l);
    assert_true(t.counted);
    return t.metric[0];
}

static void compare(enum cnn_port_dtype kind, int votes, int64_t outputs, const float *y, const void *target,
                    const double expected[KINDS][AVERAGES])
{
    for (int k = 0; k < KINDS; k++)
        for (int a = 0; a < AVERAGES; a++) {
            const struct cnn_metric metric = {.kind = (enum cnn_metric_kind)(CNN_PRECISION + k),
                                              .average = (enum cnn_average)a,
                                              .threshold = 0.5,
                                              .thresholds = 200};
            const struct cnn_train t = {.metrics = &metric, .n_metrics = 1};
            const struct cnn_model m = network(&t, kind, votes, outputs);
            double whole = value(&m, y, target, FIXTURE_ROWS, 1);
            near(whole, expected[k][a]);
            assert_true(value(&m, y, target, 3, 5) == whole); /* counts are exact in any order */
        }
}

static void test_classes(void **state)
{
    (void)state;
    compare(CNN_PORT_INT32, 1, 4, fixture_votes, fixture_label, expected_votes);
    compare(CNN_PORT_REAL, 1, 4, fixture_votes, fixture_one_hot, expected_votes);
}

static void test_tags(void **state)
{
    (void)state;
    compare(CNN_PORT_REAL, 0, 3, fixture_many, fixture_tags, expected_tags);
}

static void test_yes_or_no(void **state)
{
    float y[FIXTURE_ROWS], target[FIXTURE_ROWS];
    (void)state;
    for (int i = 0; i < FIXTURE_ROWS; i++) {
        y[i] = fixture_many[3 * i];
        target[i] = fixture_tags[3 * i];
    }
    compare(CNN_PORT_REAL, 0, 1, y, target, expected_single);
}

static void test_r2(void **state)
{
    const struct cnn_metric metric = {.kind = CNN_R2};
    const struct cnn_train t = {.metrics = &metric, .n_metrics = 1};
    const struct cnn_model m = network(&t, CNN_PORT_REAL, 0, 3);
    float same[3 * FIXTURE_ROWS];
    (void)state;
    near(value(&m, fixture_guesses, fixture_numbers, FIXTURE_ROWS, 1), expected_r2);
    near(value(&m, fixture_guesses, fixture_numbers, 3, 5), expected_r2);
    for (int i = 0; i < 3 * FIXTURE_ROWS; i++)
        same[i] = 7;
    near(value(&m, same, same, 4, 2), 1); /* nothing to explain, nothing unexplained */
    near(value(&m, fixture_guesses, same, 4, 2), 0);
}

/* Scores beyond the ends, and scores that are NaN, fall into the first and last buckets. The curve is undefined unless
 * there are rows of both kinds. */
static void test_auc_edges(void **state)
{
    const struct cnn_metric metric = {.kind = CNN_AUC, .thresholds = 200};
    const struct cnn_train t = {.metrics = &metric, .n_metrics = 1};
    const struct cnn_model m = network(&t, CNN_PORT_REAL, 0, 1);
    float y[FIXTURE_ROWS], target[FIXTURE_ROWS];
    (void)state;
    for (int i = 0; i < FIXTURE_ROWS; i++) {
        target[i] = (float)(i % 2);
        y[i] = i % 2 ? 1.5f : i % 4 ? -1 : (float)NAN;
    }
    near(value(&m, y, target, FIXTURE_ROWS, 1), 1);
    for (int i = 0; i < FIXTURE_ROWS; i++)
        target[i] = 1;
    assert_true(isnan(value(&m, y, target, FIXTURE_ROWS, 1)));
}

/* Computes means over the rows. */
static void means_of(int rows, enum cnn_port_dtype kind, int64_t outputs, const float *y, const void *target,
                     int n_metrics, const struct cnn_metric *metrics, const double *expected)
{
    const struct cnn_train t = {.metrics = metrics, .n_metrics = n_metrics};
    const struct cnn_model m = network(&t, kind, outputs > 1, outputs);
    double sums[CNN_METRICS] = {0};
    cnn_metrics_add(&m, y, target, rows, sums);
    for (int i = 0; i < n_metrics; i++)
        near(sums[i] / rows, expected[i]);
}

static void means(enum cnn_port_dtype kind, int64_t outputs, const float *y, const void *target, int n_metrics,
                  const struct cnn_metric *metrics, const double *expected)
{
    means_of(FIXTURE_ROWS, kind, outputs, y, target, n_metrics, metrics, expected);
}

static void test_means(void **state)
{
    static const struct cnn_metric metrics[] = {
        {.kind = CNN_ACCURACY, .threshold = 0.5}, {.kind = CNN_MSE}, {.kind = CNN_MAE}};
    float y[FIXTURE_ROWS], target[FIXTURE_ROWS];
    (void)state;
    means(CNN_PORT_INT32, 4, fixture_votes, fixture_label, 3, metrics, expected_classes);
    means(CNN_PORT_REAL, 4, fixture_votes, fixture_one_hot, 3, metrics, expected_classes);
    means(CNN_PORT_REAL, 3, fixture_guesses, fixture_numbers, 3, metrics, expected_numbers);
    for (int i = 0; i < FIXTURE_ROWS; i++) {
        y[i] = fixture_many[3 * i];
        target[i] = fixture_tags[3 * i];
    }
    means(CNN_PORT_REAL, 1, y, target, 3, metrics, expected_yes);
}

static void test_top_k(void **state)
{
    static const struct cnn_metric metrics[] = {{.kind = CNN_TOP_K, .k = 1},
                                                {.kind = CNN_TOP_K, .k = 2},
                                                {.kind = CNN_TOP_K, .k = 3},
                                                {.kind = CNN_TOP_K, .k = 5},
                                                {.kind = CNN_TOP_K, .k = 6}};
    (void)state;
    means(CNN_PORT_INT32, 6, fixture_ranked, fixture_six, 5, metrics, expected_top);
}

/* An answer with a NaN in it is wrong, even where its class or its side of the threshold would be right by chance. */
static void test_nan(void **state)
{
    static const struct cnn_metric metrics[] = {{.kind = CNN_ACCURACY, .threshold = 0.5}, {.kind = CNN_TOP_K, .k = 3}};
    static const float y[] = {NAN, NAN, NAN, 0.5f, 0.4f, 0.1f, NAN, 0.2f, 0.3f, 0.6f, NAN, 0.1f};
    static const int32_t label[] = {0, 0, 2, 0};
    static const double quarter[] = {0.25, 0.25};
    static const float yes[] = {NAN, 0.1f, 0.9f, NAN}, no[] = {0, 0, 1, 1};
    static const double half[] = {0.5};
    const struct cnn_meaning votes = {CNN_PROBABILITIES, 1, 3};
    (void)state;
    means_of(4, CNN_PORT_INT32, 3, y, label, 2, metrics, quarter);
    means_of(4, CNN_PORT_REAL, 1, yes, no, 1, metrics, half);
    for (int i = 0; i < 4; i++)
        assert_int_equal(cnn_said_class(&votes, y + (ptrdiff_t)3 * i, 3), i == 1 ? 0 : -1);
    assert_true(isnan(cnn_answer_of(&votes, y, 3).sure));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes),   cmocka_unit_test(test_tags), cmocka_unit_test(test_yes_or_no),
        cmocka_unit_test(test_auc_edges), cmocka_unit_test(test_r2),   cmocka_unit_test(test_means),
        cmocka_unit_test(test_top_k),     cmocka_unit_test(test_nan),
    };
    return cmocka_run_group_tests_name("counts", tests, NULL, NULL);
}
