/* commands.h -- the commands of a generated program. Each command reads its options, calls the other rooms of the
 * runtime, and prints the result. No other room may include this header. */
#ifndef CNN_COMMANDS_H
#define CNN_COMMANDS_H

#include "claims.h"
#include "engine/engine.h"
#include "ensemble/ensemble.h"
#include "report/report.h"
#include "support/support.h"

/* The commands. Each returns an enum cnn_exit; r->error is filled when it is CNN_TROUBLE or CNN_USAGE. */
int cnn_train_command(struct cnn_run *r);
int cnn_evaluate_command(struct cnn_run *r);
int cnn_predict_command(struct cnn_run *r);
int cnn_summary_command(struct cnn_run *r);
int cnn_gradients_command(struct cnn_run *r);
int cnn_gradcheck_command(struct cnn_run *r);
int cnn_export_command(struct cnn_run *r);
int cnn_crossval_command(struct cnn_run *r);
int cnn_plot_command(struct cnn_run *r);

/* main.c: cnn_main() of a rank; peers NULL: the program runs alone. */
int cnn_main_with(int argc, char **argv, const struct cnn_model *model, struct cnn_peers *peers);

/* ---- standard_files.c */

/* Opens /dev/null for standard files that are closed. Otherwise the next file that is opened could get number 1 and
 * receive the standard output. /dev/null is opened for reading only, so that writing to it still fails. */
void cnn_occupy_standard_files(void);

/* The last thing of a program: the exit status to end with. A program that could not write its output has failed. When
 * the reader is gone, it fails without a message, as if SIGPIPE had ended it. */
int cnn_close_output(const char *program, int status);

/* ---- nets.c: which networks of several a command runs on; --model NAME chooses one */

enum cnn_net_kind {
    CNN_OF_ALL,
    CNN_OF_ALL_OR_ONE, /* of all, unless --model names one */
    CNN_OF_A_MODEL,
    CNN_OF_A_TEST, /* of a model, or of the phase that tests it */
    CNN_OF_EACH_MODEL,
    CNN_OF_A_PHASE,
    CNN_OF_EACH_PHASE,
    CNN_ONE_NETWORK
};
struct cnn_command_way {
    enum cnn_net_kind kind;
    int (*run)(struct cnn_run *r);
};
int cnn_run_nets(struct cnn_run *r, const struct cnn_command_way *way);

/* ---- claimed.c: claims the files that the spec names. The values say how a command uses them, or-ed. */

enum cnn_spec_files { CNN_SPEC_SAVES = 1, CNN_SPEC_LOADS = 2, CNN_SPEC_DRAWS = 4, CNN_SPEC_MEMBERS = 8 };
int cnn_claim_spec(struct cnn_run *r, struct cnn_claims *c, unsigned how); /* -1: r->error says what clashes */

/* Claims all files of --input and --target, and, when they are inputs, of the words that follow. */
int cnn_claim_ports(struct cnn_run *r, struct cnn_claims *c, int words);

/* ---- sources.c */

/* The file of weights that a command uses: --weights, else the spec's checkpoint if it exists, else NULL. */
const char *cnn_run_weights_path(const struct cnn_run *r);
/* The spec's checkpoint that `train` writes; NULL: the spec names none, or --save replaces it. */
const char *cnn_run_checkpoint_path(const struct cnn_run *r);
int cnn_run_weights(struct cnn_run *r, float *theta); /* reads that file; without one, an error */
/* What that file holds beside weights; {0} without a file. The caller frees *out. */
int cnn_run_beside(struct cnn_run *r, struct cnn_beside *out);
/* How inputs are normalised: as the spec says, or, when the spec leaves it to the training data, as the file of weights
 * remembers. Without such a file it is fitted to the training data. The caller frees *out. */
int cnn_run_normalize(struct cnn_run *r, struct cnn_normalize *out);
/* Opens the files of --input and --target. */
int cnn_run_open(const struct cnn_model *m, const struct cnn_options *o, const struct cnn_normalize *normalize,
                 struct cnn_dataset *d, struct cnn_error *e);
int cnn_run_ensemble(struct cnn_run *r, struct cnn_fitted *out); /* from the same file, as cnn_fitted_read does */

/* ---- evaluate.c */

void cnn_print_result(const struct cnn_model *m, const char *prefix, const struct cnn_totals *t);
/* Warns when the loss of these rows is not finite. */
void cnn_warn_not_finite(const struct cnn_model *m, const char *part, const struct cnn_totals *t);

/* ---- part.c */

/* Loads the rows that --part names into *d, and the network or ensemble of --weights into *g or *f. Returns an enum
 * cnn_exit. */
int cnn_look_at_part(struct cnn_run *r, struct cnn_datasets *d, struct cnn_engine *g, struct cnn_fitted *f,
                     struct cnn_look *l);

/* ---- gradients.c */

/* Computes loss and gradients of all rows of d as one batch, without dropout, with penalties. goals: of a phase, whose
 * numbers are targets; NULL: the rows have all targets. grad: core.theta elements. */
int cnn_batch_gradients(const struct cnn_model *m, const struct cnn_goal *goals, const float *theta,
                        const struct cnn_dataset *d, double *grad, double *loss, struct cnn_error *e);
double cnn_penalty_slope(const struct cnn_param *p, double w); /* the slope of the penalty at w */

#endif
