/* npz.c -- reads a ZIP archive of .npy files, as numpy.savez and numpy.savez_compressed write it. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "input.h"

typedef unsigned long long ull;

enum {
    LOCAL_SIZE = 30,
    CENTRAL_SIZE = 46,
    END_SIZE = 22,
    LOCATOR_SIZE = 20,
    END64_SIZE = 56, /* sizes of the fixed parts of the records */
    STORED = 0,
    DEFLATED = 8,
    NAME_MAX_ = 4096,
    MOST_UNPACKED = 64 << 20, /* above this, an entry of weights must not pack better than MOST_RATIO */
    MOST_RATIO = 100
};
#define LOCAL   0x04034b50u
#define CENTRAL 0x02014b50u
#define END     0x06054b50u
#define LOCATOR 0x07064b50u
#define END64   0x06064b50u

struct archive {
    const char *path;
    const uint8_t *bytes;
    uint64_t size;
    uint64_t directory, directory_size, entries;
    const char *wanted;            /* the name of the only array to read; NULL: all are read */
    const struct cnn_wanted *fits; /* what that array must be; NULL: anything */
    char found[256];               /* the first few names: "x, y, ..." */
    struct cnn_error *e;
};

struct entry {
    char name[NAME_MAX_];
    unsigned flags, method;
    uint32_t crc;
    uint64_t packed, unpacked, local; /* sizes, and offset of the local header */
};

static uint64_t get(const uint8_t *p, int n)
{
    uint64_t v = 0;
    while (n-- > 0)
        v = v << 8 | p[n];
    return v;
}

static int archive_fail(const struct archive *z, uint64_t at, const char *what)
{
    return cnn_fail(z->e, "%s: byte %llu: %s", z->path, (ull)at, what);
}

/* ---- the directory at the end */

static int find_end64(struct archive *z, uint64_t end)
{
    if (end < LOCATOR_SIZE || get(z->bytes + end - LOCATOR_SIZE, 4) != LOCATOR)
        return archive_fail(z, end, "zip64 record is missing");
    uint64_t at = get(z->bytes + end - LOCATOR_SIZE + 8, 8);
    if (at > z->size || z->size - at < END64_SIZE || get(z->bytes + at, 4) != END64)
        return archive_fail(z, end - LOCATOR_SIZE + 8, "zip64 record is not where it should be");
    z->entries = get(z->bytes + at + 32, 8);
    z->directory_size = get(z->bytes + at + 40, 8);
    z->directory = get(z->bytes + at + 48, 8);
    return 0;
}

/* The end record is followed by a comment of up to 64 KiB and by nothing else. */
static int find_end(struct archive *z)
{
    uint64_t at;
    uint64_t lowest = z->size > END_SIZE + 0xffff ? z->size - END_SIZE - 0xffff : 0;
    if (z->size < END_SIZE || get(z->bytes, 2) != 0x4b50)
        return archive_fail(z, 0, "not a .npz (ZIP) file");
    for (at = z->size - END_SIZE;; at--) {
        if (get(z->bytes + at, 4) == END && at + END_SIZE + get(z->bytes + at + 20, 2) == z->size)
            break;
        if (at == lowest)
            return archive_fail(z, z->size,
                                "end of the archive is missing: the file is cut off or has bytes behind it");
    }
    z->entries = get(z->bytes + at + 10, 2);
    z->directory_size = get(z->bytes + at + 12, 4);
    z->directory = get(z->bytes + at + 16, 4);
    if ((z->entries == 0xffff || z->directory_size == UINT32_MAX || z->directory == UINT32_MAX) &&
        find_end64(z, at) != 0)
        return -1;
    if (z->directory > at || z->directory_size > at - z->directory)
        return archive_fail(z, at, "the directory lies outside of the file");
    return 0;
}

/* A zip64 entry has its sizes and its offset in an extra field, in this order; each is there only when its 32-bit field
 * is all ones. */
static int read_zip64(struct entry *t, const uint8_t *extra, uint64_t size)
{
    uint64_t *const wide[] = {&t->unpacked, &t->packed, &t->local};
    while (size >= 4) {
        uint64_t id = get(extra, 2), n = get(extra + 2, 2);
        if (n > size - 4)
            return -1;
        const uint8_t *p = extra + 4, *end = p + n;
        for (int i = 0; id == 1 && i < 3; i++) {
            if (*wide[i] != UINT32_MAX)
                continue;
            if (end - p < 8)
                return -1;
            *wide[i] = get(p, 8);
            p += 8;
        }
        extra = end;
        size -= 4 + n;
    }
    return 0;
}

static int read_name(struct archive *z, struct entry *t, uint64_t at, uint64_t n)
{
    const uint8_t *name = z->bytes + at;
    if (n >= NAME_MAX_)
        return archive_fail(z, at, "entry's name is too long");
    if (memchr(name, 0, n))
        return archive_fail(z, at, "entry's name holds a NUL byte");
    memcpy(t->name, name, n);
    t->name[n] = 0;
    return 0;
}

static int check_entry(struct archive *z, const struct entry *t)
{
    size_t n = strlen(t->name);
    if (n <= 4 || strcmp(t->name + n - 4, ".npy") != 0)
        return cnn_fail(z->e, "%s: entry '%s' is not an array (.npy)", z->path, t->name);
    if (t->flags & 1)
        return cnn_fail(z->e, "%s: entry '%s' is encrypted", z->path, t->name);
    if (t->method != STORED && t->method != DEFLATED)
        return cnn_fail(z->e, "%s: entry '%s' is packed by method %u; only stored and deflated are supported", z->path,
                        t->name, t->method);
    if (t->method == STORED && t->packed != t->unpacked)
        return cnn_fail(z->e, "%s: entry '%s' is stored, but its two sizes differ", z->path, t->name);
    if (!z->wanted && t->unpacked > MOST_UNPACKED && t->unpacked / MOST_RATIO > t->packed)
        return cnn_fail(z->e, "%s: entry '%s' unpacks from %llu bytes to %llu: no weights do", z->path, t->name,
                        (ull)t->packed, (ull)t->unpacked);
    return 0;
}

static int read_central(struct archive *z, uint64_t *at, struct entry *t)
{
    uint64_t left = z->directory + z->directory_size - *at;
    const uint8_t *p = z->bytes + *at;
    if (left < CENTRAL_SIZE || get(p, 4) != CENTRAL)
        return archive_fail(z, *at, "directory entry expected");
    uint64_t name = get(p + 28, 2), extra = get(p + 30, 2), comment = get(p + 32, 2);
    if (name + extra + comment > left - CENTRAL_SIZE)
        return archive_fail(z, *at, "directory entry is cut off");
    t->flags = (unsigned)get(p + 8, 2);
    t->method = (unsigned)get(p + 10, 2);
    t->crc = (uint32_t)get(p + 16, 4);
    t->packed = get(p + 20, 4);
    t->unpacked = get(p + 24, 4);
    t->local = get(p + 42, 4);
    if (read_name(z, t, *at + CENTRAL_SIZE, name) != 0)
        return -1;
    if (read_zip64(t, p + CENTRAL_SIZE + name, extra) != 0)
        return archive_fail(z, *at, "extra field is damaged");
    *at += CENTRAL_SIZE + name + extra + comment;
    return 0;
}

/* ---- entries */

/* The local header repeats the directory; only the offset of its data is new. Its sizes may be zero when a data
 * descriptor follows the data. */
static int find_data(struct archive *z, const struct entry *t, uint64_t *data)
{
    if (t->local > z->directory || z->directory - t->local < LOCAL_SIZE || get(z->bytes + t->local, 4) != LOCAL)
        return archive_fail(z, t->local, "local header expected");
    const uint8_t *p = z->bytes + t->local;
    uint64_t name = get(p + 26, 2), extra = get(p + 28, 2), left = z->directory - t->local - LOCAL_SIZE;
    if (name + extra > left || t->packed > left - name - extra)
        return archive_fail(z, t->local, "entry's data reach into the directory");
    if (name != strlen(t->name) || memcmp(p + LOCAL_SIZE, t->name, name) != 0 || get(p + 8, 2) != t->method)
        return archive_fail(z, t->local, "local header and directory differ");
    *data = t->local + LOCAL_SIZE + name + extra;
    return 0;
}

static int read_array(struct archive *z, const struct entry *t, uint64_t data, struct cnn_array *a)
{
    char label[NAME_MAX_ + 256];
    struct cnn_input in;
    snprintf(label, sizeof label, "%s: %s", z->path, t->name);
    if (cnn_input_slice(&in, label, z->bytes + data, (size_t)t->packed, t->method ? CNN_DEFLATE : CNN_PLAIN, z->e) != 0)
        return -1;
    in.promised = t->unpacked;
    in.wanted = z->fits;
    int status = cnn_npy_parse(&in, a, z->e);
    if (status == 0 && in.position != t->unpacked)
        status = cnn_fail(z->e, "%s: %llu bytes unpacked, but the directory promises %llu", label, (ull)in.position,
                          (ull)t->unpacked);
    if (status == 0 && in.crc != t->crc)
        status = cnn_fail(z->e, "%s: checksum differs: the data are damaged", label);
    cnn_input_close(&in);
    if (status != 0)
        cnn_array_free(a);
    return status;
}

static int read_entry(struct archive *z, struct entry *t, struct cnn_tensors *out)
{
    struct cnn_array a = {0};
    uint64_t data = 0;
    if (check_entry(z, t) != 0 || find_data(z, t, &data) != 0 || read_array(z, t, data, &a) != 0)
        return -1;
    t->name[strlen(t->name) - 4] = 0; /* cuts off .npy */
    if (cnn_tensors_add(out, t->name, a, z->e) != 0)
        return cnn_fail(z->e, "%s: %s", z->path, z->e->text);
    return 0;
}

static void note_name(struct archive *z, const char *name)
{
    const size_t n = strlen(z->found), k = strlen(name), most = sizeof z->found - sizeof ", ...";
    if (n + k + 2 < most)
        snprintf(z->found + n, sizeof z->found - n, "%s%.*s", n ? ", " : "", (int)k, name);
    else if (n < 4 || strcmp(z->found + n - 3, "...") != 0)
        snprintf(z->found + n, sizeof z->found - n, "%s...", n ? ", " : "");
}

/* The name of an entry is the name of its array followed by .npy. */
static int is_wanted(struct archive *z, const struct entry *t)
{
    const size_t n = strlen(t->name);
    char name[NAME_MAX_];
    if (!z->wanted)
        return 1;
    snprintf(name, sizeof name, "%.*s", (int)(n > 4 && strcmp(t->name + n - 4, ".npy") == 0 ? n - 4 : n), t->name);
    note_name(z, name);
    return strcmp(z->wanted, name) == 0;
}

/* The packed sizes must fit into the file together: entries that share bytes would let a small archive unpack to a huge
 * size. */
static int read_entries(struct archive *z, struct entry *t, struct cnn_tensors *out)
{
    uint64_t at = z->directory, total = 0;
    for (uint64_t i = 0; i < z->entries; i++) {
        if (read_central(z, &at, t) != 0)
            return -1;
        if (t->packed > z->directory || (total += t->packed) > z->directory)
            return archive_fail(z, at, "entries overlap");
        if (is_wanted(z, t) && read_entry(z, t, out) != 0)
            return -1;
    }
    return at == z->directory + z->directory_size ? 0 : archive_fail(z, at, "the directory has more than its entries");
}

static int read_archive(struct archive *z, struct cnn_tensors *out)
{
    void *map;
    size_t size;
    memset(out, 0, sizeof *out);
    if (cnn_map_file(z->path, &map, &size, z->e) != 0)
        return -1;
    z->bytes = map;
    z->size = size;
    struct entry *t = malloc(sizeof *t);
    int status = t ? find_end(z) : cnn_fail_memory(z->e, z->path, sizeof *t);
    if (status == 0)
        status = read_entries(z, t, out);
    free(t);
    if (map)
        munmap(map, size);
    if (status != 0)
        cnn_tensors_free(out);
    return status;
}

int cnn_npz_read(const char *path, struct cnn_tensors *out, struct cnn_error *e)
{
    struct archive z = {.path = path, .e = e};
    return read_archive(&z, out);
}

int cnn_npz_read_one(const char *path, const char *name, const struct cnn_wanted *w, struct cnn_tensors *out,
                     struct cnn_error *e)
{
    struct archive z = {.path = path, .wanted = name, .fits = w, .e = e};
    if (read_archive(&z, out) != 0)
        return -1;
    if (cnn_tensors_find(out, name))
        return 0;
    cnn_tensors_free(out);
    return cnn_fail(e, "%s: there is no array '%.60s'; the arrays are %s", path, name, z.found);
}
