/* run.h -- private to the runtime: what the commands of a generated program share. files.h, data.h and params.h are
 * below it. */
#ifndef CNN_RUN_H
#define CNN_RUN_H

#include <stdio.h>
#include <sys/types.h>

#include "cnn.h"
#include "data/data.h"
#include "files.h"
#include "weights/params.h"

enum cnn_exit { CNN_DONE = 0, CNN_TROUBLE = 1, CNN_USAGE = 2, CNN_INTERRUPTED = 130 };

/* ---- the command line (main.c) */

struct cnn_options { /* zero or NULL: as the spec says */
    const char *data_dir, *weights, *save, *resume, *log, *input, *target, *output, *part;
    int64_t epochs, limit, threads, seed;
    double lr;
    int seed_given, quiet, no_shuffle;
    const char *csv, *json, *plot; /* of bench */
    int64_t steps;
    double seconds;
    int64_t jobs;            /* of crossval and ensemble */
    const char *const *more; /* of predict: words that name further inputs */
    int64_t n_more;
    const char *plots; /* the folder of pictures */
    int png, verbose;
    int64_t member; /* of export; 0: not given */
    int force;      /* what is refused because it would be another run, or another network */
};

/* What `bench` puts into a run of the trainer: rows of its own, and a look at every step. */
enum { CNN_BENCH_STEPS = 20000 };                                             /* that bench times at most */
enum cnn_share { CNN_GATHER, CNN_METRIC, CNN_UPDATE, CNN_OTHER, CNN_SHARES }; /* laps behind those of the kernels */
enum cnn_watched { CNN_GO_ON, CNN_ENOUGH, CNN_PAUSE };
struct cnn_pool;
struct cnn_watch {
    const struct cnn_dataset *rows;                       /* instead of the spec's data; nothing is saved or logged */
    struct cnn_laps *laps;                                /* of thread 0; NULL: no time by kernel */
    enum cnn_watched (*stepped)(struct cnn_watch *watch); /* after every step, by thread 0 */
    void (*pause)(struct cnn_watch *watch, int thread,
                  struct cnn_pool *pool); /* by all threads, a step after stepped() asked for it */
};

/* What `crossval` and `ensemble` put into a run of the trainer, and what comes back. Nothing is saved or logged. */
struct cnn_totals;
struct cnn_trial {
    const struct cnn_datasets *data; /* instead of the spec's */
    struct cnn_totals *totals;       /* of the test rows, when there are some; NULL: not wanted */
    float *theta;                    /* the weights it ends with, core.theta of them; NULL: not wanted */
    int64_t epochs;                  /* that were run */
    /* Snapshots (Huang et al., "Snapshot ensembles: train 1, get M for free", 2017): the learning rate falls along a cosine and
     * begins anew `cycles` times, a number that divides the epochs; the weights at the end of each. cycles 0: none. */
    int64_t cycles;
    float *snapshots; /* [cycles][core.theta] */
};

struct cnn_run {
    const struct cnn_model *m;
    struct cnn_options o;
    struct cnn_watch *watch; /* NULL but in `bench` */
    struct cnn_trial *trial; /* NULL but in `crossval` and `ensemble` */
    struct cnn_error error;  /* of the function that returned -1 */
};

/* Each is a command: returns an enum cnn_exit, with r->error filled when it is CNN_TROUBLE or CNN_USAGE. */
int cnn_train_command(struct cnn_run *r);
int cnn_evaluate_command(struct cnn_run *r);
int cnn_predict_command(struct cnn_run *r);
int cnn_summary_command(struct cnn_run *r);
int cnn_gradients_command(struct cnn_run *r);
int cnn_gradcheck_command(struct cnn_run *r);
int cnn_export_command(struct cnn_run *r);
int cnn_bench_command(struct cnn_run *r);
int cnn_crossval_command(struct cnn_run *r);
int cnn_plot_command(struct cnn_run *r);
int cnn_ensemble_command(struct cnn_run *r);

/* trial.c: a training of the network m for another command, whose command line is `all`: from new weights of this seed, quiet.
 * An enum cnn_exit. */
int cnn_trial_run(const struct cnn_model *m, const struct cnn_options *all, uint64_t seed, int64_t threads,
                  struct cnn_trial *t, struct cnn_error *e);

const char *cnn_nearest(const char *word, const char *const *names, size_t n); /* suggest.c; NULL: none is near */
int cnn_has_writable_name(const char *path, struct cnn_error *e); /* checkpoint.c; -1: neither .safetensors nor .npz */
int cnn_is_npz(const char *path);
int cnn_has_npy_name(const char *path, struct cnn_error *e);

/* ---- claimed.c: the files that the spec names, claimed as a command uses them; or-ed */

struct cnn_claims;
enum cnn_spec_files { CNN_SPEC_SAVES = 1, CNN_SPEC_LOADS = 2, CNN_SPEC_DRAWS = 4, CNN_SPEC_MEMBERS = 8 };
int cnn_claim_spec(struct cnn_run *r, struct cnn_claims *c, unsigned how); /* -1: r->error says what clashes */
enum { CNN_ENSEMBLE_NAME = 256 };
const char *cnn_ensemble_path(const struct cnn_run *r, char name[CNN_ENSEMBLE_NAME]); /* that `ensemble` saves */
const char *cnn_plots_path(const struct cnn_run *r);                                  /* that `plot` draws into */

/* ---- threads.c: `threads` workers, the caller is number 0 */

struct cnn_pool;
struct cnn_pool *cnn_pool_new(int threads, struct cnn_error *e);
void cnn_pool_free(struct cnn_pool *p); /* of NULL too */
void cnn_pool_run(struct cnn_pool *p, void (*work)(void *arg, int thread),
                  void *arg);              /* returns when all are through */
void cnn_pool_barrier(struct cnn_pool *p); /* within work(), by every thread */
int cnn_online_cores(void);
void cnn_flush_denormals(void); /* of the calling thread: kernels slow down a hundredfold on denormals */

/* ---- jobs.c: tasks, each in a process of its own, so that none sees what another did */

struct cnn_jobs {
    int64_t tasks, jobs; /* jobs: processes at once, at most */
    size_t size;         /* of a result */
    void *results;       /* one a task */
    void *arg;
    void (*run)(void *arg, int64_t task, void *result); /* in the task's process */
    /* Here, in the order of the tasks, whichever ends first; nonzero: the others shall end. */
    int (*done)(void *arg, int64_t task, const void *result);
};

/* CNN_INTERRUPTED when a signal asked for it: the tasks under way were told. */
int cnn_jobs_run(struct cnn_jobs *j, struct cnn_error *e);

/* ---- outputs.c: what n outputs say, of which `is` tells what they are */

struct cnn_answer {       /* of one row */
    int32_t class, truth; /* class -1: no number */
    float sure;           /* the probability that the network gives its class */
};
struct cnn_answer cnn_answer_of(const struct cnn_meaning *is, const float *y, int64_t n); /* but the truth */
int64_t cnn_said_class(const struct cnn_meaning *is, const float *y, int64_t n); /* -1: none, one of them is NaN */
/* The probability that output y stands for; of numbers y itself. log_sum: cnn_log_sum of the answer that y is of. */
double cnn_probability(const struct cnn_meaning *is, float y, double log_sum);
double cnn_log_sum(const struct cnn_meaning *is, const float *y, int64_t n);
void cnn_probabilities(const struct cnn_meaning *is, const float *y, int64_t n, float *p); /* p may be y */
double cnn_yes_above(const struct cnn_meaning *is, double probability); /* an output above this says yes more surely */

/* ---- metrics.c: from sums to what Keras calls logs */

enum { CNN_METRICS = 14 };

struct cnn_slot { /* what one chunk adds; two cache lines, so that threads do not share one */
    struct cnn_sums sums;
    double metric[CNN_METRICS];
};

struct cnn_totals { /* running sums over the rows seen */
    int64_t rows;
    double loss; /* penalties included, weighted by rows */
    double metric[CNN_METRICS];
    double penalty; /* the part of loss that is penalties */
    int counted;    /* metrics that are no sum stand in metric, as values */
};

struct cnn_logs { /* in the order of the keys, as Keras prints them */
    int n;
    struct {
        char key[48];
        double value;
    } at[2 * (CNN_METRICS + 2) + 1]; /* loss, penalty, metrics, each twice, and the learning rate */
};

/* Adds to sums[i] the sum over n images of metric i. target as in core.chunk. */
void cnn_metrics_add(const struct cnn_model *m, const float *y, const void *target, int n, double *sums);
void cnn_slot_sum(const struct cnn_slot *slots, int64_t n, struct cnn_slot *out); /* in order */
/* One batch of `rows` images; penalty is of the parameters. */
void cnn_totals_add(struct cnn_totals *t, const struct cnn_slot *batch, int64_t rows, double penalty);
double cnn_totals_loss(const struct cnn_totals *t);
int cnn_totals_metric(const struct cnn_model *m, const struct cnn_totals *t, int j,
                      double *value);                                                             /* 0: not known yet */
void cnn_print_result(const struct cnn_model *m, const char *prefix, const struct cnn_totals *t); /* evaluate.c */
void cnn_warn_not_finite(const struct cnn_model *m, const char *part,
                         const struct cnn_totals *t);                   /* its loss, when so */
const double *cnn_logs_find(const struct cnn_logs *l, const char *key); /* NULL: no such number */
void cnn_logs_add(struct cnn_logs *l, const char *prefix, const char *key, double value);
void cnn_logs_totals(struct cnn_logs *l, const struct cnn_model *m, const char *prefix, const struct cnn_totals *t);
void cnn_logs_metrics(struct cnn_logs *l, const struct cnn_model *m, const char *prefix,
                      const struct cnn_totals *t); /* without the loss */

/* ---- counts.c: metrics that are no sum. The state is cnn_state_size() doubles, zero before the first row. */

int cnn_metric_is_sum(const struct cnn_metric *k);
size_t cnn_state_size(const struct cnn_model *m);
void cnn_state_add(const struct cnn_model *m, const float *y, const void *target, int n, double *state);
void cnn_state_merge(const struct cnn_model *m, double *into, const double *from);
void cnn_state_values(const struct cnn_model *m, const double *state, double *metric); /* of those metrics */

/* ---- class_weight.c: rows of rare classes count for more, in training */

/* NULL when the spec has no class weights, else one a class (malloc'd), balanced over the rows of d; failed: set on error. */
float *cnn_class_weights(const struct cnn_model *m, const struct cnn_dataset *d, int *failed, struct cnn_error *e);
/* Weights of n rows with these targets: each its own (NULL: 1), times its class's. Returns out, which may be `own`; without class
 * weights `own` itself. */
const float *cnn_weigh_classes(const struct cnn_model *m, const float *by_class, const void *target, int n,
                               const float *own, float *out);

/* ---- lanes.c: states of the same metrics for rows that are counted at the same time */

struct cnn_worker;
struct cnn_lanes {
    int n;
    size_t size; /* doubles of one, whole cache lines; 0: no metric needs them */
    double *at;  /* n of them, and one more to merge into */
};

int cnn_lanes_open(struct cnn_lanes *l, const struct cnn_model *m, int n, struct cnn_error *e);
void cnn_lanes_close(struct cnn_lanes *l); /* of {0} too */
void cnn_lanes_clear(struct cnn_lanes *l);
void cnn_lanes_add(struct cnn_lanes *l, const struct cnn_model *m, const struct cnn_worker *w, int n, int64_t lane);
void cnn_lanes_count(struct cnn_lanes *l, const struct cnn_model *m, struct cnn_totals *t);

/* ---- engine.c: the arenas, the threads, and running the core over rows */

/* Up to this many parameters every thread that trains keeps copies of its own and updates all of them: that takes less time
 * than waiting for one another, and fetching from one another's caches what the others updated. */
enum { CNN_OWN_COPY = 256 << 10 };

struct cnn_worker {         /* one thread's */
    float *x, *y, *scratch; /* for one chunk */
    float *image;           /* as it was before it was augmented */
    void *target;
    float *theta, *prepared, *state; /* its copy, or everybody's */
    float *weight;                   /* of the chunk's rows */
};

struct cnn_engine {
    const struct cnn_model *m;
    struct cnn_pool *pool;
    int threads;
    int copies;                      /* of the parameters: 1, or one a thread */
    float *theta, *prepared, *state; /* the first copy; state: NULL unless training */
    float **grads; /* one a chunk of a batch; with copies, those of odd steps behind those of even ones */
    struct cnn_worker *workers;
    struct cnn_slot *slots; /* one a chunk: of two batches when training, of all rows when evaluating */
    void *parameter_arena, *training_arena, *activation_arena, *tables;
    struct cnn_lanes lanes; /* one a chunk of a batch when training, a fixed number when evaluating */
};

int cnn_default_threads(const struct cnn_model *m); /* as many as there are cores, fewer for little work */
int64_t cnn_threads_of_jobs(const struct cnn_model *m, const struct cnn_options *o); /* each, when --jobs run at once */
/* max_rows: the most that cnn_engine_evaluate will see. threads 0: the default. */
int cnn_engine_open(struct cnn_engine *g, const struct cnn_model *m, int64_t threads, int training, int64_t max_rows,
                    struct cnn_error *e);
void cnn_engine_close(struct cnn_engine *g); /* of {0} too */
/* Chunk `c` of batch `batch` of d's rows: its first row and number of images (0: the batch is shorter). */
int cnn_engine_chunk(const struct cnn_model *m, int64_t rows, int64_t batch, int64_t c, int64_t *first);
/* It ends early, with no numbers of use, when cnn_signals_caught. */
void cnn_engine_evaluate(struct cnn_engine *g, const struct cnn_dataset *d, int64_t rows, struct cnn_totals *out);
/* Whenever theta (or state) has changed from outside, before anything below: makes the other copies alike. */
void cnn_engine_prepare(struct cnn_engine *g);
void cnn_engine_predict(struct cnn_engine *g, const struct cnn_dataset *d, float *y); /* y[rows][y_size] */
/* Room for that y, which the caller frees; NULL on failure. */
float *cnn_outputs_new(const struct cnn_model *m, int64_t rows, struct cnn_error *e);
/* Both with the weights theta, in an engine of their own. */
int cnn_evaluate_with(const struct cnn_model *m, const float *theta, int64_t threads, const struct cnn_dataset *d,
                      struct cnn_totals *out, struct cnn_error *e);
int cnn_predict_with(const struct cnn_model *m, const float *theta, int64_t threads, const struct cnn_dataset *d,
                     float *y, struct cnn_error *e);

void cnn_engine_classes(struct cnn_engine *g, const struct cnn_dataset *d, struct cnn_answer *out); /* but the truth */

/* ---- reduce.c */

/* sum[i], begin <= i < end: the sum of chunks[0 .. n)[i], by a binary tree that n alone determines: the largest power of two of chunks
 * that is less than n is one half, the rest is the other, and so on. So the chunks j * 2^k .. (j + 1) * 2^k - 1, or as many of them
 * as there are, may be summed first, anywhere, and stand for one chunk. sum may be chunks[0]. 1 <= n. */
void cnn_reduce(float *sum, float *const *chunks, int n, size_t begin, size_t end);

/* ---- augment.c */

struct cnn_variation {
    uint64_t seed, epoch;
    const float *outside; /* what stands around an image: zero, normalised; of the first channel, when per_channel */
    int per_channel;      /* else of all */
};
int cnn_augments(const struct cnn_model *m); /* the spec says `augment` */
/* Varies the image x, which is row `row` of its files. work: as large as x. */
void cnn_augment(const struct cnn_model *m, const struct cnn_variation *v, int64_t row, float *x, float *work);

/* Sizes of an arena to be: each addition is rounded up to whole cache lines, and overflow is remembered. */
struct cnn_layout {
    size_t size;
    int overflow;
};
size_t cnn_layout_add(struct cnn_layout *l, size_t count, size_t element);                 /* its offset */
void *cnn_layout_alloc(const struct cnn_layout *l, const char *what, struct cnn_error *e); /* zeroed, 64-byte aligned */

/* ---- weights.c */

/* The weights that a command wants: --weights, else the spec's checkpoint when it is there. The path is NULL without. */
const char *cnn_run_weights_path(const struct cnn_run *r);
/* The spec's checkpoint, when `train` writes it; NULL: there is none, or --save takes its place. */
const char *cnn_run_checkpoint_path(const struct cnn_run *r);
int cnn_run_weights(struct cnn_run *r, float *theta);
uint64_t cnn_run_seed(const struct cnn_run *r);
/* What that file knows beside weights, {0} without a file. The caller's. */
int cnn_run_beside(struct cnn_run *r, struct cnn_beside *out);
/* How inputs are normalised: as the spec says, or as the file of weights remembers; where there is none, as fitted to the training
 * data. The caller's. */
int cnn_run_normalize(struct cnn_run *r, struct cnn_normalize *out);

/* ---- callbacks.c: what looks at the end of an epoch */

struct cnn_callbacks { /* what they remember from epoch to epoch */
    struct {
        int64_t wait, best_epoch; /* best_epoch -1: none yet */
        int64_t stopped;
        double best;
    } early;
    struct {
        int64_t wait, cooldown;
        double best, scale; /* scale: product of the cuts */
    } reduce;
    double best; /* of the checkpoint */
};

enum cnn_verdict { CNN_STOP = 1, CNN_BEST_WEIGHTS = 2, CNN_KEEP = 4, CNN_REDUCED = 8 };

void cnn_callbacks_begin(const struct cnn_train *t, struct cnn_callbacks *c);
/* After epoch `epoch` (from 0), whose last learning rate was lr: enum cnn_verdict, or-ed. CNN_BEST_WEIGHTS: remember the
 * weights for the end; CNN_KEEP: write the spec's checkpoint. */
int cnn_callbacks_epoch(const struct cnn_train *t, struct cnn_callbacks *c, int64_t epoch, double lr,
                        const struct cnn_logs *logs);
double cnn_callbacks_lr(const struct cnn_train *t, const struct cnn_callbacks *c, double scheduled);

/* ---- network.c: which network a file is of, by its hash */

int cnn_network_add(uint64_t hash, struct cnn_tensors *t, struct cnn_error *e);
/* Files of versions that told networks apart by their spelling pass, with a warning: that their arrays fit is looked at anyway. what:
 * "a checkpoint". */
int cnn_network_check(const struct cnn_model *m, uint64_t hash, const struct cnn_tensors *t, const char *path,
                      const char *what, struct cnn_error *e);

/* ---- checkpoint.c */

struct cnn_identity;
struct cnn_position {              /* where a run stands */
    int64_t epoch, step;           /* epochs done; steps done within the next one */
    int64_t t;                     /* updates done */
    int64_t rows, batch, shuffled; /* of the training part */
    uint64_t seed;
    struct cnn_totals totals;            /* of the epoch under way */
    struct cnn_beside beside;            /* only to be written */
    const struct cnn_identity *identity; /* written, and compared when a checkpoint is read; NULL: of nobody */
    struct cnn_callbacks callbacks;
    int64_t restored; /* the run is over and its weights are those of the best epoch */
    double *state;    /* NULL, or of the metrics in the epoch under way */
    size_t state_size;
    float *other; /* NULL, or: restored ? the last epoch's weights : the best epoch's */
};

/* .npz: weights alone. */
int cnn_checkpoint_write(const struct cnn_model *m, const float *theta, const float *state,
                         const struct cnn_position *p, const char *path, struct cnn_error *e);
int cnn_checkpoint_read(const struct cnn_model *m, float *theta, float *state, struct cnn_position *p, const char *path,
                        struct cnn_error *e);
int cnn_file_can_be_written(const char *path, struct cnn_error *e);

/* ---- progress.c: a bar on a terminal, plain lines elsewhere, nothing when quiet */

enum cnn_bar { CNN_NO_BAR, CNN_PLAIN_BAR, CNN_COLOURED_BAR }; /* plain: the environment has NO_COLOR */

struct cnn_progress {
    FILE *out;
    enum cnn_bar bar;
    int tty, quiet;
    int64_t total, begun_at; /* steps; the step at which this run took up the epoch */
    double start, drawn;     /* seconds on the monotonic clock */
};

double cnn_seconds(void);
int cnn_terminal_width(void); /* of standard output, when it is one */
void cnn_progress_begin(struct cnn_progress *p, int64_t done, int64_t total, int quiet);
int cnn_progress_due(const struct cnn_progress *p); /* the terminal is due an update: at most 20 a second */
void cnn_progress_draw(struct cnn_progress *p, int64_t done, const struct cnn_logs *logs);
void cnn_progress_end(struct cnn_progress *p, int64_t done, const struct cnn_logs *logs);
/* Text of one state; returns its length as snprintf does. */
int cnn_progress_text(char *out, size_t size, int64_t done, int64_t total, double elapsed, double per_step, int final,
                      enum cnn_bar bar, const struct cnn_logs *logs);
int cnn_digits(int64_t n);                                        /* characters of it, in decimal */
const char *cnn_value_text(double value, char *out, size_t size); /* as Keras writes numbers */
/* The same of the log's number of that key; a metric that rows have no number for, such as auc of rows of one class, is nan. */
const char *cnn_number_text(const char *key, double value, char *out, size_t size);
int cnn_logs_text(char *out, size_t size, const struct cnn_logs *logs); /* " - accuracy: 0.9543 - loss: 0.1464" */

/* ---- log.c: a CSV file, one row an epoch */

struct cnn_csv {
    FILE *file;
    const char *path;
    int has_header;
    int n; /* columns behind the epoch */
    char key[2 * sizeof((struct cnn_logs *)0)->at / sizeof((struct cnn_logs *)0)->at[0]]
            [sizeof((struct cnn_logs *)0)->at[0].key];
};

/* Begins anew when `epoch` is 0; else, for a resumed run, keeps the rows of epochs below it. Whose columns are not these keys is
 * refused, unless forced: then it gets the columns that it lacks. */
int cnn_csv_open(struct cnn_csv *c, const char *path, int64_t epoch, const struct cnn_logs *keys, int force,
                 struct cnn_error *e);
int cnn_csv_row(struct cnn_csv *c, int64_t epoch, const struct cnn_logs *logs, struct cnn_error *e);
int cnn_csv_close(struct cnn_csv *c, struct cnn_error *e); /* of {0} too */

/* ---- reference.c: buffers for one chunk of the reference core */

struct cnn_double {
    const struct cnn_model *m;
    double *theta, *prepared, *scratch, *x, *y, *grad;
    void *target, *arena;
};

/* -1 also when the program was compiled without the reference core. */
int cnn_double_open(struct cnn_double *d, const struct cnn_model *m, const float *theta, struct cnn_error *e);
void cnn_double_close(struct cnn_double *d);

/* ---- gradients.c */

/* Loss and gradients of all rows of d as one batch, dropout off, penalties included. grad: core.theta elements. */
int cnn_batch_gradients(const struct cnn_model *m, const float *theta, const struct cnn_dataset *d, double *grad,
                        double *loss, struct cnn_error *e);
double cnn_penalty_slope(const struct cnn_param *p, double w); /* of the penalty at the element w */

/* ---- madeup.c: inputs and targets that suit the network, when there are no others */

int cnn_madeup_data(const struct cnn_model *m, uint64_t seed, int64_t rows, struct cnn_dataset *out,
                    struct cnn_error *e);
double cnn_madeup_normal(uint64_t seed, uint64_t stream, uint64_t i);

/* ---- diagnose.c: which parameter, input or layer first stopped being a number */

struct cnn_batch {
    const struct cnn_dataset *data;
    const int64_t *order;
    int64_t first, n; /* rows order[first .. first + n) */
    uint64_t seed, t;
};
void cnn_diagnose(const struct cnn_model *m, const float *theta, const struct cnn_batch *b, char *out, size_t size);

/* ---- signals.c: SIGINT, SIGTERM and SIGHUP end the program with CNN_INTERRUPTED, at once */

void cnn_signals_catch(const char *program); /* for a message */
void cnn_signals_wait(int on);        /* while it is on, the first one is a request, and only the second one ends */
int cnn_signals_caught(void);         /* there was such a request */
void cnn_signals_child(pid_t parent); /* in a process that was forked: dies quietly, and with its parent */

#endif
