/* dataset.c -- one data set: two files that must fit each other and the network. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/dataset.h"
#include "input.h"
#include "support/support.h"

enum { TEXT = 256 };

/* The rank without the ones at the end of the shape: [28, 28] and [28, 28, 1] are the same picture. */
static int trimmed(int rank, const int64_t *shape)
{
    while (rank > 0 && shape[rank - 1] == 1)
        rank--;
    return rank;
}

static int same_row(const struct cnn_array *a, int rank, const int64_t *shape)
{
    int n = trimmed(a->rank - 1, a->shape + 1);
    return n == trimmed(rank, shape) && memcmp(a->shape + 1, shape, (size_t)n * sizeof *shape) == 0;
}

/* "[N, 28, 28, 1]" */
static const char *rows_text(int rank, const int64_t *shape, char *out)
{
    char inner[TEXT - 8];
    cnn_shape_text(rank, shape, inner, sizeof inner);
    snprintf(out, TEXT, "[N%s%s", rank ? ", " : "", inner + 1);
    return out;
}

/* Advice for data whose axes are in another order, or whose rows are flat. */
static const char *cure(const struct cnn_array *a, int rank, const int64_t *shape, char *out)
{
    const int64_t *s = a->shape + 1, channels = rank > 0 ? shape[rank - 1] : 0;
    int64_t size = 1, wanted = 1;
    int moved = a->rank == rank + 1 && rank > 1 && s[0] == channels;
    *out = '\0';
    for (int i = 1; moved && i < rank; i++)
        moved = s[i] == shape[i - 1];
    for (int i = 0; i < rank; i++)
        wanted *= shape[i];
    for (int i = 1; i < a->rank; i++)
        size = s[i - 1] > 0 && size <= wanted ? size * s[i - 1] : 0;
    if (moved)
        snprintf(out, TEXT, "; channels are the last axis: np.transpose(x, %s)",
                 rank == 3 ? "(0, 2, 3, 1)" : "(0, 2, 1)");
    else if (size == wanted && wanted > 1)
        snprintf(out, TEXT, "; np.reshape makes one of the other");
    return out;
}

static int wrong_shape(const struct cnn_array *a, const char *file, const char *whose, int rank, const int64_t *shape,
                       struct cnn_error *e)
{
    char found[TEXT], wanted[TEXT], what[TEXT];
    return cnn_fail(e, "%s: shape is %s, but the network's %s wants %s%s", file,
                    cnn_shape_text(a->rank, a->shape, found, sizeof found), whose, rows_text(rank, shape, wanted),
                    cure(a, rank, shape, what));
}

/* ---- values */

static int check_finite(const struct cnn_array *a, const char *file, struct cnn_error *e)
{
    int64_t n = cnn_array_count(a);
    if (a->dtype != CNN_F32 && a->dtype != CNN_F64)
        return 0;
    for (int64_t i = 0; i < n; i++) {
        double v = cnn_array_get(a, i);
        if (!isfinite(v))
            return cnn_fail(e, "%s: row %" PRId64 " holds %s", file, i / (n / a->shape[0]), cnn_not_finite(v));
        if (fabs(v) > (double)FLT_MAX)
            return cnn_fail(e, "%s: row %" PRId64 " holds %g, which float32 cannot", file, i / (n / a->shape[0]), v);
    }
    return 0;
}

/* ---- shapes */

static int is_integer(enum cnn_dtype t)
{
    return t != CNN_F32 && t != CNN_F64;
}

static const char *cure_labels(const struct cnn_model *m, const struct cnn_array *y)
{
    if (same_row(y, cnn_output(m)->rank, cnn_output(m)->shape))
        return "; for one-hot rows use categorical_crossentropy";
    return cnn_answers(m) > 1 && trimmed(y->rank - 1, y->shape + 1) == 0
               ? "; for one class a row, put Flatten or a global pooling in front of the last layer"
               : "";
}

static int check_sparse(const struct cnn_model *m, const struct cnn_array *y, const char *file, struct cnn_error *e)
{
    char found[TEXT], wanted[TEXT];
    const int rank = cnn_output(m)->rank - 1;
    if (!same_row(y, rank, cnn_output(m)->shape))
        return cnn_fail(e, "%s: shape is %s, but the loss wants class numbers, %s%s", file,
                        cnn_shape_text(y->rank, y->shape, found, sizeof found),
                        rows_text(rank, cnn_output(m)->shape, wanted), cure_labels(m, y));
    if (!is_integer(y->dtype))
        return cnn_fail(e, "%s: labels are %s, but class numbers must be integers: save y.astype(np.int64)", file,
                        cnn_dtype_name(y->dtype));
    return 0;
}

/* Where rows are mixed, class numbers stand for the rows that are 1 for one class: no file needs to hold those. */
static int are_classes(const struct cnn_model *m, const struct cnn_array *y)
{
    return cnn_mixes(m) && cnn_classes(m) > 1 && is_integer(y->dtype) && trimmed(y->rank - 1, y->shape + 1) == 0;
}

static int check_dense(const struct cnn_model *m, const struct cnn_array *y, const char *file, struct cnn_error *e)
{
    char found[TEXT], wanted[TEXT];
    if (are_classes(m, y))
        return 0;
    if (!same_row(y, cnn_output(m)->rank, cnn_output(m)->shape) &&
        !(cnn_output(m)->size == 1 && trimmed(y->rank - 1, y->shape + 1) == 0)) {
        if (y->rank != 1 || !is_integer(y->dtype))
            return wrong_shape(y, file, "output", cnn_output(m)->rank, cnn_output(m)->shape, e);
        return cnn_fail(e,
                        "%s: shape is %s, but the loss wants %s; for class numbers use "
                        "sparse_categorical_crossentropy",
                        file, cnn_shape_text(y->rank, y->shape, found, sizeof found),
                        rows_text(cnn_output(m)->rank, cnn_output(m)->shape, wanted));
    }
    return 0;
}

static int check_rows(const struct cnn_array *a, const char *file, struct cnn_error *e)
{
    if (a->rank < 1)
        return cnn_fail(e, "%s: a single number, but rows are wanted", file);
    if (a->shape[0] < 1)
        return cnn_fail(e, "%s: holds no rows", file);
    if (a->shape[0] > UINT32_MAX)
        return cnn_fail(e, "%s: more than 2^32 rows", file);
    return 0;
}

/* ---- opening */

static int check_x(const struct cnn_model *m, const struct cnn_array *a, const char *file, struct cnn_error *e)
{
    if (check_rows(a, file, e) != 0)
        return -1;
    if (!same_row(a, cnn_input(m)->rank, cnn_input(m)->shape))
        return wrong_shape(a, file, "input", cnn_input(m)->rank, cnn_input(m)->shape, e);
    return 0;
}

/* Checks that *a has an element for each row of the inputs. */
static int check_beside(const struct cnn_array *a, const char *file, const struct cnn_dataset *d, struct cnn_error *e)
{
    if (check_rows(a, file, e) != 0)
        return -1;
    if (d->x.shape[0] != a->shape[0])
        return cnn_fail(e, "%s has %" PRId64 " rows, but %s has %" PRId64, d->x_file, d->x.shape[0], file, a->shape[0]);
    return 0;
}

/* For checks that read only the header of a file: does it hold the inputs, targets or weights of rows? So no
 * useless file is unpacked. */
struct expected {
    const struct cnn_model *m;
    const struct cnn_dataset *d; /* has the names of the files; its inputs are opened before the other arrays */
};

static int fits_x(const void *arg, const struct cnn_array *a, struct cnn_error *e)
{
    const struct expected *x = arg;
    return check_x(x->m, a, x->d->x_file, e);
}

static int fits_y(const void *arg, const struct cnn_array *a, struct cnn_error *e)
{
    const struct expected *x = arg;
    if (check_beside(a, x->d->y_file, x->d, e) != 0)
        return -1;
    return x->d->sparse ? check_sparse(x->m, a, x->d->y_file, e) : check_dense(x->m, a, x->d->y_file, e);
}

static int fits_weight(const void *arg, const struct cnn_array *a, struct cnn_error *e)
{
    const struct expected *x = arg;
    char found[TEXT];
    if (check_beside(a, x->d->weight_file, x->d, e) != 0)
        return -1;
    if (trimmed(a->rank - 1, a->shape + 1) == 0)
        return 0;
    return cnn_fail(e, "%s: shape is %s, but a weight for each row is [N]", x->d->weight_file,
                    cnn_shape_text(a->rank, a->shape, found, sizeof found));
}

static int (*const fits[])(const void *arg, const struct cnn_array *a, struct cnn_error *e) = {fits_x, fits_y,
                                                                                               fits_weight};

static int open_file(enum cnn_source_kind kind, const char *path, const struct cnn_wanted *w, struct cnn_array *a,
                     char **file, struct cnn_error *e)
{
    *file = strdup(path);
    if (!*file)
        return cnn_fail_memory(e, path, strlen(path));
    switch (kind) {
    case CNN_IDX: return cnn_idx_read_if(path, w, a, e);
    case CNN_NPY: return cnn_npy_read_if(path, w, a, e);
    default: return cnn_array_read_if(path, w, a, e);
    }
}

/* Opens one array of an archive. */
static int open_entry(const char *path, const char *name, const struct cnn_wanted *w, struct cnn_array *a, char **file,
                      struct cnn_error *e)
{
    const size_t size = strlen(path) + strlen(name) + sizeof ": ";
    struct cnn_tensors t;
    *file = malloc(size);
    if (!*file)
        return cnn_fail_memory(e, path, size);
    snprintf(*file, size, "%s: %s", path, name);
    if (cnn_npz_read_one(path, name, w, &t, e) != 0)
        return -1;
    *a = cnn_tensors_take(&t, name);
    cnn_tensors_free(&t);
    return 0;
}

/* An array whose name is given twice is read twice. */
static int open_source(const struct cnn_model *m, const struct cnn_source *s, struct cnn_dataset *d,
                       struct cnn_error *e)
{
    const struct expected expected = {m, d};
    const int npz = s->kind == CNN_NPZ;
    const char *const names[] = {npz ? s->inputs : s->x, d->from == CNN_FROM_FILE ? s->y : NULL, s->weight};
    struct cnn_array *const arrays[] = {&d->x, &d->y, &d->weight};
    char **const files[] = {&d->x_file, &d->y_file, &d->weight_file};
    for (int i = 0; i < 3; i++) {
        const struct cnn_wanted w = {fits[i], &expected};
        if (!names[i])
            continue;
        if (npz ? open_entry(s->x, names[i], &w, arrays[i], files[i], e) != 0
                : open_file(i == 2 ? CNN_NO_SOURCE : s->kind, names[i], &w, arrays[i], files[i], e) != 0)
            return -1;
    }
    if (!d->y.data || d->sparse || !are_classes(m, &d->y))
        return 0;
    return cnn_dataset_check_labels(m, d, e) != 0 ? -1 : cnn_dataset_spread_classes(m, d, e);
}

static void cut(struct cnn_array *a, int64_t limit)
{
    if (a->data && limit > 0 && limit < a->shape[0])
        a->shape[0] = limit;
}

void cnn_dataset_cut(struct cnn_dataset *d, int64_t limit)
{
    for (int k = 0; k <= d->n_more; k++) {
        struct cnn_dataset *port = cnn_dataset_port(d, k);
        cut(&port->x, limit);
        cut(&port->y, limit);
        cut(&port->weight, limit);
        port->rows = d->x.shape[0];
    }
}

/* ---- weights of rows */

static int check_weights(const struct cnn_dataset *d, struct cnn_error *e)
{
    const struct cnn_array *a = &d->weight;
    for (int64_t i = 0; i < a->shape[0]; i++) {
        const double w = cnn_array_get(a, i);
        if (!(w >= 0 && w <= (double)FLT_MAX))
            return cnn_fail(e, "%s: row %" PRId64 ": %g is no weight: those are finite and not negative",
                            d->weight_file, i, w);
    }
    return 0;
}

/* Converts the weights to floats, whatever their type in the file. */
static int convert_weights(struct cnn_array *a, const char *file, struct cnn_error *e)
{
    const int64_t n = a->shape[0];
    float *w = a->dtype == CNN_F32 ? NULL : malloc((size_t)n * sizeof *w);
    if (a->dtype == CNN_F32)
        return 0;
    if (!w)
        return cnn_fail_memory(e, file, (uint64_t)n * sizeof *w);
    cnn_convert(a, 0, n, w);
    cnn_array_free(a);
    *a = cnn_rows_array(CNN_F32, n, 0, NULL, w);
    return 0;
}

static int check_values(const struct cnn_model *m, struct cnn_dataset *d, struct cnn_error *e)
{
    if (check_finite(&d->x, d->x_file, e) != 0)
        return -1;
    return cnn_dataset_check_targets(m, d, e);
}

struct cnn_dataset cnn_dataset_of(const struct cnn_model *m)
{
    return (struct cnn_dataset){.x_size = cnn_input(m)->size,
                                .y_size = cnn_output(m)->size,
                                .sparse = cnn_is_sparse(m),
                                .from = cnn_target(m)->from,
                                .own = cnn_target(m)->input,
                                .normalize = CNN_NOT_NORMALIZED};
}

int cnn_dataset_more(const struct cnn_model *m, struct cnn_dataset *d, struct cnn_error *e)
{
    const int n = cnn_ports(m) - 1;
    d->more = n ? calloc((size_t)n, sizeof *d->more) : NULL;
    if (n && !d->more)
        return cnn_fail_memory(e, "inputs", (uint64_t)n * sizeof *d->more);
    d->n_more = n;
    for (int i = 1; i <= n; i++) {
        struct cnn_view v;
        d->more[i - 1] = cnn_dataset_of(cnn_port_view(&v, m, i));
    }
    cnn_dataset_place(m, d);
    return 0;
}

int cnn_dataset_load_port(const struct cnn_model *m, const struct cnn_source *s, int64_t limit, struct cnn_dataset *d,
                          struct cnn_error *e)
{
    *d = cnn_dataset_of(m);
    int status = open_source(m, s, d, e);
    if (status == 0 && s->weight)
        status = check_weights(d, e) != 0 ? -1 : convert_weights(&d->weight, d->weight_file, e);
    if (status == 0) {
        cnn_dataset_cut(d, limit);
        status = check_values(m, d, e);
    }
    if (status != 0)
        cnn_dataset_free(d);
    return status;
}

int cnn_is_image_name(const char *path)
{
    static const char *const endings[] = {".png", ".jpg", ".jpeg"};
    const size_t n = strlen(path);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const size_t k = strlen(endings[i]);
        if (n > k && strcasecmp(path + n - k, endings[i]) == 0)
            return 1;
    }
    return 0;
}

/* The name of the array of an .npz that holds inputs: the name that the spec gives for its test set or another
 * source, or else x. */
static const char *inputs_name(const struct cnn_model *m)
{
    const struct cnn_data *d = m->data;
    const struct cnn_source *const sources[] = {&d->test, &d->validation, &d->train};
    for (int i = 0; d && i < 3; i++)
        if (sources[i]->kind == CNN_NPZ)
            return sources[i]->inputs;
    return "x";
}

int cnn_is_table_name(const char *path)
{
    static const char *const endings[] = {".csv", ".csv.gz", ".tsv", ".tsv.gz"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (cnn_has_ending(path, endings[i]))
            return 1;
    return 0;
}

/* This file as a source. It is written in the same way as the first .csv source of the spec. */
static struct cnn_source table_like(const struct cnn_data *d, const char *x)
{
    const struct cnn_source *const sources[] = {&d->train, &d->validation, &d->test};
    struct cnn_source s = {.kind = CNN_CSV};
    for (int i = 2; i >= 0; i--)
        if (sources[i]->kind == CNN_CSV)
            s = *sources[i];
    s.x = x;
    s.y = s.weight = NULL;
    s.targets = NULL;
    return s;
}

int cnn_dataset_open_table(const struct cnn_model *m, const char *x, struct cnn_columns *columns, const char *dir,
                           struct cnn_dataset *out, struct cnn_error *e)
{
    const struct cnn_dataset known = {.columns = columns};
    memset(out, 0, sizeof *out);
    if (!m->data || !m->data->csv)
        return cnn_fail(e, "%s: only programs whose spec has a source in csv read such files; give an .npy file", x);
    const struct cnn_source s = table_like(m->data, x);
    return m->data->csv(m, &s, dir, &known, out, e);
}

int cnn_dataset_open(const struct cnn_model *m, const char *x, const char *y, const struct cnn_normalize *normalize,
                     struct cnn_dataset *out, struct cnn_error *e)
{
    struct cnn_source s = {.x = x, .y = y};
    if (cnn_has_ending(x, ".npz") && !y) {
        s.kind = CNN_NPZ;
        s.inputs = inputs_name(m);
    }
    if (cnn_is_table_name(x))
        return cnn_fail(e, "%s: inputs with targets are read from .npy and IDX files", x);
    if (cnn_dataset_load_port(m, &s, 0, out, e) != 0)
        return -1;
    out->normalize = cnn_normalize_share(normalize);
    return 0;
}

void cnn_dataset_free(struct cnn_dataset *d)
{
    for (int64_t i = 0; i < d->n_classes; i++)
        free(d->classes[i]);
    free(d->classes);
    cnn_columns_free(d->columns);
    cnn_array_free(&d->x);
    cnn_array_free(&d->y);
    cnn_array_free(&d->weight);
    for (int i = 0; i < d->n_more && !d->lent; i++)
        cnn_dataset_free(&d->more[i]);
    if (!d->lent)
        free(d->more);
    cnn_normalize_free(&d->normalize);
    free(d->index);
    free(d->x_file);
    free(d->y_file);
    free(d->weight_file);
    memset(d, 0, sizeof *d);
}
