/* claims.c -- tells whether two names mean the same file. A file that exists is identified by its device and number;
 * one that does not exist yet, by the folder that it would be made in and its name there. */
#include "claims.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"

enum { MOST_LINKS = 40, DEEPEST = 8 }; /* DEEPEST: levels of folders within a folder of data */

enum kind { NOTHING, THERE, FOLDER, NEW };

struct identity {
    enum kind kind;
    dev_t device; /* for NEW: device and number of the folder */
    ino_t number;
    char *name; /* for NEW: the name in that folder */
};

struct cnn_claim {
    enum cnn_use use;
    const char *role;
    char *path;
    struct identity id;
};

/* ---- following symbolic links */

static char *beside(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    const size_t n = slash && *name != '/' ? (size_t)(slash - path) + 1 : 0;
    char *out = malloc(n + strlen(name) + 1);
    if (out) {
        memcpy(out, path, n);
        strcpy(out + n, name);
    }
    return out;
}

/* The path that the symbolic link at `path` holds, relative to the current folder. NULL with errno EINVAL: `path` is
 * not a link. */
static char *link_of(const char *path)
{
    char to[PATH_MAX];
    const ssize_t n = readlink(path, to, sizeof to - 1);
    if (n < 0)
        return NULL;
    to[n] = 0;
    return beside(path, to);
}

char *cnn_final_path(const char *path)
{
    char *at = realpath(path, NULL);
    if (at || errno != ENOENT)
        return at;
    at = strdup(path);
    for (int i = 0; at && i < MOST_LINKS; i++) {
        char *next = link_of(at);
        if (!next && (errno == EINVAL || errno == ENOENT))
            return at;
        free(at);
        at = next;
    }
    if (at) {
        free(at);
        errno = ELOOP;
    }
    return NULL;
}

/* ---- identities */

static enum kind kind_of(mode_t mode)
{
    return S_ISREG(mode) ? THERE : S_ISDIR(mode) ? FOLDER : NOTHING;
}

static int identify_new(const char *path, struct identity *id)
{
    struct stat s;
    char *at = cnn_final_path(path), *slash = at ? strrchr(at, '/') : NULL;
    if (!at)
        return errno == ENOMEM ? -1 : 0;
    id->name = strdup(slash ? slash + 1 : at);
    if (slash)
        slash[1] = 0;
    if (id->name && stat(slash ? at : ".", &s) == 0) {
        id->kind = NEW;
        id->device = s.st_dev;
        id->number = s.st_ino;
    }
    free(at);
    return id->name ? 0 : -1;
}

/* A file that cannot be reached gets the kind NOTHING; the code that opens it reports why. */
static int identify(const char *path, struct identity *id)
{
    struct stat s;
    *id = (struct identity){0};
    if (stat(path, &s) != 0)
        return errno == ENOENT ? identify_new(path, id) : 0;
    id->kind = kind_of(s.st_mode);
    id->device = s.st_dev;
    id->number = s.st_ino;
    return 0;
}

static int is_same(const struct identity *a, const struct identity *b)
{
    if (a->kind == NOTHING || a->kind != b->kind || a->device != b->device || a->number != b->number)
        return 0;
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): a NEW file has a name */
    return a->kind != NEW || strcmp(a->name, b->name) == 0;
}

/* ---- folders */

static int is_picture(const char *name)
{
    static const char *const endings[] = {".gp", ".dat", ".svg", ".png"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (cnn_has_ending(name, endings[i]))
            return 1;
    return 0;
}

/* Does the folder hold this file or folder? pictures: look only at files that `plot` may write, and not into
 * subfolders. */
static int holds(const char *folder, const struct identity *id, int pictures, int deep)
{
    DIR *d = deep < DEEPEST ? opendir(folder) : NULL;
    int found = 0;
    for (struct dirent *f; d && !found && (f = readdir(d));) {
        struct identity in;
        char path[PATH_MAX];
        if (strcmp(f->d_name, ".") == 0 || strcmp(f->d_name, "..") == 0 || (pictures && !is_picture(f->d_name)))
            continue;
        if (snprintf(path, sizeof path, "%s/%s", folder, f->d_name) >= (int)sizeof path || identify(path, &in) != 0)
            continue;
        found = is_same(&in, id) || (in.kind == FOLDER && !pictures && holds(path, id, 0, deep + 1));
        free(in.name);
    }
    if (d)
        closedir(d);
    return found;
}

/* A file that exists is compared with every name in the folder, since it may have several names. */
static int would_draw_over(const struct cnn_claim *folder, const struct cnn_claim *file)
{
    const struct identity *f = &file->id;
    if (f->kind == NEW)
        return f->device == folder->id.device && f->number == folder->id.number && is_picture(f->name);
    return f->kind == THERE && holds(folder->path, f, 1, 0);
}

/* ---- claims */

static int writes(const struct cnn_claim *k)
{
    return k->use == CNN_WRITES || k->use == CNN_REPLACES || k->use == CNN_FILLS;
}

static int may_replace(const struct cnn_claim *a, const struct cnn_claim *b)
{
    return a->use == CNN_REPLACES && b->use == CNN_BEGINS_WITH;
}

/* Does writing `a` destroy what `b` reads or writes? */
static int destroys(const struct cnn_claim *a, const struct cnn_claim *b)
{
    if (!writes(a) || may_replace(a, b))
        return 0;
    if (b->id.kind == FOLDER && b->use == CNN_READS && a->id.kind != NEW)
        return is_same(&a->id, &b->id) || holds(b->path, &a->id, 0, 0);
    if (a->use == CNN_FILLS)
        return a->id.kind == FOLDER && would_draw_over(a, b);
    return is_same(&a->id, &b->id);
}

static int refuse(const struct cnn_claim *a, const struct cnn_claim *b, struct cnn_error *e)
{
    if (a->use == CNN_FILLS || b->id.kind == FOLDER)
        return cnn_fail(e, "%s: %s would write over what %s %s", a->path, a->role,
                        b->use == CNN_READS ? "is read as" : "is named by", b->role);
    return cnn_fail(e, "%s: %s names the same file as %s", a->path, a->role, b->role);
}

static int add(struct cnn_claims *c, const struct cnn_claim *k)
{
    if (c->n == c->cap) {
        const size_t cap = c->cap ? 2 * c->cap : 16;
        struct cnn_claim *more = realloc(c->at, cap * sizeof *more);
        if (!more)
            return -1;
        c->at = more;
        c->cap = cap;
    }
    c->at[c->n++] = *k;
    return 0;
}

int cnn_claim(struct cnn_claims *c, enum cnn_use use, const char *path, const char *role, struct cnn_error *e)
{
    struct cnn_claim k = {.use = use, .role = role, .path = strdup(path)};
    if (!k.path || identify(path, &k.id) != 0 || add(c, &k) != 0) {
        free(k.path);
        free(k.id.name);
        return cnn_fail_memory(e, path, strlen(path));
    }
    const struct cnn_claim *last = &c->at[c->n - 1];
    for (const struct cnn_claim *i = c->at; i < last; i++) {
        if (destroys(last, i))
            return refuse(last, i, e);
        if (destroys(i, last))
            return refuse(i, last, e);
    }
    return 0;
}

void cnn_claims_free(struct cnn_claims *c)
{
    for (size_t i = 0; i < c->n; i++) {
        free(c->at[i].path);
        free(c->at[i].id.name);
    }
    free(c->at);
    *c = (struct cnn_claims){0};
}
