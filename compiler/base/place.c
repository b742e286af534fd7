/* place.c -- file, line and column of an offset. Messages are printed with the help of this file, so nothing here
 * reports a message. */
#include "base/ctx.h"

#include <string.h>

static const struct source *source_of(const struct ctx *c, uint32_t offset)
{
    size_t low = 0, high = c->sources.n; /* the source is in [low, high) */
    if (offset == 0 || offset >= c->next)
        INTERNAL("offset %u belongs to no file", (unsigned)offset);
    while (high - low > 1) {
        const size_t mid = (low + high) / 2;
        if (c->sources.at[mid]->base <= offset)
            low = mid;
        else
            high = mid;
    }
    return c->sources.at[low];
}

struct place source_place(const struct ctx *c, uint32_t offset)
{
    const struct source *s = source_of(c, offset);
    const uint32_t at = offset - s->base;
    size_t low = 0, high = s->lines.n; /* the line is in [low, high) */
    while (high - low > 1) {
        const size_t mid = (low + high) / 2;
        if (s->lines.at[mid] <= at)
            low = mid;
        else
            high = mid;
    }
    const uint32_t start = s->lines.at[low];
    const char *text = s->text + start;
    size_t length = strcspn(text, "\n");
    if (length && text[length - 1] == '\r')
        length--;
    return (struct place){s->name, (int)low + 1, (int)(at - start) + 1, text, length};
}
