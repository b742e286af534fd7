/* samples.c -- sheets of pictures that show, while a network learns, what comes out of it: rows of the data above what
 * the network makes of them, or what it makes of noise. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/data.h"
#include "engine/engine.h"
#include "input.h"
#include "report/pictures.h"
#include "weights/weights.h"

/* COLUMNS: of a sheet. WANTED: a small picture is drawn so many pixels high or wide. */
enum { COLUMNS = 10, WANTED = 56, GAP = 4, STREAM = 77 };

struct drawing {
    const struct cnn_samples *s;
    const struct cnn_model *m, *net; /* net: what makes the pictures */
    const struct cnn_dataset *rows;
    int64_t n;
    float *theta; /* of net */
    float *x, *y; /* [n][size] */
};

/* ---- numbers */

/* Copies the parameters of the whole network to those of the same names of the part. */
static int take_theta(struct drawing *d, const float *theta, struct cnn_error *e)
{
    if (d->net == d->m)
        memcpy(d->theta, theta, d->m->core.theta * sizeof *theta);
    for (int i = 0; d->net != d->m && i < d->net->n_params; i++) {
        struct cnn_name room;
        const int own = cnn_find_param(d->m, cnn_param_name(d->net, i, &room));
        if (own < 0)
            return cnn_fail(e, "%s: the network has no parameter '%s'", d->s->file, cnn_param_name(d->net, i, &room));
        cnn_param_copy(d->m, own, theta, d->net, i, d->theta);
    }
    return 0;
}

static void fill_inputs(const struct drawing *d)
{
    const int64_t size = d->n * cnn_input(d->net)->size;
    struct cnn_dataset first = *d->rows;
    first.n_more = 0;
    if (!d->s->fed)
        cnn_gather(&first, NULL, 0, d->n, d->x, NULL);
    for (int64_t i = 0; i < size; i++)
        d->x[i] = (d->s->fed ? 0 : d->x[i]) + (float)(d->s->noise * cnn_madeup_normal(d->s->seed, STREAM, (uint64_t)i));
}

static int compute(struct drawing *d, struct cnn_error *e)
{
    const struct cnn_port *in = cnn_input(d->net), *out = &d->net->outputs[d->s->output].port;
    struct cnn_dataset inputs = cnn_dataset_of(d->net);
    float *all = cnn_outputs_new(d->net, d->n, e);
    if (!all)
        return -1;
    inputs.rows = d->n;
    inputs.x = cnn_rows_array(CNN_F32, d->n, in->rank, in->shape, d->x);
    int status = cnn_predict_with(d->net, d->theta, 1, &inputs, all, e);
    if (status == 0)
        memcpy(d->y, all + d->n * cnn_output_sizes(d->net, d->s->output), (size_t)(d->n * out->size) * sizeof *all);
    const struct cnn_meaning *is = &d->net->outputs[d->s->output].meaning;
    const int64_t last = out->shape[out->rank - 1];
    for (int64_t i = 0; status == 0 && is->values == CNN_LOGITS && i < d->n * out->size; i += last)
        cnn_probabilities(is, d->y + i, last, d->y + i);
    free(all);
    return status;
}

/* ---- the sheet */

struct pictures { /* n of them, [height][width][channels] each */
    const float *at;
    int64_t height, width, channels;
    double low, high;
};

static struct pictures pictures_of(const struct cnn_port *p, const float *at)
{
    return (struct pictures){
        .at = at, .height = p->shape[0], .width = p->shape[1], .channels = p->rank > 2 ? p->shape[2] : 1};
}

static void find_range(struct pictures *p, int64_t n)
{
    p->low = HUGE_VAL;
    p->high = -HUGE_VAL;
    for (int64_t i = 0; i < n * p->height * p->width * p->channels; i++) {
        p->low = fmin(p->low, (double)p->at[i]);
        p->high = fmax(p->high, (double)p->at[i]);
    }
}

static int can_be_shown(const struct cnn_port *p)
{
    return p->rank == 2 || (p->rank == 3 && (p->shape[2] == 1 || p->shape[2] == 3));
}

struct sheet {
    struct cnn_raster raster;
    int64_t columns, bands;    /* bands: lines of inputs or of outputs */
    int64_t scale, high, wide; /* of a cell, in pixels */
};

static uint8_t shade(const struct pictures *p, double v)
{
    const double t = p->high > p->low ? (v - p->low) / (p->high - p->low) : 0;
    return (uint8_t)lround(255 * (t > 0 ? t < 1 ? t : 1 : 0)); /* nan is black */
}

static void put_picture(const struct sheet *s, const struct pictures *p, int64_t i, int64_t left, int64_t top)
{
    const int64_t channels = s->raster.channels;
    for (int64_t y = 0; y < p->height * s->scale; y++)
        for (int64_t x = 0; x < p->width * s->scale; x++)
            for (int64_t c = 0; c < channels; c++) {
                const int64_t from = ((i * p->height + y / s->scale) * p->width + x / s->scale) * p->channels;
                s->raster.pixels[((top + y) * s->raster.width + left + x) * channels + c] =
                    shade(p, (double)p->at[from + (p->channels == 3 ? c : 0)]);
            }
}

static int open_sheet(struct sheet *s, const struct pictures *p, int kinds, int64_t n, struct cnn_error *e)
{
    const int64_t larger = p->height > p->width ? p->height : p->width;
    *s = (struct sheet){.columns = n < COLUMNS ? n : COLUMNS, .scale = larger < WANTED ? WANTED / larger : 1};
    s->raster.channels = 1;
    for (int i = 0; i < kinds; i++) {
        s->high = p[i].height * s->scale > s->high ? p[i].height * s->scale : s->high;
        s->wide = p[i].width * s->scale > s->wide ? p[i].width * s->scale : s->wide;
        s->raster.channels = p[i].channels == 3 ? 3 : s->raster.channels;
    }
    s->bands = (n + s->columns - 1) / s->columns;
    s->raster.width = s->columns * (s->wide + GAP) + GAP;
    s->raster.height = s->bands * (kinds * s->high + (kinds - 1) + 2 * GAP);
    const size_t size = (size_t)s->raster.width * (size_t)s->raster.height * (size_t)s->raster.channels;
    s->raster.pixels = malloc(size);
    if (!s->raster.pixels)
        return cnn_fail_memory(e, "samples", size);
    memset(s->raster.pixels, 128, size);
    return 0;
}

/* In each band the inputs stand above the outputs. */
static int draw(const char *path, const struct pictures *p, int kinds, int64_t n, struct cnn_error *e)
{
    struct sheet s;
    if (open_sheet(&s, p, kinds, n, e) != 0)
        return -1;
    const int64_t pitch = s.raster.height / s.bands;
    for (int64_t i = 0; i < n; i++)
        for (int k = 0; k < kinds; k++)
            put_picture(&s, &p[k], i, GAP + i % s.columns * (s.wide + GAP),
                        i / s.columns * pitch + GAP + k * (s.high + 1));
    int status = cnn_png_write(path, &s.raster, e);
    free(s.raster.pixels);
    return status;
}

static int show(const struct drawing *d, const char *path, struct cnn_error *e)
{
    const struct cnn_samples *s = d->s;
    struct pictures p[2] = {pictures_of(cnn_input(d->net), d->x), pictures_of(&d->net->outputs[s->output].port, d->y)};
    const int beside = !s->fed && can_be_shown(cnn_input(d->net));
    p[1].low = s->low;
    p[1].high = s->high;
    if (s->low == s->high)
        find_range(&p[1], d->n);
    p[0].low = p[1].low;
    p[0].high = p[1].high;
    if (beside && cnn_target(d->m)->from != CNN_FROM_INPUT)
        find_range(&p[0], d->n);
    return draw(path, beside ? p : p + 1, beside ? 2 : 1, d->n, e);
}

/* ---- files */

int cnn_samples_path(const struct cnn_samples *s, int64_t epoch, char *out, size_t size, struct cnn_error *e)
{
    static const char mark[] = "{epoch}";
    const char *at = strstr(s->file, mark);
    const int n =
        at ? snprintf(out, size, "%.*s%03" PRId64 "%s", (int)(at - s->file), s->file, epoch, at + sizeof mark - 1)
           : snprintf(out, size, "%s", s->file);
    return n < (int)size ? 0 : cnn_fail(e, "%s: the name is too long", s->file);
}

static int make(struct drawing *d, const float *theta, const char *path, struct cnn_error *e)
{
    d->theta = calloc(d->net->core.theta + 1, sizeof *d->theta);
    d->x = malloc((size_t)(d->n * cnn_input(d->net)->size) * sizeof *d->x);
    d->y = malloc((size_t)(d->n * d->net->outputs[d->s->output].port.size) * sizeof *d->y);
    if (!d->theta || !d->x || !d->y)
        return cnn_fail(e, "%s: no memory", d->s->file);
    fill_inputs(d);
    if (take_theta(d, theta, e) != 0 || compute(d, e) != 0)
        return -1;
    return show(d, path, e);
}

int cnn_samples_draw(const struct cnn_model *m, const struct cnn_samples *s, const struct cnn_dataset *rows,
                     const float *theta, const char *path, struct cnn_error *e)
{
    struct drawing d = {.s = s, .m = m, .net = s->network ? s->network : m, .rows = rows, .n = s->count};
    if (!s->fed && rows->rows < d.n)
        d.n = rows->rows;
    int status = make(&d, theta, path, e);
    free(d.theta);
    free(d.x);
    free(d.y);
    return status;
}
