/* product.c -- files that cnnc writes: beside their final name first, and renamed when all are there */
#include "product.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool cannot_write(struct ctx *c, const char *path, const char *why)
{
    diag_error(c, (struct span){0}, "cannot write '%s': %c%s", path, tolower((unsigned char)*why), why + 1);
    return false;
}

static bool claim(struct ctx *c, struct cnn_claims *k, enum cnn_use use, const char *path, const char *role)
{
    struct cnn_error e;
    if (cnn_claim(k, use, path, role, &e) == 0)
        return true;
    diag_error(c, (struct span){0}, "%s", e.text);
    return false;
}

bool product_reads(struct ctx *c, struct cnn_claims *k, const char *path, const char *role)
{
    return claim(c, k, CNN_READS, strcmp(path, "-") == 0 ? "/dev/stdin" : path, role);
}

bool products_allowed(struct ctx *c, struct cnn_claims *k, const struct product *p, size_t n)
{
    struct stat st;
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(p[i].path, "-") == 0)
            continue;
        if (stat(p[i].path, &st) == 0 && S_ISDIR(st.st_mode))
            ok = cannot_write(c, p[i].path, "it is a directory");
        else if (!claim(c, k, CNN_WRITES, p[i].path, p[i].role))
            ok = false;
    }
    return ok;
}

static size_t size_of(const struct product *p)
{
    return p->size ? p->size : strlen(p->text);
}

static bool holds_already(const struct product *p)
{
    FILE *f = fopen(p->path, "rb");
    bool equal = f != NULL;
    if (!f)
        return false;
    char buffer[8192];
    size_t n, at = 0;
    const size_t size = size_of(p);
    while (equal && (n = fread(buffer, 1, sizeof buffer, f)) > 0) {
        equal = size - at >= n && memcmp(buffer, p->text + at, n) == 0;
        at += n;
    }
    equal = equal && !ferror(f) && at == size;
    fclose(f);
    return equal;
}

static bool put(FILE *f, const struct product *p)
{
    const size_t n = size_of(p);
    const bool written = fwrite(p->text, 1, n, f) == n;
    return fflush(f) == 0 && written;
}

/* A device, a pipe, standard output: there is nothing to rename. */
static bool write_through(struct ctx *c, const struct product *p)
{
    const bool out = strcmp(p->path, "-") == 0;
    FILE *f = out ? stdout : fopen(p->path, "wb");
    const bool done = f && put(f, p);
    const int why = errno;
    if (f && !out)
        fclose(f);
    return done || cannot_write(c, out ? "<stdout>" : p->path, strerror(why));
}

static bool write_temporary(struct ctx *c, struct product *p)
{
    char *name = arena_printf(ctx_arena(c), "%s.XXXXXX", p->path);
    const int fd = mkstemp(name);
    if (fd < 0)
        return cannot_write(c, p->path, strerror(errno));
    p->temporary = name;
    const mode_t mask = umask(0);
    umask(mask);
    FILE *f = fdopen(fd, "wb");
    bool done = f && fchmod(fd, 0666 & ~mask) == 0 && put(f, p);
    const int why = errno;
    if (f ? fclose(f) != 0 : close(fd) != 0)
        done = false;
    return done || cannot_write(c, p->path, strerror(why));
}

/* A symbolic link stays one: what it leads to is replaced. */
static bool follow_link(struct ctx *c, struct product *p)
{
    struct stat st;
    if (lstat(p->path, &st) != 0 || !S_ISLNK(st.st_mode))
        return true;
    char *real = realpath(p->path, NULL);
    if (!real)
        return cannot_write(c, p->path, strerror(errno));
    p->path = arena_strndup(ctx_arena(c), real, strlen(real));
    free(real);
    return true;
}

bool product_is_stream(const char *path)
{
    struct stat st;
    return strcmp(path, "-") == 0 || (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode));
}

static bool prepare(struct ctx *c, struct product *p)
{
    p->temporary = NULL;
    if (product_is_stream(p->path))
        return write_through(c, p);
    return follow_link(c, p) && (holds_already(p) || write_temporary(c, p));
}

bool products_write(struct ctx *c, struct product *p, size_t n)
{
    bool ok = true;
    for (size_t i = 0; i < n && ok; i++)
        ok = prepare(c, &p[i]);
    for (size_t i = 0; i < n; i++) {
        if (ok && p[i].temporary && rename(p[i].temporary, p[i].path) != 0)
            ok = cannot_write(c, p[i].path, strerror(errno));
        if (!ok && p[i].temporary)
            unlink(p[i].temporary);
    }
    return ok;
}
