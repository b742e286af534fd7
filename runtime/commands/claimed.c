/* claimed.c -- which of the files that the spec names a command reads and writes, and which the ports are read from.
 * main.c handles the other files that the command line names. */
#include <stdlib.h>
#include <string.h>

#include "claims.h"
#include "commands/commands.h"
#include "data/data.h"
#include "ensemble/ensemble.h"
#include "report/report.h"
#include "support/support.h"

static int has_files(enum cnn_source_kind kind)
{
    return kind == CNN_IDX || kind == CNN_NPY; /* y and weight are files of their own, not parts of the file x */
}

/* A missing file is reported by the code that opens it. */
static int claim_data(struct cnn_run *r, struct cnn_claims *c, const char *name, const char *role)
{
    struct cnn_error missing;
    char *path = name ? cnn_find_file(r->o.data_dir, name, &missing) : NULL;
    const int status = path ? cnn_claim(c, CNN_READS, path, role, &r->error) : 0;
    free(path);
    return status;
}

static int claim_list(struct cnn_run *r, struct cnn_claims *c, const char *const *names, int n, const char *role)
{
    for (int i = 0; names && i < n; i++)
        if (claim_data(r, c, names[i], role) != 0)
            return -1;
    return 0;
}

static int claim_source(struct cnn_run *r, struct cnn_claims *c, const struct cnn_source *s, const char *role)
{
    if (s->kind == CNN_NO_SOURCE)
        return 0;
    if (claim_data(r, c, s->x, role) != 0)
        return -1;
    if (!has_files(s->kind))
        return 0;
    if (claim_list(r, c, s->each_x, s->n_each_x, role) != 0 || claim_list(r, c, s->each_y, s->n_each_y, role) != 0)
        return -1;
    return claim_data(r, c, s->y, role) != 0 || claim_data(r, c, s->weight, role) != 0 ? -1 : 0;
}

static int claim_sources(struct cnn_run *r, struct cnn_claims *c)
{
    const struct cnn_data *d = r->m->data;
    if (!d)
        return 0;
    return claim_source(r, c, &d->train, "the training data") != 0 ||
                   claim_source(r, c, &d->validation, "the validation data") != 0 ||
                   claim_source(r, c, &d->test, "the test data") != 0
               ? -1
               : 0;
}

/* The checkpoint and the log of a training are protected: no other command may write over them. */
static int claim_checkpoint(struct cnn_run *r, struct cnn_claims *c, unsigned how)
{
    const int saves = (how & CNN_SPEC_SAVES) != 0, loads = (how & CNN_SPEC_LOADS) != 0;
    const char *path = saves ? cnn_run_checkpoint_path(r) : loads ? cnn_run_weights_path(r) : r->m->train->checkpoint;
    if (!path || path == r->o.weights)
        return 0;
    return cnn_claim(c,
                     saves   ? CNN_REPLACES
                     : loads ? CNN_BEGINS_WITH
                             : CNN_READS,
                     path, "the spec's checkpoint", &r->error);
}

static int claim_log(struct cnn_run *r, struct cnn_claims *c, unsigned how)
{
    const char *path = r->m->train->log_csv;
    const int replaced = r->o.log && how & (CNN_SPEC_SAVES | CNN_SPEC_DRAWS); /* the file of --log is used instead */
    if (!path || replaced)
        return 0;
    return cnn_claim(c, how & CNN_SPEC_SAVES ? CNN_WRITES : CNN_READS, path, "the spec's log", &r->error);
}

static int claim_samples(struct cnn_run *r, struct cnn_claims *c, unsigned how)
{
    for (int i = 0; i < r->m->n_samples && how & CNN_SPEC_SAVES; i++)
        if (cnn_claim(c, CNN_REPLACES, r->m->samples[i].file, "the spec's samples", &r->error) != 0)
            return -1;
    return 0;
}

/* The files that a command writes when no option names them. */
static int claim_defaults(struct cnn_run *r, struct cnn_claims *c, unsigned how)
{
    char name[CNN_ENSEMBLE_NAME];
    if (how & CNN_SPEC_MEMBERS && !r->o.save)
        return cnn_claim(c, CNN_REPLACES, cnn_ensemble_path(r, name), "the ensemble", &r->error);
    if (how & CNN_SPEC_DRAWS && !r->o.plots)
        return cnn_claim(c, CNN_FILLS, cnn_plots_path(r), "the pictures' folder", &r->error);
    return 0;
}

int cnn_claim_spec(struct cnn_run *r, struct cnn_claims *c, unsigned how)
{
    if (claim_sources(r, c) != 0 || claim_checkpoint(r, c, how) != 0)
        return -1;
    return claim_log(r, c, how) != 0 || claim_samples(r, c, how) != 0 ? -1 : claim_defaults(r, c, how);
}

/* ---- the files of ports */

static int claim_each(struct cnn_run *r, struct cnn_claims *c, const char *const *words, int64_t n, const char *role)
{
    for (int64_t i = 0; i < n; i++)
        if (cnn_port_known(r->m, strcmp(role, "--target") == 0, words[i], &r->error) != 0 ||
            cnn_claim(c, CNN_READS, cnn_port_file(r->m, words[i]), role, &r->error) != 0)
            return -1;
    return 0;
}

int cnn_claim_ports(struct cnn_run *r, struct cnn_claims *c, int words)
{
    const struct cnn_options *o = &r->o;
    if (claim_each(r, c, o->inputs, o->n_inputs, "--input") != 0 ||
        claim_each(r, c, o->targets, o->n_targets, "--target") != 0)
        return -1;
    return claim_each(r, c, o->more, words ? o->n_more : 0, "an input");
}
