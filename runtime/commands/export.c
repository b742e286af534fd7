/* export.c -- `export`: copies weights from one file to another; the file names say the formats. Of several models it
 * copies those of all, or of the one that --model names; of an ensemble the weights of one member. */
#include <inttypes.h>
#include <stdlib.h>

#include "beside.h"
#include "commands/commands.h"
#include "ensemble/ensemble.h"
#include "support/support.h"
#include "weights/weights.h"

static int write_weights(struct cnn_run *r, const struct cnn_model *m, const float *theta)
{
    struct cnn_beside beside;
    if (cnn_run_beside(r, &beside) != 0)
        return -1;
    int status = cnn_weights_write(m, theta, &beside, r->o.output, &r->error);
    cnn_beside_free(&beside);
    return status;
}

/* Adds the parameters of a network. in: what the file has; NULL: it is not read yet. */
static int take_network(struct cnn_run *r, const struct cnn_model *m, const struct cnn_tensors *in,
                        struct cnn_tensors *out)
{
    struct cnn_arena l = {0};
    cnn_arena_add(&l, m->core.theta, sizeof(float)); /* the only part, at offset 0 */
    float *theta = cnn_arena_alloc(&l, "parameters", &r->error);
    if (!theta)
        return -1;
    int status =
        in ? cnn_params_import(m, in, "", cnn_run_weights_path(r), theta, &r->error) : cnn_run_weights(r, theta);
    if (status == 0)
        status = cnn_params_export(m, theta, "", out, &r->error);
    free(theta);
    return status;
}

/* All models, each once. */
static int take_models(struct cnn_run *r, struct cnn_tensors *out)
{
    const struct cnn_nets *nets = r->o.model ? NULL : r->m->nets;
    struct cnn_tensors in = {0};
    int status = take_network(r, r->m, NULL, out);
    if (nets && status == 0)
        status = cnn_tensors_read(cnn_run_weights_path(r), &in, &r->error);
    for (int i = 1; nets && i < nets->n && status == 0; i++)
        if (!nets->at[i].name && !nets->at[i].output)
            status = take_network(r, nets->at[i].network, &in, out);
    cnn_tensors_free(&in);
    return status;
}

static int export_networks(struct cnn_run *r)
{
    struct cnn_tensors t = {0};
    struct cnn_beside beside = {0};
    int status = take_models(r, &t);
    if (status == 0)
        status = cnn_run_beside(r, &beside);
    if (status == 0)
        status = cnn_weights_write_tensors(r->m, &t, &beside, r->o.output, &r->error);
    cnn_tensors_free(&t);
    cnn_beside_free(&beside);
    return status;
}

static int export_member(struct cnn_run *r, const struct cnn_fitted *f)
{
    int64_t i = r->o.member;
    if (i >= 1 && i <= f->members)
        return write_weights(r, cnn_member_model(r->m, i - 1), f->theta[i - 1]);
    return cnn_fail(&r->error, "--member N says which member's weights are wanted, from 1 to %" PRId64, f->members);
}

static int export_weights(struct cnn_run *r)
{
    struct cnn_fitted f;
    if (cnn_run_ensemble(r, &f) != 0)
        return -1;
    if (r->o.member && !f.members)
        return cnn_fail(&r->error, "--member: the weights are those of one network, not of an ensemble");
    int status = f.members ? export_member(r, &f) : export_networks(r);
    cnn_fitted_free(&f);
    return status;
}

int cnn_export_command(struct cnn_run *r)
{
    return export_weights(r) == 0 ? CNN_DONE : CNN_TROUBLE;
}
