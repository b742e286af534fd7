/* train.h -- training: epochs, callbacks, checkpoints, the log and the progress bar. Nothing here reads a command line
 * or draws pictures: commands/ decides what is trained and what happens afterwards. */
#ifndef CNN_TRAIN_H
#define CNN_TRAIN_H

#include "engine/engine.h"
#include "support/support.h"

/* What `bench` adds to a training run: its own rows, and a function that is called after every step. */
enum { CNN_BENCH_STEPS = 20000 };                                             /* the most steps that bench times */
enum cnn_share { CNN_GATHER, CNN_METRIC, CNN_UPDATE, CNN_OTHER, CNN_SHARES }; /* laps after those of the kernels */
enum cnn_watched { CNN_GO_ON, CNN_ENOUGH, CNN_PAUSE };
struct cnn_leg_time { /* of the work that one thread has in a leg of a step */
    int leg, thread;
    int waits; /* a barrier follows the leg */
    int first; /* the first one of the leg */
    enum cnn_share share;
    const char *name; /* of the leg, for people */
    double seconds;
};
struct cnn_watch {
    const struct cnn_dataset *rows;                       /* instead of the spec's data; nothing is saved or logged */
    struct cnn_laps *laps;                                /* of thread 0; NULL: kernels are not timed */
    enum cnn_watched (*stepped)(struct cnn_watch *watch); /* thread 0 calls it after every step */
    void (*pause)(struct cnn_watch *watch, int thread,
                  struct cnn_pool *pool); /* all threads call it one step after stepped() asked for it */
    /* NULL, or threads do their shares of a leg one after the other, and tell how long each took. Before that, thread 0
     * sets the three below. */
    void (*took)(struct cnn_watch *watch, const struct cnn_leg_time *t);
    int legs, threads;
    int dealt;               /* thread 0 does the shares of all, as there are fewer cores */
    int simulated;           /* when stepped() is called: the step was such a one; 0: all threads ran it together */
    struct cnn_ready *ready; /* NULL, or told when gradients of a chunk are finished */
};

/* What `crossval` and `ensemble` give to a training run and get back from it. Nothing is saved or logged. */
struct cnn_trial {
    const struct cnn_datasets *data; /* instead of the spec's */
    struct cnn_totals *totals;       /* of the test rows, if there are any; NULL: not wanted */
    float *theta;                    /* the final weights, core.theta of them; NULL: not wanted */
    int64_t epochs;                  /* epochs that were run */
    /* Snapshots (Huang et al., "Snapshot ensembles: train 1, get M for free", 2017): the learning rate falls along a
     * cosine in each of `cycles` equal cycles, and a snapshot holds the weights at the end of one. `cycles` divides the
     * number of epochs; 0 means no snapshots. */
    int64_t cycles;
    float *snapshots; /* [cycles][core.theta] */
};

struct cnn_history;

/* What the validation and the test rows are about. */
struct cnn_tested {
    const struct cnn_model *model; /* NULL: nothing is compared with the data */
    struct cnn_engine *engine;
    const struct cnn_datasets *rows; /* those for validation and test */
    struct cnn_engine own;           /* of a phase that tests the model that answers, */
    struct cnn_datasets data;        /* and the rows as it has them */
};

/* What a training has when all its epochs are done. */
struct cnn_trained {
    struct cnn_engine *engine; /* holds the weights, prepared */
    const struct cnn_datasets *data;
    const struct cnn_tested *tested;
    const struct cnn_history *history; /* of the epochs; empty unless --verbose or --plots was given */
    int saves;                         /* the run has written its weights to a file */
};

/* What the caller of a training adds to it; {0}: nothing. At most one of watch and trial is set; with either, nothing
 * is saved or logged. */
struct cnn_training {
    struct cnn_watch *watch;
    struct cnn_trial *trial;
    int (*before_files)(struct cnn_run *r);             /* before the log is opened. -1: r->error says why not */
    void (*begins)(const struct cnn_run *r, int saves); /* before the first epoch */
    /* After an epoch, counted from 1, on rank 0. -1: r->error says why the run ends. */
    int (*epoch)(struct cnn_run *r, const struct cnn_trained *t, int64_t epoch, int last);
    int (*ended)(struct cnn_run *r, const struct cnn_trained *t); /* after the last epoch: an enum cnn_exit */
};

/* Trains r's network as r's options say. Returns an enum cnn_exit; r->error is filled when it is CNN_TROUBLE. */
int cnn_train(struct cnn_run *r, const struct cnn_training *how);

/* Trains the network m for another command, whose options are `all`. The training starts from new weights of this seed
 * and prints nothing. Returns an enum cnn_exit. */
int cnn_trial_run(const struct cnn_model *m, const struct cnn_options *all, uint64_t seed, int64_t threads,
                  struct cnn_trial *t, struct cnn_error *e);

/* ---- phase_targets.c: targets of a phase that are numbers of the spec */

int cnn_phase_wants_file(const struct cnn_model *m, const struct cnn_goal *goals); /* others are compared with */
void cnn_number_targets(const struct cnn_model *m, const struct cnn_goal *goals, void *target, int n);

/* ---- history.c: the numbers of the epochs, as the log has them */

enum { CNN_KEYS = sizeof((struct cnn_logs *)0)->at / sizeof((struct cnn_logs *)0)->at[0] };

struct cnn_history { /* {0} is an empty one */
    int n_keys;
    char key[CNN_KEYS][sizeof((struct cnn_logs *)0)->at[0].key];
    int64_t rows, room;
    double *at; /* [rows][1 + n_keys]: the epoch, from 0, then its numbers; a missing number is nan */
};

int cnn_history_add(struct cnn_history *h, int64_t epoch, const struct cnn_logs *logs, struct cnn_error *e);
/* Reads the log of a run. On failure *h is empty. */
int cnn_history_read(struct cnn_history *h, const char *path, struct cnn_error *e);
void cnn_history_free(struct cnn_history *h);
int cnn_history_find(const struct cnn_history *h, const char *prefix, const char *key); /* -1: no such key */
double cnn_history_epoch(const struct cnn_history *h, int64_t row);
double cnn_history_value(const struct cnn_history *h, int64_t row, int key);
/* The first row in which this number is best; -1: it is nan in every row. */
int64_t cnn_history_best(const struct cnn_history *h, int key, int rises);
int cnn_key_rises(const struct cnn_model *m, const char *key); /* is a larger number better? `key` as in the log */

/* ---- progress.c */

/* The text of the log's number of that key. A metric that is nan reads "undefined"; it is nan when the rows have no
 * such number, as auc when all rows are of one class. */
const char *cnn_number_text(const char *key, double value, char *out, size_t size);
int cnn_logs_text(char *out, size_t size, const struct cnn_logs *logs); /* " - accuracy: 0.9543 - loss: 0.1464" */

#endif
