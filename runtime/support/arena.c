/* arena.c -- one piece of memory for many arrays: their sizes are added up first, with a check for overflow. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "support/support.h"

/* Kernels may read up to SLACK bytes beyond a buffer's end; they never use what they read there. */
enum { LINE = 64, SLACK = 256, HUGE_PAGE = 2 << 20 };

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

/* A step walks through all activations, one page after the other: with huge pages fewer addresses must be translated,
 * and the processor fetches ahead beyond 4096 bytes. What lies behind the last whole one stays in small pages. */
static void *memory(size_t size)
{
#ifdef MADV_HUGEPAGE
    if (size >= 2 * (size_t)HUGE_PAGE && size <= SIZE_MAX / 2) {
        const size_t whole = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE; /* as aligned_alloc() wants */
        void *p = aligned_alloc(HUGE_PAGE, whole);
        if (p) /* where the system has no huge pages, nothing changes */
            (void)madvise(p, size / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
        return p;
    }
#endif
    return aligned_alloc(LINE, size);
}

void *cnn_arena_room(const struct cnn_arena *l, const char *what, struct cnn_error *e)
{
    void *p = l->overflow ? NULL : memory(l->size);
    if (!p)
        cnn_fail(e, "no memory for the %s: %zu bytes", what, l->overflow ? SIZE_MAX : l->size);
    return p;
}

void *cnn_arena_alloc(const struct cnn_arena *l, const char *what, struct cnn_error *e)
{
    void *p = cnn_arena_room(l, what, e);
    return p ? memset(p, 0, l->size) : NULL; /* this maps the pages, too, before anything is timed */
}
