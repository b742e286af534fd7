/* data.c -- carries out the data section of the spec: finds and opens files, splits and normalises rows. */
#include "beside.h"
#include "data/dataset.h"
#include "input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- files */

static const char *data_folder(const char *dir)
{
    const char *env = getenv("CNN_DATA_DIR");
    return dir ? dir : env && *env ? env : ".";
}

/* dir/name, or only name when it is absolute or dir is the current folder. The last `drop` bytes of name are cut
 * off, then `ending` is added. */
static char *join(const char *dir, const char *name, const char *ending, size_t drop)
{
    size_t n = strlen(dir) + strlen(name) + strlen(ending) + 2;
    char *path = malloc(n);
    int bare = *name == '/' || strcmp(dir, ".") == 0;
    if (path)
        snprintf(path, n, "%s%s%.*s%s", bare ? "" : dir, bare ? "" : "/", (int)(strlen(name) - drop), name, ending);
    return path;
}

char *cnn_data_path(const char *dir, const char *name)
{
    return join(data_folder(dir), name, "", 0);
}

char *cnn_find_file(const char *dir, const char *name, struct cnn_error *e)
{
    size_t n = strlen(name), packed = cnn_has_ending(name, ".gz") ? 3 : 0;
    char *first = cnn_data_path(dir, name), *second = join(data_folder(dir), name, packed ? "" : ".gz", packed);
    char *found = NULL;
    if (!first || !second)
        cnn_fail_memory(e, name, n);
    else if (!cnn_is_absent(first))
        found = first;
    else if (!cnn_is_absent(second))
        found = second;
    else
        cnn_fail(e, "cannot find '%s': there is no %s and no %s; --data-dir names the folder", name, first, second);
    if (first != found)
        free(first);
    if (second != found)
        free(second);
    return found;
}

static int load_files(const struct cnn_model *m, const struct cnn_source *s, const char *dir, int64_t limit,
                      struct cnn_dataset *d, struct cnn_error *e)
{
    char *x = cnn_find_file(dir, s->x, e), *y = x && s->y ? cnn_find_file(dir, s->y, e) : NULL;
    char *weight = x && !s->y == !y && s->weight ? cnn_find_file(dir, s->weight, e) : NULL;
    const struct cnn_source found = {.kind = s->kind, .x = x, .y = y, .weight = weight};
    int status = x && !s->y == !y && !s->weight == !weight ? cnn_dataset_load(m, &found, limit, d, e) : -1;
    free(x);
    free(y);
    free(weight);
    return status;
}

static int find_each(const char *dir, const char *const *names, int n, char **paths, struct cnn_error *e)
{
    for (int i = 0; names && i < n; i++) {
        paths[i] = names[i] ? cnn_find_file(dir, names[i], e) : NULL;
        if (names[i] && !paths[i])
            return -1;
    }
    return 0;
}

/* The same with a file for each input and each target. */
static int load_port_files(const struct cnn_model *m, const struct cnn_source *s, const char *dir, int64_t limit,
                           struct cnn_dataset *d, struct cnn_error *e)
{
    char *x[CNN_MOST_PORTS] = {NULL}, *y[CNN_MOST_PORTS] = {NULL}, *weight = NULL;
    int status = find_each(dir, s->each_x, m->n_inputs, x, e);
    if (status == 0 && s->y)
        status = s->each_y ? find_each(dir, s->each_y, m->n_targets, y, e) : find_each(dir, &s->y, 1, y, e);
    if (status == 0 && s->weight)
        status = find_each(dir, &s->weight, 1, &weight, e);
    if (status == 0) {
        const struct cnn_source found = {.kind = s->kind,
                                         .x = x[0],
                                         .y = y[0],
                                         .weight = weight,
                                         .each_x = (const char *const *)x,
                                         .each_y = (const char *const *)y,
                                         .n_each_x = m->n_inputs,
                                         .n_each_y = m->n_targets};
        status = cnn_dataset_load(m, &found, limit, d, e);
    }
    for (int i = 0; i < CNN_MOST_PORTS; i++) {
        free(x[i]);
        free(y[i]);
    }
    free(weight);
    return status;
}

static int load_npz(const struct cnn_model *m, const struct cnn_source *s, const char *dir, int64_t limit,
                    struct cnn_dataset *d, struct cnn_error *e)
{
    char *path = cnn_find_file(dir, s->x, e);
    struct cnn_source found = *s;
    found.x = path;
    int status = path ? cnn_dataset_load(m, &found, limit, d, e) : -1;
    free(path);
    return status;
}

/* The loader of a format that needs a library; NULL: this format needs none. */
static cnn_source_loader *own_loader(const struct cnn_data *spec, enum cnn_source_kind kind)
{
    return kind == CNN_CSV ? spec->csv : kind == CNN_IMAGES ? spec->images->folder : NULL;
}

struct reading {
    struct cnn_once once;
    const struct cnn_data_options *o;
    int64_t limit;
    const struct cnn_dataset *train;
};

static int read_source(const struct cnn_once *once, struct cnn_dataset *d, struct cnn_error *e)
{
    const struct reading *r = (const struct reading *)(const void *)once;
    const struct cnn_model *m = once->m;
    const struct cnn_source *s = once->source;
    cnn_source_loader *own = own_loader(m->data, s->kind);
    if (!own)
        return s->kind == CNN_NPZ ? load_npz(m, s, r->o->dir, r->limit, d, e)
               : s->each_x        ? load_port_files(m, s, r->o->dir, r->limit, d, e)
                                  : load_files(m, s, r->o->dir, r->limit, d, e);
    if (own(m, s, r->o->dir, r->train, d, e) != 0)
        return -1;
    cnn_dataset_cut(d, r->limit);
    for (int k = 0; k <= d->n_more; k++) {
        struct cnn_view v;
        if (cnn_dataset_check_targets(cnn_port_view(&v, m, k), cnn_dataset_port(d, k), e) != 0)
            return -1;
    }
    return 0;
}

static int is_packed(const char *path)
{
    unsigned char head[2] = {0};
    FILE *f = fopen(path, "rb");
    const size_t n = f ? fread(head, 1, sizeof head, f) : 0;
    if (f)
        fclose(f);
    return n == sizeof head && head[0] == 0x1f && head[1] == 0x8b;
}

/* Files of arrays that are not packed are mapped, and pictures know their own way. */
static int is_decoded(const struct cnn_source *s, const char *dir)
{
    struct cnn_error ignored; /* whoever reads finds it again */
    if (s->kind == CNN_CSV || s->kind == CNN_NPZ || s->kind == CNN_IMAGES)
        return s->kind != CNN_IMAGES;
    char *path = cnn_find_file(dir, s->each_x ? s->each_x[0] : s->x, &ignored);
    const int packed = path && is_packed(path);
    free(path);
    return packed;
}

/* train: the training data when they are loaded; the names of their classes are valid for all parts. */
static int load_source(const struct cnn_model *m, const struct cnn_source *s, const struct cnn_data_options *o,
                       const struct cnn_dataset *train, struct cnn_dataset *d, struct cnn_error *e)
{
    const int64_t limit = s == &m->data->train ? o->limit : 0;
    struct reading r = {{.peers = o->peers, .m = m, .source = s, .read = read_source}, o, limit, train};
    if (s->kind == CNN_NO_SOURCE)
        return 0;
    r.once.decoded = cnn_several(o->peers) && is_decoded(s, o->dir);
    return cnn_dataset_once(&r.once, d, e);
}

/* ---- all parts */

struct plan {
    int train, validation, test, split, fit; /* 1: this part must be loaded, or this must be done */
};

static int splits(const struct cnn_data *spec)
{
    return spec->validation_split > 0 && spec->validation.kind == CNN_NO_SOURCE;
}

static struct plan make_plan(const struct cnn_model *m, const struct cnn_data_options *o)
{
    const struct cnn_data *spec = m->data;
    struct plan p = {.split = splits(spec) && !o->whole};
    p.fit = cnn_normalize_is_fitted(m) && !o->normalize && !o->whole;
    p.validation = (o->parts & CNN_PART_VALIDATION) != 0;
    p.test = (o->parts & CNN_PART_TEST) != 0;
    p.train = (o->parts & CNN_PART_TRAIN) || p.fit || (p.validation && p.split);
    return p;
}

/* Of as many classes as the network has. */
static int take_names(const struct cnn_model *m, const struct cnn_names *from, struct cnn_dataset *train)
{
    if (from->n != cnn_classes(m))
        return 0;
    train->classes = calloc((size_t)from->n + 1, sizeof *train->classes);
    for (; train->classes && train->n_classes < from->n; train->n_classes++)
        if (!(train->classes[train->n_classes] = strdup(from->at[train->n_classes])))
            return -1;
    return train->classes ? 0 : -1;
}

/* Takes the names of classes and columns from the file of weights, so that they mean what they meant in training. */
static int remember(const struct cnn_model *m, const struct cnn_data_options *o, struct cnn_dataset *train,
                    struct cnn_error *e)
{
    const struct cnn_beside *b = o->beside;
    const enum cnn_source_kind kind = m->data->train.kind;
    if (!b || (kind != CNN_CSV && kind != CNN_IMAGES))
        return 0;
    if (kind == CNN_CSV && !(train->columns = cnn_columns_remembered(b, cnn_input(m)->size)))
        return 0;
    if (cnn_dataset_more(m, train, e) != 0)
        return -1;
    for (int k = 0; k <= train->n_more; k++) {
        struct cnn_view v;
        struct cnn_dataset *port = cnn_dataset_port(train, k);
        port->y_file = strdup(o->beside_file);
        if (!port->y_file || take_names(cnn_port_view(&v, m, k), &b->classes[k], port) != 0)
            return cnn_fail_memory(e, o->beside_file, (uint64_t)b->classes[k].n);
    }
    return 0;
}

/* Training rows are read as their files have them. Weights that were trained with other names would give wrong
 * answers, so this compares the names. */
static int check_names(const struct cnn_model *m, const struct cnn_data_options *o, const struct cnn_dataset *train,
                       struct cnn_error *e)
{
    if (!o->beside || train->rows == 0)
        return 0;
    if (cnn_columns_check(train->columns, train->x_file, o->beside, o->beside_file, m->name, e) != 0)
        return -1;
    return cnn_classes_check(train, o->beside, o->beside_file, m->name, e);
}

static int load_parts(const struct cnn_model *m, const struct cnn_data_options *o, const struct plan *p,
                      struct cnn_datasets *out, struct cnn_error *e)
{
    const struct cnn_data *spec = m->data;
    if (!p->train && remember(m, o, &out->train, e) != 0)
        return -1;
    if (p->train && load_source(m, &spec->train, o, &out->train, &out->train, e) != 0)
        return -1;
    if (p->train && check_names(m, o, &out->train, e) != 0)
        return -1;
    if (p->split && out->train.rows > 0 &&
        cnn_dataset_split(spec, cnn_output(m)->size, &out->train, &out->validation, e) != 0)
        return -1;
    if (p->validation && load_source(m, &spec->validation, o, &out->train, &out->validation, e) != 0)
        return -1;
    return p->test ? load_source(m, &spec->test, o, &out->train, &out->test, e) : 0;
}

static void set_normalize(struct cnn_dataset *d, const struct cnn_normalize *z)
{
    cnn_normalize_free(&d->normalize);
    d->normalize = cnn_normalize_share(z);
}

static int normalize_parts(const struct cnn_model *m, const struct cnn_normalize *known, int fitted,
                           struct cnn_datasets *out, struct cnn_error *e)
{
    struct cnn_normalize *z = &out->normalize;
    if (known)
        *z = cnn_normalize_share(known);
    else if (fitted ? cnn_normalize_fit(m, &out->train, z, e) != 0 : cnn_normalize_spec(m, z, e) != 0)
        return -1;
    set_normalize(&out->train, z);
    set_normalize(&out->validation, z);
    set_normalize(&out->test, z);
    const struct cnn_dataset *const parts[] = {&out->train, &out->validation, &out->test};
    for (int i = 0; i < 3; i++)
        if (cnn_dataset_check_own(m, parts[i], e) != 0)
            return -1;
    return 0;
}

/* All ports of this network. */
static int load_network(const struct cnn_model *m, const struct cnn_data_options *o, struct cnn_datasets *out,
                        struct cnn_error *e)
{
    memset(out, 0, sizeof *out);
    if (!m->data)
        return cnn_fail(e, "%s has no data section", m->file);
    struct plan p = make_plan(m, o);
    int status = load_parts(m, o, &p, out, e);
    if (status == 0)
        status = normalize_parts(m, o->normalize, p.fit, out, e);
    if (status != 0)
        cnn_data_free(out);
    return status;
}

int cnn_data_load(const struct cnn_model *m, const struct cnn_data_options *o, struct cnn_datasets *out,
                  struct cnn_error *e)
{
    struct cnn_shared all;
    if (!cnn_net_of(m))
        return load_network(m, o, out, e);
    cnn_shared_data(m->nets, &all);
    int status = load_network(&all.m, o, out, e);
    if (status == 0 && cnn_data_arrange(m, out, e) != 0) {
        cnn_data_free(out);
        status = -1;
    }
    return status;
}

/* ---- a fold */

/* Takes the rows whose fold is `test` (tests 1), or all other rows (tests 0). */
static int take_rows(const struct cnn_dataset *from, const int64_t *fold, int64_t test, int tests,
                     struct cnn_dataset *to, struct cnn_error *e)
{
    int64_t n = 0;
    for (int64_t i = 0; i < from->rows; i++)
        n += (fold[i] == test) == tests;
    cnn_dataset_lend(from, to);
    to->rows = n;
    to->index = malloc((size_t)(n > 0 ? n : 1) * sizeof *to->index);
    if (!to->index)
        return cnn_fail_memory(e, from->x_file, (uint64_t)n * sizeof *to->index);
    for (int64_t i = 0, k = 0; i < from->rows; i++)
        if ((fold[i] == test) == tests)
            to->index[k++] = cnn_dataset_row(from, i);
    return 0;
}

static int make_fold(const struct cnn_model *m, const struct cnn_datasets *whole, const int64_t *fold, int64_t test,
                     struct cnn_datasets *out, struct cnn_error *e)
{
    if (take_rows(&whole->train, fold, test, 0, &out->train, e) != 0 ||
        take_rows(&whole->train, fold, test, 1, &out->test, e) != 0)
        return -1;
    if (whole->validation.rows > 0)
        cnn_dataset_lend(&whole->validation, &out->validation);
    else if (splits(m->data) && cnn_dataset_split(m->data, cnn_output(m)->size, &out->train, &out->validation, e) != 0)
        return -1;
    return normalize_parts(m, NULL, cnn_normalize_is_fitted(m), out, e);
}

int cnn_data_fold(const struct cnn_model *m, const struct cnn_datasets *whole, const int64_t *fold, int64_t test,
                  struct cnn_datasets *out, struct cnn_error *e)
{
    memset(out, 0, sizeof *out);
    int status = make_fold(m, whole, fold, test, out, e);
    if (status != 0)
        cnn_data_free(out);
    return status;
}

/* What one network reads of them. */
static void free_arranged(struct cnn_datasets *d)
{
    struct cnn_datasets *whole = d->whole;
    free(d->train.more);
    free(d->validation.more);
    free(d->test.more);
    *d = (struct cnn_datasets){0};
    cnn_data_free(whole);
    free(whole);
}

void cnn_data_free(struct cnn_datasets *d)
{
    if (d->whole) {
        free_arranged(d);
        return;
    }
    cnn_dataset_free(&d->validation); /* first, because it may borrow from train */
    cnn_dataset_free(&d->train);
    cnn_dataset_free(&d->test);
    cnn_normalize_free(&d->normalize);
}

struct cnn_beside cnn_data_beside(const struct cnn_datasets *d)
{
    const struct cnn_dataset *t = d->whole ? &d->whole->train : &d->train;
    struct cnn_beside b = {0};
    cnn_classes_lend(t, &b);
    cnn_columns_lend(t->columns, &b);
    cnn_normalize_lend(&d->normalize, &b);
    return b;
}
