/* members.h -- the training of an ensemble. Private to ensemble/. */
#ifndef CNN_MEMBERS_H
#define CNN_MEMBERS_H

#include "ensemble/ensemble.h"

/* ---- ensemble.c, members.c: training an ensemble */

struct cnn_ensemble_run {
    struct cnn_run *r;
    const struct cnn_model *m;
    const struct cnn_ensemble *spec;
    struct cnn_datasets data;
    struct cnn_fitted fitted; /* room for spec->members; filled as they are trained */
    int64_t threads;          /* threads of one training */
    int64_t done;             /* members whose training has ended */
    struct cnn_logs logs;     /* of the whole ensemble; its metrics on the test rows are added last */
};

/* Each function trains all members and fills `fitted`. Returns an enum cnn_exit. */
int cnn_train_members(struct cnn_ensemble_run *x);   /* bagging and voting: members by themselves, --jobs at once */
int cnn_train_snapshots(struct cnn_ensemble_run *x); /* members.c: one after the other, in one run */
int cnn_train_stacked(struct cnn_ensemble_run *x);   /* stacking.c: members by themselves, --jobs at once */
int cnn_train_boosted(struct cnn_ensemble_run *x);   /* boosting.c: one after the other; may end with fewer members */

/* Prints "member 2/5 - accuracy: 0.9 ...", unless --quiet is given. logs: the numbers of member i. */
void cnn_print_member(const struct cnn_ensemble_run *x, int64_t i, const struct cnn_logs *logs);

#endif
