/* predict.c -- `predict`: the network's outputs for inputs from a file, as an array or a line each. */
#include <stdlib.h>
#include <string.h>

#include "ensemble.h"
#include "look.h"

static int write_array(struct cnn_run *r, const float *y, int64_t rows)
{
    int64_t shape[CNN_RANK + 1] = {rows};
    for (int i = 0; i < r->m->output_rank; i++)
        shape[i + 1] = r->m->output[i];
    struct cnn_array a = cnn_array_view(CNN_F32, r->m->output_rank + 1, shape, y);
    return cnn_npy_write(r->o.output, &a, &r->error);
}

/* y: one row's outputs, which become what they mean. */
static void print_numbers(const struct cnn_model *m, const struct cnn_meaning *is, float *y)
{
    const int64_t last = m->output[m->output_rank - 1];
    for (int64_t at = 0; at < m->y_size; at += last)
        cnn_probabilities(is, y + at, last, y + at);
    for (int64_t i = 0; i < m->y_size; i++)
        printf(" %.6g", (double)y[i]);
}

/* name: of a picture's file, NULL: rows have numbers. classes: what they are called, or NULL. */
static void print_line(const struct cnn_model *m, const struct cnn_meaning *is, int64_t row, const char *name,
                       char *const *classes, float *y)
{
    const struct cnn_answer said = cnn_answer_of(is, y, m->y_size);
    const struct cnn_answers a = {.classes = cnn_classes(m), .names = classes};
    char class[256];
    if (name)
        printf("%s:", name);
    else
        printf("%lld:", (long long)row);
    if (cnn_classes(m) > 0 && (m->y_size > 1 || classes))
        printf(" %s (%.4f)", cnn_class_name(&a, said.class, sizeof class, class, sizeof class), (double)said.sure);
    else
        print_numbers(m, is, y);
    putchar('\n');
}

/* What --input and the words behind it name. */
static const char **input_paths(const struct cnn_options *o, int64_t *n)
{
    const char **paths = malloc((size_t)(o->n_more + 1) * sizeof *paths);
    *n = 0;
    if (paths && o->input)
        paths[(*n)++] = o->input;
    for (int64_t i = 0; paths && i < o->n_more; i++)
        paths[(*n)++] = o->more[i];
    return paths;
}

/* Columns go by name: those that the weights were trained on. */
static int open_table(struct cnn_run *r, const char *path, const struct cnn_normalize *normalize, struct cnn_dataset *d)
{
    struct cnn_beside beside;
    if (cnn_run_beside(r, &beside) != 0)
        return -1;
    struct cnn_columns *columns = cnn_columns_remembered(&beside, r->m->x_size);
    cnn_beside_free(&beside);
    int status = cnn_dataset_open_table(r->m, path, columns, r->o.data_dir, d, &r->error);
    cnn_columns_free(columns);
    if (status == 0)
        d->normalize = cnn_normalize_share(normalize);
    return status;
}

static int open_paths(struct cnn_run *r, const char *const *paths, int64_t n, const struct cnn_normalize *normalize,
                      struct cnn_dataset *d)
{
    const struct cnn_data *s = r->m->data;
    if (n == 1 && cnn_is_table_name(paths[0]))
        return open_table(r, paths[0], normalize, d);
    if (n == 1 && !cnn_is_image_name(paths[0]))
        return cnn_dataset_open(r->m, paths[0], NULL, normalize, d, &r->error);
    for (int64_t i = 0; i < n; i++)
        if (!cnn_is_image_name(paths[i]))
            return cnn_fail(&r->error, "%s: is no picture; of other files only one at a time is read", paths[i]);
    if (!s || !s->images)
        return cnn_fail(&r->error,
                        "%s: this program reads no pictures: say 'predict images' in the spec's data section, and "
                        "build it again, with what cnnc --libs says of that spec",
                        paths[0]);
    if (s->images->files(r->m, paths, n, d, &r->error) != 0)
        return -1;
    d->normalize = cnn_normalize_share(normalize);
    return 0;
}

static int open_input(struct cnn_run *r, const char *const *paths, int64_t n, struct cnn_dataset *d)
{
    struct cnn_normalize normalize;
    if (cnn_run_normalize(r, &normalize) != 0)
        return -1;
    int status = open_paths(r, paths, n, &normalize, d);
    cnn_normalize_free(&normalize);
    return status;
}

static int predict_network(struct cnn_run *r, const struct cnn_dataset *d, float *y)
{
    struct cnn_engine g;
    if (cnn_engine_open(&g, r->m, r->o.threads, 0, 0, &r->error) != 0)
        return -1;
    int status = cnn_run_weights(r, g.theta);
    if (status == 0) {
        cnn_engine_prepare(&g);
        cnn_engine_predict(&g, d, y);
    }
    cnn_engine_close(&g);
    return status;
}

/* names: of pictures' files, or NULL. */
static int print_lines(struct cnn_run *r, const struct cnn_meaning *is, int64_t rows, const char *const *names,
                       float *y)
{
    struct cnn_beside beside;
    if (cnn_run_beside(r, &beside) != 0)
        return -1;
    char *const *classes = beside.classes.n == cnn_classes(r->m) ? beside.classes.at : NULL;
    for (int64_t i = 0; i < rows && !ferror(stdout); i++)
        print_line(r->m, is, i, names ? names[i] : NULL, classes, y + i * r->m->y_size);
    cnn_beside_free(&beside);
    return 0;
}

static int predict(struct cnn_run *r, const char *const *paths, int64_t n, struct cnn_fitted *f, struct cnn_dataset *d,
                   float **y)
{
    if (cnn_run_ensemble(r, f) != 0 || open_input(r, paths, n, d) != 0)
        return -1;
    *y = cnn_outputs_new(r->m, d->rows, &r->error);
    if (!*y)
        return -1;
    int status = f->members ? cnn_fitted_predict(f, d, r->o.threads, *y, &r->error) : predict_network(r, d, *y);
    if (status != 0)
        return -1;
    if (r->o.output)
        return write_array(r, *y, d->rows);
    const struct cnn_meaning is = f->members ? cnn_common_meaning(r->m) : r->m->meaning;
    return print_lines(r, &is, d->rows, cnn_is_image_name(paths[0]) ? paths : NULL, *y);
}

int cnn_predict_command(struct cnn_run *r)
{
    struct cnn_fitted f = {0};
    struct cnn_dataset d = {0};
    float *y = NULL;
    int64_t n;
    const char **paths = input_paths(&r->o, &n);
    int status = paths ? predict(r, paths, n, &f, &d, &y) : cnn_fail(&r->error, "no memory for the names of inputs");
    free(paths);
    free(y);
    cnn_dataset_free(&d);
    cnn_fitted_free(&f);
    return status == 0 ? CNN_DONE : CNN_TROUBLE;
}
