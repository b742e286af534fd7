/* test_tensors.c -- named arrays, .npz and .safetensors: round trips, files of other programs, all kinds of damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <zlib.h>

#include "files.h"
#include "numpy_files.h"
#include "scratch.h"

static struct cnn_error error;

typedef int read_tensors(const char *path, struct cnn_tensors *out, struct cnn_error *e);

static void refuse_tensors(read_tensors *read, const char *name, const void *bytes, size_t n, const char *message)
{
    struct cnn_tensors t;
    assert_int_equal(read(scratch_write(name, bytes, n), &t, &error), -1);
    assert_has(error.text, name);
    assert_has(error.text, message);
    assert_null(t.at);
    assert_null(t.map);
}

/* ---- .npz */

static void test_npz_numpy(void **state)
{
    (void)state;
    struct cnn_tensors t;
    assert_int_equal(cnn_tensors_read(scratch_write("n.npz", numpy_npz, sizeof numpy_npz), &t, &error), 0);
    assert_int_equal(t.n, 2);
    const struct cnn_array *a = cnn_tensors_find(&t, "dense.kernel"), *b = cnn_tensors_find(&t, "dense.bias");
    assert_non_null(a);
    assert_non_null(b);
    assert_null(cnn_tensors_find(&t, "dense.kernel.npy"));
    assert_true(cnn_array_get(a, 5) == 5.0);
    assert_true(cnn_array_get(b, 2) == 300.0);
    cnn_tensors_free(&t);
    assert_int_equal(
        cnn_npz_read(scratch_write("n.npz", numpy_npz_compressed, sizeof numpy_npz_compressed), &t, &error), 0);
    a = cnn_tensors_find(&t, "dense.kernel");
    assert_int_equal(a->shape[1], 5);
    assert_true(cnn_array_get(a, 19) == 0.0);
    cnn_tensors_free(&t);
}

/* When one byte among the first `flips` is damaged, the file is refused, unless we do not read that byte (dates,
 * attributes). */
static void flip_bits(read_tensors *read, const char *name, const unsigned char *bytes, size_t n, size_t flips)
{
    unsigned char *b = malloc(n);
    assert_non_null(b);
    memcpy(b, bytes, n);
    for (size_t i = 0; i < 2 * flips; i++) {
        struct cnn_tensors t;
        b[i / 2] = (unsigned char)(bytes[i / 2] ^ (i % 2 ? 0xff : 1 << i / 2 % 8));
        if (read(scratch_write(name, b, n), &t, &error) == 0)
            cnn_tensors_free(&t);
        else
            assert_has(error.text, name);
        b[i / 2] = bytes[i / 2];
    }
    free(b);
}

static void test_npz_damaged(void **state)
{
    (void)state;
    unsigned char b[sizeof numpy_npz + 1];
    for (size_t n = 0; n < sizeof numpy_npz; n++)
        refuse_tensors(cnn_npz_read, "bad.npz", numpy_npz, n, "byte");
    memcpy(b, numpy_npz, sizeof numpy_npz);
    b[sizeof numpy_npz] = 0;
    refuse_tensors(cnn_npz_read, "bad.npz", b, sizeof b, "end of the archive is missing");
    for (size_t i = 0; i + 4 < sizeof numpy_npz; i++)
        if (memcmp(b + i, "\0\0\x80\x3f", 4) == 0) { /* 1.0f, in the data of a stored entry */
            b[i] = 7;
            break;
        }
    refuse_tensors(cnn_npz_read, "bad.npz", b, sizeof numpy_npz, "dense.kernel.npy: checksum differs");
    refuse_tensors(cnn_npz_read, "bad.npz", "PK but nothing else here, really", 32, "end of the archive");
    refuse_tensors(cnn_npz_read, "bad.npz", numpy_npy, sizeof numpy_npy, "not a .npz");
    flip_bits(cnn_npz_read, "bad.npz", numpy_npz, sizeof numpy_npz, sizeof numpy_npz);
    flip_bits(cnn_npz_read, "bad.npz", numpy_npz_compressed, sizeof numpy_npz_compressed, sizeof numpy_npz_compressed);
}

/* Two entries get the same name. */
static void test_npz_twice(void **state)
{
    (void)state;
    static const float v[2] = {1, 2};
    static const int64_t shape[1] = {2};
    struct cnn_tensors t = {0};
    size_t n;
    assert_int_equal(cnn_tensors_add(&t, "aa", cnn_array_view(CNN_F32, 1, shape, v), &error), 0);
    assert_int_equal(cnn_tensors_add(&t, "ab", cnn_array_view(CNN_F32, 1, shape, v), &error), 0);
    assert_int_equal(cnn_npz_write(scratch("t.npz"), &t, 0, &error), 0);
    cnn_tensors_free(&t);
    unsigned char *b = scratch_read("t.npz", &n);
    for (size_t i = 0; i + 6 < n; i++)
        if (memcmp(b + i, "ab.npy", 6) == 0)
            b[i + 1] = 'a';
    refuse_tensors(cnn_npz_read, "bad.npz", b, n, "array 'aa' is there twice");
    for (size_t i = 0; i + 6 < n; i++)
        if (memcmp(b + i, "aa.npy", 6) == 0)
            b[i + 5] = 'z';
    refuse_tensors(cnn_npz_read, "bad.npz", b, n, "is not an array (.npy)");
    free(b);
}

/* An archive of `copies` directory entries for one stored array, all sizes in zip64 records, as tools write it above
 * 4 GiB. */
struct zip {
    unsigned char bytes[1024];
    size_t n;
};

static void put(struct zip *z, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        z->bytes[z->n++] = (unsigned char)(i < 8 ? v >> 8 * i : 0);
}

static void put_shared(struct zip *z, uint32_t crc, uint64_t extra)
{
    put(z, 45, 2);
    put(z, 0, 8); /* flags, stored, date */
    put(z, crc, 4);
    put(z, UINT64_MAX, 8); /* the sizes stand in the extra field */
    put(z, 5, 2);
    put(z, extra, 2);
}

static void put_zip64(struct zip *z, int copies)
{
    uint32_t crc = (uint32_t)crc32(0, numpy_npy, sizeof numpy_npy);
    put(z, 0x04034b50, 4);
    put_shared(z, crc, 0);
    memcpy(z->bytes + z->n, "a.npy", 5);
    memcpy(z->bytes + z->n + 5, numpy_npy, sizeof numpy_npy);
    z->n += 5 + sizeof numpy_npy;
    uint64_t directory = z->n;
    for (int i = 0; i < copies; i++) {
        put(z, 0x02014b50, 4);
        put(z, 45, 2);
        put_shared(z, crc, 32);
        put(z, 0, 10);
        put(z, UINT32_MAX, 4);
        memcpy(z->bytes + z->n, "a.npy", 5);
        z->n += 5;
        put(z, 0xcafe, 4); /* some other extra field, empty */
        put(z, 1 | 24 << 16, 4);
        put(z, sizeof numpy_npy, 8);
        put(z, sizeof numpy_npy, 8);
        put(z, 0, 8);
    }
    uint64_t end = z->n;
    put(z, 0x06064b50, 4);
    put(z, 44, 8);
    put(z, 45 | 45 << 16, 12);
    put(z, (uint64_t)copies, 8);
    put(z, (uint64_t)copies, 8);
    put(z, end - directory, 8);
    put(z, directory, 8);
    put(z, 0x07064b50, 4);
    put(z, 0, 4);
    put(z, end, 8);
    put(z, 1, 4);
    put(z, 0x06054b50, 4);
    put(z, 0, 4);
    put(z, UINT64_MAX, 8);
    put(z, UINT32_MAX, 4);
    put(z, 0, 2);
}

static void test_npz_zip64(void **state)
{
    (void)state;
    struct zip z = {.n = 0}, two = {.n = 0};
    struct cnn_tensors t;
    put_zip64(&z, 1);
    assert_int_equal(cnn_npz_read(scratch_write("z.npz", z.bytes, z.n), &t, &error), 0);
    assert_int_equal(t.n, 1);
    assert_true(cnn_array_get(&t.at[0].array, 4) == 4.0);
    cnn_tensors_free(&t);
    flip_bits(cnn_npz_read, "bad.npz", z.bytes, z.n, z.n);
    z.bytes[z.n - 22 - 20] ^= 1; /* the signature of the locator */
    refuse_tensors(cnn_npz_read, "bad.npz", z.bytes, z.n, "zip64 record is missing");
    z.bytes[z.n - 22 - 20] ^= 1;
    z.bytes[z.n - 22 - 20 + 9] ^= 1;
    refuse_tensors(cnn_npz_read, "bad.npz", z.bytes, z.n, "zip64 record is not where it should be");
    put_zip64(&two, 2);
    refuse_tensors(cnn_npz_read, "bad.npz", two.bytes, two.n, "entries overlap");
}

static struct cnn_tensors some_tensors(void)
{
    static const float f[6] = {1, 2, 3, 4, 5, 6.5f};
    static const int64_t s[2] = {2, 3}, l[1] = {-5}, one[1] = {1}, big[2] = {40, 50};
    static const unsigned char u[1] = {200};
    static float zeros[2000];
    struct cnn_tensors t = {0};
    assert_int_equal(cnn_tensors_add(&t, "u", cnn_array_view(CNN_U8, 1, one, u), &error), 0);
    assert_int_equal(cnn_tensors_add(&t, "conv2d.kernel", cnn_array_view(CNN_F32, 2, s, f), &error), 0);
    assert_int_equal(cnn_tensors_add(&t, "zeros", cnn_array_view(CNN_F32, 2, big, zeros), &error), 0);
    assert_int_equal(cnn_tensors_add(&t, "step", cnn_array_view(CNN_I64, 0, NULL, l), &error), 0);
    assert_int_equal(
        cnn_tensors_add(&t, "odd \"name\"\\\n\x01/../\xc3\xa9", cnn_array_view(CNN_F32, 0, NULL, f), &error), 0);
    assert_int_equal(cnn_tensors_add_metadata(&t, "epoch", "3", &error), 0);
    assert_int_equal(cnn_tensors_add_metadata(&t, "a \"b\"", "line\nline\\", &error), 0);
    return t;
}

static void check_tensors(const struct cnn_tensors *t, const struct cnn_tensors *wanted)
{
    assert_int_equal(t->n, wanted->n);
    for (size_t i = 0; i < wanted->n; i++) {
        const struct cnn_array *a = cnn_tensors_find(t, wanted->at[i].name), *b = &wanted->at[i].array;
        assert_non_null(a);
        assert_int_equal(a->dtype, b->dtype);
        assert_int_equal(a->rank, b->rank);
        assert_memory_equal(a->shape, b->shape, sizeof a->shape);
        assert_memory_equal(a->data, b->data, (size_t)cnn_array_count(b) * cnn_dtype_size(b->dtype));
    }
}

static void test_npz_round_trip(void **state)
{
    (void)state;
    struct cnn_tensors t = some_tensors(), got;
    size_t stored, deflated;
    for (int packed = 0; packed < 2; packed++) {
        assert_int_equal(cnn_npz_write(scratch(packed ? "d.npz" : "s.npz"), &t, packed, &error), 0);
        assert_int_equal(cnn_npz_read(scratch(packed ? "d.npz" : "s.npz"), &got, &error), 0);
        check_tensors(&got, &t);
        cnn_tensors_free(&got);
    }
    free(scratch_read("s.npz", &stored));
    free(scratch_read("d.npz", &deflated));
    assert_true(deflated < stored / 3);
    cnn_tensors_free(&t);
}

/* ---- .safetensors */

static void test_safetensors_round_trip(void **state)
{
    (void)state;
    struct cnn_tensors t = some_tensors(), got;
    size_t n, m;
    assert_int_equal(cnn_tensors_write(scratch("t.safetensors"), &t, &error), 0);
    assert_int_equal(cnn_tensors_read(scratch("t.safetensors"), &got, &error), 0);
    check_tensors(&got, &t);
    assert_string_equal(cnn_tensors_find_metadata(&got, "epoch"), "3");
    assert_string_equal(cnn_tensors_find_metadata(&got, "a \"b\""), "line\nline\\");
    assert_null(cnn_tensors_find_metadata(&got, "b"));
    unsigned char *a = scratch_read("t.safetensors", &n);
    assert_int_equal(cnn_tensors_write(scratch("t.safetensors"), &t, &error), 0);
    unsigned char *b = scratch_read("t.safetensors", &m); /* over itself, while it is mapped */
    assert_int_equal(n, m);
    assert_memory_equal(a, b, n);
    check_tensors(&got, &t);
    flip_bits(cnn_safetensors_read, "bad.safetensors", a, n, 640);
    for (size_t k = 0; k < n; k += 7)
        refuse_tensors(cnn_safetensors_read, "bad.safetensors", a, k, "bad.safetensors: ");
    free(a);
    free(b);
    cnn_tensors_free(&got);
    cnn_tensors_free(&t);
}

static size_t make_safetensors(unsigned char *out, const char *header, size_t data)
{
    size_t n = strlen(header);
    memset(out, 0, 8 + n + data);
    out[0] = (unsigned char)n;
    out[1] = (unsigned char)(n >> 8);
    memcpy(out + 8, header, n);
    return 8 + n + data;
}

static void test_safetensors_accepted(void **state)
{
    (void)state;
    static const char header[] = "{ \"__metadata__\" : { } , \"\\u00e9\\ud83d\\ude00\\t\" : {\"shape\":[ 1 , 2 ],\r\n"
                                 "\"dtype\":\"F32\", \"data_offsets\":[1,9]},"
                                 "\"b\":{\"dtype\":\"BOOL\",\"shape\":[],\"data_offsets\":[0,1]},"
                                 "\"none\":{\"dtype\":\"I64\",\"shape\":[0,7],\"data_offsets\":[9,9]}} ";
    unsigned char b[512];
    struct cnn_tensors t;
    size_t n = make_safetensors(b, header, 9);
    assert_int_equal(cnn_safetensors_read(scratch_write("t.safetensors", b, n), &t, &error), 0);
    assert_int_equal(t.n, 3);
    const struct cnn_array *a = cnn_tensors_find(&t, "\xc3\xa9\xf0\x9f\x98\x80\t");
    assert_non_null(a);
    assert_int_equal(a->owner, CNN_HEAP); /* it was not aligned */
    cnn_tensors_free(&t);
    n = make_safetensors(b, "{}", 0);
    assert_int_equal(cnn_safetensors_read(scratch_write("t.safetensors", b, n), &t, &error), 0);
    assert_int_equal(t.n, 0);
    cnn_tensors_free(&t);
}

#define T(offsets) "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":" offsets "}"

static void test_safetensors_refused(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t data;
        const char *message;
    } bad[] = {
        {"[]", 0, "byte 8: '{' expected"},
        {"{\"a\":" T("[0,4]"), 4, "',' or '}' expected"},
        {"{\"a\":" T("[0,4]") "}x", 4, "text after the header"},
        {"{\"a\":" T("[0,4]") ",\"a\":" T("[4,8]") "}", 8, "array 'a' is there twice"},
        {"{\"a\":" T("[0,4]") ",\"b\":" T("[0,4]") "}", 4, "overlap"},
        {"{\"a\":" T("[0,4]") ",\"b\":" T("[5,9]") "}", 9, "leave a hole at byte 4"},
        {"{\"a\":" T("[0,4]") "}", 5, "have 4 bytes, but the file has 5"},
        {"{\"a\":" T("[0,4]") "}", 3, "lie outside of the 3 bytes"},
        {"{\"a\":" T("[4,0]") "}", 4, "lie outside"},
        {"{\"a\":" T("[0,8]") "}", 8, "shape and data_offsets differ"},
        {"{\"a\":" T("[0]") "}", 4, "two numbers"},
        {"{\"a\":" T("[0,4,8]") "}", 4, "more than 2 numbers"},
        {"{\"a\":" T("[-1,4]") "}", 4, "whole number expected"},
        {"{\"a\":" T("[00,4]") "}", 4, "whole number expected"},
        {"{\"a\":" T("[0,99999999999999999999]") "}", 4, "number too large"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "is missing"},
        {"{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", 4, "'dtype' is there twice"},
        {"{\"a\":{\"dtype\":\"F8_E4M3\"}}", 4, "type 'F8_E4M3' is not supported"},
        {"{\"a\":{\"type\":\"F32\"}}", 4, "unknown field 'type'"},
        {"{\"a\":{\"shape\":[4294967296,4294967296],\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, "differ"},
        {"{\"a\":{\"shape\":[1,1,1,1,1,1,1,1,1]}}", 4, "more than 8 numbers"},
        {"{\"a\":[[[[[[[[[[[[", 4, "'{' expected"},
        {"{\"__metadata__\":{\"a\":1}}", 0, "string expected"},
        {"{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0, "metadata 'a' is there twice"},
        {"{\"__metadata__\":{},\"__metadata__\":{}}", 0, "__metadata__ is there twice"},
        {"{\"a\" " T("[0,4]") "}", 4, "':' expected"},
        {"{\"a", 0, "string without an end"},
        {"{\"a\n\":1}", 0, "control character"},
        {"{\"\\q\":1}", 0, "unknown escape"},
        {"{\"\\u12g4\":1}", 0, "hexadecimal"},
        {"{\"\\u0000\":1}", 0, "NUL in a string"},
        {"{\"\\ud800\":1}", 0, "half a surrogate pair"},
        {"{\"\\ud800\\u0041\":1}", 0, "half a surrogate pair"},
        {"{\"\\udc00\":1}", 0, "half a surrogate pair"},
        {"{\"a\":{\"dtype\":\"a string that is too long\"}}", 0, "string too long"},
    };
    unsigned char b[512];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuse_tensors(cnn_safetensors_read, "bad.safetensors", b, make_safetensors(b, bad[i].header, bad[i].data),
                       bad[i].message);
    memset(b, 255, 16);
    refuse_tensors(cnn_safetensors_read, "bad.safetensors", b, 16, "does not fit in the file");
    refuse_tensors(cnn_safetensors_read, "bad.safetensors", b, 7, "file ends early");
}

static void test_tensors_add(void **state)
{
    (void)state;
    struct cnn_tensors t = {0};
    struct cnn_array a = {.dtype = CNN_U8, .owner = CNN_HEAP, .base = malloc(1)};
    a.data = a.base;
    assert_int_equal(cnn_tensors_add(&t, "a", a, &error), 0);
    a.data = a.base = malloc(1); /* freed by add although it fails */
    assert_int_equal(cnn_tensors_add(&t, "a", a, &error), -1);
    assert_string_equal(error.text, "array 'a' is there twice");
    assert_int_equal(cnn_tensors_add_metadata(&t, "k", "1", &error), 0);
    assert_int_equal(cnn_tensors_add_metadata(&t, "k", "2", &error), -1);
    for (int i = 0; i < 100; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", i);
        assert_int_equal(cnn_tensors_add(&t, name, (struct cnn_array){0}, &error), 0);
    }
    cnn_tensors_free(&t);
}

/* Weights never compress this well, so the file is refused before it is unpacked. */
static void test_npz_bomb(void **state)
{
    (void)state;
    const int64_t n = 17 << 20;
    struct cnn_tensors t = {0}, back;
    float *zeros = calloc((size_t)n, sizeof *zeros);
    assert_int_equal(cnn_tensors_add(&t, "w", cnn_array_view(CNN_F32, 1, &n, zeros), &error), 0);
    assert_int_equal(cnn_npz_write(scratch("bomb.npz"), &t, 1, &error), 0);
    assert_int_equal(cnn_npz_read(scratch("bomb.npz"), &back, &error), -1);
    assert_has(error.text, "bomb.npz: entry 'w.npy' unpacks from ");
    assert_int_equal(cnn_npz_read_one(scratch("bomb.npz"), "w", NULL, &back, &error), 0);
    cnn_tensors_free(&back);
    cnn_tensors_free(&t);
    free(zeros);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_npz_numpy),
                                       cmocka_unit_test(test_npz_damaged),
                                       cmocka_unit_test(test_npz_twice),
                                       cmocka_unit_test(test_npz_zip64),
                                       cmocka_unit_test(test_npz_round_trip),
                                       cmocka_unit_test(test_safetensors_round_trip),
                                       cmocka_unit_test(test_safetensors_accepted),
                                       cmocka_unit_test(test_safetensors_refused),
                                       cmocka_unit_test(test_tensors_add),
                                       cmocka_unit_test(test_npz_bomb)};
    return cmocka_run_group_tests_name("tensors", tests, scratch_setup, scratch_teardown);
}
