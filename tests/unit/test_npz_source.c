/* test_npz_source.c -- data from an .npz: what is read of it, what is ignored, and archives with any byte changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "data/data.h"
#include "ports.h"
#include "scratch.h"

enum { ROWS = 3, SIZE = 2, CLASSES = 2 };

static struct cnn_error error;
static struct cnn_data spec = {
    .train = {.kind = CNN_NPZ, .x = "d.npz", .y = "y", .inputs = "x", .weight = "w"}, .scale = 1, .std = 1};

static struct cnn_model model(void)
{
    struct cnn_model m = {.name = "net", .file = "net.net", .data = &spec};
    make_ports(&m, SIZE, CLASSES, CNN_PORT_INT32);
    return m;
}

static int load(struct cnn_datasets *d)
{
    const struct cnn_model m = model();
    const struct cnn_data_options o = {.dir = scratch_folder, .parts = CNN_PART_TRAIN};
    return cnn_data_load(&m, &o, d, &error);
}

static void add(struct cnn_tensors *t, const char *name, enum cnn_dtype type, int rank, const int64_t *shape,
                const void *data)
{
    assert_int_equal(cnn_tensors_add(t, name, cnn_array_view(type, rank, shape, data), &error), 0);
}

static void write_archive(int deflated)
{
    static const float x[ROWS * SIZE] = {1, 2, 3, 4, 5, 6};
    static const double w[ROWS] = {.5, 1, 2};
    static const int64_t y[ROWS] = {0, 1, 1}, shape[2] = {ROWS, SIZE};
    struct cnn_tensors t = {0};
    add(&t, "other", CNN_I16, 1, &(int64_t){1}, &(int16_t){7});
    add(&t, "x", CNN_F32, 2, shape, x);
    add(&t, "y", CNN_I64, 1, shape, y);
    add(&t, "w", CNN_F64, 1, shape, w);
    assert_int_equal(cnn_npz_write(scratch("d.npz"), &t, deflated, &error), 0);
    cnn_tensors_free(&t);
}

static void test_arrays(void **state)
{
    (void)state;
    for (int deflated = 0; deflated < 2; deflated++) {
        struct cnn_datasets d;
        float x[SIZE], w[ROWS];
        int32_t y;
        write_archive(deflated);
        assert_int_equal(load(&d), 0);
        cnn_gather(&d.train, NULL, 2, 1, x, &y);
        assert_true(x[0] == 5 && x[1] == 6 && y == 1);
        cnn_gather_weights(&d.train, NULL, 0, ROWS, w);
        assert_true(w[0] == .5f && w[2] == 2);
        cnn_data_free(&d);
    }
}

/* Entries that the spec does not name may be anything. Here an entry's name, in both headers, is no name of an
 * array. */
static void test_others(void **state)
{
    (void)state;
    struct cnn_datasets d;
    size_t n;
    write_archive(0);
    unsigned char *bytes = scratch_read("d.npz", &n);
    int places = 0;
    for (size_t i = 0; i + 9 < n; i++)
        if (memcmp(bytes + i, "other.npy", 9) == 0) {
            memcpy(bytes + i, "other.txt", 9);
            places++;
        }
    assert_int_equal(places, 2);
    scratch_write("d.npz", bytes, n);
    assert_int_equal(load(&d), 0);
    cnn_data_free(&d);
    spec.train.y = "z";
    assert_int_equal(load(&d), -1);
    spec.train.y = "y";
    assert_has(error.text, "d.npz: there is no array 'z'; the arrays are other.txt, x, y, w");
    free(bytes);
}

/* An archive that is cut off anywhere, or has any byte changed, is either read or refused. */
static void test_mutations(void **state)
{
    (void)state;
    for (int deflated = 0; deflated < 2; deflated++) {
        size_t n;
        write_archive(deflated);
        unsigned char *bytes = scratch_read("d.npz", &n);
        for (size_t i = 0; i < n; i++)
            for (int k = 0; k < 4; k++) {
                static const unsigned char flips[] = {0, 1, 0x80, 0xff};
                struct cnn_datasets d;
                bytes[i] ^= flips[k];
                scratch_write("d.npz", bytes, k ? n : i);
                bytes[i] ^= flips[k];
                if (load(&d) == 0)
                    cnn_data_free(&d);
                else
                    assert_has(error.text, "d.npz: ");
            }
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arrays),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_mutations),
    };
    return cmocka_run_group_tests_name("npz_source", tests, scratch_setup, scratch_teardown);
}
