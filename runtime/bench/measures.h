/* measures.h -- what bench.c measures, and how it is told. Private to bench/. */
#ifndef CNN_MEASURES_H
#define CNN_MEASURES_H

#include "engine/engine.h"
#include "support/support.h"
#include "weights/weights.h"

/* ---- bench_peak.c */

struct cnn_peak {
    double median, best; /* of the bursts, GFLOP/s */
};

struct cnn_bursts { /* of `threads` threads at once */
    const struct cnn_bench *code;
    int threads;
    int64_t rounds; /* of the peak's chains, one burst */
    double *own;    /* [threads] GFLOP/s of the last */
    double *rate;   /* [n] GFLOP/s of all threads together */
    int n;
};

int cnn_bursts_open(struct cnn_bursts *p, const struct cnn_bench *code, int threads, struct cnn_error *e);
void cnn_bursts_close(struct cnn_bursts *p);      /* of {0} too */
void cnn_burst(struct cnn_bursts *p, int thread); /* by every thread, at the same time */
double cnn_bursts_keep(struct cnn_bursts *p);     /* behind them, by one thread: GFLOP/s of all */
int cnn_bursts_at_an_end(struct cnn_bursts *p,
                         struct cnn_error *e);         /* some, on threads of their own; the last is not kept yet */
struct cnn_peak cnn_bursts_peak(struct cnn_bursts *p); /* of at least one that was kept */
void cnn_bench_sort(double *values, int n);            /* the smallest first */

/* ---- what bench.c measures and bench_report.c tells */

struct cnn_spread {                  /* of many times, in seconds */
    double median, fastest, slowest; /* the tenth at either end begins there */
    int n;
    struct cnn_peak peak; /* meanwhile: of all threads at once where all were at work */
    double peak_work; /* operations that the peak had done in the time of one: each by the bursts around it, median */
};

struct cnn_row {
    const char *layer, *op, *strategy, *phase; /* "" where there is none */
    struct cnn_name room;                      /* for `layer` */
    double seconds;                            /* a step, median */
    double peak_work;                          /* as in a spread */
    double macs;                               /* nominal, a step */
    double planned;                            /* cycles a step; 0: not planned */
};

struct cnn_measures {
    const struct cnn_model *m;
    const char *data; /* "real" or "made up" */
    int threads;
    struct cnn_peak core_peak;                /* of one core, beside the kernels */
    double macs;                              /* nominal, a step */
    double predict_macs;                      /* nominal, an image */
    struct cnn_spread step, one_image, batch; /* batch: of predictions for a whole one */
    struct cnn_row *rows;
    int n_rows;
    double update_bytes; /* the least that the update of a step reads and writes */
    double copy_seconds; /* memcpy's for as many */
};

void cnn_bench_print(const struct cnn_measures *b);
int cnn_bench_csv(const struct cnn_measures *b, const char *path, struct cnn_error *e);
int cnn_bench_json(const struct cnn_measures *b, const char *path, struct cnn_error *e);

/* ---- bench_memory.c */

int cnn_bench_memory(struct cnn_measures *b, struct cnn_error *e); /* fills update_bytes and copy_seconds */

/* ---- bench_plot.c */

int cnn_bench_can_plot(struct cnn_error *e);
int cnn_bench_plot(const struct cnn_measures *b, const char *path, struct cnn_error *e);

#endif
