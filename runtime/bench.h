/* bench.h -- private to `bench`: what is measured, and how it is told. */
#ifndef CNN_BENCH_H
#define CNN_BENCH_H

#include "run.h"

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
void cnn_laps_close(struct cnn_laps *l); /* of {0} too */
void cnn_laps_restart(struct cnn_laps *l);
double cnn_laps_read(const struct cnn_laps *l, int k); /* ticks since the restart, without the laps' own */
double cnn_laps_tick(const struct cnn_laps *l);        /* seconds of a tick */

/* ---- what bench.c measures and bench_report.c tells */

struct cnn_spread {                  /* of many times, in seconds */
    double median, fastest, slowest; /* the tenth at either end begins there */
    int n;
};

struct cnn_row {
    const char *layer, *op, *strategy, *phase; /* "" where there is none */
    double seconds;                            /* a step, median */
    double macs;                               /* nominal, a step */
    double planned;                            /* cycles a step; 0: not planned */
};

struct cnn_measures {
    const struct cnn_model *m;
    const char *data; /* "real" or "made up" */
    int threads;
    double core_peak, peak;                   /* GFLOP/s: of one core, of all threads at once */
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
