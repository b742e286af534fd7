/* test_numpy.c -- arrays of every type, order and endianness, as NumPy wrote them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "files.h"
#include "numpy_types.h"
#include "scratch.h"

static struct cnn_error error;

static struct cnn_array read_bytes(const char *name, const unsigned char *bytes, size_t n)
{
    struct cnn_array a;
    if (cnn_npy_read(scratch_write(name, bytes, n), &a, &error) != 0)
        fail_msg("%s: %s", name, error.text);
    return a;
}

static void has_values(const char *name, const struct cnn_array *a, const double *values)
{
    static const int64_t shape[] = {2, 3, 4};
    assert_int_equal(a->rank, 3);
    assert_memory_equal(a->shape, shape, sizeof shape);
    for (int i = 0; i < 24; i++)
        if (cnn_array_get(a, i) != values[i])
            fail_msg("%s: element %d is %g, not %g", name, i, cnn_array_get(a, i), values[i]);
}

static void test_types(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof npy_cases / sizeof *npy_cases; i++) {
        struct cnn_array a = read_bytes("a.npy", npy_cases[i].bytes, npy_cases[i].n);
        has_values(npy_cases[i].name, &a, npy_cases[i].values);
        cnn_array_free(&a);
    }
}

/* Files of every type are refused when they are cut off anywhere in their data. */
static void test_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof npy_cases / sizeof *npy_cases; i++)
        for (size_t n = 120; n < npy_cases[i].n; n += 7) {
            struct cnn_array a;
            assert_int_equal(cnn_npy_read(scratch_write("cut.npy", npy_cases[i].bytes, n), &a, &error), -1);
            assert_has(error.text, "cut.npy: byte ");
        }
}

static void test_halves(void **state)
{
    (void)state;
    static const double values[] = {0, -0.0, 1, -2, 65504, 0x1p-24, 0x1p-14, 0.333251953125, INFINITY, -INFINITY};
    struct cnn_array a = read_bytes("h.npy", npy_halves, sizeof npy_halves);
    for (int i = 0; i < 10; i++)
        assert_true(cnn_array_get(&a, i) == values[i]);
    assert_true(signbit(cnn_array_get(&a, 1)));
    cnn_array_free(&a);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const unsigned char *bytes;
        size_t n;
        const char *message;
    } bad[] = {
        {npy_complex, sizeof npy_complex, "bad.npy: type '<c8' (complex numbers) is not supported; it may be bool"},
        {npy_object, sizeof npy_object, "arrays of Python objects (pickles) are refused: save .astype(np.float32)"},
        {npy_string, sizeof npy_string, "type '<U1' (strings) is not supported"},
        {npy_bytes, sizeof npy_bytes, "type '|S1' (strings) is not supported"},
        {npy_date, sizeof npy_date, "type '<M8[s]' (dates) is not supported"},
        {npy_structured, sizeof npy_structured, "structured types are not supported: save one array for each field"},
        {npy_largest, sizeof npy_largest, "element 1 is larger than any int64: 18446744073709551615"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct cnn_array a;
        assert_int_equal(cnn_npy_read(scratch_write("bad.npy", bad[i].bytes, bad[i].n), &a, &error), -1);
        assert_has(error.text, bad[i].message);
    }
}

static void test_npz(void **state)
{
    (void)state;
    struct cnn_tensors t;
    assert_int_equal(cnn_npz_read(scratch_write("m.npz", npz_mixed, sizeof npz_mixed), &t, &error), 0);
    for (size_t i = 0; i < sizeof npy_cases / sizeof *npy_cases; i++)
        if (strcmp(npy_cases[i].name, ">f4 C") == 0)
            has_values("x", cnn_tensors_find(&t, "x"), npy_cases[i].values);
        else if (strcmp(npy_cases[i].name, "<f2 C") == 0)
            has_values("y", cnn_tensors_find(&t, "y"), npy_cases[i].values);
    cnn_tensors_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_types), cmocka_unit_test(test_cut),
                                       cmocka_unit_test(test_halves), cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_npz)};
    return cmocka_run_group_tests_name("numpy", tests, scratch_setup, scratch_teardown);
}
