/* identity.h -- what the numbers of a run depend on, in words. A checkpoint stores it; a run that continues from there is told what
 * differs. Private to the runtime. */
#ifndef CNN_IDENTITY_H
#define CNN_IDENTITY_H

#include "data/data.h"
#include "support/support.h"

enum { CNN_THINGS = 24 };

struct cnn_identity { /* {0}: of no run */
    const struct cnn_run *run;
    char *says[CNN_THINGS]; /* in the order of identity.c's table */
};

/* Of this run: its rows, and their order. The caller's, to be freed even on failure. */
int cnn_identity_make(const struct cnn_run *r, const struct cnn_datasets *d, int shuffled, struct cnn_identity *out,
                      struct cnn_error *e);
void cnn_identity_free(struct cnn_identity *id); /* of {0} too */
int cnn_identity_add(const struct cnn_identity *id, struct cnn_tensors *t, struct cnn_error *e);
/* The run goes on from a checkpoint at `path`, of these tensors: an error that names what is another in it, unless --force is given.
 * What the checkpoint does not know, and where only the last bits will differ, is said. */
int cnn_identity_check(const struct cnn_identity *id, const struct cnn_tensors *t, const char *path,
                       struct cnn_error *e);
/* The seed of a run that goes on: `kept` in its checkpoint, unless --force lets another count that the line or the spec says now. */
uint64_t cnn_identity_seed(const struct cnn_identity *id, const struct cnn_tensors *t, uint64_t kept);

#endif
