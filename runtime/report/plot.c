/* plot.c -- everything that can be shown of a run, printed or drawn. */
#include <stdio.h>

#include "data/data.h"
#include "report/pictures.h"
#include "support/support.h"

enum { PLAIN_WIDTH = 120 }; /* when the output is not a terminal */

static int tells_classes(const struct cnn_look *l)
{
    return l->d && l->d->rows > 0 && (l->g || l->ensemble) && cnn_classes(l->m) > 0;
}

int cnn_look_print(const struct cnn_look *l, struct cnn_error *e)
{
    struct cnn_answers a;
    if (l->history && l->history->rows > 0) {
        printf("\n");
        cnn_sparklines_print(stdout, l->history);
    }
    if (!tells_classes(l))
        return 0;
    if (cnn_answers_get(l, &a, e) != 0)
        return -1;
    int status = cnn_confusion_print(stdout, &a, l->part, cnn_on_terminal() ? cnn_terminal_width() : PLAIN_WIDTH, e);
    cnn_answers_free(&a);
    return status;
}

/* ---- pictures */

const char *cnn_plots_path(const struct cnn_run *r)
{
    return r->o.plots ? r->o.plots : "plots";
}

static struct cnn_gallery gallery_of(const struct cnn_run *r)
{
    return (struct cnn_gallery){.dir = cnn_plots_path(r), .png = r->o.png, .quiet = r->o.quiet};
}

int cnn_plots_open(const struct cnn_run *r, struct cnn_error *e)
{
    const struct cnn_gallery g = gallery_of(r);
    return cnn_gallery_open(&g, e);
}

static int draw_answers(struct cnn_gallery *g, const struct cnn_look *l, struct cnn_error *e)
{
    struct cnn_answers a;
    if (!tells_classes(l))
        return 0;
    if (cnn_answers_get(l, &a, e) != 0)
        return -1;
    int status = cnn_plot_confusion(g, l->m, &a, l->part, e);
    if (status == 0)
        status = cnn_plot_mistakes(g, l->m, &a, l->d, e);
    cnn_answers_free(&a);
    return status;
}

int cnn_look_draw(const struct cnn_run *r, const struct cnn_look *l, struct cnn_error *e)
{
    struct cnn_gallery g = gallery_of(r);
    if (cnn_gallery_open(&g, e) != 0 || (l->history && cnn_plot_curves(&g, r->m, l->history, e) != 0))
        return -1;
    if (draw_answers(&g, l, e) != 0 || (l->g && cnn_plot_filters(&g, r->m, l->g->theta, e) != 0))
        return -1;
    if (g.missing)
        return cnn_fail(e,
                        "the program gnuplot is not here; '%s' holds scripts and data: with it, 'gnuplot *.gp' there "
                        "draws them",
                        g.dir);
    return g.failed == 0 ? 0 : cnn_fail(e, "gnuplot could not draw %d of the pictures in '%s'", g.failed, g.dir);
}
