/* split.c -- which rows validate: as in Keras the last ones, unless the spec says shuffle or stratify. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/dataset.h"
#include "input.h"
#include "support/support.h"

static int fail_memory(const struct cnn_dataset *d, struct cnn_error *e)
{
    return cnn_fail_memory(e, d->x_file, (uint64_t)d->rows * sizeof *d->index);
}

int64_t cnn_part_rows(int64_t rows, double part)
{
    return rows - (int64_t)floor((double)rows * (1 - part));
}

/* Decides how many rows of each class validate. The shares are rounded down; the classes with the largest
 * remainders get the rows that are left over. The lower class wins a tie. */
void cnn_share_out(const int64_t *rows, int64_t classes, int64_t total, int64_t wanted, int64_t *share)
{
    int64_t given = 0;
    for (int64_t c = 0; c < classes; c++) {
        share[c] = (int64_t)((double)rows[c] * (double)wanted / (double)total);
        given += share[c];
    }
    for (; given < wanted; given++) {
        int64_t best = -1;
        double most = 0;
        for (int64_t c = 0; c < classes; c++) {
            double rest = (double)rows[c] * (double)wanted / (double)total - (double)share[c];
            if (share[c] < rows[c] && (best < 0 || rest > most)) {
                best = c;
                most = rest;
            }
        }
        share[best]++;
    }
}

static int64_t class_of(const struct cnn_dataset *d, int64_t i)
{
    return (int64_t)cnn_array_get(&d->y, cnn_dataset_row(d, i));
}

/* Marks the rows of `order` that validate: the last ones of all, or the last ones of each class. */
static void mark_last(const int64_t *order, int64_t n, int64_t wanted, uint8_t *validates)
{
    for (int64_t i = n - wanted; i < n; i++)
        validates[order[i]] = 1;
}

static int mark_stratified(const struct cnn_dataset *d, int64_t classes, const int64_t *order, int64_t wanted,
                           uint8_t *validates, struct cnn_error *e)
{
    int64_t *rows = calloc(2 * (size_t)classes, sizeof *rows);
    if (!rows)
        return fail_memory(d, e);
    int64_t *share = rows + classes;
    for (int64_t i = 0; i < d->rows; i++)
        rows[class_of(d, i)]++;
    cnn_share_out(rows, classes, d->rows, wanted, share);
    for (int64_t i = d->rows - 1; i >= 0; i--) {
        int64_t c = class_of(d, order[i]);
        if (share[c] > 0) {
            share[c]--;
            validates[order[i]] = 1;
        }
    }
    free(rows);
    return 0;
}

/* Deals the rows to the two parts. Both keep the order in `order`. */
static void deal(const struct cnn_dataset *d, const int64_t *order, int64_t n, const uint8_t *validates, int64_t *train,
                 int64_t *validation)
{
    for (int64_t i = 0; i < n; i++)
        *(validates[order[i]] ? validation++ : train++) = cnn_dataset_row(d, order[i]);
}

void cnn_dataset_lend(const struct cnn_dataset *from, struct cnn_dataset *to)
{
    *to = *from;
    to->normalize = cnn_normalize_share(&from->normalize);
    to->x.owner = to->y.owner = to->weight.owner = CNN_BORROWED;
    to->lent = 1;
    to->index = NULL;
    to->classes = NULL;
    to->n_classes = 0;
    to->columns = NULL;
    to->x_file = from->x_file ? strdup(from->x_file) : NULL; /* for messages only */
    to->y_file = from->y_file ? strdup(from->y_file) : NULL;
    to->weight_file = from->weight_file ? strdup(from->weight_file) : NULL;
}

int cnn_dataset_pick(const struct cnn_dataset *from, const int64_t *rows, int64_t n, struct cnn_dataset *to,
                     struct cnn_error *e)
{
    cnn_dataset_lend(from, to);
    to->rows = n;
    to->index = malloc((size_t)(n > 0 ? n : 1) * sizeof *to->index);
    if (!to->index)
        return fail_memory(to, e);
    for (int64_t i = 0; i < n; i++)
        to->index[i] = cnn_dataset_row(from, rows[i]);
    return 0;
}

static int split_in_order(const struct cnn_data *spec, int64_t classes, const int64_t *order, uint8_t *validates,
                          struct cnn_dataset *train, struct cnn_dataset *validation, struct cnn_error *e)
{
    int64_t n = train->rows, wanted = cnn_part_rows(n, spec->validation_split);
    if (wanted < 1 || wanted >= n)
        return cnn_fail(e, "%s: a validation split of %g leaves %" PRId64 " of %" PRId64 " rows for %s", train->x_file,
                        spec->validation_split, (int64_t)0, n, wanted < 1 ? "validation" : "training");
    if (!spec->split_stratify)
        mark_last(order, n, wanted, validates);
    else if (mark_stratified(train, classes, order, wanted, validates, e) != 0)
        return -1;
    cnn_dataset_lend(train, validation);
    validation->rows = wanted;
    validation->index = malloc((size_t)wanted * sizeof *order);
    int64_t *rest = malloc((size_t)(n - wanted) * sizeof *order);
    if (!rest || !validation->index) {
        free(rest);
        return fail_memory(train, e);
    }
    deal(train, order, n, validates, rest, validation->index);
    free(train->index);
    train->index = rest;
    train->rows = n - wanted;
    return 0;
}

int cnn_dataset_split(const struct cnn_data *spec, int64_t classes, struct cnn_dataset *train,
                      struct cnn_dataset *validation, struct cnn_error *e)
{
    int64_t n = train->rows;
    if (spec->split_stratify && (!train->sparse || cnn_labels(train) > 1))
        return cnn_fail(e, "%s: only class numbers can be stratified", train->x_file);
    int64_t *order = malloc((size_t)n * sizeof *order);
    uint8_t *validates = calloc((size_t)n, 1);
    int status = order && validates ? 0 : fail_memory(train, e);
    for (int64_t i = 0; status == 0 && i < n; i++)
        order[i] = i;
    if (status == 0 && spec->split_shuffle)
        cnn_permutation(spec->split_seed, CNN_EPOCH_SPLIT, order, n);
    if (status == 0)
        status = split_in_order(spec, classes, order, validates, train, validation, e);
    free(order);
    free(validates);
    return status;
}
