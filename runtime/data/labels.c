/* labels.c -- class numbers: how many a row has, and which of them count. */
#include "data/data.h"

int64_t cnn_labels(const struct cnn_dataset *d)
{
    return cnn_array_count(&d->y) / d->y.shape[0];
}

static double share_of(int64_t all, int64_t counted)
{
    return counted > 0 ? (double)all / (double)counted : 0;
}

double cnn_share(const struct cnn_model *m, const int32_t *target, int n)
{
    const struct cnn_target_rule *rule = &cnn_target(m)->takes;
    const int64_t all = n * cnn_answers(m);
    int64_t counted = 0;
    for (int64_t i = 0; i < all; i++)
        counted += !rule->ignores || (double)target[i] != rule->ignored;
    return share_of(all, counted);
}

double cnn_dataset_share(const struct cnn_model *m, const struct cnn_dataset *d, const int64_t *order, int64_t first,
                         int64_t n)
{
    const struct cnn_target_rule *rule = &cnn_target(m)->takes;
    int64_t counted = 0;
    if (!d->y.data) /* of a phase that compares with something else */
        return 1;
    const int64_t labels = rule->ignores ? cnn_labels(d) : 0;
    for (int64_t i = first; i < first + n; i++) {
        const int64_t row = cnn_dataset_row(d, order ? order[i] : i);
        for (int64_t k = 0; k < labels; k++)
            counted += cnn_array_get(&d->y, row * labels + k) != rule->ignored;
    }
    return rule->ignores ? share_of(n * labels, counted) : 1;
}
