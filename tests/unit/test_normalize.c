/* test_normalize.c -- mean and deviation by channel: fitted, given, remembered, and applied to files of every type. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "data/data.h"
#include "every_type.h"
#include "ports.h"
#include "scratch.h"

static struct cnn_error error;
static struct cnn_data spec;

/* Inputs have these dimensions. Targets are the inputs' first number, so that one .npy serves both. */
static struct cnn_model model(int rank, const int64_t *shape)
{
    struct cnn_model m = {.name = "net", .file = "net.net", .data = &spec};
    struct ports *p = own_ports(&m);
    set_port(&p->input, rank, shape);
    set_port(&p->output.port, rank, shape);
    return m;
}

static void write_rows(const struct cnn_model *m, enum cnn_dtype t, int64_t rows, const void *data)
{
    int64_t shape[CNN_RANK + 1] = {rows};
    memcpy(shape + 1, cnn_input(m)->shape, sizeof cnn_input(m)->shape);
    struct cnn_array a = cnn_array_view(t, cnn_input(m)->rank + 1, shape, data);
    assert_int_equal(cnn_npy_write(scratch("x.npy"), &a, &error), 0);
    spec = (struct cnn_data){.train = {.kind = CNN_NPY, .x = "x.npy", .y = "x.npy"}, .scale = 1, .std = 1};
}

static int load(const struct cnn_model *m, struct cnn_datasets *d)
{
    const struct cnn_data_options o = {.dir = scratch_folder, .parts = CNN_PART_TRAIN};
    return cnn_data_load(m, &o, d, &error);
}

static void close_to(double a, double b)
{
    assert_true(fabs(a - b) <= 1e-12 * (1 + fabs(b)));
}

/* ---- fitted */

/* Two rows of 2x1 pixels in three channels; numpy: x.mean((0, 1, 2)), x.std((0, 1, 2)). */
static const float colours[12] = {1, 10, 7, 2, 30, 7, 3, 20, 7, 6, 60, 7};
static const int64_t image[3] = {2, 1, 3};

static void test_image(void **state)
{
    (void)state;
    struct cnn_model m = model(3, image);
    struct cnn_datasets d;
    float x[6];
    double xx[6];
    write_rows(&m, CNN_F32, 2, colours);
    spec.scale = 2;
    spec.mean_auto = spec.std_auto = 1;
    assert_int_equal(load(&m, &d), 0);
    const struct cnn_channels *c = d.train.normalize.channels;
    assert_int_equal(c->n, 3);
    close_to(c->mean[0], 6);
    close_to(c->mean[1], 60);
    close_to(c->std[0], sqrt(14));
    close_to(c->std[1], sqrt(1400));
    assert_true(c->mean[2] == 14 && c->std[2] == 1); /* the same everywhere */
    cnn_gather(&d.train, NULL, 1, 1, x, NULL);
    cnn_gather_double(&d.train, NULL, 1, 1, xx, NULL);
    for (int i = 0; i < 6; i++) {
        close_to(xx[i], (2 * (double)colours[6 + i] - c->mean[i % 3]) / c->std[i % 3]);
        assert_true(fabs((double)x[i] - xx[i]) < 1e-6);
    }
    cnn_data_free(&d);
}

/* A flat input has a mean for each feature. One feature is always 0.1, and its sum is no exact multiple of 0.1. */
static void test_flat(void **state)
{
    (void)state;
    enum { ROWS = 1000, N = 2 };
    static double x[ROWS][N];
    static const int64_t shape[1] = {N};
    struct cnn_model m = model(1, shape);
    struct cnn_datasets d;
    double xx[N];
    for (int i = 0; i < ROWS; i++) {
        x[i][0] = i;
        x[i][1] = .1;
    }
    write_rows(&m, CNN_F64, ROWS, x);
    spec.mean_auto = spec.std_auto = 1;
    assert_int_equal(load(&m, &d), 0);
    close_to(d.normalize.channels->mean[0], 499.5);
    close_to(d.normalize.channels->std[0], sqrt((ROWS * ROWS - 1) / 12.));
    cnn_gather_double(&d.train, NULL, 7, 1, xx, NULL);
    assert_true(xx[1] == 0);
    cnn_data_free(&d);
}

static void test_alone(void **state)
{
    (void)state;
    static const double means[3] = {1, 2, 3};
    struct cnn_model m = model(3, image);
    struct cnn_datasets d;
    write_rows(&m, CNN_F32, 2, colours);
    spec.means = means; /* the means are given, but the deviation is about the rows' own mean */
    spec.std_auto = 1;
    assert_int_equal(load(&m, &d), 0);
    assert_memory_equal(d.normalize.channels->mean, means, sizeof means);
    close_to(d.normalize.channels->std[0], sqrt(3.5));
    cnn_data_free(&d);
    spec.means = NULL;
    spec.std_auto = 0;
    spec.mean_auto = 1;
    spec.std = 4; /* one for all channels */
    assert_int_equal(load(&m, &d), 0);
    assert_true(d.normalize.channels->std[1] == 4);
    close_to(d.normalize.channels->mean[1], 30);
    cnn_data_free(&d);
}

static void test_constant(void **state)
{
    (void)state;
    static const float same[12] = {1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3};
    struct cnn_model m = model(3, image);
    struct cnn_datasets d;
    write_rows(&m, CNN_F32, 2, same);
    spec.std_auto = 1;
    assert_int_equal(load(&m, &d), -1);
    assert_has(error.text, "x.npy: all values are the same");
}

/* ---- given */

static void test_lists(void **state)
{
    (void)state;
    static const double means[3] = {1, 2, 3}, stds[3] = {2, 4, 8};
    struct cnn_model m = model(3, image);
    struct cnn_datasets whole, d;
    static const int64_t fold[2] = {0, 1};
    float x[6];
    write_rows(&m, CNN_F32, 2, colours);
    spec.means = means;
    spec.stds = stds;
    assert_int_equal(load(&m, &whole), 0);
    assert_int_equal(cnn_data_fold(&m, &whole, fold, 0, &d, &error), 0);
    cnn_gather(&d.test, NULL, 0, 1, x, NULL);
    assert_true(x[0] == 0 && x[1] == 2 && x[2] == .5f && x[3] == .5f && x[4] == 7);
    cnn_data_free(&d);
    cnn_data_free(&whole);
}

/* Files of every type give the right inputs with few channels and with many. */
static void test_every_type(void **state)
{
    (void)state;
    enum { MOST = EVERY_TYPE_MOST };
    static const int64_t shapes[][2] = {{1, 2}, {5, 3}, {100, 3}, {4, 63}, {3, 64}, {2, 65}, {1, 300}, {37, 8}};
    static double means[MOST], stds[MOST];
    static union every_type v;
    for (int i = 0; i < MOST; i++) {
        means[i] = i % 7;
        stds[i] = 1 << i % 5;
    }
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int t = 0; t < CNN_DTYPES; t++) {
            struct cnn_model m = model(2, shapes[s]);
            struct cnn_datasets d;
            float x[MOST];
            double xx[MOST];
            every_type_fill(&v, (enum cnn_dtype)t);
            write_rows(&m, (enum cnn_dtype)t, 1, &v);
            spec.means = means;
            spec.stds = stds;
            assert_int_equal(load(&m, &d), 0);
            cnn_gather(&d.train, NULL, 0, 1, x, NULL);
            cnn_gather_double(&d.train, NULL, 0, 1, xx, NULL);
            for (int64_t i = 0; i < cnn_input(&m)->size; i++) {
                const int64_t c = i % shapes[s][1];
                assert_true(xx[i] == ((double)(i % 2) - means[c]) / stds[c]);
                assert_true((double)x[i] == xx[i]);
            }
            cnn_data_free(&d);
        }
}

/* ---- far from 0 */

/* Numbers near the mean keep all the digits of their file: the mean is subtracted before anything is rounded, from
 * floats as well, and for doubles in double. */
static void test_far(void **state)
{
    (void)state;
    enum { N = 40 };
    static const double far_mean[2] = {1e6 + 0.03, 3e8 + 0.3}, far_std[2] = {1, 7};
    static const int64_t shape[2] = {N / 2, 2};
    for (int k = 0; k < 2; k++)
        for (int t = 0; t < 3; t++) {
            struct cnn_model m = model(2, shape);
            struct cnn_datasets d;
            double v[N];
            float f[N], x[N];
            int32_t w[N];
            for (int i = 0; i < N; i++) {
                v[i] = far_mean[k * (i % 2)] + 0.37 * (i - 20);
                f[i] = (float)v[i];
                w[i] = (int32_t)v[i];
            }
            write_rows(&m,
                       t == 0   ? CNN_F64
                       : t == 1 ? CNN_F32
                                : CNN_I32,
                       1,
                       t == 0   ? (void *)v
                       : t == 1 ? (void *)f
                                : (void *)w);
            spec.mean = far_mean[0];
            if (k) {
                spec.means = far_mean;
                spec.stds = far_std;
            }
            assert_int_equal(load(&m, &d), 0);
            cnn_gather(&d.train, NULL, 0, 1, x, NULL);
            for (int i = 0; i < N; i++) {
                const double of = t == 0 ? v[i] : t == 1 ? (double)f[i] : w[i];
                const double right = (of - far_mean[k * (i % 2)]) / (k ? far_std[i % 2] : 1);
                assert_true(fabs((double)x[i] - right) <= 2e-7 * fabs(right) + 1e-9);
            }
            cnn_data_free(&d);
        }
}

static void test_beyond(void **state)
{
    (void)state;
    static const int64_t shape[1] = {2};
    static const double far_out[3][2] = {{1, 2}, {1, 1e300}, {1, 2}}, none[2][2] = {{1, 2}, {(double)NAN, 1}};
    struct cnn_model m = model(1, shape);
    struct cnn_datasets d;
    write_rows(&m, CNN_F64, 3, far_out);
    assert_int_equal(load(&m, &d), -1);
    assert_has(error.text, "x.npy: row 1 holds 1e+300, which float32 cannot");
    write_rows(&m, CNN_F64, 2, none);
    assert_int_equal(load(&m, &d), -1);
    assert_has(error.text, "x.npy: row 1 holds nan");
}

/* 10^7 numbers near 10^6: one chain of additions in double may lose 10^-3 of the mean. */
static void test_long(void **state)
{
    (void)state;
    enum { ROWS = 10000000 };
    static const int64_t shape[1] = {1}, all[2] = {ROWS, 1};
    struct cnn_model m = model(1, shape);
    float *v = malloc(ROWS * sizeof *v);
    struct cnn_normalize z;
    assert_non_null(v);
    for (int i = 0; i < ROWS; i++)
        v[i] = 1e6f + (float)(i % 16) / 16;
    spec = (struct cnn_data){.scale = 1, .std = 1, .mean_auto = 1, .std_auto = 1};
    const struct cnn_dataset d = {.rows = ROWS, .x_size = 1, .y_size = 1, .x = cnn_array_view(CNN_F32, 2, all, v)};
    assert_int_equal(cnn_normalize_fit(&m, &d, &z, &error), 0);
    assert_true(fabs(z.mean - (1e6 + 7.5 / 16)) < 1e-8);
    assert_true(fabs(z.std - sqrt(255. / 12) / 16) < 1e-9);
    cnn_normalize_free(&z);
    free(v);
}

/* ---- remembered */

static const double three[3] = {.1, -2, 3e-7};

/* Normalization is written beside the weights and read back, also in the older form with one mean for all
 * channels. */
static void test_remembered(void **state)
{
    (void)state;
    struct cnn_model m = model(3, image);
    struct cnn_normalize z, back;
    static const double stds[3] = {.3, 1, 5};
    const double mean = 1. / 3, std = 7;
    const struct cnn_beside one = {.scale = .1, .channels = 1, .mean = &mean, .std = &std}, none = {0};
    struct cnn_beside b = {0};
    spec = (struct cnn_data){.scale = 1. / 255, .means = three, .stds = stds};
    assert_int_equal(cnn_normalize_spec(&m, &z, &error), 0);
    cnn_normalize_lend(&z, &b);
    assert_int_equal(b.channels, 3);
    assert_int_equal(cnn_normalize_remembered(&m, &b, "z", &back, &error), 1);
    assert_true(back.scale == z.scale);
    assert_memory_equal(back.channels->mean, three, sizeof three);
    assert_memory_equal(back.channels->std, stds, sizeof stds);
    cnn_normalize_free(&back);
    b.channels = 2;
    assert_int_equal(cnn_normalize_remembered(&m, &b, "z", &back, &error), -1);
    assert_string_equal(error.text, "z: normalises 2 channels, but the network's input has 3");
    cnn_normalize_free(&z);
    assert_int_equal(cnn_normalize_remembered(&m, &one, "z", &back, &error), 1);
    assert_true(back.scale == .1 && back.mean == 1. / 3 && back.std == 7 && !back.channels);
    assert_int_equal(cnn_normalize_remembered(&m, &none, "z", &back, &error), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_image),      cmocka_unit_test(test_flat),  cmocka_unit_test(test_alone),
        cmocka_unit_test(test_constant),   cmocka_unit_test(test_lists), cmocka_unit_test(test_every_type),
        cmocka_unit_test(test_remembered), cmocka_unit_test(test_far),   cmocka_unit_test(test_beyond),
        cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests_name("normalize", tests, scratch_setup, scratch_teardown);
}
