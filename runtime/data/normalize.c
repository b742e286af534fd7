/* normalize.c -- finds out how inputs are normalised: as the spec says, fitted to the training rows, or as a file
 * of weights says. */
#include "beside.h"
#include "data/dataset.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- channels */

/* When there are few channels, their tables are repeated, so that loops over them fill vector registers for any
 * number of channels. */
enum { REPEATS = 16, FEW = 64 };

static void set_shift(struct cnn_channels *c, size_t i, struct cnn_shift s)
{
    c->sub_double[i] = s.sub_double;
    c->mul_double[i] = s.mul_double;
    c->sub[i] = s.sub;
    c->rest[i] = s.rest;
    c->mul[i] = s.mul;
    c->black[i] = cnn_normalize_black(&s);
}

static int fail_memory(int64_t channels, struct cnn_error *e)
{
    return cnn_fail(e, "no memory for the means and deviations of %" PRId64 " channels", channels);
}

static struct cnn_channels *new_channels(double scale, const double *mean, const double *std, int64_t n,
                                         struct cnn_error *e)
{
    const size_t count = (size_t)n, period = n < FEW ? count * REPEATS : count;
    const size_t size = 2 * (count + period) * sizeof(double) + 4 * period * sizeof(float);
    struct cnn_channels *c = malloc(sizeof *c);
    double *table = c ? malloc(size) : NULL;
    if (!table) {
        free(c);
        fail_memory(n, e);
        return NULL;
    }
    *c = (struct cnn_channels){.n = n, .period = (int64_t)period, .owners = 1};
    c->mean = table;
    c->std = c->mean + count;
    c->sub_double = c->std + count;
    c->mul_double = c->sub_double + period;
    c->sub = (float *)(c->mul_double + period);
    c->rest = c->sub + period;
    c->mul = c->rest + period;
    c->black = c->mul + period;
    memcpy(c->mean, mean, count * sizeof *mean);
    memcpy(c->std, std, count * sizeof *std);
    for (size_t i = 0; i < period; i++)
        set_shift(c, i, cnn_normalize_shift(scale, mean[i % count], std[i % count]));
    return c;
}

struct cnn_normalize cnn_normalize_share(const struct cnn_normalize *z)
{
    if (z->channels)
        z->channels->owners++;
    return *z;
}

void cnn_normalize_free(struct cnn_normalize *z)
{
    if (z->channels && --z->channels->owners == 0) {
        free(z->channels->mean);
        free(z->channels);
    }
    *z = CNN_NOT_NORMALIZED;
}

static int64_t input_channels(const struct cnn_model *m)
{
    return cnn_input(m)->shape[cnn_input(m)->rank - 1];
}

/* ---- the spec */

int cnn_normalize_is_fitted(const struct cnn_model *m)
{
    return m->data && (m->data->mean_auto || m->data->std_auto);
}

/* Sets the mean and std of n channels: those in `means` and `stds` where these are given, else those of *z. */
static int set_channels(struct cnn_normalize *z, const double *means, const double *stds, int64_t n,
                        struct cnn_error *e)
{
    double *each = calloc(2 * (size_t)n, sizeof *each);
    if (!each)
        return fail_memory(n, e);
    for (int64_t c = 0; c < n; c++) {
        each[c] = means ? means[c] : z->mean;
        each[n + c] = stds ? stds[c] : z->std;
    }
    z->channels = new_channels(z->scale, each, each + n, n, e);
    free(each);
    return z->channels ? 0 : -1;
}

int cnn_normalize_spec(const struct cnn_model *m, struct cnn_normalize *z, struct cnn_error *e)
{
    const struct cnn_data *s = m->data;
    *z = CNN_NOT_NORMALIZED;
    if (!s)
        return 0;
    z->scale = s->scale;
    z->mean = s->mean;
    z->std = s->std;
    return s->means || s->stds ? set_channels(z, s->means, s->stds, input_channels(m), e) : 0;
}

static int differ(double a, double b)
{
    return fabs(a - b) > 1e-6 * (fabs(a) + fabs(b));
}

void cnn_normalize_compare(const struct cnn_model *m, const struct cnn_beside *b, const char *path)
{
    const struct cnn_data *s = m->data;
    const int lists = s && (s->means || s->stds);
    const int64_t n = lists && b->channels == 1 ? input_channels(m) : b->channels;
    const int reads_noise = s && m->nets && s->train.kind == CNN_NO_SOURCE; /* one of several models */
    if (!s || reads_noise || (lists && n != input_channels(m)))
        return;
    for (int64_t c = 0; c < n; c++) {
        const int64_t i = b->channels > 1 ? c : 0;
        const double mean = s->means ? s->means[c] : s->mean, std = s->stds ? s->stds[c] : s->std;
        if (!differ(s->scale / std, b->scale / b->std[i]) && !differ(mean / std, b->mean[i] / b->std[i]))
            continue;
        cnn_warn(m->name,
                 "%s: was trained with 'normalize scale=%g mean=%g std=%g' (channel %" PRId64
                 "), but the spec says scale=%g mean=%g std=%g; mean=auto std=auto takes what the weights remember",
                 path, b->scale, b->mean[i], b->std[i], c, s->scale, mean, std);
        return;
    }
}

/* ---- fitted to the training rows */

struct fit { /* each array has one element for each channel, and all are in one block */
    int64_t n;
    double *sum, *block_sum, *mean, *std, *low, *high;
    double *row; /* the current row */
};

static int fit_open(struct fit *f, int64_t n, int64_t row, struct cnn_error *e)
{
    double *at = calloc(6 * (size_t)n + (size_t)row, sizeof *at);
    if (!at)
        return fail_memory(n, e);
    *f = (struct fit){n, at, at + n, at + 2 * n, at + 3 * n, at + 4 * n, at + 5 * n, at + 6 * n};
    return 0;
}

static void sum_row(struct fit *f, const struct cnn_dataset *d, int64_t row, double scale, const double *mean)
{
    cnn_convert_double(&d->x, cnn_dataset_row(d, row) * d->x_size, d->x_size, f->row);
    for (double *p = f->row, *end = p + d->x_size; p < end; p += f->n)
        for (int64_t c = 0; c < f->n; c++) {
            const double v = p[c] * scale;
            if (mean) {
                f->block_sum[c] += (v - mean[c]) * (v - mean[c]);
            } else {
                f->block_sum[c] += v;
                f->low[c] = v < f->low[c] ? v : f->low[c];
                f->high[c] = v > f->high[c] ? v : f->high[c];
            }
        }
}

/* Without a mean: the sum over the rows and the range, for each channel. With a mean: the sums of squares about
 * it. Blocks of some thousand numbers are summed first, so that sums stay short: of 10^7 terms each loses at most
 * 2^-40 of its value. */
static void sum_rows(struct fit *f, const struct cnn_dataset *d, double scale, const double *mean)
{
    enum { TERMS = 4096 };
    const int64_t each = d->x_size / f->n, rows = each < TERMS ? TERMS / each : 1;
    memset(f->sum, 0, (size_t)f->n * sizeof *f->sum);
    for (int64_t i = 0; i < d->rows; i += rows) {
        memset(f->block_sum, 0, (size_t)f->n * sizeof *f->block_sum);
        for (int64_t k = i; k < d->rows && k < i + rows; k++)
            sum_row(f, d, k, scale, mean);
        for (int64_t c = 0; c < f->n; c++)
            f->sum[c] += f->block_sum[c];
    }
}

/* A channel that is the same everywhere has no deviation to divide by, so its std becomes 1. Rounding could make
 * its deviation a number close to 0, so the range decides. Returns how many channels vary. */
static int64_t fit_rows(struct fit *f, const struct cnn_dataset *d, double scale)
{
    const double count = (double)d->rows * (double)(d->x_size / f->n);
    int64_t varying = 0;
    for (int64_t c = 0; c < f->n; c++) {
        f->low[c] = INFINITY;
        f->high[c] = -INFINITY;
    }
    sum_rows(f, d, scale, NULL);
    for (int64_t c = 0; c < f->n; c++)
        f->mean[c] = f->sum[c] / count;
    sum_rows(f, d, scale, f->mean);
    for (int64_t c = 0; c < f->n; c++) { /* NOLINT(clang-analyzer-unix.Malloc): cnn_normalize_fit frees the block */
        const int varies = f->low[c] < f->high[c];
        if (!varies)
            f->mean[c] = f->low[c];
        f->std[c] = varies ? sqrt(f->sum[c] / count) : 1;
        varying += varies;
    }
    return varying;
}

int cnn_normalize_fit(const struct cnn_model *m, const struct cnn_dataset *train, struct cnn_normalize *z,
                      struct cnn_error *e)
{
    const struct cnn_data *s = m->data;
    struct fit f = {0};
    if (train->rows == 0)
        return cnn_fail(e, "the spec's normalisation is fitted to the training data, but the spec names none");
    if (fit_open(&f, input_channels(m), train->x_size, e) != 0)
        return -1;
    int status = 0;
    if (fit_rows(&f, train, s->scale) == 0 && s->std_auto)
        status = cnn_fail(e, "%s: all values are the same, so they have no standard deviation", train->x_file);
    *z = (struct cnn_normalize){.scale = s->scale, .mean = s->mean, .std = s->std};
    if (status == 0 && f.n == 1) {
        z->mean = s->mean_auto ? f.mean[0] : s->mean;
        z->std = s->std_auto ? f.std[0] : s->std;
    } else if (status == 0) {
        status = set_channels(z, s->mean_auto ? f.mean : s->means, s->std_auto ? f.std : s->stds, f.n, e);
    }
    free(f.sum);
    return status;
}

/* ---- the normalisation in a file of weights */

void cnn_normalize_lend(const struct cnn_normalize *z, struct cnn_beside *b)
{
    const struct cnn_channels *c = z->channels;
    b->scale = z->scale;
    b->channels = c ? c->n : 1;
    b->mean = c ? c->mean : &z->mean;
    b->std = c ? c->std : &z->std;
}

int cnn_normalize_remembered(const struct cnn_model *m, const struct cnn_beside *b, const char *path,
                             struct cnn_normalize *z, struct cnn_error *e)
{
    *z = CNN_NOT_NORMALIZED;
    if (b->channels == 0)
        return 0;
    *z = (struct cnn_normalize){.scale = b->scale, .mean = b->mean[0], .std = b->std[0]};
    if (b->channels == 1)
        return 1;
    if (b->channels != input_channels(m))
        return cnn_fail(e, "%s: normalises %" PRId64 " channels, but the network's input has %" PRId64, path,
                        b->channels, input_channels(m));
    return set_channels(z, b->mean, b->std, b->channels, e) == 0 ? 1 : -1;
}
