/* csv.c -- a .csv as a data set: a line of names, then a row a line; one column holds the targets, another may hold weights, all others are
 * the input, in their order. libcsv takes the text apart. Only programs whose spec says csv hold this file, and need libcsv: cnn_data.csv points here. */
#include <csv.h>
#include <stdarg.h>

#include "csv_table.h"

void cnn_csv_fail_memory(struct table *t, size_t bytes)
{
    cnn_fail_memory(t->e, t->path, bytes);
    t->failed = 1;
}

void cnn_csv_fail_at(struct table *t, int64_t line, const char *fmt, ...)
{
    char text[sizeof t->e->text];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    cnn_fail(t->e, "%s:%lld: %s", t->path, (ll)line, text);
    t->failed = 1;
}

/* Makes room for n elements; *p stays valid when there is none. */
static int reserve(struct table *t, void *p, size_t *cap, size_t n, size_t size)
{
    void *old, *grown;
    size_t wanted = *cap ? *cap : 256;
    if (n <= *cap)
        return 0;
    while (wanted < n && wanted <= SIZE_MAX / 2 / size)
        wanted *= 2;
    memcpy(&old, p, sizeof old);
    grown = wanted < n ? NULL : realloc(old, wanted * size);
    if (!grown) {
        cnn_csv_fail_memory(t, wanted * size);
        return -1;
    }
    memcpy(p, &grown, sizeof grown);
    *cap = wanted;
    return 0;
}

/* ---- the header */

static void take_name(struct table *t, const char *text)
{
    char **names = realloc(t->names, ((size_t)t->columns + 1) * sizeof *names);
    char *name = strdup(text);
    if (names)
        t->names = names;
    if (!names || !name) {
        free(name);
        cnn_csv_fail_memory(t, strlen(text));
        return;
    }
    t->names[t->columns++] = name;
    if (!*name)
        FAIL(t, "column %lld of the header has no name", (ll)t->columns);
    for (int64_t i = 0; i < t->columns - 1 && !t->failed; i++)
        if (strcmp(t->names[i], name) == 0)
            FAIL(t, "two columns are called '%.60s'", name);
}

static int64_t find_column(const struct table *t, const char *name)
{
    for (int64_t i = 0; name && i < t->columns; i++)
        if (strcmp(t->names[i], name) == 0)
            return i;
    return -1;
}

/* What a file may have too, and is not looked at: the targets and weights that the spec names for any of its files. */
static void find_unwanted(struct table *t)
{
    const struct cnn_data *d = t->m->data;
    const struct cnn_source *const sources[] = {&d->train, &d->validation, &d->test};
    for (int i = 0; i < 3; i++) {
        if (sources[i]->kind != CNN_CSV)
            continue;
        if (t->target_column < 0)
            t->target_column = find_column(t, sources[i]->y);
        if (t->weight_column < 0)
            t->weight_column = find_column(t, sources[i]->weight);
    }
}

static int find_wanted(struct table *t, const char *name, int64_t *column)
{
    char text[512];
    *column = find_column(t, name);
    if (!name || *column >= 0)
        return 0;
    FAIL(t, "there is no column '%.60s'; the columns are %s", name,
         cnn_some_names(t->names, t->columns, text, sizeof text));
    return -1;
}

static int is_input(const struct table *t, int64_t column)
{
    return column != t->target_column && column != t->weight_column;
}

/* Inputs go by their place. A table whose columns stand in another order would be judged without a word, and wrongly. */
static void compare_inputs(struct table *t)
{
    char *const *wanted = t->train->inputs;
    for (int64_t i = 0; i < t->columns && !t->failed; i++)
        if (is_input(t, i) && strcmp(t->names[i], *wanted++) != 0)
            FAIL(t, "column %lld is '%.60s', but in %s '%.60s' stands in its place", (ll)i + 1, t->names[i],
                 t->train->x_file, wanted[-1]);
}

static void finish_header(struct table *t)
{
    char text[512];
    t->has_header = 1;
    if (find_wanted(t, t->target, &t->target_column) != 0 || find_wanted(t, t->weight, &t->weight_column) != 0)
        return;
    if (t->target_column >= 0 && t->target_column == t->weight_column) {
        FAIL(t, "column '%.60s' cannot be both target and weight", t->weight);
        return;
    }
    find_unwanted(t);
    const int64_t inputs = t->columns - (t->target_column >= 0) - (t->weight_column >= 0);
    if (inputs != t->m->x_size)
        FAIL(t, "%lld column%s of inputs, but the network's input is %s", (ll)inputs, inputs == 1 ? "" : "s",
             cnn_shape_text(t->m->input_rank, t->m->input, text, sizeof text));
    else if (t->train && t->train->inputs)
        compare_inputs(t);
}

/* ---- values */

int cnn_csv_is_number(const char *s, double *v)
{
    char *end;
    if (!*s || s[strspn(s, "0123456789+-.eE")])
        return 0;
    *v = strtod(s, &end);
    return end != s && !*end;
}

static int number_of(struct table *t, const char *text, float *out)
{
    double v = 0;
    if (!*text)
        FAIL(t, "column '%.60s' is empty", t->names[t->column]);
    else if (!cnn_csv_is_number(text, &v))
        FAIL(t, "column '%.60s': '%.60s' is not a number", t->names[t->column], text);
    else if (fabs(v) > (double)FLT_MAX)
        FAIL(t, "column '%.60s': %.60s is too large", t->names[t->column], text);
    *out = (float)v;
    return t->failed ? -1 : 0;
}

static int is_behind(const struct table *t, int64_t column)
{
    return column >= 0 && t->column > column;
}

static void take_input(struct table *t, const char *text)
{
    const int64_t at = t->column - is_behind(t, t->target_column) - is_behind(t, t->weight_column);
    const size_t n = (size_t)(t->rows * t->m->x_size + at);
    float v;
    if (number_of(t, text, &v) == 0 && reserve(t, &t->x, &t->x_cap, n + 1, sizeof v) == 0)
        t->x[n] = v;
}

static void take_target(struct table *t, const char *text)
{
    const size_t rows = (size_t)t->rows + 1;
    if (!t->target)
        return;
    if (t->classes > 0 && reserve(t, &t->id, &t->rows_cap, rows, sizeof *t->id) == 0)
        cnn_csv_take_class(t, text);
    else if (t->classes == 0 && reserve(t, &t->y, &t->rows_cap, rows, sizeof *t->y) == 0)
        number_of(t, text, &t->y[t->rows]);
}

static void take_weight(struct table *t, const char *text)
{
    float *to;
    if (!t->weight || reserve(t, &t->w, &t->w_cap, (size_t)t->rows + 1, sizeof *t->w) != 0)
        return;
    to = &t->w[t->rows];
    if (number_of(t, text, to) == 0 && *to < 0)
        FAIL(t, "column '%.60s': %.60s is no weight: those are not negative", t->weight, text);
}

/* ---- what libcsv calls */

static void take_field(void *text, size_t n, void *data)
{
    struct table *t = data;
    if (t->failed)
        return;
    if (memchr(text, 0, n))
        FAIL(t, "a zero byte: this is no text, or not in an encoding like UTF-8");
    else if (!t->has_header)
        take_name(t, text);
    else if (t->column == t->target_column)
        take_target(t, text);
    else if (t->column == t->weight_column)
        take_weight(t, text);
    else if (t->column < t->columns)
        take_input(t, text);
    t->column++;
}

static void end_row(int end, void *data)
{
    struct table *t = data;
    (void)end;
    t->fresh = 1;
    if (t->failed)
        return;
    if (!t->has_header)
        finish_header(t);
    else if (t->column != t->columns)
        FAIL(t, "%lld fields, but the header has %lld", (ll)t->column, (ll)t->columns);
    else if (++t->rows > UINT32_MAX)
        FAIL(t, "more than 2^32 rows");
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
        if (!memchr(" \t\r\n", text[i], 4))
            return 0;
    return 1;
}

/* Line by line, so that what the parser finds belongs to one. *last: the byte in front of the text, then its own last one. */
static void parse_text(struct table *t, struct csv_parser *p, const char *text, size_t n, char *last)
{
    while (n > 0 && !t->failed) {
        size_t k = 0;
        while (k < n && text[k] != '\n' && text[k] != '\r')
            k++;
        const int ends = k < n, second = k == 0 && *text == '\n' && *last == '\r'; /* of \r\n, which is one end */
        k += (size_t)ends;
        if (t->fresh && !is_blank(text, k)) {
            t->row_line = t->line;
            t->fresh = 0;
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
    if (!t->failed && !t->has_header)
        cnn_csv_fail_at(t, 1, "there is no header, a line with the names of the columns");
    else if (!t->failed && t->rows == 0)
        FAIL(t, "holds no rows");
}

static int read_blocks(struct table *t, struct csv_parser *p, struct cnn_input *in)
{
    enum { BLOCK = 1 << 16 };
    char *block = malloc(BLOCK), last = '\0';
    size_t n = 0, skip = 0;
    int status = block ? cnn_input_some(in, block, BLOCK, &n, t->e) : cnn_fail_memory(t->e, t->path, BLOCK);
    if (status == 0 && n >= 3 && memcmp(block, "\xef\xbb\xbf", 3) == 0)
        skip = 3; /* the mark that some programs put in front of UTF-8 */
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
    for (int64_t i = 0; i < t->columns; i++)
        free(t->names[i]);
    for (int64_t i = 0; i < t->n_categories; i++)
        free(t->categories[i].text);
    free(t->names);
    free(t->categories);
    free(t->x);
    free(t->y);
    free(t->id);
    free(t->w);
}

/* ---- the data set */

static int set_classes(struct table *t, struct cnn_dataset *d)
{
    int64_t *class = calloc((size_t)t->n_categories, sizeof *class);
    int status = class ? cnn_csv_number_categories(t, class)
                       : cnn_fail_memory(t->e, t->path, (size_t)t->n_categories * sizeof *class);
    for (int64_t i = 0; status == 0 && i < t->rows; i++)
        t->id[i] = (int32_t) class[t->id[i]];
    free(class);
    if (status != 0)
        return -1;
    int32_t *id = t->id;
    t->id = NULL;
    return cnn_dataset_set_classes(t->m, d, id, t->rows, t->e);
}

/* Moves the names of the inputs to the data set. */
static int keep_inputs(struct table *t, struct cnn_dataset *d)
{
    char **to = d->inputs = calloc((size_t)d->x_size, sizeof *to);
    if (!to)
        return cnn_fail_memory(t->e, t->path, (size_t)d->x_size * sizeof *to);
    for (int64_t i = 0; i < t->columns; i++)
        if (is_input(t, i)) {
            *to++ = t->names[i];
            t->names[i] = NULL;
        }
    return 0;
}

/* Hands what was read over to the data set. */
static int hand_over(struct table *t, struct cnn_dataset *d)
{
    const struct cnn_model *m = t->m;
    d->rows = t->rows;
    d->x_file = strdup(t->path);
    d->y_file = t->target ? strdup(t->path) : NULL;
    if (!d->x_file || (t->target && !d->y_file))
        return cnn_fail_memory(t->e, t->path, strlen(t->path));
    if (t->target && !t->train && keep_inputs(t, d) != 0)
        return -1;
    d->x = cnn_rows_array(CNN_F32, t->rows, m->input_rank, m->input, t->x);
    t->x = NULL;
    if (t->weight)
        d->weight = cnn_rows_array(CNN_F32, t->rows, 0, NULL, t->w);
    t->w = NULL;
    if (!t->target)
        return 0;
    if (t->classes > 0)
        return set_classes(t, d) == 0 && (t->train || cnn_csv_keep_names(t, d) == 0) ? 0 : -1;
    d->y = cnn_rows_array(CNN_F32, t->rows, m->output_rank, m->output, t->y);
    t->y = NULL;
    return 0;
}

/* s: which columns are wanted. */
static int load(const struct cnn_model *m, const char *path, const struct cnn_source *s,
                const struct cnn_dataset *train, struct cnn_dataset *d, struct cnn_error *e)
{
    char text[256];
    const char *target = s->y;
    struct table t = {.m = m, .path = path, .target = target, .weight = s->weight, .train = train, .e = e};
    t.line = t.row_line = t.fresh = 1;
    *d = cnn_dataset_of(m);
    t.classes = target ? cnn_classes(m) : 0;
    if (target && t.classes == 0 && m->y_size != 1)
        return cnn_fail(e, "%s: column '%s' is one number a row, but the network's output is %s", path, target,
                        cnn_shape_text(m->output_rank, m->output, text, sizeof text));
    int status = read_table(&t);
    if (status == 0)
        status = hand_over(&t, d);
    free_table(&t);
    if (status != 0)
        cnn_dataset_free(d);
    return status;
}

/* What the names of classes and columns mean is known from the training data: they are read for that, unless they were. */
static int load_beside(const struct cnn_model *m, const char *path, const struct cnn_source *s, const char *dir,
                       struct cnn_dataset *d, struct cnn_error *e)
{
    const struct cnn_source *from = &m->data->train;
    struct cnn_dataset train;
    struct cnn_error none;
    const struct cnn_dataset numbers = {.rows = 0};
    char *file = from->kind == CNN_CSV ? cnn_find_file(dir, from->x, &none) : NULL;
    if (!file)
        return load(m, path, s, &numbers, d, e);
    int status = load(m, file, from, NULL, &train, e);
    free(file);
    if (status != 0)
        return -1;
    status = load(m, path, s, &train, d, e);
    if (status == 0)
        cnn_classes_move(&train, d); /* nobody else will know the names */
    cnn_dataset_free(&train);
    return status;
}

int cnn_csv_load(const struct cnn_model *m, const struct cnn_source *s, const char *dir,
                 const struct cnn_dataset *train, struct cnn_dataset *d, struct cnn_error *e)
{
    if (!s->y)
        return load(m, s->x, s, NULL, d, e);
    char *path = cnn_find_file(dir, s->x, e);
    if (!path)
        return -1;
    int status;
    if (s == &m->data->train)
        status = load(m, path, s, NULL, d, e);
    else if (train->rows > 0 && m->data->train.kind == CNN_CSV)
        status = load(m, path, s, train, d, e);
    else
        status = load_beside(m, path, s, dir, d, e);
    free(path);
    return status;
}
