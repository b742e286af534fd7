/* tensors.c -- a list of named arrays that are read from or written to a file. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "input.h"

enum { NAMES_MAX = 1 << 14 }; /* far more than any network has; keeps the search for equal names cheap */

const struct cnn_array *cnn_tensors_find(const struct cnn_tensors *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->at[i].name, name) == 0)
            return &t->at[i].array;
    return NULL;
}

struct cnn_array cnn_tensors_take(struct cnn_tensors *t, const char *name)
{
    size_t i = 0;
    while (strcmp(t->at[i].name, name) != 0)
        i++;
    const struct cnn_array a = t->at[i].array;
    t->at[i].array.owner = CNN_BORROWED;
    return a;
}

const char *cnn_tensors_find_metadata(const struct cnn_tensors *t, const char *key)
{
    for (size_t i = 0; i < t->n_metadata; i++)
        if (strcmp(t->metadata[i].key, key) == 0)
            return t->metadata[i].value;
    return NULL;
}

/* Returns NULL when out of memory; then the old block is unchanged. */
static void *grow(void *at, size_t n, size_t *cap, size_t item)
{
    if (n < *cap)
        return at;
    size_t more = *cap ? 2 * *cap : 16;
    void *p = realloc(at, more * item);
    if (p)
        *cap = more;
    return p;
}

static int add_tensor(struct cnn_tensors *t, const char *name, const struct cnn_array *a, struct cnn_error *e)
{
    if (t->n >= NAMES_MAX)
        return cnn_fail(e, "more than %d arrays", (int)NAMES_MAX);
    if (cnn_tensors_find(t, name))
        return cnn_fail(e, "array '%s' is there twice", name);
    struct cnn_tensor *at = grow(t->at, t->n, &t->cap, sizeof *at);
    if (at)
        t->at = at;
    char *copy = at ? strdup(name) : NULL;
    if (!copy)
        return cnn_fail(e, "out of memory");
    t->at[t->n++] = (struct cnn_tensor){.name = copy, .array = *a};
    return 0;
}

int cnn_tensors_add(struct cnn_tensors *t, const char *name, struct cnn_array a, struct cnn_error *e)
{
    int status = add_tensor(t, name, &a, e);
    if (status != 0)
        cnn_array_free(&a);
    return status;
}

int cnn_tensors_add_metadata(struct cnn_tensors *t, const char *key, const char *value, struct cnn_error *e)
{
    if (t->n_metadata >= NAMES_MAX)
        return cnn_fail(e, "more than %d metadata", (int)NAMES_MAX);
    if (cnn_tensors_find_metadata(t, key))
        return cnn_fail(e, "metadata '%s' is there twice", key);
    struct cnn_metadata *metadata = grow(t->metadata, t->n_metadata, &t->cap_metadata, sizeof *metadata);
    if (metadata)
        t->metadata = metadata;
    char *k = strdup(key), *v = strdup(value);
    if (!metadata || !k || !v) {
        free(k);
        free(v);
        return cnn_fail(e, "out of memory");
    }
    t->metadata[t->n_metadata++] = (struct cnn_metadata){.key = k, .value = v};
    return 0;
}

void cnn_tensors_free(struct cnn_tensors *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free(t->at[i].name);
        cnn_array_free(&t->at[i].array);
    }
    for (size_t i = 0; i < t->n_metadata; i++) {
        free(t->metadata[i].key);
        free(t->metadata[i].value);
    }
    free(t->at);
    free(t->metadata);
    if (t->map)
        munmap(t->map, t->map_size);
    memset(t, 0, sizeof *t);
}
