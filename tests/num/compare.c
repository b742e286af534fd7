/* compare.c -- tells whether one .npy or .npz is close to another. It has a reader of its own, so that libcnn's
 * reader is tested, not trusted.
 *
 *   compare [--rtol R] ACTUAL EXPECTED
 *
 * Close means |a - b| <= R * (|b| + the largest |b| of the array). The expected file may hold a sample of an array
 * NAME instead: NAME@index, NAME@value (elements of it), NAME@norm (Euclidean), NAME@max. Prints the worst
 * element; status 1 when something differs.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { MAX_RANK = 8 };

struct bytes {
    unsigned char *at;
    size_t n;
};

struct array {
    char *name; /* "" in a plain .npy */
    int rank;
    int64_t shape[MAX_RANK];
    size_t n;
    double *v;
    struct array *next;
};

static _Noreturn void die(const char *file, const char *what)
{
    fprintf(stderr, "compare: %s: %s\n", file, what);
    exit(2);
}

static void *allocate(size_t n)
{
    void *p = calloc(n ? n : 1, 1);
    if (!p)
        die("memory", "exhausted");
    return p;
}

static struct bytes read_file(const char *path)
{
    struct bytes b = {0};
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0)
        die(path, "cannot be read");
    b.n = (size_t)ftell(f);
    rewind(f);
    b.at = allocate(b.n);
    if (fread(b.at, 1, b.n, f) != b.n)
        die(path, "cannot be read");
    fclose(f);
    return b;
}

/* ---- .npy */

static double element(const unsigned char *p, char kind, int size)
{
    float f;
    double d;
    int32_t i32;
    int64_t i64;
    switch (kind * 16 + size) {
    case 'f' * 16 + 4: memcpy(&f, p, 4); return (double)f;
    case 'f' * 16 + 8: memcpy(&d, p, 8); return d;
    case 'i' * 16 + 4: memcpy(&i32, p, 4); return i32;
    case 'i' * 16 + 8: memcpy(&i64, p, 8); return (double)i64;
    case 'u' * 16 + 1: return *p;
    default: return nan("");
    }
}

static void read_shape(struct array *a, const char *header, const char *file)
{
    const char *p = strstr(header, "'shape': (");
    if (!p)
        die(file, "no shape in the .npy header");
    a->n = 1;
    for (p += 10; *p && *p != ')';) {
        if (a->rank == MAX_RANK)
            die(file, "too many dimensions");
        char *end;
        a->shape[a->rank] = strtoll(p, &end, 10);
        a->n *= (size_t)a->shape[a->rank++];
        for (p = end; *p == ',' || *p == ' ';)
            p++;
    }
}

static struct array *read_npy(struct bytes b, const char *name, const char *file)
{
    if (b.n < 12 || memcmp(b.at, "\x93NUMPY", 6) != 0)
        die(file, "not a .npy file");
    const size_t start = b.at[6] == 1 ? 10 : 12;
    const size_t length = b.at[8] + 256u * b.at[9];
    if (start + length > b.n)
        die(file, "truncated .npy header");
    char *header = allocate(length + 1);
    memcpy(header, b.at + start, length);
    const char *descr = strstr(header, "'descr': '");
    if (!descr || strstr(header, "'fortran_order': True") || descr[10] == '>')
        die(file, "a .npy of a kind that is not written here");

    struct array *a = allocate(sizeof *a);
    a->name = allocate(strlen(name) + 1);
    strcpy(a->name, name);
    read_shape(a, header, file);
    const char kind = descr[11];
    const int size = atoi(descr + 12);
    const unsigned char *p = b.at + start + length;
    if (size <= 0 || start + length + a->n * (size_t)size != b.n)
        die(file, "the .npy's size is not what its header says");
    a->v = allocate(a->n * sizeof *a->v);
    for (size_t i = 0; i < a->n; i++)
        a->v[i] = element(p + i * (size_t)size, kind, size);
    free(header);
    return a;
}

/* ---- .npz: a zip, read from its directory */

static uint32_t le32(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t le16(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static struct bytes inflate_raw(const unsigned char *from, size_t n, size_t size, const char *file)
{
    struct bytes out = {allocate(size), size};
    z_stream z = {0};
    if (inflateInit2(&z, -15) != Z_OK)
        die(file, "zlib does not start");
    z.next_in = (unsigned char *)(uintptr_t)from;
    z.avail_in = (uInt)n;
    z.next_out = out.at;
    z.avail_out = (uInt)size;
    if (inflate(&z, Z_FINISH) != Z_STREAM_END || z.total_out != size)
        die(file, "damaged compressed data");
    inflateEnd(&z);
    return out;
}

/* Reads the member whose directory entry is at p. */
static struct array *read_member(struct bytes zip, const unsigned char *p, const char *file)
{
    const size_t packed = le32(p + 20), size = le32(p + 24), at = le32(p + 42), name_size = le16(p + 28);
    char *name = allocate(name_size + 1);
    memcpy(name, p + 46, name_size);
    if (at + 30 > zip.n || memcmp(zip.at + at, "PK\3\4", 4) != 0)
        die(file, "a directory entry that points nowhere");
    const unsigned char *data = zip.at + at + 30 + le16(zip.at + at + 26) + le16(zip.at + at + 28);
    if (data + packed > zip.at + zip.n)
        die(file, "truncated");
    struct bytes b = {(unsigned char *)(uintptr_t)data, size};
    if (le16(p + 10) == 8)
        b = inflate_raw(data, packed, size, file);
    if (crc32(0, b.at, (uInt)size) != le32(p + 16))
        die(file, "a checksum is wrong");
    if (name_size > 4 && strcmp(name + name_size - 4, ".npy") == 0)
        name[name_size - 4] = '\0';
    return read_npy(b, name, file);
}

static struct array *read_npz(struct bytes b, const char *file)
{
    size_t end = b.n >= 22 ? b.n - 22 : 0;
    while (end > 0 && memcmp(b.at + end, "PK\5\6", 4) != 0)
        end--;
    if (end == 0)
        die(file, "no directory at the end of the .npz");
    struct array *list = NULL, **tail = &list;
    const unsigned char *p = b.at + le32(b.at + end + 16);
    for (uint32_t i = 0; i < le16(b.at + end + 10); i++) {
        if (p + 46 > b.at + b.n || memcmp(p, "PK\1\2", 4) != 0)
            die(file, "damaged directory");
        *tail = read_member(b, p, file);
        tail = &(*tail)->next;
        p += 46 + le16(p + 28) + le16(p + 30) + le16(p + 32);
    }
    return list;
}

static struct array *read_arrays(const char *path)
{
    const struct bytes b = read_file(path);
    return b.n > 4 && memcmp(b.at, "PK\3\4", 4) == 0 ? read_npz(b, path) : read_npy(b, "", path);
}

/* ---- comparing */

struct verdict {
    double rtol, worst; /* worst: the largest error divided by what is allowed */
    char where[256];
    int failed;
};

static struct array *find(struct array *list, const char *name, const char *suffix)
{
    const size_t n = strlen(name);
    for (; list; list = list->next)
        if (strncmp(list->name, name, n) == 0 && strcmp(list->name + n, suffix) == 0)
            return list;
    return NULL;
}

static double largest(const struct array *a)
{
    double m = 0;
    for (size_t i = 0; i < a->n; i++)
        m = fmax(m, fabs(a->v[i]));
    return m;
}

static void check(struct verdict *t, const char *name, size_t i, double a, double b, double scale)
{
    const double allowed = t->rtol * (fabs(b) + scale);
    const double e = fabs(a - b) == 0 ? 0 : fabs(a - b) / allowed;
    if (e <= t->worst)
        return;
    t->worst = isfinite(e) ? e : HUGE_VAL; /* NaN too */
    snprintf(t->where, sizeof t->where, "%s[%zu]: %.9g, expected %.9g", name, i, a, b);
}

static void complain(struct verdict *t, const char *name, const char *what)
{
    printf("%s: %s\n", name, what);
    t->failed = 1;
}

static int same_shape(const struct array *a, const struct array *b)
{
    return a->rank == b->rank && memcmp(a->shape, b->shape, sizeof a->shape) == 0;
}

static void compare_whole(struct verdict *t, const struct array *a, const struct array *b)
{
    const double scale = largest(b);
    if (!same_shape(a, b)) {
        complain(t, b->name, "another shape than expected");
        return;
    }
    for (size_t i = 0; i < b->n; i++)
        check(t, b->name, i, a->v[i], b->v[i], scale);
}

static void compare_sample(struct verdict *t, const struct array *a, const struct array *index, struct array *expected)
{
    const struct array *value = find(expected, a->name, "@value"), *norm = find(expected, a->name, "@norm"),
                       *max = find(expected, a->name, "@max");
    double sum = 0;
    for (size_t i = 0; i < index->n; i++) {
        const size_t k = (size_t)index->v[i];
        if (k >= a->n) {
            complain(t, a->name, "smaller than expected");
            return;
        }
        check(t, a->name, k, a->v[k], value->v[i], max->v[0]);
    }
    for (size_t i = 0; i < a->n; i++)
        sum += a->v[i] * a->v[i];
    check(t, norm->name, 0, sqrt(sum), norm->v[0], 0);
}

static void compare(struct verdict *t, struct array *actual, struct array *expected)
{
    for (struct array *a = actual; a; a = a->next) {
        const struct array *whole = find(expected, a->name, ""), *index = find(expected, a->name, "@index");
        if (whole)
            compare_whole(t, a, whole);
        else if (index)
            compare_sample(t, a, index, expected);
        else
            complain(t, a->name, "not expected");
    }
    for (const struct array *b = expected; b; b = b->next) {
        const char *at = strchr(b->name, '@');
        if (!at && !find(actual, b->name, ""))
            complain(t, b->name, "missing");
        char base[256];
        if (at && strcmp(at, "@index") == 0) {
            snprintf(base, sizeof base, "%.*s", (int)(at - b->name), b->name);
            if (!find(actual, base, ""))
                complain(t, base, "missing");
        }
    }
}

int main(int argc, char **argv)
{
    struct verdict t = {.rtol = 1e-5};
    if (argc == 5 && strcmp(argv[1], "--rtol") == 0) {
        t.rtol = atof(argv[2]);
        argv += 2;
        argc -= 2;
    }
    if (argc != 3) {
        fprintf(stderr, "usage: compare [--rtol R] ACTUAL EXPECTED\n");
        return 2;
    }
    compare(&t, read_arrays(argv[1]), read_arrays(argv[2]));
    if (t.worst > 1)
        t.failed = 1;
    if (t.worst > 0)
        printf("worst, %.3g of what rtol %g allows: %s\n", t.worst, t.rtol, t.where);
    return t.failed;
}
