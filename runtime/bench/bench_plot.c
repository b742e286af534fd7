/* bench_plot.c -- a bar chart of GFLOP/s by layer and kernel, drawn by the gnuplot program. */
#include <string.h>

#include "bench/measures.h"
#include "report/report.h"

int cnn_bench_can_plot(struct cnn_error *e)
{
    if (!cnn_gnuplot_is_here())
        return cnn_fail(e, "--plot needs the program gnuplot, which is not here; --csv and --json do without");
    return 0;
}

static int bars(const struct cnn_measures *b)
{
    int n = 0;
    for (int i = 0; i < b->n_rows; i++)
        n += b->rows[i].macs > 0;
    return n;
}

static void put_script(FILE *f, const struct cnn_measures *b, const char *path)
{
    fprintf(f, "set terminal svg size %d,480 dynamic\nset output ", 200 + 50 * bars(b));
    cnn_gnuplot_quote(f, path);
    fprintf(f, "\nset title '%s: nominal GFLOP/s by kernel, one thread' noenhanced\n", b->m->name);
    fprintf(f, "set style fill solid 0.6\nset boxwidth 0.7\nset yrange [0:*]\nset grid y\nset ylabel 'GFLOP/s'\n");
    fprintf(f, "set xtics rotate by -45 noenhanced\nset xrange [-0.6:%d.6]\n", bars(b) - 1);
    fprintf(f, "plot '-' using 1:3:xtic(2) with boxes notitle, %.2f with lines lw 2 title 'FMA peak'\n",
            b->core_peak.median);
    for (int i = 0, n = 0; i < b->n_rows; i++) {
        const struct cnn_row *r = &b->rows[i];
        if (r->macs > 0)
            fprintf(f, "%d \"%s %s\" %.2f\n", n++, r->layer, r->op,
                    r->seconds > 0 ? 2 * r->macs / r->seconds * 1e-9 : 0.0);
    }
    fprintf(f, "e\n");
}

int cnn_bench_plot(const struct cnn_measures *b, const char *path, struct cnn_error *e)
{
    if (strpbrk(path, "\n\r"))
        return cnn_fail(e, "--plot wants a file name without line ends");
    FILE *script = tmpfile();
    if (!script)
        return cnn_fail(e, "no temporary file for gnuplot's script");
    put_script(script, b, path);
    enum cnn_drawn how = cnn_gnuplot(NULL, script);
    fclose(script);
    return how == CNN_DRAWN ? 0 : cnn_fail(e, "%s: gnuplot could not draw it", path);
}
