/* summary.c -- `summary`: the table of layers as Keras prints it, with multiply-adds, and the memory that training
 * needs. */
#include <string.h>

#include "commands/commands.h"
#include "support/support.h"
#include "weights/weights.h"

enum { COLUMNS = 4, CELL = 160 };

struct row {
    char cell[COLUMNS][CELL];
};

static const char *const titles[COLUMNS] = {"Layer (type)", "Output Shape", "Param #", "Multiply-adds"};

/* Writes 1234567 as 1,234,567. */
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

static void put_rule(const int width[COLUMNS], char line)
{
    int n = 2;
    for (int c = 0; c < COLUMNS; c++)
        n += width[c] + (c ? 2 : 0);
    while (n-- > 0)
        putchar(line);
    putchar('\n');
}

/* Text is aligned to the left, numbers to the right. */
static void put_row(const int width[COLUMNS], const struct row *r)
{
    printf(" %-*s  %-*s  %*s  %*s\n", width[0], r->cell[0], width[1], r->cell[1], width[2], r->cell[2], width[3],
           r->cell[3]);
}

static void put_table(const struct cnn_model *m, int width[COLUMNS])
{
    struct row row;
    for (int c = 0; c < COLUMNS; c++)
        snprintf(row.cell[c], CELL, "%s", titles[c]);
    const struct row title = row;
    widen(width, &title);
    for (int i = 0; i < m->n_layers; i++) {
        fill(m, i, &row);
        widen(width, &row);
    }
    put_rule(width, '_');
    put_row(width, &title);
    put_rule(width, '=');
    for (int i = 0; i < m->n_layers; i++) {
        fill(m, i, &row);
        put_row(width, &row);
    }
    put_rule(width, '=');
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

static void put_bytes(const char *what, int64_t bytes)
{
    char text[CELL], count[CELL];
    with_commas(bytes, count);
    if (bytes > 0)
        printf(" %s: %s bytes (%s)\n", what, count, in_bytes((double)bytes, text));
}

static void put_parameters(const char *which, int64_t n)
{
    char text[CELL], count[CELL];
    with_commas(n, count);
    printf(" %s params: %s (%s)\n", which, count, in_bytes((double)n * sizeof(float), text));
}

static void put_work(const struct cnn_model *m)
{
    int64_t forward = 0;
    char first[CELL], all[CELL];
    for (int i = 0; i < m->n_layers; i++)
        forward += cnn_layer(m, i)->macs;
    with_commas(forward, first);
    with_commas(m->step_macs, all);
    printf(" Multiply-adds an image: %s forward, %s in training\n", first, all);
}

static void put_memory(const struct cnn_model *m)
{
    const int64_t real = sizeof(float), theta = (int64_t)m->core.theta, prepared = (int64_t)m->core.prepared,
                  scratch = (int64_t)m->core.scratch;
    put_bytes("Parameters, as laid out", real * theta);
    put_bytes("Prepared copies of them", real * prepared);
    put_bytes("Arena", real * scratch);
    put_bytes("RAM, one thread", real * (theta + (int64_t)m->core.moved * m->chunks + (int64_t)cnn_optimizer_size(m) +
                                         prepared + scratch));
}

static void put_losses(const struct cnn_model *m)
{
    const char *between = "";
    for (int i = 0; i < m->n_targets; i++)
        if (m->targets[i].loss) {
            printf("%s%s", between, m->targets[i].loss);
            between = ", ";
        }
}

/* Prints the table of `cnnc --summary`, and numbers that only the program knows. */
int cnn_summary_command(struct cnn_run *r)
{
    const struct cnn_model *m = r->m;
    int64_t parameters = 0, frozen = 0;
    int width[COLUMNS] = {0};
    for (int p = 0; p < m->n_params; p++) {
        const struct cnn_param *q = cnn_param(m, p);
        parameters += cnn_param_count(q);
        frozen += q->trainable ? 0 : cnn_param_count(q);
    }
    printf("Model: \"%s\"\n", m->name);
    put_table(m, width);
    put_parameters("Total", parameters);
    put_parameters("Trainable", parameters - frozen);
    put_parameters("Non-trainable", frozen);
    put_work(m);
    put_memory(m);
    printf(" Batch %lld in chunks of %d, loss ", (long long)m->train->batch, m->chunk);
    put_losses(m);
    printf(", optimizer %s, target %s\n", m->train->optimizer, m->target);
    put_rule(width, '_');
    return CNN_DONE;
}
