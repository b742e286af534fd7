/* predict.c -- `predict`: computes outputs for inputs from files, and writes them as an array or prints one line
 * each. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "beside.h"
#include "commands/commands.h"
#include "data/data.h"
#include "engine/engine.h"
#include "ensemble/ensemble.h"
#include "images/images.h"
#include "input.h"
#include "report/report.h"
#include "support/support.h"

static int write_array(struct cnn_run *r, const float *y, int64_t rows)
{
    int64_t shape[CNN_RANK + 1] = {rows};
    for (int i = 0; i < cnn_output(r->m)->rank; i++)
        shape[i + 1] = cnn_output(r->m)->shape[i];
    struct cnn_array a = cnn_array_view(CNN_F32, cnn_output(r->m)->rank + 1, shape, y);
    return cnn_npy_write(r->o.output, &a, &r->error);
}

/* Several outputs: an archive with an array for each. */
static int write_arrays(struct cnn_run *r, const float *y, int64_t rows)
{
    struct cnn_tensors t = {0};
    int status = 0;
    for (int k = 0; status == 0 && k < r->m->n_outputs; k++) {
        const struct cnn_port *p = &r->m->outputs[k].port;
        int64_t shape[CNN_RANK + 1] = {rows};
        for (int i = 0; i < p->rank; i++)
            shape[i + 1] = p->shape[i];
        const float *own = y + rows * cnn_output_sizes(r->m, k);
        status = cnn_tensors_add(&t, p->name, cnn_array_view(CNN_F32, p->rank + 1, shape, own), &r->error);
    }
    if (status == 0)
        status = cnn_tensors_write(r->o.output, &t, &r->error);
    cnn_tensors_free(&t);
    return status;
}

/* Prints the outputs y of one row; logits in y become probabilities. */
static void print_numbers(const struct cnn_model *m, const struct cnn_meaning *is, float *y)
{
    const int64_t last = cnn_output(m)->shape[cnn_output(m)->rank - 1];
    for (int64_t at = 0; at < cnn_output(m)->size; at += last)
        cnn_probabilities(is, y + at, last, y + at);
    for (int64_t i = 0; i < cnn_output(m)->size; i++)
        printf(" %.6g", (double)y[i]);
}

/* name: the file of a picture; NULL: the line begins with the number of the row. classes: their names, or NULL. */
static void print_line(const struct cnn_model *m, const struct cnn_meaning *is, int64_t row, const char *name,
                       char *const *classes, float *y)
{
    const struct cnn_answer said = cnn_answer_of(is, y, cnn_output(m)->size);
    const struct cnn_answers a = {.classes = cnn_classes(m), .names = classes};
    char class[256];
    if (name)
        printf("%s:", name);
    else
        printf("%lld:", (long long)row);
    if (cnn_classes(m) > 0 && (cnn_output(m)->size > 1 || classes))
        printf(" %s (%.4f)", cnn_class_name(&a, said.class, sizeof class, class, sizeof class), (double)said.sure);
    else
        print_numbers(m, is, y);
    putchar('\n');
}

/* ---- the inputs */

struct inputs {
    struct cnn_paths paths; /* each folder is replaced by the pictures in it */
    int pictures;           /* the inputs are pictures */
};

static int add_folder(struct cnn_run *r, const char *path, struct inputs *in)
{
    struct cnn_skipped skipped = {0};
    const int64_t before = in->paths.n;
    if (cnn_folder_pictures(path, &in->paths, &skipped, &r->error) != 0)
        return -1;
    cnn_note_skipped(&skipped, r->m->name, path);
    in->pictures = 1;
    return in->paths.n > before ? 0
                                : cnn_fail(&r->error, "%s: holds no pictures: those are .png and .jpeg files", path);
}

/* Adds an input that --input or a later argument names. */
static int add_input(struct cnn_run *r, const char *path, struct inputs *in)
{
    if (cnn_is_folder(path))
        return add_folder(r, path, in);
    in->pictures |= cnn_is_picture(path) || cnn_picture_kind(path);
    return cnn_paths_add(&in->paths, strdup(path)) == 0 ? 0 : cnn_fail_memory(&r->error, path, strlen(path));
}

static int find_inputs(struct cnn_run *r, struct inputs *in)
{
    int status = r->o.input ? add_input(r, r->o.input, in) : 0;
    for (int64_t i = 0; status == 0 && i < r->o.n_more; i++)
        status = add_input(r, r->o.more[i], in);
    return status;
}

/* Opens a table. Its columns are found by name: those that the weights were trained on. */
static int open_table(struct cnn_run *r, const char *path, const struct cnn_normalize *normalize, struct cnn_dataset *d)
{
    struct cnn_beside beside;
    if (cnn_run_beside(r, &beside) != 0)
        return -1;
    struct cnn_columns *columns = cnn_columns_remembered(&beside, cnn_input(r->m)->size);
    cnn_beside_free(&beside);
    int status = cnn_dataset_open_table(r->m, path, columns, r->o.data_dir, d, &r->error);
    cnn_columns_free(columns);
    if (status == 0)
        d->normalize = cnn_normalize_share(normalize);
    return status;
}

static int open_pictures(struct cnn_run *r, const struct cnn_paths *p, struct cnn_dataset *d)
{
    const struct cnn_data *s = r->m->data;
    for (int64_t i = 0; i < p->n; i++)
        if (!cnn_is_picture(p->at[i]) && !cnn_picture_kind(p->at[i]))
            return cnn_fail(&r->error, "%s: is no picture; of other files only one at a time is read", p->at[i]);
    if (s && s->images)
        return s->images->files(r->m, (const char *const *)p->at, p->n, d, &r->error);
    return cnn_fail(&r->error,
                    "%s: this program reads no pictures: say 'predict images' in the spec's data section, and build it "
                    "again, with what cnnc --libs says of that spec",
                    p->at[0]);
}

/* A file is a table by its name. In a program that reads tables, a file that begins with text is a table too; files of
 * arrays, and archives of them, do not begin with text. */
static int is_table(const struct cnn_run *r, const char *path)
{
    unsigned char head[2];
    if (cnn_is_table_name(path) || !r->m->data || !r->m->data->csv)
        return cnn_is_table_name(path);
    if (cnn_file_head(path, head, sizeof head) < sizeof head || memcmp(head, "PK", sizeof head) == 0)
        return 0;
    return (head[0] >= ' ' && head[0] < 0x7f) || head[0] == 0xef; /* 0xef begins the mark before UTF-8 text */
}

static int open_paths(struct cnn_run *r, const struct inputs *in, const struct cnn_normalize *normalize,
                      struct cnn_dataset *d)
{
    const char *first = in->paths.at[0]; /* NOLINT(clang-analyzer-core.NullDereference): `predict` requires an input */
    if (in->paths.n == 1 && !in->pictures)
        return is_table(r, first) ? open_table(r, first, normalize, d)
                                  : cnn_dataset_open(r->m, first, NULL, normalize, d, &r->error);
    if (open_pictures(r, &in->paths, d) != 0)
        return -1;
    d->normalize = cnn_normalize_share(normalize);
    return 0;
}

static int open_input(struct cnn_run *r, const struct inputs *in, struct cnn_dataset *d)
{
    struct cnn_normalize normalize;
    if (cnn_run_normalize(r, &normalize) != 0)
        return -1;
    int status = open_paths(r, in, &normalize, d);
    cnn_normalize_free(&normalize);
    return status;
}

static int predict_network(struct cnn_run *r, const struct cnn_dataset *d, float *y)
{
    struct cnn_engine g;
    if (cnn_engine_open(&g, r->m, NULL, r->o.threads, CNN_PREDICTS, 0, &r->error) != 0)
        return -1;
    int status = cnn_run_weights(r, g.theta);
    if (status == 0) {
        cnn_engine_prepare(&g);
        cnn_engine_predict(&g, d, y);
    }
    cnn_engine_close(&g);
    return status;
}

/* The names of the classes of that output, of which `one` has no other; NULL: they have none. */
static char *const *classes_of(const struct cnn_model *m, const struct cnn_model *one, int output,
                               const struct cnn_beside *b)
{
    const struct cnn_net *net = cnn_net_of(m);
    const int target = net && net->targets[output] >= 0 ? net->targets[output] : output; /* of the data */
    return b->classes[target].n == cnn_classes(one) ? b->classes[target].at : NULL;
}

/* names: the files of the pictures, or NULL. */
static int print_lines(struct cnn_run *r, const struct cnn_meaning *is, int64_t rows, char *const *names, float *y)
{
    struct cnn_beside beside;
    if (cnn_run_beside(r, &beside) != 0)
        return -1;
    for (int64_t i = 0; i < rows && !ferror(stdout); i++)
        print_line(r->m, is, i, names ? names[i] : NULL, classes_of(r->m, r->m, 0, &beside),
                   y + i * cnn_output(r->m)->size);
    cnn_beside_free(&beside);
    return 0;
}

/* Only warns: the outputs are still written, so the user can see which ones are not finite. */
static void warn_not_finite(const struct cnn_model *m, const float *y, int64_t rows)
{
    int64_t bad = 0, first = -1;
    for (int64_t i = 0; i < rows; i++) {
        int finite = 1;
        for (int64_t k = 0; k < cnn_output(m)->size; k++)
            finite &= isfinite(y[i * cnn_output(m)->size + k]) != 0;
        first = finite || bad ? first : i;
        bad += !finite;
    }
    if (bad)
        cnn_warn(m->name, "outputs of %lld of %lld rows are not finite, the first of row %lld: are the weights?",
                 (long long)bad, (long long)rows, (long long)first);
}

/* A line for each output of a row. */
static int print_outputs(struct cnn_run *r, int64_t rows, float *y)
{
    struct cnn_beside beside;
    if (cnn_run_beside(r, &beside) != 0)
        return -1;
    for (int64_t i = 0; i < rows && !ferror(stdout); i++)
        for (int k = 0; k < r->m->n_outputs; k++) {
            struct cnn_view v;
            const struct cnn_model *one = cnn_port_view(&v, r->m, k);
            char name[256];
            snprintf(name, sizeof name, "%lld, %s", (long long)i, cnn_output(one)->name);
            print_line(one, cnn_meaning(one), i, name, classes_of(r->m, one, k, &beside),
                       y + rows * cnn_output_sizes(r->m, k) + i * cnn_output(one)->size);
        }
    cnn_beside_free(&beside);
    return 0;
}

/* Words that follow are files like those of --input. */
static int open_ports(struct cnn_run *r, const struct cnn_normalize *normalize, struct cnn_dataset *d)
{
    const char *words[CNN_MOST_PORTS];
    int n = 0;
    for (; n < r->o.n_inputs; n++)
        words[n] = r->o.inputs[n];
    for (int64_t i = 0; i < r->o.n_more; i++) {
        if (n == CNN_MOST_PORTS)
            return cnn_fail(&r->error, "%s: the network has %d inputs", r->o.more[i], r->m->n_inputs);
        words[n++] = r->o.more[i];
    }
    return cnn_dataset_open_ports(r->m, words, n, NULL, 0, normalize, d, &r->error);
}

/* The table that is all of a network's inputs; NULL: it has other files. */
static const char *only_table(const struct cnn_run *r)
{
    if (r->m->n_inputs > 1 || r->o.n_inputs + r->o.n_more != 1)
        return NULL;
    const char *path = cnn_port_file(r->m, r->o.n_inputs ? r->o.inputs[0] : r->o.more[0]);
    return is_table(r, path) ? path : NULL;
}

static int predict_ports(struct cnn_run *r, struct cnn_dataset *d, float **y)
{
    const char *table = only_table(r);
    struct cnn_normalize normalize;
    if (cnn_run_normalize(r, &normalize) != 0)
        return -1;
    int status = table ? open_table(r, table, &normalize, d) : open_ports(r, &normalize, d);
    cnn_normalize_free(&normalize);
    *y = status == 0 ? cnn_outputs_new(r->m, d->rows, &r->error) : NULL;
    if (!*y || predict_network(r, d, *y) != 0)
        return -1;
    if (!r->o.output)
        return print_outputs(r, d->rows, *y);
    return r->m->n_outputs > 1 ? write_arrays(r, *y, d->rows) : write_array(r, *y, d->rows);
}

static int predict(struct cnn_run *r, struct inputs *in, struct cnn_fitted *f, struct cnn_dataset *d, float **y)
{
    if (find_inputs(r, in) != 0 || cnn_run_ensemble(r, f) != 0 || open_input(r, in, d) != 0)
        return -1;
    *y = cnn_outputs_new(r->m, d->rows, &r->error);
    if (!*y)
        return -1;
    int status = f->members ? cnn_fitted_predict(f, d, r->o.threads, *y, &r->error) : predict_network(r, d, *y);
    if (status != 0)
        return -1;
    warn_not_finite(r->m, *y, d->rows);
    if (r->o.output)
        return write_array(r, *y, d->rows);
    const struct cnn_meaning is = f->members ? cnn_common_meaning(r->m) : *cnn_meaning(r->m);
    return print_lines(r, &is, d->rows, in->pictures ? in->paths.at : NULL, *y);
}

int cnn_predict_command(struct cnn_run *r)
{
    struct cnn_fitted f = {0};
    struct cnn_dataset d = {0};
    float *y = NULL;
    struct inputs in = {0};
    int status = cnn_ports(r->m) > 1 ? predict_ports(r, &d, &y) : predict(r, &in, &f, &d, &y);
    cnn_paths_free(&in.paths);
    free(y);
    cnn_dataset_free(&d);
    cnn_fitted_free(&f);
    return status == 0 ? CNN_DONE : CNN_TROUBLE;
}
