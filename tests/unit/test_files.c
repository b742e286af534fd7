/* test_files.c -- .npy, .npz, .safetensors, IDX: round trips, files of others, and every way to be damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <sys/stat.h>
#include <zlib.h>

#include "files.h"
#include "numpy_files.h"
#include "scratch.h"

static struct cnn_error error;

typedef int read_array(const char *path, struct cnn_array *out, struct cnn_error *e);
typedef int read_tensors(const char *path, struct cnn_tensors *out, struct cnn_error *e);

static void refuse_array(read_array *read, const char *name, const void *bytes, size_t n, const char *message)
{
    struct cnn_array a;
    assert_int_equal(read(scratch_write(name, bytes, n), &a, &error), -1);
    assert_has(error.text, name);
    assert_has(error.text, message);
    assert_null(a.base);
}

static void refuse_tensors(read_tensors *read, const char *name, const void *bytes, size_t n, const char *message)
{
    struct cnn_tensors t;
    assert_int_equal(read(scratch_write(name, bytes, n), &t, &error), -1);
    assert_has(error.text, name);
    assert_has(error.text, message);
    assert_null(t.at);
    assert_null(t.map);
}

/* ---- .npy */

static size_t make_npy(unsigned char *out, int version, const char *dictionary, const void *data, size_t n)
{
    size_t length = strlen(dictionary), at = version == 1 ? 10 : 12;
    memcpy(out, "\x93NUMPY", 6);
    out[6] = (unsigned char)version;
    out[7] = 0;
    memset(out + 8, 0, 4);
    out[8] = (unsigned char)length;
    memcpy(out + at, dictionary, length);
    memcpy(out + at + length, data, n);
    return at + length + n;
}

static void test_npy_numpy(void **state)
{
    (void)state;
    struct cnn_array a;
    assert_int_equal(cnn_npy_read(scratch_write("a.npy", numpy_npy, sizeof numpy_npy), &a, &error), 0);
    assert_int_equal(a.dtype, CNN_F32);
    assert_int_equal(a.rank, 2);
    assert_int_equal(a.shape[0], 2);
    assert_int_equal(a.shape[1], 3);
    assert_int_equal(a.owner, CNN_MAPPED);
    for (int i = 0; i < 6; i++)
        assert_true(((const float *)a.data)[i] == (float)i);
    assert_int_equal(cnn_npy_write(scratch("b.npy"), &a, &error), 0);
    cnn_array_free(&a);
    size_t n;
    unsigned char *again = scratch_read("b.npy", &n);
    assert_int_equal(n, sizeof numpy_npy); /* we write what NumPy writes, to the byte */
    assert_memory_equal(again, numpy_npy, n);
    free(again);
}

static void test_npy_versions(void **state)
{
    (void)state;
    unsigned char b[256];
    const int64_t v[3] = {7, 8, -9};
    for (int version = 1; version <= 3; version++) {
        struct cnn_array a;
        size_t n = make_npy(b, version, "{\"shape\": (3,), 'fortran_order': False, 'descr': '<i8'}\n", v, sizeof v);
        assert_int_equal(cnn_array_read(scratch_write("v.npy", b, n), &a, &error), 0);
        assert_int_equal(cnn_array_count(&a), 3);
        assert_true(cnn_array_get(&a, 2) == -9.0);
        cnn_array_free(&a);
    }
}

static void test_npy_types(void **state)
{
    (void)state;
    static const char data[8] = {1, 0, 1, 0, 1, 0, 1, 0};
    for (int t = 0; t < CNN_DTYPES; t++) {
        const int64_t shape[1] = {8 / (int64_t)cnn_dtype_size((enum cnn_dtype)t)};
        struct cnn_array a = cnn_array_view((enum cnn_dtype)t, 1, shape, data), b;
        assert_int_equal(cnn_npy_write(scratch("t.npy"), &a, &error), 0);
        assert_int_equal(cnn_npy_read(scratch("t.npy"), &b, &error), 0);
        assert_int_equal(b.dtype, t);
        assert_int_equal(b.shape[0], shape[0]);
        assert_memory_equal(b.data, data, 8);
        assert_true(cnn_array_get(&a, 0) == cnn_array_get(&b, 0));
        cnn_array_free(&b);
    }
}

static void test_npy_scalar_and_empty(void **state)
{
    (void)state;
    const double pi = 3.25;
    const int64_t none[2] = {0, 5};
    struct cnn_array a = cnn_array_view(CNN_F64, 0, NULL, &pi), b;
    assert_int_equal(cnn_npy_write(scratch("p.npy"), &a, &error), 0);
    assert_int_equal(cnn_npy_read(scratch("p.npy"), &b, &error), 0);
    assert_int_equal(b.rank, 0);
    assert_true(cnn_array_get(&b, 0) == pi);
    cnn_array_free(&b);
    a = cnn_array_view(CNN_F32, 2, none, "");
    assert_int_equal(cnn_npy_write(scratch("p.npy"), &a, &error), 0);
    assert_int_equal(cnn_npy_read(scratch("p.npy"), &b, &error), 0);
    assert_int_equal(cnn_array_count(&b), 0);
    cnn_array_free(&b);
}

static void test_npy_refused(void **state)
{
    (void)state;
    static const struct {
        const char *dictionary, *message;
    } bad[] = {
        {"{'descr': '<f4', 'fortran_order': True, 'shape': (2,)}", "byte 44: header: Fortran order"},
        {"{'descr': '>f4', 'fortran_order': False, 'shape': (2,)}", "big-endian"},
        {"{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", "pickles"},
        {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", "structured"},
        {"{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", "type '<c8' is not supported"},
        {"{'descr': '<f4', 'fortran_order': False}", "is missing"},
        {"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "given twice"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}", "unknown key"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", "dimension expected"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2;)}", "',' or ')' expected"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': 2}", "'(' expected"},
        {"{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2,)}", "True or False"},
        {"{'descr': '<f4' 'fortran_order': False, 'shape': (2,)}", "',' or '}' expected"},
        {"{'descr' '<f4', 'fortran_order': False, 'shape': (2,)}", "':' expected"},
        {"{'descr: '<f4'", "unknown key"},
        {"{'descr", "without an end"},
        {"{7: 3}", "string expected"},
        {"['descr']", "'{' expected"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x", "text after"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,2)}", "more than 8"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "too large"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296,4294967296)}", "does not fit in memory"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}", "promises 4000000000000 bytes"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", "file ends early"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "4 bytes after the end"},
    };
    unsigned char b[256];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuse_array(cnn_npy_read, "bad.npy", b, make_npy(b, 1, bad[i].dictionary, "\0\0\0\0\0\0\0\0", 8),
                     bad[i].message);
}

static void test_npy_prefix(void **state)
{
    (void)state;
    unsigned char b[sizeof numpy_npy];
    memcpy(b, numpy_npy, sizeof b);
    b[6] = 4;
    refuse_array(cnn_npy_read, "bad.npy", b, sizeof b, "version 4.0");
    b[6] = 2; /* four bytes of length now: nonsense */
    refuse_array(cnn_npy_read, "bad.npy", b, sizeof b, "too long");
    b[0] = 'x';
    refuse_array(cnn_npy_read, "bad.npy", b, sizeof b, "byte 0: not a .npy file");
    refuse_array(cnn_array_read, "bad.npy", b, sizeof b, "neither");
    for (size_t n = 0; n < sizeof b; n++) /* cut anywhere */
        refuse_array(cnn_npy_read, "bad.npy", numpy_npy, n, "file ends early");
    refuse_array(cnn_array_read, "bad.npy", "", 0, "file ends early");
}

static void test_missing(void **state)
{
    (void)state;
    struct cnn_array a;
    struct cnn_tensors t;
    assert_int_equal(cnn_npy_read(scratch("none.npy"), &a, &error), -1);
    assert_has(error.text, "none.npy: cannot open: No such file");
    assert_int_equal(cnn_array_read(scratch_folder, &a, &error), -1);
    assert_has(error.text, "not a regular file");
    assert_int_equal(cnn_idx_read(scratch("none"), &a, &error), -1);
    assert_int_equal(cnn_npz_read(scratch("none"), &t, &error), -1);
    assert_int_equal(cnn_safetensors_read(scratch("none"), &t, &error), -1);
    assert_int_equal(cnn_tensors_read(scratch("none.txt"), &t, &error), -1);
    assert_has(error.text, "must end in .npz or .safetensors");
    assert_int_equal(cnn_tensors_write(scratch("none.txt"), &t, &error), -1);
}

/* ---- IDX */

static const unsigned char idx[] = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 11, 12, 13, 14, 255};

static size_t gzip(const void *from, size_t n, unsigned char *to, size_t room)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)from;
    z.avail_in = (uInt)n;
    z.next_out = to;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return room - z.avail_out;
}

static void check_idx(const char *path, enum cnn_owner owner)
{
    struct cnn_array a;
    assert_int_equal(cnn_array_read(path, &a, &error), 0);
    assert_int_equal(a.dtype, CNN_U8);
    assert_int_equal(a.rank, 2);
    assert_int_equal(a.shape[0], 2);
    assert_int_equal(a.shape[1], 3);
    assert_int_equal(a.owner, owner);
    assert_memory_equal(a.data, idx + 12, 6);
    cnn_array_free(&a);
}

static void test_idx(void **state)
{
    (void)state;
    unsigned char z[256], two[256];
    size_t n = gzip(idx, sizeof idx, z, sizeof z);
    check_idx(scratch_write("x", idx, sizeof idx), CNN_MAPPED);
    check_idx(scratch_write("x.gz", z, n), CNN_HEAP);
    size_t half = gzip(idx, 7, two, sizeof two); /* two members make one file */
    half += gzip(idx + 7, sizeof idx - 7, two + half, sizeof two - half);
    check_idx(scratch_write("x.gz", two, half), CNN_HEAP);
}

static void test_idx_types(void **state)
{
    (void)state;
    static const struct {
        unsigned char bytes[16];
        size_t n;
        enum cnn_dtype dtype;
        double value;
    } files[] = {
        {{0, 0, 9, 1, 0, 0, 0, 1, 0xfe}, 9, CNN_I8, -2},
        {{0, 0, 0xb, 1, 0, 0, 0, 1, 0x01, 0x02}, 10, CNN_I16, 258},
        {{0, 0, 0xc, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfd}, 12, CNN_I32, -3},
        {{0, 0, 0xd, 1, 0, 0, 0, 1, 0x3f, 0xc0, 0, 0}, 12, CNN_F32, 1.5},
        {{0, 0, 0xe, 1, 0, 0, 0, 1, 0xc0, 0x04, 0, 0, 0, 0, 0, 0}, 16, CNN_F64, -2.5},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct cnn_array a;
        assert_int_equal(cnn_idx_read(scratch_write("t.idx", files[i].bytes, files[i].n), &a, &error), 0);
        assert_int_equal(a.dtype, files[i].dtype);
        assert_true(cnn_array_get(&a, 0) == files[i].value);
        cnn_array_free(&a);
    }
}

static void test_idx_damaged(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        unsigned char value;
        const char *message;
    } bad[] = {
        {0, 1, "byte 0: not an IDX file: it begins with 01 00"},
        {2, 0x0a, "byte 2: unknown IDX type 0x0a"},
        {3, 0, "byte 3: 0 dimensions"},
        {3, 9, "byte 3: 9 dimensions"},
        {7, 3, "byte 12: file ends early: its header promises 9 bytes of data, it has 6"},
        {7, 1, "byte 15: 3 bytes after the end of the data"},
        {4, 0xff, "file ends early"},
    };
    unsigned char b[sizeof idx + 1];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        memcpy(b, idx, sizeof idx);
        b[bad[i].at] = bad[i].value;
        refuse_array(cnn_idx_read, "bad.idx", b, sizeof idx, bad[i].message);
    }
    for (size_t n = 0; n < sizeof idx; n++)
        refuse_array(cnn_idx_read, "bad.idx", idx, n, "file ends early");
    memcpy(b, idx, sizeof idx);
    b[sizeof idx] = 0;
    refuse_array(cnn_idx_read, "bad.idx", b, sizeof b, "1 bytes after the end");
    static const unsigned char huge[] = {0, 0, 0xe, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    refuse_array(cnn_idx_read, "bad.idx", huge, sizeof huge, "does not fit in memory");
}

static void test_gzip_damaged(void **state)
{
    (void)state;
    unsigned char z[256], b[sizeof idx + 1] = {0};
    size_t n = gzip(idx, sizeof idx, z, sizeof z);
    for (size_t k = 2; k < n; k++)
        refuse_array(cnn_idx_read, "bad.gz", z, k, "end early");
    z[n] = 'x';
    refuse_array(cnn_idx_read, "bad.gz", z, n + 1, "bytes after the end of the gzip data");
    z[n - 8] ^= 1; /* the checksum */
    refuse_array(cnn_idx_read, "bad.gz", z, n, "damaged packed data: incorrect data check");
    memcpy(b, idx, sizeof idx);
    n = gzip(b, sizeof b, z, sizeof z);
    refuse_array(cnn_idx_read, "bad.gz", z, n, "bytes after the end of the data that its header promises");
    b[7] = 3;
    n = gzip(b, sizeof idx, z, sizeof z);
    refuse_array(cnn_idx_read, "bad.gz", z, n, "file ends early");
    b[4] = 0xff; /* four gigarows cannot come out of a hundred bytes */
    n = gzip(b, sizeof idx, z, sizeof z);
    refuse_array(cnn_idx_read, "bad.gz", z, n, "it has at most");
}

/* ---- named arrays */

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

/* One damaged bit among the first `flips` bytes is either refused or in something that we do not read (dates, attributes). */
static void flip_bits(read_tensors *read, const char *name, const unsigned char *bytes, size_t n, size_t flips)
{
    unsigned char *b = malloc(n);
    assert_non_null(b);
    for (size_t i = 0; i < flips; i++)
        for (int bit = 0; bit < 8; bit++) {
            struct cnn_tensors t;
            memcpy(b, bytes, n);
            b[i] = (unsigned char)(b[i] ^ 1 << bit);
            if (read(scratch_write(name, b, n), &t, &error) == 0)
                cnn_tensors_free(&t);
            else
                assert_has(error.text, name);
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
    refuse_tensors(cnn_npz_read, "bad.npz", idx, sizeof idx, "not a .npz");
    flip_bits(cnn_npz_read, "bad.npz", numpy_npz, sizeof numpy_npz, sizeof numpy_npz);
    flip_bits(cnn_npz_read, "bad.npz", numpy_npz_compressed, sizeof numpy_npz_compressed, sizeof numpy_npz_compressed);
}

/* Two entries' names, made equal. */
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
    assert_int_equal(cnn_tensors_add_meta(&t, "epoch", "3", &error), 0);
    assert_int_equal(cnn_tensors_add_meta(&t, "a \"b\"", "line\nline\\", &error), 0);
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

static void test_safetensors_round_trip(void **state)
{
    (void)state;
    struct cnn_tensors t = some_tensors(), got;
    size_t n, m;
    assert_int_equal(cnn_tensors_write(scratch("t.safetensors"), &t, &error), 0);
    assert_int_equal(cnn_tensors_read(scratch("t.safetensors"), &got, &error), 0);
    check_tensors(&got, &t);
    assert_string_equal(cnn_tensors_find_meta(&got, "epoch"), "3");
    assert_string_equal(cnn_tensors_find_meta(&got, "a \"b\""), "line\nline\\");
    assert_null(cnn_tensors_find_meta(&got, "b"));
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
    assert_int_equal(cnn_tensors_add_meta(&t, "k", "1", &error), 0);
    assert_int_equal(cnn_tensors_add_meta(&t, "k", "2", &error), -1);
    for (int i = 0; i < 100; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", i);
        assert_int_equal(cnn_tensors_add(&t, name, (struct cnn_array){0}, &error), 0);
    }
    cnn_tensors_free(&t);
}

/* ---- whole or not at all */

static void test_atomic(void **state)
{
    (void)state;
    struct cnn_atomic a;
    struct stat st;
    size_t n;
    scratch_write("file", "old", 3);
    int before = scratch_count();
    assert_int_equal(cnn_atomic_open(&a, scratch("file"), &error), 0);
    fputs("new text", a.file);
    free(scratch_read("file", &n));
    assert_int_equal(n, 3);
    cnn_atomic_abort(&a);
    cnn_atomic_abort(&a);
    assert_int_equal(scratch_count(), before);
    assert_int_equal(cnn_atomic_open(&a, scratch("file"), &error), 0);
    fputs("new text", a.file);
    assert_int_equal(cnn_atomic_commit(&a, &error), 0);
    free(scratch_read("file", &n));
    assert_int_equal(n, 8);
    assert_int_equal(scratch_count(), before);
    assert_int_equal(symlink("file", scratch("link")), 0);
    assert_int_equal(cnn_atomic_open(&a, scratch("link"), &error), 0);
    assert_int_equal(cnn_atomic_commit(&a, &error), 0);
    assert_int_equal(lstat(scratch("link"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
}

static void test_atomic_refused(void **state)
{
    (void)state;
    struct cnn_atomic a;
    struct stat st;
    assert_int_equal(cnn_atomic_open(&a, scratch_folder, &error), -1);
    assert_has(error.text, "it is a folder");
    assert_int_equal(cnn_atomic_open(&a, scratch("no/such/folder"), &error), -1);
    assert_has(error.text, "cannot write: No such file");
    assert_int_equal(cnn_atomic_open(&a, "/dev/null", &error), 0);
    fputs("away", a.file);
    assert_int_equal(cnn_atomic_commit(&a, &error), 0);
    assert_int_equal(stat("/dev/null", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
    if (access("/dev/full", W_OK) != 0)
        return;
    const float v[4096] = {0};
    const int64_t shape[1] = {4096};
    struct cnn_array full = cnn_array_view(CNN_F32, 1, shape, v);
    assert_int_equal(cnn_npy_write("/dev/full", &full, &error), -1);
    assert_has(error.text, "/dev/full: cannot write: ");
}

static void test_error_printable(void **state)
{
    (void)state;
    assert_int_equal(cnn_fail(&error, "a\x1b[2Jb\n%d", 3), -1);
    assert_string_equal(error.text, "a?[2Jb?3");
    assert_int_equal(cnn_fail(&error, "again: %s", error.text), -1);
    assert_string_equal(error.text, "again: a?[2Jb?3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_npy_numpy),
        cmocka_unit_test(test_npy_versions),
        cmocka_unit_test(test_npy_types),
        cmocka_unit_test(test_npy_scalar_and_empty),
        cmocka_unit_test(test_npy_refused),
        cmocka_unit_test(test_npy_prefix),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_idx),
        cmocka_unit_test(test_idx_types),
        cmocka_unit_test(test_idx_damaged),
        cmocka_unit_test(test_gzip_damaged),
        cmocka_unit_test(test_npz_numpy),
        cmocka_unit_test(test_npz_damaged),
        cmocka_unit_test(test_npz_twice),
        cmocka_unit_test(test_npz_round_trip),
        cmocka_unit_test(test_safetensors_round_trip),
        cmocka_unit_test(test_safetensors_accepted),
        cmocka_unit_test(test_safetensors_refused),
        cmocka_unit_test(test_tensors_add),
        cmocka_unit_test(test_atomic),
        cmocka_unit_test(test_atomic_refused),
        cmocka_unit_test(test_error_printable),
    };
    return cmocka_run_group_tests_name("files", tests, scratch_setup, scratch_teardown);
}
