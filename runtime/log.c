/* log.c -- the CSV log: a header with Keras' keys in order, one row an epoch, on the disk when the epoch is over. */
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "run.h"

/* Old rows that a resumed run keeps: the header and the epochs before the one that it takes up. */
static int keep_rows(FILE *in, FILE *out, int64_t epoch)
{
    char line[4096];
    int kept = 0, first = 1, whole = 1, keep = 1;
    while (fgets(line, sizeof line, in)) {
        size_t n = strlen(line);
        if (whole)
            keep = first ? strncmp(line, "epoch,", 6) == 0 : strtoll(line, NULL, 10) < epoch && line[n - 1] == '\n';
        whole = line[n - 1] == '\n';
        if (keep && fputs(line, out) >= 0)
            kept = 1;
        first = 0;
    }
    return kept;
}

static int keep_old(struct cnn_csv *c, int64_t epoch, struct cnn_error *e)
{
    struct cnn_atomic a = {0};
    FILE *in = fopen(c->path, "r");
    if (!in)
        return 0; /* no log yet */
    if (cnn_atomic_open(&a, c->path, e) != 0) {
        fclose(in);
        return -1;
    }
    c->has_header = keep_rows(in, a.file, epoch);
    fclose(in);
    return cnn_atomic_commit(&a, e);
}

int cnn_csv_open(struct cnn_csv *c, const char *path, int64_t epoch, struct cnn_error *e)
{
    *c = (struct cnn_csv){.path = path};
    if (epoch > 0 && keep_old(c, epoch, e) != 0)
        return -1;
    c->file = fopen(path, epoch > 0 ? "a" : "w");
    if (!c->file)
        return cnn_fail_errno(e, path, "write the log");
    return 0;
}

static void write_header(struct cnn_csv *c, const struct cnn_logs *logs)
{
    fputs("epoch", c->file);
    for (int i = 0; i < logs->n; i++)
        fprintf(c->file, ",%s", logs->at[i].key);
    fputc('\n', c->file);
    c->has_header = 1;
}

int cnn_csv_row(struct cnn_csv *c, int64_t epoch, const struct cnn_logs *logs, struct cnn_error *e)
{
    if (!c->file)
        return 0;
    if (!c->has_header)
        write_header(c, logs);
    fprintf(c->file, "%lld", (long long)epoch);
    for (int i = 0; i < logs->n; i++)
        fprintf(c->file, ",%.10g", logs->at[i].value);
    fputc('\n', c->file);
    if (fflush(c->file) != 0 || ferror(c->file))
        return cnn_fail_errno(e, c->path, "write the log");
    return 0;
}

int cnn_csv_close(struct cnn_csv *c, struct cnn_error *e)
{
    FILE *file = c->file;
    c->file = NULL;
    if (file && fclose(file) != 0)
        return cnn_fail_errno(e, c->path, "write the log");
    return 0;
}
