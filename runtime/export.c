/* export.c -- `export`: weights from one file into another, by their extensions. */
#include <stdlib.h>

#include "run.h"

/* A fitted normalisation is as much a part of what was learnt as the weights; .npz has no place for it. */
static int write_weights(struct cnn_run *r, const float *theta)
{
    struct cnn_normalize normalize;
    const int plain = cnn_is_npz(r->o.output) || !r->o.weights;
    const int remembered = plain ? 0 : cnn_checkpoint_normalize(r->m, r->o.weights, &normalize, &r->error);
    if (remembered <= 0)
        return remembered < 0 ? -1 : cnn_weights_write(r->m, theta, r->o.output, &r->error);
    int status = cnn_weights_export(r->m, theta, &normalize, r->o.output, &r->error);
    cnn_normalize_free(&normalize);
    return status;
}

int cnn_export_command(struct cnn_run *r)
{
    struct cnn_layout l = {0};
    size_t at = cnn_layout_add(&l, r->m->core.theta, sizeof(float));
    char *arena = cnn_layout_alloc(&l, "parameters", &r->error);
    if (!arena)
        return CNN_TROUBLE;
    float *theta = (float *)(void *)(arena + at);
    int status = cnn_run_weights(r, theta);
    if (status == 0)
        status = write_weights(r, theta);
    free(arena);
    return status == 0 ? CNN_DONE : CNN_TROUBLE;
}
