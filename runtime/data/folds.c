/* folds.c -- divides rows into folds. Each repeat has random numbers of its own. */
#include "data/dataset.h"
#include "support/support.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The epoch of the permutation of a repeat. It is neither an epoch of training nor that of a split. */
static uint64_t epoch_of(int64_t repeat)
{
    return CNN_EPOCH_FOLDS + (uint64_t)repeat;
}

/* ---- how many folds there are */

int64_t cnn_folds_count(const struct cnn_validate *v, int64_t rows, struct cnn_error *e)
{
    switch (v->kind) {
    case CNN_KFOLD:
        if (v->k <= rows)
            return v->k;
        return cnn_fail(e, "%" PRId64 " folds of %" PRId64 " rows: there must be a row for each", v->k, rows);
    case CNN_HOLDOUT: {
        int64_t test = cnn_part_rows(rows, v->test);
        if (test >= 1 && test < rows)
            return 1;
        return cnn_fail(e, "a holdout of %g leaves none of %" PRId64 " rows for %s", v->test, rows,
                        test < 1 ? "testing" : "training");
    }
    case CNN_LEAVE_ONE_OUT:
        if (rows >= 2 && rows <= CNN_MOST_FOLDS)
            return rows;
        return cnn_fail(e, "leave_one_out would train %" PRId64 " times, and %s; 'validate kfold k=10' needs ten", rows,
                        rows < 2 ? "wants 2 rows" : "at most 1000 rows make sense");
    }
    return -1;
}

/* ---- classes, in the order in which they first appear */

struct classes {
    int64_t n;
    int64_t *of;   /* the class of each row */
    int64_t *rows; /* the number of rows of each class */
};

static int open_classes(struct classes *c, const int64_t *label, int64_t rows, struct cnn_error *e)
{
    int64_t most = 0;
    for (int64_t i = 0; i < rows; i++)
        most = label[i] > most ? label[i] : most;
    /* numbers from 1 on; 0: the class has not been seen yet */
    int64_t *number = calloc((size_t)most + 1, sizeof *number);
    *c =
        (struct classes){.of = malloc((size_t)rows * sizeof *c->of), .rows = calloc((size_t)most + 1, sizeof *c->rows)};
    for (int64_t i = 0; number && c->of && c->rows && i < rows; i++) {
        if (!number[label[i]])
            number[label[i]] = ++c->n;
        c->of[i] = number[label[i]] - 1;
        c->rows[c->of[i]]++;
    }
    int status = number && c->of && c->rows ? 0 : cnn_fail(e, "no memory for the classes of %" PRId64 " rows", rows);
    free(number);
    return status;
}

static void close_classes(struct classes *c)
{
    free(c->of);
    free(c->rows);
}

int cnn_class_sizes(const int64_t *label, int64_t rows, int64_t *least, int64_t *most, struct cnn_error *e)
{
    struct classes c;
    int status = open_classes(&c, label, rows, e);
    *least = rows;
    *most = 0;
    for (int64_t i = 0; status == 0 && i < c.n; i++) {
        *least = c.rows[i] < *least ? c.rows[i] : *least;
        *most = c.rows[i] > *most ? c.rows[i] : *most;
    }
    close_classes(&c);
    return status;
}

/* ---- k folds */

/* The number of places that fold f gets when `total` places, numbered from `first` on, are dealt to the folds in
 * turn. */
static int64_t dealt(int64_t first, int64_t total, int64_t k, int64_t f)
{
    int64_t skip = (f - first % k + k) % k;
    return total > skip ? (total - skip + k - 1) / k : 0;
}

/* Deals the rows in `order` that belong to class c (`class` NULL: all rows). When rows are sorted by class, these
 * have the places from `first` on. Each fold gets a run of them. Returns their number. */
static int64_t deal_runs(const int64_t *class, int64_t c, int64_t members, int64_t first, const int64_t *order,
                         int64_t rows, int64_t k, int64_t *fold)
{
    int64_t f = 0, left = dealt(first, members, k, 0);
    for (int64_t i = 0; i < rows; i++) {
        if (class && class[order[i]] != c)
            continue;
        while (left == 0)
            left = dealt(first, members, k, ++f);
        fold[order[i]] = f;
        left--;
    }
    return members;
}

static void assign_kfold(int64_t k, const struct classes *c, const int64_t *order, int64_t rows, int64_t *fold)
{
    int64_t first = 0;
    if (!c)
        deal_runs(NULL, 0, rows, 0, order, rows, k, fold);
    for (int64_t i = 0; c && i < c->n; i++)
        first += deal_runs(c->of, i, c->rows[i], first, order, rows, k, fold);
}

/* ---- holdout: the last rows of all, or the last rows of each class */

static int assign_holdout(double part, const struct classes *c, const int64_t *order, int64_t rows, int64_t *fold,
                          struct cnn_error *e)
{
    int64_t wanted = cnn_part_rows(rows, part), classes = c ? c->n : 1;
    int64_t *share = malloc((size_t)classes * sizeof *share);
    if (!share)
        return cnn_fail(e, "no memory for %" PRId64 " classes", classes);
    share[0] = wanted;
    if (c)
        cnn_share_out(c->rows, classes, rows, wanted, share);
    for (int64_t i = rows - 1; i >= 0; i--)
        fold[order[i]] = share[c ? c->of[order[i]] : 0]-- > 0 ? 0 : -1;
    free(share);
    return 0;
}

/* ---- */

static int assign(const struct cnn_validate *v, const struct classes *c, int64_t rows, int64_t repeat, int64_t *order,
                  int64_t *fold, struct cnn_error *e)
{
    for (int64_t i = 0; i < rows; i++)
        order[i] = i;
    if (v->shuffle && v->kind != CNN_LEAVE_ONE_OUT)
        cnn_permutation(v->seed, epoch_of(repeat), order, rows);
    if (v->kind == CNN_HOLDOUT)
        return assign_holdout(v->test, c, order, rows, fold, e);
    assign_kfold(v->kind == CNN_KFOLD ? v->k : rows, c, order, rows, fold);
    return 0;
}

int cnn_folds_assign(const struct cnn_validate *v, const int64_t *label, int64_t rows, int64_t repeat, int64_t *fold,
                     struct cnn_error *e)
{
    struct classes c = {0};
    int64_t *order = malloc((size_t)rows * sizeof *order);
    int status = order ? 0 : cnn_fail(e, "no memory for the order of %" PRId64 " rows", rows);
    if (status == 0 && v->stratified)
        status = open_classes(&c, label, rows, e);
    if (status == 0)
        status = assign(v, v->stratified ? &c : NULL, rows, repeat, order, fold, e);
    close_classes(&c);
    free(order);
    return status;
}
