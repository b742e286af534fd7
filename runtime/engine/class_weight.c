/* class_weight.c -- factors of the losses of answers by their class: the given ones, or those that give all classes
 * the same weight. A row has one answer, or one for each position. */
#include <stdlib.h>

#include "data/data.h"
#include "engine/engine.h"

/* The number of classes; a single output tells two classes apart. */
static int64_t classes_of(const struct cnn_model *m)
{
    const int64_t last = cnn_output(m)->size / cnn_answers(m);
    return last > 1 ? last : 2;
}

/* Counts the classes of the answers of row i. t: room for one answer. */
static void count_row(const struct cnn_model *m, const struct cnn_dataset *d, int64_t i, float *t, int64_t *of_class)
{
    const int64_t answers = cnn_answers(m), last = cnn_output(m)->size / answers, row = cnn_dataset_row(d, i);
    for (int64_t k = 0; k < answers; k++) {
        int64_t c;
        if (d->sparse) {
            const double label = cnn_array_get(&d->y, row * answers + k);
            if (cnn_target(m)->takes.ignores && label == cnn_target(m)->takes.ignored)
                continue;
            c = (int64_t)label;
        } else {
            cnn_convert(&d->y, (row * answers + k) * last, last, t);
            c = cnn_target_class(t, last);
        }
        of_class[c]++;
    }
}

/* The factor is answers / (classes * answers of the class), where only classes that have answers count. */
static int balance(const struct cnn_model *m, const struct cnn_dataset *d, int64_t classes, float *out)
{
    int64_t *of_class = calloc((size_t)classes, sizeof *of_class), present = 0, all = 0;
    float *t = calloc((size_t)classes, sizeof *t);
    for (int64_t i = 0; of_class && t && i < d->rows; i++)
        count_row(m, d, i, t, of_class);
    for (int64_t c = 0; of_class && c < classes; c++) {
        present += of_class[c] > 0;
        all += of_class[c];
    }
    for (int64_t c = 0; of_class && c < classes; c++)
        out[c] = of_class[c] ? (float)((double)all / ((double)present * (double)of_class[c])) : 0;
    int status = of_class && t ? 0 : -1;
    free(of_class);
    free(t);
    return status;
}

float *cnn_class_weights(const struct cnn_model *m, const struct cnn_dataset *d, int *failed, struct cnn_error *e)
{
    const struct cnn_train *s = m->train;
    int64_t classes = classes_of(m);
    if (!s->class_weight && !s->class_weight_balanced)
        return NULL;
    float *out = calloc((size_t)classes, sizeof *out);
    *failed = !out || (s->class_weight_balanced && balance(m, d, classes, out) != 0);
    for (int64_t c = 0; out && s->class_weight && c < classes; c++)
        out[c] = (float)s->class_weight[c];
    if (*failed)
        cnn_fail(e, "no memory for the weights of %lld classes", (long long)classes);
    return out;
}

const float *cnn_weigh_classes(const struct cnn_model *m, const float *by_class, const void *target, int n,
                               const float *own, float *out)
{
    if (!by_class)
        return own;
    for (int i = 0; i < n; i++) {
        const float *t = target;
        int64_t c = cnn_is_sparse(m) ? ((const int32_t *)target)[i]
                                     : cnn_target_class(t + i * cnn_output(m)->size, cnn_output(m)->size);
        const int ignored = cnn_target(m)->takes.ignores && (double)c == cnn_target(m)->takes.ignored;
        const float weight = ignored ? 0 : by_class[c];
        out[i] = own ? own[i] * weight : weight;
    }
    return out;
}
