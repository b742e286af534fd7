/* members.h -- the training of an ensemble. Private to ensemble/. */
#ifndef CNN_MEMBERS_H
#define CNN_MEMBERS_H

#include "ensemble/ensemble.h"

/* ---- ensemble.c, members.c: training one */

struct cnn_ensemble_run {
    struct cnn_run *r;
    const struct cnn_model *m;
    const struct cnn_ensemble *spec;
    struct cnn_datasets data;
    struct cnn_fitted fitted; /* of spec->members; those that are trained */
    int64_t threads;          /* of a training */
    int64_t done;             /* members whose training has ended */
    struct cnn_logs logs;     /* of the whole, beside its metrics on the test rows */
};

/* Each trains all members and fills `fitted`: an enum cnn_exit. */
int cnn_train_members(struct cnn_ensemble_run *x);   /* of bagging and voting: each by itself, --jobs at once */
int cnn_train_snapshots(struct cnn_ensemble_run *x); /* one after the other, in one run */
int cnn_train_stacked(struct cnn_ensemble_run *x);   /* stacking.c: each by itself, --jobs at once */
int cnn_train_boosted(struct cnn_ensemble_run *x);   /* boosting.c: one after the other; may end with fewer */

/* "member 2/5 - accuracy: 0.9 ...", unless --quiet. tests: of those of the test rows, when there are some. */
void cnn_print_member(const struct cnn_ensemble_run *x, int64_t i, const struct cnn_logs *logs);

#endif
