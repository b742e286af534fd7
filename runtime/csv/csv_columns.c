/* csv_columns.c -- the first line of a .csv, which holds the names of the columns or is already a row, and which
 * columns are inputs, targets and weights. */
#include "csv/csv.h"
#include "data/data.h"

/* ---- names */

void cnn_csv_take_name(struct table *t, const char *text)
{
    const int64_t n = t->columns;
    char **names = n & (n - 1) ? t->names : realloc(t->names, (size_t)(n ? 2 * n : 1) * sizeof *names);
    char *name = strdup(text);
    if (names)
        t->names = names;
    if (!names || !name) {
        free(name);
        cnn_csv_fail_memory(t, strlen(text));
        return;
    }
    t->names[t->columns++] = name;
}

struct place {
    const char *name;
    int64_t column;
};

static int by_name(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    const int order = strcmp(x->name, y->name);
    return order != 0 ? order : (x->column > y->column) - (x->column < y->column);
}

struct index { /* finds columns by name */
    struct place *at;
    int64_t n;
};

static int make_index(struct table *t, struct index *x)
{
    x->n = t->columns;
    x->at = malloc((size_t)(t->columns + 1) * sizeof *x->at);
    if (!x->at) {
        cnn_csv_fail_memory(t, (size_t)t->columns * sizeof *x->at);
        return -1;
    }
    for (int64_t i = 0; i < t->columns; i++)
        x->at[i] = (struct place){t->names[i], i};
    qsort(x->at, (size_t)x->n, sizeof *x->at, by_name);
    return 0;
}

static int64_t find_column(const struct index *x, const char *name)
{
    int64_t low = 0, high = x->n;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (strcmp(x->at[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < x->n && strcmp(x->at[low].name, name) == 0 ? x->at[low].column : -1;
}

static int check_names(struct table *t, const struct index *x)
{
    for (int64_t i = 0; i < t->columns && !t->failed; i++)
        if (!*t->names[i])
            FAIL(t, "column %lld of the header has no name", (ll)i + 1);
    for (int64_t i = 1; i < x->n && !t->failed; i++)
        if (strcmp(x->at[i - 1].name, x->at[i].name) == 0)
            FAIL(t, "two columns are called '%.60s'", x->at[i].name);
    return t->failed ? -1 : 0;
}

static void fail_column(struct table *t, const char *what, const char *name)
{
    char text[512];
    FAIL(t, "there is no %s '%.60s'; the columns are %s%s", what, name,
         cnn_some_names(t->names, t->columns, text, sizeof text),
         t->columns == 1 && strpbrk(t->names[0], ",;\t|") ? "; separator= says what stands between them" : "");
}

/* ---- what the columns are */

static struct role *need_role(struct table *t, const struct index *x, const char *name)
{
    const int64_t column = find_column(x, name);
    if (column < 0)
        fail_column(t, "column", name);
    return column < 0 ? NULL : &t->roles[column];
}

static int set_targets(struct table *t, const struct index *x)
{
    for (int k = 0; k < t->n_targets; k++)
        for (int64_t i = 0; i < t->targets[k].n; i++) {
            struct role *r = need_role(t, x, t->targets[k].names[i]);
            if (r)
                *r = (struct role){.is = ROLE_TARGET, .at = i, .number = k};
        }
    struct role *r = t->s->weight && !t->failed ? need_role(t, x, t->s->weight) : NULL;
    if (r && r->is == ROLE_TARGET)
        FAIL(t, "column '%.60s' cannot be both target and weight", t->s->weight);
    if (r)
        r->is = ROLE_WEIGHT;
    return t->failed ? -1 : 0;
}

/* Marks the columns that a file may have besides its inputs: the targets and weights that the spec names for any
 * of its files, and the columns that it drops. */
static void mark_others(const struct table *t, const struct index *x, char *other)
{
    const struct cnn_data *d = t->m->data;
    const struct cnn_source *const sources[] = {&d->train, &d->validation, &d->test};
    for (int i = 0; i < 3; i++) {
        int64_t n;
        const char *const *names = cnn_csv_targets(sources[i], &n);
        if (sources[i]->kind != CNN_CSV)
            continue;
        for (int64_t k = 0; k <= n; k++) {
            const char *name = k < n ? names[k] : sources[i]->weight;
            const int64_t column = name ? find_column(x, name) : -1;
            if (column >= 0)
                other[column] = 1;
        }
    }
    for (int64_t i = 0; i < d->table.n_drop; i++) {
        const int64_t column = find_column(x, d->table.drop[i]);
        if (column >= 0)
            other[column] = 1;
    }
}

static const struct cnn_category *category_of(const struct table *t, const char *name)
{
    const struct cnn_table *c = &t->m->data->table;
    for (int64_t i = 0; i < c->n_categories; i++)
        if (strcmp(c->categories[i].column, name) == 0)
            return &c->categories[i];
    return NULL;
}

/* Adds one of the inputs, as the spec describes it. When the spec lists no values of a category, they are learnt
 * from the rows. */
static int add_input(struct table *t, const char *name)
{
    const struct cnn_category *c = category_of(t, name);
    char room[32];
    int status = cnn_columns_add(t->own, name);
    for (int64_t i = 0; status == 0 && c && i < c->n; i++)
        status = cnn_columns_add_value(t->own, c->values ? cnn_csv_level_text(c->values[i], room) : "");
    if (status != 0)
        cnn_csv_fail_memory(t, strlen(name));
    return status;
}

static int add_inputs(struct table *t, const struct index *x)
{
    const struct cnn_table *spec = &t->m->data->table;
    char *other = calloc((size_t)t->columns + 1, 1);
    if (!other) {
        cnn_csv_fail_memory(t, (size_t)t->columns);
        return -1;
    }
    mark_others(t, x, other);
    for (int64_t i = 0; i < spec->n_columns && !t->failed; i++)
        if (need_role(t, x, spec->columns[i]))
            add_input(t, spec->columns[i]);
    for (int64_t i = 0; !spec->columns && i < t->columns && !t->failed; i++)
        if (t->roles[i].is == ROLE_NONE && !other[i])
            add_input(t, t->names[i]);
    free(other);
    return t->failed ? -1 : 0;
}

/* Makes the inputs from this file, because no other file has defined them yet. */
static int make_inputs(struct table *t, const struct index *x)
{
    char text[512];
    const struct cnn_table *spec = &t->m->data->table;
    t->own = cnn_columns_new();
    if (!t->own) {
        cnn_csv_fail_memory(t, sizeof *t->own);
        return -1;
    }
    if (add_inputs(t, x) != 0)
        return -1;
    for (int64_t i = 0; i < spec->n_categories && !t->failed; i++)
        need_role(t, x, spec->categories[i].column);
    for (int64_t i = 0; t->s == &t->m->data->train && i < spec->n_drop && !t->failed; i++)
        need_role(t, x, spec->drop[i]);
    t->own->x_size = cnn_columns_width(t->own);
    if (!t->failed && t->own->x_size != cnn_input(t->m)->size)
        FAIL(t, "%lld column%s of inputs%s, but the network's input is %s; 'columns' or 'drop' in the spec chooses",
             (ll)t->own->x_size, t->own->x_size == 1 ? "" : "s",
             spec->n_categories ? ", a category's values counted" : "",
             cnn_shape_text(cnn_input(t->m)->rank, cnn_input(t->m)->shape, text, sizeof text));
    t->inputs = t->own;
    return t->failed ? -1 : 0;
}

/* The columns of a headless file are the inputs in order when there are as many columns as inputs. */
static int64_t column_of(const struct table *t, const struct index *x, int64_t input)
{
    if (t->s->headless && cnn_csv_is_named(t->m, t->s) && t->columns == t->inputs->n)
        return input;
    return find_column(x, t->inputs->at[input].name);
}

static void fail_missing(struct table *t, const struct index *x)
{
    enum { SOME = 9 };
    char text[512], all[512], *missing[SOME];
    int64_t n = 0;
    for (int64_t i = 0; i < t->inputs->n && n < SOME; i++)
        if (column_of(t, x, i) < 0)
            missing[n++] = t->inputs->at[i].name;
    FAIL(t, "there is no column '%s', which the network was trained on; the columns are %s",
         cnn_some_names(missing, n, text, sizeof text), cnn_some_names(t->names, t->columns, all, sizeof all));
}

static int find_inputs(struct table *t, const struct index *x)
{
    int64_t at = 0;
    for (int64_t i = 0; i < t->inputs->n && !t->failed; i++) {
        const struct cnn_column *c = &t->inputs->at[i];
        const int64_t column = column_of(t, x, i);
        if (column < 0)
            fail_missing(t, x);
        else if (t->roles[column].is != ROLE_NONE)
            FAIL(t, "column '%.60s' cannot be both an input and a target or weight", c->name);
        else
            t->roles[column] = (struct role){c->values ? ROLE_CATEGORY : ROLE_NUMBER, at, i};
        at += c->values ? c->n_values : 1;
    }
    return t->failed ? -1 : 0;
}

/* Prints a note about columns that are not used although the inputs are known, because that may be a mistake. */
static void note_others(const struct table *t)
{
    enum { SOME = 9 };
    const struct cnn_table *spec = &t->m->data->table;
    char text[512], *others[SOME];
    int64_t n = 0;
    for (int64_t i = 0; i < t->columns && n < SOME; i++) {
        int dropped = t->roles[i].is != ROLE_NONE;
        for (int64_t k = 0; k < spec->n_drop && !dropped; k++)
            dropped = strcmp(spec->drop[k], t->names[i]) == 0;
        if (!dropped)
            others[n++] = t->names[i];
    }
    if (n > 0 && t->inputs != t->own && !t->quiet)
        cnn_note(t->m->name, "%s: columns that are no inputs are not looked at: %s", t->path,
                 cnn_some_names(others, n, text, sizeof text));
}

static void resolve(struct table *t)
{
    struct index x = {0};
    t->has_names = 1;
    t->inputs = t->train ? t->train->columns : NULL;
    t->roles = calloc((size_t)t->columns + 1, sizeof *t->roles);
    if (!t->roles)
        cnn_csv_fail_memory(t, (size_t)t->columns * sizeof *t->roles);
    else if (make_index(t, &x) == 0 && check_names(t, &x) == 0 && set_targets(t, &x) == 0 &&
             (t->inputs || make_inputs(t, &x) == 0) && find_inputs(t, &x) == 0 && cnn_csv_make_levels(t) == 0)
        note_others(t);
    free(x.at);
}

/* ---- is the first line a row? */

static int is_value(const struct cnn_column *c, const char *text)
{
    double v;
    if (cnn_csv_is_missing(text))
        return 1;
    return c->values || cnn_csv_is_number(text, &v);
}

static int all_numbers(char *const *names, int64_t n)
{
    double v;
    int64_t i = 0;
    while (i < n && cnn_csv_is_number(names[i], &v))
        i++;
    return i == n;
}

/* Returns how many of the inputs are named in the first line, whose fields are in the index. */
static int64_t names_found(const struct cnn_columns *c, const struct index *x, int *numbers)
{
    int64_t n = 0;
    *numbers = 1;
    for (int64_t i = 0; i < c->n; i++) {
        n += find_column(x, c->at[i].name) >= 0;
        *numbers &= all_numbers(&c->at[i].name, 1);
    }
    return n;
}

/* Inputs for predict have known names. The first line is a row when it contains none of these names and has a
 * value for each input. When the names are numbers themselves, as those of pixels are, a line is a header only
 * when it has all of them. */
static int is_row(struct table *t)
{
    const struct cnn_columns *c = t->train ? t->train->columns : NULL;
    struct index x = {0};
    int numbers, row;
    if (t->s->headless || !cnn_csv_is_named(t->m, t->s) || t->failed)
        return t->s->headless;
    if (!c)
        return all_numbers(t->names, t->columns);
    if (make_index(t, &x) != 0)
        return 0;
    const int64_t found = names_found(c, &x, &numbers);
    row = numbers ? found < c->n && all_numbers(t->names, t->columns) : found == 0;
    for (int64_t i = 0; row && !numbers && i < t->columns && i < c->n; i++)
        row = is_value(&c->at[i], t->names[i]);
    free(x.at);
    return row && (numbers || t->columns == c->n || all_numbers(t->names, t->columns));
}

/* Gives names to the columns of a file that has no header: the names of the inputs, in their order, or else the
 * numbers of the columns. */
static void name_columns(struct table *t, int64_t n)
{
    const struct cnn_columns *c = t->train && !t->s->headless ? t->train->columns : NULL;
    const struct cnn_table *spec = &t->m->data->table;
    const int listed = !c && !t->s->headless && spec->n_columns == n;
    char number[32];
    if (c && c->n != n) {
        FAIL(t, "there is no header, and %lld fields, but the inputs are %lld columns", (ll)n, (ll)c->n);
        return;
    }
    for (int64_t i = 0; i < n && !t->failed; i++) {
        snprintf(number, sizeof number, "%lld", (ll)i + 1);
        cnn_csv_take_name(t, c ? c->at[i].name : listed ? spec->columns[i] : number);
    }
}

char **cnn_csv_finish_names(struct table *t, int64_t *n)
{
    char **fields = NULL;
    *n = 0;
    if (is_row(t)) {
        fields = t->names;
        *n = t->columns;
        t->names = NULL;
        t->columns = 0;
        name_columns(t, *n);
    }
    if (!t->failed)
        resolve(t);
    return fields;
}
