/* augment.c -- random changes of training images: they are shifted, turned, zoomed, mirrored, and get noise. What
 * happens to a row depends only on the seed, the epoch and the number of the row, so it is the same in whichever
 * thread gathers the row. */
#include <math.h>
#include <string.h>

#include "images/images.h"
#include "support/support.h"

/* The random numbers of one row in one epoch: draw k has the counter (row, k). */
struct draws {
    uint64_t seed, row, high;
};

static void draw(const struct draws *d, uint64_t k, uint32_t out[4])
{
    cnn_random4(d->seed, d->row << 32 | k, d->high, out);
}

static double symmetric(uint32_t r)
{
    return ((double)r + 0.5) / 2147483648.0 - 1;
}

/* A pixel of the result is a place (x, y) of the original: x = ax * column + bx * row + cx, and likewise for y. */
struct map {
    double ax, bx, cx, ay, by, cy;
};

/* The picture is mirrored, turned and zoomed about its middle, then shifted. */
static struct map make_map(const struct cnn_augment *a, const struct draws *d, int64_t height, int64_t width)
{
    uint32_t r[4], s[4];
    draw(d, 0, r);
    draw(d, 1, s);
    double angle = a->rotate * symmetric(r[2]) * acos(-1) / 180, zoom = 1 + a->zoom * symmetric(r[3]);
    double c = cos(angle) / zoom, n = sin(angle) / zoom, mx = (double)(width - 1) / 2, my = (double)(height - 1) / 2;
    double fx = a->flip_x && s[0] >> 31 ? -1 : 1, fy = a->flip_y && s[1] >> 31 ? -1 : 1;
    double dx = mx + a->shift * symmetric(r[0]), dy = my + a->shift * symmetric(r[1]);
    struct map m = {fx * c, fx * n, 0, -fy * n, fy * c, 0};
    m.cx = mx - m.ax * dx - m.bx * dy;
    m.cy = my - m.ay * dx - m.by * dy;
    return m;
}

struct picture {
    const float *x;
    int64_t height, width, channels;
    const float *outside; /* the values outside the picture */
    int64_t step;         /* the step from one channel to the next in `outside` */
};

static float at(const struct picture *p, int64_t y, int64_t x, int64_t c)
{
    int inside = x >= 0 && x < p->width && y >= 0 && y < p->height;
    return inside ? p->x[(y * p->width + x) * p->channels + c] : p->outside[c * p->step];
}

/* Interpolates between the four pixels around (x, y). */
static void sample(const struct picture *p, double x, double y, float *out)
{
    double left = floor(x), top = floor(y);
    float u = (float)(x - left), v = (float)(y - top);
    int64_t i = (int64_t)top, j = (int64_t)left;
    for (int64_t c = 0; c < p->channels; c++) {
        float above = at(p, i, j, c) * (1 - u) + at(p, i, j + 1, c) * u;
        float below = at(p, i + 1, j, c) * (1 - u) + at(p, i + 1, j + 1, c) * u;
        out[c] = above * (1 - v) + below * v;
    }
}

static void transform(const struct map *m, const struct picture *p, float *out)
{
    for (int64_t i = 0; i < p->height; i++)
        for (int64_t j = 0; j < p->width; j++, out += p->channels) {
            double column = (double)j, row = (double)i;
            sample(p, m->ax * column + m->bx * row + m->cx, m->ay * column + m->by * row + m->cy, out);
        }
}

/* Adds normal numbers. The method of Box and Muller makes two of them from two uniform ones. */
static void add_noise(const struct draws *d, float deviation, float *x, int64_t n)
{
    const float turn = 6.28318530717958648F;
    uint32_t r[4];
    for (int64_t i = 0; i < n; i++) {
        if (i % 4 == 0)
            draw(d, (uint64_t)(2 + i / 4), r);
        float radius = sqrtf(-2 * logf(((float)(r[i % 4 & 2] >> 8) + 0.5F) / 16777216));
        float angle = turn * (float)(r[i % 4 | 1] >> 8) / 16777216;
        x[i] += deviation * radius * (i & 1 ? sinf(angle) : cosf(angle));
    }
}

int cnn_augments(const struct cnn_model *m)
{
    const struct cnn_augment *a = m->data ? &m->data->augment : NULL;
    return a && (a->shift > 0 || a->rotate > 0 || a->zoom > 0 || a->noise > 0 || a->flip_x || a->flip_y);
}

void cnn_augment(const struct cnn_model *m, const struct cnn_variation *v, int64_t row, float *x, float *work)
{
    const struct cnn_augment *a = &m->data->augment;
    const struct draws d = {v->seed, (uint64_t)row, CNN_STREAM_AUGMENT | v->epoch};
    if (a->shift > 0 || a->rotate > 0 || a->zoom > 0 || a->flip_x || a->flip_y) {
        const struct picture p = {work,       cnn_input(m)->shape[0], cnn_input(m)->shape[1], cnn_input(m)->shape[2],
                                  v->outside, v->per_channel};
        struct map map = make_map(a, &d, p.height, p.width);
        memcpy(work, x, (size_t)cnn_input(m)->size * sizeof *x);
        transform(&map, &p, x);
    }
}

void cnn_augment_noise(const struct cnn_model *m, const struct cnn_variation *v, int64_t row, float *x)
{
    const struct cnn_augment *a = &m->data->augment;
    const struct draws d = {v->seed, (uint64_t)row, CNN_STREAM_AUGMENT | v->epoch};
    if (a->noise > 0)
        add_noise(&d, (float)a->noise, x, cnn_input(m)->size);
}
