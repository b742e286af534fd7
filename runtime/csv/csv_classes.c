/* csv_classes.c -- targets of a .csv that stand for classes: a whole number is the class itself, and names are
 * numbered in the order of their bytes. */
#include "csv/csv.h"
#include "data/data.h"
#include "input.h"

static const char *category_text(const void *categories, int64_t i)
{
    return ((const struct category *)categories)[i].text;
}

static int64_t place_of(const struct table *t, const char *text, int *found)
{
    return cnn_csv_place(t->categories, t->n_categories, category_text, text, found);
}

static void add_category(struct table *t, int64_t at, const char *text, struct category c)
{
    struct category *grown = realloc(t->categories, ((size_t)t->n_categories + 1) * sizeof *grown);
    if (grown)
        t->categories = grown;
    c.text = strdup(text);
    if (!grown || !c.text) {
        free(c.text);
        cnn_csv_fail_memory(t, sizeof *grown);
        return;
    }
    memmove(&grown[at + 1], &grown[at], (size_t)(t->n_categories - at) * sizeof *grown);
    grown[at] = c;
    t->n_categories++;
}

/* "3" and "3.0" are the same class. There are never more categories than classes, so reading stops early in a
 * column that holds something else. */
void cnn_csv_take_class(struct table *t, const char *text)
{
    char room[32], names[400];
    double v;
    struct category c = {.line = t->line, .id = (int32_t)t->n_categories};
    int found;
    if (!*text || (t->s->missing != CNN_MISSING_ERROR && cnn_csv_is_missing(text))) {
        cnn_csv_miss(t, text);
        return;
    }
    c.whole = cnn_csv_is_number(text, &v);
    if (c.whole && (v != floor(v) || fabs(v) > 1e15)) {
        FAIL(t, "column '%.60s': %.60s is not a class: those are whole numbers or names", t->s->y, text);
        return;
    }
    if (c.whole) {
        text = cnn_csv_level_text(text, room);
        c.value = (int64_t)v;
    }
    const int64_t at = place_of(t, text, &found);
    if (!found && t->train && t->train->n_classes > 0 && cnn_class_number(t->train, text) < 0) {
        FAIL(t, "column '%.60s': '%.60s' is not a class of %.100s: %s", t->s->y, text, t->train->y_file,
             cnn_some_names(t->train->classes, t->train->n_classes, names, sizeof names));
        return;
    }
    if (!found && t->n_categories == t->classes) {
        FAIL(t, "column '%.60s': with '%.60s' there are more than the network's %lld classes", t->s->y, text,
             (ll)t->classes);
        return;
    }
    if (!found)
        add_category(t, at, text, c);
    if (!t->failed)
        t->id[t->rows] = t->categories[at].id;
}

/* ---- from categories to classes */

static int all_whole(const struct table *t)
{
    for (int64_t i = 0; i < t->n_categories; i++)
        if (!t->categories[i].whole)
            return 0;
    return 1;
}

/* A name like NA may be a class, but among numbers it means that the number is missing. */
static int misses_number(struct table *t)
{
    const struct category *missing = NULL;
    for (int64_t i = 0; i < t->n_categories; i++) {
        const struct category *c = &t->categories[i];
        if (!c->whole && !cnn_csv_is_missing(c->text))
            return 0;
        missing = c->whole ? missing : c;
    }
    if (missing && t->n_categories > 1)
        cnn_csv_fail_at(t, missing->line, "column '%.60s' is missing: '%.60s'; missing=drop leaves such rows out",
                        t->s->y, missing->text);
    return t->failed;
}

/* Tells whether the classes are counted from 1. */
static int begin_at_one(const struct table *t)
{
    int64_t i = 0;
    while (i < t->n_categories && t->categories[i].whole && t->categories[i].value >= 1 &&
           t->categories[i].value <= t->classes)
        i++;
    return i == t->n_categories;
}

static int check_range(struct table *t, const struct category *c)
{
    if (!c->whole)
        cnn_csv_fail_at(t, c->line,
                        "column '%.60s': '%.60s' is a name, but the classes of the training data are numbers", t->s->y,
                        c->text);
    else if (c->value < 0 || c->value >= t->classes)
        cnn_csv_fail_at(t, c->line, "column '%.60s': %s is not a class of the network: 0 to %lld%s", t->s->y, c->text,
                        (ll)t->classes - 1, begin_at_one(t) ? "; labels start at 0, and these at 1" : "");
    return t->failed ? -1 : 0;
}

int cnn_csv_number_categories(struct table *t, int64_t *class)
{
    const int numbers = t->train ? t->train->n_classes == 0 : all_whole(t);
    if (!t->train && !numbers && misses_number(t))
        return -1;
    if (!t->train && !numbers && t->n_categories != t->classes) {
        FAIL(t, "column '%.60s' holds %lld names, but the network has %lld classes", t->s->y, (ll)t->n_categories,
             (ll)t->classes);
        return -1;
    }
    for (int64_t i = 0; i < t->n_categories && !t->failed; i++) {
        const struct category *c = &t->categories[i];
        if (numbers)
            class[c->id] = check_range(t, c) == 0 ? c->value : -1;
        else
            class[c->id] = t->train ? cnn_class_number(t->train, c->text) : i;
    }
    return t->failed ? -1 : 0;
}

int cnn_csv_keep_names(struct table *t, struct cnn_dataset *d)
{
    if (all_whole(t))
        return 0;
    d->classes = calloc((size_t)t->n_categories, sizeof *d->classes);
    if (!d->classes)
        return cnn_fail_memory(t->e, t->path, (size_t)t->n_categories * sizeof *d->classes);
    for (; d->n_classes < t->n_categories; d->n_classes++) {
        d->classes[d->n_classes] = t->categories[d->n_classes].text;
        t->categories[d->n_classes].text = NULL;
    }
    return 0;
}
