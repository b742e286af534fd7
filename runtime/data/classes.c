/* classes.c -- classes of rows: how many there are, their names, and the targets that hold them. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "beside.h"
#include "data/dataset.h"
#include "input.h"

int64_t cnn_argmax(const float *v, int64_t n)
{
    int64_t best = 0;
    for (int64_t i = 1; i < n; i++)
        if (v[i] > v[best])
            best = i;
    return best;
}

int64_t cnn_likeliest(const float *y, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (isnan(y[i]))
            return -1;
    return cnn_argmax(y, n);
}

int64_t cnn_target_class(const float *t, int64_t n)
{
    return n == 1 ? t[0] > 0.5f : cnn_argmax(t, n);
}

int64_t cnn_row_class(const struct cnn_dataset *d, int64_t i, float *t)
{
    int64_t row = cnn_dataset_row(d, i);
    if (d->sparse)
        return (int64_t)cnn_array_get(&d->y, row);
    cnn_convert(&d->y, row * d->y_size, d->y_size, t);
    return cnn_target_class(t, d->y_size);
}

int64_t cnn_class_number(const struct cnn_dataset *train, const char *name)
{
    for (int64_t i = 0; i < train->n_classes; i++)
        if (strcmp(train->classes[i], name) == 0)
            return i;
    return -1;
}

static int check_classes(const struct cnn_dataset *train, const struct cnn_names *known, const char *weights,
                         const char *program, struct cnn_error *e)
{
    const int64_t n = train->n_classes == known->n ? train->n_classes : 0;
    int64_t other = n, moved = n;
    for (int64_t i = n - 1; i >= 0; i--)
        if (strcmp(train->classes[i], known->at[i]) != 0) {
            other = i;
            moved = cnn_class_number(train, known->at[i]) >= 0 ? i : moved;
        }
    if (moved < n)
        return cnn_fail(e,
                        "%s: class %" PRId64
                        " is '%.60s', but was '%.60s' when %s was trained: classes are numbered in "
                        "the order of their names, so each needs the name that it had",
                        train->y_file, moved, train->classes[moved], known->at[moved], weights);
    if (other < n)
        cnn_warn(program, "%s: class %" PRId64 " is '%.60s', but was '%.60s' when %s was trained", train->y_file, other,
                 train->classes[other], known->at[other], weights);
    return 0;
}

int cnn_classes_check(const struct cnn_dataset *train, const struct cnn_beside *b, const char *weights,
                      const char *program, struct cnn_error *e)
{
    for (int k = 0; k <= train->n_more; k++)
        if (check_classes(k ? &train->more[k - 1] : train, &b->classes[k], weights, program, e) != 0)
            return -1;
    return 0;
}

void cnn_classes_lend(const struct cnn_dataset *d, struct cnn_beside *b)
{
    _Static_assert((int)CNN_CLASS_LISTS >= (int)CNN_MOST_PORTS, "a file has room for the names of all targets");
    for (int k = 0; k <= d->n_more; k++) {
        const struct cnn_dataset *port = k ? &d->more[k - 1] : d;
        b->classes[k] = (struct cnn_names){port->classes, port->n_classes};
    }
}

const char *cnn_some_names(char *const *names, int64_t n, char *out, size_t size)
{
    enum { SOME = 8 };
    *out = '\0';
    for (int64_t i = 0; i < n && i <= SOME; i++) {
        const size_t k = strlen(out);
        snprintf(out + k, size - k, "%s%.30s", i ? ", " : "", i < SOME ? names[i] : "...");
    }
    return out;
}

void cnn_classes_move(struct cnn_dataset *from, struct cnn_dataset *to)
{
    for (int k = 0; k <= from->n_more && k <= to->n_more; k++) {
        struct cnn_dataset *a = cnn_dataset_port(from, k), *b = cnn_dataset_port(to, k);
        b->classes = a->classes;
        b->n_classes = a->n_classes;
        a->classes = NULL;
        a->n_classes = 0;
    }
}

struct cnn_array cnn_rows_array(enum cnn_dtype t, int64_t rows, int rank, const int64_t *shape, void *data)
{
    int64_t full[CNN_ARRAY_RANK] = {rows};
    for (int i = 0; i < rank; i++)
        full[i + 1] = shape[i];
    struct cnn_array a = cnn_array_view(t, rank + 1, full, data);
    a.owner = CNN_HEAP;
    a.base = data;
    return a;
}

/* y[row][class] = 1 */
static int one_hot(const struct cnn_model *m, struct cnn_dataset *d, const int32_t *class, int64_t rows,
                   struct cnn_error *e)
{
    const size_t width = (size_t)cnn_output(m)->size, size = (size_t)rows * width;
    uint8_t *y = calloc(size, 1);
    if (!y)
        return cnn_fail_memory(e, d->y_file, size);
    for (int64_t i = 0; i < rows; i++)
        y[(size_t)i * width + (size_t) class[i]] = 1;
    d->y = cnn_rows_array(CNN_U8, rows, cnn_output(m)->rank, cnn_output(m)->shape, y);
    return 0;
}

int cnn_dataset_set_classes(const struct cnn_model *m, struct cnn_dataset *d, int32_t *class, int64_t rows,
                            struct cnn_error *e)
{
    if (d->sparse || cnn_output(m)->size == 1) {
        d->y = cnn_rows_array(CNN_I32, rows, d->sparse ? 0 : cnn_output(m)->rank, cnn_output(m)->shape, class);
        return 0;
    }
    int status = one_hot(m, d, class, rows, e);
    free(class);
    return status;
}

int cnn_dataset_spread_classes(const struct cnn_model *m, struct cnn_dataset *d, struct cnn_error *e)
{
    const int64_t rows = d->y.shape[0];
    int32_t *class = malloc((size_t)rows * sizeof *class);
    if (!class)
        return cnn_fail_memory(e, d->y_file, (uint64_t)rows * sizeof *class);
    for (int64_t i = 0; i < rows; i++)
        class[i] = (int32_t)cnn_array_get(&d->y, i);
    cnn_array_free(&d->y);
    return cnn_dataset_set_classes(m, d, class, rows, e);
}

int64_t cnn_classes(const struct cnn_model *m)
{
    return cnn_meaning(m)->classes;
}
