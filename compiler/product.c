/* product.c -- files that cnnc writes: what they may not be, and all of them or none */
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

bool product_is_stream(const char *path)
{
    struct stat st;
    return strcmp(path, "-") == 0 || (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode));
}

static bool fails(struct ctx *c, const struct cnn_error *e)
{
    diag_error(c, (struct span){0}, "%s", e->text);
    return false;
}

/* In files beside theirs; n of them, which the caller ends. */
static bool write_beside(struct ctx *c, const struct product *p, size_t n, struct cnn_atomic *a, size_t *begun)
{
    struct cnn_error e;
    for (size_t i = 0; i < n; i++) {
        if (product_is_stream(p[i].path) || holds_already(&p[i]))
            continue;
        if (cnn_atomic_open(&a[*begun], p[i].path, &e) != 0)
            return fails(c, &e);
        struct cnn_atomic *to = &a[(*begun)++];
        fwrite(p[i].text, 1, size_of(&p[i]), to->file); /* finish sees whether that failed */
        if (cnn_atomic_finish(to, 0, &e) != 0)
            return fails(c, &e);
    }
    return true;
}

bool products_write(struct ctx *c, const struct product *p, size_t n)
{
    struct cnn_atomic *a = arena_alloc(ctx_arena(c), n * sizeof *a);
    struct cnn_error e;
    size_t begun = 0;
    for (size_t i = 0; i < n; i++)
        if (product_is_stream(p[i].path) && !write_through(c, &p[i]))
            return false;
    if (write_beside(c, p, n, a, &begun))
        return cnn_atomic_commit_all(a, begun, 0, &e) == 0 || fails(c, &e);
    while (begun-- > 0)
        cnn_atomic_abort(&a[begun]);
    return false;
}
