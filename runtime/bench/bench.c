/* bench.c -- `bench`: times the trainer's own loop. First it times whole steps, then steps on one thread with a lap
 * after every kernel, then predictions; between them it runs bursts that measure the peak. The timed code is the code
 * that trains: kernels call cnn_lap when laps are wanted. */
#include <errno.h>
#include <stdlib.h>

#include "bench/bench.h"
#include "bench/measures.h"
#include "data/data.h"
#include "engine/engine.h"
#include "support/peers.h"
#include "support/support.h"
#include "train/train.h"
#include "weights/weights.h"

enum { BATCHES = 64, LEAST = 20, MOST = CNN_BENCH_STEPS, MOST_LAPS = 2000, ROWS = 1 << 22 };
static const double step_seconds = 3, lap_share = 0.5, predict_share = 0.2, between_bursts = 0.0015;

struct bench {
    struct cnn_run *r;
    const struct cnn_model *m;
    struct cnn_datasets files;
    struct cnn_dataset source, rows; /* rows: the source repeated, for one long epoch */
    struct cnn_measures out;
};

static double seconds(const struct bench *b)
{
    return b->r->o.seconds > 0 ? b->r->o.seconds : step_seconds;
}

/* ---- spreads */

static struct cnn_spread spread(double *times, int n)
{
    cnn_bench_sort(times, n);
    return (struct cnn_spread){
        .median = times[n / 2], .fastest = times[n / 10], .slowest = times[n - 1 - n / 10], .n = n};
}

/* ---- steps */

struct look { /* one measurement of a run of the trainer */
    struct cnn_watch watch;
    struct bench *b;
    double begin, last, seconds; /* seconds: how long to measure */
    int seen, warm_up, n, most;  /* warm_up: the step at which it ends at the latest */
    int64_t asked;               /* steps to time; 0: as many as fit into the seconds */
    double *time;                /* [most]: times of whole steps */
    double *shares;              /* [laps][most] in ticks; only with laps */
    struct cnn_bursts peak;
    double last_burst; /* the time when it was asked for */
    double rate;       /* of the last burst, GFLOP/s */
    double *beside;    /* [compared] GFLOP/s of the peak around each step */
    int compared;
    struct cnn_traffic traffic;
    double *meanwhile; /* [most]: work space of peak_work */
};

/* Has the measurement lasted long enough? Slow work, with few measurements by then, gets one and a half times as
 * long. */
static int is_enough(const struct look *k, double now)
{
    const double looked = now - k->begin;
    return k->n > 0 && looked > (k->n >= LEAST ? k->seconds : 1.5 * k->seconds);
}

static int is_warm(const struct look *k, double now)
{
    return k->seen > k->warm_up || (k->seen > 1 && !k->asked && now - k->begin > k->seconds / 10);
}

static int is_done(const struct look *k, double now)
{
    if (k->n == k->most)
        return 1;
    return k->asked ? k->n == k->asked : is_enough(k, now);
}

static void keep_step(struct look *k, double time)
{
    const struct cnn_laps *l = k->watch.laps;
    k->time[k->n] = time;
    for (int i = 0; l && i < l->n; i++)
        k->shares[(size_t)i * (size_t)k->most + (size_t)k->n] = cnn_laps_read(l, i);
    k->n++;
}

/* Called after a burst. The steps since the previous burst are compared with the mean rate of the two bursts. */
static void compare_steps(struct look *k)
{
    double rate = cnn_bursts_keep(&k->peak);
    while (k->compared < k->n)
        k->beside[k->compared++] = (k->rate + rate) / 2;
    k->rate = rate;
}

/* The median number of operations that the peak would have done in these times. times[i] is of step i, in units of
 * `unit` seconds. */
static double peak_work(struct look *k, const double *times, double unit)
{
    for (int i = 0; i < k->n; i++)
        k->meanwhile[i] = times[i] * unit * k->beside[i] * 1e9;
    return spread(k->meanwhile, k->n).median;
}

static int is_burst_due(struct look *k, double now)
{
    if (now - k->last_burst < between_bursts)
        return 0;
    k->last_burst = now;
    return 1;
}

static void take_burst(struct cnn_watch *watch, int thread, struct cnn_pool *pool)
{
    struct look *k = (struct look *)(void *)watch;
    cnn_pool_barrier(pool);
    cnn_burst(&k->peak, thread);
    cnn_pool_barrier(pool);
    if (thread != 0)
        return;
    compare_steps(k);
    if (watch->laps)
        cnn_laps_restart(watch->laps);
    k->last = cnn_seconds();
}

static enum cnn_watched stepped(struct cnn_watch *watch)
{
    struct look *k = (struct look *)(void *)watch;
    double now = cnn_seconds();
    const int first = k->seen++ == 0, counts = !first && is_warm(k, now);
    if (first)
        k->begin = now;
    if (counts)
        keep_step(k, now - k->last);
    cnn_traffic_step(&k->traffic, k->b->r->peers, now - k->last, counts);
    enum cnn_watched verdict = is_done(k, now) ? CNN_ENOUGH : is_burst_due(k, now) ? CNN_PAUSE : CNN_GO_ON;
    if (watch->laps)
        cnn_laps_restart(watch->laps);
    k->last = cnn_seconds();
    return verdict;
}

static int bursts_at_an_end(struct look *k)
{
    if (cnn_bursts_at_an_end(&k->peak, &k->b->r->error) != 0)
        return -1;
    compare_steps(k);
    return 0;
}

static int open_look(struct look *k, int threads, int most)
{
    size_t shares = k->watch.laps ? (size_t)k->watch.laps->n * (size_t)most : 1;
    k->most = k->asked > 0 && k->asked < most ? (int)k->asked : most;
    k->warm_up = 2 + k->most / 10;
    k->time = malloc((size_t)most * sizeof *k->time);
    k->shares = malloc(shares * sizeof *k->shares);
    k->beside = malloc((size_t)most * sizeof *k->beside);
    k->meanwhile = malloc((size_t)most * sizeof *k->meanwhile);
    if (!k->time || !k->shares || !k->beside || !k->meanwhile)
        return cnn_fail(&k->b->r->error, "no memory for the times of %d steps", most);
    if (cnn_bursts_open(&k->peak, &k->b->m->bench, threads, &k->b->r->error) != 0)
        return -1;
    return bursts_at_an_end(k);
}

static void close_look(struct look *k)
{
    cnn_bursts_close(&k->peak);
    free(k->time);
    free(k->shares);
    free(k->beside);
    free(k->meanwhile);
}

/* Rows for the warm-up and the measurement, enough that the epoch does not end before them. */
static int64_t rows_for(const struct bench *b, int64_t steps)
{
    return (steps + steps / 10 + 4) * b->m->train->batch;
}

static int watch_trainer(struct look *k, int threads, int most)
{
    k->asked = k->b->r->o.steps;
    if (k->asked && k->asked < most)
        most = (int)k->asked;
    while (most > LEAST && rows_for(k->b, most) > k->b->rows.rows)
        most -= most / 8;
    struct cnn_run r = *k->b->r;
    k->watch.rows = &k->b->rows;
    k->watch.stepped = stepped;
    k->watch.pause = take_burst;
    if (open_look(k, threads, most) != 0)
        return CNN_TROUBLE;
    const struct cnn_training how = {.watch = &k->watch};
    if (k->watch.laps) /* kernels are timed on each rank alone */
        r.peers = NULL;
    r.o.threads = threads;
    r.o.quiet = 1;
    r.o.epochs = 1;
    int status = cnn_train(&r, &how);
    k->b->r->error = r.error;
    if (status == CNN_DONE && k->n == 0 && cnn_is_first(r.peers)) {
        cnn_fail(&k->b->r->error, "no step was timed");
        status = CNN_TROUBLE;
    }
    return status == CNN_DONE && k->n > 0 && bursts_at_an_end(k) != 0 ? CNN_TROUBLE : status;
}

/* The spread of the times of one measurement. */
static struct cnn_spread spread_of(struct look *k)
{
    double work = peak_work(k, k->time, 1);
    struct cnn_spread s = spread(k->time, k->n);
    s.peak = cnn_bursts_peak(&k->peak);
    s.peak_work = work;
    return s;
}

static int measure_steps(struct bench *b)
{
    struct look k = {.b = b, .seconds = seconds(b)};
    int status = watch_trainer(&k, b->out.threads, MOST);
    if (status == CNN_DONE && cnn_is_first(b->r->peers))
        b->out.step = spread_of(&k);
    b->out.traffic = k.traffic;
    close_look(&k);
    return status;
}

/* ---- kernels */

static void kernel_row(const struct cnn_model *m, int i, struct cnn_row *row)
{
    static const char *const phases[] = {"forward", "backward", "prepare"};
    const struct cnn_kernel *k = cnn_kernel(m, i);
    double batch = (double)m->train->batch;
    *row = (struct cnn_row){.op = k->op,
                            .strategy = k->strategy,
                            .phase = phases[k->phase],
                            .macs = (double)k->macs * batch,
                            .planned = k->cycles * (k->phase == CNN_PREPARE ? 1 : batch)};
    row->layer = cnn_layer_name(m, cnn_kernel_layer(m, i), &row->room);
}

static void share_row(enum cnn_share s, struct cnn_row *row)
{
    static const char *const names[] = {"gather", "metrics", "update", "other"};
    *row = (struct cnn_row){.layer = "", .op = names[s], .strategy = "", .phase = "step"};
}

static int measure_kernels(struct bench *b)
{
    struct cnn_laps laps = {0};
    struct look k = {.b = b, .seconds = seconds(b) * lap_share, .watch = {.laps = &laps}};
    int kernels = b->m->bench.n_kernels, n = kernels + CNN_SHARES;
    b->out.rows = malloc((size_t)n * sizeof *b->out.rows);
    if (!b->out.rows || cnn_laps_open(&laps, n, &b->r->error) != 0)
        return CNN_TROUBLE;
    int status = watch_trainer(&k, 1, MOST_LAPS);
    for (int i = 0; status == CNN_DONE && i < n; i++) {
        struct cnn_row *row = &b->out.rows[b->out.n_rows++];
        if (i < kernels)
            kernel_row(b->m, i, row);
        else
            share_row((enum cnn_share)(i - kernels), row);
        double *share = k.shares + (size_t)i * (size_t)k.most, tick = cnn_laps_tick(&laps);
        row->peak_work = peak_work(&k, share, tick);
        row->seconds = spread(share, k.n).median * tick;
        b->out.macs += row->macs;
    }
    if (status == CNN_DONE)
        b->out.core_peak = cnn_bursts_peak(&k.peak);
    cnn_laps_close(&laps);
    close_look(&k);
    return status;
}

/* ---- predictions */

static int measure_predictions(struct bench *b, struct cnn_engine *g, int64_t rows, struct cnn_spread *out)
{
    struct cnn_dataset d = b->rows;
    struct look k = {.b = b, .asked = b->r->o.steps, .seconds = seconds(b) * predict_share};
    d.rows = rows;
    float *y = malloc((size_t)(rows * cnn_output_sizes(b->m, b->m->n_outputs)) * sizeof *y);
    int status = y ? open_look(&k, 1, MOST) : cnn_fail(&b->r->error, "no memory for %lld predictions", (long long)rows);
    k.begin = cnn_seconds();
    while (status == 0 && !is_done(&k, cnn_seconds())) {
        double start = cnn_seconds();
        cnn_engine_predict(g, &d, y);
        k.seen++;
        if (is_warm(&k, start))
            k.time[k.n++] = cnn_seconds() - start;
        if (is_burst_due(&k, start)) {
            cnn_burst(&k.peak, 0);
            compare_steps(&k);
        }
    }
    if (status == 0)
        status = bursts_at_an_end(&k);
    if (status == 0)
        *out = spread_of(&k);
    close_look(&k);
    free(y);
    return status;
}

static int measure_predict(struct bench *b)
{
    struct cnn_engine g;
    int64_t batch = b->m->train->batch;
    if (cnn_engine_open(&g, b->m, NULL, b->out.threads, CNN_TRAINS, batch, &b->r->error) != 0)
        return CNN_TROUBLE;
    cnn_init_theta(b->m, g.theta, g.state, cnn_run_seed(b->r));
    int status = b->r->o.weights ? cnn_weights_read(b->m, g.theta, b->r->o.weights, &b->r->error) : 0;
    cnn_engine_prepare(&g);
    if (status == 0)
        status = measure_predictions(b, &g, 1, &b->out.one_image);
    if (status == 0)
        status = measure_predictions(b, &g, batch, &b->out.batch);
    if (b->out.threads > 1) { /* the threads share the batch */
        b->out.batch.peak = b->out.step.peak;
        b->out.batch.peak_work = b->out.batch.median * b->out.step.peak.median * 1e9;
    }
    cnn_engine_close(&g);
    return status == 0 ? CNN_DONE : CNN_TROUBLE;
}

/* ---- before the first step */

/* Does the data file exist? -1: there was no memory to find out. */
static int is_here(struct bench *b, const char *name)
{
    errno = 0;
    char *path = cnn_find_file(b->r->o.data_dir, name, &b->r->error);
    const int here = path ? 1 : errno == ENOMEM ? -1 : 0;
    free(path);
    return here;
}

/* Uses the spec's data if they exist, since the number of zero gradients, and so the amount of work, depends on the
 * data. Missing data are an error only when the user named a folder; data that cannot be read are always an error. */
static int open_data(struct bench *b)
{
    const struct cnn_source *s = &b->m->data->train;
    struct cnn_data_options o = {.dir = b->r->o.data_dir, .parts = CNN_PART_TRAIN, .peers = b->r->peers};
    const int here = s->kind == CNN_NO_SOURCE ? 0 : o.dir ? 1 : is_here(b, s->x);
    if (here) {
        if (here < 0 || cnn_data_load(b->m, &o, &b->files, &b->r->error) != 0)
            return -1;
        b->out.data = "real";
        b->source = b->files.train;
        return 0;
    }
    b->out.data = "made up";
    return cnn_madeup_data(b->m, cnn_run_seed(b->r), BATCHES * b->m->train->batch, &b->source, &b->r->error);
}

/* An upper bound of the number of steps: a step does three times the multiply-adds of the forward pass, and its speed
 * is at most a multiple of the peak. The bound matters, as a longer table of rows would push the rows themselves out of
 * the caches. */
static int64_t most_steps(const struct bench *b)
{
    const double cycles_a_second = 4e9, of_the_peak = 4;
    double work = 6 * b->out.predict_macs * (double)b->m->train->batch;
    double least = work / (of_the_peak * cycles_a_second * b->m->bench.cycle_flops * b->out.threads);
    double steps = LEAST + seconds(b) / (least > 0 ? least : 1e-9);
    return b->r->o.steps > 0 ? b->r->o.steps : steps < MOST ? (int64_t)steps : MOST;
}

static int repeat_rows(struct bench *b)
{
    int64_t least = rows_for(b, LEAST), most = rows_for(b, most_steps(b));
    b->rows = b->source;
    b->rows.rows = most < ROWS ? most : least > ROWS ? least : ROWS;
    b->rows.index = malloc((size_t)b->rows.rows * sizeof *b->rows.index);
    if (!b->rows.index)
        return cnn_fail(&b->r->error, "no memory for the numbers of %lld rows", (long long)b->rows.rows);
    for (int64_t i = 0; i < b->rows.rows; i++) {
        int64_t row = i % b->source.rows;
        b->rows.index[i] = b->source.index ? b->source.index[row] : row;
    }
    return 0;
}

static int check_files(const struct cnn_options *o, struct cnn_error *e)
{
    const char *const files[] = {o->csv, o->json, o->plot};
    for (int i = 0; i < 3; i++)
        if (files[i] && cnn_file_can_be_written(files[i], e) != 0)
            return -1;
    return o->plot ? cnn_bench_can_plot(e) : 0;
}

static int prepare(struct bench *b)
{
    const struct cnn_options *o = &b->r->o;
    if (!b->m->bench.peak)
        return cnn_fail(&b->r->error, "this program was compiled without its bench (-DCNN_NO_BENCH)");
    if ((cnn_is_first(b->r->peers) && check_files(o, &b->r->error) != 0) || open_data(b) != 0)
        return -1;
    const int64_t threads = o->threads > 0 ? o->threads : 1;
    const int most = cnn_most_threads(b->m, b->m->chunks);
    b->out.threads = cnn_threads_with_cores(threads < most ? (int)threads : most);
    for (int i = 0; i < b->m->n_layers; i++)
        b->out.predict_macs += (double)cnn_layer(b->m, i)->macs;
    return repeat_rows(b);
}

static int measure(struct bench *b)
{
    if (prepare(b) != 0)
        return CNN_TROUBLE;
    if (b->r->o.simulate && !cnn_is_first(b->r->peers))
        return CNN_DONE;
    if (b->r->o.simulate)
        return cnn_bench_simulate(b->r, &b->rows, seconds(b), &b->r->error);
    int status = measure_steps(b);
    if (!cnn_is_first(b->r->peers))
        return status;
    if (status == CNN_DONE)
        status = measure_kernels(b);
    if (status == CNN_DONE)
        status = measure_predict(b);
    if (status == CNN_DONE && cnn_bench_memory(&b->out, &b->r->error) != 0)
        status = CNN_TROUBLE;
    return status;
}

static int tell(const struct bench *b)
{
    const struct cnn_options *o = &b->r->o;
    struct cnn_error *e = &b->r->error;
    if (!o->quiet)
        cnn_bench_print(&b->out);
    if ((o->csv && cnn_bench_csv(&b->out, o->csv, e) != 0) || (o->json && cnn_bench_json(&b->out, o->json, e) != 0) ||
        (o->plot && cnn_bench_plot(&b->out, o->plot, e) != 0))
        return CNN_TROUBLE;
    return CNN_DONE;
}

int cnn_bench_command(struct cnn_run *r)
{
    struct bench b = {.r = r, .m = r->m, .out = {.m = r->m}};
    int status = measure(&b);
    if (status == CNN_DONE && !r->o.simulate && cnn_is_first(r->peers))
        status = tell(&b);
    free(b.rows.index);
    free(b.out.rows);
    if (b.files.train.rows > 0)
        cnn_data_free(&b.files);
    else
        cnn_dataset_free(&b.source);
    return status;
}
