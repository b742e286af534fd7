/* test_params.c -- random numbers, first values, and parameters between theta and files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "scratch.h"
#include "support/support.h"
#include "weights/weights.h"

static struct cnn_error error;

#define assert_near(a, b, eps) assert_true(fabs((double)(a) - (double)(b)) <= (eps))

/* ---- random.c */

static void test_philox(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } known[] = {
        /* from Random123's kat_vectors */
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint32_t out[4];
        cnn_philox(known[i].counter, known[i].key, out);
        assert_memory_equal(out, known[i].out, sizeof out);
    }
    uint32_t out[4];
    cnn_random4(UINT64_C(0x299f31d0a4093822), UINT64_C(0x85a308d3243f6a88), UINT64_C(0x0370734413198a2e), out);
    assert_memory_equal(out, known[2].out, sizeof out);
}

static void test_permutation(void **state)
{
    (void)state;
    enum { N = 1000 };
    static int64_t a[N], b[N];
    char seen[N] = {0};
    int64_t fixed = 0;
    cnn_permutation(7, 3, a, N);
    for (int i = 0; i < N; i++) {
        assert_in_range(a[i], 0, N - 1);
        assert_false(seen[a[i]]++);
        fixed += a[i] == i;
    }
    assert_true(fixed < 10);
    cnn_permutation(7, 3, b, N);
    assert_memory_equal(a, b, sizeof a);
    cnn_permutation(7, 4, b, N);
    assert_memory_not_equal(a, b, sizeof a);
    cnn_permutation(8, 3, b, N);
    assert_memory_not_equal(a, b, sizeof a);
    cnn_permutation(1, 1, a, 0);
    cnn_permutation(1, 1, a, 1);
    assert_int_equal(a[0], 0);
}

/* All 6 orders of 3 elements are equally likely. */
static void test_permutation_is_fair(void **state)
{
    (void)state;
    int count[27] = {0};
    for (uint64_t e = 0; e < 6000; e++) {
        int64_t p[3];
        cnn_permutation(5, e, p, 3);
        count[p[0] * 9 + p[1] * 3 + p[2]]++;
    }
    for (int i = 0; i < 27; i++)
        assert_true(count[i] == 0 || (count[i] > 880 && count[i] < 1120));
}

/* ---- a network in two layouts: `plain` is canonical; `blocked` has 4 lanes, padding and another order of axes */

enum { K = 0, B = 1, W = 2, PARAMS = 3, PLAIN = 3 * 5 + 5 + 6, BLOCKED = 1 + 3 * 8 + 8 + 3 * 4 };

static const struct cnn_param params[PARAMS] = {
    {.name = "conv.kernel",
     .rank = 2,
     .shape = {3, 5},
     .init = CNN_GLOROT_UNIFORM,
     .fan_in = 3,
     .fan_out = 5,
     .l1 = .5,
     .trainable = 1},
    {.name = "conv.bias", .rank = 1, .shape = {5}, .init = CNN_CONSTANT, .a = .25, .trainable = 1},
    {.name = "dense.kernel",
     .rank = 2,
     .shape = {2, 3},
     .init = CNN_HE_NORMAL,
     .fan_in = 2,
     .fan_out = 3,
     .l2 = 2,
     .trainable = 1},
};

static const struct cnn_place plain[PARAMS] = {
    {0, 15, {{1, 5, 0}, {1, 1, 0}}},
    {15, 5, {{1, 1, 0}}},
    {20, 6, {{1, 3, 0}, {1, 1, 0}}},
};

static const struct cnn_place blocked[PARAMS] = {
    {1, 24, {{1, 4, 0}, {4, 12, 1}}}, /* [5 in blocks of 4][3][4] */
    {25, 8, {{4, 4, 1}}},
    {33, 12, {{1, 1, 0}, {1, 4, 0}}}, /* transposed, rows of 4 */
};

static struct cnn_model model(const struct cnn_place *place, size_t theta)
{
    return (struct cnn_model){.name = "net",
                              .params = params,
                              .n_params = PARAMS,
                              .slots = 2,
                              .state_init = .1f,
                              .core = {.theta = theta, .trained = theta, .place = place},
                              .reference = {.theta = PLAIN, .place = plain}};
}

static void test_place(void **state)
{
    (void)state;
    assert_int_equal(cnn_param_count(&params[K]), 15);
    assert_int_equal(cnn_place_of(&params[K], &plain[K], 7), 7);
    assert_int_equal(cnn_place_of(&params[K], &blocked[K], 7), 1 + 4 + 2);      /* [1][2] */
    assert_int_equal(cnn_place_of(&params[K], &blocked[K], 14), 1 + 8 + 12);    /* [2][4] */
    assert_int_equal(cnn_place_of(&params[W], &blocked[W], 5), 33 + 1 + 2 * 4); /* [1][2] */
    const struct cnn_param scalar = {.rank = 0};
    assert_int_equal(cnn_param_count(&scalar), 1);
    assert_int_equal(cnn_place_of(&scalar, &blocked[B], 0), 25);
}

/* One axis counts [2][3] elements, like the channels and the multiplier of a depthwise kernel; element 5 is the
 * last. */
static void test_place_of_joined_axes(void **state)
{
    (void)state;
    const struct cnn_param p = {.rank = 3, .shape = {4, 2, 3}};
    const struct cnn_place at = {1, 64, {{1, 4, 0}, {0, 0, 0}, {4, 16, 1}}};
    assert_int_equal(cnn_place_of(&p, &at, 0), 1);
    assert_int_equal(cnn_place_of(&p, &at, 4), 1 + 16);
    assert_int_equal(cnn_place_of(&p, &at, 5), 1 + 17);
    assert_int_equal(cnn_place_of(&p, &at, 3 * 6 + 5), 1 + 3 * 4 + 17);
}

static void test_get(void **state)
{
    (void)state;
    float canonical[15], theta[BLOCKED] = {0}, back[15], sum = 0;
    for (int i = 0; i < 15; i++) {
        canonical[i] = (float)(i + 1);
        theta[cnn_place_of(&params[K], &blocked[K], i)] = canonical[i];
    }
    cnn_param_get(&params[K], &blocked[K], theta, back);
    assert_memory_equal(canonical, back, sizeof back);
    for (int i = 0; i < BLOCKED; i++)
        sum += theta[i];
    assert_true(sum == 120); /* each has a place of its own */
}

/* ---- init.c */

static void test_same_network_in_any_layout(void **state)
{
    (void)state;
    struct cnn_model a = model(plain, PLAIN), b = model(blocked, BLOCKED);
    float x[PLAIN], y[BLOCKED], state_a[2 * PLAIN], state_b[2 * BLOCKED], other[PLAIN];
    double reference[PLAIN];
    memset(y, 0xff, sizeof y);
    cnn_init_theta(&a, x, state_a, 1);
    cnn_init_theta(&b, y, state_b, 1);
    cnn_theta_to_reference(&b, y, reference);
    for (int i = 0; i < PLAIN; i++)
        assert_true((double)x[i] == reference[i]);
    double sum = 0, wanted = 0;
    for (int i = 0; i < BLOCKED; i++)
        sum += fabs((double)y[i]);
    for (int i = 0; i < PLAIN; i++)
        wanted += fabs((double)x[i]);
    assert_near(sum, wanted, 1e-12); /* padding is zero */
    for (int i = 0; i < 2 * PLAIN; i++)
        assert_true(state_a[i] == (i < PLAIN ? .1f : 0));
    assert_true(state_b[0] == 0 && state_b[1] == .1f && state_b[BLOCKED] == 0 && state_b[BLOCKED + 1] == 0);
    cnn_init_theta(&a, other, NULL, 2);
    assert_memory_not_equal(x, other, sizeof x);
}

enum { N = 40000 };

/* Computes mean, deviation and largest magnitude of an initializer with fan_in 50 and fan_out 150. */
static void moments(enum cnn_init_kind kind, double a, double b, double *mean, double *deviation, double *largest)
{
    static float theta[N];
    const struct cnn_param p = {
        .name = "w", .rank = 2, .shape = {200, 200}, .init = kind, .a = a, .b = b, .fan_in = 50, .fan_out = 150};
    const struct cnn_place at = {0, N, {{1, 200, 0}, {1, 1, 0}}};
    struct cnn_model m = {.name = "net", .params = &p, .n_params = 1, .core = {.theta = N, .place = &at}};
    double sum = 0, square = 0;
    *largest = 0;
    cnn_init_theta(&m, theta, NULL, 3);
    for (int i = 0; i < N; i++) {
        sum += (double)theta[i];
        square += (double)theta[i] * (double)theta[i];
        *largest = fmax(*largest, fabs((double)theta[i]));
    }
    *mean = sum / N;
    *deviation = sqrt(square / N - *mean * *mean);
}

static void test_distributions(void **state)
{
    (void)state;
    const double cut = .87962566103423978;
    const struct {
        enum cnn_init_kind kind;
        double a, b, mean, deviation, largest; /* largest 0: no bound */
    } rows[] = {
        {CNN_ZEROS, 9, 9, 0, 0, 0},
        {CNN_ONES, 9, 9, 1, 0, 1},
        {CNN_CONSTANT, -3, 9, -3, 0, 3},
        {CNN_GLOROT_UNIFORM, 0, 0, 0, sqrt(2. / 200), sqrt(6. / 200)},
        {CNN_GLOROT_NORMAL, 0, 0, 0, sqrt(2. / 200), 2 * sqrt(2. / 200) / cut},
        {CNN_HE_UNIFORM, 0, 0, 0, sqrt(2. / 50), sqrt(6. / 50)},
        {CNN_HE_NORMAL, 0, 0, 0, sqrt(2. / 50), 2 * sqrt(2. / 50) / cut},
        {CNN_LECUN_UNIFORM, 0, 0, 0, sqrt(1. / 50), sqrt(3. / 50)},
        {CNN_LECUN_NORMAL, 0, 0, 0, sqrt(1. / 50), 2 * sqrt(1. / 50) / cut},
        {CNN_RANDOM_UNIFORM, -1, 3, 1, 4 / sqrt(12), 3},
        {CNN_RANDOM_NORMAL, 5, .5, 5, .5, 0},
        {CNN_TRUNCATED_NORMAL, 0, .5, 0, .5 * cut, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double mean, deviation, largest;
        moments(rows[i].kind, rows[i].a, rows[i].b, &mean, &deviation, &largest);
        assert_near(mean, rows[i].mean, 1e-9 + .025 * rows[i].deviation);
        assert_near(deviation, rows[i].deviation, 1e-9 + .01 * rows[i].deviation);
        if (rows[i].largest > 0) {
            assert_true(largest <= rows[i].largest * (1 + 1e-6));
            assert_true(largest >= rows[i].largest * .99);
        }
    }
}

/* The smaller Gram matrix must have gain^2 on its diagonal and zero elsewhere. */
static void check_orthogonal(int64_t outer, int64_t rows, int64_t cols, double gain)
{
    const struct cnn_param p = {
        .name = "w", .rank = 3, .shape = {outer, rows / outer, cols}, .init = CNN_ORTHOGONAL, .a = gain};
    const struct cnn_place at = {0, (size_t)(rows * cols), {{1, rows / outer * cols, 0}, {1, cols, 0}, {1, 1, 0}}};
    struct cnn_model m = {.name = "net", .params = &p, .n_params = 1, .core = {.theta = at.size, .place = &at}};
    float *w = calloc(at.size, sizeof *w);
    assert_non_null(w);
    cnn_init_theta(&m, w, NULL, 4);
    int tall = rows >= cols;
    int64_t n = tall ? cols : rows, length = tall ? rows : cols;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) {
            double dot = 0;
            for (int64_t k = 0; k < length; k++)
                dot += tall ? (double)w[k * cols + i] * (double)w[k * cols + j]
                            : (double)w[i * cols + k] * (double)w[j * cols + k];
            assert_near(dot, i == j ? gain * gain : 0, 2e-6);
        }
    free(w);
}

static void test_identity(void **state)
{
    const struct cnn_param p = {.name = "w", .rank = 3, .shape = {3, 2, 2}, .init = CNN_IDENTITY, .a = 2};
    const struct cnn_place at = {0, 12, {{1, 4, 0}, {1, 2, 0}, {1, 1, 0}}};
    const struct cnn_model m = {.name = "net", .params = &p, .n_params = 1, .core = {.theta = 12, .place = &at}};
    static const float wanted[12] = {[4] = 2, [7] = 2};
    float w[12];
    (void)state;
    cnn_init_theta(&m, w, NULL, 4);
    assert_memory_equal(w, wanted, sizeof w);
}

static void test_orthogonal(void **state)
{
    (void)state;
    check_orthogonal(2, 20, 8, 1);
    check_orthogonal(3, 9, 30, 1.5);
    check_orthogonal(4, 16, 16, 1);
    check_orthogonal(1, 1, 1, 1);
    check_orthogonal(1, 1, 7, 2);
}

static void test_penalty(void **state)
{
    (void)state;
    struct cnn_model a = model(plain, PLAIN), b = model(blocked, BLOCKED);
    float x[PLAIN], y[BLOCKED];
    double l1 = 0, l2 = 0;
    cnn_init_theta(&a, x, NULL, 1);
    cnn_init_theta(&b, y, NULL, 1);
    for (int i = 0; i < 15; i++)
        l1 += fabs((double)x[i]);
    for (int i = 20; i < 26; i++)
        l2 += (double)x[i] * (double)x[i];
    assert_near(cnn_penalty(&a, x), .5 * l1 + 2 * l2, 1e-9);
    assert_near(cnn_penalty(&b, y), .5 * l1 + 2 * l2, 1e-9);
}

/* ---- files */

static void test_save_and_load(void **state)
{
    (void)state;
    static const char *const names[] = {"w.npz", "w.safetensors"};
    struct cnn_model a = model(plain, PLAIN), b = model(blocked, BLOCKED);
    float x[PLAIN], y[BLOCKED] = {0}, z[PLAIN];
    cnn_init_theta(&a, x, NULL, 1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(cnn_save_weights(&a, x, scratch(names[i])), 0);
        assert_int_equal(cnn_load_weights(&b, y, scratch(names[i])), 0);
        assert_int_equal(cnn_weights_write(&b, y, NULL, scratch(names[i]), &error), 0);
        assert_int_equal(cnn_weights_read(&a, z, scratch(names[i]), &error), 0);
        assert_memory_equal(x, z, sizeof x);
    }
    assert_int_equal(cnn_load_weights(&a, x, scratch("none.npz")), -1);
    assert_int_equal(cnn_save_weights(&a, x, scratch("w.txt")), -1);
    assert_memory_equal(x, z, sizeof x);
}

static void test_state(void **state)
{
    (void)state;
    struct cnn_model b = model(blocked, BLOCKED);
    struct cnn_tensors t = {0};
    float theta[BLOCKED], slots[2 * BLOCKED], again[BLOCKED] = {0};
    cnn_init_theta(&b, theta, slots, 1);
    assert_int_equal(cnn_params_export(&b, theta, "", &t, &error), 0);
    assert_int_equal(cnn_params_export(&b, slots, "optimizer.m.", &t, &error), 0);
    assert_int_equal(cnn_params_export(&b, slots, "optimizer.m.", &t, &error), -1);
    assert_non_null(cnn_tensors_find(&t, "optimizer.m.conv.kernel"));
    assert_int_equal(cnn_params_no_others(&b, &t, "c", &error), 0);
    assert_int_equal(cnn_params_import(&b, &t, "optimizer.m.", "c", again, &error), 0);
    assert_memory_equal(again, slots, sizeof again);
    assert_int_equal(cnn_params_check(&b, &t, "optimizer.v.", "c", &error), -1);
    assert_string_equal(error.text, "c: tensor 'optimizer.v.conv.kernel' [3, 5] is missing");
    cnn_tensors_free(&t);
}

/* When a parameter has become frozen, its state in a file is ignored. */
static void test_frozen_state(void **state)
{
    (void)state;
    struct cnn_param some[PARAMS] = {params[K], params[B], params[W]};
    struct cnn_model all = model(plain, PLAIN), few = all;
    struct cnn_tensors t = {0}, out = {0};
    float theta[PLAIN], slots[2 * PLAIN], again[PLAIN] = {0};
    some[W].trainable = 0;
    few.params = some;
    few.core.trained = few.core.moved = 20; /* the last parameter, which is frozen, stands behind the others */
    cnn_init_theta(&all, theta, slots, 1);
    assert_true(slots[20] == .1f);
    assert_int_equal(cnn_state_export(&all, slots, "optimizer.m.", &t, &error), 0);
    assert_int_equal(t.n, 3);
    assert_int_equal(cnn_state_import(&few, &t, "optimizer.m.", "c", again, &error), 0);
    assert_memory_equal(again, slots, 20 * sizeof *again);
    assert_true(again[20] == 0);
    assert_int_equal(cnn_state_export(&few, again, "optimizer.m.", &out, &error), 0);
    assert_int_equal(out.n, 2);
    assert_int_equal(cnn_state_import(&all, &out, "optimizer.m.", "c", again, &error), -1);
    assert_string_equal(error.text, "c: tensor 'optimizer.m.dense.kernel' [2, 3] is missing");
    cnn_tensors_free(&t);
    cnn_tensors_free(&out);
}

/* Replaces one tensor of a good file, or leaves it out when the replacement's data are NULL. */
static void refuse(const char *name, struct cnn_array replacement, const char *extra, const char *message)
{
    struct cnn_model a = model(plain, PLAIN);
    struct cnn_tensors t = {0}, all = {0};
    float x[PLAIN], before[PLAIN];
    cnn_init_theta(&a, x, NULL, 1);
    memcpy(before, x, sizeof x);
    assert_int_equal(cnn_params_export(&a, x, "", &all, &error), 0);
    for (size_t i = 0; i < all.n; i++) {
        struct cnn_array same = all.at[i].array;
        same.owner = CNN_BORROWED;
        if (strcmp(all.at[i].name, name) != 0)
            assert_int_equal(cnn_tensors_add(&t, all.at[i].name, same, &error), 0);
        else if (replacement.data)
            assert_int_equal(cnn_tensors_add(&t, name, replacement, &error), 0);
    }
    if (extra)
        assert_int_equal(cnn_tensors_add(&t, extra, replacement, &error), 0);
    assert_int_equal(cnn_tensors_write(scratch("bad.npz"), &t, &error), 0);
    memset(x, 0, sizeof x);
    memset(before, 0, sizeof before);
    assert_int_equal(cnn_weights_read(&a, x, scratch("bad.npz"), &error), message ? -1 : 0);
    if (message) {
        assert_has(error.text, message);
        assert_memory_equal(x, before, sizeof x);
    }
    cnn_tensors_free(&t);
    cnn_tensors_free(&all);
}

static void test_refused(void **state)
{
    (void)state;
    static const float v[15] = {0};
    static const double d[6] = {NAN, 2, 3, 4, 5, 6};
    static const int64_t wide[2] = {5, 3}, flat[1] = {6}, right[2] = {2, 3};
    refuse("conv.kernel", cnn_array_view(CNN_F32, 2, wide, v), NULL,
           "bad.npz: tensor 'conv.kernel' has the shape [5, 3], but the network wants [3, 5]");
    refuse("dense.kernel", cnn_array_view(CNN_F32, 1, flat, v), NULL,
           "has the shape [6], but the network wants [2, 3]");
    refuse("dense.kernel", cnn_array_view(CNN_I32, 2, right, v), NULL, "is int32, but the network wants float32");
    refuse("conv.bias", (struct cnn_array){0}, NULL, "tensor 'conv.bias' [5] is missing");
    refuse("", cnn_array_view(CNN_F32, 1, flat, v), "dense_1.kernel",
           "'dense_1.kernel' does not belong to the network");
    refuse("", cnn_array_view(CNN_F32, 1, flat, v), "optimizer.m.other", NULL);
    refuse("dense.kernel", cnn_array_view(CNN_F64, 2, right, d), NULL, NULL); /* float64 is read; nan gives a warning */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_philox),
        cmocka_unit_test(test_permutation),
        cmocka_unit_test(test_permutation_is_fair),
        cmocka_unit_test(test_place),
        cmocka_unit_test(test_place_of_joined_axes),
        cmocka_unit_test(test_get),
        cmocka_unit_test(test_same_network_in_any_layout),
        cmocka_unit_test(test_distributions),
        cmocka_unit_test(test_orthogonal),
        cmocka_unit_test(test_identity),
        cmocka_unit_test(test_penalty),
        cmocka_unit_test(test_save_and_load),
        cmocka_unit_test(test_state),
        cmocka_unit_test(test_frozen_state),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests_name("params", tests, scratch_setup, scratch_teardown);
}
