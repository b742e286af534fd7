/* test_vec.c -- the vector verbs against the C library in double. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define VF_LANES 4
#include "transpose.h"

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double softplus(double x)
{
    return log1p(exp(-fabs(x))) + (x > 0 ? x : 0);
}

static double normal(double x)
{
    return erfc(-x * sqrt(0.5)) / 2;
}

static double gelu_slope(double x)
{
    return normal(x) + x * exp(-x * x / 2) / sqrt(2 * acos(-1));
}

static double silu_slope(double x)
{
    return sigmoid(x) * (1 + x * sigmoid(-x));
}

/* An error may be `relative` times the value, or `absolute` where that is more. */
static const struct function {
    const char *name;
    vf (*vector)(vf);
    double (*exact)(double);
    double from, to, relative, absolute;
} functions[] = {
    {"exp", vf_exp, exp, -87, 88, 2.5e-7, 0},
    {"expm1", vf_expm1, expm1, -20, 20, 2.5e-7, 0},
    {"log1p of 0 to 1", vf_log1p_unit, log1p, 0, 1, 2.5e-7, 0},
    {"log1p", vf_log1p, log1p, -0.999, 50, 2.5e-7, 0},
    {"log", vf_log, log, 1e-6, 50, 2.5e-7, 0},
    {"sin", vf_sin, sin, -9000, 9000, 0, 2.5e-7},
    {"cos", vf_cos, cos, -9000, 9000, 0, 2.5e-7},
    {"floor", vf_floor, floor, -100, 100, 0, 0},
    {"sigmoid", vf_sigmoid, sigmoid, -40, 40, 2.5e-7, 0},
    {"tanh", vf_tanh, tanh, -12, 12, 2.5e-7, 0},
    {"softplus", vf_softplus, softplus, -40, 40, 3e-7, 0},
    {"erf", vf_erf, erf, -5, 5, 2.5e-7, 0},
    {"normal", vf_normal, normal, -6, 6, 0, 2.5e-7},
    {"gelu slope", vf_gelu_slope, gelu_slope, -8, 8, 0, 5e-7},
    {"silu slope", vf_silu_slope, silu_slope, -20, 20, 0, 5e-7},
};

enum { POINTS = 200000, FUNCTIONS = sizeof functions / sizeof *functions };

static void check_function(const struct function *f)
{
    for (int i = 0; i <= POINTS; i++) {
        float x = (float)(f->from + (f->to - f->from) * i / POINTS);
        double exact = f->exact((double)x), error = fabs((double)f->vector(vf_set1(x))[1] - exact);
        double allowed = fmax(f->relative * fabs(exact), f->absolute);
        if (error > allowed)
            fail_msg("%s(%.9g): error %g, allowed %g", f->name, (double)x, error, allowed);
    }
}

static void functions_agree_with_double(void **state)
{
    (void)state;
    for (int i = 0; i < FUNCTIONS; i++)
        check_function(&functions[i]);
}

static void nan_stays_nan(void **state)
{
    (void)state;
    for (int i = 0; i < FUNCTIONS; i++)
        if (!isnan(functions[i].vector(vf_set1(NAN))[0]))
            fail_msg("%s of NaN is a number", functions[i].name);
}

static void infinities_are_far_away(void **state)
{
    (void)state;
    assert_true(vf_tanh(vf_set1(INFINITY))[0] == 1 && vf_tanh(vf_set1(-INFINITY))[0] == -1);
    assert_true(vf_sigmoid(vf_set1(INFINITY))[0] == 1 && vf_sigmoid(vf_set1(-INFINITY))[0] < 1e-37F);
    assert_true(isinf(vf_softplus(vf_set1(INFINITY))[0]) && vf_softplus(vf_set1(-INFINITY))[0] < 1e-37F);
}

static void lanes_are_told_apart(void **state)
{
    (void)state;
    const float data[VF_LANES] = {3, -1, 7, 2};
    vf v = vf_load(data);
    assert_true(vf_sum(v) == 11 && vf_largest(v) == 7);
    assert_true(vf_sum(vf_and(vi_first(3), v)) == 9);
    assert_true(vf_sum(vf_load_part(data, 2)) == 2);
    assert_true(vf_sum(vf_select(v > 0.0F, v, -v)) == 13 && vf_sum(vf_abs(v)) == 13);
    float stored[VF_LANES] = {0, 0, 0, 9};
    vf_store_part(stored, v, 3);
    assert_true(stored[2] == 7 && stored[3] == 9);
}

static void bytes_come_back(void **state)
{
    (void)state;
    unsigned char bytes[VF_LANES] = {0, 1, 200, 255}, back[VF_LANES];
    vi v = vi_load_bytes(bytes);
    assert_int_equal(v[3], 255);
    vi_store_bytes(back, v);
    assert_memory_equal(bytes, back, sizeof back);
}

static void truths_count_and_pack(void **state)
{
    (void)state;
    const float low[VF_LANES] = {1, 5, 0, NAN}, high[VF_LANES] = {2, 5, -1, 3};
    unsigned char counts[VF_LANES];
    vm below = vm_below(vf_load(low), vf_load(high)), live = vm_nonzero(vf_load(low));
    vx_store(counts, vx_count(vx_count((vx){0}, live), live & below));
    const unsigned char expected[VF_LANES] = {2, 1, 0, 1};
    assert_memory_equal(counts, expected, sizeof counts);
    float packed[VF_LANES];
    assert_int_equal(vf_pack(packed, vf_load(high), live & vm_equal((vi)vf_load(high), 0x40a00000)), 1);
    assert_true(packed[0] == 5);
}

static void vectors_interleave(void **state)
{
    (void)state;
    float low[VF_LANES], high[VF_LANES], both[2 * VF_LANES];
    for (int i = 0; i < VF_LANES; i++) {
        low[i] = (float)i;
        high[i] = (float)(100 + i);
    }
    vf_interleave(both, vf_load(low), vf_load(high));
    for (int i = 0; i < 2 * VF_LANES; i++)
        assert_true(both[i] == (i % 2 ? high : low)[i / 2]);
}

static void memory_is_aligned(void **state)
{
    (void)state;
    VF_ALIGNED float memory[3 * VF_LANES];
    assert_ptr_equal(vf_align(memory), memory);
    assert_ptr_equal(vf_align(memory + 1), memory + VF_LANES);
    assert_ptr_equal(vf_align(memory + VF_LANES - 1), memory + VF_LANES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(squares_are_transposed), cmocka_unit_test(functions_agree_with_double),
        cmocka_unit_test(nan_stays_nan),          cmocka_unit_test(infinities_are_far_away),
        cmocka_unit_test(lanes_are_told_apart),   cmocka_unit_test(bytes_come_back),
        cmocka_unit_test(truths_count_and_pack),  cmocka_unit_test(vectors_interleave),
        cmocka_unit_test(memory_is_aligned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
