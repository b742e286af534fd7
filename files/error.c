/* error.c -- each failure makes one message. It is passed up in the caller's struct and printed once. */
#include "files.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "input.h"

/* the headers define these macros for clang-tidy only */
#undef cnn_fail
#undef cnn_fail_errno
#undef cnn_fail_memory

/* Names and values in a message may come from a damaged file, so their control characters must not reach the
 * terminal. */
static void make_printable(char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s < ' ' || *s == 0x7f)
            *s = '?';
}

int cnn_fail(struct cnn_error *e, const char *fmt, ...)
{
    char text[sizeof e->text]; /* an argument may be e->text itself */
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    make_printable(text);
    memcpy(e->text, text, sizeof text);
    return -1;
}

int cnn_fail_errno(struct cnn_error *e, const char *path, const char *what)
{
    const char *why = strerror(errno);
    return cnn_fail(e, "%s: cannot %s: %c%s", path, what, tolower((unsigned char)*why), why + 1);
}

int cnn_fail_memory(struct cnn_error *e, const char *path, uint64_t bytes)
{
    return cnn_fail(e, "%s: out of memory: %llu bytes wanted", path, (unsigned long long)bytes);
}

void cnn_complain(const char *program, const struct cnn_error *e)
{
    const size_t n = strlen(program); /* a program often has the name of its model, which the text may begin with */
    const int named = strncmp(e->text, program, n) == 0 && strncmp(e->text + n, ": ", 2) == 0;
    fprintf(stderr, "%s: %s\n", program, e->text + (named ? n + 2 : 0));
}

static void say(const char *program, const char *kind, const char *fmt, va_list ap)
{
    char text[1024];
    vsnprintf(text, sizeof text, fmt, ap);
    make_printable(text);
    fprintf(stderr, "%s: %s: %s\n", program, kind, text);
}

void cnn_warn(const char *program, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(program, "warning", fmt, ap);
    va_end(ap);
}

void cnn_note(const char *program, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(program, "note", fmt, ap);
    va_end(ap);
}
