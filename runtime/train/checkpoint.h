/* checkpoint.h -- the position of a run: what it carries from epoch to epoch and stores in files. Private to train/. */
#ifndef CNN_CHECKPOINT_H
#define CNN_CHECKPOINT_H

#include "beside.h"
#include "engine/engine.h"

/* ---- callbacks.c: the callbacks, which run at the end of each epoch */

struct cnn_callbacks { /* what the callbacks remember from epoch to epoch */
    struct {
        int64_t wait, best_epoch; /* best_epoch -1: none yet */
        int64_t stopped;
        double best;
    } early;
    struct {
        int64_t wait, cooldown;
        double best, scale; /* scale: the product of all cuts of the learning rate */
    } reduce;
    double best; /* the best number that checkpoint_best has seen */
};

enum cnn_verdict { CNN_STOP = 1, CNN_BEST_WEIGHTS = 2, CNN_KEEP = 4, CNN_REDUCED = 8 };

void cnn_callbacks_begin(const struct cnn_train *t, struct cnn_callbacks *c);
/* To be called after epoch `epoch` (from 0); lr is its last learning rate. Returns values of enum cnn_verdict, or-ed.
 * CNN_BEST_WEIGHTS: remember the weights for the end; CNN_KEEP: write the spec's checkpoint. */
int cnn_callbacks_epoch(const struct cnn_train *t, struct cnn_callbacks *c, int64_t epoch, double lr,
                        const struct cnn_logs *logs);
double cnn_callbacks_lr(const struct cnn_train *t, const struct cnn_callbacks *c, double scheduled);

/* ---- checkpoint.c */

/* The parameters, state and sums of several models (together.c). */
struct cnn_together;
int cnn_together_export(const struct cnn_together *t, struct cnn_tensors *out, int weights_only, struct cnn_error *e);
int cnn_together_import(struct cnn_together *t, const struct cnn_tensors *in, int in_epoch, const char *path,
                        struct cnn_error *e);
/* The second set of weights, of the best epoch or of the last one, each parameter with that prefix. */
int cnn_together_export_other(const struct cnn_together *t, const char *prefix, struct cnn_tensors *out,
                              struct cnn_error *e);
int cnn_together_import_other(struct cnn_together *t, const char *prefix, const struct cnn_tensors *in,
                              const char *path, struct cnn_error *e);
int cnn_together_import_weights(struct cnn_together *t, const char *prefix, const struct cnn_tensors *in,
                                const char *path, struct cnn_error *e);
int cnn_together_has_other(const struct cnn_together *t);

struct cnn_identity;
struct cnn_position {              /* the point that a run has reached */
    int64_t epoch, step;           /* epochs done; steps done in the epoch after those */
    int64_t t;                     /* updates done */
    int64_t rows, batch, shuffled; /* of the training part */
    uint64_t seed;
    struct cnn_together *together;       /* NULL, or what holds the parameters of several models */
    struct cnn_totals totals;            /* of the current epoch */
    struct cnn_beside beside;            /* used only for writing */
    const struct cnn_identity *identity; /* stored in a checkpoint, and compared with one that is read; NULL: neither */
    struct cnn_callbacks callbacks;
    int64_t restored; /* the run is over and its weights are those of the best epoch */
    double *state;    /* NULL, or the counts of the metrics in the current epoch */
    size_t state_size;
    float *other; /* NULL, or the weights of the last epoch when `restored`, else those of the best */
};

/* A path that ends in .npz gets the weights alone. */
int cnn_checkpoint_write(const struct cnn_model *m, const float *theta, const float *state,
                         const struct cnn_position *p, const char *path, struct cnn_error *e);
int cnn_position_has_other(const struct cnn_position *p); /* is there room for a second set of weights? */
int cnn_checkpoint_read(const struct cnn_model *m, float *theta, float *state, struct cnn_position *p, const char *path,
                        struct cnn_error *e);

#endif
