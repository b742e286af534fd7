/* csv_table.c -- functions that all files of this room need: errors that name a line, and room for more rows. */
#include <stdarg.h>

#include "csv/csv.h"
#include "input.h"

void cnn_csv_fail_memory(struct table *t, size_t bytes)
{
    cnn_fail_memory(t->e, t->path, bytes);
    t->failed = 1;
}

void cnn_csv_fail_at(struct table *t, int64_t line, const char *fmt, ...)
{
    char text[sizeof t->e->text];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    cnn_fail(t->e, "%s:%lld: %s", t->path, (ll)line, text);
    t->failed = 1;
}

int cnn_csv_reserve(struct table *t, void *p, size_t *cap, size_t n, size_t size)
{
    void *old, *grown;
    size_t wanted = *cap ? *cap : 256;
    if (n <= *cap)
        return 0;
    while (wanted < n && wanted <= SIZE_MAX / 2 / size)
        wanted *= 2;
    memcpy(&old, p, sizeof old);
    grown = wanted < n ? NULL : realloc(old, wanted * size);
    if (!grown) {
        cnn_csv_fail_memory(t, wanted * size);
        return -1;
    }
    memcpy(p, &grown, sizeof grown);
    *cap = wanted;
    return 0;
}
