/* reference.c -- buffers for the reference core, which computes in double, in plain loops, with nothing fused. */
#include <stdlib.h>

#include "engine/engine.h"
#include "support/support.h"
#include "weights/weights.h"

int cnn_double_open(struct cnn_double *d, const struct cnn_model *m, const float *theta, struct cnn_error *e)
{
    const struct cnn_reference *core = &m->reference;
    const size_t real = sizeof(double);
    struct cnn_arena l = {0};
    *d = (struct cnn_double){.m = m};
    if (!core->n_stretches)
        return cnn_fail(e, "this program was compiled without the reference core (-DCNN_NO_REFERENCE)");
    size_t at_theta = cnn_arena_add(&l, core->theta, real);
    size_t at_prepared = cnn_arena_add(&l, core->prepared, real);
    size_t at_scratch = cnn_arena_add(&l, core->scratch, real);
    size_t at_x = cnn_arena_add(&l, cnn_input_place(m, m->n_inputs, m->reference_chunk, real), 1);
    size_t at_y = cnn_arena_add(&l, cnn_output_place(m, m->n_outputs, m->reference_chunk, real), 1);
    size_t at_grad = cnn_arena_add(&l, core->theta, real);
    size_t at_target = cnn_arena_add(&l, cnn_target_place(m, m->n_targets, m->reference_chunk, real), 1);
    char *at = d->arena = cnn_arena_alloc(&l, "reference", e);
    if (!at)
        return -1;
    d->theta = (double *)(void *)(at + at_theta);
    d->prepared = (double *)(void *)(at + at_prepared);
    d->scratch = (double *)(void *)(at + at_scratch);
    d->x = (double *)(void *)(at + at_x);
    d->y = (double *)(void *)(at + at_y);
    d->grad = (double *)(void *)(at + at_grad);
    d->target = at + at_target;
    cnn_theta_to_reference(m, theta, d->theta);
    core->prepare(d->theta, d->prepared, 0, 1);
    return 0;
}

void cnn_double_close(struct cnn_double *d)
{
    free(d->arena);
    *d = (struct cnn_double){0};
}
