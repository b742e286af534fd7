/* text.c -- a text that grows in an arena */
#include "base/text.h"

void text_add(struct text *t, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    for (const char *s = arena_vprintf(t->arena, fmt, ap); *s; s++)
        vec_push(t->arena, &t->bytes, *s);
    va_end(ap);
}

char *text_end(struct text *t)
{
    vec_push(t->arena, &t->bytes, '\0');
    return t->bytes.at;
}
