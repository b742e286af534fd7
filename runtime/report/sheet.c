/* sheet.c -- a contact sheet: small images in rows, each with a caption under it. Positions on the canvas are in pixels
 * from its upper left corner. */
#include <math.h>
#include <stdlib.h>

#include "report/pictures.h"

/* In pixels: the wanted and the largest size of an image, the height of a line of text, the width of a character, the
 * gap between images, the height of the title. CRISP: from this scale on, pixels are drawn one by one. */
enum { WANTED = 64, MOST = 96, LINE = 15, CHARACTER = 7, GAP = 12, TITLE = 40, CRISP = 6 };

struct canvas {
    int64_t step;        /* step x step pixels of an image become one */
    int64_t rows, width; /* of an image after that */
    double scale;        /* canvas pixels for each of its pixels */
    int64_t columns;
    double pitch_x, pitch_y; /* the distance from image to image */
    double left;             /* x of the first column */
    int w, h;
};

static struct canvas lay_out(const struct cnn_sheet *s)
{
    const int64_t larger = s->height > s->width ? s->height : s->width;
    struct canvas c = {.step = (larger + MOST - 1) / MOST};
    c.rows = (s->height + c.step - 1) / c.step;
    c.width = (s->width + c.step - 1) / c.step;
    c.scale = fmax(1, (double)(WANTED / larger));
    c.columns = (int64_t)ceil(sqrt(1.6 * (double)s->tiles));
    c.pitch_x = fmax((double)c.width * c.scale, s->characters * CHARACTER) + GAP;
    c.pitch_y = (double)c.rows * c.scale + s->lines * LINE + GAP;
    const double grid = (double)c.columns * c.pitch_x;
    c.w = (int)fmax(grid, (cnn_text_width(s->title) + 2) * 8) + GAP;
    c.h = TITLE + (int)((double)((s->tiles + c.columns - 1) / c.columns) * c.pitch_y) + GAP;
    c.left = (c.w - grid) / 2;
    return c;
}

/* ---- colours */

struct colour {
    int r, g, b;
};

static double clamp(double t)
{
    return t > 0 ? t < 1 ? t : 1 : 0; /* nan becomes 0 */
}

static int mix(int from, int to, double t)
{
    return (int)lround(from + (to - from) * t);
}

static struct colour diverging(const struct cnn_sheet *s, double v)
{
    const double t = clamp(fabs(v) / fmax(fabs((double)s->low), fabs((double)s->high)));
    return v > 0 ? (struct colour){mix(247, 178, t), mix(247, 24, t), mix(247, 43, t)}
                 : (struct colour){mix(247, 33, t), mix(247, 102, t), mix(247, 172, t)};
}

static int shade(const struct cnn_sheet *s, double v)
{
    return (int)lround(255 * clamp((v - (double)s->low) / fmax((double)s->high - (double)s->low, 1e-30)));
}

/* The mean of the pixels that one pixel of the canvas stands for. */
static double pixel(const struct cnn_sheet *s, const struct canvas *c, const float *x, int64_t row, int64_t column,
                    int64_t channel)
{
    double sum = 0;
    int64_t n = 0;
    for (int64_t i = row * c->step; i < (row + 1) * c->step && i < s->height; i++)
        for (int64_t k = column * c->step; k < (column + 1) * c->step && k < s->width; k++, n++)
            sum += (double)x[(i * s->width + k) * s->channels + channel];
    return sum / (double)n;
}

static struct colour colour_at(const struct cnn_sheet *s, const struct canvas *c, const float *x, int64_t i, int64_t k)
{
    const double first = pixel(s, c, x, i, k, 0);
    if (s->channels == 3)
        return (struct colour){shade(s, first), shade(s, pixel(s, c, x, i, k, 1)), shade(s, pixel(s, c, x, i, k, 2))};
    const int grey = shade(s, first);
    return s->diverging ? diverging(s, first) : (struct colour){grey, grey, grey};
}

/* ---- drawing */

static void put_image(FILE *dat, const struct cnn_sheet *s, const struct canvas *c, const float *x, double left,
                      double top)
{
    for (int64_t i = 0; i < c->rows; i++)
        for (int64_t k = 0; k < c->width; k++) {
            const struct colour v = colour_at(s, c, x, i, k);
            fprintf(dat, "%g %g %d %d %d\n", left + ((double)k + 0.5) * c->scale, top + ((double)i + 0.5) * c->scale,
                    v.r, v.g, v.b);
        }
    fputs("\n\n", dat);
}

static void put_text(FILE *gp, double x, double y, int size, const char *text)
{
    fputs("set label ", gp);
    cnn_gnuplot_quote(gp, text);
    fprintf(gp, " at %g,%g center font ',%d'\n", x, y, size);
}

static void put_tiles(struct cnn_picture *p, const struct cnn_sheet *s, const struct canvas *c, cnn_tile_maker *make,
                      void *arg, float *x)
{
    for (int64_t i = 0; i < s->tiles; i++) {
        struct cnn_tile tile = {.x = x};
        const double middle = c->left + ((double)(i % c->columns) + 0.5) * c->pitch_x;
        const double top = TITLE + (double)(i / c->columns) * c->pitch_y;
        make(arg, i, &tile);
        put_image(p->dat, s, c, x, middle - (double)c->width * c->scale / 2, top);
        for (int k = 0; k < s->lines; k++)
            put_text(p->gp, middle, top + (double)c->rows * c->scale + (k + 0.6) * LINE, 11, tile.line[k]);
    }
}

static void put_plot(struct cnn_picture *p, const struct cnn_sheet *s, const struct canvas *c)
{
    fprintf(p->gp, "unset border\nunset tics\nunset key\nset margins 0,0,0,0\n");
    fprintf(p->gp, "set xrange [0:%d]\nset yrange [%d:0]\n", c->w, c->h);
    put_text(p->gp, c->w / 2.0, 18, 14, s->title);
    /* viewers smooth an enlarged image, so large pixels are drawn one by one */
    fprintf(p->gp, "plot for [i=0:%lld] '%s.dat' index i using 1:2:3:4:5 with rgbimage %snotitle\n",
            (long long)s->tiles - 1, p->name, c->scale >= CRISP ? "pixels " : "");
}

int cnn_sheet_draw(const struct cnn_sheet *s, struct cnn_gallery *g, cnn_tile_maker *make, void *arg,
                   struct cnn_error *e)
{
    struct cnn_picture p;
    const struct canvas c = lay_out(s);
    float *x = calloc((size_t)(s->height * s->width), (size_t)s->channels * sizeof *x);
    if (!x)
        return cnn_fail(e, "no memory for an image of %s", s->name);
    int status = cnn_picture_open(&p, g, s->name, c.w, c.h, e);
    if (status == 0) {
        put_tiles(&p, s, &c, make, arg, x);
        put_plot(&p, s, &c);
        status = cnn_picture_close(&p, e);
    }
    free(x);
    return status;
}
