/* csv.c -- reads a .csv as a data set: a line of names, then one row on each line. One or several columns hold the
 * targets, one may hold weights, and others are the input. libcsv splits the text into fields. Only programs whose
 * spec says csv contain this file and need libcsv: their cnn_data.csv points here. */
#include <csv.h>

#include "csv/csv.h"
#include "data/data.h"
#include "input.h"

/* ---- functions that libcsv calls */

static void take_field(void *text, size_t n, void *data)
{
    struct table *t = data;
    t->since = 0;
    if (t->failed)
        return;
    if (memchr(text, 0, n))
        FAIL(t, "a zero byte: this is no text, or not in an encoding like UTF-8");
    else if (!t->has_names)
        cnn_csv_take_name(t, text);
    else if (t->column < t->columns)
        cnn_csv_take_value(t, text);
    t->column++;
}

static void end_values(struct table *t)
{
    if (t->column != t->columns)
        FAIL(t, "%lld fields, but the %s has %lld", (ll)t->column, t->s->headless ? "first line" : "header",
             (ll)t->columns);
    else if (t->row_misses)
        t->left_out++;
    else if (++t->rows > UINT32_MAX)
        FAIL(t, "more than 2^32 rows");
    t->row_misses = 0;
}

/* A first line that is no header is the first row. */
static void end_names(struct table *t)
{
    int64_t n;
    char **fields = cnn_csv_finish_names(t, &n);
    for (t->column = 0; t->column < n; t->column++) {
        if (!t->failed)
            cnn_csv_take_value(t, fields[t->column]);
        free(fields[t->column]);
    }
    if (fields && !t->failed)
        end_values(t);
    free(fields);
}

static void end_row(int end, void *data)
{
    struct table *t = data;
    (void)end;
    t->fresh = 1;
    if (!t->failed && t->has_names)
        end_values(t);
    else if (!t->failed)
        end_names(t);
    t->column = 0;
}

/* ---- reading */

static void parser_failed(struct table *t, struct csv_parser *p)
{
    if (csv_error(p) == CSV_EPARSE)
        FAIL(t,
             "a quote inside a field: a field with quotes is quoted as a whole, and each of its own is written twice");
    else
        cnn_fail(t->e, "%s:%lld: %s", t->path, (ll)t->line, csv_strerror(csv_error(p)));
    t->failed = 1;
}

static int is_blank(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!text[i] || !strchr(" \t\r\n", text[i]))
            return 0;
    return 1;
}

/* bytes; without a limit, a packed file of a few bytes could unpack to a field of any size */
enum { MOST_FIELD = 1 << 20 };

/* Parses line by line, so that whatever the parser finds belongs to a known line. *last: on entry the byte before
 * the text, on return the last byte of the text. */
static void parse_text(struct table *t, struct csv_parser *p, const char *text, size_t n, char *last)
{
    while (n > 0 && !t->failed) {
        size_t k = 0;
        while (k < n && text[k] != '\n' && text[k] != '\r')
            k++;
        /* second: this is the \n of \r\n, which together are one line end */
        const int ends = k < n, second = k == 0 && *text == '\n' && *last == '\r';
        k += (size_t)ends;
        if (t->fresh && !is_blank(text, k)) {
            t->row_line = t->line;
            t->fresh = 0;
        }
        t->since += k;
        if (t->since > MOST_FIELD) {
            FAIL(t, "a field of more than %d bytes: this is no .csv, or a quote is not closed", MOST_FIELD);
            return;
        }
        if (csv_parse(p, text, k, take_field, end_row, t) != k && !t->failed)
            parser_failed(t, p);
        *last = text[k - 1];
        t->line += ends && !second;
        text += k;
        n -= k;
    }
}

static void finish(struct table *t, struct csv_parser *p)
{
    if (!t->failed && csv_fini(p, take_field, end_row, t) != 0)
        cnn_csv_fail_at(t, t->row_line, "a quoted field of the row that begins here is not closed");
    if (!t->failed && !t->has_names)
        cnn_csv_fail_at(t, 1, "there is no header, a line with the names of the columns");
    else if (!t->failed && t->rows == 0)
        FAIL(t, "holds no rows%s", t->left_out > 0 ? " without a missing value" : "");
    else if (!t->failed)
        cnn_csv_finish_values(t);
}

static int read_blocks(struct table *t, struct csv_parser *p, struct cnn_input *in)
{
    enum { BLOCK = 1 << 16 };
    char *block = malloc(BLOCK), last = '\0';
    size_t n = 0, skip = 0;
    int status = block ? cnn_input_some(in, block, BLOCK, &n, t->e) : cnn_fail_memory(t->e, t->path, BLOCK);
    if (status == 0 && n >= 3 && memcmp(block, "\xef\xbb\xbf", 3) == 0)
        skip = 3; /* the byte order mark that some programs put before UTF-8 text */
    if (status == 0)
        csv_set_delim(p, (unsigned char)cnn_csv_separator(t, block + skip, n - skip));
    while (status == 0 && n > skip && !t->failed) {
        parse_text(t, p, block + skip, n - skip, &last);
        skip = 0;
        status = cnn_input_some(in, block, BLOCK, &n, t->e);
    }
    free(block);
    return status;
}

static int read_table(struct table *t)
{
    struct cnn_input in;
    struct csv_parser p;
    if (cnn_input_open(&in, t->path, t->e) != 0)
        return -1;
    csv_init(&p, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL);
    int status = read_blocks(t, &p, &in);
    if (status == 0)
        finish(t, &p);
    csv_free(&p);
    cnn_input_close(&in);
    return status == 0 && !t->failed ? 0 : -1;
}

static void free_table(struct table *t)
{
    cnn_csv_free_levels(t);
    cnn_columns_free(t->own);
    for (int64_t i = 0; i < t->columns; i++)
        free(t->names[i]);
    free(t->roles);
    free(t->names);
    free(t->x);
    free(t->w);
    cnn_csv_free_targets(t);
}

/* ---- the data set */

/* Hands the arrays that were read over to the data set. */
static int hand_over(struct table *t, struct cnn_dataset *d)
{
    const struct cnn_model *m = t->m;
    d->rows = t->rows;
    d->x_file = strdup(t->path);
    if (!d->x_file)
        return cnn_fail_memory(t->e, t->path, strlen(t->path));
    cnn_csv_free_levels(t); /* while the columns are still here, which own some of the texts */
    t->levels = NULL;
    d->columns = t->own;
    t->own = NULL;
    if (d->columns && cnn_columns_spell(d->columns) != 0)
        return cnn_fail_memory(t->e, t->path, (uint64_t)d->columns->n);
    d->x = cnn_rows_array(CNN_F32, t->rows, cnn_input(m)->rank, cnn_input(m)->shape, t->x);
    t->x = NULL;
    if (t->s->weight)
        d->weight = cnn_rows_array(CNN_F32, t->rows, 0, NULL, t->w);
    t->w = NULL;
    return cnn_csv_set_targets(t, d);
}

/* Reads the file at `path`. s says which columns are wanted. */
static int load(const struct cnn_model *m, const char *path, const struct cnn_source *s, int quiet,
                const struct cnn_dataset *train, struct cnn_dataset *d, struct cnn_error *e)
{
    struct table t = {.m = m, .path = path, .s = s, .train = train, .e = e, .quiet = quiet};
    t.line = t.row_line = t.fresh = 1;
    *d = cnn_dataset_of(m);
    int status = cnn_dataset_more(m, d, e) == 0 && cnn_csv_share_columns(&t) == 0 ? read_table(&t) : -1;
    if (status == 0)
        status = hand_over(&t, d);
    free_table(&t);
    if (status != 0)
        cnn_dataset_free(d);
    return status;
}

/* The training data define what the names of classes and columns mean, so this function reads them first. It is
 * called only when these names are not known yet. */
static int load_beside(const struct cnn_model *m, const char *path, const struct cnn_source *s, const char *dir,
                       struct cnn_dataset *d, struct cnn_error *e)
{
    const struct cnn_source *from = &m->data->train;
    struct cnn_dataset train;
    struct cnn_error none;
    const struct cnn_dataset numbers = {.rows = 0};
    char *file = from->kind == CNN_CSV ? cnn_find_file(dir, from->x, &none) : NULL;
    if (!file)
        return load(m, path, s, 0, &numbers, d, e);
    int status = load(m, file, from, 1, NULL, &train, e);
    free(file);
    if (status != 0)
        return -1;
    status = load(m, path, s, 0, &train, d, e);
    if (status == 0)
        cnn_classes_move(&train, d); /* no other data set holds these names */
    cnn_dataset_free(&train);
    return status;
}

int cnn_csv_load(const struct cnn_model *m, const struct cnn_source *s, const char *dir,
                 const struct cnn_dataset *train, struct cnn_dataset *d, struct cnn_error *e)
{
    if (cnn_csv_is_named(m, s))
        return train && train->columns ? load(m, s->x, s, 0, train, d, e) : load_beside(m, s->x, s, dir, d, e);
    char *path = cnn_find_file(dir, s->x, e);
    if (!path)
        return -1;
    int status;
    if (s == &m->data->train)
        status = load(m, path, s, 0, NULL, d, e);
    else if (train->columns && m->data->train.kind == CNN_CSV)
        status = load(m, path, s, 0, train, d, e);
    else
        status = load_beside(m, path, s, dir, d, e);
    free(path);
    return status;
}
