/* commands.h -- the commands of a generated program: each reads what it was asked, calls the rooms below, and says what came of it.
 * No other room may include this header. */
#ifndef CNN_COMMANDS_H
#define CNN_COMMANDS_H

#include "claims.h"
#include "engine/engine.h"
#include "ensemble/ensemble.h"
#include "report/report.h"
#include "support/support.h"

/* Each is a command: returns an enum cnn_exit, with r->error filled when it is CNN_TROUBLE or CNN_USAGE. */
int cnn_train_command(struct cnn_run *r);
int cnn_evaluate_command(struct cnn_run *r);
int cnn_predict_command(struct cnn_run *r);
int cnn_summary_command(struct cnn_run *r);
int cnn_gradients_command(struct cnn_run *r);
int cnn_gradcheck_command(struct cnn_run *r);
int cnn_export_command(struct cnn_run *r);
int cnn_crossval_command(struct cnn_run *r);
int cnn_plot_command(struct cnn_run *r);

/* ---- claimed.c: the files that the spec names, claimed as a command uses them; or-ed */

enum cnn_spec_files { CNN_SPEC_SAVES = 1, CNN_SPEC_LOADS = 2, CNN_SPEC_DRAWS = 4, CNN_SPEC_MEMBERS = 8 };
int cnn_claim_spec(struct cnn_run *r, struct cnn_claims *c, unsigned how); /* -1: r->error says what clashes */

/* ---- sources.c */

/* The weights that a command wants: --weights, else the spec's checkpoint when it is there. The path is NULL without. */
const char *cnn_run_weights_path(const struct cnn_run *r);
/* The spec's checkpoint, when `train` writes it; NULL: there is none, or --save takes its place. */
const char *cnn_run_checkpoint_path(const struct cnn_run *r);
int cnn_run_weights(struct cnn_run *r, float *theta);
/* What that file knows beside weights, {0} without a file. The caller's. */
int cnn_run_beside(struct cnn_run *r, struct cnn_beside *out);
/* How inputs are normalised: as the spec says, or as the file of weights remembers; where there is none, as fitted to the training
 * data. The caller's. */
int cnn_run_normalize(struct cnn_run *r, struct cnn_normalize *out);
int cnn_run_ensemble(struct cnn_run *r,
                     struct cnn_fitted *out); /* of the file that the command uses; as cnn_fitted_read */

/* ---- evaluate.c */

void cnn_print_result(const struct cnn_model *m, const char *prefix, const struct cnn_totals *t);
/* Warns when the loss of these rows is not finite. */
void cnn_warn_not_finite(const struct cnn_model *m, const char *part, const struct cnn_totals *t);
/* ---- part.c */

/* The rows that --part names and what --weights holds, in *d and in *g or *f; an enum cnn_exit. */
int cnn_look_at_part(struct cnn_run *r, struct cnn_datasets *d, struct cnn_engine *g, struct cnn_fitted *f,
                     struct cnn_look *l);

/* ---- gradients.c */

/* Loss and gradients of all rows of d as one batch, dropout off, penalties included. grad: core.theta elements. */
int cnn_batch_gradients(const struct cnn_model *m, const float *theta, const struct cnn_dataset *d, double *grad,
                        double *loss, struct cnn_error *e);
double cnn_penalty_slope(const struct cnn_param *p, double w); /* of the penalty at the element w */

#endif
