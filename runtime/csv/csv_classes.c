/* csv_classes.c -- targets of a .csv that stand for classes: a whole number is the class itself, and names are
 * numbered in the order of their bytes. */
#include "csv/csv.h"
#include "data/data.h"
#include "input.h"

static const char *category_text(const void *categories, int64_t i)
{
    return ((const struct category *)categories)[i].text;
}

static int64_t place_of(const struct target *y, const char *text, int *found)
{
    return cnn_csv_place(y->categories, y->n_categories, category_text, text, found);
}

static void add_category(struct table *t, struct target *y, int64_t at, const char *text, struct category c)
{
    struct category *grown = realloc(y->categories, ((size_t)y->n_categories + 1) * sizeof *grown);
    if (grown)
        y->categories = grown;
    c.text = strdup(text);
    if (!grown || !c.text) {
        free(c.text);
        cnn_csv_fail_memory(t, sizeof *grown);
        return;
    }
    memmove(&grown[at + 1], &grown[at], (size_t)(y->n_categories - at) * sizeof *grown);
    grown[at] = c;
    y->n_categories++;
}

/* "3" and "3.0" are the same class. There are never more categories than classes, so reading stops early in a
 * column that holds something else. */
void cnn_csv_take_class(struct table *t, struct target *y, const char *text)
{
    char room[32], names[400];
    double v;
    struct category c = {.line = t->line, .id = (int32_t)y->n_categories};
    int found;
    if (!*text || (t->s->missing != CNN_MISSING_ERROR && cnn_csv_is_missing(text))) {
        cnn_csv_miss(t, text);
        return;
    }
    c.whole = cnn_csv_is_number(text, &v);
    if (c.whole && (v != floor(v) || fabs(v) > 1e15)) {
        FAIL(t, "column '%.60s': %.60s is not a class: those are whole numbers or names", *y->names, text);
        return;
    }
    if (c.whole) {
        text = cnn_csv_level_text(text, room);
        c.value = (int64_t)v;
    }
    const int64_t at = place_of(y, text, &found);
    if (!found && y->train && y->train->n_classes > 0 && cnn_class_number(y->train, text) < 0) {
        FAIL(t, "column '%.60s': '%.60s' is not a class of %.100s: %s", *y->names, text, y->train->y_file,
             cnn_some_names(y->train->classes, y->train->n_classes, names, sizeof names));
        return;
    }
    if (!found && y->n_categories == y->classes) {
        FAIL(t, "column '%.60s': with '%.60s' there are more than the network's %lld classes", *y->names, text,
             (ll)y->classes);
        return;
    }
    if (!found)
        add_category(t, y, at, text, c);
    if (!t->failed)
        y->id[t->rows] = y->categories[at].id;
}

/* ---- from categories to classes */

static int all_whole(const struct target *y)
{
    for (int64_t i = 0; i < y->n_categories; i++)
        if (!y->categories[i].whole)
            return 0;
    return 1;
}

/* A name like NA may be a class, but among numbers it means that the number is missing. */
static int misses_number(struct table *t, const struct target *y)
{
    const struct category *missing = NULL;
    for (int64_t i = 0; i < y->n_categories; i++) {
        const struct category *c = &y->categories[i];
        if (!c->whole && !cnn_csv_is_missing(c->text))
            return 0;
        missing = c->whole ? missing : c;
    }
    if (missing && y->n_categories > 1)
        cnn_csv_fail_at(t, missing->line, "column '%.60s' is missing: '%.60s'; missing=drop leaves such rows out",
                        *y->names, missing->text);
    return t->failed;
}

/* Tells whether the classes are counted from 1. */
static int begin_at_one(const struct target *y)
{
    int64_t i = 0;
    while (i < y->n_categories && y->categories[i].whole && y->categories[i].value >= 1 &&
           y->categories[i].value <= y->classes)
        i++;
    return i == y->n_categories;
}

static int check_range(struct table *t, const struct target *y, const struct category *c)
{
    if (!c->whole)
        cnn_csv_fail_at(t, c->line,
                        "column '%.60s': '%.60s' is a name, but the classes of the training data are numbers",
                        *y->names, c->text);
    else if (c->value < 0 || c->value >= y->classes)
        cnn_csv_fail_at(t, c->line, "column '%.60s': %s is not a class of the network: 0 to %lld%s", *y->names, c->text,
                        (ll)y->classes - 1, begin_at_one(y) ? "; labels start at 0, and these at 1" : "");
    return t->failed ? -1 : 0;
}

/* Sets class[id], the class of the category with this id. */
static int number_categories(struct table *t, const struct target *y, int64_t *class)
{
    const int numbers = y->train ? y->train->n_classes == 0 : all_whole(y);
    if (!y->train && !numbers && misses_number(t, y))
        return -1;
    if (!y->train && !numbers && y->n_categories != y->classes) {
        FAIL(t, "column '%.60s' holds %lld names, but the network has %lld classes", *y->names, (ll)y->n_categories,
             (ll)y->classes);
        return -1;
    }
    for (int64_t i = 0; i < y->n_categories && !t->failed; i++) {
        const struct category *c = &y->categories[i];
        if (numbers)
            class[c->id] = check_range(t, y, c) == 0 ? c->value : -1;
        else
            class[c->id] = y->train ? cnn_class_number(y->train, c->text) : i;
    }
    return t->failed ? -1 : 0;
}

static int keep_names(struct table *t, struct target *y, struct cnn_dataset *d)
{
    if (all_whole(y))
        return 0;
    d->classes = calloc((size_t)y->n_categories, sizeof *d->classes);
    if (!d->classes)
        return cnn_fail_memory(t->e, t->path, (size_t)y->n_categories * sizeof *d->classes);
    for (; d->n_classes < y->n_categories; d->n_classes++) {
        d->classes[d->n_classes] = y->categories[d->n_classes].text;
        y->categories[d->n_classes].text = NULL;
    }
    return 0;
}

int cnn_csv_set_classes(struct table *t, struct target *y, struct cnn_dataset *d)
{
    int64_t *class = calloc((size_t)y->n_categories, sizeof *class);
    int status = class ? number_categories(t, y, class)
                       : cnn_fail_memory(t->e, t->path, (size_t)y->n_categories * sizeof *class);
    for (int64_t i = 0; status == 0 && i < t->rows; i++)
        y->id[i] = (int32_t) class[y->id[i]];
    free(class);
    if (status != 0)
        return -1;
    int32_t *id = y->id;
    y->id = NULL;
    status = cnn_dataset_set_classes(y->m, d, id, t->rows, t->e);
    return status == 0 && !y->train ? keep_names(t, y, d) : status;
}
