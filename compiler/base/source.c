/* source.c -- reads files; all files of a compilation share one range of offsets */
#include "base/ctx.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_FILE = 1024 * 1024 };

const char *source_add(struct ctx *c, const char *name, const char *text, size_t size, uint32_t *base)
{
    if (size >= UINT32_MAX - c->next)
        INTERNAL("more than 4 GiB of source text");
    struct source *s = arena_alloc(c->arena, sizeof *s);
    s->name = arena_strndup(c->arena, name, strlen(name));
    s->text = arena_strndup(c->arena, text, size);
    s->size = size;
    s->base = c->next;
    c->next += (uint32_t)size + 1; /* the end of the file is a place too */
    vec_push(c->arena, &s->lines, 0);
    for (uint32_t i = 0; i < size; i++)
        if (text[i] == '\n')
            vec_push(c->arena, &s->lines, i + 1);
    vec_push(c->arena, &c->sources, s);
    *base = s->base;
    return s->text;
}

static const char *cannot_read(struct ctx *c, const char *path, struct span at, const char *why)
{
    /* messages of the system start with a capital letter, those of cnnc do not */
    diag_error(c, at, "cannot read '%s': %c%s", path, tolower((unsigned char)*why), why + 1);
    return NULL;
}

/* How many bytes to ask for: one more than a regular file has; for other files, one more than the limit; -1 for a
 * directory. */
static long bytes_to_read(FILE *f)
{
    struct stat st;
    if (fstat(fileno(f), &st) != 0)
        return MAX_FILE + 1;
    if (S_ISDIR(st.st_mode))
        return -1;
    return S_ISREG(st.st_mode) && st.st_size < MAX_FILE ? (long)st.st_size + 1 : MAX_FILE + 1;
}

const char *source_load(struct ctx *c, const char *path, struct span at, uint32_t *base, size_t *size)
{
    const bool standard_input = strcmp(path, "-") == 0;
    FILE *f = standard_input ? stdin : fopen(path, "rb");
    if (!f)
        return cannot_read(c, path, at, strerror(errno));
    const long limit = bytes_to_read(f);
    if (limit < 0) {
        if (!standard_input)
            fclose(f);
        return cannot_read(c, path, at, "it is a directory");
    }
    char *text = arena_alloc(c->arena, (size_t)limit);
    errno = 0;
    *size = fread(text, 1, (size_t)limit, f);
    const int failed = ferror(f) ? errno : 0;
    if (!standard_input)
        fclose(f);
    if (failed)
        return cannot_read(c, path, at, strerror(failed));
    if (*size > MAX_FILE)
        return cannot_read(c, path, at, "it is larger than 1 MiB");
    const char *copy = source_add(c, standard_input ? "<stdin>" : path, text, *size, base);
    c->sources.at[c->sources.n - 1]->is_file = !standard_input;
    const char *nul = memchr(copy, 0, *size);
    if (nul) {
        const uint32_t offset = *base + (uint32_t)(nul - copy);
        diag_error(c, (struct span){offset, offset + 1}, "a NUL byte; this is not a text file");
        return NULL;
    }
    return copy;
}

size_t source_count(const struct ctx *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->sources.n; i++)
        n += c->sources.at[i]->is_file;
    return n;
}

const char *source_name(const struct ctx *c, size_t index)
{
    for (size_t i = 0; i < c->sources.n; i++)
        if (c->sources.at[i]->is_file && index-- == 0)
            return c->sources.at[i]->name;
    INTERNAL("no such file");
}
