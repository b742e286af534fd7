/* fit.h -- private to train/: a training under way. train.c has what happens between epochs, steps.c an epoch. */
#ifndef CNN_FIT_H
#define CNN_FIT_H

#include "train/checkpoint.h"
#include "train/identity.h"
#include "train/progress.h"
#include "train/train.h"

/* What thread 0 says before a step's barrier and all read behind it. Of two, so that it may say the next while some still
 * read. */
struct cnn_notice {
    double penalty; /* of the parameters */
    int asked;      /* to stop after this step */
    int pause;      /* behind it: `bench` measures something else */
};

struct cnn_fit {
    struct cnn_run *r;
    const struct cnn_training *how;
    const struct cnn_model *m;
    struct cnn_engine g;
    struct cnn_datasets data;
    int64_t *order; /* of the rows in this epoch; NULL: as they stand */
    struct cnn_identity identity;
    struct cnn_position at;
    int64_t epochs, steps; /* in all; of an epoch */
    struct cnn_schedule schedule;
    struct cnn_progress progress;
    struct cnn_log_file log;
    struct cnn_history history; /* of --verbose and --plots */
    const char *save;           /* after every epoch; NULL: nowhere */
    const char *keep;           /* when the spec's callbacks say so; NULL: nowhere */
    const char *last_good;      /* a file that holds a state of this run, or NULL */
    double *counted;            /* NULL, or metrics of the epoch while those of the validation rows are counted */
    float *class_weight;        /* NULL: all rows count alike */
    struct cnn_notice notices[2];
    enum cnn_watched watched; /* by `bench`; thread 0's alone */
    int not_finite;
    double bad_loss; /* both written by thread 0, read when the threads are through */
};

/* An epoch's steps from f->at.step on: what each thread does. They end early when a signal asks for it, when `bench` has seen
 * enough, and when the loss is no number. */
void cnn_fit_steps(void *fit, int thread);
int64_t cnn_fit_images(const struct cnn_fit *f, int64_t step); /* of that step of an epoch */
double cnn_fit_rate(const struct cnn_fit *f, int64_t t);       /* the learning rate of update t, from 0 */
int64_t cnn_fit_cycles(const struct cnn_fit *f);               /* that end in a snapshot; 0: none do */

/* ---- diagnose.c: which parameter, input or layer first stopped being a number */

struct cnn_batch {
    const struct cnn_dataset *data;
    const int64_t *order;
    int64_t first, n; /* rows order[first .. first + n) */
    uint64_t seed, t;
};
void cnn_diagnose(const struct cnn_model *m, const float *theta, const struct cnn_batch *b, char *out, size_t size);

#endif
