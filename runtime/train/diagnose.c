/* diagnose.c -- finds where the numbers first went wrong when the loss is not a number. It looks at the parameters,
 * then at the inputs, then at the layers in their order. The batch runs again in double; there, a layer is to blame
 * only when its numbers overflow as well, or are too large for a float. */
#include <float.h>
#include <math.h>

#include "data/data.h"
#include "engine/engine.h"
#include "train/fit.h"
#include "weights/weights.h"

static int bad_parameter(const struct cnn_model *m, const float *theta, char *out, size_t size)
{
    struct cnn_name room;
    for (int p = 0; p < m->n_params; p++) {
        const struct cnn_param *param = cnn_param(m, p);
        const struct cnn_place at = cnn_place(m, m->core.place, p);
        for (int64_t i = 0; i < cnn_param_count(param); i++)
            if (!isfinite(theta[cnn_place_of(param, &at, i)])) {
                snprintf(out, size, "parameter '%s' is no longer finite", cnn_param_name(m, p, &room));
                return 1;
            }
    }
    return 0;
}

static int fits_float(const double *v, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!(fabs(v[i]) <= FLT_MAX))
            return 0;
    return 1;
}

static int64_t source_row(const struct cnn_batch *b, int64_t i)
{
    int64_t row = b->order ? b->order[b->first + i] : b->first + i;
    return b->data->index ? b->data->index[row] : row;
}

static int bad_layer(const struct cnn_double *d, char *out, size_t size)
{
    struct cnn_name room;
    for (int l = 0; d->m->reference.trace && l < d->m->n_layers; l++) {
        const int64_t at = cnn_trace(d->m, l);
        if (at >= 0 && !fits_float(d->scratch + at, cnn_trace_size(d->m, l))) {
            snprintf(out, size, "layer '%s' (%s) is the first whose output is not finite",
                     cnn_layer_name(d->m, l, &room), cnn_layer(d->m, l)->type);
            return 1;
        }
    }
    return 0;
}

/* Finds outputs that are not probabilities although the loss compares probabilities. */
static int bad_output(const struct cnn_double *d, int64_t row, char *out, size_t size)
{
    const struct cnn_model *m = d->m;
    double sum = 0;
    if (cnn_meaning(m)->values != CNN_PROBABILITIES || !cnn_target(m)->loss)
        return 0;
    for (int64_t k = 0; k < cnn_output(m)->size; k++) {
        sum += d->y[k];
        if (d->y[k] >= 0 && d->y[k] <= 1)
            continue;
        snprintf(out, size, "row %lld: output %lld is %.6g, but %s compares probabilities", (long long)row,
                 (long long)k, d->y[k], cnn_target(m)->loss);
        return 1;
    }
    if (!cnn_target(m)->takes.whole && !cnn_target(m)->takes.sum_to_one)
        return 0;
    snprintf(out, size, "row %lld: the outputs sum to %.6g, but %s compares probabilities, which sum to 1",
             (long long)row, sum, cnn_target(m)->loss);
    return fabs(sum - 1) > 1e-3;
}

/* Runs one image at a time, since the place of a second image in the trace is known only to the emitter. */
static int bad_image(struct cnn_double *d, const struct cnn_batch *b, int64_t i, char *out, size_t size)
{
    struct cnn_step step = {
        .seed = b->seed, .step = b->t, .row = i, .scale = 1 / (double)b->n, .training = 1, .share = 1};
    struct cnn_sums sums = {0};
    cnn_gather_double(b->data, b->order, b->first + i, 1, d->x, d->target);
    if (!fits_float(d->x, cnn_input(d->m)->size)) {
        snprintf(out, size, "%s: row %lld is not finite", b->data->x_file, (long long)source_row(b, i));
        return 1;
    }
    const struct cnn_reference_chunk chunk = {d->x, d->target, NULL, d->y, d->scratch, 1, &step, &sums};
    cnn_chunk_alone_double(&d->m->reference, d->theta, d->prepared, &chunk);
    if (bad_layer(d, out, size))
        return 1;
    return !isfinite(sums.loss) && bad_output(d, source_row(b, i), out, size);
}

void cnn_diagnose(const struct cnn_model *m, const float *theta, const struct cnn_batch *b, char *out, size_t size)
{
    struct cnn_double d;
    struct cnn_error ignored;
    int found = bad_parameter(m, theta, out, size);
    if (found || cnn_double_open(&d, m, theta, &ignored) != 0) {
        if (!found)
            snprintf(out, size, "the parameters are finite");
        return;
    }
    for (int64_t i = 0; i < b->n && !found; i++)
        found = bad_image(&d, b, i, out, size);
    if (!found)
        snprintf(
            out, size,
            "parameters, inputs and layers are finite, but on the way to the loss numbers get too large for float32; "
            "a smaller lr, clipnorm=1 in the optimizer, or smaller inputs and targets help");
    cnn_double_close(&d);
}
