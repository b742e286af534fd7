/* arena.c -- the memory of one compilation; all of it is freed at once */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct chunk {
    struct chunk *next;
    size_t used, size; /* whole units of max_align_t */
    max_align_t data[];
};

struct arena {
    struct chunk *chunks;
};

enum { CHUNK = 64 * 1024 };

_Noreturn void internal_error(const char *file, int line, const char *fmt, ...)
{
    va_list ap;
    fprintf(stderr, "cnnc: internal error at %s:%d: ", file, line);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, "\n");
    exit(70);
}

_Noreturn void out_of_memory(void)
{
    fprintf(stderr, "cnnc: out of memory; nothing written\n");
    exit(1);
}

struct arena *arena_new(void)
{
    struct arena *a = calloc(1, sizeof *a);
    if (!a)
        out_of_memory();
    return a;
}

void arena_free(struct arena *a)
{
    while (a->chunks) {
        struct chunk *next = a->chunks->next;
        free(a->chunks);
        a->chunks = next;
    }
    free(a);
}

static struct chunk *chunk_new(struct arena *a, size_t bytes)
{
    const size_t size = bytes > CHUNK ? bytes : CHUNK;
    struct chunk *k = size > SIZE_MAX - sizeof *k ? NULL : calloc(1, sizeof *k + size);
    if (!k)
        out_of_memory();
    k->size = size;
    k->next = a->chunks;
    a->chunks = k;
    return k;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
    const size_t align = sizeof(max_align_t);
    if (bytes > SIZE_MAX - align)
        out_of_memory();
    bytes = (bytes + align - 1) / align * align;
    struct chunk *k = a->chunks;
    if (!k || k->size - k->used < bytes)
        k = chunk_new(a, bytes);
    void *p = (char *)k->data + k->used;
    k->used += bytes;
    return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    char *copy = arena_alloc(a, n + 1);
    if (n)
        memcpy(copy, s, n);
    return copy;
}

/* The text is written where the next allocation would be; most are short, and formatting is the costly part. */
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
    const struct chunk *k = a->chunks;
    const size_t room = k ? k->size - k->used : 0;
    va_list again;
    va_copy(again, ap);
    const int n = vsnprintf(room ? (char *)k->data + k->used : NULL, room, fmt, ap);
    if (n < 0)
        INTERNAL("format '%s'", fmt);
    char *s = arena_alloc(a, (size_t)n + 1); /* the same place, or in another chunk: then nobody gets this one */
    if ((size_t)n >= room)
        vsnprintf(s, (size_t)n + 1, fmt, again);
    va_end(again);
    return s;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *s = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return s;
}

void *vec_grow(struct arena *a, const void *at, size_t item, size_t *cap)
{
    const size_t n = *cap, more = n ? 2 * n : 8;
    if (more > SIZE_MAX / 2 / item)
        out_of_memory();
    void *bigger = arena_alloc(a, more * item);
    if (n)
        memcpy(bigger, at, n * item);
    *cap = more;
    return bigger;
}
