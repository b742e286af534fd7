/* plot_images.c -- pictures of images: the rows that the network gets wrong, and the filters of its first
 * convolution. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/data.h"
#include "engine/engine.h"
#include "report/pictures.h"
#include "weights/weights.h"

enum { MISTAKES = 40, FILTERS = 128, NAME = 10 };

static void widen(struct cnn_sheet *s, const float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        s->low = x[i] < s->low ? x[i] : s->low;
        s->high = x[i] > s->high ? x[i] : s->high;
    }
}

/* ---- mistakes */

struct mistakes {
    const struct cnn_answers *a;
    const struct cnn_dataset *d;
    int64_t row[MISTAKES]; /* the most certain mistake first */
    int64_t n, all;
    int lines; /* lines of a caption */
};

static void insert(struct mistakes *k, int64_t row)
{
    const struct cnn_answer *at = k->a->at;
    int64_t i = k->n < MISTAKES ? k->n++ : MISTAKES;
    for (; i > 0 && at[k->row[i - 1]].sure < at[row].sure; i--)
        if (i < MISTAKES)
            k->row[i] = k->row[i - 1];
    if (i < MISTAKES)
        k->row[i] = row;
}

static void find_mistakes(struct mistakes *k)
{
    for (int64_t i = 0; i < k->a->rows; i++)
        if (k->a->at[i].class != k->a->at[i].truth) {
            insert(k, i);
            k->all++;
        }
}

static void make_mistake(void *arg, int64_t i, struct cnn_tile *out)
{
    const struct mistakes *k = arg;
    const struct cnn_answer *at = &k->a->at[k->row[i]];
    char said[4 * NAME + 1], is[4 * NAME + 1];
    cnn_gather(k->d, &k->row[i], 0, 1, out->x, NULL);
    cnn_class_name(k->a, at->class, NAME, said, sizeof said);
    cnn_class_name(k->a, at->truth, NAME, is, sizeof is);
    snprintf(out->line[0], sizeof out->line[0], k->lines > 1 ? "%s/" : "%s/%s", said, is);
    snprintf(out->line[1], sizeof out->line[1], "%s", is);
}

static int draw_mistakes(struct cnn_gallery *g, const struct cnn_model *m, struct mistakes *k, float *x,
                         struct cnn_error *e)
{
    const int name = cnn_longest_name(k->a, NAME);
    char title[160];
    struct cnn_sheet s = {.name = "mistakes", .title = title, .tiles = k->n, .low = HUGE_VALF, .high = -HUGE_VALF};
    k->lines = name > 3 ? 2 : 1;
    s.lines = k->lines;
    s.characters = k->lines > 1 ? name + 2 : 2 * name + 3;
    s.height = cnn_input(m)->shape[0];
    s.width = cnn_input(m)->shape[1];
    s.channels = cnn_input(m)->shape[2];
    for (int64_t i = 0; i < k->n; i++) {
        cnn_gather(k->d, &k->row[i], 0, 1, x, NULL);
        widen(&s, x, cnn_input(m)->size);
    }
    if (k->all > k->n)
        snprintf(title, sizeof title, "%s: the surest of %lld mistakes, predicted / true", m->name, (long long)k->all);
    else
        snprintf(title, sizeof title, "%s: all mistakes, predicted / true", m->name);
    return cnn_sheet_draw(&s, g, make_mistake, k, e);
}

int cnn_plot_mistakes(struct cnn_gallery *g, const struct cnn_model *m, const struct cnn_answers *a,
                      const struct cnn_dataset *d, struct cnn_error *e)
{
    struct cnn_dataset seen = *d; /* the images as the files have them, not normalised */
    struct mistakes k = {.a = a, .d = &seen};
    seen.normalize = CNN_NOT_NORMALIZED;
    if (cnn_input(m)->rank != 3)
        return 0;
    find_mistakes(&k);
    if (k.n == 0)
        return 0;
    float *x = calloc((size_t)cnn_input(m)->size, sizeof *x);
    int status = x ? draw_mistakes(g, m, &k, x, e) : cnn_fail(e, "no memory for an image");
    free(x);
    return status;
}

/* ---- filters: one image for each `out` of kernel[height][width][in][out]; the mean over `in`, unless `in` is 3
 * colours */

struct filters {
    const struct cnn_param *p;
    const char *name;
    float *kernel;
    int64_t shown; /* channels */
};

static void make_filter(void *arg, int64_t out, struct cnn_tile *tile)
{
    const struct filters *k = arg;
    const int64_t in = k->p->shape[2], filters = k->p->shape[3];
    for (int64_t i = 0; i < k->p->shape[0] * k->p->shape[1]; i++)
        for (int64_t c = 0; c < k->shown; c++) {
            double sum = 0;
            for (int64_t n = c; n < in; n += k->shown)
                sum += (double)k->kernel[(i * in + n) * filters + out];
            tile->x[i * k->shown + c] = (float)(sum * (double)k->shown / (double)in);
        }
}

/* The kernel of the first Conv2D layer; -1: none. */
static int first_kernel(const struct cnn_model *m)
{
    char name[256];
    struct cnn_name room;
    for (int i = 0; i < m->n_layers; i++) {
        if (strcmp(cnn_layer(m, i)->type, "Conv2D") != 0)
            continue;
        snprintf(name, sizeof name, "%s.kernel", cnn_layer_name(m, i, &room));
        for (int k = 0; k < m->n_params; k++)
            if (strcmp(cnn_param_name(m, k, &room), name) == 0)
                return k;
    }
    return -1;
}

static int draw_filters(struct cnn_gallery *g, const struct cnn_model *m, struct filters *k, struct cnn_error *e)
{
    const int64_t *shape = k->p->shape;
    char title[200];
    struct cnn_sheet s = {.name = "filters", .title = title, .height = shape[0], .width = shape[1]};
    k->shown = shape[2] == 3 ? 3 : 1;
    s.channels = k->shown;
    s.diverging = k->shown == 1;
    s.tiles = shape[3] < FILTERS ? shape[3] : FILTERS;
    widen(&s, k->kernel, cnn_param_count(k->p));
    s.high = fmaxf(s.high, -s.low);
    s.low = -s.high;
    snprintf(title, sizeof title, "%s: %s%.60s%s; %s %.2g to %.2g", m->name, shape[3] > FILTERS ? "the first of " : "",
             k->name, shape[2] == k->shown ? "" : ", mean of channels",
             s.diverging ? "blue to red is" : "dark to bright is", (double)s.low, (double)s.high);
    return cnn_sheet_draw(&s, g, make_filter, k, e);
}

int cnn_plot_filters(struct cnn_gallery *g, const struct cnn_model *m, const float *theta, struct cnn_error *e)
{
    const int i = first_kernel(m);
    if (i < 0)
        return 0;
    struct cnn_name room;
    struct filters k = {.p = cnn_param(m, i), .name = cnn_param_name(m, i, &room)};
    const struct cnn_place at = cnn_place(m, m->core.place, i);
    k.kernel = calloc((size_t)cnn_param_count(k.p), sizeof *k.kernel);
    if (!k.kernel)
        return cnn_fail(e, "no memory for the filters of %s", k.name);
    cnn_param_get(k.p, &at, theta, k.kernel);
    int status = draw_filters(g, m, &k, e);
    free(k.kernel);
    return status;
}
