/* folder.c -- finds the files in folders and tells by their content which of them are pictures. */
#include "data/data.h"
#include "images/images.h"
#include "input.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* ---- lists of paths */

void cnn_paths_free(struct cnn_paths *p)
{
    for (int64_t i = 0; i < p->n; i++)
        free(p->at[i]);
    free(p->at);
    *p = (struct cnn_paths){0};
}

int cnn_paths_add(struct cnn_paths *p, char *path)
{
    char **grown = p->n & (p->n - 1) ? p->at : realloc(p->at, (size_t)(p->n ? 2 * p->n : 1) * sizeof *grown);
    if (grown)
        p->at = grown;
    if (!grown || !path) {
        free(path);
        return -1;
    }
    p->at[p->n++] = path;
    return 0;
}

char *cnn_path_in(const char *folder, const char *name)
{
    const size_t k = strlen(folder), n = k + strlen(name) + 2;
    char *path = malloc(n);
    if (path)
        snprintf(path, n, "%s%s%s", folder, k > 0 && folder[k - 1] == '/' ? "" : "/", name);
    return path;
}

int cnn_is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* ---- what a file holds */

enum { HEAD = 12 };

static const struct {
    const char *kind;
    int at, n; /* the position and the number of the bytes that tell the kind */
    const char *bytes;
} kinds[] = {{"PNG", 0, 4, "\x89PNG"}, {"JPEG", 0, 3, "\xff\xd8\xff"}, {"GIF", 0, 4, "GIF8"},
             {"WebP", 8, 4, "WEBP"},   {"TIFF", 0, 4, "II*\0"},        {"TIFF", 0, 4, "MM\0*"},
             {"HEIF", 4, 6, "ftyphe"}, {"HEIF", 4, 6, "ftypmi"},       {"AVIF", 4, 6, "ftypav"},
             {"BMP", 0, 2, "BM"}};

size_t cnn_file_head(const char *path, void *head, size_t n)
{
    struct stat s;
    if (stat(path, &s) != 0 || !S_ISREG(s.st_mode)) /* reading from a pipe would remove data from it */
        return 0;
    FILE *f = fopen(path, "rb");
    n = f ? fread(head, 1, n, f) : 0;
    if (f)
        fclose(f);
    return n;
}

const char *cnn_picture_kind(const char *path)
{
    char head[HEAD] = {0};
    const size_t n = cnn_file_head(path, head, sizeof head);
    for (size_t i = 0; n > 0 && i < sizeof kinds / sizeof *kinds; i++)
        if (memcmp(head + kinds[i].at, kinds[i].bytes, (size_t)kinds[i].n) == 0)
            return kinds[i].kind;
    return NULL;
}

int cnn_is_readable_kind(const char *kind)
{
    return kind && (strcmp(kind, "PNG") == 0 || strcmp(kind, "JPEG") == 0);
}

int cnn_is_picture(const char *path)
{
    return cnn_is_image_name(path) || cnn_is_readable_kind(cnn_picture_kind(path));
}

/* ---- what is in a folder */

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int is_wanted(const char *folder, const char *name, int folders)
{
    char *path = folders ? cnn_path_in(folder, name) : NULL;
    const int wanted = !folders || (path && cnn_is_folder(path));
    free(path);
    return wanted;
}

int cnn_folder_names(const char *path, int folders, struct cnn_paths *out, struct cnn_error *e)
{
    DIR *d = opendir(path);
    int status = 0;
    *out = (struct cnn_paths){0};
    if (!d)
        return cnn_fail_errno(e, path, "open");
    errno = 0;
    for (struct dirent *f; status == 0 && (f = readdir(d)); errno = 0)
        if (f->d_name[0] != '.' && is_wanted(path, f->d_name, folders))
            status = cnn_paths_add(out, strdup(f->d_name)) == 0 ? 0 : cnn_fail_memory(e, path, strlen(f->d_name));
    if (status == 0 && errno)
        status = cnn_fail_errno(e, path, "read");
    closedir(d);
    if (status != 0)
        cnn_paths_free(out);
    if (out->n > 0)
        qsort(out->at, (size_t)out->n, sizeof *out->at, by_bytes);
    return status;
}

/* ---- pictures in folders within folders */

void cnn_skip(struct cnn_skipped *s, const char *path)
{
    const size_t n = strlen(s->some), room = sizeof s->some - n;
    if (n + strlen(path) + sizeof ", , ..." < sizeof s->some)
        snprintf(s->some + n, room, "%s%s", n ? ", " : "", path);
    else if (n < 3 || strcmp(s->some + n - 3, "...") != 0)
        snprintf(s->some + n, room, "%s...", n ? ", " : "");
    s->n++;
}

void cnn_note_skipped(const struct cnn_skipped *s, const char *program, const char *folder)
{
    if (s->n > 0)
        cnn_note(program, "%s: %lld file%s that %s no .png or .jpeg %s passed over: %s", folder, (long long)s->n,
                 s->n == 1 ? "" : "s", s->n == 1 ? "is" : "are", s->n == 1 ? "is" : "are", s->some);
}

enum { DEEPEST = 64 };

struct walk {
    struct cnn_paths *out;
    struct cnn_skipped *skipped;
    struct cnn_error *e;
    int depth;
    struct {
        dev_t device;
        ino_t inode;
    } around[DEEPEST]; /* the folders that contain this one */
};

static int walk(struct walk *w, const char *path);

/* Takes the path over. */
static int walk_into(struct walk *w, char *path)
{
    int status = 0;
    if (!path)
        return cnn_fail_memory(w->e, "a folder", 0);
    if (cnn_is_folder(path))
        status = walk(w, path);
    else if (cnn_is_picture(path))
        return cnn_paths_add(w->out, path) == 0 ? 0 : cnn_fail_memory(w->e, "a folder", 0);
    else
        cnn_skip(w->skipped, path);
    free(path);
    return status;
}

static int walk(struct walk *w, const char *path)
{
    struct cnn_paths names;
    struct stat s;
    if (stat(path, &s) != 0)
        return cnn_fail_errno(w->e, path, "open");
    for (int i = 0; i < w->depth; i++)
        if (w->around[i].device == s.st_dev && w->around[i].inode == s.st_ino)
            return 0;
    if (w->depth == DEEPEST)
        return cnn_fail(w->e, "%s: more than %d folders within one another", path, DEEPEST);
    w->around[w->depth].device = s.st_dev;
    w->around[w->depth++].inode = s.st_ino;
    int status = cnn_folder_names(path, 0, &names, w->e);
    for (int64_t i = 0; status == 0 && i < names.n; i++)
        status = walk_into(w, cnn_path_in(path, names.at[i]));
    cnn_paths_free(&names);
    w->depth--;
    return status;
}

int cnn_folder_pictures(const char *path, struct cnn_paths *out, struct cnn_skipped *s, struct cnn_error *e)
{
    struct walk w = {.out = out, .skipped = s, .e = e};
    return walk(&w, path);
}
