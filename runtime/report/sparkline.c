/* sparkline.c -- a curve in one line of text: its characters have eight heights, and each stands for one or more
 * epochs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/pictures.h"
#include "support/support.h"
#include "train/train.h"

enum { HEIGHTS = 8, WIDTH = 60 };

/* The mean of the values that are numbers; nan when there are none. */
static double mean(const double *v, int64_t n)
{
    double sum = 0;
    int64_t numbers = 0;
    for (int64_t i = 0; i < n; i++)
        if (isfinite(v[i])) {
            sum += v[i];
            numbers++;
        }
    return numbers ? sum / (double)numbers : (double)NAN;
}

static int height(double v, double low, double high)
{
    return high > low ? (int)((v - low) / (high - low) * (HEIGHTS - 1) + 0.5) : 0;
}

void cnn_sparkline(FILE *f, const double *v, int64_t n, int width)
{
    double cell[WIDTH], low = HUGE_VAL, high = -HUGE_VAL;
    int cells = width < WIDTH ? width : WIDTH;
    if (n < cells)
        cells = (int)n;
    for (int c = 0; c < cells; c++) {
        int64_t first = c * n / cells;
        cell[c] = mean(v + first, (c + 1) * n / cells - first);
        low = fmin(low, cell[c]);
        high = fmax(high, cell[c]);
    }
    for (int c = 0; c < cells; c++)
        if (isnan(cell[c]))
            fputc(' ', f);
        else
            fprintf(f, "\xe2\x96%c", 0x81 + height(cell[c], low, high)); /* U+2581 to U+2588 */
}

static void print_line(FILE *f, const struct cnn_history *h, const char *name, int key, const double *v)
{
    char first[32], last[32];
    int64_t best = cnn_history_best(h, key, 0);
    fprintf(f, "%-8s  ", name);
    cnn_sparkline(f, v, h->rows, WIDTH);
    fprintf(f, "  %s", cnn_value_text(v[0], first, sizeof first));
    if (h->rows > 1)
        fprintf(f, " to %s", cnn_value_text(v[h->rows - 1], last, sizeof last));
    if (h->rows > 1 && best >= 0)
        fprintf(f, ", least in epoch %.0f", cnn_history_epoch(h, best) + 1);
    fputc('\n', f);
}

void cnn_sparklines_print(FILE *f, const struct cnn_history *h)
{
    static const char *const names[] = {"loss", "val_loss"};
    double *v = calloc((size_t)h->rows + 1, sizeof *v);
    for (size_t i = 0; v && h->rows > 0 && i < sizeof names / sizeof *names; i++) {
        int key = cnn_history_find(h, "", names[i]);
        for (int64_t row = 0; key >= 0 && row < h->rows; row++)
            v[row] = cnn_history_value(h, row, key);
        if (key >= 0)
            print_line(f, h, names[i], key, v);
    }
    free(v);
}
