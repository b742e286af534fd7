/* madeup.c -- random inputs and targets that the loss accepts, which gradcheck uses when no data are given. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "data/dataset.h"
#include "support/support.h"

enum { INPUTS = 1, TARGETS = 2 };

static double uniform(uint64_t seed, uint64_t stream, uint64_t i, int which)
{
    uint32_t bits[4];
    cnn_random4(seed, i, stream, bits);
    return ((double)bits[which] + 0.5) / 4294967296.0;
}

double cnn_madeup_normal(uint64_t seed, uint64_t stream, uint64_t i)
{
    const double tau = 6.28318530717958647692;
    return sqrt(-2 * log(uniform(seed, stream, i, 0))) * cos(tau * uniform(seed, stream, i, 1));
}

static int32_t class_of(const struct cnn_model *m, uint64_t seed, int64_t row)
{
    return (int32_t)(uniform(seed, TARGETS, (uint64_t)row, 0) * (double)cnn_output(m)->shape[cnn_output(m)->rank - 1]);
}

/* Label i; one of seven is ignored where the loss ignores any. */
static int32_t label_of(const struct cnn_model *m, uint64_t seed, int64_t i)
{
    const struct cnn_target_rule *rule = &cnn_target(m)->takes;
    return rule->ignores && i % 7 == 3 ? (int32_t)rule->ignored : class_of(m, seed, i);
}

/* Element i of a dense target; `last` elements are one answer. */
static double dense_target(const struct cnn_model *m, uint64_t seed, int64_t i)
{
    const int64_t last = cnn_output(m)->shape[cnn_output(m)->rank - 1];
    const struct cnn_target_rule *rule = &cnn_target(m)->takes;
    if (rule->sum_to_one)
        return class_of(m, seed, i / last) == i % last;
    if (rule->bounded && rule->high >= (double)FLT_MAX)
        return rule->low + floor(4 * uniform(seed, TARGETS, (uint64_t)i, 0));
    if (rule->bounded)
        return uniform(seed, TARGETS, (uint64_t)i, 0) < 0.5 ? rule->low : rule->high;
    return cnn_madeup_normal(seed, TARGETS, (uint64_t)i);
}

static void fill_targets(const struct cnn_model *m, uint64_t seed, int64_t rows, void *out)
{
    int sparse = cnn_is_sparse(m);
    for (int64_t i = 0; i < rows * cnn_target_size(m); i++)
        if (sparse)
            ((int32_t *)out)[i] = label_of(m, seed, i);
        else
            ((float *)out)[i] = (float)dense_target(m, seed, i);
}

static int make_up(const struct cnn_model *m, uint64_t seed, int64_t rows, struct cnn_dataset *out, struct cnn_error *e)
{
    int sparse = cnn_is_sparse(m);
    struct cnn_arena lx = {0}, ly = {0};
    cnn_arena_add(&lx, (size_t)rows, (size_t)cnn_input(m)->size * sizeof(float));
    cnn_arena_add(&ly, (size_t)rows, (size_t)cnn_target_size(m) * cnn_dtype_size(sparse ? CNN_I32 : CNN_F32));
    float *x = cnn_arena_alloc(&lx, "inputs", e);
    void *y = x ? cnn_arena_alloc(&ly, "targets", e) : NULL;
    if (!y) {
        free(x);
        return -1;
    }
    for (int64_t i = 0; i < rows * cnn_input(m)->size; i++)
        x[i] = (float)cnn_madeup_normal(seed, INPUTS, (uint64_t)i);
    fill_targets(m, seed, rows, y);
    *out = (struct cnn_dataset){
        .rows = rows, .x_size = cnn_input(m)->size, .y_size = cnn_output(m)->size, .sparse = sparse};
    out->normalize = CNN_NOT_NORMALIZED;
    out->x = cnn_rows_array(CNN_F32, rows, cnn_input(m)->rank, cnn_input(m)->shape, x);
    out->y = cnn_rows_array(sparse ? CNN_I32 : CNN_F32, rows, cnn_output(m)->rank - sparse, cnn_output(m)->shape, y);
    return 0;
}

int cnn_madeup_data(const struct cnn_model *m, uint64_t seed, int64_t rows, struct cnn_dataset *out,
                    struct cnn_error *e)
{
    struct cnn_dataset others = {0};
    int status = cnn_dataset_more(m, &others, e);
    for (int i = 0; status == 0 && i < cnn_ports(m); i++) {
        struct cnn_view v;
        status = make_up(cnn_port_view(&v, m, i), seed + (uint64_t)i, rows, i ? &others.more[i - 1] : out, e);
    }
    if (status != 0) {
        cnn_dataset_free(&others);
        return -1;
    }
    out->more = others.more;
    out->n_more = others.n_more;
    cnn_dataset_place(m, out);
    return 0;
}
