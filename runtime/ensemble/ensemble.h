/* ensemble.h -- networks that answer together: how they are trained, combined, judged, and kept in one file. Their members are trained
 * by train/; nothing here makes a step by itself. */
#ifndef CNN_ENSEMBLE_H
#define CNN_ENSEMBLE_H

#include "beside.h"
#include "engine/engine.h"

/* ---- combine.c: from the members' outputs to one */

/* What the members say about the rows. */
struct cnn_outputs {
    int64_t members, rows, size;
    const float *const *y;            /* of each member [rows][size] */
    const struct cnn_model *m;        /* the program's network, and so those of the members */
    const double *weight;             /* of each, in means, parts and medians; NULL: all alike */
    const unsigned char *const *skip; /* NULL, or of each member [rows]: 1 where it is not asked */
};

/* The common output of row i to y[i][size]; cnn_common_meaning() says what it is. counted[i] (NULL: not wanted) is 0, and y 0, where no
 * member with a weight was asked. -1: no memory. */
int cnn_combine(enum cnn_combine how, const struct cnn_outputs *o, float *y, unsigned char *counted);
/* What members say together: of logits the mean, or parts, of probabilities. */
struct cnn_meaning cnn_common_meaning(const struct cnn_model *m);
/* The metrics of outputs y[d->rows][y_size]. An ensemble has no loss: totals->loss stays 0. */
int cnn_score_outputs(const struct cnn_model *m, const struct cnn_meaning *is, const struct cnn_dataset *d,
                      const float *y, struct cnn_totals *out, struct cnn_error *e);

/* What stacking makes of the members' outputs: a linear function of all of them, one member's behind the other's. */
struct cnn_meta_learner {
    enum cnn_meta_kind kind; /* LOGISTIC: then probabilities */
    int64_t features, outputs;
    double *kernel, *bias; /* [features][outputs], [outputs]: in one piece; kernel NULL: there is none */
};

/* ---- fitted.c: an ensemble that has been trained, and its file */

/* The network of member i, where m is the program's own: they take turns. */
const struct cnn_model *cnn_member_model(const struct cnn_model *m, int64_t i);

struct cnn_fitted {
    const struct cnn_model *m; /* the program's own network */
    enum cnn_combine combine;
    int64_t members;
    double *weight;               /* one a member */
    float **theta;                /* likewise, in the layout of its network */
    struct cnn_beside beside;     /* only to be written */
    struct cnn_meta_learner meta; /* of CNN_STACKED */
};

int cnn_fitted_open(struct cnn_fitted *f, const struct cnn_model *m, int64_t members, struct cnn_error *e);
void cnn_fitted_free(struct cnn_fitted *f);                 /* of {0} too */
void cnn_fitted_cut(struct cnn_fitted *f, int64_t members); /* to the first so many */
int cnn_fitted_predict(const struct cnn_fitted *f, const struct cnn_dataset *d, int64_t threads, float *y,
                       struct cnn_error *e); /* y[rows][y_size] */
int cnn_fitted_evaluate(const struct cnn_fitted *f, const struct cnn_dataset *d, int64_t threads,
                        struct cnn_totals *out, struct cnn_error *e); /* as cnn_score_outputs does */

/* A .safetensors that holds tensors "member_0/conv2d.kernel", "ensemble.weights", and in its metadata how they are combined. */
int cnn_fitted_write(const struct cnn_fitted *f, const char *path, struct cnn_error *e);
/* out->members is 0 when the file is a sound one, but holds no ensemble. */
int cnn_fitted_read(const struct cnn_model *m, const char *path, struct cnn_fitted *out, struct cnn_error *e);

/* ---- ensemble.c: the command `ensemble` */

int cnn_ensemble_command(struct cnn_run *r);
enum { CNN_ENSEMBLE_NAME = 256 };
const char *cnn_ensemble_path(const struct cnn_run *r, char name[CNN_ENSEMBLE_NAME]); /* the file that it saves */

#endif
