/* measures.h -- what bench.c measures, and how it is reported. Private to bench/. */
#ifndef CNN_MEASURES_H
#define CNN_MEASURES_H

#include <stdio.h>

#include "engine/engine.h"
#include "support/support.h"
#include "weights/weights.h"

/* ---- bench_peak.c */

struct cnn_peak {
    double median, best; /* of the bursts, GFLOP/s */
};

struct cnn_bursts { /* bursts run on `threads` threads at once */
    const struct cnn_bench *code;
    int threads;
    int64_t rounds; /* rounds of multiply-adds in one burst */
    double *own;    /* [threads] GFLOP/s of the last burst */
    double *rate;   /* [n] GFLOP/s of all threads together */
    int n;
};

int cnn_bursts_open(struct cnn_bursts *p, const struct cnn_bench *code, int threads, struct cnn_error *e);
void cnn_bursts_close(struct cnn_bursts *p);      /* takes {0} too */
void cnn_burst(struct cnn_bursts *p, int thread); /* every thread calls it, at the same time */
double cnn_bursts_keep(struct cnn_bursts *p);     /* one thread calls it afterwards: GFLOP/s of all */
int cnn_bursts_at_an_end(struct cnn_bursts *p,
                         struct cnn_error *e);         /* runs some on new threads; the last is not kept yet */
struct cnn_peak cnn_bursts_peak(struct cnn_bursts *p); /* at least one must have been kept */
void cnn_bench_sort(double *values, int n);            /* smallest first */
double cnn_bench_median(double *values, int n);        /* sorts them */

/* ---- what bench.c measures and bench_report.c writes */

struct cnn_spread {                  /* statistics of many times, in seconds */
    double median, fastest, slowest; /* a tenth of the times are below or above these */
    int n;
    struct cnn_peak peak; /* measured meanwhile; of all threads at once if all worked */
    double peak_work;     /* operations that the peak does in one time, by the bursts around it; median */
};

struct cnn_row {
    const char *layer, *op, *strategy, *phase; /* "": none */
    struct cnn_name room;                      /* for `layer` */
    double seconds;                            /* of one step, median */
    double peak_work;                          /* as in struct cnn_spread */
    double macs;                               /* nominal, of one step */
    double planned;                            /* cycles of one step; 0: not planned */
};

struct cnn_traffic { /* of a rank, in the steps that were timed */
    int ranks;
    int64_t steps;
    /* early: bytes sent while the backward pass went on; waited: seconds of `seconds` in which it waited for others */
    double bytes, early, messages, waited, seconds;
    struct {
        int64_t bytes, early, messages;
        double seconds;
    } seen; /* at the end of the last step */
};

struct cnn_measures {
    const struct cnn_model *m;
    struct cnn_traffic traffic; /* {0} unless several ranks train */
    const char *data;           /* "real" or "made up" */
    int threads;
    struct cnn_peak core_peak;                /* of one core, measured with the kernels */
    double macs;                              /* nominal, of one step */
    double predict_macs;                      /* nominal, of one image */
    struct cnn_spread step, one_image, batch; /* the last two: predictions for one image, for a batch */
    struct cnn_row *rows;
    int n_rows;
    double update_bytes; /* the least that the update of a step reads and writes */
    double copy_seconds; /* the time of memcpy for as many bytes */
};

void cnn_bench_print(const struct cnn_measures *b);
int cnn_bench_csv(const struct cnn_measures *b, const char *path, struct cnn_error *e);
int cnn_bench_json(const struct cnn_measures *b, const char *path, struct cnn_error *e);

/* ---- bench_memory.c */

/* The bytes that the update of a step moves: it reads the gradients of every chunk, and reads and writes parameters and
 * state. */
double cnn_bench_update_bytes(const struct cnn_model *m);
int cnn_bench_memory(struct cnn_measures *b, struct cnn_error *e); /* fills update_bytes and copy_seconds */

/* ---- traffic.c */

/* A step has ended, which took so many seconds. counts: it is one of those that are timed. */
void cnn_traffic_step(struct cnn_traffic *t, const struct cnn_peers *p, double seconds, int counts);
/* Nothing when there is no other rank. */
void cnn_traffic_print(const struct cnn_traffic *t);
void cnn_traffic_json(FILE *f, const struct cnn_traffic *t);

/* ---- bench_simulate.c: prints what --simulate asks for; an enum cnn_exit */

int cnn_bench_simulate(const struct cnn_run *r, const struct cnn_dataset *rows, double seconds, struct cnn_error *e);

/* ---- bench_plot.c */

int cnn_bench_can_plot(struct cnn_error *e);
int cnn_bench_plot(const struct cnn_measures *b, const char *path, struct cnn_error *e);

#endif
