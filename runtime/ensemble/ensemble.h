/* ensemble.h -- ensembles, that is networks that answer together: how they are trained, combined, scored, and kept in
 * one file. train/ trains the members; no training step is made here. */
#ifndef CNN_ENSEMBLE_H
#define CNN_ENSEMBLE_H

#include "beside.h"
#include "engine/engine.h"

/* ---- combine.c: makes one output from the members' outputs */

/* The members' outputs for the rows of a data set. */
struct cnn_outputs {
    int64_t members, rows, size;
    const float *const *y;            /* y[member]: [rows][size] */
    const struct cnn_model *m;        /* the program's network, which leads to those of the members */
    const double *weight;             /* of each member, in means, votes and medians; NULL: all equal */
    const unsigned char *const *skip; /* NULL, or skip[member]: [rows], 1 where the member is not asked */
};

/* Writes the common output of row i to y[i][size]; cnn_common_meaning() says what it means. Where no member with a
 * weight was asked, y and counted[i] are 0 (counted NULL: not wanted). Returns -1 when there is no memory. */
int cnn_combine(enum cnn_combine how, const struct cnn_outputs *o, float *y, unsigned char *counted);
/* The meaning of the common output. Members with logits give probabilities: the mean of theirs, or shares of votes. */
struct cnn_meaning cnn_common_meaning(const struct cnn_model *m);
/* The metrics of outputs y[d->rows][y_size]. An ensemble has no loss: totals->loss stays 0. */
int cnn_score_outputs(const struct cnn_model *m, const struct cnn_meaning *is, const struct cnn_dataset *d,
                      const float *y, struct cnn_totals *out, struct cnn_error *e);

/* The meta-learner of stacking: a linear function of all members' outputs, one member's after the other's. */
struct cnn_meta_learner {
    enum cnn_meta_kind kind; /* CNN_LOGISTIC turns the result into probabilities */
    int64_t features, outputs;
    double *kernel, *bias; /* [features][outputs], [outputs], one allocation; kernel NULL: none */
};

/* ---- fitted.c: an ensemble that has been trained, and its file */

/* The network of member i; m is the program's own. The members use its networks in turn. */
const struct cnn_model *cnn_member_model(const struct cnn_model *m, int64_t i);

struct cnn_fitted {
    const struct cnn_model *m; /* the program's own network */
    enum cnn_combine combine;
    int64_t members;
    double *weight;               /* one for each member */
    float **theta;                /* one for each member, in the layout of its network */
    struct cnn_beside beside;     /* used only for writing */
    struct cnn_meta_learner meta; /* used only by CNN_STACKED */
};

int cnn_fitted_open(struct cnn_fitted *f, const struct cnn_model *m, int64_t members, struct cnn_error *e);
void cnn_fitted_free(struct cnn_fitted *f);                 /* takes {0} too */
void cnn_fitted_cut(struct cnn_fitted *f, int64_t members); /* keeps the first `members` */
int cnn_fitted_predict(const struct cnn_fitted *f, const struct cnn_dataset *d, int64_t threads, float *y,
                       struct cnn_error *e); /* y[rows][y_size] */
int cnn_fitted_evaluate(const struct cnn_fitted *f, const struct cnn_dataset *d, int64_t threads,
                        struct cnn_totals *out, struct cnn_error *e); /* *out as of cnn_score_outputs */

/* Writes a .safetensors file with tensors such as "member_0/conv2d.kernel" and "ensemble.weights"; the metadata says
 * how the members are combined. */
int cnn_fitted_write(const struct cnn_fitted *f, const char *path, struct cnn_error *e);
/* out->members is 0 when the file is valid but holds no ensemble. */
int cnn_fitted_read(const struct cnn_model *m, const char *path, struct cnn_fitted *out, struct cnn_error *e);

/* ---- ensemble.c: the command `ensemble` */

int cnn_ensemble_command(struct cnn_run *r);
enum { CNN_ENSEMBLE_NAME = 256 };
const char *cnn_ensemble_path(const struct cnn_run *r, char name[CNN_ENSEMBLE_NAME]); /* the file that it writes */

#endif
