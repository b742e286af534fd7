/* plot.c -- `plot`: draws a finished run from its log, its weights and its data. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "commands/commands.h"
#include "data/data.h"
#include "engine/engine.h"
#include "ensemble/ensemble.h"
#include "input.h"
#include "report/report.h"
#include "support/support.h"
#include "train/train.h"

static int read_history(struct cnn_run *r, struct cnn_history *h)
{
    const char *log = r->o.log ? r->o.log : r->m->train->log_csv;
    if (!log || (!r->o.log && cnn_is_absent(log)))
        return 0; /* the run may not have been logged */
    return cnn_history_read(h, log, &r->error);
}

static int draw_what_there_is(struct cnn_run *r, const struct cnn_look *l)
{
    if (!l->d && l->history->rows == 0)
        return cnn_fail(&r->error, "nothing to draw: --log FILE has the curves, --weights FILE all else");
    return cnn_look_draw(r, l, &r->error);
}

/* The spec's samples go into the folder of the other pictures, under their own names. */
static int draw_samples(struct cnn_run *r, const struct cnn_look *l)
{
    for (int i = 0; i < r->m->n_samples && l->g; i++) {
        const struct cnn_samples *s = &r->m->samples[i];
        char name[PATH_MAX], path[PATH_MAX];
        if (cnn_samples_path(s, l->history->rows, name, sizeof name, &r->error) != 0)
            return -1;
        const char *slash = strrchr(name, '/');
        if (snprintf(path, sizeof path, "%s/%s", cnn_plots_path(r), slash ? slash + 1 : name) >= (int)sizeof path)
            return cnn_fail(&r->error, "%s: the name is too long", name);
        if (cnn_samples_draw(r->m, s, l->d, l->g->theta, path, &r->error) != 0)
            return -1;
        if (!r->o.quiet)
            puts(path);
    }
    return 0;
}

int cnn_plot_command(struct cnn_run *r)
{
    struct cnn_engine g = {0};
    struct cnn_fitted f = {0};
    struct cnn_datasets d = {0};
    struct cnn_history h = {0};
    struct cnn_look l = {0};
    int status = read_history(r, &h) == 0 ? CNN_DONE : CNN_TROUBLE;
    if (status == CNN_DONE && cnn_run_weights_path(r))
        status = cnn_look_at_part(r, &d, &g, &f, &l);
    l.history = &h;
    if (status == CNN_DONE && (draw_what_there_is(r, &l) != 0 || draw_samples(r, &l) != 0))
        status = CNN_TROUBLE;
    cnn_history_free(&h);
    cnn_engine_close(&g);
    cnn_fitted_free(&f);
    cnn_data_free(&d);
    return status;
}
