/* learnt.c -- for the library face of a generated program: reads and writes what was learnt besides the weights,
 * in memory of the caller. */
#include <stddef.h>

#include "beside.h"
#include "data/data.h"
#include "weights/weights.h"

static int complain(const struct cnn_model *m, int status, const struct cnn_error *e)
{
    if (status != 0)
        cnn_complain(m->name, e);
    return status;
}

static int64_t channels_of(const struct cnn_model *m)
{
    return cnn_input(m)->shape[cnn_input(m)->rank - 1];
}

static void take(const struct cnn_model *m, const struct cnn_beside *b, double *mean, double *std)
{
    /* differs from 1 when the spec of the file had another scale */
    const double factor = b->channels ? m->data->scale / b->scale : 0;
    for (int64_t c = 0; c < channels_of(m); c++) {
        const int64_t of = b->channels > 1 ? c : 0;
        mean[c] = b->channels ? b->mean[of] * factor : 0;
        std[c] = b->channels ? b->std[of] * factor : 0;
    }
}

int cnn_load_learnt(const struct cnn_model *m, float *theta, double *mean, double *std, const char *path)
{
    struct cnn_beside b = {0};
    struct cnn_normalize z = CNN_NOT_NORMALIZED;
    struct cnn_error e;
    int status = 0;
    if (mean)
        status = cnn_beside_read(path, &b, &e) != 0 || cnn_normalize_remembered(m, &b, path, &z, &e) < 0 ? -1 : 0;
    if (status == 0)
        status = cnn_weights_read(m, theta, path, &e);
    if (status == 0 && mean)
        take(m, &b, mean, std);
    cnn_normalize_free(&z);
    cnn_beside_free(&b);
    return complain(m, status, &e);
}

int cnn_save_learnt(const struct cnn_model *m, const float *theta, const double *mean, const double *std,
                    const char *path)
{
    struct cnn_beside b = {0};
    struct cnn_error e;
    if (mean && std[0] > 0)
        b = (struct cnn_beside){.scale = m->data->scale, .channels = channels_of(m), .mean = mean, .std = std};
    return complain(m, cnn_weights_write(m, theta, &b, path, &e), &e);
}

/* Makes the normalisation of the spec, with these values where the spec leaves them open. */
static int make(const struct cnn_model *m, const double *mean, const double *std, struct cnn_normalize *z,
                struct cnn_error *e)
{
    const struct cnn_beside b = {.scale = m->data->scale, .channels = channels_of(m), .mean = mean, .std = std};
    if (!mean)
        return cnn_normalize_spec(m, z, e);
    for (int64_t c = 0; c < channels_of(m); c++)
        if (!(std[c] > 0))
            return cnn_fail(e, "mean and std of the inputs are not known: load a file of weights that training saved");
    return cnn_normalize_remembered(m, &b, m->name, z, e) == 1 ? 0 : -1;
}

int cnn_normalize_rows(const struct cnn_model *m, const double *mean, const double *std, const float *raw, float *x,
                       int n)
{
    const int64_t rows = n;
    struct cnn_dataset d = cnn_dataset_of(m);
    struct cnn_error e;
    int status = make(m, mean, std, &d.normalize, &e);
    d.x = cnn_array_view(CNN_F32, cnn_input(m)->rank, cnn_input(m)->shape, raw);
    if (status == 0)
        cnn_gather(&d, NULL, 0, rows, x, NULL);
    cnn_normalize_free(&d.normalize);
    return complain(m, status, &e);
}

int cnn_normalize_port(const struct cnn_model *m, int port, const float *raw, float *x, int n)
{
    struct cnn_model one = *m;
    one.inputs += port;
    one.n_inputs = 1;
    return cnn_normalize_rows(&one, NULL, NULL, raw, x, n);
}
