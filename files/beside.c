/* beside.c -- see beside.h. */
#include "beside.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

#define SCALE   "normalize.scale"
#define MEAN    "normalize.mean"
#define STD     "normalize.std"
#define CLASSES "class.names"    /* of the first target; class.names.1 of the second */
#define CLASS   "class.%" PRId64 /* older files have one entry for each class, not a list */
#define COLUMNS "input.names"
#define FILL    "input.missing"

enum { KEY = 40 };

/* What the names of the classes of that target are stored as. */
static const char *classes_key(int target, char key[KEY])
{
    snprintf(key, KEY, target ? CLASSES ".%d" : CLASSES, target);
    return key;
}

int cnn_is_beside(const char *name)
{
    static const char *const names[] = {SCALE, MEAN, STD, COLUMNS, FILL};
    char key[KEY];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return 1;
    for (int k = 0; k < CNN_CLASS_LISTS; k++)
        if (strcmp(name, classes_key(k, key)) == 0)
            return 1;
    return 0;
}

void cnn_names_free(struct cnn_names *names)
{
    for (int64_t i = 0; i < names->n; i++)
        free(names->at[i]);
    free(names->at);
    *names = (struct cnn_names){0};
}

void cnn_beside_free(struct cnn_beside *b)
{
    if (b->owner) {
        for (int k = 0; k < CNN_CLASS_LISTS; k++)
            cnn_names_free(&b->classes[k]);
        cnn_names_free(&b->columns);
        free((double *)b->mean); /* std is in the same allocation */
        free((double *)b->fill);
    }
    *b = (struct cnn_beside){0};
}

/* ---- writing */

static int add_numbers(struct cnn_tensors *t, const char *key, const double *v, int64_t n, int npz, struct cnn_error *e)
{
    char text[40];
    if (n > 1 || npz)
        return cnn_tensors_add(t, key, cnn_array_view(CNN_F64, n > 1, &n, v), e);
    snprintf(text, sizeof text, "%a", *v); /* %a reads back bit for bit */
    return cnn_tensors_add_metadata(t, key, text, e);
}

int cnn_is_utf8(const char *s)
{
    const unsigned char *p = (const unsigned char *)s;
    while (*p) {
        const int more = *p < 0x80 ? 0 : *p >= 0xc2 && *p < 0xe0 ? 1 : *p >= 0xe0 && *p < 0xf0 ? 2 : 3;
        if (*p >= 0x80 && (*p < 0xc2 || *p > 0xf4))
            return 0;
        p++;
        for (int k = 0; k < more; k++)
            if ((*p++ & 0xc0) != 0x80)
                return 0;
    }
    return 1;
}

/* Returns the names as text such as ["cat","dog"]; NULL: no memory. */
static char *list_text(const struct cnn_names *names, size_t *size)
{
    char *text = NULL;
    FILE *f = open_memstream(&text, size);
    if (!f)
        return NULL;
    for (int64_t i = 0; i < names->n; i++) {
        putc(i ? ',' : '[', f);
        cnn_json_write_string(f, names->at[i]);
    }
    putc(']', f);
    const int failed = ferror(f);
    if (fclose(f) == 0 && !failed)
        return text;
    free(text);
    return NULL;
}

static int add_names(struct cnn_tensors *t, const char *key, const struct cnn_names *names, int npz,
                     struct cnn_error *e)
{
    size_t size = 0;
    for (int64_t i = 0; i < names->n; i++)
        if (!cnn_is_utf8(names->at[i]))
            return 0;
    if (names->n == 0)
        return 0;
    char *text = list_text(names, &size);
    const int64_t n = (int64_t)size;
    if (!text)
        return cnn_fail(e, "out of memory");
    if (npz) {
        struct cnn_array a = cnn_array_view(CNN_U8, 1, &n, text);
        a.owner = CNN_HEAP;
        a.base = text;
        return cnn_tensors_add(t, key, a, e);
    }
    int status = cnn_tensors_add_metadata(t, key, text, e);
    free(text);
    return status;
}

int cnn_beside_add(const struct cnn_beside *b, int npz, struct cnn_tensors *t, struct cnn_error *e)
{
    char key[KEY];
    if (b->channels > 0 &&
        (add_numbers(t, SCALE, &b->scale, 1, npz, e) != 0 || add_numbers(t, MEAN, b->mean, b->channels, npz, e) != 0 ||
         add_numbers(t, STD, b->std, b->channels, npz, e) != 0))
        return -1;
    if (b->fill && add_numbers(t, FILL, b->fill, b->n_fill, npz, e) != 0)
        return -1;
    for (int k = 0; k < CNN_CLASS_LISTS; k++)
        if (add_names(t, classes_key(k, key), &b->classes[k], npz, e) != 0)
            return -1;
    return add_names(t, COLUMNS, &b->columns, npz, e);
}

/* ---- reading */

static int damaged(const char *path, const char *what, struct cnn_error *e)
{
    return cnn_fail(e, "%s: '%s' is damaged", path, what);
}

/* The count of numbers under this key; -1: they are damaged. */
static int64_t count_numbers(const struct cnn_tensors *t, const char *key)
{
    const struct cnn_array *a = cnn_tensors_find(t, key);
    if (!a)
        return cnn_tensors_find_metadata(t, key) ? 1 : 0;
    return a->dtype == CNN_F64 && a->rank <= 1 ? cnn_array_count(a) : -1;
}

static int get_numbers(const struct cnn_tensors *t, const char *key, int64_t n, double above, double *out)
{
    const struct cnn_array *a = cnn_tensors_find(t, key);
    const char *text = a ? NULL : cnn_tensors_find_metadata(t, key);
    char *end;
    if (text) {
        *out = strtod(text, &end);
        if (end == text || *end)
            return -1;
    }
    for (int64_t i = 0; i < n; i++) {
        out[i] = a ? cnn_array_get(a, i) : out[i];
        if (!isfinite(out[i]) || out[i] <= above)
            return -1;
    }
    return 0;
}

static int find_normalize(const struct cnn_tensors *t, const char *path, struct cnn_beside *b, struct cnn_error *e)
{
    const int64_t scales = count_numbers(t, SCALE), means = count_numbers(t, MEAN), stds = count_numbers(t, STD);
    if (scales == 0 && means == 0 && stds == 0)
        return 0;
    if (scales != 1 || get_numbers(t, SCALE, 1, -INFINITY, &b->scale) != 0)
        return damaged(path, SCALE, e);
    if (means < 1)
        return damaged(path, MEAN, e);
    if (stds != means)
        return damaged(path, STD, e);
    double *numbers = calloc(2 * (size_t)means, sizeof *numbers);
    if (!numbers)
        return cnn_fail_memory(e, path, 2 * (uint64_t)means * sizeof *numbers);
    b->mean = numbers;
    b->std = numbers + means;
    b->channels = means;
    if (get_numbers(t, MEAN, means, -INFINITY, numbers) != 0)
        return damaged(path, MEAN, e);
    return get_numbers(t, STD, means, 0, numbers + means) == 0 ? 0 : damaged(path, STD, e);
}

int cnn_names_add(struct cnn_names *names, const char *name)
{
    if ((names->n & (names->n - 1)) == 0) { /* the array grows when n is 0 or a power of two */
        char **more = realloc(names->at, 2 * (size_t)(names->n + 1) * sizeof *more);
        if (!more)
            return -1;
        names->at = more;
    }
    names->at[names->n] = strdup(name);
    return names->at[names->n] ? (names->n++, 0) : -1;
}

static int parse_list(struct json *j, char *room, size_t size, struct cnn_names *out)
{
    int more = cnn_json_open(j, '[', ']');
    while (more > 0) {
        if (cnn_json_string(j, room, size) != 0)
            return -1;
        if (cnn_names_add(out, room) != 0)
            return cnn_fail_memory(j->e, j->path, size);
        more = cnn_json_next(j, ']');
    }
    return more < 0 ? -1 : cnn_json_end(j);
}

static int find_list(const struct cnn_tensors *t, const char *path, const char *key, struct cnn_names *out,
                     struct cnn_error *e)
{
    const struct cnn_array *a = cnn_tensors_find(t, key);
    const char *text = a ? a->data : cnn_tensors_find_metadata(t, key);
    struct cnn_error inner;
    if (!text)
        return 0;
    if (a && (a->dtype != CNN_U8 || a->rank != 1))
        return damaged(path, key, e);
    const size_t size = a ? (size_t)cnn_array_count(a) : strlen(text);
    struct json j = {.path = key, .begin = text, .at = text, .end = text + size, .e = &inner};
    char *room = malloc(size + 1);
    if (!room)
        return cnn_fail_memory(e, path, size + 1);
    int status = parse_list(&j, room, size + 1, out);
    free(room);
    return status == 0 ? 0 : cnn_fail(e, "%s: %s", path, inner.text);
}

static int find_one_by_one(const struct cnn_tensors *t, const char *path, struct cnn_names *out, struct cnn_error *e)
{
    char key[KEY];
    const char *name;
    for (;;) {
        snprintf(key, sizeof key, CLASS, out->n);
        if (!(name = cnn_tensors_find_metadata(t, key)))
            return 0;
        if (cnn_names_add(out, name) != 0)
            return cnn_fail_memory(e, path, strlen(name));
    }
}

static int find_fill(const struct cnn_tensors *t, const char *path, struct cnn_beside *b, struct cnn_error *e)
{
    const int64_t n = count_numbers(t, FILL);
    double *numbers = n > 0 ? calloc((size_t)n, sizeof *numbers) : NULL;
    b->fill = numbers;
    b->n_fill = n;
    if (n > 0 && !numbers)
        return cnn_fail_memory(e, path, (uint64_t)n * sizeof *numbers);
    if (n < 0 || (n > 0 && get_numbers(t, FILL, n, -INFINITY, numbers) != 0))
        return damaged(path, FILL, e);
    return 0;
}

static int find_all(const struct cnn_tensors *t, const char *path, struct cnn_beside *b, struct cnn_error *e)
{
    char key[KEY];
    if (find_normalize(t, path, b, e) != 0)
        return -1;
    for (int k = 0; k < CNN_CLASS_LISTS; k++)
        if (find_list(t, path, classes_key(k, key), &b->classes[k], e) != 0)
            return -1;
    if (b->classes[0].n == 0 && find_one_by_one(t, path, b->classes, e) != 0)
        return -1;
    return find_fill(t, path, b, e) != 0 ? -1 : find_list(t, path, COLUMNS, &b->columns, e);
}

int cnn_beside_find(const struct cnn_tensors *t, const char *path, struct cnn_beside *out, struct cnn_error *e)
{
    *out = (struct cnn_beside){.owner = 1};
    int status = find_all(t, path, out, e);
    if (status != 0)
        cnn_beside_free(out);
    return status;
}

int cnn_beside_read(const char *path, struct cnn_beside *out, struct cnn_error *e)
{
    struct cnn_tensors t;
    *out = (struct cnn_beside){0};
    if (cnn_tensors_read(path, &t, e) != 0)
        return -1;
    int status = cnn_beside_find(&t, path, out, e);
    cnn_tensors_free(&t);
    return status;
}

int cnn_tensor_is_state(const char *name)
{
    static const char *const prefixes[] = {"optimizer.", "early_stopping.", "metrics."};
    if (cnn_is_beside(name))
        return 1;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
            return 1;
    return 0;
}

int cnn_holds_ensemble(const struct cnn_tensors *t)
{
    const char *format = cnn_tensors_find_metadata(t, "format");
    return format && strcmp(format, CNN_ENSEMBLE_FORMAT) == 0;
}
