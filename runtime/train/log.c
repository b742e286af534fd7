/* log.c -- the CSV log: a header with the keys of Keras in their order, and one row for each epoch, on disk as soon as
 * the epoch is over. A resumed run goes on in its old log: the rows of earlier epochs stay, and every row has as many
 * fields as the header. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "input.h"
#include "train/progress.h"

static int has_key(const struct cnn_log_file *c, const char *key)
{
    for (int i = 0; i < c->n; i++)
        if (strcmp(c->key[i], key) == 0)
            return 1;
    return 0;
}

static int add_key(struct cnn_log_file *c, const char *key, size_t n, struct cnn_error *e)
{
    if (n == 0 || n >= sizeof c->key[0] || c->n == (int)(sizeof c->key / sizeof c->key[0]))
        return cnn_fail(e, "%s:1: '%.*s' is no name of a column, or one too many", c->path, n < 60 ? (int)n : 60, key);
    memcpy(c->key[c->n], key, n);
    c->key[c->n++][n] = '\0';
    return 0;
}

/* ---- a log that exists already */

static int read_header(struct cnn_log_file *c, char *line, struct cnn_error *e)
{
    size_t n = strcspn(line, ",");
    line[strcspn(line, "\r\n")] = '\0';
    if (strncmp(line, "epoch", n) != 0 || n != strlen("epoch"))
        return cnn_fail(e, "%s:1: not the log of a training run: its first column is not 'epoch'", c->path);
    for (line += n; *line; line += n) {
        line++;
        n = strcspn(line, ",");
        if (add_key(c, line, n, e) != 0)
            return -1;
    }
    c->has_header = 1;
    return 0;
}

static const char *keys_text(const struct cnn_logs *keys, char *out, size_t size)
{
    *out = '\0';
    for (int i = 0; i < keys->n; i++)
        snprintf(out + strlen(out), size - strlen(out), "%s%s", i ? "," : "", keys->at[i].key);
    return out;
}

/* Accepts a log with the columns that this run writes. With `force`, it adds the missing ones after those that the log
 * has. */
static int take_keys(struct cnn_log_file *c, const struct cnn_logs *keys, int force, struct cnn_error *e)
{
    char text[512];
    int same = c->n == keys->n;
    for (int i = 0; i < keys->n; i++)
        same = same && strcmp(c->key[i], keys->at[i].key) == 0;
    if (c->n > 0 && !same && !force)
        return cnn_fail(e,
                        "%s: has other columns than this run, which has epoch,%s; --log names another file, --force "
                        "goes on in this one",
                        c->path, keys_text(keys, text, sizeof text));
    for (int i = 0; i < keys->n; i++)
        if (!has_key(c, keys->at[i].key) && add_key(c, keys->at[i].key, strlen(keys->at[i].key), e) != 0)
            return -1;
    return 0;
}

static void write_header(struct cnn_log_file *c, FILE *f)
{
    fputs("epoch", f);
    for (int i = 0; i < c->n; i++)
        fprintf(f, ",%s", c->key[i]);
    fputc('\n', f);
    c->has_header = 1;
}

/* Copies the row of an earlier epoch; new columns get nan there. */
static void keep_row(const struct cnn_log_file *c, const char *line, FILE *out)
{
    const size_t n = strcspn(line, "\r\n");
    int fields = 0;
    for (size_t i = 0; i < n; i++)
        fields += line[i] == ',';
    fprintf(out, "%.*s", (int)n, line);
    for (; fields < c->n; fields++)
        fputs(",nan", out);
    fputc('\n', out);
}

/* Copies the header and the rows of the epochs before `epoch`. A row that a crash cut off has no line end and is
 * dropped. */
static int keep_rows(struct cnn_log_file *c, FILE *in, FILE *out, int64_t epoch, const struct cnn_logs *keys, int force,
                     struct cnn_error *e)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    int status = 0;
    errno = 0;
    while (status == 0 && (n = getline(&line, &room, in)) > 0) {
        if (c->has_header) {
            if (line[n - 1] == '\n' && strtoll(line, NULL, 10) < epoch)
                keep_row(c, line, out);
        } else if ((status = read_header(c, line, e)) == 0 && (status = take_keys(c, keys, force, e)) == 0) {
            write_header(c, out);
        }
    }
    if (status == 0 && (ferror(in) || !feof(in)))
        status = cnn_fail_errno(e, c->path, "read");
    free(line);
    return status;
}

static int keep_old(struct cnn_log_file *c, int64_t epoch, const struct cnn_logs *keys, int force, struct cnn_error *e)
{
    struct cnn_atomic a = {0};
    FILE *in = fopen(c->path, "r");
    if (!in)
        return cnn_is_absent(c->path) ? 0 : cnn_fail_errno(e, c->path, "read the log");
    int status = cnn_atomic_open(&a, c->path, e);
    if (status == 0)
        status = keep_rows(c, in, a.file, epoch, keys, force, e);
    fclose(in);
    if (status == 0)
        return cnn_atomic_commit(&a, e);
    cnn_atomic_abort(&a);
    return -1;
}

int cnn_log_open(struct cnn_log_file *c, const char *path, int64_t epoch, const struct cnn_logs *keys, int force,
                 struct cnn_error *e)
{
    *c = (struct cnn_log_file){.path = path};
    if (epoch > 0 && keep_old(c, epoch, keys, force, e) != 0)
        return -1;
    if (!c->has_header && take_keys(c, keys, force, e) != 0)
        return -1;
    c->file = fopen(path, epoch > 0 ? "a" : "w");
    if (!c->file)
        return cnn_fail_errno(e, path, "write the log");
    return 0;
}

/* ---- rows */

int cnn_log_row(struct cnn_log_file *c, int64_t epoch, const struct cnn_logs *logs, struct cnn_error *e)
{
    if (!c->file)
        return 0;
    if (!c->has_header)
        write_header(c, c->file);
    fprintf(c->file, "%lld", (long long)epoch);
    for (int i = 0; i < c->n; i++) {
        const double *v = cnn_logs_find(logs, c->key[i]);
        if (v)
            fprintf(c->file, ",%.10g", *v);
        else
            fputs(",nan", c->file);
    }
    fputc('\n', c->file);
    if (fflush(c->file) != 0 || ferror(c->file))
        return cnn_fail_errno(e, c->path, "write the log");
    return 0;
}

int cnn_log_close(struct cnn_log_file *c, struct cnn_error *e)
{
    FILE *file = c->file;
    c->file = NULL;
    if (file && fclose(file) != 0)
        return cnn_fail_errno(e, c->path, "write the log");
    return 0;
}
