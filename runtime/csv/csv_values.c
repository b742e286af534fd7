/* csv_values.c -- the fields of a row of a .csv: numbers, levels of categories, missing values. */
#include "csv/csv.h"
#include "data/data.h"

/* ---- numbers */

static int has_decimal_comma(const char *s, char *number, size_t size)
{
    double v;
    const char *comma = strchr(s, ',');
    if (!comma)
        return 0;
    snprintf(number, size, "%.*s.%s", (int)(comma - s), s, comma + 1);
    return cnn_csv_is_number(number, &v);
}

static void fail_number(struct table *t, const char *text)
{
    const char *name = t->names[t->column];
    char number[80];
    if (has_decimal_comma(text, number, sizeof number))
        FAIL(t, "column '%.60s': '%.60s' is not a number: decimals are written with a point, %s", name, text, number);
    else if (t->roles[t->column].is != ROLE_NUMBER)
        FAIL(t, "column '%.60s': '%.60s' is not a number", name, text);
    else
        FAIL(t,
             "column '%.60s': '%.60s' is not a number; 'categories' in the spec takes words, drop= leaves a column out",
             name, text);
}

static int number_of(struct table *t, const char *text, float *out)
{
    double v = 0;
    *out = NAN;
    if (cnn_csv_is_missing(text))
        cnn_csv_miss(t, text);
    else if (!cnn_csv_is_number(text, &v))
        fail_number(t, text);
    else if (fabs(v) > (double)FLT_MAX)
        FAIL(t, "column '%.60s': %.60s is too large", t->names[t->column], text);
    else
        *out = (float)v;
    return t->failed ? -1 : 0;
}

/* ---- levels of categories */

static const char *level_text(const void *levels, int64_t i)
{
    return ((const struct level *)levels)[i].text;
}

static int64_t find_level(const struct levels *w, const char *text, int *found)
{
    return cnn_csv_place(w->at, w->n, level_text, text, found);
}

static int by_text(const void *a, const void *b)
{
    const struct level *x = a, *y = b;
    return strcmp(x->text, y->text);
}

int cnn_csv_make_levels(struct table *t)
{
    const int64_t n = t->inputs->n;
    t->levels = calloc((size_t)n + 1, sizeof *t->levels);
    for (int64_t i = 0; t->levels && i < n; i++) {
        const struct cnn_column *c = &t->inputs->at[i];
        struct levels *w = &t->levels[i];
        if (!c->values)
            continue;
        w->most = c->n_values;
        w->learnt = !*c->values[0];
        w->at = calloc((size_t)c->n_values, sizeof *w->at);
        for (; w->at && !w->learnt && w->n < w->most; w->n++)
            w->at[w->n] = (struct level){c->values[w->n], w->n};
        if (w->at && w->n > 1)
            qsort(w->at, (size_t)w->n, sizeof *w->at, by_text);
        if (!w->at)
            cnn_csv_fail_memory(t, (size_t)c->n_values * sizeof *w->at);
    }
    if (!t->levels)
        cnn_csv_fail_memory(t, (size_t)n * sizeof *t->levels);
    return t->failed ? -1 : 0;
}

void cnn_csv_free_levels(struct table *t)
{
    for (int64_t i = 0; t->levels && i < t->inputs->n; i++) {
        /* text is const because the columns own the texts of the other levels */
        for (int64_t k = 0; t->levels[i].learnt && k < t->levels[i].n; k++)
            free((void *)(uintptr_t)t->levels[i].at[k].text);
        free(t->levels[i].at);
    }
    free(t->levels);
}

/* Adds a new value of a category whose values are learnt from the rows. */
static void learn_level(struct table *t, struct levels *w, int64_t at, const char *text)
{
    char *copy = strdup(text);
    if (!copy) {
        cnn_csv_fail_memory(t, strlen(text));
        return;
    }
    memmove(&w->at[at + 1], &w->at[at], (size_t)(w->n - at) * sizeof *w->at);
    w->at[at] = (struct level){copy, w->n};
    w->n++;
}

static void fail_level(struct table *t, const struct levels *w, const char *text)
{
    enum { SOME = 9 };
    char all[400], *names[SOME];
    int64_t n = 0;
    for (; n < w->n && n < SOME; n++)
        names[n] = (char *)(uintptr_t)w->at[n].text;
    if (w->learnt)
        FAIL(t, "column '%.60s': with '%.60s' there are more than the %lld values that 'categories' in the spec says",
             t->names[t->column], text, (ll)w->most);
    else
        FAIL(t, "column '%.60s': '%.60s' is none of its values: %s", t->names[t->column], text,
             cnn_some_names(names, n, all, sizeof all));
}

/* x: the elements of the input that belong to the category; they are 0 on entry. */
static void take_level(struct table *t, const char *text, const struct role *r, float *x)
{
    struct levels *w = &t->levels[r->number];
    char room[32];
    int found;
    const char *level = cnn_csv_level_text(text, room);
    int64_t at = find_level(w, level, &found);
    if (!found && cnn_csv_is_missing(text)) {
        cnn_csv_miss(t, text);
        for (int64_t i = 0; i < w->most; i++)
            x[i] = NAN;
        return;
    }
    if (!found && w->learnt && w->n < w->most)
        learn_level(t, w, at, level);
    else if (!found && !(t->m->data->table.unseen_is_zero && !w->learnt))
        fail_level(t, w, text);
    if (t->failed || (!found && !w->learnt))
        return;
    if (w->learnt)
        x[0] = (float)w->at[at].id;
    else
        x[w->at[at].id] = 1;
}

/* ---- the columns */

static void take_input(struct table *t, const char *text, const struct role *r)
{
    const size_t size = (size_t)cnn_input(t->m)->size, row = (size_t)t->rows * size;
    if (cnn_csv_reserve(t, &t->x, &t->x_cap, row + size, sizeof *t->x) != 0)
        return;
    float *x = t->x + row + r->at;
    if (r->is == ROLE_NUMBER) {
        number_of(t, text, x);
        return;
    }
    memset(x, 0, (size_t)t->levels[r->number].most * sizeof *x);
    take_level(t, text, r, x);
}

static void take_target(struct table *t, const char *text, const struct role *r)
{
    struct target *y = &t->targets[r->number];
    const size_t n = (size_t)y->n, row = (size_t)t->rows * n;
    if (y->classes > 0 && cnn_csv_reserve(t, &y->id, &y->cap, row + n, sizeof *y->id) == 0)
        cnn_csv_take_class(t, y, text);
    else if (y->classes == 0 && cnn_csv_reserve(t, &y->y, &y->cap, row + n, sizeof *y->y) == 0)
        number_of(t, text, &y->y[row + (size_t)r->at]);
}

static void take_weight(struct table *t, const char *text)
{
    float *to;
    if (cnn_csv_reserve(t, &t->w, &t->w_cap, (size_t)t->rows + 1, sizeof *t->w) != 0)
        return;
    to = &t->w[t->rows];
    if (number_of(t, text, to) == 0 && *to < 0)
        FAIL(t, "column '%.60s': %.60s is no weight: those are not negative", t->s->weight, text);
}

void cnn_csv_take_value(struct table *t, const char *text)
{
    const struct role *r = &t->roles[t->column];
    switch (r->is) {
    case ROLE_NUMBER:
    case ROLE_CATEGORY: take_input(t, text, r); break;
    case ROLE_TARGET: take_target(t, text, r); break;
    case ROLE_WEIGHT: take_weight(t, text); break;
    case ROLE_NONE: break;
    }
}

/* ---- when all rows have been read */

/* Learnt levels are numbered in the order of their bytes and become the values of the column. */
static int number_levels(struct table *t, const struct role *r, int64_t column)
{
    struct levels *w = &t->levels[r->number];
    struct cnn_column *c = &t->own->at[r->number];
    int64_t *element = calloc((size_t)w->most, sizeof *element);
    if (!element) {
        cnn_csv_fail_memory(t, (size_t)w->most * sizeof *element);
        return -1;
    }
    if (w->n < w->most)
        FAIL(t, "column '%.60s' holds %lld values, but 'categories' in the spec says %lld", t->names[column], (ll)w->n,
             (ll)w->most);
    for (int64_t i = 0; i < w->n && !t->failed; i++) {
        element[w->at[i].id] = i;
        free(c->values[i]);
        c->values[i] = strdup(w->at[i].text);
        if (!c->values[i])
            cnn_csv_fail_memory(t, strlen(w->at[i].text));
    }
    for (int64_t i = 0; i < t->rows && !t->failed; i++) {
        float *x = t->x + i * cnn_input(t->m)->size + r->at;
        const int64_t id = isnan(x[0]) ? -1 : (int64_t)x[0];
        if (id < 0)
            continue;
        x[0] = 0;
        x[element[id]] = 1;
    }
    free(element);
    return t->failed ? -1 : 0;
}

/* Computes the mean of each element of the input over the rows that have it. */
static int fit_means(struct table *t)
{
    const int64_t n = cnn_input(t->m)->size;
    int64_t *rows = calloc((size_t)n, sizeof *rows);
    double *mean = t->own->mean = calloc((size_t)n, sizeof *mean);
    if (!rows || !mean) {
        free(rows);
        cnn_csv_fail_memory(t, (size_t)n * sizeof *mean);
        return -1;
    }
    for (int64_t i = 0; i < t->rows; i++)
        for (int64_t k = 0; k < n; k++) {
            const double v = (double)t->x[i * n + k];
            rows[k] += !isnan(v);
            mean[k] += isnan(v) ? 0 : v;
        }
    for (int64_t i = 0; i < t->columns && !t->failed; i++)
        if (t->roles[i].is != ROLE_NONE && t->roles[i].is <= ROLE_CATEGORY && rows[t->roles[i].at] == 0)
            FAIL(t, "column '%.60s' is missing in every row, so it has no mean", t->names[i]);
    for (int64_t k = 0; k < n && !t->failed; k++)
        mean[k] /= (double)rows[k];
    free(rows);
    return t->failed ? -1 : 0;
}

static void fill_in(struct table *t)
{
    const int64_t n = cnn_input(t->m)->size;
    const double *mean = t->inputs->mean;
    if (t->filled_in > 0 && !mean) {
        FAIL(t, "values are missing, and the means of the training data are not known");
        return;
    }
    for (int64_t i = 0; t->filled_in > 0 && i < t->rows * n; i++)
        if (isnan(t->x[i]))
            t->x[i] = (float)mean[i % n];
}

int cnn_csv_finish_values(struct table *t)
{
    for (int64_t i = 0; i < t->columns && !t->failed; i++) {
        const struct role *r = &t->roles[i];
        if (r->is == ROLE_CATEGORY && t->levels[r->number].learnt)
            number_levels(t, r, i);
    }
    if (!t->failed && t->own && t->s->missing == CNN_MISSING_MEAN)
        fit_means(t);
    if (!t->failed)
        fill_in(t);
    if (t->left_out > 0 && !t->failed && !t->quiet)
        cnn_note(t->m->name, "%s: rows with missing values are left out: %lld of %lld", t->path, (ll)t->left_out,
                 (ll)(t->left_out + t->rows));
    return t->failed ? -1 : 0;
}
