/* sources.c -- decides which weights and which normalisation a command uses. */
#include "beside.h"
#include "commands/commands.h"
#include "data/data.h"
#include "ensemble/ensemble.h"
#include "input.h"
#include "support/support.h"
#include "weights/weights.h"

const char *cnn_run_weights_path(const struct cnn_run *r)
{
    const char *kept = r->m->train->checkpoint;
    if (r->o.weights)
        return r->o.weights;
    return kept && !cnn_is_absent(kept) ? kept : NULL;
}

const char *cnn_run_checkpoint_path(const struct cnn_run *r)
{
    const struct cnn_train *t = r->m->train;
    const int is_kept_apart = t->checkpoint_best.key || t->checkpoint_every > 1;
    return is_kept_apart || !r->o.save ? t->checkpoint : NULL;
}

/* The file of weights; NULL after an error. */
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

int cnn_run_beside(struct cnn_run *r, struct cnn_beside *out)
{
    const char *path = cnn_run_weights_path(r);
    *out = (struct cnn_beside){0};
    return path ? cnn_beside_read(path, out, &r->error) : 0;
}

static int remembered(struct cnn_run *r, struct cnn_normalize *out)
{
    struct cnn_beside beside;
    if (cnn_run_beside(r, &beside) != 0)
        return -1;
    int known = cnn_normalize_remembered(r->m, &beside, cnn_run_weights_path(r), out, &r->error);
    cnn_beside_free(&beside);
    return known;
}

/* Uses the numbers of the spec, and warns when the weights were trained with others. */
static int given(struct cnn_run *r, struct cnn_normalize *out)
{
    struct cnn_beside beside;
    if (cnn_run_beside(r, &beside) != 0)
        return -1;
    cnn_normalize_compare(r->m, &beside, cnn_run_weights_path(r));
    cnn_beside_free(&beside);
    return cnn_normalize_spec(r->m, out, &r->error);
}

/* Fits the normalisation to the training data. If these are not the rows that the weights were trained on, the outputs
 * change. So --force is needed when there are weights. */
static int fit_anew(struct cnn_run *r, struct cnn_normalize *out)
{
    const char *path = cnn_run_weights_path(r);
    struct cnn_data_options o = {.dir = r->o.data_dir, .limit = r->o.limit};
    struct cnn_datasets d = {0};
    if (path && !r->o.force)
        return cnn_fail(&r->error,
                        "%s: does not know the mean and std that 'auto' of the spec's 'normalize' found in training; "
                        "take the file that training saved, or --force, which computes them from the training data",
                        path);
    if (cnn_data_load(r->m, &o, &d, &r->error) != 0)
        return -1;
    *out = cnn_normalize_share(&d.normalize);
    cnn_data_free(&d);
    return 0;
}

int cnn_run_normalize(struct cnn_run *r, struct cnn_normalize *out)
{
    if (!cnn_normalize_is_fitted(r->m))
        return given(r, out);
    const int known = remembered(r, out);
    return known == 0 ? fit_anew(r, out) : known < 0 ? -1 : 0;
}

int cnn_run_open(const struct cnn_model *m, const struct cnn_options *o, const struct cnn_normalize *normalize,
                 struct cnn_dataset *d, struct cnn_error *e)
{
    if (cnn_ports(m) > 1)
        return cnn_dataset_open_ports(m, o->inputs, o->n_inputs, o->targets, o->n_targets, normalize, d, e);
    return cnn_dataset_open(m, o->input, o->target, normalize, d, e);
}
