/* arena.c -- one piece of memory for many arrays: their sizes are added up first, with a check for overflow. */
#include <stdlib.h>
#include <string.h>

#include "support/support.h"

/* Kernels may read up to SLACK bytes beyond a buffer's end; they never use what they read there. */
enum { LINE = 64, SLACK = 256 };

size_t cnn_arena_add(struct cnn_arena *l, size_t count, size_t element)
{
    size_t at = l->size;
    if (element && count > (SIZE_MAX / 2 - SLACK - LINE) / element) {
        l->overflow = 1;
        return 0;
    }
    size_t bytes = (count * element + SLACK + LINE - 1) / LINE * LINE;
    l->overflow |= at > SIZE_MAX / 2 - bytes;
    l->size = at + bytes;
    return at;
}

void *cnn_arena_alloc(const struct cnn_arena *l, const char *what, struct cnn_error *e)
{
    void *p = l->overflow ? NULL : aligned_alloc(LINE, l->size);
    if (!p) {
        cnn_fail(e, "no memory for the %s: %zu bytes", what, l->overflow ? SIZE_MAX : l->size);
        return NULL;
    }
    memset(p, 0, l->size); /* padding must be zero, and this maps the pages before anything is timed */
    return p;
}
