/* bench_report.c -- writes what `bench` measured: a table for people, CSV and JSON for programs. */
#include <string.h>

#include "bench/measures.h"

/* The clock of the machine while the kernels ran, computed from the measured peak and the operations per cycle that the
 * target's row gives. */
static double gigahertz(const struct cnn_measures *b)
{
    return b->core_peak.median / b->m->bench.cycle_flops;
}

static double gflops(double macs, double seconds)
{
    return seconds > 0 ? 2 * macs / seconds * 1e-9 : 0;
}

/* Cycles for one image; for what runs once in a step, cycles for one step. */
static double per_image(const struct cnn_measures *b, const struct cnn_row *r, double cycles)
{
    int once = strcmp(r->phase, "prepare") == 0 || strcmp(r->phase, "step") == 0;
    return once ? cycles : cycles / (double)b->m->train->batch;
}

static double cycles(const struct cnn_measures *b, const struct cnn_row *r)
{
    return per_image(b, r, r->peak_work / b->m->bench.cycle_flops);
}

static double of_peak(double macs, double peak_work)
{
    return peak_work > 0 ? 2 * macs / peak_work : 0;
}

static double sum(const struct cnn_measures *b)
{
    double s = 0;
    for (int i = 0; i < b->n_rows; i++)
        s += b->rows[i].seconds;
    return s > 0 ? s : 1;
}

static double step_gflops(const struct cnn_measures *b)
{
    return gflops(b->macs, b->step.median);
}

/* ---- for people */

static void print_row(const struct cnn_measures *b, const struct cnn_row *r)
{
    double rate = gflops(r->macs, r->seconds);
    printf("%-20.20s %-15.15s %-26.26s %10.1f %5.1f%%", r->layer, r->op, r->strategy, r->seconds * 1e6,
           100 * r->seconds / sum(b));
    if (r->macs > 0)
        printf(" %8.1f %6.0f%%", rate, 100 * of_peak(r->macs, r->peak_work));
    else
        printf(" %8s %7s", "", "");
    printf(" %9.0f", cycles(b, r));
    if (r->planned > 0)
        printf(" %9.0f", per_image(b, r, r->planned));
    putchar('\n');
}

static const char *threads_text(int n, char out[32])
{
    snprintf(out, 32, "%d thread%s", n, n == 1 ? "" : "s");
    return out;
}

static void print_head(const struct cnn_measures *b)
{
    const struct cnn_model *m = b->m;
    printf("%s for %s: a batch of %lld in %d chunks of %d; data: %s\n", m->name, m->target, (long long)m->train->batch,
           m->chunks, m->chunk, b->data);
    printf("FMA peak, one core: %.1f GFLOP/s, that is %.2f GHz (median of the bursts between the steps; the best: "
           "%.1f)\n\n",
           b->core_peak.median, gigahertz(b), b->core_peak.best);
    printf("%-20s %-15s %-26s %10s %6s %8s %7s %9s %9s\n", "layer", "kernel", "strategy", "us a step", "share",
           "GFLOP/s", "of peak", "cycles", "planned");
}

static void print_predict(const struct cnn_measures *b, const char *what, const struct cnn_spread *s, int64_t images)
{
    double seconds = s->median / (double)images, rate = gflops(b->predict_macs, seconds);
    printf("predict, %s: %.2f us an image, %.1f GFLOP/s nominal, %.2f of the peak\n", what, seconds * 1e6, rate,
           of_peak(b->predict_macs * (double)images, s->peak_work));
}

static const struct cnn_row *row_of(const struct cnn_measures *b, const char *op)
{
    for (int i = 0; i < b->n_rows; i++)
        if (strcmp(b->rows[i].op, op) == 0)
            return &b->rows[i];
    return NULL;
}

/* Speeds in GB/s: of the update, and of memcpy below. */
static double update_rate(const struct cnn_measures *b)
{
    const struct cnn_row *r = row_of(b, "update");
    return r && r->seconds > 0 ? b->update_bytes / r->seconds * 1e-9 : 0;
}

static double copy_rate(const struct cnn_measures *b)
{
    return b->copy_seconds > 0 ? b->update_bytes / b->copy_seconds * 1e-9 : 0;
}

static void print_update(const struct cnn_measures *b)
{
    printf("update: %.2f MB read and written, %.1f GB/s; memcpy of as many: %.1f GB/s\n", b->update_bytes * 1e-6,
           update_rate(b), copy_rate(b));
}

/* Prints the share of the peak measured during the steps and the share of the best burst. They differ when something
 * else runs on the machine. */
static void print_step(const struct cnn_measures *b)
{
    char text[32];
    const struct cnn_spread *s = &b->step;
    printf("step, %s: %.1f us median of %d (tenths: %.1f, %.1f), %.1f GFLOP/s nominal, %.2f of the peak (of the best "
           "burst: %.2f)\n",
           threads_text(b->threads, text), s->median * 1e6, s->n, s->fastest * 1e6, s->slowest * 1e6, step_gflops(b),
           of_peak(b->macs, s->peak_work), step_gflops(b) / s->peak.best);
    if (b->threads > 1)
        printf("FMA peak, %s at once: %.1f GFLOP/s (the best burst: %.1f)\n", threads_text(b->threads, text),
               s->peak.median, s->peak.best);
}

void cnn_bench_print(const struct cnn_measures *b)
{
    print_head(b);
    for (int i = 0; i < b->n_rows; i++)
        print_row(b, &b->rows[i]);
    printf("%-20s %-15s %-26s %10.1f\n\n", "all of them", "", "", sum(b) * 1e6);
    print_step(b);
    cnn_traffic_print(&b->traffic);
    print_update(b);
    print_predict(b, "one image", &b->one_image, 1);
    print_predict(b, "a batch", &b->batch, b->m->train->batch);
}

/* ---- for programs. Names are identifiers of the language and of the compiler's tables, so none needs quotes. */

static void csv_row(FILE *f, const struct cnn_measures *b, const struct cnn_row *r)
{
    double rate = gflops(r->macs, r->seconds);
    fprintf(f, "%s,%s,%s,%s,%.3f,%.0f,%.2f,%.4f,%.1f,%.1f\n", r->layer, r->op, r->strategy, r->phase, r->seconds * 1e6,
            r->macs, rate, of_peak(r->macs, r->peak_work), cycles(b, r), per_image(b, r, r->planned));
}

int cnn_bench_csv(const struct cnn_measures *b, const char *path, struct cnn_error *e)
{
    struct cnn_atomic a;
    struct cnn_row step = {.layer = "",
                           .op = "all",
                           .strategy = "",
                           .phase = "step",
                           .seconds = b->step.median,
                           .peak_work = b->step.peak_work,
                           .macs = b->macs};
    if (cnn_atomic_open(&a, path, e) != 0)
        return -1;
    fprintf(a.file, "layer,kernel,strategy,phase,us,macs,gflops,of_peak,cycles,planned_cycles\n");
    for (int i = 0; i < b->n_rows; i++)
        csv_row(a.file, b, &b->rows[i]);
    if (b->threads == 1)
        csv_row(a.file, b, &step);
    return cnn_atomic_commit(&a, e);
}

static void json_spread(FILE *f, const char *name, const struct cnn_spread *s, double macs)
{
    double rate = gflops(macs, s->median);
    fprintf(f,
            "  \"%s\": {\"median_us\": %.3f, \"fastest_tenth_us\": %.3f, \"slowest_tenth_us\": %.3f, \"n\": %d, "
            "\"gflops\": %.2f, \"of_peak\": %.4f, \"of_best\": %.4f},\n",
            name, s->median * 1e6, s->fastest * 1e6, s->slowest * 1e6, s->n, rate, of_peak(macs, s->peak_work),
            rate / s->peak.best);
}

static void json_row(FILE *f, const struct cnn_measures *b, const struct cnn_row *r, int last)
{
    double rate = gflops(r->macs, r->seconds);
    fprintf(f,
            "    {\"layer\": \"%s\", \"kernel\": \"%s\", \"strategy\": \"%s\", \"phase\": \"%s\", \"us\": %.3f, "
            "\"macs\": %.0f, \"gflops\": %.2f, \"of_peak\": %.4f, \"cycles\": %.1f, \"planned_cycles\": %.1f}%s\n",
            r->layer, r->op, r->strategy, r->phase, r->seconds * 1e6, r->macs, rate, of_peak(r->macs, r->peak_work),
            cycles(b, r), per_image(b, r, r->planned), last ? "" : ",");
}

int cnn_bench_json(const struct cnn_measures *b, const char *path, struct cnn_error *e)
{
    struct cnn_atomic a;
    const struct cnn_model *m = b->m;
    if (cnn_atomic_open(&a, path, e) != 0)
        return -1;
    fprintf(a.file, "{\n  \"name\": \"%s\", \"target\": \"%s\", \"batch\": %lld, \"chunk\": %d, \"threads\": %d,\n",
            m->name, m->target, (long long)m->train->batch, m->chunk, b->threads);
    fprintf(a.file, "  \"data\": \"%s\", \"core_peak_gflops\": %.2f, \"peak_gflops\": %.2f, ", b->data,
            b->core_peak.median, b->step.peak.median);
    fprintf(a.file, "\"best_peak_gflops\": %.2f, \"macs\": %.0f,\n", b->step.peak.best, b->macs);
    cnn_traffic_json(a.file, &b->traffic);
    json_spread(a.file, "step", &b->step, b->macs);
    json_spread(a.file, "predict_one", &b->one_image, b->predict_macs);
    json_spread(a.file, "predict_batch", &b->batch, b->predict_macs * (double)m->train->batch);
    fprintf(a.file, "  \"update\": {\"bytes\": %.0f, \"gbytes_s\": %.3f, \"memcpy_gbytes_s\": %.3f},\n",
            b->update_bytes, update_rate(b), copy_rate(b));
    fprintf(a.file, "  \"kernels\": [\n");
    for (int i = 0; i < b->n_rows; i++)
        json_row(a.file, b, &b->rows[i], i + 1 == b->n_rows);
    fprintf(a.file, "  ]\n}\n");
    return cnn_atomic_commit(&a, e);
}
