/* test_schedule.c -- learning rates, against Keras' formulas. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "cnn.h"

static void is(const struct cnn_schedule *s, int64_t step, int64_t total, double expected)
{
    double lr = cnn_learning_rate(s, step, total);
    if (fabs(lr - expected) > 1e-12)
        fail_msg("step %lld: %.15g, not %.15g", (long long)step, lr, expected);
}

static void test_constant(void **state)
{
    struct cnn_schedule s = {.kind = CNN_LR_CONSTANT, .lr = 0.1};
    (void)state;
    is(&s, 0, 100, 0.1);
    is(&s, 99, 100, 0.1);
}

static void test_step(void **state)
{
    struct cnn_schedule s = {.kind = CNN_LR_STEP, .lr = 0.1, .rate = 0.5, .steps = 10};
    (void)state;
    is(&s, 0, 100, 0.1);
    is(&s, 9, 100, 0.1);
    is(&s, 10, 100, 0.05);
    is(&s, 29, 100, 0.025);
}

static void test_exponential(void **state)
{
    struct cnn_schedule s = {.kind = CNN_LR_EXPONENTIAL, .lr = 0.1, .rate = 0.5, .steps = 10};
    (void)state;
    is(&s, 0, 100, 0.1);
    is(&s, 5, 100, 0.1 * sqrt(0.5));
    is(&s, 20, 100, 0.025);
    s.staircase = 1;
    is(&s, 5, 100, 0.1);
    is(&s, 25, 100, 0.025);
}

static void test_cosine(void **state)
{
    struct cnn_schedule s = {.kind = CNN_LR_COSINE, .lr = 0.1, .steps = 40, .alpha = 0.1};
    (void)state;
    is(&s, 0, 100, 0.1);
    is(&s, 20, 100, 0.1 * (0.9 * 0.5 + 0.1));
    is(&s, 40, 100, 0.01);
    is(&s, 99, 100, 0.01); /* it stays there */
}

static void test_cosine_over_the_run(void **state)
{
    struct cnn_schedule s = {.kind = CNN_LR_COSINE, .lr = 0.1};
    (void)state;
    is(&s, 0, 100, 0.1);
    is(&s, 50, 100, 0.05);
    is(&s, 100, 100, 0);
    s.warmup = 20;
    is(&s, 60, 100, 0.05);
    is(&s, 20, 20, 0); /* the run is all warm-up */
}

static void test_warmup(void **state)
{
    struct cnn_schedule s = {.kind = CNN_LR_EXPONENTIAL, .lr = 0.1, .rate = 0.5, .steps = 10, .warmup = 4};
    (void)state;
    is(&s, 0, 100, 0);
    is(&s, 1, 100, 0.025);
    is(&s, 3, 100, 0.075);
    is(&s, 4, 100, 0.1);
    is(&s, 14, 100, 0.05);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constant),
        cmocka_unit_test(test_step),
        cmocka_unit_test(test_exponential),
        cmocka_unit_test(test_cosine),
        cmocka_unit_test(test_cosine_over_the_run),
        cmocka_unit_test(test_warmup),
    };
    return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
