/* safetensors.c -- reads a .safetensors file. It consists of the size of a JSON header (8 bytes), the header, and the
 * data of all tensors without holes.
 *
 * The header is always of the form {"__metadata__": {string: string}, name: {"dtype", "shape", "data_offsets"}, ...},
 * so the reader follows that grammar and needs no stack.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "json.h"

typedef unsigned long long ull;

enum { HEADER_MAX = 100000000 };

static const struct {
    const char *name;
    enum cnn_dtype dtype;
} dtypes[] = {
    {"F32", CNN_F32}, {"F64", CNN_F64}, {"BOOL", CNN_BOOL}, {"U8", CNN_U8},
    {"I8", CNN_I8},   {"I16", CNN_I16}, {"I32", CNN_I32},   {"I64", CNN_I64},
};
enum { DTYPES = sizeof dtypes / sizeof *dtypes };

const char *cnn_safetensors_dtype(enum cnn_dtype t)
{
    int i = 0;
    while (dtypes[i].dtype != t)
        i++;
    return dtypes[i].name;
}

struct extent { /* where one tensor is within the data */
    uint64_t begin, end;
};

struct reader {
    struct json j;
    const uint8_t *data;
    uint64_t data_size;
    struct extent *extents; /* one for each tensor read so far */
    size_t cap;
    struct cnn_tensors *out;
};

/* ---- one tensor: {"dtype":"F32","shape":[3,4],"data_offsets":[0,48]} */

struct info {
    struct cnn_array array;
    struct extent extent;
};

static int read_dtype(struct json *j, struct info *t)
{
    char name[16];
    if (cnn_json_string(j, name, sizeof name) != 0)
        return -1;
    for (int i = 0; i < DTYPES; i++)
        if (strcmp(name, dtypes[i].name) == 0) {
            t->array.dtype = dtypes[i].dtype;
            return 0;
        }
    return cnn_json_fail(j, "type '%s' is not supported; it may be F32, F64, I8 to I64, U8 or BOOL", name);
}

static int read_shape(struct json *j, struct info *t)
{
    uint64_t n[CNN_ARRAY_RANK];
    if (cnn_json_numbers(j, n, CNN_ARRAY_RANK, &t->array.rank) != 0)
        return -1;
    for (int i = 0; i < t->array.rank; i++)
        t->array.shape[i] = (int64_t)n[i];
    return 0;
}

static int read_offsets(struct json *j, struct info *t)
{
    uint64_t n[2];
    int got;
    if (cnn_json_numbers(j, n, 2, &got) != 0)
        return -1;
    if (got != 2)
        return cnn_json_fail(j, "data_offsets wants two numbers");
    t->extent = (struct extent){n[0], n[1]};
    return 0;
}

static const struct {
    const char *name;
    int (*read)(struct json *j, struct info *t);
} fields[] = {{"dtype", read_dtype}, {"shape", read_shape}, {"data_offsets", read_offsets}};
enum { FIELDS = sizeof fields / sizeof *fields };

static int read_field(struct json *j, struct info *t, unsigned *seen)
{
    char name[32];
    if (cnn_json_key(j, name, sizeof name) != 0)
        return -1;
    for (unsigned i = 0; i < FIELDS; i++) {
        if (strcmp(name, fields[i].name) != 0)
            continue;
        if (*seen & 1u << i)
            return cnn_json_fail(j, "'%s' is there twice", name);
        *seen |= 1u << i;
        return fields[i].read(j, t);
    }
    return cnn_json_fail(j, "unknown field '%s'", name);
}

static int read_info(struct json *j, struct info *t)
{
    unsigned seen = 0;
    int more = cnn_json_open(j, '{', '}');
    for (; more > 0; more = cnn_json_next(j, '}'))
        if (read_field(j, t, &seen) != 0)
            return -1;
    if (more < 0)
        return -1;
    return seen == (1u << FIELDS) - 1 ? 0 : cnn_json_fail(j, "dtype, shape or data_offsets is missing");
}

static int check_extent(struct reader *r, const char *name, const struct info *t)
{
    uint64_t bytes;
    const struct extent *x = &t->extent;
    if (x->begin > x->end || x->end > r->data_size)
        return cnn_json_fail(&r->j, "tensor '%s': data_offsets [%llu, %llu] lie outside of the %llu bytes of data",
                             name, (ull)x->begin, (ull)x->end, (ull)r->data_size);
    if (cnn_shape_bytes(t->array.dtype, t->array.rank, t->array.shape, &bytes) != 0 || bytes != x->end - x->begin)
        return cnn_json_fail(&r->j, "tensor '%s': shape and data_offsets differ", name);
    return 0;
}

/* Views the elements in place when they are aligned, and copies them otherwise. */
static int attach(struct reader *r, struct cnn_array *a, const struct extent *x)
{
    const uint8_t *at = r->data + x->begin;
    a->data = at;
    if ((uintptr_t)at % cnn_dtype_size(a->dtype) == 0)
        return 0;
    a->base_size = (size_t)(x->end - x->begin);
    a->base = malloc(a->base_size + 1);
    if (!a->base)
        return cnn_fail_memory(r->j.e, r->j.path, a->base_size);
    memcpy(a->base, at, a->base_size);
    a->data = a->base;
    a->owner = CNN_HEAP;
    return 0;
}

static int keep_extent(struct reader *r, const struct extent *x)
{
    if (r->out->n == r->cap) {
        size_t cap = r->cap ? 2 * r->cap : 64;
        struct extent *more = realloc(r->extents, cap * sizeof *more);
        if (!more)
            return cnn_fail_memory(r->j.e, r->j.path, cap * sizeof *more);
        r->extents = more;
        r->cap = cap;
    }
    r->extents[r->out->n] = *x;
    return 0;
}

static int read_tensor(struct reader *r, const char *name)
{
    struct info t = {0};
    if (read_info(&r->j, &t) != 0 || check_extent(r, name, &t) != 0 || keep_extent(r, &t.extent) != 0 ||
        attach(r, &t.array, &t.extent) != 0)
        return -1;
    return cnn_tensors_add(r->out, name, t.array, r->j.e) == 0 ? 0 : cnn_json_fail(&r->j, "%s", r->j.e->text);
}

/* ---- the header */

static int read_pair(struct reader *r, char *key, char *value, size_t size)
{
    if (cnn_json_key(&r->j, key, size) != 0 || cnn_json_string(&r->j, value, size) != 0)
        return -1;
    return cnn_tensors_add_metadata(r->out, key, value, r->j.e) == 0 ? 0 : cnn_json_fail(&r->j, "%s", r->j.e->text);
}

static int read_metadata(struct reader *r)
{
    size_t size = (size_t)(r->j.end - r->j.at) + 1; /* no string is longer than what is left */
    char *key = malloc(size), *value = malloc(size);
    int more = key && value ? cnn_json_open(&r->j, '{', '}') : cnn_fail_memory(r->j.e, r->j.path, 2 * size);
    while (more > 0)
        more = read_pair(r, key, value, size) == 0 ? cnn_json_next(&r->j, '}') : -1;
    free(key);
    free(value);
    return more;
}

static int read_member(struct reader *r, int *has_metadata)
{
    char name[4096];
    if (cnn_json_key(&r->j, name, sizeof name) != 0)
        return -1;
    if (strcmp(name, "__metadata__") != 0)
        return read_tensor(r, name);
    if ((*has_metadata)++)
        return cnn_json_fail(&r->j, "__metadata__ is there twice");
    return read_metadata(r);
}

static int by_begin(const void *a, const void *b)
{
    const struct extent *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return x->end < y->end ? -1 : x->end > y->end;
}

static int check_tiling(struct reader *r)
{
    uint64_t at = 0;
    if (r->out->n > 0)
        qsort(r->extents, r->out->n, sizeof *r->extents, by_begin);
    for (size_t i = 0; i < r->out->n; at = r->extents[i++].end)
        if (r->extents[i].begin != at)
            return cnn_json_fail(&r->j, "tensors %s at byte %llu of the data",
                                 r->extents[i].begin > at ? "leave a hole" : "overlap", (ull)at);
    if (at != r->data_size)
        return cnn_json_fail(&r->j, "the tensors have %llu bytes, but the file has %llu", (ull)at, (ull)r->data_size);
    return 0;
}

static int read_header(struct reader *r)
{
    int has_metadata = 0;
    int more = cnn_json_open(&r->j, '{', '}');
    while (more > 0)
        more = read_member(r, &has_metadata) == 0 ? cnn_json_next(&r->j, '}') : -1;
    if (more < 0 || cnn_json_end(&r->j) != 0)
        return -1;
    return check_tiling(r);
}

static int read_mapped(const char *path, struct cnn_tensors *out, struct cnn_error *e)
{
    const uint8_t *b = out->map;
    uint64_t header = 0;
    if (out->map_size < 8)
        return cnn_fail(e, "%s: byte 0: file ends early: not a .safetensors file", path);
    for (int i = 7; i >= 0; i--)
        header = header << 8 | b[i];
    if (header > HEADER_MAX || header > out->map_size - 8)
        return cnn_fail(
            e, "%s: byte 0: header of %llu bytes does not fit in the file: not a .safetensors file, or cut off", path,
            (ull)header);
    const char *text = (const char *)b + 8;
    struct reader r = {.j = {.path = path, .begin = text, .at = text, .end = text + header, .base = 8, .e = e},
                       .data = b + 8 + header,
                       .data_size = out->map_size - 8 - header,
                       .out = out};
    int status = read_header(&r);
    free(r.extents);
    return status;
}

int cnn_safetensors_read(const char *path, struct cnn_tensors *out, struct cnn_error *e)
{
    memset(out, 0, sizeof *out);
    if (cnn_map_file(path, &out->map, &out->map_size, e) != 0) {
        out->map = NULL;
        return -1;
    }
    int status = read_mapped(path, out, e);
    if (status != 0)
        cnn_tensors_free(out);
    return status;
}
