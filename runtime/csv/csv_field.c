/* csv_field.c -- what the text of a field is: a number, the name of a value, or a missing value. */
#include <strings.h>

#include "csv/csv.h"

int cnn_csv_is_number(const char *s, double *v)
{
    char *end;
    if (!*s || s[strspn(s, "0123456789+-.eE")])
        return 0;
    *v = strtod(s, &end);
    return end != s && !*end;
}

const char *cnn_csv_level_text(const char *text, char room[32])
{
    double v;
    if (!cnn_csv_is_number(text, &v) || v != floor(v) || fabs(v) > 1e15)
        return text;
    snprintf(room, 32, "%.0f", v == 0 ? 0 : v);
    return room;
}

int64_t cnn_csv_place(const void *rows, int64_t n, const char *(*text_of)(const void *rows, int64_t i),
                      const char *text, int *found)
{
    int64_t low = 0, high = n;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (strcmp(text_of(rows, middle), text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *found = low < n && strcmp(text_of(rows, low), text) == 0;
    return low;
}

int cnn_csv_is_missing(const char *s)
{
    static const char *const missing[] = {"", "?", "na", "n/a", "#n/a", "nan", "null"};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        if (strcasecmp(s, missing[i]) == 0)
            return 1;
    return 0;
}

/* The rule of missing= that applies to a value in the current column. */
static enum cnn_missing rule(const struct table *t)
{
    const int input = t->roles[t->column].is <= ROLE_CATEGORY;
    if (t->s->missing == CNN_MISSING_MEAN && !input)
        return CNN_MISSING_ERROR;
    return t->s->missing == CNN_MISSING_DROP && cnn_csv_is_named(t->m, t->s) ? CNN_MISSING_ERROR : t->s->missing;
}

void cnn_csv_miss(struct table *t, const char *text)
{
    const int input = t->roles[t->column].is <= ROLE_CATEGORY;
    char found[80] = "is empty";
    if (*text)
        snprintf(found, sizeof found, "is missing: '%.60s'", text);
    if (rule(t) == CNN_MISSING_DROP)
        t->row_misses = 1;
    else if (rule(t) == CNN_MISSING_MEAN)
        t->filled_in++;
    else if (cnn_csv_is_named(t->m, t->s))
        FAIL(t, "column '%.60s' %s, and predict answers every row; missing=mean in the spec fills it in",
             t->names[t->column], found);
    else
        FAIL(t, "column '%.60s' %s; missing=drop leaves such rows out%s", t->names[t->column], found,
             input ? ", missing=mean takes the column's mean" : "");
}
