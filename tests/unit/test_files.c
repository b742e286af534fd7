/* test_files.c -- files of one array, .npy and IDX: round trips, files of other programs, all kinds of damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <zlib.h>

#include "files.h"
#include "numpy_files.h"
#include "scratch.h"

static struct cnn_error error;

typedef int read_array(const char *path, struct cnn_array *out, struct cnn_error *e);

static void refuse_array(read_array *read, const char *name, const void *bytes, size_t n, const char *message)
{
    struct cnn_array a;
    assert_int_equal(read(scratch_write(name, bytes, n), &a, &error), -1);
    assert_has(error.text, name);
    assert_has(error.text, message);
    assert_null(a.base);
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
        {"{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", "pickles"},
        {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", "structured"},
        {"{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", "type '<c8' (complex numbers) is not supported"},
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
    assert_has(error.text, "none.npy: cannot open: no such file");
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
    b[4] = 0xff; /* a hundred bytes cannot hold four billion rows */
    n = gzip(b, sizeof idx, z, sizeof z);
    refuse_array(cnn_idx_read, "bad.gz", z, n, "it has at most");
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

/* A file keeps its mode. A link is written through, whether its target exists or not. */
static void test_atomic_alike(void **state)
{
    (void)state;
    struct cnn_atomic a;
    struct stat st;
    scratch_write("private", "old", 3);
    assert_int_equal(chmod(scratch("private"), 0600), 0);
    const mode_t mask = umask(022);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(cnn_atomic_open(&a, scratch(i ? "new" : "private"), &error), 0);
        assert_int_equal(cnn_atomic_commit(&a, &error), 0);
        assert_int_equal(stat(scratch(i ? "new" : "private"), &st), 0);
        assert_int_equal(st.st_mode & 0777, i ? 0644 : 0600);
    }
    umask(mask);
    assert_int_equal(symlink("target", scratch("dangling")), 0);
    assert_int_equal(cnn_atomic_open(&a, scratch("dangling"), &error), 0);
    assert_int_equal(cnn_atomic_commit(&a, &error), 0);
    assert_int_equal(lstat(scratch("target"), &st), 0);
    assert_true(S_ISREG(st.st_mode));
    assert_int_equal(lstat(scratch("dangling"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(symlink("loop", scratch("loop")), 0);
    assert_int_equal(cnn_atomic_open(&a, scratch("loop"), &error), -1);
    assert_has(error.text, "cannot write: too many levels");
}

/* The second of three files cannot be put in place: the first is as it was, and no new file is left. */
static void test_atomic_together(void **state)
{
    (void)state;
    struct cnn_atomic a[3];
    size_t n;
    for (int there = 0; there < 2; there++) {
        if (there)
            scratch_write("first", "old", 3);
        int before = scratch_count();
        assert_int_equal(cnn_atomic_open(&a[0], scratch("first"), &error), 0);
        assert_int_equal(cnn_atomic_open(&a[1], scratch("second"), &error), 0);
        assert_int_equal(cnn_atomic_open(&a[2], scratch("third"), &error), 0);
        assert_int_equal(mkdir(scratch("second"), 0777), 0);
        assert_int_equal(cnn_atomic_commit_all(a, 3, 0, &error), -1);
        assert_has(error.text, "second: cannot write: ");
        assert_int_equal(rmdir(scratch("second")), 0);
        assert_int_equal(scratch_count(), before);
    }
    free(scratch_read("first", &n));
    assert_int_equal(n, 3);
}

/* A file is too large for the limit of the process: the message tells why, and the temporary file is gone. */
static void test_atomic_limit(void **state)
{
    (void)state;
    struct cnn_atomic a;
    struct rlimit old, small;
    static const char text[8192];
    int before = scratch_count();
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){.rlim_cur = 4096, .rlim_max = old.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(cnn_atomic_open(&a, scratch("large"), &error), 0);
    fwrite(text, 1, sizeof text, a.file);
    fwrite(text, 1, sizeof text, a.file);
    assert_int_equal(cnn_atomic_commit(&a, &error), -1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_has(error.text, "large: cannot write: file too large");
    assert_int_equal(scratch_count(), before);
}

/* A process that is killed while it writes leaves its temporary file. The next process that writes the same file
 * removes it, and nothing else: not the temporary file of a process that lives, in whatever process namespace, and
 * no file with another kind of name. */
static void test_atomic_killed(void **state)
{
    struct cnn_atomic a;
    char others[3][600], stale[600];
    (void)state;
    snprintf(others[0], sizeof others[0], "%s.999999999-7.tmp", scratch("file"));
    snprintf(others[1], sizeof others[1], "%s.99999999999999999999-0.tmp", scratch("file"));
    snprintf(others[2], sizeof others[2], "%s.old.tmp", scratch("file"));
    pid_t pid = fork();
    if (pid == 0) {
        if (cnn_atomic_open(&a, scratch("file"), &error) == 0 && fputs("half", a.file) >= 0 && fflush(a.file) == 0)
            raise(SIGKILL);
        _exit(1);
    }
    int status;
    waitpid(pid, &status, 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    snprintf(stale, sizeof stale, "%s.%ld-0.tmp", scratch("file"), (long)pid);
    assert_int_equal(access(stale, F_OK), 0);
    for (int i = 0; i < 3; i++)
        fclose(fopen(others[i], "wb"));
    int lives = open(others[0], O_RDONLY);
    assert_int_equal(flock(lives, LOCK_EX), 0);
    assert_int_equal(cnn_atomic_open(&a, scratch("file"), &error), 0);
    assert_int_equal(cnn_atomic_commit(&a, &error), 0);
    close(lives);
    assert_int_equal(access(stale, F_OK), -1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(unlink(others[i]), 0);
    unlink(scratch("file"));
}

static void test_atomic_refused(void **state)
{
    (void)state;
    struct cnn_atomic a;
    struct stat st;
    assert_int_equal(cnn_atomic_open(&a, scratch_folder, &error), -1);
    assert_has(error.text, "it is a folder");
    assert_int_equal(cnn_atomic_open(&a, scratch("no/such/folder"), &error), -1);
    assert_has(error.text, "cannot write: no such file");
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
    assert_has(error.text, "/dev/full: cannot write: no space left on device");
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
        cmocka_unit_test(test_npy_numpy),       cmocka_unit_test(test_npy_versions),
        cmocka_unit_test(test_npy_types),       cmocka_unit_test(test_npy_scalar_and_empty),
        cmocka_unit_test(test_npy_refused),     cmocka_unit_test(test_npy_prefix),
        cmocka_unit_test(test_missing),         cmocka_unit_test(test_idx),
        cmocka_unit_test(test_idx_types),       cmocka_unit_test(test_idx_damaged),
        cmocka_unit_test(test_gzip_damaged),    cmocka_unit_test(test_atomic),
        cmocka_unit_test(test_atomic_killed),   cmocka_unit_test(test_atomic_alike),
        cmocka_unit_test(test_atomic_together), cmocka_unit_test(test_atomic_limit),
        cmocka_unit_test(test_atomic_refused),  cmocka_unit_test(test_error_printable),
    };
    return cmocka_run_group_tests_name("files", tests, scratch_setup, scratch_teardown);
}
