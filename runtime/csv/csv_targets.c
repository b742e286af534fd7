/* csv_targets.c -- the columns of a .csv that are targets: which output of the network each belongs to. */
#include "csv/csv.h"
#include "data/data.h"
#include "input.h"

/* A target of classes is one column, another one a column for each of its numbers; the only one takes all columns. */
static int64_t columns_wanted(const struct target *y, int64_t columns, int targets)
{
    return targets == 1 ? columns : y->classes > 0 ? 1 : cnn_output(y->m)->size;
}

static int fail_columns(const struct table *t, const struct target *only, int64_t columns, int64_t wanted)
{
    char text[256];
    if (!only)
        return cnn_fail(t->e, "%s: %lld columns of targets, but the outputs of the network want %lld", t->path,
                        (ll)columns, (ll)wanted);
    cnn_shape_text(cnn_output(only->m)->rank, cnn_output(only->m)->shape, text, sizeof text);
    if (columns == 1)
        return cnn_fail(t->e, "%s: column '%s' is one number a row, but the network's output is %s", t->path,
                        *only->names, text);
    return cnn_fail(t->e, "%s: %lld columns of targets, but the network's output is %s", t->path, (ll)columns, text);
}

/* The targets of all ports, without columns. Returns how many want some; -1: no memory. */
static int begin(struct table *t)
{
    const struct cnn_dataset *train = t->train;
    const int ports = cnn_ports(t->m);
    int wanting = 0;
    t->targets = calloc((size_t)ports, sizeof *t->targets);
    if (!t->targets)
        return cnn_fail_memory(t->e, t->path, (uint64_t)ports * sizeof *t->targets);
    for (int k = 0; k < ports; k++) {
        struct target *y = &t->targets[k];
        y->m = cnn_port_view(&y->view, t->m, k);
        y->train = k && train && train->n_more ? &train->more[k - 1] : train;
        wanting += cnn_target(y->m)->from == CNN_FROM_FILE;
    }
    t->n_targets = ports;
    return wanting;
}

/* Whether these columns, all of the table, are what the only target wants. */
static int fits(const struct target *y)
{
    return y->classes > 0 || y->n == cnn_output(y->m)->size;
}

int cnn_csv_share_columns(struct table *t)
{
    int64_t columns, at = 0;
    const char *const *names = cnn_csv_targets(t->s, &columns);
    struct target *only = NULL;
    const int wanting = begin(t);
    if (wanting < 0)
        return -1;
    for (int k = 0; k < t->n_targets && columns > 0; k++) {
        struct target *y = &t->targets[k];
        if (cnn_target(y->m)->from != CNN_FROM_FILE)
            continue;
        y->names = names + at;
        y->classes = cnn_classes(y->m);
        y->n = columns_wanted(y, columns, wanting);
        y->classes = y->n == 1 ? y->classes : 0;
        at += y->n;
        only = wanting == 1 ? y : NULL;
    }
    return at == columns && (!only || fits(only)) ? 0 : fail_columns(t, only, columns, at);
}

void cnn_csv_free_targets(struct table *t)
{
    for (int k = 0; k < t->n_targets; k++) {
        struct target *y = &t->targets[k];
        for (int64_t i = 0; i < y->n_categories; i++)
            free(y->categories[i].text);
        free(y->categories);
        free(y->y);
        free(y->id);
    }
    free(t->targets);
}

static int set_target(struct table *t, struct target *y, struct cnn_dataset *d)
{
    const struct cnn_port *output = cnn_output(y->m);
    d->rows = t->rows;
    if (y->n == 0)
        return 0;
    d->y_file = strdup(t->path);
    if (!d->y_file)
        return cnn_fail_memory(t->e, t->path, strlen(t->path));
    if (y->classes > 0)
        return cnn_csv_set_classes(t, y, d);
    d->y = cnn_rows_array(CNN_F32, t->rows, output->rank, output->shape, y->y);
    y->y = NULL;
    return 0;
}

int cnn_csv_set_targets(struct table *t, struct cnn_dataset *d)
{
    for (int k = 0; k < t->n_targets; k++)
        if (set_target(t, &t->targets[k], cnn_dataset_port(d, k)) != 0)
            return -1;
    return 0;
}
