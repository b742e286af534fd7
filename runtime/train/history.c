/* history.c -- the numbers of a run's epochs: collected while it trains, or read back from its log. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "input.h"
#include "train/train.h"

static double *add_row(struct cnn_history *h, struct cnn_error *e)
{
    const size_t width = 1 + (size_t)h->n_keys;
    if (h->rows == h->room) {
        size_t room = h->room ? 2 * (size_t)h->room : 16;
        double *at = room <= SIZE_MAX / 2 / (width * sizeof *at) ? realloc(h->at, room * width * sizeof *at) : NULL;
        if (!at) {
            cnn_fail(e, "no memory for the numbers of %lld epochs", (long long)h->rows);
            return NULL;
        }
        h->at = at;
        h->room = (int64_t)room;
    }
    return h->at + (size_t)h->rows++ * width;
}

int cnn_history_add(struct cnn_history *h, int64_t epoch, const struct cnn_logs *logs, struct cnn_error *e)
{
    for (int k = 0; h->rows == 0 && k < logs->n; k++)
        memcpy(h->key[k], logs->at[k].key, sizeof h->key[k]);
    if (h->rows == 0)
        h->n_keys = logs->n;
    double *row = add_row(h, e);
    if (!row)
        return -1;
    row[0] = (double)epoch;
    for (int k = 0; k < h->n_keys; k++) {
        const double *v = cnn_logs_find(logs, h->key[k]);
        row[1 + k] = v ? *v : (double)NAN;
    }
    return 0;
}

void cnn_history_free(struct cnn_history *h)
{
    free(h->at);
    *h = (struct cnn_history){0};
}

/* ---- reading a log */

/* The keys become file names, so only letters, digits and '_' are allowed. */
static int is_key(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)s[i]) && s[i] != '_')
            return 0;
    return n > 0;
}

static int read_header(struct cnn_history *h, const char *line, const char *path, struct cnn_error *e)
{
    size_t n = strcspn(line, ",");
    if (n != strlen("epoch") || strncmp(line, "epoch", n) != 0)
        return cnn_fail(e, "%s:1: not the log of a training run: its first column is not 'epoch'", path);
    while (*(line += n)) {
        line++;
        n = strcspn(line, ",");
        if (!is_key(line, n) || n >= sizeof h->key[0])
            return cnn_fail(e, "%s:1: '%.*s' is not the name of a number", path, n < 60 ? (int)n : 60, line);
        if (h->n_keys == CNN_KEYS)
            return cnn_fail(e, "%s:1: more than %d numbers", path, CNN_KEYS);
        memcpy(h->key[h->n_keys++], line, n);
    }
    return 0;
}

static int read_row(struct cnn_history *h, const char *line, const char *path, int64_t number, struct cnn_error *e)
{
    double *row = add_row(h, e);
    if (!row)
        return -1;
    for (int i = 0; i <= h->n_keys; i++) {
        char *end;
        row[i] = strtod(line, &end);
        if (end == line || *end != (i < h->n_keys ? ',' : '\0'))
            return cnn_fail(e, "%s:%lld: %d numbers are wanted, as in the header, and number %d is not one", path,
                            (long long)number, h->n_keys + 1, i + 1);
        line = end + 1;
    }
    return 0;
}

static int read_lines(struct cnn_history *h, FILE *f, const char *path, struct cnn_error *e)
{
    char *line = NULL;
    size_t room = 0;
    int status = 0;
    int64_t number = 0;
    while (status == 0 && getline(&line, &room, f) > 0) {
        line[strcspn(line, "\r\n")] = '\0';
        status = number++ == 0 ? read_header(h, line, path, e) : read_row(h, line, path, number, e);
    }
    if (status == 0 && ferror(f))
        status = cnn_fail_errno(e, path, "read");
    free(line);
    return status == 0 && number == 0 ? cnn_fail(e, "%s: the log is empty", path) : status;
}

int cnn_history_read(struct cnn_history *h, const char *path, struct cnn_error *e)
{
    FILE *f = fopen(path, "r");
    *h = (struct cnn_history){0};
    if (!f)
        return cnn_fail_errno(e, path, "open");
    int status = read_lines(h, f, path, e);
    fclose(f);
    if (status != 0)
        cnn_history_free(h);
    return status;
}

/* ---- looking up numbers */

int cnn_history_find(const struct cnn_history *h, const char *prefix, const char *key)
{
    const size_t n = strlen(prefix);
    for (int k = 0; k < h->n_keys; k++)
        if (strncmp(h->key[k], prefix, n) == 0 && strcmp(h->key[k] + n, key) == 0)
            return k;
    return -1;
}

double cnn_history_epoch(const struct cnn_history *h, int64_t row)
{
    return h->at[row * (1 + h->n_keys)];
}

double cnn_history_value(const struct cnn_history *h, int64_t row, int key)
{
    return h->at[row * (1 + h->n_keys) + 1 + key];
}

int64_t cnn_history_best(const struct cnn_history *h, int key, int rises)
{
    int64_t best = -1;
    for (int64_t i = 0; i < h->rows; i++) {
        double now = cnn_history_value(h, i, key), than = best < 0 ? 0 : cnn_history_value(h, best, key);
        if (!isnan(now) && (best < 0 || (rises ? now > than : now < than)))
            best = i;
    }
    return best;
}

int cnn_key_rises(const struct cnn_model *m, const char *key)
{
    const char *bare = strncmp(key, "val_", 4) == 0 ? key + 4 : key;
    for (int j = 0; j < m->train->n_metrics; j++) {
        const struct cnn_metric *k = &m->train->metrics[j];
        if (strcmp(k->name, bare) == 0)
            return k->kind != CNN_MSE && k->kind != CNN_MAE;
    }
    return 0;
}
