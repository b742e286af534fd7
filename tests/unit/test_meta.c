/* test_meta.c -- what stacking learns from members' outputs, against scikit-learn and by what must hold at a
 * minimum. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "ensemble/ensemble.h"
#include "ensemble/meta.h"
#include "meta_fixture.h"

static struct cnn_error error;

struct fixture {
    const struct meta_case *c;
    const float *y[META_MEMBERS];
    struct cnn_outputs o;
    int64_t features;
};

static void open_fixture(struct fixture *f, const struct meta_case *c)
{
    *f = (struct fixture){.c = c, .features = META_MEMBERS * c->size};
    for (int i = 0; i < META_MEMBERS; i++)
        f->y[i] = c->y[i];
    f->o = (struct cnn_outputs){.members = META_MEMBERS, .rows = META_ROWS, .size = c->size, .y = f->y};
}

static void expect(const double *got, const double *wanted, int64_t n, double tolerance)
{
    for (int64_t i = 0; i < n; i++)
        if (fabs(got[i] - wanted[i]) > tolerance * (1 + fabs(wanted[i])))
            fail_msg("number %d: %.12g, not %.12g", (int)i, got[i], wanted[i]);
}

enum { CASES = sizeof meta_cases / sizeof *meta_cases };

static void test_logistic(void **state)
{
    (void)state;
    for (int i = 0; i < CASES; i++) {
        struct cnn_meta_learner m;
        struct fixture f;
        open_fixture(&f, &meta_cases[i]);
        assert_int_equal(cnn_meta_open(&m, CNN_LOGISTIC, f.features, f.c->size, &error), 0);
        assert_int_equal(cnn_meta_fit_logistic(&m, &f.o, f.c->label, f.c->l2, &error), 0);
        expect(m.kernel, f.c->kernel, f.features * f.c->size, 1e-6);
        if (f.c->size == 1) /* several biases may shift together */
            expect(m.bias, f.c->bias, 1, 1e-5);
        else
            assert_true(fabs(m.bias[0] - m.bias[1] - (f.c->bias[0] - f.c->bias[1])) < 1e-5);
        cnn_meta_free(&m);
    }
}

static void test_ridge(void **state)
{
    (void)state;
    for (int i = 0; i < CASES; i++) {
        struct cnn_meta_learner m;
        struct fixture f;
        open_fixture(&f, &meta_cases[i]);
        assert_int_equal(cnn_meta_open(&m, CNN_RIDGE, f.features, f.c->size, &error), 0);
        assert_int_equal(cnn_meta_fit_ridge(&m, &f.o, f.c->target, f.c->l2, &error), 0);
        expect(m.kernel, f.c->ridge_kernel, f.features * f.c->size, 1e-9);
        expect(m.bias, f.c->ridge_bias, f.c->size, 1e-9);
        cnn_meta_free(&m);
    }
}

/* Two members with equal answers share one weight equally. Only the penalty decides how they share it. */
static void test_twins(void **state)
{
    static float y[META_ROWS], target[META_ROWS];
    const float *const both[] = {y, y};
    struct cnn_outputs o = {.members = 2, .rows = META_ROWS, .size = 1, .y = both};
    struct cnn_meta_learner m;
    (void)state;
    for (int i = 0; i < META_ROWS; i++) {
        y[i] = (float)(i % 7);
        target[i] = 3 * y[i] + 1;
    }
    assert_int_equal(cnn_meta_open(&m, CNN_RIDGE, 2, 1, &error), 0);
    assert_int_equal(cnn_meta_fit_ridge(&m, &o, target, 1e-6, &error), 0);
    expect(m.kernel, (const double[]){1.5, 1.5}, 2, 1e-6);
    expect(m.bias, (const double[]){1}, 1, 1e-6);
    cnn_meta_free(&m);
}

/* Weights stay finite when a line separates the rows completely and there is hardly a penalty. */
static void test_certain(void **state)
{
    static float y[META_ROWS], out[META_ROWS];
    static int64_t label[META_ROWS];
    const float *const one[] = {y};
    struct cnn_outputs o = {.members = 1, .rows = META_ROWS, .size = 1, .y = one};
    struct cnn_meta_learner m;
    (void)state;
    for (int i = 0; i < META_ROWS; i++) {
        label[i] = i >= META_ROWS / 2;
        y[i] = (float)i / META_ROWS;
    }
    assert_int_equal(cnn_meta_open(&m, CNN_LOGISTIC, 1, 1, &error), 0);
    assert_int_equal(cnn_meta_fit_logistic(&m, &o, label, 1e-8, &error), 0);
    assert_int_equal(cnn_meta_apply(&m, &o, out), 0);
    for (int i = 0; i < META_ROWS; i++)
        assert_true(isfinite(out[i]) && (out[i] > 0.5f) == (int)label[i]);
    assert_true(out[0] < 1e-6f && out[META_ROWS - 1] > 1 - 1e-6f);
    cnn_meta_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_logistic), cmocka_unit_test(test_ridge),
                                       cmocka_unit_test(test_twins), cmocka_unit_test(test_certain)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
