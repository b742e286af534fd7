/* picture.c -- one picture: a script for gnuplot, its data, and the picture that gnuplot draws. The script and the data
 * are kept, so that the picture can be drawn again with other colours or on a machine that has gnuplot. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"
#include "report/pictures.h"

int cnn_gallery_open(const struct cnn_gallery *g, struct cnn_error *e)
{
    if (mkdir(g->dir, 0777) != 0 && errno != EEXIST)
        return cnn_fail_errno(e, g->dir, "make the folder");
    struct stat st;
    if (stat(g->dir, &st) == 0 && !S_ISDIR(st.st_mode))
        return cnn_fail(e, "%s: pictures go into a folder, and this is none", g->dir);
    if (access(g->dir, W_OK | X_OK) != 0)
        return cnn_fail_errno(e, g->dir, "write into it");
    return 0;
}

static int path_of(const struct cnn_picture *p, const char *ending, char *out, struct cnn_error *e)
{
    if (snprintf(out, PATH_MAX, "%s/%s.%s", p->gallery->dir, p->name, ending) >= PATH_MAX)
        return cnn_fail(e, "%s: the name of the folder is too long", p->gallery->dir);
    return 0;
}

static FILE *open_file(const struct cnn_picture *p, const char *ending, struct cnn_error *e)
{
    char path[PATH_MAX];
    if (path_of(p, ending, path, e) != 0)
        return NULL;
    FILE *f = fopen(path, "w+");
    if (!f)
        cnn_fail_errno(e, path, "write");
    return f;
}

static const char *ending_of(const struct cnn_gallery *g)
{
    return g->png ? "png" : "svg";
}

/* Removes the picture of an earlier run, which could be taken for one of this run. */
static int remove_old(const struct cnn_picture *p, struct cnn_error *e)
{
    char path[PATH_MAX];
    if (path_of(p, ending_of(p->gallery), path, e) != 0)
        return -1;
    return unlink(path) == 0 || errno == ENOENT ? 0 : cnn_fail_errno(e, path, "remove the old picture");
}

int cnn_picture_open(struct cnn_picture *p, struct cnn_gallery *g, const char *name, int width, int height,
                     struct cnn_error *e)
{
    *p = (struct cnn_picture){.gallery = g};
    snprintf(p->name, sizeof p->name, "%s", name);
    if (remove_old(p, e) != 0 || !(p->gp = open_file(p, "gp", e)))
        return -1;
    if (!(p->dat = open_file(p, "dat", e))) {
        fclose(p->gp);
        return -1;
    }
    fprintf(p->gp, "# 'gnuplot %s.gp' draws %s.%s\nreset\nset encoding utf8\n", name, name, ending_of(g));
    /* gnuplot's PNG counts the size of a font in points, its SVG in pixels */
    fprintf(p->gp, "set terminal %s size %d,%d%s font 'sans-serif,13' background rgb 'white' noenhanced\n",
            g->png ? "pngcairo" : "svg", width, height, g->png ? " fontscale 0.75" : " fixed");
    fprintf(p->gp, "set output '%s.%s'\n", name, ending_of(g));
    return 0;
}

static void draw(struct cnn_picture *p)
{
    struct cnn_gallery *g = p->gallery;
    enum cnn_drawn how = g->missing ? CNN_NO_GNUPLOT : cnn_gnuplot(g->dir, p->gp);
    g->missing |= how == CNN_NO_GNUPLOT;
    g->failed += how == CNN_NOT_DRAWN;
    if (!g->quiet)
        printf("%s/%s.%s%s\n", g->dir, p->name, how == CNN_DRAWN ? ending_of(g) : "gp",
               how == CNN_DRAWN ? "" : " (not drawn)");
}

int cnn_picture_close(struct cnn_picture *p, struct cnn_error *e)
{
    int lost = ferror(p->dat) | fclose(p->dat) | fflush(p->gp) | ferror(p->gp);
    if (!lost)
        draw(p);
    lost |= fclose(p->gp);
    return lost ? cnn_fail_errno(e, p->gallery->dir, "write the picture's files") : 0;
}
