/* test_metrics.c -- metrics, sums and logs. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "ports.h"
#include "engine/engine.h"

static void near(double actual, double expected)
{
    if (!(fabs(actual - expected) < 1e-6))
        fail_msg("%.9g, not %.9g", actual, expected);
}

static const struct cnn_metric all[] = {
    {.kind = CNN_ACCURACY, .name = "accuracy", .threshold = 0.5},
    {.kind = CNN_TOP_K, .name = "top_k", .k = 2},
    {.kind = CNN_MSE, .name = "mse"},
    {.kind = CNN_MAE, .name = "mae"},
};
static const struct cnn_train train = {.metrics = all, .n_metrics = 4};

static struct cnn_model network(enum cnn_port_dtype kind, int64_t outputs)
{
    struct cnn_model m = {.train = &train};
    make_ports(&m, 1, outputs, kind)->output.meaning = (struct cnn_meaning){CNN_PROBABILITIES, outputs > 1, outputs};
    return m;
}

static void test_sparse(void **state)
{
    struct cnn_model m = network(CNN_PORT_INT32, 4);
    const float y[] = {0.1f, 0.2f, 0.3f, 0.4f, /**/ 0.5f, 0.3f, 0.2f, 0, /**/ 0.25f, 0.25f, 0.25f, 0.25f};
    const int32_t label[] = {3, 1, 0};
    double sums[CNN_METRICS] = {0};
    (void)state;
    cnn_metrics_add(&m, y, label, 3, sums);
    near(sums[0], 2); /* among equal outputs the first counts */
    near(sums[1], 3);
    near(sums[2], (0.01 + 0.04 + 0.09 + 0.36) / 4 + (0.25 + 0.49 + 0.04) / 4 + (0.5625 + 3 * 0.0625) / 4);
    near(sums[3], (0.1 + 0.2 + 0.3 + 0.6) / 4 + (0.5 + 0.7 + 0.2) / 4 + 1.5 / 4);
    cnn_metrics_add(&m, y, label, 1, sums); /* adds */
    near(sums[0], 3);
}

static void test_one_hot(void **state)
{
    struct cnn_model m = network(CNN_PORT_REAL, 3);
    const float y[] = {0.1f, 0.7f, 0.2f, 0.5f, 0.1f, 0.4f}, target[] = {0, 1, 0, 0, 1, 0};
    double sums[CNN_METRICS] = {0};
    (void)state;
    cnn_metrics_add(&m, y, target, 2, sums);
    near(sums[0], 1);
    near(sums[1], 1);
    near(sums[3], 0.6 / 3 + 1.8 / 3);
}

static void test_yes_or_no(void **state)
{
    struct cnn_model m = network(CNN_PORT_REAL, 1);
    const float y[] = {0.7f, 0.4f, 0.5f, 0.2f}, target[] = {1, 1, 0, 0};
    double sums[CNN_METRICS] = {0};
    (void)state;
    cnn_metrics_add(&m, y, target, 4, sums);
    near(sums[0], 3);
}

/* In an output of higher rank, each position along the other axes has an answer of its own, over the last axis. */
static void test_pixels(void **state)
{
    struct cnn_model m = network(CNN_PORT_REAL, 4);
    const float y[] = {0.9f, 0.1f, 0.4f, 0.6f}, target[] = {1, 0, 1, 0};
    double sums[CNN_METRICS] = {0};
    (void)state;
    set_port(&ports_of(&m)->output.port, 2, (const int64_t[]){2, 2});
    cnn_metrics_add(&m, y, target, 1, sums);
    near(sums[0], 0.5);
}

static void test_nan(void **state)
{
    struct cnn_model m = network(CNN_PORT_INT32, 2);
    const float y[] = {(float)NAN, (float)NAN};
    const int32_t label[] = {1};
    double sums[CNN_METRICS] = {0};
    (void)state;
    cnn_metrics_add(&m, y, label, 1, sums);
    near(sums[0], 0);
    near(sums[1], 0);
    assert_true(isnan(sums[2]));
}

/* The printed loss is a mean over rows; penalties count once a step. */
static void test_totals(void **state)
{
    struct cnn_slot slots[2] = {{{3, 0.25, {0}}, {1}}, {{1, 0, {0}}, {2}}}, sum;
    struct cnn_totals t = {0};
    (void)state;
    cnn_slot_sum(slots, 2, &sum);
    cnn_totals_add(&t, &sum, 8, 0.5);    /* 4 / 8 + 0.75 */
    cnn_totals_add(&t, &slots[1], 2, 0); /* 1 / 2 */
    assert_int_equal(t.rows, 10);
    near(cnn_totals_loss(&t), (8 * 1.25 + 2 * 0.5) / 10);
    near(t.metric[0], 5);
    near(cnn_totals_loss(&(struct cnn_totals){0}), 0);
}

static void test_logs(void **state)
{
    struct cnn_model m = network(CNN_PORT_INT32, 4);
    struct cnn_totals t = {.rows = 4, .loss = 2, .metric = {3, 4, 0, 0}};
    struct cnn_logs l = {0};
    const char *const keys[] = {"accuracy",     "loss",     "mae",     "mse",     "top_k",
                                "val_accuracy", "val_loss", "val_mae", "val_mse", "val_top_k"};
    (void)state;
    cnn_logs_totals(&l, &m, "", &t);
    cnn_logs_totals(&l, &m, "val_", &t);
    assert_int_equal(l.n, 10);
    for (int i = 0; i < l.n; i++)
        assert_string_equal(l.at[i].key, keys[i]);
    near(l.at[0].value, 0.75);
    near(l.at[1].value, 0.5);
    assert_false(l.lost);
    for (int i = 0; i < 100; i++)
        cnn_logs_add(&l, "", "more", 0); /* a full log does not crash */
    assert_int_equal(l.n, sizeof l.at / sizeof l.at[0]);
    assert_true(l.lost);
    l = (struct cnn_logs){0};
    char name[sizeof l.at[0].key];
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = 0;
    cnn_logs_add(&l, "", name, 0);
    assert_false(l.lost);
    cnn_logs_add(&l, "_", name, 0);
    assert_true(l.lost && l.n == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sparse), cmocka_unit_test(test_one_hot), cmocka_unit_test(test_yes_or_no),
        cmocka_unit_test(test_pixels), cmocka_unit_test(test_nan),     cmocka_unit_test(test_totals),
        cmocka_unit_test(test_logs),
    };
    return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
