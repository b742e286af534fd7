/* ensemble.c -- `ensemble`: trains the members that the spec's ensemble section describes, prints the score of each
 * member and of all together, and saves them in one file. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "data/data.h"
#include "engine/engine.h"
#include "ensemble/members.h"
#include "support/peers.h"
#include "support/support.h"
#include "train/train.h"
#include "weights/weights.h"

static int (*const train_of[])(struct cnn_ensemble_run *x) = {
    [CNN_BAGGING] = cnn_train_members,  [CNN_VOTING] = cnn_train_members,   [CNN_SNAPSHOT] = cnn_train_snapshots,
    [CNN_BOOSTING] = cnn_train_boosted, [CNN_STACKING] = cnn_train_stacked,
};

/* ---- the report on the whole ensemble */

static int print_whole(struct cnn_ensemble_run *x)
{
    struct cnn_totals totals;
    char text[2048];
    if (x->data.test.rows > 0) {
        if (cnn_fitted_evaluate(&x->fitted, &x->data.test, x->r->o.threads, &totals, &x->r->error) != 0)
            return -1;
        cnn_logs_metrics(&x->logs, x->m, "", &totals);
    }
    cnn_logs_text(text, sizeof text, &x->logs);
    printf("ensemble of %" PRId64 "%s%s\n", x->fitted.members, text,
           x->data.test.rows > 0 ? "" : " (there are no test rows to judge it by)");
    fflush(stdout);
    return 0;
}

/* ---- before the first member */

enum { MOST_TENSORS = 16000 }; /* the most that a file can hold */

static int load_data(struct cnn_ensemble_run *x)
{
    const struct cnn_options *s = &x->r->o;
    struct cnn_data_options o = {.dir = s->data_dir, .limit = s->limit, .peers = x->r->peers};
    o.parts = CNN_PART_TRAIN | CNN_PART_VALIDATION | CNN_PART_TEST;
    if (cnn_data_load(x->m, &o, &x->data, &x->r->error) != 0)
        return -1;
    if (x->data.train.rows == 0)
        return cnn_fail(&x->r->error, "%s: no training data: the data section has no 'train'", x->m->file);
    return 0;
}

static int begin(struct cnn_ensemble_run *x, const char *save)
{
    struct cnn_error *e = &x->r->error;
    int64_t tensors = 0;
    if (!x->spec)
        return cnn_fail(e, "%s: no 'ensemble' says which, such as 'ensemble bagging members=5'", x->m->file);
    if (cnn_is_npz(save))
        return cnn_fail(e, "%s: an .npz has no place for how members are combined; use .safetensors", save);
    for (int64_t i = 0; i < x->spec->members; i++)
        tensors += cnn_member_model(x->m, i)->n_params;
    if (tensors > MOST_TENSORS)
        return cnn_fail(e, "%" PRId64 " members have more arrays, %" PRId64 ", than a file can hold: %d",
                        x->spec->members, tensors, (int)MOST_TENSORS);
    if ((cnn_is_first(x->r->peers) && cnn_file_can_be_written(save, e) != 0) || load_data(x) != 0)
        return -1;
    const int by_themselves = x->spec->kind != CNN_SNAPSHOT && x->spec->kind != CNN_BOOSTING;
    x->threads = by_themselves ? cnn_threads_of_jobs(x->m, &x->r->o) : x->r->o.threads;
    if (cnn_fitted_open(&x->fitted, x->m, x->spec->members, e) != 0)
        return -1;
    x->fitted.combine = x->spec->combine;
    x->fitted.beside = cnn_data_beside(&x->data);
    for (int64_t i = 0; x->spec->weights && i < x->fitted.members; i++)
        x->fitted.weight[i] = x->spec->weights[i];
    return 0;
}

/* ---- the command */

static int train(struct cnn_ensemble_run *x, const char *save)
{
    if (begin(x, save) != 0)
        return CNN_TROUBLE;
    int status = train_of[x->spec->kind](x);
    if (status == CNN_INTERRUPTED)
        fprintf(stderr, "%s: interrupted; %" PRId64 " of %" PRId64 " members were done; nothing was saved\n",
                x->m->name, x->done, x->spec->members);
    if (status != CNN_DONE)
        return status;
    if (!cnn_is_first(x->r->peers))
        return CNN_DONE;
    return cnn_fitted_write(&x->fitted, save, &x->r->error) == 0 && print_whole(x) == 0 ? CNN_DONE : CNN_TROUBLE;
}

const char *cnn_ensemble_path(const struct cnn_run *r, char name[CNN_ENSEMBLE_NAME])
{
    snprintf(name, CNN_ENSEMBLE_NAME, "%s-ensemble.safetensors", r->m->name);
    return r->o.save ? r->o.save : name;
}

int cnn_ensemble_command(struct cnn_run *r)
{
    struct cnn_ensemble_run x = {.r = r, .m = r->m, .spec = r->m->ensemble};
    char name[CNN_ENSEMBLE_NAME];
    int status = train(&x, cnn_ensemble_path(r, name));
    cnn_fitted_free(&x.fitted);
    cnn_data_free(&x.data);
    return status;
}
