/* engine.h -- runs the compiled network over rows: arenas, threads, batches cut into chunks, sums and metrics of
 * what comes out. It predicts and evaluates; train/ decides which steps to make, when to stop and what to print.
 * Nothing here prints. */
#ifndef CNN_ENGINE_H
#define CNN_ENGINE_H

#include "data/data.h"
#include "support/near.h"
#include "support/peers.h"
#include "support/support.h"

/* ---- outputs.c: what n outputs say; `is` tells what the outputs mean */

struct cnn_answer {       /* of one row */
    int32_t class, truth; /* class -1: an output is not a number */
    float sure;           /* the probability that the network gives its class */
};
/* all fields except truth */
struct cnn_answer cnn_answer_of(const struct cnn_meaning *is, const float *y, int64_t n);
/* -1: no class, because an output is NaN */
int64_t cnn_said_class(const struct cnn_meaning *is, const float *y, int64_t n);
/* The probability that output y stands for; when outputs are numbers, y itself. log_sum: cnn_log_sum of the answer
 * that contains y. */
double cnn_probability(const struct cnn_meaning *is, float y, double log_sum);
double cnn_log_sum(const struct cnn_meaning *is, const float *y, int64_t n);
void cnn_probabilities(const struct cnn_meaning *is, const float *y, int64_t n, float *p); /* p may be y */
/* an output above the result says yes with more than this probability */
double cnn_yes_above(const struct cnn_meaning *is, double probability);

/* ---- metrics.c: turns sums into what Keras calls logs */

enum { CNN_METRICS = 30 };

struct cnn_slot { /* the sums of one chunk; whole cache lines, so that no two threads share a cache line */
    struct cnn_sums sums;
    double metric[CNN_METRICS];
};

struct cnn_totals { /* running sums over the rows so far */
    int64_t rows;
    double loss; /* penalties included, weighted by rows */
    double metric[CNN_METRICS];
    double each[CNN_MOST_PORTS]; /* of several losses: each of them */
    double penalty;              /* the part of `loss` that comes from penalties */
    int counted;                 /* 1: metric[] also holds the metrics that are no sums, as values */
};

struct cnn_logs { /* in the order of the keys, as Keras prints them */
    int n;
    int lost; /* 1: a number had no room, or too long a name */
    struct {
        char key[128];
        double value;
        /* loss, penalty and metrics, each for training and for validation, and the learning rate; or those of phases */
    } at[2 * (CNN_METRICS + CNN_MOST_PORTS + 2) + 1];
};

/* Adds to sums[i] the sum over n images of metric i. target is laid out as cnn.h says of ports. */
void cnn_metrics_add(const struct cnn_model *m, const float *y, const void *target, int n, double *sums);
void cnn_slot_sum(const struct cnn_slot *slots, int64_t n, struct cnn_slot *out); /* adds in order */
/* Adds one batch of `rows` images; penalty is that of the parameters. */
void cnn_totals_add(struct cnn_totals *t, const struct cnn_slot *batch, int64_t rows, double penalty);
double cnn_totals_loss(const struct cnn_totals *t);
/* returns 0 when the value is not known yet */
int cnn_totals_metric(const struct cnn_model *m, const struct cnn_totals *t, int j, double *value);
const double *cnn_logs_find(const struct cnn_logs *l, const char *key); /* NULL: there is no such number */
void cnn_logs_add(struct cnn_logs *l, const char *prefix, const char *key, double value);
void cnn_logs_totals(struct cnn_logs *l, const struct cnn_model *m, const char *prefix, const struct cnn_totals *t);
void cnn_logs_metrics(struct cnn_logs *l, const struct cnn_model *m, const char *prefix,
                      const struct cnn_totals *t); /* the metrics without the loss */

/* ---- differences.c: metrics that compare outputs with targets as numbers */

struct cnn_measured;                                                            /* measured.h */
double cnn_difference(const struct cnn_measured *p, enum cnn_metric_kind kind); /* of one image */

/* ---- counts.c: metrics that are no sums. Their state is cnn_state_size() doubles, which are zero before the
 *      first row. */

int cnn_metric_is_sum(const struct cnn_metric *k);
size_t cnn_state_size(const struct cnn_model *m);
void cnn_state_add(const struct cnn_model *m, const float *y, const void *target, int n, double *state);
void cnn_state_merge(const struct cnn_model *m, double *into, const double *from);
/* sets the values of these metrics */
void cnn_state_values(const struct cnn_model *m, const double *state, double *metric);

/* ---- class_weight.c: rows of rare classes count for more, in training */

/* NULL when the spec has no class weights; else one weight for each class (malloc'd), balanced over the rows of d
 * if the spec says so. *failed is set on an error. */
float *cnn_class_weights(const struct cnn_model *m, const struct cnn_dataset *d, int *failed, struct cnn_error *e);
/* The weights of n rows with these targets: the row's own weight (own NULL: 1) times the weight of its class.
 * Returns out, which may be `own`; without class weights returns `own`. */
const float *cnn_weigh_classes(const struct cnn_model *m, const float *by_class, const void *target, int n,
                               const float *own, float *out);

/* ---- lanes.c: states of the same metrics, one for each lane of rows; lanes are counted at the same time */

struct cnn_lanes {
    int n;
    size_t size; /* doubles of one state, in whole cache lines; 0: no metric needs a state */
    double *at;  /* n states, and one more into which they are merged */
};

int cnn_lanes_open(struct cnn_lanes *l, const struct cnn_model *m, int n, struct cnn_error *e);
void cnn_lanes_close(struct cnn_lanes *l); /* the struct may be {0} */
void cnn_lanes_clear(struct cnn_lanes *l);
void cnn_lanes_add(struct cnn_lanes *l, const struct cnn_model *m, const struct cnn_core_chunk *k, int64_t lane);
void cnn_lanes_count(struct cnn_lanes *l, const struct cnn_model *m, struct cnn_totals *t);

/* ---- engine.c: the arenas, the threads, and running the core over rows */

/* Up to this many parameters, every thread that trains keeps a copy of its own and updates all of it. This takes
 * less time than when threads wait for one another and fetch from each other's caches what the others updated. */
enum { CNN_OWN_COPY = 256 << 10 };
/* Up to this many, every thread still has a copy, updates a part of it, and fetches the other parts: threads that read
 * the same parameters at the same time get each line from another's cache, which takes longer than the copying. */
enum { CNN_FETCHED_COPY = 4 << 20 };

struct cnn_worker {                  /* what one thread has */
    float *theta, *prepared, *state; /* its own copy, or the shared one */
    float *own;                      /* of a team or a crew: its scratch; else NULL */
};

struct cnn_buffers { /* of a chunk that is being computed */
    float *x, *y, *scratch;
    float *image; /* the image as it was before it was augmented */
    float *other; /* the row that one is mixed with, */
    void *others; /* and its targets */
    void *target;
    float *weight;    /* of the rows of the chunk */
    double *of_batch; /* evaluation: what losses of the whole batch want of its chunks */
    struct cnn_step step;
};

struct cnn_meeting;
/* How the slices of a team are timed in a step: not at all; by one thread, all of them; by each thread, its own. */
enum cnn_weighing { CNN_WEIGHS_NONE, CNN_WEIGHS_ALL, CNN_WEIGHS_SHARES };
/* The first steps of a team, some of them between each dealing and the next: in the very first one code and data come
 * from far away. */
enum { CNN_WEIGHED_STEPS = 6, CNN_STEPS_A_DEALING = 2 };

/* Sums over pairs of a number of slices and the time they took, of a kernel: for the straight line through them. */
struct cnn_line {
    double pairs, slices, squares, time, by_slices;
};

struct cnn_engine {
    const struct cnn_model *m;
    struct cnn_pool *pool;
    struct cnn_peers *peers;     /* NULL: no other rank shares the work */
    int first, end;              /* the chunks of a batch, first .. end - 1, that this rank trains on */
    struct cnn_meeting *meeting; /* NULL unless several ranks train */
    struct cnn_near near;        /* where other ranks see theta, and behind it the gradients; {0}: they get messages */
    int threads;
    int useful; /* those of the threads that were asked for that have work; at least as many as threads */
    int team;   /* 1: more threads than chunks share the work of a step */
    int crew;   /* 1: the threads share the prediction of few images */
    int dealt;  /* 1: when simulating, the first thread does what all threads do, as there are fewer cores */
    int copies; /* copies of the parameters: 1, or one for each thread */
    /* 1: there are copies, but threads share the optimiser's state, and fetch what others have updated */
    int fetches;
    float *theta, *prepared, *state; /* the first copy; state: NULL unless training */
    /* one for each chunk of this rank; where steps overlap, those of even steps, then those of odd steps */
    float **grads;
    struct cnn_worker *workers;
    /* One for each thread; but one for each chunk of this rank when g is for training without a team and steps have
     * several stretches. */
    int n_buffers;
    struct cnn_buffers *buffers;
    struct cnn_core_chunk *chunks; /* the chunks in the buffers */
    struct cnn_sums *image_sums;   /* of a team: [chunks][m->team.n_sums][chunk] */
    struct cnn_range *ranges;      /* of a team: [threads][end - first][m->team.n_dealt] */
    struct cnn_dealt *prices;      /* of a team: [m->team.n_dealt], by which these were dealt */
    int64_t *load;                 /* of a team: [threads], and */
    int *order;                    /* [m->team.n_dealt]: room for dealing */
    enum cnn_weighing weighing;    /* of a team: in this step */
    int weighed;                   /* of a team: steps that have begun while slices were timed */
    double *took;                  /* of a team: [threads][end - first][m->team.n_dealt]: the least nanoseconds */
    struct cnn_range *alone;       /* of a team: [threads][m->team.n_dealt]: none but of the kernel that is timed */
    struct cnn_line *lines;        /* of a team: [m->team.n_dealt] */
    double **partial;              /* [stretches][n_buffers]: the shares of the sums that a stretch wants */
    /* one for each chunk: of two batches when training, of all rows when evaluating; or for each batch then, where
     * there are losses of the whole batch */
    struct cnn_slot *slots;
    void *parameter_arena, *training_arena, *activation_arena, *tables;
    size_t copy_bytes, gradient_bytes, activation_bytes; /* of a copy of the parameters, a gradient, that arena */
    int n_grads;
    struct cnn_lanes lanes; /* one for each chunk of a batch when training, a fixed number when evaluating */
};

/* Threads that have work in a step of so many chunks. */
int cnn_most_threads(const struct cnn_model *m, int chunks);
/* the threads of each job when --jobs of them run at once */
int64_t cnn_threads_of_jobs(const struct cnn_model *m, const struct cnn_options *o);
enum cnn_engine_use {
    CNN_PREDICTS,
    CNN_TRAINS,
    CNN_TRAINS_PINNED, /* each thread on a core of its own */
    CNN_SIMULATES      /* trains; where cores are fewer than threads, the caller does the work of all */
};
/* max_rows: the most rows that cnn_engine_evaluate will get. threads 0: the default number. peers: the ranks that
 * train and evaluate together; NULL: none. */
int cnn_engine_open(struct cnn_engine *g, const struct cnn_model *m, struct cnn_peers *peers, int64_t threads,
                    enum cnn_engine_use use, int64_t max_rows, struct cnn_error *e);
void cnn_engine_close(struct cnn_engine *g); /* the struct may be {0} */
/* Finds chunk c of the batch with number `batch`: sets *first to its first row and returns its number of images
 * (0: the batch is too short to have it). */
int cnn_engine_chunk(const struct cnn_model *m, int64_t rows, int64_t batch, int64_t c, int64_t *first);
/* Ends early, with useless numbers, when cnn_signals_caught() is nonzero. */
void cnn_engine_evaluate(struct cnn_engine *g, const struct cnn_dataset *d, int64_t rows, struct cnn_totals *out);
/* 1: a thread may begin a step while others still read the gradients and sums of the step before. */
int cnn_engine_overlaps(const struct cnn_engine *g);
/* Copies to a thread's parameters what the other threads have updated. */
void cnn_engine_fetch(const struct cnn_engine *g, int thread);
/* Must be called after theta (or state) was changed from outside, before any function below: makes the other
 * copies equal. */
void cnn_engine_prepare(struct cnn_engine *g);
void cnn_engine_predict(struct cnn_engine *g, const struct cnn_dataset *d,
                        float *y); /* y[rows][size] for each output, one output behind the other */
/* Allocates that y; the caller frees it. NULL on failure. */
float *cnn_outputs_new(const struct cnn_model *m, int64_t rows, struct cnn_error *e);
/* The same two tasks with the weights theta, in an engine of their own. */
int cnn_evaluate_with(const struct cnn_model *m, const float *theta, int64_t threads, const struct cnn_dataset *d,
                      struct cnn_totals *out, struct cnn_error *e);
int cnn_predict_with(const struct cnn_model *m, const float *theta, int64_t threads, const struct cnn_dataset *d,
                     float *y, struct cnn_error *e);

/* all fields except truth */
void cnn_engine_classes(struct cnn_engine *g, const struct cnn_dataset *d, struct cnn_answer *out);

/* ---- reduce.c: the tree of cnn_reduce(), in parts */

/* Like cnn_reduce(), but chunks[c] is the sum of spans[c] chunks from c on, which are a subtree, and chunks within that
 * subtree are not looked at. */
void cnn_reduce_spans(float *sum, float *const *chunks, const int *spans, int n, size_t begin, size_t end);
void cnn_reduce_double_spans(double *sum, double *const *chunks, const int *spans, int n, size_t begin, size_t end);
/* The number of chunks of the largest subtree, in a batch of n chunks, that begins with chunk c and ends before `end`;
 * c < end, c < n. */
int cnn_subtree(int n, int c, int end);

/* ---- deal.c */

/* Deals the slices of the gradients to the threads of a team, by the prices of the plan. */
int cnn_deal(struct cnn_engine *g, struct cnn_error *e);
/* Deals them again, by the prices in g->prices. */
void cnn_deal_again(struct cnn_engine *g);
/* What a thread does of the rank's chunk with that number. */
const struct cnn_range *cnn_dealt_to(const struct cnn_engine *g, int thread, int chunk);

/* ---- weigh.c */

/* Does the slices of the rank's chunk with that number that are this thread's in a step of weighing, and looks at the
 * clock. */
void cnn_weigh(const struct cnn_engine *g, const struct cnn_leg *leg, const struct cnn_core_chunk *k, int thread,
               int chunk);
/* Deals the slices again when enough steps were weighed. One thread calls it where a step begins, while no other looks
 * at what is dealt. */
void cnn_learn_from_weighing(struct cnn_engine *g);

/* ---- touch.c */

void cnn_engine_touch(struct cnn_engine *g); /* zeroes the arenas, once there are threads */

/* ---- crew.c */

/* Whether threads share the prediction of so few rows. */
int cnn_crew_pays(const struct cnn_engine *g, int64_t rows);
/* This thread's part of a leg, as one of so many. */
void cnn_crew_leg(const struct cnn_model *m, const struct cnn_worker *w, const struct cnn_core_chunk *k, int number,
                  int thread, int threads);
/* Predicts a chunk; all threads call it at the same time. The outputs are there when the caller's call returns. */
void cnn_crew_predict(const struct cnn_engine *g, const struct cnn_core_chunk *k, int thread);

/* ---- team_sums.c */

struct cnn_image_sums { /* what a leg wants of the images of a batch of so many rows */
    const struct cnn_leg *leg;
    int64_t rows;
};
/* sum[leg->sums] = the sum of n of the rank's chunks, from c on: fewer than a team has threads. */
void cnn_sum_images(const struct cnn_engine *g, const struct cnn_image_sums *s, int c, int n, double *sum);

/* ---- stretches.c */

/* The index of the buffers in which this thread, when training, has chunk c of a batch, one of this rank. */
int cnn_engine_buffer(const struct cnn_engine *g, int thread, int c);
/* Runs stretch s on the chunk in that buffer; the batch has n chunks. */
void cnn_stretch_chunk(const struct cnn_engine *g, int thread, int s, int buffer, int n);
/* Runs this thread's part of stretch s, which has a function `part`, for such a batch. */
void cnn_stretch_part(const struct cnn_engine *g, int thread, int s, int n);
/* Runs all stretches of a chunk that is a batch by itself (step->batch 1) or belongs to no batch (0). */
void cnn_chunk_alone(const struct cnn_core *core, const float *theta, const float *prepared,
                     const struct cnn_core_chunk *k);
void cnn_chunk_alone_double(const struct cnn_reference *core, const double *theta, const double *prepared,
                            const struct cnn_reference_chunk *k);

/* ---- reference.c: buffers for one chunk of the reference core */

struct cnn_double {
    const struct cnn_model *m;
    double *theta, *prepared, *scratch, *x, *y, *grad;
    void *target, *arena;
};

/* -1 also when the program was compiled without the reference core. */
int cnn_double_open(struct cnn_double *d, const struct cnn_model *m, const float *theta, struct cnn_error *e);
void cnn_double_close(struct cnn_double *d);

/* ---- laps.c */

struct cnn_laps {
    uint64_t last;
    int n;
    struct {
        uint64_t ticks, calls;
    } * at;
    double cost; /* ticks of an empty lap */
    uint64_t begin_ticks;
    double begin_seconds;
};

int cnn_laps_open(struct cnn_laps *l, int n, struct cnn_error *e);
void cnn_laps_close(struct cnn_laps *l); /* the struct may be {0} */
void cnn_laps_restart(struct cnn_laps *l);
/* ticks since the restart, without the cost of the laps themselves */
double cnn_laps_read(const struct cnn_laps *l, int k);
double cnn_laps_tick(const struct cnn_laps *l); /* the seconds that a tick takes */

#endif
