/* test_boost.c -- the rules of boosting, by hand and against scikit-learn; the weighted median; rows drawn by
 * weight. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "boost_fixture.h"
#include "ensemble/boost.h"
#include "ensemble/ensemble.h"
#include "support/support.h"

#define CLOSE(a, b) assert_true(fabs((double)(a) - (double)(b)) <= 1e-12 * (1 + fabs((double)(b))))

/* There are four rows, the first one wrong, and three classes. The error is 1/4 and the vote ln 3 + ln 2 = ln 6. The
 * wrong row then counts 6 times as much: 1.5 against 0.25 for each of the others, of 2.25 in all. */
static void test_samme_by_hand(void **state)
{
    double w[] = {0.25, 0.25, 0.25, 0.25}, error, vote;
    static const unsigned char wrong[] = {1, 0, 0, 0};
    (void)state;
    assert_int_equal(cnn_boost_samme(w, wrong, 4, 3, 1, &error, &vote), CNN_BOOST_ON);
    CLOSE(error, 0.25);
    CLOSE(vote, log(6));
    CLOSE(w[0], 2. / 3);
    for (int i = 1; i < 4; i++)
        CLOSE(w[i], 1. / 9);
    cnn_boost_samme(w, wrong, 4, 3, 1, &error, &vote); /* the same mistakes again are as bad as chance: 1 - 1/3 */
    CLOSE(error, 2. / 3);
}

static void test_samme_ends(void **state)
{
    double w[] = {0.5, 0.5, 0}, error, vote;
    static const unsigned char none[] = {0, 0, 0}, weightless[] = {0, 0, 1}, half[] = {1, 0, 0};
    (void)state;
    assert_int_equal(cnn_boost_samme(w, none, 3, 2, 1, &error, &vote), CNN_BOOST_PERFECT);
    assert_true(error == 0 && vote == 1);
    assert_int_equal(cnn_boost_samme(w, weightless, 3, 2, 1, &error, &vote), CNN_BOOST_PERFECT);
    assert_int_equal(cnn_boost_samme(w, half, 3, 2, 1, &error, &vote), CNN_BOOST_TOO_WEAK);
    assert_true(w[0] == 0.5 && w[1] == 0.5 && w[2] == 0);
    assert_int_equal(cnn_boost_samme(w, half, 3, 3, 1, &error, &vote),
                     CNN_BOOST_ON); /* half right is good with three classes */
    assert_true(w[2] == 0);
}

static void test_samme_is_scikit_learns(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof samme_cases / sizeof *samme_cases; c++) {
        double w[BOOST_ROWS], error, vote;
        for (int i = 0; i < BOOST_ROWS; i++)
            w[i] = 1. / BOOST_ROWS;
        for (int m = 0; m < BOOST_MEMBERS; m++) {
            for (int i = 0; i < BOOST_ROWS; i++)
                CLOSE(w[i], samme_cases[c].weight[m][i]);
            assert_int_equal(cnn_boost_samme(w, samme_cases[c].wrong[m], BOOST_ROWS, BOOST_CLASSES, samme_cases[c].rate,
                                             &error, &vote),
                             CNN_BOOST_ON);
            CLOSE(error, samme_cases[c].error[m]);
            CLOSE(vote, samme_cases[c].say[m]);
        }
    }
}

static void test_r2_ends(void **state)
{
    double w[] = {0.5, 0.25, 0.25}, error, vote;
    static const double none[] = {0, 0, 0}, far[] = {2, 0, 1}, near[] = {0, 3, 0};
    (void)state;
    assert_int_equal(cnn_boost_r2(w, none, 3, 1, &error, &vote), CNN_BOOST_PERFECT);
    assert_true(error == 0 && vote == 1);
    assert_int_equal(cnn_boost_r2(w, far, 3, 1, &error, &vote), CNN_BOOST_TOO_WEAK); /* 0.5 + 0.25 / 2 */
    CLOSE(error, 0.625);
    assert_true(w[0] == 0.5);
    assert_int_equal(cnn_boost_r2(w, near, 3, 1, &error, &vote),
                     CNN_BOOST_ON); /* 1/4: beta 1/3; 1/6 1/4 1/12, of 1/2 */
    CLOSE(vote, log(3));
    CLOSE(w[0], 1. / 3);
    CLOSE(w[1], 1. / 2);
    CLOSE(w[2], 1. / 6);
}

static void test_r2_is_scikit_learns(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof r2_cases / sizeof *r2_cases; c++) {
        const float *answers[BOOST_MEMBERS];
        double w[BOOST_ROWS], off[BOOST_ROWS], error, says[BOOST_MEMBERS];
        float median[BOOST_ROWS];
        for (int i = 0; i < BOOST_ROWS; i++)
            w[i] = 1. / BOOST_ROWS;
        for (int m = 0; m < BOOST_MEMBERS; m++) {
            answers[m] = r2_cases[c].answer[m];
            for (int i = 0; i < BOOST_ROWS; i++) {
                CLOSE(w[i], r2_cases[c].weight[m][i]);
                off[i] = fabs((double)r2_cases[c].answer[m][i] - (double)r2_cases[c].target[i]);
            }
            assert_int_equal(cnn_boost_r2(w, off, BOOST_ROWS, r2_cases[c].rate, &error, &says[m]), CNN_BOOST_ON);
            CLOSE(error, r2_cases[c].error[m]);
            CLOSE(says[m], r2_cases[c].say[m]);
        }
        struct cnn_outputs o = {.members = BOOST_MEMBERS, .rows = BOOST_ROWS, .size = 1, .y = answers, .weight = says};
        assert_int_equal(cnn_combine(CNN_MEDIAN, &o, median, NULL), 0);
        for (int i = 0; i < BOOST_ROWS; i++)
            assert_true(median[i] == r2_cases[c].median[i]);
    }
}

/* ---- rows drawn by weight */

static void test_draws_follow_the_weights(void **state)
{
    enum { N = 4000 };
    static double cumulative[N];
    static int64_t drawn[N], again[N];
    double sum = 0, heavy = 0;
    (void)state;
    for (int i = 0; i < N; i++)
        cumulative[i] = sum += i % 2 == 0  ? 0
                               : i < N / 2 ? 3
                                           : 1; /* only odd rows, three quarters of them from the first half */
    cnn_draw_weighted(5, 2, cumulative, drawn, N);
    for (int i = 0; i < N; i++) {
        assert_in_range(drawn[i], 0, N - 1);
        assert_int_equal(drawn[i] % 2, 1);
        heavy += drawn[i] < N / 2;
    }
    assert_true(fabs(heavy / N - 0.75) < 0.03); /* the standard deviation is 0.0068 */
    cnn_draw_weighted(5, 2, cumulative, again, N);
    assert_memory_equal(drawn, again, sizeof drawn);
    cnn_draw_weighted(5, 3, cumulative, again, N);
    assert_memory_not_equal(drawn, again, sizeof drawn);
}

/* A learner with a constant answer is right about one class only. It is no better than chance, for any number of rows.
 * A learner with one more row right is better than chance. After it has been counted, the same mistakes are chance
 * again. Numbers whose error is on average half of the largest error are chance as well. */
static void chance(int64_t rows, int64_t classes)
{
    double w[1000] = {0}, off[1000] = {0}, error, vote;
    unsigned char wrong[1000] = {0};
    for (int64_t i = 0; i < rows; i++) {
        w[i] = 1 / (double)rows;
        wrong[i] = i % classes != 0;
        off[i] = i % 2 ? 0 : 3.3;
    }
    if (cnn_boost_samme(w, wrong, rows, classes, 1, &error, &vote) != CNN_BOOST_TOO_WEAK)
        fail_msg("%d rows of %d classes: an error of %.17g is not chance", (int)rows, (int)classes, error);
    wrong[1] = 0;
    assert_int_equal(cnn_boost_samme(w, wrong, rows, classes, 0.5, &error, &vote),
                     rows > 2 ? CNN_BOOST_ON : CNN_BOOST_PERFECT);
    for (int64_t i = 0; i < rows; i++)
        w[i] = 1 / (double)rows;
    assert_int_equal(cnn_boost_samme(w, wrong, rows, classes, 1, &error, &vote),
                     rows > 2 ? CNN_BOOST_ON : CNN_BOOST_PERFECT);
    if (rows > 2)
        assert_int_equal(cnn_boost_samme(w, wrong, rows, classes, 1, &error, &vote), CNN_BOOST_TOO_WEAK);
    for (int64_t i = 0; i < rows; i++)
        w[i] = 1 / (double)rows;
    assert_int_equal(cnn_boost_r2(w, off, rows, 1, &error, &vote), CNN_BOOST_TOO_WEAK); /* odd rows: one more is off */
}

static void test_chance(void **state)
{
    (void)state;
    for (int64_t classes = 2; classes <= 6; classes++)
        for (int64_t rows = classes; rows <= 1000; rows += classes)
            chance(rows, classes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samme_by_hand),
        cmocka_unit_test(test_samme_ends),
        cmocka_unit_test(test_samme_is_scikit_learns),
        cmocka_unit_test(test_r2_ends),
        cmocka_unit_test(test_r2_is_scikit_learns),
        cmocka_unit_test(test_draws_follow_the_weights),
        cmocka_unit_test(test_chance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
