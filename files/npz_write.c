/* npz_write.c -- writes an .npz file. The same arrays give the same bytes, so no real dates are stored. */
#include <stdlib.h>
#include <string.h>

#include "input.h"

enum { STORED = 0, DEFLATED = 8, VERSION = 20, DATE = 0x21 /* 1980-01-01, the first day of DOS */ };

struct record { /* an entry of the directory */
    uint32_t crc, packed, unpacked, local;
    uint16_t method;
};

struct writer {
    FILE *file;
    const char *path;
    uint64_t position;
    int deflated;
    struct cnn_error *e;
};

static void put_bytes(struct writer *w, const void *p, size_t n)
{
    fwrite(p, 1, n, w->file);
    w->position += n;
}

static void put(struct writer *w, uint64_t v, size_t n)
{
    uint8_t b[8];
    for (size_t i = 0; i < n; i++)
        b[i] = (uint8_t)(v >> 8 * i);
    put_bytes(w, b, n);
}

/* Writes the part that local header and directory share, from `version needed` to the length of the extra field. */
static void put_common(struct writer *w, const struct record *r, const char *name)
{
    put(w, VERSION, 2);
    put(w, 0, 2); /* flags */
    put(w, r->method, 2);
    put(w, (uint64_t)DATE << 16, 4);
    put(w, r->crc, 4);
    put(w, r->packed, 4);
    put(w, r->unpacked, 4);
    put(w, strlen(name) + 4, 2);
    put(w, 0, 2); /* extra field */
}

static void put_name(struct writer *w, const char *name)
{
    put_bytes(w, name, strlen(name));
    put_bytes(w, ".npy", 4);
}

static void put_local(struct writer *w, const struct record *r, const char *name)
{
    put(w, 0x04034b50u, 4);
    put_common(w, r, name);
    put_name(w, name);
}

static void put_central(struct writer *w, const struct record *r, const char *name)
{
    put(w, 0x02014b50u, 4);
    put(w, VERSION, 2);
    put_common(w, r, name);
    put(w, 0, 2); /* comment */
    put(w, 0, 2); /* disk */
    put(w, 0, 2); /* internal attributes */
    put(w, 0, 4); /* external attributes */
    put(w, r->local, 4);
    put_name(w, name);
}

static void put_end(struct writer *w, size_t n, uint64_t directory)
{
    uint64_t size = w->position - directory;
    put(w, 0x06054b50u, 4);
    put(w, 0, 4);
    put(w, n, 2);
    put(w, n, 2);
    put(w, size, 4);
    put(w, directory, 4);
    put(w, 0, 2);
}

/* Makes the .npy file in memory. */
static uint8_t *npy_bytes(const struct cnn_array *a, size_t *size)
{
    uint8_t header[CNN_NPY_HEADER];
    size_t n = cnn_npy_header(a, header), data = (size_t)cnn_array_count(a) * cnn_dtype_size(a->dtype);
    uint8_t *p = malloc(n + data);
    if (!p)
        return NULL;
    memcpy(p, header, n);
    if (data)
        memcpy(p + n, a->data, data);
    *size = n + data;
    return p;
}

/* Packs with raw deflate into at most `room` bytes; *n is 0 when that is too little. -1: no memory. */
static int pack(const uint8_t *from, size_t size, uint8_t *to, size_t room, size_t *n)
{
    z_stream z = {0};
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return -1;
    z.next_in = (z_const Bytef *)(uintptr_t)from;
    z.avail_in = (uInt)size;
    z.next_out = to;
    z.avail_out = (uInt)room;
    int r = deflate(&z, Z_FINISH);
    *n = r == Z_STREAM_END ? room - z.avail_out : 0;
    deflateEnd(&z);
    return 0;
}

/* An entry that does not get smaller is stored unpacked. Lack of memory is an error and not a reason to store it
 * unpacked, since the same arrays must give the same file. */
static int put_entry(struct writer *w, const char *name, const uint8_t *npy, size_t size, struct record *r)
{
    uint8_t *packed = w->deflated ? malloc(size) : NULL;
    size_t n = 0;
    if (w->deflated && (!packed || pack(npy, size, packed, size, &n) != 0)) {
        free(packed);
        return cnn_fail_memory(w->e, w->path, size);
    }
    *r = (struct record){.crc = (uint32_t)crc32_z(0, npy, size),
                         .packed = (uint32_t)(n ? n : size),
                         .unpacked = (uint32_t)size,
                         .local = (uint32_t)w->position,
                         .method = n ? DEFLATED : STORED};
    put_local(w, r, name);
    put_bytes(w, n ? packed : npy, r->packed);
    free(packed);
    return 0;
}

static int write_entry(struct writer *w, const struct cnn_tensor *t, struct record *r)
{
    size_t size = 0, longest = 0xffff - 4;
    uint64_t bytes = 0;
    if (cnn_shape_bytes(t->array.dtype, t->array.rank, t->array.shape, &bytes) != 0 ||
        bytes + CNN_NPY_HEADER > UINT32_MAX || w->position + bytes > UINT32_MAX - (1u << 20) ||
        strlen(t->name) > longest)
        return cnn_fail(w->e, "%s: too large for a .npz file; write .safetensors", w->path);
    uint8_t *npy = npy_bytes(&t->array, &size);
    if (!npy)
        return cnn_fail_memory(w->e, w->path, bytes);
    int status = put_entry(w, t->name, npy, size, r);
    free(npy);
    return status;
}

static int write_archive(struct writer *w, const struct cnn_tensors *t, struct record *records)
{
    for (size_t i = 0; i < t->n; i++)
        if (write_entry(w, &t->at[i], &records[i]) != 0)
            return -1;
    uint64_t directory = w->position;
    for (size_t i = 0; i < t->n; i++)
        put_central(w, &records[i], t->at[i].name);
    put_end(w, t->n, directory);
    return 0;
}

int cnn_npz_write(const char *path, const struct cnn_tensors *t, int deflated, struct cnn_error *e)
{
    struct cnn_atomic a;
    struct record *records = calloc(t->n + 1, sizeof *records);
    if (!records)
        return cnn_fail_memory(e, path, t->n);
    int status = cnn_atomic_open(&a, path, e);
    if (status == 0) {
        struct writer w = {.file = a.file, .path = path, .deflated = deflated, .e = e};
        status = write_archive(&w, t, records);
        if (status == 0)
            status = cnn_atomic_commit(&a, e);
        else
            cnn_atomic_abort(&a);
    }
    free(records);
    return status;
}
