/* class_weight.c -- factors of the losses of rows by their class: the given ones, or those that give all classes
 * the same weight. */
#include <stdlib.h>

#include "data/data.h"
#include "engine/engine.h"

/* The number of classes; a single output tells two classes apart. */
static int64_t classes_of(const struct cnn_model *m)
{
    return cnn_output(m)->size > 1 ? cnn_output(m)->size : 2;
}

/* The factor is rows / (classes * rows of the class), where only classes that have rows count. */
static int balance(const struct cnn_dataset *d, int64_t classes, float *out)
{
    int64_t *rows = calloc((size_t)classes, sizeof *rows), present = 0;
    float *t = calloc((size_t)classes, sizeof *t);
    for (int64_t i = 0; rows && t && i < d->rows; i++)
        rows[cnn_row_class(d, i, t)]++;
    for (int64_t c = 0; rows && c < classes; c++)
        present += rows[c] > 0;
    for (int64_t c = 0; rows && c < classes; c++)
        out[c] = rows[c] ? (float)((double)d->rows / ((double)present * (double)rows[c])) : 0;
    int status = rows && t ? 0 : -1;
    free(rows);
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
    *failed = !out || (s->class_weight_balanced && balance(d, classes, out) != 0);
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
        out[i] = own ? own[i] * by_class[c] : by_class[c];
    }
    return out;
}
