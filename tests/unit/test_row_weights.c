/* test_row_weights.c -- weights of rows from a file of their own: read, checked, split together with their rows,
 * multiplied by the weights of classes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "data/data.h"
#include "data_files.h"
#include "engine/engine.h"

static const int64_t count[2] = {ROWS, 1};

static struct cnn_data weighted(void)
{
    struct cnn_data s = spec;
    s.train.weight = "w.npy";
    return s;
}

static int load(const struct cnn_data *s, int64_t limit, struct cnn_datasets *out)
{
    struct cnn_model m = model();
    struct cnn_data_options o = everything();
    o.limit = limit;
    m.data = s;
    return cnn_data_load(&m, &o, out, &error);
}

static void refuse(const char *message)
{
    struct cnn_data s = weighted();
    struct cnn_datasets d;
    assert_int_equal(load(&s, 0, &d), -1);
    assert_has(error.text, message);
}

/* The file may have any type; rows of a part without weights have none. */
static void test_types(void **state)
{
    (void)state;
    static const int64_t order[] = {7, 39, 0};
    struct cnn_data s = weighted();
    float f32[ROWS], w[3];
    double f64[ROWS];
    unsigned char u8[ROWS];
    for (int i = 0; i < ROWS; i++)
        f32[i] = (float)(f64[i] = u8[i] = (unsigned char)(2 * i));
    const void *const data[] = {f32, f64, u8};
    const enum cnn_dtype types[] = {CNN_F32, CNN_F64, CNN_U8};
    for (int t = 0; t < 3; t++) {
        struct cnn_datasets d;
        write_npy("w.npy", types[t], 1 + t % 2, count, data[t]);
        assert_int_equal(load(&s, 0, &d), 0);
        assert_ptr_equal(cnn_gather_weights(&d.train, order, 0, 3, w), w);
        assert_true(w[0] == 14 && w[1] == 78 && w[2] == 0);
        assert_null(cnn_gather_weights(&d.test, NULL, 0, 3, w));
        cnn_data_free(&d);
    }
}

/* A row keeps its weight when rows are cut off, split, or dealt to folds. */
static void test_parts(void **state)
{
    (void)state;
    struct cnn_data s = weighted();
    struct cnn_model m = model();
    struct cnn_datasets d, part;
    float f32[ROWS], w[ROWS], x[SIZE];
    int64_t fold[ROWS];
    for (int i = 0; i < ROWS; i++) {
        f32[i] = (float)i; /* as x[i][0] */
        fold[i] = i % 3;
    }
    write_npy("w.npy", CNN_F32, 1, count, f32);
    s.validation_split = .25;
    s.split_shuffle = 1;
    assert_int_equal(load(&s, 20, &d), 0);
    assert_int_equal(d.train.weight.shape[0], 20);
    for (int64_t i = 0; i < d.validation.rows; i++) {
        cnn_gather(&d.validation, NULL, i, 1, x, NULL);
        assert_true(cnn_gather_weights(&d.validation, NULL, i, 1, w)[0] == 2 * x[0]);
    }
    cnn_data_free(&d);
    s.validation_split = 0;
    m.data = &s;
    assert_int_equal(load(&s, 0, &d), 0);
    assert_int_equal(cnn_data_fold(&m, &d, fold, 1, &part, &error), 0);
    cnn_gather_weights(&part.test, NULL, 0, part.test.rows, w);
    for (int64_t i = 0; i < part.test.rows; i++)
        assert_true(w[i] == (float)(3 * i + 1));
    cnn_data_free(&part);
    cnn_data_free(&d);
}

static void test_refused(void **state)
{
    (void)state;
    static const int64_t fewer = ROWS - 1, wide[2] = {ROWS, 2};
    static const double bad[] = {-1, (double)NAN, (double)INFINITY, 1e39};
    static const char *const said[] = {"w.npy: row 11: -1 is no weight", "w.npy: row 11: nan is no weight",
                                       "w.npy: row 11: inf is no weight", "w.npy: row 11: 1e+39 is no weight"};
    double f64[2 * ROWS] = {0};
    for (int i = 0; i < 4; i++) {
        f64[11] = bad[i];
        write_npy("w.npy", CNN_F64, 1, count, f64);
        refuse(said[i]);
    }
    write_npy("w.npy", CNN_F64, 1, &fewer, f64);
    refuse("x.idx has 40 rows, but ");
    write_npy("w.npy", CNN_F64, 2, wide, f64);
    refuse("w.npy: shape is [40, 2], but a weight for each row is [N]");
    scratch_write("w.npy", "weights", 7);
    refuse("w.npy: byte 0: neither a .npy nor an IDX file");
    unlink(scratch("w.npy"));
    refuse("cannot find 'w.npy'");
}

static void test_with_classes(void **state)
{
    (void)state;
    static const float by_class[CLASSES] = {1, 10, 100, 1000}, own[3] = {.5f, 2, 0};
    static const int32_t target[3] = {3, 1, 2};
    struct cnn_model m = model();
    float w[3];
    assert_ptr_equal(cnn_weigh_classes(&m, NULL, target, 3, own, w), own);
    assert_null(cnn_weigh_classes(&m, NULL, target, 3, NULL, w));
    assert_ptr_equal(cnn_weigh_classes(&m, by_class, target, 3, NULL, w), w);
    assert_true(w[0] == 1000 && w[1] == 10 && w[2] == 100);
    memcpy(w, own, sizeof w);
    cnn_weigh_classes(&m, by_class, target, 3, w, w);
    assert_true(w[0] == 500 && w[1] == 20 && w[2] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_with_classes),
    };
    return cmocka_run_group_tests_name("row_weights", tests, setup, scratch_teardown);
}
