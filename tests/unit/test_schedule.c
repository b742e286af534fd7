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

static void test_warmup_from_a_rate(void **state)
{
    struct cnn_schedule s = {
        .kind = CNN_LR_COSINE, .lr = 0.1, .steps = 40, .alpha = 0.1, .warmup = 4, .warmup_from = 0.02};
    (void)state;
    is(&s, 0, 100, 0.02);
    is(&s, 1, 100, 0.04);
    is(&s, 4, 100, 0.1);
    is(&s, 24, 100, 0.1 * (0.9 * 0.5 + 0.1));
}

/* Against numbers that Keras 3 computes in float32; those of one_cycle are PyTorch's. */
static void follows(const struct cnn_schedule *s, const int64_t *steps, const double *expected, int n)
{
    for (int i = 0; i < n; i++) {
        const double lr = cnn_learning_rate(s, steps[i], 20);
        if (fabs(lr - expected[i]) > 2e-6 * 0.1)
            fail_msg("step %lld: %.9g, not %.9g", (long long)steps[i], lr, expected[i]);
    }
}

#define FOLLOWS(S, STEPS, EXPECTED) follows(&(S), STEPS, EXPECTED, sizeof(STEPS) / sizeof *(STEPS))

static void test_restarts(void **state)
{
    static const int64_t steps[] = {0, 4, 9, 10, 20, 29, 30, 45}, same[] = {0, 4, 9, 10, 25};
    static const double rates[] = {0.1, 0.06545085, 0.002447176, 0.1, 0.05, 0.0006155819, 0.1, 0.06913417},
                        lower[] = {0.1, 0.06890576, 0.01220246, 0.055, 0.02125};
    struct cnn_schedule s = {.kind = CNN_LR_COSINE_RESTARTS, .lr = 0.1, .steps = 10, .t_mul = 2, .m_mul = 1};
    (void)state;
    FOLLOWS(s, steps, rates);
    s.t_mul = 1, s.m_mul = 0.5, s.alpha = 0.1;
    FOLLOWS(s, same, lower);
}

/* The momentum of BYOL: from 0.996 to 1, which it reaches exactly. */
static void test_cosine_end(void **state)
{
    struct cnn_schedule s = {.kind = CNN_LR_COSINE, .lr = 0.996, .end = 1, .ends = 1};
    (void)state;
    is(&s, 0, 100, 0.996);
    is(&s, 50, 100, 0.998);
    is(&s, 25, 100, 1 - 0.004 * (1 + 0.70710678118654752) / 2);
    assert_true(cnn_learning_rate(&s, 100, 100) == 1);
    s.lr = 0, s.end = 0.5;
    is(&s, 50, 100, 0.25);
}

static void test_inverse_time(void **state)
{
    struct cnn_schedule s = {.kind = CNN_LR_INVERSE_TIME, .lr = 0.1, .steps = 10, .rate = 0.5};
    (void)state;
    is(&s, 5, 100, 0.08);
    is(&s, 20, 100, 0.05);
    s.staircase = 1;
    is(&s, 5, 100, 0.1);
    is(&s, 25, 100, 0.05);
}

static void test_piecewise(void **state)
{
    static const double boundaries[] = {5, 10}, values[] = {0.1, 0.05, 0.01};
    static const int64_t steps[] = {0, 5, 6, 10, 11, 99};
    static const double rates[] = {0.1, 0.1, 0.05, 0.05, 0.01, 0.01};
    struct cnn_schedule s = {.kind = CNN_LR_PIECEWISE, .lr = 0.1, .boundaries = boundaries, .values = values, .n = 2};
    (void)state;
    FOLLOWS(s, steps, rates);
    s.lr = 0.2; /* --lr */
    is(&s, 6, 100, 0.1);
}

static void test_polynomial(void **state)
{
    static const int64_t steps[] = {0, 5, 10, 30}, more[] = {0, 5, 10, 11, 15, 25};
    static const double rates[] = {0.1, 0.0325, 0.01, 0.01}, again[] = {0.1, 0.055, 0.01, 0.0505, 0.0325, 0.025};
    struct cnn_schedule s = {.kind = CNN_LR_POLYNOMIAL, .lr = 0.1, .steps = 10, .end = 0.01, .power = 2};
    (void)state;
    FOLLOWS(s, steps, rates);
    s.power = 1, s.cycle = 1;
    FOLLOWS(s, more, again);
}

static void test_one_cycle(void **state)
{
    static const int64_t steps[] = {0, 2, 5, 6, 10, 19, 30};
    static const double rates[] = {0.004, 0.037167184, 0.1, 0.098746401, 0.0716943, 4e-7, 4e-7};
    struct cnn_schedule s = {.kind = CNN_LR_ONE_CYCLE, .lr = 0.1, .rise = 0.3, .div = 25, .final_div = 1e4};
    (void)state;
    FOLLOWS(s, steps, rates);
    s.steps = 20;
    FOLLOWS(s, steps, rates);
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
        cmocka_unit_test(test_warmup_from_a_rate),
        cmocka_unit_test(test_restarts),
        cmocka_unit_test(test_cosine_end),
        cmocka_unit_test(test_inverse_time),
        cmocka_unit_test(test_piecewise),
        cmocka_unit_test(test_polynomial),
        cmocka_unit_test(test_one_cycle),
    };
    return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
