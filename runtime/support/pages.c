/* pages.c -- large arrays of which a process uses a part. Memory that was never written takes no room. */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/support.h"

enum { SLACK = 256 }; /* kernels may read so far behind the end */

float *cnn_pages_new(size_t count, const char *what, struct cnn_error *e)
{
    void *at = MAP_FAILED;
    if (count <= (SIZE_MAX - SLACK) / sizeof(float))
        at = mmap(NULL, count * sizeof(float) + SLACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at != MAP_FAILED)
        return at;
    cnn_fail(e, "no memory for the %s: %zu numbers", what, count);
    return NULL;
}

void cnn_pages_free(float *pages, size_t count)
{
    if (pages)
        munmap(pages, count * sizeof(float) + SLACK);
}

void cnn_pages_drop(float *pages, size_t begin, size_t end)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t from = ((uintptr_t)(pages + begin) + page - 1) / page * page,
                    to = (uintptr_t)(pages + end) / page * page;
    if (from < to)
        madvise((char *)pages + (from - (uintptr_t)pages), to - from, MADV_DONTNEED);
}
