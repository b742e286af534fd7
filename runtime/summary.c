/* summary.c -- `summary`: the table of layers as Keras draws it, with multiply-adds, and the memory that training
 * takes. */
#include <string.h>

#include "run.h"

enum { COLUMNS = 4, CELL = 160 };

struct row {
    char cell[COLUMNS][CELL];
};

static const char *const titles[COLUMNS] = {"Layer (type)", "Output Shape", "Param #", "Multiply-adds"};

/* 1234567 as 1,234,567 */
static void with_commas(int64_t n, char out[CELL])
{
    char digits[32];
    int k = 0, length = snprintf(digits, sizeof digits, "%lld", (long long)n);
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            out[k++] = ',';
        out[k++] = digits[i];
    }
    out[k] = '\0';
}

static void put_shape(const struct cnn_layer *l, char out[CELL])
{
    int k = snprintf(out, CELL, "(None");
    for (int i = 0; i < l->rank && k < CELL; i++)
        k += snprintf(out + k, (size_t)(CELL - k), ", %lld", (long long)l->shape[i]);
    if (k < CELL)
        snprintf(out + k, (size_t)(CELL - k), ")");
}

static void fill(const struct cnn_model *m, int i, struct row *out)
{
    struct cnn_name room;
    const struct cnn_layer *l = cnn_layer(m, i);
    snprintf(out->cell[0], CELL, "%s (%s)", cnn_layer_name(m, i, &room), l->type);
    put_shape(l, out->cell[1]);
    with_commas(l->parameters, out->cell[2]);
    with_commas(l->macs, out->cell[3]);
}

static void widen(int width[COLUMNS], const struct row *r)
{
    for (int c = 0; c < COLUMNS; c++)
        if ((int)strlen(r->cell[c]) > width[c])
            width[c] = (int)strlen(r->cell[c]);
}

struct rule {
    const char *left, *line, *middle, *right;
};
static const struct rule top = {"┏", "━", "┳", "┓"}, head = {"┡", "━", "╇", "┩"}, between = {"├", "─", "┼", "┤"},
                         bottom = {"└", "─", "┴", "┘"};

static void put_rule(const int width[COLUMNS], const struct rule *r)
{
    for (int c = 0; c < COLUMNS; c++) {
        fputs(c ? r->middle : r->left, stdout);
        for (int i = 0; i < width[c] + 2; i++)
            fputs(r->line, stdout);
    }
    puts(r->right);
}

static void put_row(const int width[COLUMNS], const struct row *r, const char *bar)
{
    printf("%s %-*s %s %-*s %s %*s %s %*s %s\n", bar, width[0], r->cell[0], bar, width[1], r->cell[1], bar, width[2],
           r->cell[2], bar, width[3], r->cell[3], bar);
}

static void put_table(const struct cnn_model *m)
{
    int width[COLUMNS] = {0};
    struct row row, title;
    for (int c = 0; c < COLUMNS; c++)
        snprintf(title.cell[c], CELL, "%s", titles[c]);
    widen(width, &title);
    for (int i = 0; i < m->n_layers; i++) {
        fill(m, i, &row);
        widen(width, &row);
    }
    put_rule(width, &top);
    put_row(width, &title, "┃");
    put_rule(width, &head);
    for (int i = 0; i < m->n_layers; i++) {
        if (i)
            put_rule(width, &between);
        fill(m, i, &row);
        put_row(width, &row, "│");
    }
    put_rule(width, &bottom);
}

static const char *in_bytes(double bytes, char out[CELL])
{
    static const char *const units[] = {"B", "KB", "MB", "GB", "TB"};
    int u = 0;
    for (; bytes >= 1024 && u < 4; u++)
        bytes /= 1024;
    snprintf(out, CELL, "%.2f %s", bytes, units[u]);
    return out;
}

static void put_bytes(const char *what, double bytes)
{
    char text[CELL];
    printf(" %s: %s\n", what, in_bytes(bytes, text));
}

static void put_memory(const struct cnn_model *m)
{
    const double real = sizeof(float), theta = (double)m->core.theta;
    double rows = (double)m->chunk * (double)(m->x_size + m->y_size);
    put_bytes("Memory of parameters", real * (theta + (double)m->core.prepared));
    put_bytes("Memory of gradients and optimizer", real * theta * (double)(m->slots + m->chunks));
    put_bytes("Memory of activations, a thread", real * ((double)m->core.scratch + rows));
}

int cnn_summary_command(struct cnn_run *r)
{
    const struct cnn_model *m = r->m;
    int64_t parameters = 0, macs = 0;
    char text[CELL], more[CELL];
    for (int p = 0; p < m->n_params; p++)
        parameters += cnn_param_count(cnn_param(m, p));
    for (int i = 0; i < m->n_layers; i++)
        macs += cnn_layer(m, i)->macs;
    printf("Model: \"%s\"\n", m->name);
    put_table(m);
    with_commas(parameters, text);
    printf(" Total params: %s (%s)\n", text, in_bytes((double)parameters * sizeof(float), more));
    with_commas(macs, text);
    printf(" Multiply-adds: %s an image, forward\n", text);
    put_memory(m);
    printf(" Batch %lld in chunks of %d, loss %s, optimizer %s, target %s\n", (long long)m->train->batch, m->chunk,
           m->train->loss, m->train->optimizer, m->target);
    return CNN_DONE;
}
