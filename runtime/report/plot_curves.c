/* plot_curves.c -- curves of loss, metrics and all other numbers of the log over the epochs. Each number has one
 * picture, with its validation curve in the same picture; the best epoch of each curve is marked. */
#include <math.h>
#include <string.h>

#include "report/pictures.h"
#include "support/support.h"
#include "train/train.h"

enum { WIDTH = 640, HEIGHT = 400, MARKED = 40 }; /* MARKED: with at most so many epochs, each has a point */

struct curve {
    int key, column; /* column of the .dat */
    int64_t best;
};

static void put_title(FILE *gp, const struct cnn_history *h, const struct curve *c)
{
    char text[160], value[32];
    if (c->best < 0)
        snprintf(text, sizeof text, "%s", h->key[c->key]);
    else
        snprintf(text, sizeof text, "%s, best in epoch %.0f: %s", h->key[c->key], cnn_history_epoch(h, c->best) + 1,
                 cnn_value_text(cnn_history_value(h, c->best, c->key), value, sizeof value));
    cnn_gnuplot_quote(gp, text);
}

static void put_curve(FILE *gp, const struct cnn_history *h, const struct curve *c, const char *name,
                      const char *colour)
{
    fprintf(gp, "'%s.dat' using 1:%d with %s lw 2 lc rgb '%s' pt 7 ps 0.4 title ", name, c->column,
            h->rows > MARKED ? "lines" : "linespoints", colour);
    put_title(gp, h, c);
    if (c->best >= 0)
        fprintf(gp,
                ", \\\n     '%s.dat' using 1:(column(0) == %lld ? $%d : NaN) with points pt 6 ps 1.6 lw 2 lc rgb '%s' "
                "notitle",
                name, (long long)c->best, c->column, colour);
}

static void put_rows(FILE *dat, const struct cnn_history *h, const struct curve *c, int n)
{
    fprintf(dat, "# epoch");
    for (int k = 0; k < n; k++)
        fprintf(dat, " %s", h->key[c[k].key]);
    for (int64_t i = 0; i < h->rows; i++) {
        fprintf(dat, "\n%.0f", cnn_history_epoch(h, i) + 1);
        for (int k = 0; k < n; k++)
            fprintf(dat, " %.10g", cnn_history_value(h, i, c[k].key));
    }
    fputc('\n', dat);
}

/* The axis begins at zero for a number that should fall and is never negative. Equal values need a range for
 * gnuplot. */
static void put_range(FILE *gp, const struct cnn_history *h, const struct curve *c, int n, int rises)
{
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (int64_t i = 0; i < h->rows; i++)
        for (int k = 0; k < n; k++) {
            low = fmin(low, cnn_history_value(h, i, c[k].key));
            high = fmax(high, cnn_history_value(h, i, c[k].key));
        }
    if (low == high)
        fprintf(gp, "set yrange [%g:%g]\n", low - 0.1 * fmax(1, fabs(low)), high + 0.1 * fmax(1, fabs(high)));
    else if (!rises && low >= 0)
        fprintf(gp, "set yrange [0:*]\n");
}

static void put_axes(FILE *gp, const struct cnn_history *h)
{
    const double first = cnn_history_epoch(h, 0) + 1, last = cnn_history_epoch(h, h->rows - 1) + 1;
    fprintf(gp, "set border 3 lc rgb '#808080'\nset tics nomirror out textcolor rgb '#404040'\n");
    fprintf(gp, "set grid lc rgb '#e0e0e0' lt 1\nset xlabel 'epoch'\nset xrange [%g:%g]\n", first - 0.5, last + 0.5);
    if (last - first < 20)
        fprintf(gp, "set xtics 1\n");
    fprintf(gp, "set format x '%%.0f'\n");
}

static int draw(struct cnn_gallery *g, const struct cnn_model *m, const struct cnn_history *h, int key, int val,
                struct cnn_error *e)
{
    static const char *const colours[] = {"#1f77b4", "#d62728"};
    struct curve c[2] = {{.key = key, .column = 2}, {.key = val, .column = 3}};
    struct cnn_picture p;
    const char *name = h->key[key];
    const int n = val < 0 ? 1 : 2, rises = cnn_key_rises(m, name);
    if (cnn_picture_open(&p, g, name, WIDTH, HEIGHT, e) != 0)
        return -1;
    put_axes(p.gp, h);
    for (int k = 0; k < n; k++)
        c[k].best = strcmp(name, "learning_rate") == 0 ? -1 : cnn_history_best(h, c[k].key, rises);
    fprintf(p.gp, "set key %s right Left reverse samplen 2\n", rises ? "bottom" : "top"); /* a corner without curves */
    put_range(p.gp, h, c, n, rises);
    put_rows(p.dat, h, c, n);
    fprintf(p.gp, "set title '%s: %s'\nplot ", m->name, name);
    for (int k = 0; k < n; k++) {
        fputs(k ? ", \\\n     " : "", p.gp);
        put_curve(p.gp, h, &c[k], name, colours[k]);
    }
    fputc('\n', p.gp);
    return cnn_picture_close(&p, e);
}

static int is_of_validation(const struct cnn_history *h, int key)
{
    return strncmp(h->key[key], "val_", 4) == 0 && cnn_history_find(h, "", h->key[key] + 4) >= 0;
}

int cnn_plot_curves(struct cnn_gallery *g, const struct cnn_model *m, const struct cnn_history *h, struct cnn_error *e)
{
    for (int k = 0; h->rows > 0 && k < h->n_keys; k++)
        if (!is_of_validation(h, k) && draw(g, m, h, k, cnn_history_find(h, "val_", h->key[k]), e) != 0)
            return -1;
    return 0;
}
