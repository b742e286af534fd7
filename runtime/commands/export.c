/* export.c -- `export`: copies weights from one file to another; the file names say the formats. Of an ensemble it
 * copies the weights of one member. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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

static int export_network(struct cnn_run *r)
{
    struct cnn_arena l = {0};
    cnn_arena_add(&l, r->m->core.theta, sizeof(float)); /* the only part, at offset 0 */
    float *theta = cnn_arena_alloc(&l, "parameters", &r->error);
    if (!theta)
        return -1;
    int status = cnn_run_weights(r, theta);
    if (status == 0)
        status = write_weights(r, r->m, theta);
    free(theta);
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
    int status = f.members ? export_member(r, &f) : export_network(r);
    cnn_fitted_free(&f);
    return status;
}

int cnn_export_command(struct cnn_run *r)
{
    return export_weights(r) == 0 ? CNN_DONE : CNN_TROUBLE;
}
