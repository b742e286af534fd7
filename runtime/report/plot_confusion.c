/* plot_confusion.c -- the confusion matrix as a heat map: the colour shows the share of the true class, the number
 * counts rows. */
#include <stdlib.h>

#include "report/pictures.h"

enum { MOST_CLASSES = 200, NAMES_SHOWN = 50, NUMBERS_SHOWN = 30, NAME = 14 };

/* The size of a cell in pixels: enough for its number. */
static int cell_size(int64_t classes)
{
    return classes <= 12 ? 46 : classes <= NUMBERS_SHOWN ? 34 : classes <= NAMES_SHOWN ? 16 : (int)(900 / classes);
}

static void put_rows(FILE *dat, const struct cnn_answers *a, const int64_t *count)
{
    fprintf(dat, "# true predicted rows part-of-true\n");
    for (int64_t t = 0; t < a->classes; t++) {
        const int64_t *row = count + t * a->classes;
        int64_t all = 0;
        for (int64_t c = 0; c < a->classes; c++)
            all += row[c];
        for (int64_t c = 0; c < a->classes; c++)
            fprintf(dat, "%lld %lld %lld %.4g\n", (long long)t, (long long)c, (long long)row[c],
                    all ? (double)row[c] / (double)all : 0);
        fputc('\n', dat);
    }
}

/* gnuplot reads the label of a tic as a format, so '%' is doubled. */
static void put_name(FILE *gp, const char *name)
{
    char text[8 * NAME + 1], *t = text;
    for (; *name; name++) {
        if (*name == '%')
            *t++ = '%';
        *t++ = *name;
    }
    *t = '\0';
    cnn_gnuplot_quote(gp, text);
}

static void put_names(FILE *gp, const struct cnn_answers *a, int turned)
{
    char name[4 * NAME + 1];
    for (int axis = 0; axis < 2; axis++) {
        fprintf(gp, "set %ctics %s(", "xy"[axis], axis == 0 && turned ? "rotate by 45 right " : "");
        for (int64_t c = 0; c < a->classes; c++) {
            fputs(c ? ", " : "", gp);
            put_name(gp, cnn_class_name(a, c, NAME, name, sizeof name));
            fprintf(gp, " %lld", (long long)c);
        }
        fprintf(gp, ")\n");
    }
}

static void put_plot(struct cnn_picture *p, const struct cnn_answers *a, int cell)
{
    const long long last = a->classes - 1;
    fprintf(p->gp, "set size ratio -1\nset xlabel 'predicted'\nset ylabel 'true'\nset tics scale 0\nunset key\n");
    fprintf(p->gp, "set xrange [-0.5:%lld.5]\nset yrange [%lld.5:-0.5]\n", last, last);
    fprintf(p->gp, "set palette defined (0 '#ffffff', 0.008 '#e6f0fa', 0.5 '#6baed6', 1 '#08306b') maxcolors 128\n");
    fprintf(p->gp, "set cbrange [0:1]\nset cbtics 0.25\nset cblabel 'part of the true class'\n");
    fprintf(p->gp, "plot 'confusion.dat' using 2:1:4 with image%s notitle", a->classes <= NAMES_SHOWN ? " pixels" : "");
    if (a->classes <= NUMBERS_SHOWN)
        fprintf(p->gp,
                ", \\\n     '' using 2:1:($3 > 0 ? strcol(3) : ''):($4 > 0.5 ? 0xffffff : 0x202020) with labels "
                "textcolor rgb variable font ',%d' notitle",
                cell > 40 ? 12 : 9);
    fputc('\n', p->gp);
}

static int draw(struct cnn_gallery *g, const struct cnn_model *m, const struct cnn_answers *a, const char *part,
                const int64_t *count, struct cnn_error *e)
{
    struct cnn_picture p;
    const int cell = cell_size(a->classes), names = a->classes <= NAMES_SHOWN ? cnn_longest_name(a, NAME) : 3,
              turned = names * 9 > cell;
    const int side = cell * (int)a->classes, margin = 60 + names * 8;
    const int body = side > 220 ? side : 220;
    if (cnn_picture_open(&p, g, "confusion", margin + body + 130, 60 + body + (turned ? 50 + names * 6 : 60), e) != 0)
        return -1;
    put_rows(p.dat, a, count);
    fprintf(p.gp, "set title '%s: %.2f%% of %lld rows of the %s set are right'\n", m->name,
            100 * (double)cnn_answers_right(a) / (double)a->rows, (long long)a->rows, part);
    if (a->classes <= NAMES_SHOWN)
        put_names(p.gp, a, turned);
    put_plot(&p, a, cell);
    return cnn_picture_close(&p, e);
}

int cnn_plot_confusion(struct cnn_gallery *g, const struct cnn_model *m, const struct cnn_answers *a, const char *part,
                       struct cnn_error *e)
{
    if (a->classes > MOST_CLASSES || a->rows == 0)
        return 0;
    int64_t *count = cnn_confusion_count(a, e);
    int status = count ? draw(g, m, a, part, count, e) : -1;
    free(count);
    return status;
}
