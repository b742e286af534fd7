/* fit.h -- a training that is running. train.c holds what happens between epochs, steps.c one epoch. Private to
 * train/. */
#ifndef CNN_FIT_H
#define CNN_FIT_H

#include <stdatomic.h>

#include "engine/meeting.h"
#include "train/checkpoint.h"
#include "train/identity.h"
#include "train/progress.h"
#include "train/train.h"

/* What thread 0 writes before the barrier of a step and all threads read after it. There are two notices, used in turn,
 * so that thread 0 can write the next one while other threads still read. */
struct cnn_notice {
    double penalty; /* the penalty on the parameters */
    int asked;      /* all threads stop after this step */
    int pause;      /* after this step, `bench` measures something else */
};

struct cnn_together;
struct cnn_fit {
    struct cnn_run *r;
    const struct cnn_training *how;
    const struct cnn_model *m;
    struct cnn_engine g;
    struct cnn_datasets data;
    int64_t *order; /* of the rows in this epoch; NULL: the order of the data */
    struct cnn_identity identity;
    struct cnn_position at;
    int64_t epochs, steps;         /* epochs in all; steps of one epoch */
    int64_t until;                 /* the step of this epoch before which cnn_fit_steps() ends */
    struct cnn_together *together; /* of a run that trains several models; NULL: there is one */
    const struct cnn_fit *of;      /* the run that this is a phase of; NULL: it is none */
    const struct cnn_net *phase;   /* that phase */
    int64_t updates;               /* of its model in a step, by all phases */
    struct cnn_tested tested;
    struct cnn_schedule schedule;
    struct cnn_progress progress;
    struct cnn_log_file log;
    struct cnn_history history; /* filled for --verbose and --plots */
    const char *save;           /* the file written after every epoch; NULL: none */
    const char *keep;           /* the file written when the spec's callbacks say so; NULL: none */
    const char *last_good;      /* a file that holds a state of this run, or NULL */
    double *counted;            /* NULL, or a copy of the epoch's metrics while the validation rows are counted */
    float *class_weight;        /* NULL: all rows count alike */
    struct cnn_notice notices[2];
    struct cnn_mark *marks;   /* [ranks] of a step; NULL in a run without other ranks */
    enum cnn_watched watched; /* what `bench` asked for last; only thread 0 uses it */
    atomic_uint turn;         /* of shares that are simulated: the number of the next one */
    int not_finite;
    double bad_loss; /* thread 0 writes both; they are read when all threads have ended */
};

/* The current step; each thread counts for itself. */
struct cnn_moment {
    int64_t step, t; /* number within the epoch; number in the whole run */
};

/* ---- train.c */

/* Makes f ready for its first step; r, how and m are set. -1: r->error says why not. */
int cnn_fit_open(struct cnn_fit *f);
void cnn_fit_close(struct cnn_fit *f); /* also where it was not opened, or in part */

/* ---- phase_targets.c */

int cnn_tested_open(struct cnn_fit *f); /* the rows of f are loaded, and its engines are open */
void cnn_tested_close(struct cnn_fit *f);
void cnn_tested_freshen(struct cnn_fit *f); /* before it is used: it has the weights of now */

/* ---- steps.c */

/* Each thread runs the steps of an epoch from f->at.step on. They end early when a signal asks for it, when `bench` has
 * seen enough, and when the loss is not a number. */
void cnn_fit_steps(void *fit, int thread);
/* Threads do their shares of a step one after the other, and tell `bench` the time of each. */
void cnn_fit_simulate(void *fit, int thread);

/* ---- batch.c */

int64_t cnn_fit_images(const struct cnn_fit *f, int64_t step); /* images in that step of an epoch */
int cnn_fit_chunks(const struct cnn_fit *f, int64_t step);     /* of the batch of that step */
/* Gathers rows order[first .. first + n), augmented as this epoch shows them. */
void cnn_fit_gather(const struct cnn_fit *f, int thread, const struct cnn_buffers *b, int64_t first, int n);
double cnn_fit_share_of_batch(const struct cnn_fit *f, const struct cnn_moment *now); /* struct cnn_step's `share` */
/* Sets the factors of the losses of n rows: their own and those of their classes. Where a row has several answers, the
 * kernel looks at their classes. room: for n numbers. */
void cnn_fit_weigh(const struct cnn_fit *f, struct cnn_step *step, const void *target, int64_t first, int n,
                   float *room);

/* ---- legs.c */

int64_t cnn_fit_cycles(const struct cnn_fit *f);         /* cycles that end in a snapshot; 0: no snapshots */
void cnn_fit_snapshot(const struct cnn_fit *f);          /* copies the weights at the end of a cycle */
double cnn_fit_rate(const struct cnn_fit *f, int64_t t); /* the learning rate of update t, from 0 */
int cnn_fit_stretches(const struct cnn_fit *f);          /* the number of legs that run the network */
/* In front of the first leg, what a step does to kernels; with the barriers behind it. */
void cnn_fit_begin(const struct cnn_fit *f, int thread, const struct cnn_moment *now);
int cnn_fit_legs(const struct cnn_fit *f); /* of a step */
void cnn_fit_leg(struct cnn_fit *f, int thread, const struct cnn_moment *now, int leg);
int cnn_fit_phase(const struct cnn_fit *f, int leg); /* of the update; -1: the sum before it */
int cnn_fit_waits(const struct cnn_fit *f, const struct cnn_moment *now, int leg); /* a barrier follows */
enum cnn_share cnn_fit_share(const struct cnn_fit *f, int leg);                    /* whose lap ends behind it */
const char *cnn_fit_leg_name(const struct cnn_fit *f, int leg);                    /* for people */
/* The first buffer of this step, among the buffers of all steps that are running. */
int cnn_fit_first_buffer(const struct cnn_fit *f, const struct cnn_moment *now);
/* Records the time since the last lap of this thread. */
void cnn_fit_lap(const struct cnn_fit *f, int thread, enum cnn_share share);

/* ---- team.c: the legs that run the network when a team does */

int cnn_team_legs(const struct cnn_fit *f);
/* NULL: that of gathering. */
const struct cnn_leg *cnn_team_leg_of(const struct cnn_fit *f, int number);
int cnn_team_waits(const struct cnn_fit *f, int number); /* a barrier follows */
const char *cnn_team_leg_name(const struct cnn_fit *f, int number);
void cnn_team_leg(struct cnn_fit *f, int thread, const struct cnn_moment *now, int number);

/* ---- together.c: several models. Each phase of a step is a training of its own, of one step at a time; what it
 *      changes is copied to the other networks that have the same parameters. */

/* The network whose inputs and targets are those of the data. */
const struct cnn_model *cnn_together_data(const struct cnn_model *m);
int cnn_together_new(struct cnn_fit *f); /* before the rows are loaded */
/* The network that the rows are loaded for. */
const struct cnn_model *cnn_together_rows(const struct cnn_fit *f);
int cnn_together_open(struct cnn_fit *f);                 /* the rows of f are loaded, and its engine is open */
void cnn_together_close(struct cnn_fit *f);               /* also where nothing is open */
int cnn_together_begin(struct cnn_fit *f, uint64_t seed); /* the first weights */
int cnn_together_read(struct cnn_fit *f, const char *path, struct cnn_error *e); /* weights of all, from a file */
void cnn_together_steps(struct cnn_fit *f); /* the steps of an epoch from f->at.step on */
void cnn_together_begin_epoch(struct cnn_fit *f);
void cnn_together_logs(const struct cnn_fit *f, struct cnn_logs *logs); /* the numbers of the phases */
double cnn_together_rate(const struct cnn_fit *f);                      /* the largest learning rate of a phase */
void cnn_together_log_rates(const struct cnn_fit *f, struct cnn_logs *logs);
void cnn_together_end_epoch(struct cnn_fit *f);
void cnn_together_meet(struct cnn_fit *f);             /* before a checkpoint: rank 0 has the state of all phases */
void cnn_together_settle(struct cnn_fit *f);           /* all networks have what the phases have learnt */
const char *cnn_together_bad(const struct cnn_fit *f); /* the phase whose loss is not finite */
/* The targets of n rows whose inputs are x, but those of the data. */
void cnn_phase_targets(const struct cnn_fit *f, int thread, const float *x, void *target, int n);

/* ---- together_files.c */

int cnn_together_keeps(struct cnn_fit *f); /* makes room for the weights of the best epoch */
void cnn_together_keep_best(struct cnn_fit *f);
void cnn_together_restore_best(struct cnn_fit *f); /* the last weights take their room */
int cnn_together_take_averages(struct cnn_fit *f); /* whether a model has any */

/* The best weights and the last ones, where a run ends. */
static inline void cnn_fit_exchange(float *x, float *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const float was = x[i];
        x[i] = y[i];
        y[i] = was;
    }
}

/* ---- meet.c: several ranks */

/* Every thread calls it before the first leg. */
void cnn_fit_meet_first(struct cnn_fit *f, int thread, const struct cnn_moment *now);
/* Every thread calls it behind a leg and its barrier. */
void cnn_fit_meet(struct cnn_fit *f, int thread, const struct cnn_moment *now, int leg);
/* Has a signal asked to stop? One that reached a rank is for all of them. */
int cnn_fit_asked(struct cnn_fit *f);
/* Ranks that would compute other numbers than rank 0 are refused. */
int cnn_fit_check_ranks(struct cnn_fit *f);

/* ---- diagnose.c: which parameter, input or layer first stopped being a number */

struct cnn_batch {
    const struct cnn_dataset *data;
    const int64_t *order;
    int64_t first, n; /* rows order[first .. first + n) */
    uint64_t seed, t;
};
void cnn_diagnose(const struct cnn_model *m, const float *theta, const struct cnn_batch *b, char *out, size_t size);

#endif
