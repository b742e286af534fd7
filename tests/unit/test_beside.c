/* test_beside.c -- data stored beside the weights: written to both kinds of files, read back, and damaged. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "beside.h"
#include "scratch.h"

static struct cnn_error error;
static const double means[3] = {.1, -2, 3e-7}, stds[3] = {.3, 1, 5};
static char *classes[] = {"plain", "a \"quoted\"\n", "h\xc3\xa9", ""}, *columns[] = {"a,b", "c"};
static const char *const files[] = {"b.safetensors", "b.npz"};

static struct cnn_beside through(const char *file, const struct cnn_beside *b)
{
    struct cnn_tensors t = {0};
    struct cnn_beside back;
    assert_int_equal(cnn_beside_add(b, strstr(file, ".npz") != NULL, &t, &error), 0);
    for (size_t i = 0; i < t.n; i++)
        assert_true(cnn_tensor_is_state(t.at[i].name)); /* readers of weights skip them */
    assert_int_equal(cnn_tensors_write(scratch(file), &t, &error), 0);
    assert_int_equal(cnn_beside_read(scratch(file), &back, &error), 0);
    cnn_tensors_free(&t);
    return back;
}

static void test_whole(void **state)
{
    (void)state;
    const struct cnn_beside b = {.scale = 1. / 255,
                                 .channels = 3,
                                 .mean = means,
                                 .std = stds,
                                 .classes = {[0] = {classes, 4}, [2] = {columns, 2}},
                                 .columns = {columns, 2}};
    for (int f = 0; f < 2; f++) {
        struct cnn_beside back = through(files[f], &b);
        assert_true(back.scale == b.scale && back.channels == 3);
        assert_memory_equal(back.mean, means, sizeof means);
        assert_memory_equal(back.std, stds, sizeof stds);
        assert_int_equal(back.classes[0].n, 4);
        assert_int_equal(back.classes[1].n, 0);
        assert_int_equal(back.classes[2].n, 2);
        assert_string_equal(back.classes[2].at[1], "c");
        for (int i = 0; i < 4; i++)
            assert_string_equal(back.classes[0].at[i], classes[i]);
        assert_int_equal(back.columns.n, 2);
        assert_string_equal(back.columns.at[0], "a,b");
        cnn_beside_free(&back);
    }
}

/* One mean and deviation for all channels are read back, and so is an empty record. */
static void test_little(void **state)
{
    (void)state;
    const double mean = 1. / 3, std = 7;
    const struct cnn_beside one = {.scale = .1, .channels = 1, .mean = &mean, .std = &std}, none = {0};
    for (int f = 0; f < 2; f++) {
        struct cnn_beside back = through(files[f], &one);
        assert_true(back.scale == .1 && back.channels == 1 && back.mean[0] == mean && back.std[0] == std);
        cnn_beside_free(&back);
        back = through(files[f], &none);
        assert_true(back.channels == 0 && back.classes[0].n == 0 && back.columns.n == 0);
        cnn_beside_free(&back);
    }
}

/* Other programs must still be able to read a file of weights. */
static void test_bytes(void **state)
{
    (void)state;
    static char *broken[][2] = {{"good", "\xff"}, {"\xc3", "good"}, {"\x80", "good"}, {"\xe2\x82", "good"}};
    for (int i = 0; i < 4; i++) {
        const struct cnn_beside b = {.classes = {{broken[i], 2}}};
        struct cnn_beside back = through(files[0], &b);
        assert_int_equal(back.classes[0].n, 0);
        cnn_beside_free(&back);
    }
}

/* Older files name each class in an entry of its own; newer ones have a list. */
static void test_old(void **state)
{
    (void)state;
    struct cnn_tensors t = {0};
    struct cnn_beside b;
    cnn_tensors_add_metadata(&t, "class.0", "cat", &error);
    cnn_tensors_add_metadata(&t, "class.1", "dog", &error);
    assert_int_equal(cnn_beside_find(&t, "z", &b, &error), 0);
    assert_int_equal(b.classes[0].n, 2);
    assert_string_equal(b.classes[0].at[1], "dog");
    cnn_beside_free(&b);
    cnn_tensors_free(&t);
}

static struct cnn_array each(int64_t n, const double *v)
{
    return cnn_array_view(CNN_F64, 1, &n, v);
}

static void test_damaged(void **state)
{
    (void)state;
    static const double zero[3] = {1, 0, 1}, none[3] = {1, (double)NAN, 1};
    static const float floats[3] = {1, 1, 1};
    const int64_t n = 3;
    const struct {
        const char *scale;
        struct cnn_array mean, std;
        const char *classes, *what;
    } broken[] = {
        {"0x", each(3, means), each(3, stds), NULL, "z: 'normalize.scale' is damaged"},
        {"inf", each(3, means), each(3, stds), NULL, "z: 'normalize.scale' is damaged"},
        {NULL, each(3, means), each(3, stds), NULL, "z: 'normalize.scale' is damaged"},
        {"1", each(3, none), each(3, stds), NULL, "z: 'normalize.mean' is damaged"},
        {"1", {.rank = 0}, each(3, stds), NULL, "z: 'normalize.mean' is damaged"},
        {"1", each(2, means), each(3, stds), NULL, "z: 'normalize.std' is damaged"},
        {"1", each(3, means), each(3, zero), NULL, "z: 'normalize.std' is damaged"},
        {"1", each(3, means), cnn_array_view(CNN_F32, 1, &n, floats), NULL, "z: 'normalize.std' is damaged"},
        {"1", each(3, means), each(3, stds), "[\"a\", 3]", "z: class.names: byte 6: string expected"},
        {"1", each(3, means), each(3, stds), "[\"a\"", "z: class.names: byte 4: ',' or ']' expected"},
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct cnn_tensors t = {0};
        struct cnn_beside b;
        if (broken[i].scale)
            cnn_tensors_add_metadata(&t, "normalize.scale", broken[i].scale, &error);
        if (broken[i].mean.rank)
            cnn_tensors_add(&t, "normalize.mean", broken[i].mean, &error);
        cnn_tensors_add(&t, "normalize.std", broken[i].std, &error);
        if (broken[i].classes)
            cnn_tensors_add_metadata(&t, "class.names", broken[i].classes, &error);
        assert_int_equal(cnn_beside_find(&t, "z", &b, &error), -1);
        assert_string_equal(error.text, broken[i].what);
        cnn_tensors_free(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole), cmocka_unit_test(test_little),  cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_old),   cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests_name("beside", tests, scratch_setup, scratch_teardown);
}
