/* simulate.h -- `bench --simulate`: what a step would take on more threads than the machine has cores. Private to
 * bench/. */
#ifndef CNN_SIMULATE_H
#define CNN_SIMULATE_H

#include "engine/meeting.h"
#include "train/train.h"
#include "support/support.h"

/* ---- schedule.c: the arithmetic */

struct cnn_shares { /* of a step: `legs` rows of the times that `threads` shares take, in seconds */
    int legs, threads;
    const double *time;  /* [legs][threads] */
    const int *waits;    /* [legs]: 1: a barrier follows the leg */
    const double *least; /* [legs]: no leg is shorter than this, for memory is no faster */
    double barrier;      /* seconds that all threads spend at a barrier */
};

struct cnn_simulated {
    double seconds; /* of a step */
    double busy;    /* the part of the time during which a thread works, in the mean of all threads */
    int working;    /* threads that work for at least 80% of the time between two barriers, in the mean over the time */
};

enum { CNN_SIMULATED_STEPS = 400 }; /* the most that are timed */

struct cnn_round { /* of steps that one core did for all threads */
    int steps, legs, threads;
    const double *time; /* [steps][legs][threads] */
    const int *first;   /* [steps][legs]: whose share came first; another one in each step */
};

/* Fills time[legs][threads] with what each share takes on a core that does no other share of its leg. */
void cnn_shares_apart(const struct cnn_round *r, double *time);

/* Between two barriers the slowest thread counts. The legs behind the last barrier belong to the time before the first
 * one of the next step. */
struct cnn_simulated cnn_schedule(const struct cnn_shares *s);

/* ---- network.c: the same for ranks */

struct cnn_sent {       /* gradients that go together */
    double bytes, left; /* left: of the last chunk of a rank, seconds from when they are finished to its end */
};

struct cnn_cluster {
    int64_t ranks, threads, chunks; /* threads of each rank; chunks of a batch */
    int64_t measured;               /* chunks of the batch that was measured */
    /* measured on one thread: the stretches of one chunk, the update, the copies that kernels want */
    double chunk_seconds, update_seconds, prepare_seconds;
    double slots;   /* states of the optimiser for each parameter */
    double gathers; /* arrays of the size of a gradient that come to all ranks in a step */
    int n_sent;     /* in this order; together they are the gradient */
    struct cnn_sent sent[CNN_MOST_BUCKETS];
    double slot_bytes;           /* losses and metrics of a chunk */
    double sum_bytes, stretches; /* sums over the batch, and how often they are wanted */
    double bandwidth, latency;
};

struct cnn_forecast {
    double seconds, sent; /* of a step, and of its communication that computing does not hide */
};

struct cnn_forecast cnn_cluster_step(const struct cnn_cluster *c);

/* ---- simulate.c */

struct cnn_question {              /* what --simulate asks */
    int64_t threads, ranks, batch; /* batch: of all ranks together; 0: that of the network */
    int64_t predict;               /* images to predict together; 0: a step of training */
    double bandwidth, latency;     /* between two ranks: bytes a second, seconds */
};

/* Reads "threads=16", the value of the option, and the words that follow it, as "ranks=64 bandwidth=10G
 * latency=20us". */
int cnn_read_question(const struct cnn_options *o, struct cnn_question *out, struct cnn_error *e);
double cnn_barrier_seconds(int threads); /* measured on the cores that there are, and continued in proportion */
double cnn_bytes_a_second(int threads);  /* that all cores together copy from and to memory */
size_t cnn_cache_bytes(void);            /* of the last cache */
/* How many times as long the same work takes when all of so many cores work; 1 where there are fewer. */
double cnn_crowding(const struct cnn_bench *code, int threads);
double cnn_cost_of_a_look(void); /* seconds of a look at the clock, which every time contains */

/* ---- bench_crew.c: predictions */

int cnn_bench_prediction(const struct cnn_run *r, const struct cnn_dataset *rows, const struct cnn_question *q,
                         double seconds, struct cnn_error *e);

#endif
