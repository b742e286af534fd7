/* weights.c -- which weights and which normalisation a command works with. */
#include <stdio.h>

#include "ensemble.h"

const char *cnn_run_weights_path(const struct cnn_run *r)
{
    FILE *f;
    if (r->o.weights)
        return r->o.weights;
    if (!r->m->train->checkpoint || !(f = fopen(r->m->train->checkpoint, "rb")))
        return NULL;
    fclose(f);
    return r->m->train->checkpoint;
}

const char *cnn_run_checkpoint_path(const struct cnn_run *r)
{
    const struct cnn_train *t = r->m->train;
    const int is_kept_apart = t->checkpoint_best.key || t->checkpoint_every > 1;
    return is_kept_apart || !r->o.save ? t->checkpoint : NULL;
}

/* NULL after an error. */
static const char *need_path(struct cnn_run *r)
{
    const char *path = cnn_run_weights_path(r);
    if (!path)
        cnn_fail(&r->error, "no weights: give --weights FILE");
    return path;
}

int cnn_run_weights(struct cnn_run *r, float *theta)
{
    const char *path = need_path(r);
    return path ? cnn_weights_read(r->m, theta, path, &r->error) : -1;
}

int cnn_run_ensemble(struct cnn_run *r, struct cnn_fitted *out)
{
    const char *path = need_path(r);
    *out = (struct cnn_fitted){0};
    return path ? cnn_fitted_read(r->m, path, out, &r->error) : -1;
}

int cnn_run_normalize(struct cnn_run *r, struct cnn_normalize *out)
{
    const char *path = cnn_run_weights_path(r);
    struct cnn_data_options o = {.dir = r->o.data_dir, .limit = r->o.limit};
    struct cnn_datasets d = {0};
    if (!cnn_normalize_is_fitted(r->m))
        return cnn_normalize_spec(r->m, out, &r->error);
    const int remembered = path ? cnn_checkpoint_normalize(r->m, path, out, &r->error) : 0;
    if (remembered != 0)
        return remembered < 0 ? -1 : 0;
    if (cnn_data_load(r->m, &o, &d, &r->error) != 0)
        return -1;
    *out = cnn_normalize_share(&d.normalize);
    cnn_data_free(&d);
    return 0;
}

uint64_t cnn_run_seed(const struct cnn_run *r)
{
    return r->o.seed_given ? (uint64_t)r->o.seed : r->m->train->seed;
}
