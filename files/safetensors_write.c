/* safetensors_write.c -- writes metadata and tensors in the caller's order, but tensors of wide types first, so that
 * every tensor is aligned without holes. The same input gives the same bytes. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

const char *cnn_safetensors_dtype(enum cnn_dtype t);

static uint64_t size_of(const struct cnn_array *a)
{
    return (uint64_t)cnn_array_count(a) * cnn_dtype_size(a->dtype);
}

static void write_metadata(FILE *f, const struct cnn_tensors *t)
{
    fputs("\"__metadata__\":{", f);
    for (size_t i = 0; i < t->n_metadata; i++) {
        if (i)
            putc(',', f);
        cnn_json_write_string(f, t->metadata[i].key);
        putc(':', f);
        cnn_json_write_string(f, t->metadata[i].value);
    }
    putc('}', f);
}

static void write_info(FILE *f, const struct cnn_tensor *t, uint64_t begin)
{
    cnn_json_write_string(f, t->name);
    fprintf(f, ":{\"dtype\":\"%s\",\"shape\":[", cnn_safetensors_dtype(t->array.dtype));
    for (int i = 0; i < t->array.rank; i++)
        fprintf(f, "%s%" PRId64, i ? "," : "", t->array.shape[i]);
    fprintf(f, "],\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}", begin, begin + size_of(&t->array));
}

/* Calls visit for every tensor in the order of the file. */
static void in_order(const struct cnn_tensors *t, void (*visit)(FILE *f, const struct cnn_tensor *t, uint64_t begin),
                     FILE *f)
{
    uint64_t begin = 0;
    for (size_t width = 8; width >= 1; width /= 2)
        for (size_t i = 0; i < t->n; i++) {
            if (cnn_dtype_size(t->at[i].array.dtype) != width)
                continue;
            visit(f, &t->at[i], begin);
            begin += size_of(&t->at[i].array);
        }
}

static void write_member(FILE *f, const struct cnn_tensor *t, uint64_t begin)
{
    if (begin != 0 || ftell(f) > 1) /* not the first */
        putc(',', f);
    write_info(f, t, begin);
}

static void write_data(FILE *f, const struct cnn_tensor *t, uint64_t begin)
{
    (void)begin;
    fwrite(t->array.data, 1, (size_t)size_of(&t->array), f);
}

/* Makes the header in memory, padded so that the data begin at a multiple of 8. */
static char *make_header(const struct cnn_tensors *t, size_t *size)
{
    char *text = NULL;
    FILE *f = open_memstream(&text, size);
    if (!f)
        return NULL;
    putc('{', f);
    if (t->n_metadata > 0)
        write_metadata(f, t);
    in_order(t, write_member, f);
    putc('}', f);
    while (ftell(f) % 8 != 0)
        putc(' ', f);
    int failed = ferror(f);
    if (fclose(f) == 0 && !failed)
        return text;
    free(text);
    return NULL;
}

int cnn_safetensors_put(FILE *f, const struct cnn_tensors *t)
{
    size_t size = 0;
    uint8_t length[8];
    char *header = make_header(t, &size);
    if (!header)
        return -1;
    for (int i = 0; i < 8; i++)
        length[i] = (uint8_t)((uint64_t)size >> 8 * i);
    fwrite(length, 1, sizeof length, f);
    fwrite(header, 1, size, f);
    in_order(t, write_data, f);
    free(header);
    return 0;
}

int cnn_safetensors_write(const char *path, const struct cnn_tensors *t, struct cnn_error *e)
{
    struct cnn_atomic a;
    if (cnn_atomic_open(&a, path, e) != 0)
        return -1;
    if (cnn_safetensors_put(a.file, t) == 0)
        return cnn_atomic_commit(&a, e);
    cnn_atomic_abort(&a);
    return cnn_fail(e, "%s: out of memory", path);
}
