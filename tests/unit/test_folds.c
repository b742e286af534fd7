/* test_folds.c -- how rows are divided into folds, against scikit-learn and by rules for every seed; the interval. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/data.h"
#include "data_files.h"
#include "folds_fixture.h"

enum { MOST_ROWS = 300, MOST_CLASSES = 6, SEEDS = 200 };

static void assign(struct cnn_validate v, const int64_t *label, int64_t rows, int64_t repeat, int64_t *fold)
{
    assert_true(cnn_folds_count(&v, rows, &error) > 0);
    for (int64_t i = 0; i < rows; i++)
        fold[i] = INT64_MIN;
    assert_int_equal(cnn_folds_assign(&v, label, rows, repeat, fold, &error), 0);
}

/* ---- scikit-learn */

static void test_kfold_in_order(void **state)
{
    int64_t fold[FOLD_ROWS];
    (void)state;
    for (int i = 0; i < FOLD_CASES; i++) {
        const struct fold_case *c = &fold_cases[i];
        assign((struct cnn_validate){.kind = CNN_KFOLD, .k = c->k}, NULL, c->rows, 0, fold);
        assert_memory_equal(fold, c->kfold, (size_t)c->rows * sizeof *fold);
    }
}

static void test_stratified_in_order(void **state)
{
    int64_t fold[FOLD_ROWS];
    (void)state;
    for (int i = 0; i < FOLD_CASES; i++) {
        const struct fold_case *c = &fold_cases[i];
        assign((struct cnn_validate){.kind = CNN_KFOLD, .k = c->k, .stratified = 1}, c->label, c->rows, 0, fold);
        assert_memory_equal(fold, c->stratified, (size_t)c->rows * sizeof *fold);
    }
}

/* Chance decides which rows are in a fold, but not how many of each class. */
static void test_stratified_counts(void **state)
{
    int64_t fold[FOLD_ROWS];
    (void)state;
    for (int i = 0; i < FOLD_CASES * 20; i++) {
        const struct fold_case *c = &fold_cases[i / 20];
        int64_t counts[FOLD_K][FOLD_CLASSES] = {{0}};
        struct cnn_validate v = {.kind = CNN_KFOLD, .k = c->k, .stratified = 1, .shuffle = 1, .seed = (uint64_t)i};
        assign(v, c->label, c->rows, 0, fold);
        for (int64_t r = 0; r < c->rows; r++)
            counts[fold[r]][c->label[r]]++;
        assert_memory_equal(counts, c->counts, sizeof counts);
    }
}

static void test_holdout_sizes(void **state)
{
    int64_t fold[MOST_ROWS];
    (void)state;
    for (size_t i = 0; i < sizeof holdout_cases / sizeof *holdout_cases; i++) {
        int64_t rows = holdout_cases[i].rows, test = 0;
        struct cnn_validate v = {.kind = CNN_HOLDOUT, .test = holdout_cases[i].part, .shuffle = (int)i % 2};
        assign(v, NULL, rows, 0, fold);
        for (int64_t r = 0; r < rows; r++) {
            assert_true(fold[r] == 0 || fold[r] == -1);
            test += fold[r] == 0;
            if (!v.shuffle)
                assert_int_equal(fold[r], r < rows - holdout_cases[i].test ? -1 : 0);
        }
        assert_int_equal(test, holdout_cases[i].test);
    }
}

/* ---- what must hold for every seed */

static uint64_t next(uint64_t *x)
{
    *x = *x * 6364136223846793005u + 1442695040888963407u;
    return *x >> 33;
}

struct sizes {
    int64_t all, of[MOST_CLASSES];
};

static void count(const int64_t *fold, const int64_t *label, int64_t rows, int64_t f, struct sizes *s)
{
    *s = (struct sizes){0};
    for (int64_t i = 0; i < rows; i++)
        if (fold[i] == f) {
            s->all++;
            s->of[label[i]]++;
        }
}

static void test_partition(void **state)
{
    static int64_t label[MOST_ROWS], fold[MOST_ROWS];
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        uint64_t x = seed;
        int64_t rows = 10 + (int64_t)(next(&x) % (MOST_ROWS - 10)), k = 2 + (int64_t)(next(&x) % 9);
        struct cnn_validate v = {.kind = CNN_KFOLD, .k = k, .repeats = 3, .shuffle = next(&x) % 4 > 0, .seed = seed};
        v.stratified = next(&x) % 3 > 0;
        for (int64_t i = 0; i < rows; i++)
            label[i] = (int64_t)(next(&x) % MOST_CLASSES * next(&x) % MOST_CLASSES);
        assign(v, label, rows, (int64_t)(seed % 3), fold);
        struct sizes first, s;
        int64_t total = 0;
        count(fold, label, rows, 0, &first);
        int64_t least = first.all, most = first.all;
        for (int64_t f = 0; f < k; f++) {
            count(fold, label, rows, f, &s);
            total += s.all;
            least = s.all < least ? s.all : least;
            most = s.all > most ? s.all : most;
            for (int c = 0; v.stratified && c < MOST_CLASSES; c++)
                assert_true(llabs(s.of[c] - first.of[c]) <= 1);
        }
        assert_int_equal(total, rows); /* each row in one of the folds */
        assert_true(most - least <= 1);
    }
}

static void test_holdout_stratified(void **state)
{
    static int64_t label[MOST_ROWS], fold[MOST_ROWS];
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        uint64_t x = seed;
        int64_t rows = 20 + (int64_t)(next(&x) % (MOST_ROWS - 20));
        double part = 0.1 + 0.8 * (double)(next(&x) % 1000) / 1000;
        struct cnn_validate v = {.kind = CNN_HOLDOUT, .test = part, .stratified = 1, .shuffle = 1, .seed = seed};
        for (int64_t i = 0; i < rows; i++)
            label[i] = (int64_t)(next(&x) % MOST_CLASSES * next(&x) % MOST_CLASSES);
        assign(v, label, rows, 0, fold);
        struct sizes test, train;
        count(fold, label, rows, 0, &test);
        count(fold, label, rows, -1, &train);
        assert_int_equal(test.all + train.all, rows);
        for (int c = 0; c < MOST_CLASSES; c++) {
            double exact = (double)(test.of[c] + train.of[c]) * (double)test.all / (double)rows;
            assert_true(fabs((double)test.of[c] - exact) < 1);
        }
    }
}

/* Another repeat or seed draws other folds; the same ones draw the same. A row is equally likely in every fold. */
static void test_chance(void **state)
{
    enum { K = 4, DRAWS = 400 }; /* of 40 rows */
    int64_t a[ROWS], b[ROWS], in_first[ROWS] = {0};
    (void)state;
    struct cnn_validate v = {.kind = CNN_KFOLD, .k = K, .shuffle = 1, .repeats = DRAWS};
    for (int64_t repeat = 0; repeat < DRAWS; repeat++) {
        assign(v, NULL, ROWS, repeat, a);
        assign(v, NULL, ROWS, repeat, b);
        assert_memory_equal(a, b, sizeof a);
        assign(v, NULL, ROWS, repeat + 1, b);
        assert_memory_not_equal(a, b, sizeof a);
        struct cnn_validate other = v;
        other.seed++;
        assign(other, NULL, ROWS, repeat, b);
        assert_memory_not_equal(a, b, sizeof a);
        for (int i = 0; i < ROWS; i++)
            in_first[i] += a[i] == 0;
    }
    for (int i = 0; i < ROWS; i++) /* 100 expected, standard deviation 8.7 */
        assert_in_range(in_first[i], 60, 140);
}

static void test_leave_one_out(void **state)
{
    int64_t fold[MOST_ROWS];
    struct cnn_validate v = {.kind = CNN_LEAVE_ONE_OUT};
    (void)state;
    assert_int_equal(cnn_folds_count(&v, 150, &error), 150);
    assign(v, NULL, 150, 0, fold);
    for (int64_t i = 0; i < 150; i++)
        assert_int_equal(fold[i], i);
}

static void refuse(struct cnn_validate v, int64_t rows, const char *text)
{
    assert_int_equal(cnn_folds_count(&v, rows, &error), -1);
    if (!strstr(error.text, text))
        fail_msg("'%s' does not have '%s'", error.text, text);
}

static void test_refused(void **state)
{
    (void)state;
    refuse((struct cnn_validate){.kind = CNN_KFOLD, .k = 5}, 4, "5 folds of 4 rows");
    refuse((struct cnn_validate){.kind = CNN_HOLDOUT, .test = 0.9}, 1, "for training");
    refuse((struct cnn_validate){.kind = CNN_HOLDOUT, .test = 1e-18}, 10, "for testing");
    refuse((struct cnn_validate){.kind = CNN_LEAVE_ONE_OUT}, 1, "wants 2 rows");
    refuse((struct cnn_validate){.kind = CNN_LEAVE_ONE_OUT}, CNN_MOST_FOLDS + 1, "would train 1001 times");
    assert_int_equal(cnn_folds_count(&(struct cnn_validate){.kind = CNN_LEAVE_ONE_OUT}, CNN_MOST_FOLDS, &error),
                     CNN_MOST_FOLDS);
}

static void test_class_sizes(void **state)
{
    static const int64_t label[] = {7, 2, 2, 7, 0, 7};
    int64_t least, most;
    (void)state;
    assert_int_equal(cnn_class_sizes(label, 6, &least, &most, &error), 0);
    assert_int_equal(least, 1);
    assert_int_equal(most, 3);
}

/* ---- the data of a fold */

static void take_fold(struct cnn_data s, const int64_t *fold, int64_t test, struct cnn_datasets *whole,
                      struct cnn_datasets *out)
{
    struct cnn_model m = model();
    struct cnn_data_options o = everything();
    m.data = &s;
    o.parts = CNN_PART_TRAIN | CNN_PART_VALIDATION;
    o.whole = 1;
    assert_int_equal(cnn_data_load(&m, &o, whole, &error), 0);
    assert_int_equal(cnn_data_fold(&m, whole, fold, test, out, &error), 0);
}

/* Rows 0, 4, ... are the test part of fold 0; rows 1, 5, ... are in no test part. */
static void test_fold(void **state)
{
    int64_t fold[ROWS];
    struct cnn_data s = spec;
    struct cnn_datasets whole, d;
    float x[SIZE];
    int32_t y;
    (void)state;
    for (int64_t i = 0; i < ROWS; i++)
        fold[i] = i % 4 == 0 ? 0 : i % 4 == 1 ? -1 : 1;
    s.validation_split = .2;
    s.mean_auto = 1;
    take_fold(s, fold, 0, &whole, &d);
    assert_int_equal(whole.train.rows, ROWS); /* uncut */
    assert_int_equal(d.test.rows, 10);
    assert_int_equal(d.train.rows, 24);
    assert_int_equal(d.validation.rows, 6);
    double sum = 0;
    for (int64_t i = 0; i < 10; i++)
        assert_int_equal(d.test.index[i], 4 * i);
    for (int64_t i = 0; i < 30; i++) { /* the last fifth of the other rows validates */
        int64_t row = i < 24 ? d.train.index[i] : d.validation.index[i - 24];
        assert_int_equal(row, i / 3 * 4 + i % 3 + 1);
        sum += i < 24 ? (double)row + 2.5 : 0;
    }
    assert_true(fabs(d.normalize.mean - .5 * sum / 24) < 1e-12); /* the mean of the training rows alone */
    cnn_gather(&d.test, NULL, 3, 1, x, &y);
    assert_true(fabsf(x[0] - (float)(.5 * 12 - d.normalize.mean)) < 1e-5f);
    assert_int_equal(y, label(12));
    cnn_gather(&d.validation, NULL, 5, 1, x, &y);
    assert_true(fabsf(x[0] - (float)(.5 * 39 - d.normalize.mean)) < 1e-5f);
    assert_int_equal(y, label(39));
    cnn_data_free(&d);
    cnn_data_free(&whole);
}

static void test_fold_stratified(void **state)
{
    int64_t fold[ROWS];
    struct cnn_data s = spec;
    struct cnn_datasets whole, d;
    int of[CLASSES] = {0};
    (void)state;
    for (int64_t i = 0; i < ROWS; i++)
        fold[i] = i >= 24 && i % 4 != 0; /* 16 rows of class 0 in front do test, or stay */
    s.validation_split = .25;
    s.split_stratify = s.split_shuffle = 1;
    take_fold(s, fold, 0, &whole, &d); /* four rows of each class but the first are left */
    assert_int_equal(d.train.rows + d.validation.rows, 12);
    for (int64_t i = 0; i < d.validation.rows; i++)
        of[label((int)d.validation.index[i])]++;
    assert_int_equal(of[0], 0);
    for (int c = 1; c < CLASSES; c++)
        assert_int_equal(of[c], 1);
    cnn_data_free(&d);
    cnn_data_free(&whole);
}

/* A separate source of validation rows is used in every fold, with the normalization of the fold. */
static void test_fold_validation(void **state)
{
    int64_t fold[ROWS] = {1, 1, 1};
    struct cnn_data s = spec;
    struct cnn_datasets whole, d;
    (void)state;
    s.validation = s.test;
    s.mean_auto = 1;
    take_fold(s, fold, 1, &whole, &d);
    assert_int_equal(d.test.rows, 3);
    assert_int_equal(d.train.rows, ROWS - 3);
    assert_int_equal(d.validation.rows, 3);
    assert_true(d.validation.normalize.mean == d.train.normalize.mean && d.train.normalize.mean > 0);
    cnn_data_free(&d);
    cnn_data_free(&whole);
}

/* ---- interval */

static void close_to(double a, double b)
{
    if (!(fabs(a - b) <= 1e-11 * fabs(b)))
        fail_msg("%.17g is not %.17g", a, b);
}

static void test_student(void **state)
{
    (void)state;
    assert_true(fabs(cnn_student_t(0.9, 1) - tan(0.4 * 3.14159265358979323846)) < 1e-14);
    for (size_t i = 0; i < sizeof student_cases / sizeof *student_cases; i++) {
        close_to(cnn_student_t(0.9, student_cases[i].freedom), student_cases[i].t90);
        close_to(cnn_student_t(0.975, student_cases[i].freedom), student_cases[i].t975);
        close_to(cnn_student_t(0.9995, student_cases[i].freedom), student_cases[i].t9995);
    }
}

static void test_interval(void **state)
{
    struct cnn_interval s = cnn_interval(interval_values, sizeof interval_values / sizeof *interval_values);
    (void)state;
    close_to(s.mean, interval_expected[0]);
    close_to(s.sd, interval_expected[1]);
    close_to(s.low, interval_expected[2]);
    close_to(s.high, interval_expected[3]);
    s = cnn_interval(interval_values, 1);
    assert_true(s.mean == interval_values[0] && isnan(s.sd) && isnan(s.low) && isnan(s.high));
    s = cnn_interval((const double[]){0.5, 0.5, 0.5}, 3);
    assert_true(s.mean == 0.5 && s.sd == 0 && s.low == 0.5 && s.high == 0.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kfold_in_order),
        cmocka_unit_test(test_stratified_in_order),
        cmocka_unit_test(test_stratified_counts),
        cmocka_unit_test(test_holdout_sizes),
        cmocka_unit_test(test_partition),
        cmocka_unit_test(test_holdout_stratified),
        cmocka_unit_test(test_chance),
        cmocka_unit_test(test_leave_one_out),
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_fold_stratified),
        cmocka_unit_test(test_fold_validation),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_class_sizes),
        cmocka_unit_test(test_student),
        cmocka_unit_test(test_interval),
    };
    return cmocka_run_group_tests_name("folds", tests, setup, scratch_teardown);
}
