/* export.c -- `export`: weights from one file into another, by their extensions. */
#include <stdlib.h>

#include "run.h"

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
        status = cnn_weights_write(r->m, theta, r->o.output, &r->error);
    free(arena);
    return status == 0 ? CNN_DONE : CNN_TROUBLE;
}
