/* test_look.c -- what a run looks like: its history, curves in a line, the confusion matrix. */
#define _GNU_SOURCE
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <unistd.h>

#include "engine/engine.h"
#include "report/pictures.h"
#include "report/report.h"
#include "train/train.h"

static const struct cnn_metric metrics[] = {{.kind = CNN_ACCURACY, .name = "accuracy", .threshold = 0.5},
                                            {.kind = CNN_TOP_K, .name = "top_k_5"},
                                            {.kind = CNN_MSE, .name = "mse"},
                                            {.kind = CNN_MAE, .name = "mae"},
                                            {.kind = CNN_PRECISION, .name = "precision"},
                                            {.kind = CNN_RECALL, .name = "recall"},
                                            {.kind = CNN_F1, .name = "f1"},
                                            {.kind = CNN_AUC, .name = "auc"},
                                            {.kind = CNN_R2, .name = "r2"}};
static const struct cnn_train train = {.metrics = metrics, .n_metrics = 9};
static const struct cnn_output output = {{"dense", CNN_PORT_REAL, 1, {3}, 3}, {CNN_PROBABILITIES, 1, 3}};
static const struct cnn_target target = {.loss = "sparse_categorical_crossentropy"};
static const struct cnn_model model = {
    .train = &train, .outputs = &output, .targets = &target, .n_outputs = 1, .n_targets = 1};

/* ---- what is written to a file */

struct text {
    FILE *f;
    char *at;
    size_t size;
};

static void begin(struct text *t)
{
    *t = (struct text){0};
    t->f = open_memstream(&t->at, &t->size);
    assert_non_null(t->f);
}

static void is(struct text *t, const char *expected)
{
    fclose(t->f);
    assert_string_equal(t->at, expected);
    free(t->at);
}

/* ---- history */

static struct cnn_history example(void)
{
    static const double loss[] = {0.9, 0.5, 0.3, 0.4}, accuracy[] = {0.2, (double)NAN, 0.8, 0.8};
    struct cnn_history h = {0};
    struct cnn_error e;
    for (int i = 0; i < 4; i++) {
        struct cnn_logs l = {0};
        cnn_logs_add(&l, "", "loss", loss[i]);
        cnn_logs_add(&l, "val_", "accuracy", accuracy[i]);
        assert_int_equal(cnn_history_add(&h, i + 2, &l, &e), 0);
    }
    return h;
}

static void test_history(void **state)
{
    struct cnn_history h = example();
    int loss = cnn_history_find(&h, "", "loss"), accuracy = cnn_history_find(&h, "val_", "accuracy");
    (void)state;
    assert_int_equal(h.rows, 4);
    assert_int_equal(cnn_history_find(&h, "", "accuracy"), -1);
    assert_int_equal(cnn_history_find(&h, "", "val_accuracy"), accuracy);
    assert_true(cnn_history_epoch(&h, 3) == 5);
    assert_true(cnn_history_value(&h, 2, loss) == 0.3);
    assert_int_equal(cnn_history_best(&h, loss, 0), 2);
    assert_int_equal(cnn_history_best(&h, loss, 1), 0);
    assert_int_equal(cnn_history_best(&h, accuracy, 1), 2); /* the first of equals, and nan is never best */
    cnn_history_free(&h);
}

static void test_rises(void **state)
{
    static const char *const up[] = {"accuracy", "top_k_5", "precision", "recall", "f1", "auc", "r2"};
    static const char *const down[] = {"loss", "penalty", "mse", "mae", "learning_rate"};
    char key[64];
    (void)state;
    for (size_t i = 0; i < sizeof up / sizeof *up; i++) {
        snprintf(key, sizeof key, "val_%s", up[i]);
        assert_true(cnn_key_rises(&model, up[i]) && cnn_key_rises(&model, key));
    }
    for (size_t i = 0; i < sizeof down / sizeof *down; i++) {
        snprintf(key, sizeof key, "val_%s", down[i]);
        assert_false(cnn_key_rises(&model, down[i]) || cnn_key_rises(&model, key));
    }
}

static int read_text(struct cnn_history *h, const char *text, struct cnn_error *e)
{
    char path[] = "/tmp/cnn-look-XXXXXX";
    FILE *f = fdopen(mkstemp(path), "w");
    fputs(text, f);
    fclose(f);
    int status = cnn_history_read(h, path, e);
    unlink(path);
    return status;
}

static void test_read(void **state)
{
    struct cnn_history h;
    struct cnn_error e;
    (void)state;
    assert_int_equal(read_text(&h, "epoch,loss,val_loss\r\n0,1.5,nan\r\n1,1e-3,2\n", &e), 0);
    assert_int_equal(h.rows, 2);
    assert_true(cnn_history_value(&h, 1, 0) == 1e-3 && isnan(cnn_history_value(&h, 0, 1)));
    assert_int_equal(cnn_history_best(&h, 1, 0), 1);
    cnn_history_free(&h);
}

#define LONG "a123456789012345678901234567890123456789012345678"

/* Each log is refused, with this text in the message. */
static void test_damaged(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "the log is empty"},
        {"fold,loss\n1,2\n", ":1: not the log of a training run"},
        {"epoch,../loss\n0,1\n", ":1: '../loss' is not the name of a number"},
        {"epoch,\n0,1\n", ":1: '' is not the name"},
        {"epoch,loss\n0,1\n1\n", ":3: 2 numbers are wanted, as in the header, and number 1 is not one"},
        {"epoch,loss\n0,1,2\n", ":2: 2 numbers are wanted, as in the header, and number 2 is not one"},
        {"epoch,loss\n0,little\n", ":2: 2 numbers are wanted, as in the header, and number 2 is not one"},
        {"epoch,loss\n\n", ":2: 2 numbers are wanted, as in the header, and number 1 is not one"},
        {"epoch," LONG LONG LONG "\n", "is not the name of a number"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cnn_history h;
        struct cnn_error e = {""};
        assert_int_equal(read_text(&h, cases[i].text, &e), -1);
        if (!strstr(e.text, cases[i].says))
            fail_msg("'%s' does not say '%s'", e.text, cases[i].says);
        assert_null(h.at);
    }
}

/* ---- sparklines */

static void spark(const double *v, int n, int width, const char *expected)
{
    struct text t;
    begin(&t);
    cnn_sparkline(t.f, v, n, width);
    is(&t, expected);
}

static void test_sparkline(void **state)
{
    const double up[] = {0, 1, 2, 3, 4, 5, 6, 7}, flat[] = {3, 3}, hole[] = {7, (double)NAN, 0};
    (void)state;
    spark(up, 8, 60, "▁▂▃▄▅▆▇█");
    spark(up, 8, 4, "▁▃▆█"); /* means of two */
    spark(flat, 2, 60, "▁▁");
    spark(flat, 1, 60, "▁");
    spark(hole, 3, 60, "█ ▁");
}

static void test_sparklines(void **state)
{
    struct cnn_history h = example();
    struct text t;
    (void)state;
    begin(&t);
    cnn_sparklines_print(t.f, &h);
    is(&t, "loss      █▃▁▂  0.9000 to 0.4000, least in epoch 5\n");
    cnn_history_free(&h);
}

/* ---- answers */

static void test_names(void **state)
{
    char one[] = "L\xc3\xb6wen\033[31m\n", two[] = "rose", *names[] = {one, two};
    struct cnn_answers a = {.classes = 2, .names = names};
    char text[64];
    (void)state;
    assert_string_equal(cnn_class_name(&a, 0, 60, text, sizeof text), "L\xc3\xb6wen?[31m?");
    assert_string_equal(cnn_class_name(&a, 0, 2, text, sizeof text), "L\xc3\xb6");
    assert_string_equal(cnn_class_name(&a, 0, 60, text, 3), "L"); /* not half a letter */
    assert_string_equal(cnn_class_name(&a, 1, 60, text, sizeof text), "rose");
    assert_int_equal(cnn_text_width("L\xc3\xb6wen"), 5);
    a.names = NULL;
    assert_string_equal(cnn_class_name(&a, 1, 60, text, sizeof text), "1");
}

/* ---- confusion */

/* Makes answers from digits: the true class and the predicted class of each row. */
static struct cnn_answers answers(const char *truth, const char *class, int64_t classes, char *const *names)
{
    struct cnn_answers a = {.rows = (int64_t)strlen(truth), .classes = classes, .names = names};
    a.at = calloc((size_t)a.rows, sizeof *a.at);
    for (int64_t i = 0; i < a.rows; i++)
        a.at[i] = (struct cnn_answer){.class = class[i] - '0', .truth = truth[i] - '0', .sure = 0.5f};
    return a;
}

static void confusion(struct cnn_answers a, int width, const char *expected)
{
    struct text t;
    struct cnn_error e;
    begin(&t);
    assert_int_equal(cnn_confusion_print(t.f, &a, "test", width, &e), 0);
    is(&t, expected);
    cnn_answers_free(&a);
}

static void test_matrix(void **state)
{
    (void)state;
    confusion(
        answers("000112222", "001120222", 3, NULL), 80,
        "\nconfusion of the test set: 6 of 9 rows are right; a row has one true class, a column one prediction\n\n"
        "              0     1     2  recall\n"
        "        0     2     1     ·   66.7%\n"
        "        1     ·     1     1   50.0%\n"
        "        2     1     ·     3   75.0%\n"
        "precision  66.7  50.0  75.0   66.7%\n");
}

/* One class has no rows, another is never predicted: their rates would be divisions by zero. */
static void test_empty_classes(void **state)
{
    (void)state;
    confusion(
        answers("000", "001", 3, NULL), 80,
        "\nconfusion of the test set: 2 of 3 rows are right; a row has one true class, a column one prediction\n\n"
        "              0     1     2  recall\n"
        "        0     2     1     ·   66.7%\n"
        "        1     ·     ·     ·       -\n"
        "        2     ·     ·     ·       -\n"
        "precision   100   0.0     -   66.7%\n");
}

static void test_named(void **state)
{
    char one[] = "setosa", two[] = "L\xc3\xb6wenzahn", *names[] = {one, two};
    (void)state;
    confusion(
        answers("0011", "0111", 2, names), 80,
        "\nconfusion of the test set: 3 of 4 rows are right; a row has one true class, a column one prediction\n\n"
        "              setosa  Löwenzahn  recall\n"
        "   setosa          1          1   50.0%\n"
        "Löwenzahn          ·          2    100%\n"
        "precision        100       66.7   75.0%\n");
    confusion(
        answers("0011", "0111", 2, names), 30, /* names above do not fit */
        "\nconfusion of the test set: 3 of 4 rows are right; a row has one true class, a column one prediction\n\n"
        "               0    1  recall\n"
        "   setosa 0    1    1   50.0%\n"
        "Löwenzahn 1    ·    2    100%\n"
        "  precision  100 66.7   75.0%\n");
}

static void test_pairs(void **state)
{
    (void)state;
    confusion(answers("0123456789999", "1123456780080", 21, NULL), 200,
              "\nconfusion of the test set: 8 of 13 rows are right\n\n"
              "most confused\n"
              "true       predicted  rows\n"
              "9          0             3\n"
              "0          1             1\n"
              "9          8             1\n");
    confusion(answers("01", "01", 21, NULL), 200, "\nconfusion of the test set: 2 of 2 rows are right\n\n");
    /* more pairs than are shown, and a matrix that is too wide */
    confusion(answers("0123456789001", "1234567890110", 10, NULL), 40,
              "\nconfusion of the test set: 0 of 13 rows are right\n\n"
              "most confused\n"
              "true       predicted  rows\n"
              "0          1             3\n"
              "1          0             1\n"
              "1          2             1\n"
              "2          3             1\n"
              "3          4             1\n"
              "4          5             1\n"
              "5          6             1\n"
              "6          7             1\n"
              "7          8             1\n"
              "8          9             1\n");
}

/* ---- gnuplot */

static void test_quote(void **state)
{
    struct text t;
    (void)state;
    begin(&t);
    cnn_gnuplot_quote(t.f, "it's `x` \\ \"y\"");
    is(&t, "'it''s `x` \\ \"y\"'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_history), cmocka_unit_test(test_rises),     cmocka_unit_test(test_read),
        cmocka_unit_test(test_damaged), cmocka_unit_test(test_sparkline), cmocka_unit_test(test_sparklines),
        cmocka_unit_test(test_names),   cmocka_unit_test(test_matrix),    cmocka_unit_test(test_empty_classes),
        cmocka_unit_test(test_named),   cmocka_unit_test(test_pairs),     cmocka_unit_test(test_quote),
    };
    return cmocka_run_group_tests_name("look", tests, NULL, NULL);
}
