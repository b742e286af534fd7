/* identity.h -- everything that the numbers of a run depend on, in words. A checkpoint stores it, and a run that
 * continues from the checkpoint is told what differs. Private to the runtime. */
#ifndef CNN_IDENTITY_H
#define CNN_IDENTITY_H

#include "data/data.h"
#include "support/support.h"

enum { CNN_THINGS = 24 };

struct cnn_identity { /* {0} belongs to no run */
    const struct cnn_run *run;
    char *says[CNN_THINGS]; /* in the order of identity.c's table */
};

/* Describes run r, which trains on rows d, shuffled or not. The caller frees *out, also after a failure. */
int cnn_identity_make(const struct cnn_run *r, const struct cnn_datasets *d, int shuffled, struct cnn_identity *out,
                      struct cnn_error *e);
void cnn_identity_free(struct cnn_identity *id); /* takes {0} too */
int cnn_identity_add(const struct cnn_identity *id, struct cnn_tensors *t, struct cnn_error *e);
/* Compares the run with the checkpoint at `path` that it goes on from; t holds the tensors of that file. A difference
 * is an error that names it, unless --force is given. Warns about what the checkpoint does not say, and about
 * differences that change only the last bits. */
int cnn_identity_check(const struct cnn_identity *id, const struct cnn_tensors *t, const char *path,
                       struct cnn_error *e);
/* The seed of a run that goes on: `kept`, which its checkpoint holds. With --force, a seed on the command line or a
 * seed that has changed in the spec comes first. */
uint64_t cnn_identity_seed(const struct cnn_identity *id, const struct cnn_tensors *t, uint64_t kept);

/* The first thing in which a rank's run is not that of rank 0, and that rank; NULL: there is none. */
const char *cnn_identity_differs(const struct cnn_identity *id, struct cnn_peers *p, int *rank);

#endif
