/* test_data.c -- data sets: finding, checking, splitting, normalising, gathering. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "data_files.h"
#include "every_type.h"

static struct cnn_datasets load(struct cnn_data d, struct cnn_data_options o)
{
    struct cnn_model m = model();
    struct cnn_datasets all;
    m.data = &d;
    if (cnn_data_load(&m, &o, &all, &error) != 0)
        fail_msg("%s", error.text);
    return all;
}

static void refuse(struct cnn_data d, struct cnn_data_options o, const char *message)
{
    struct cnn_model m = model();
    struct cnn_datasets all;
    m.data = &d;
    assert_int_equal(cnn_data_load(&m, &o, &all, &error), -1);
    assert_has(error.text, message);
    assert_null(all.train.x.data);
}

/* ---- files */

static void test_find(void **state)
{
    (void)state;
    static const struct {
        const char *wanted, *found;
    } names[] = {{"x.idx", "x.idx"}, {"x.idx.gz", "x.idx"}, {"y.idx", "y.idx.gz"}, {"y.idx.gz", "y.idx.gz"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = cnn_find_file(scratch_folder, names[i].wanted, &error);
        assert_non_null(path);
        assert_string_equal(path, scratch(names[i].found));
        free(path);
        path = cnn_find_file("/nowhere", scratch(names[i].wanted), &error); /* absolute */
        assert_non_null(path);
        free(path);
    }
    assert_null(cnn_find_file("some/folder", "a.gz", &error));
    assert_string_equal(
        error.text,
        "cannot find 'a.gz': there is no some/folder/a.gz and no some/folder/a; --data-dir names the folder");
    assert_null(cnn_find_file(".", "no-such-file", &error));
    assert_has(error.text, "there is no no-such-file and no no-such-file.gz");
    setenv("CNN_DATA_DIR", scratch_folder, 1);
    char *path = cnn_find_file(NULL, "x.idx", &error);
    assert_non_null(path);
    free(path);
    unsetenv("CNN_DATA_DIR");
    assert_null(cnn_find_file(NULL, "x.idx", &error));
}

static void test_load(void **state)
{
    (void)state;
    struct cnn_datasets d = load(spec, everything());
    float x[3 * SIZE];
    int32_t y[3];
    assert_int_equal(d.train.rows, ROWS);
    assert_int_equal(d.validation.rows, 0);
    assert_int_equal(d.test.rows, 3);
    assert_int_equal(d.train.x.owner, CNN_MAPPED);
    assert_int_equal(d.test.x.owner, CNN_MAPPED);
    cnn_gather(&d.train, NULL, 37, 3, x, y);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(y[i], label(37 + i));
        for (int k = 0; k < SIZE; k++)
            assert_true(x[i * SIZE + k] == .5f * (float)value(37 + i, k));
    }
    cnn_gather(&d.test, NULL, 0, 3, x, y);
    assert_int_equal(y[0], 3);
    assert_true(x[7] == -1.f);
    cnn_gather(&d.test, NULL, 2, 1, x, NULL);
    assert_true(x[5] == .25f);
    cnn_data_free(&d);
}

static void test_order_and_double(void **state)
{
    (void)state;
    static const int64_t order[] = {5, 39, 0, 21};
    struct cnn_datasets d = load(spec, everything());
    float x[2 * SIZE];
    double xx[2 * SIZE];
    int32_t y[2], yy[2];
    cnn_gather(&d.train, order, 1, 2, x, y);
    cnn_gather_double(&d.train, order, 1, 2, xx, yy);
    assert_int_equal(y[0], label(39));
    assert_memory_equal(y, yy, sizeof y);
    for (int i = 0; i < 2 * SIZE; i++) {
        assert_true((double)x[i] == xx[i]);
        assert_true(xx[i] == .5 * value(i < SIZE ? 39 : 0, i % SIZE));
    }
    cnn_data_free(&d);
}

static void test_limit(void **state)
{
    (void)state;
    struct cnn_data_options o = everything();
    o.limit = 7;
    struct cnn_datasets d = load(spec, o);
    assert_int_equal(d.train.rows, 7);
    assert_int_equal(d.test.rows, 3);
    cnn_data_free(&d);
    o.limit = 1000;
    o.parts = CNN_PART_TRAIN;
    d = load(spec, o);
    assert_int_equal(d.train.rows, ROWS);
    assert_int_equal(d.test.rows, 0);
    cnn_data_free(&d);
}

/* ---- split */

static void test_split_last(void **state)
{
    (void)state;
    struct cnn_data s = spec;
    float x[SIZE];
    int32_t y;
    s.validation_split = .1;
    struct cnn_datasets d = load(s, everything());
    assert_int_equal(d.train.rows, 36);
    assert_int_equal(d.validation.rows, 4);
    cnn_gather(&d.validation, NULL, 1, 1, x, &y);
    assert_true(x[0] == .5f * 37);
    assert_int_equal(y, label(37));
    cnn_data_free(&d);
    struct cnn_data_options o = everything();
    o.limit = 10;
    d = load(s, o);
    assert_int_equal(d.validation.rows, 1);
    assert_int_equal(d.validation.index[0], 9);
    cnn_data_free(&d);
    o.parts = CNN_PART_TEST;
    d = load(s, o);
    assert_int_equal(d.train.rows, 0);
    cnn_data_free(&d);
}

/* Checks that each row is in one part, once; returns how many rows of class c are for validation. */
static int check_split(const struct cnn_datasets *d, int c)
{
    char seen[ROWS] = {0};
    int n = 0;
    assert_int_equal(d->train.rows + d->validation.rows, ROWS);
    for (int64_t i = 0; i < d->train.rows; i++)
        assert_false(seen[d->train.index[i]]++);
    for (int64_t i = 0; i < d->validation.rows; i++) {
        assert_false(seen[d->validation.index[i]]++);
        n += label((int)d->validation.index[i]) == c;
    }
    return n;
}

static void test_split_shuffled(void **state)
{
    (void)state;
    struct cnn_data s = spec;
    s.validation_split = .25;
    s.split_shuffle = 1;
    s.split_seed = 1;
    struct cnn_datasets a = load(s, everything()), b = load(s, everything());
    check_split(&a, 0);
    assert_memory_equal(a.validation.index, b.validation.index, 10 * sizeof(int64_t));
    cnn_data_free(&b);
    s.split_seed = 2;
    b = load(s, everything());
    assert_memory_not_equal(a.validation.index, b.validation.index, 10 * sizeof(int64_t));
    cnn_data_free(&a);
    cnn_data_free(&b);
}

static void test_split_stratified(void **state)
{
    (void)state;
    struct cnn_data s = spec; /* 25 rows of class 0, 5 of each other class */
    s.validation_split = .2;
    s.split_stratify = 1;
    for (s.split_shuffle = 0; s.split_shuffle < 2; s.split_shuffle++) {
        struct cnn_datasets d = load(s, everything());
        assert_int_equal(d.validation.rows, 8);
        assert_int_equal(check_split(&d, 0), 5);
        for (int c = 1; c < CLASSES; c++)
            assert_int_equal(check_split(&d, c), 1);
        if (!s.split_shuffle)
            assert_int_equal(d.validation.index[7], ROWS - 1);
        cnn_data_free(&d);
    }
    s.validation_split = .3; /* 12: 7.5, 1.5, 1.5, 1.5; the lower classes win the ties */
    struct cnn_datasets d = load(s, everything());
    assert_int_equal(check_split(&d, 0), 8);
    assert_int_equal(check_split(&d, 1), 2);
    assert_int_equal(check_split(&d, 2), 1);
    assert_int_equal(check_split(&d, 3), 1);
    cnn_data_free(&d);
}

static void test_validation_source(void **state)
{
    (void)state;
    struct cnn_data s = spec;
    s.validation = s.test;
    s.validation_split = .5; /* the source wins */
    struct cnn_datasets d = load(s, everything());
    assert_int_equal(d.train.rows, ROWS);
    assert_int_equal(d.validation.rows, 3);
    cnn_data_free(&d);
}

static void test_split_refused(void **state)
{
    (void)state;
    struct cnn_data s = spec;
    struct cnn_data_options o = everything();
    s.validation_split = .9;
    o.limit = 1;
    refuse(s, o, "rows for training");
    s.validation_split = 1e-18;
    refuse(s, o, "rows for validation");
}

/* ---- normalisation */

static void test_normalize(void **state)
{
    (void)state;
    struct cnn_data s = spec;
    struct cnn_model m = model();
    struct cnn_normalize z;
    float x[SIZE];
    s.mean = 2;
    s.std = 4;
    m.data = &s;
    assert_false(cnn_normalize_is_fitted(&m));
    assert_int_equal(cnn_normalize_spec(&m, &z, &error), 0);
    assert_true(z.scale == .5 && z.mean == 2 && z.std == 4);
    struct cnn_datasets d = load(s, everything());
    cnn_gather(&d.train, NULL, 10, 1, x, NULL);
    assert_true(x[0] == .75f);
    cnn_data_free(&d);
    m.data = NULL;
    assert_int_equal(cnn_normalize_spec(&m, &z, &error), 0);
    assert_true(z.scale == 1 && z.mean == 0 && z.std == 1);
}

static void test_normalize_fitted(void **state)
{
    (void)state;
    struct cnn_data s = spec;
    struct cnn_model m = model();
    struct cnn_data_options o = {.dir = scratch_folder};
    s.mean_auto = s.std_auto = 1;
    s.validation_split = .5; /* the fit sees rows 0 to 19 alone */
    m.data = &s;
    assert_true(cnn_normalize_is_fitted(&m));
    double sum = 0, square = 0;
    for (int i = 0; i < ROWS / 2; i++)
        for (int k = 0; k < SIZE; k++) {
            sum += .5 * value(i, k);
            square += .25 * value(i, k) * value(i, k);
        }
    double mean = sum / (ROWS / 2 * SIZE), std = sqrt(square / (ROWS / 2 * SIZE) - mean * mean);
    struct cnn_datasets d = load(s, o);
    assert_true(fabs(d.normalize.mean - mean) < 1e-12);
    assert_true(fabs(d.normalize.std - std) < 1e-12);
    assert_true(d.normalize.scale == .5);
    assert_int_equal(d.test.rows, 0);
    cnn_data_free(&d);
    const struct cnn_normalize known = {.scale = .5, .mean = 1, .std = 2};
    o.parts = CNN_PART_TEST;
    o.normalize = &known;
    d = load(s, o);
    assert_true(d.test.normalize.mean == 1 && d.test.normalize.std == 2);
    cnn_data_free(&d);
    s.train.kind = CNN_NO_SOURCE;
    o.normalize = NULL;
    refuse(s, o, "fitted to the training data");
}

static void test_normalize_constant(void **state)
{
    (void)state;
    static const unsigned char same[2 * SIZE] = {0}, y[2] = {0};
    static const int64_t xs[3] = {2, 2, 3}, ys[1] = {2};
    struct cnn_data s = spec;
    write_npy("flat.npy", CNN_U8, 3, xs, same);
    write_npy("flaty.npy", CNN_U8, 1, ys, y);
    s.train = (struct cnn_source){.kind = CNN_NPY, .x = "flat.npy", .y = "flaty.npy"};
    s.std_auto = 1;
    refuse(s, everything(), "flat.npy: all values are the same");
}

/* ---- what does not fit */

static void refuse_pair(const struct cnn_model *m, const char *x, const char *y, const char *message)
{
    const struct cnn_normalize z = {.scale = 1, .mean = 0, .std = 1};
    struct cnn_dataset d;
    assert_int_equal(cnn_dataset_open(m, scratch(x), y ? scratch(y) : NULL, &z, &d, &error), message ? -1 : 0);
    if (message)
        assert_has(error.text, message);
    cnn_dataset_free(&d);
}

/* Headers are checked before anything is unpacked: these files have a header and nothing else. */
static void test_headers(void **state)
{
    (void)state;
    static const unsigned char huge[16] = {0, 0, 8, 3, 0x7f, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 5},
                               labels[8] = {0, 0, 8, 1, 0x7f, 0, 0, 0};
    struct cnn_model m = model();
    gzFile z = gzopen(scratch("huge.gz"), "wb");
    assert_int_equal(gzwrite(z, huge, sizeof huge), sizeof huge);
    gzclose(z);
    refuse_pair(&m, "huge.gz", NULL,
                "huge.gz: shape is [2130706432, 5, 5], but the network's input wants [N, 2, 3, 1]");
    z = gzopen(scratch("labels.gz"), "wb");
    assert_int_equal(gzwrite(z, labels, sizeof labels), sizeof labels);
    gzclose(z);
    refuse_pair(&m, "xt.npy", "labels.gz", "xt.npy has 3 rows, but ");
}

/* When the numbers only have another shape, the message tells how to mend it. */
static void test_cures(void **state)
{
    (void)state;
    static const unsigned char x[48] = {0};
    static const int64_t first[4] = {1, 3, 2, 4}, sequence[3] = {2, 4, 6}, flat[2] = {2, 24};
    struct cnn_model m = model();
    set_port(&ports_of(&m)->input, 3, (const int64_t[]){2, 4, 3});
    write_npy("c.npy", CNN_U8, 4, first, x);
    refuse_pair(&m, "c.npy", NULL,
                "shape is [1, 3, 2, 4], but the network's input wants [N, 2, 4, 3]; channels are the last axis: "
                "np.transpose(x, (0, 2, 3, 1))");
    write_npy("c.npy", CNN_U8, 2, flat, x);
    refuse_pair(&m, "c.npy", NULL, "wants [N, 2, 4, 3]; np.reshape makes one of the other");
    set_port(&ports_of(&m)->input, 2, (const int64_t[]){6, 4});
    write_npy("c.npy", CNN_U8, 3, sequence, x);
    refuse_pair(&m, "c.npy", NULL, "wants [N, 6, 4]; channels are the last axis: np.transpose(x, (0, 2, 1))");
}

static void test_shapes(void **state)
{
    (void)state;
    static const float x[4 * SIZE] = {0};
    static const int64_t tight[3] = {2, 2, 3}, flat[2] = {2, 6}, turned[3] = {2, 3, 2}, extra[5] = {2, 2, 3, 1, 1},
                         none[3] = {0, 2, 3};
    struct cnn_model m = model();
    write_npy("x.npy", CNN_F32, 3, tight, x);
    refuse_pair(&m, "x.npy", NULL, NULL);
    write_npy("x.npy", CNN_F32, 5, extra, x);
    refuse_pair(&m, "x.npy", NULL, NULL);
    write_npy("x.npy", CNN_F32, 2, flat, x);
    refuse_pair(&m, "x.npy", NULL, "x.npy: shape is [2, 6], but the network's input wants [N, 2, 3, 1]");
    write_npy("x.npy", CNN_F32, 3, turned, x);
    refuse_pair(&m, "x.npy", NULL, "shape is [2, 3, 2]");
    write_npy("x.npy", CNN_F32, 3, none, x);
    refuse_pair(&m, "x.npy", NULL, "holds no rows");
    write_npy("x.npy", CNN_F32, 0, NULL, x);
    refuse_pair(&m, "x.npy", NULL, "a single number");
}

static void test_not_finite(void **state)
{
    (void)state;
    static float x[2 * SIZE];
    static const int64_t shape[3] = {2, 2, 3};
    struct cnn_model m = model();
    x[8] = NAN;
    write_npy("x.npy", CNN_F32, 3, shape, x);
    refuse_pair(&m, "x.npy", NULL, "x.npy: row 1 holds nan");
    x[3] = -INFINITY;
    write_npy("x.npy", CNN_F32, 3, shape, x);
    refuse_pair(&m, "x.npy", NULL, "row 0 holds -inf");
}

static void test_sparse_labels(void **state)
{
    (void)state;
    static const int64_t two[1] = {2}, three[1] = {3}, rows[2] = {2, CLASSES};
    static const int32_t low[2] = {0, -1}, high[2] = {CLASSES, 0}, good[3] = {0, 3, 0};
    static const float f[2 * CLASSES] = {0};
    struct cnn_model m = model();
    write_npy("x.npy", CNN_F32, 3, (const int64_t[]){2, 2, 3}, (const float[2 * SIZE]){0});
    write_npy("y.npy", CNN_I32, 1, two, good);
    refuse_pair(&m, "x.npy", "y.npy", NULL);
    write_npy("y.npy", CNN_I32, 1, two, low);
    refuse_pair(&m, "x.npy", "y.npy", "y.npy: row 1: label -1 is not a class of the network: 0 to 3");
    write_npy("y.npy", CNN_I32, 1, two, high);
    refuse_pair(&m, "x.npy", "y.npy", "row 0: label 4");
    write_npy("y.npy", CNN_I32, 1, three, good);
    refuse_pair(&m, "x.npy", "y.npy", "x.npy has 2 rows, but ");
    write_npy("y.npy", CNN_F32, 1, two, f);
    refuse_pair(&m, "x.npy", "y.npy", "labels are float32, but class numbers must be integers");
    write_npy("y.npy", CNN_F32, 2, rows, f);
    refuse_pair(&m, "x.npy", "y.npy", "for one-hot rows use categorical_crossentropy");
    refuse_pair(&m, "x.npy", "none.npy", "cannot open");
}

static void test_dense_targets(void **state)
{
    (void)state;
    static const int64_t rows[2] = {2, CLASSES}, two[1] = {2};
    static const float f[2 * CLASSES] = {0, 1, 0, 0, 0, 0, .5f, .5f};
    static const int32_t classes[2] = {1, 2};
    struct cnn_model m = model();
    struct cnn_dataset d;
    const struct cnn_normalize z = {.scale = 1, .mean = 0, .std = 1};
    float x[2 * SIZE], y[2 * CLASSES];
    double xx[SIZE], yy[CLASSES];
    ports_of(&m)->target = (struct cnn_target){.loss = "mse"};
    write_npy("x.npy", CNN_F32, 3, (const int64_t[]){2, 2, 3}, (const float[2 * SIZE]){0});
    write_npy("y.npy", CNN_F32, 2, rows, f);
    assert_int_equal(cnn_dataset_open(&m, scratch("x.npy"), scratch("y.npy"), &z, &d, &error), 0);
    cnn_gather(&d, NULL, 0, 2, x, y);
    cnn_gather_double(&d, NULL, 1, 1, xx, yy);
    assert_memory_equal(y, f, sizeof f);
    assert_true(yy[2] == .5 && yy[0] == 0);
    cnn_dataset_free(&d);
    write_npy("y.npy", CNN_I32, 1, two, classes);
    refuse_pair(&m, "x.npy", "y.npy", "wants [N, 4]; for class numbers use sparse_categorical_crossentropy");
    write_npy("y.npy", CNN_F32, 1, two, f);
    refuse_pair(&m, "x.npy", "y.npy", "shape is [2], but the network's output wants [N, 4]");
    write_npy("y.npy", CNN_F32, 2, rows, (const float[2 * CLASSES]){0, 0, 0, 0, 0, INFINITY, 0, 0});
    refuse_pair(&m, "x.npy", "y.npy", "y.npy: row 1, output 1: the target is inf");
    set_outputs(&m, 1); /* one output: [N] will do */
    write_npy("y.npy", CNN_I32, 1, two, classes);
    refuse_pair(&m, "x.npy", "y.npy", NULL);
}

static void test_sources_refused(void **state)
{
    (void)state;
    struct cnn_data s = spec;
    struct cnn_model m = model();
    struct cnn_datasets d;
    struct cnn_data_options o = everything();
    s.train = (struct cnn_source){.kind = CNN_IDX, .x = "xt.npy", .y = "yt.npy"};
    refuse(s, o, "not an IDX file");
    s.train = (struct cnn_source){.kind = CNN_NPY, .x = "x.idx", .y = "y.idx"};
    refuse(s, o, "not a .npy file");
    s.train = (struct cnn_source){.kind = CNN_IDX, .x = "x.idx", .y = "no"};
    refuse(s, o, "cannot find 'no'");
    s = spec;
    s.test.x = "no";
    refuse(s, o, "cannot find 'no'");
    m.data = NULL;
    assert_int_equal(cnn_data_load(&m, &o, &d, &error), -1);
    assert_string_equal(error.text, "net.net has no data section");
}

/* Files of every type give the same floats; 37 elements are two blocks and a remainder. */
static void test_every_type(void **state)
{
    (void)state;
    enum { N = 37 };
    static const int64_t shape[2] = {1, N};
    static union every_type v;
    struct cnn_model m = model();
    const struct cnn_normalize z = {.scale = 2, .mean = 1, .std = 4};
    set_inputs(&m, N);
    for (int t = 0; t < CNN_DTYPES; t++) {
        every_type_fill(&v, (enum cnn_dtype)t);
        struct cnn_dataset d;
        float x[N];
        double xx[N];
        write_npy("t.npy", (enum cnn_dtype)t, 2, shape, &v);
        assert_int_equal(cnn_dataset_open(&m, scratch("t.npy"), NULL, &z, &d, &error), 0);
        cnn_gather(&d, NULL, 0, 1, x, NULL);
        cnn_gather_double(&d, NULL, 0, 1, xx, NULL);
        for (int i = 0; i < N; i++) {
            assert_true(x[i] == (i % 2 ? .25f : -.25f));
            assert_true(xx[i] == (i % 2 ? .25 : -.25));
        }
        cnn_dataset_free(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_order_and_double),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_split_last),
        cmocka_unit_test(test_split_shuffled),
        cmocka_unit_test(test_split_stratified),
        cmocka_unit_test(test_validation_source),
        cmocka_unit_test(test_split_refused),
        cmocka_unit_test(test_normalize),
        cmocka_unit_test(test_normalize_fitted),
        cmocka_unit_test(test_normalize_constant),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_sparse_labels),
        cmocka_unit_test(test_dense_targets),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_cures),
        cmocka_unit_test(test_sources_refused),
        cmocka_unit_test(test_every_type),
    };
    return cmocka_run_group_tests_name("data", tests, setup, scratch_teardown);
}
