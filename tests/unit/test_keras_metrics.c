/* test_keras_metrics.c -- metrics against Keras 3's numbers, per row and per position, in one lane and in several. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "engine/engine.h"

struct measured {
    struct cnn_metric metric;
    double value;
};
#include "keras_metrics_fixture.h"
#include "ports.h"

/* `positions` rows of the fixture are one image. */
static struct cnn_model network(const struct cnn_train *t, enum cnn_port_dtype kind, int votes, int64_t positions)
{
    struct cnn_model m = {.train = t};
    struct ports *p = make_ports(&m, 1, KERAS_OUTPUTS, kind);
    p->output.meaning = (struct cnn_meaning){CNN_PROBABILITIES, votes, positions == 1 && votes ? KERAS_OUTPUTS : 0};
    if (positions > 1) {
        p->output.port.rank = 2;
        p->output.port.shape[0] = positions;
        p->output.port.shape[1] = KERAS_OUTPUTS;
        p->output.port.size = positions * KERAS_OUTPUTS;
    }
    return m;
}

static double in_lanes(const struct cnn_model *m, const float *y, const void *target, int rows)
{
    struct cnn_lanes l;
    struct cnn_error e;
    struct cnn_totals t = {.rows = rows};
    enum { AT_ONCE = 4 };
    assert_int_equal(cnn_lanes_open(&l, m, 3, &e), 0);
    for (int i = 0; i < rows; i += AT_ONCE) {
        const int n = rows - i < AT_ONCE ? rows - i : AT_ONCE;
        const struct cnn_core_chunk k = {.y = (float *)(uintptr_t)(y + i * cnn_output(m)->size),
                                         .target = (const char *)target + (size_t)(i * cnn_target_size(m)) * 4,
                                         .n = n};
        cnn_lanes_add(&l, m, &k, i / AT_ONCE % 3);
    }
    cnn_metrics_add(m, y, target, rows, t.metric);
    cnn_lanes_count(&l, m, &t);
    cnn_lanes_close(&l);
    double value;
    assert_true(cnn_totals_metric(m, &t, 0, &value));
    return value;
}

static void compare(const struct measured *all, size_t n, enum cnn_port_dtype kind, int votes, int most_positions,
                    const float *y, const void *target)
{
    for (size_t i = 0; i < n; i++)
        for (int positions = 1; positions <= most_positions; positions += 5) {
            const struct cnn_train t = {.metrics = &all[i].metric, .n_metrics = 1};
            const struct cnn_model m = network(&t, kind, votes, positions);
            const double value = in_lanes(&m, y, target, KERAS_ROWS / positions);
            if (!(fabs(value - all[i].value) <= 2e-6 * fmax(1, fabs(all[i].value))))
                fail_msg("metric %zu, %d positions: %.9g, not %.9g", i, positions, value, all[i].value);
        }
}

#define COUNT(T) (sizeof(T) / sizeof *(T))

static void test_classes(void **state)
{
    (void)state;
    compare(measured_votes, COUNT(measured_votes), CNN_PORT_INT32, 1, 6, keras_score, keras_label);
    compare(measured_votes, COUNT(measured_votes), CNN_PORT_REAL, 1, 6, keras_score, keras_one_hot);
}

static void test_yes_or_no(void **state)
{
    (void)state;
    compare(measured_answers, COUNT(measured_answers), CNN_PORT_REAL, 0, 6, keras_yes, keras_tags);
}

static void test_numbers(void **state)
{
    (void)state;
    compare(measured_numbers, COUNT(measured_numbers), CNN_PORT_REAL, 0, 6, keras_guess, keras_number);
    compare(measured_wholes, COUNT(measured_wholes), CNN_PORT_REAL, 0, 1, keras_guess, keras_number);
}

/* Answers with the label that the loss ignores count for nothing: those with another label are all right. */
static void test_ignored(void **state)
{
    static const struct cnn_metric metrics[] = {{.kind = CNN_ACCURACY, .threshold = 0.5},
                                                {.kind = CNN_MEAN_IOU},
                                                {.kind = CNN_AUC, .thresholds = 200},
                                                {.kind = CNN_TOP_K, .k = 1}};
    int32_t label[KERAS_ROWS];
    (void)state;
    for (int i = 0; i < KERAS_ROWS; i++) {
        const int64_t said = cnn_argmax(keras_score + i * KERAS_OUTPUTS, KERAS_OUTPUTS);
        label[i] = i % 3 ? (int32_t)said : 255;
    }
    for (size_t i = 0; i < COUNT(metrics); i++) {
        const struct cnn_train t = {.metrics = &metrics[i], .n_metrics = 1};
        struct cnn_model m = network(&t, CNN_PORT_INT32, 1, 6);
        ports_of(&m)->target.takes.ignores = 1;
        ports_of(&m)->target.takes.ignored = 255;
        const double value = in_lanes(&m, keras_score, label, KERAS_ROWS / 6);
        if (metrics[i].kind == CNN_AUC ? value < 0.9 : value != 1)
            fail_msg("metric %zu: %g", i, value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_classes), cmocka_unit_test(test_yes_or_no),
                                       cmocka_unit_test(test_numbers), cmocka_unit_test(test_ignored)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
