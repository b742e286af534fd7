/* json.c -- see json.h. */
#include "json.h"

#include <stdarg.h>
#include <string.h>

int cnn_json_fail(struct json *j, const char *fmt, ...)
{
    char text[sizeof j->e->text];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return cnn_fail(j->e, "%s: byte %llu: %s", j->path, (unsigned long long)(j->base + (uint64_t)(j->at - j->begin)),
                    text);
}

static void skip_space(struct json *j)
{
    while (j->at < j->end && *j->at && strchr(" \t\r\n", *j->at))
        j->at++;
}

static int accept(struct json *j, char c)
{
    skip_space(j);
    if (j->at == j->end || *j->at != c)
        return 0;
    j->at++;
    return 1;
}

int cnn_json_open(struct json *j, char open, char close)
{
    if (!accept(j, open))
        return cnn_json_fail(j, "'%c' expected", open);
    return !accept(j, close);
}

int cnn_json_next(struct json *j, char close)
{
    if (accept(j, ','))
        return 1;
    return accept(j, close) ? 0 : cnn_json_fail(j, "',' or '%c' expected", close);
}

int cnn_json_end(struct json *j)
{
    skip_space(j);
    return j->at == j->end ? 0 : cnn_json_fail(j, "text after the header");
}

/* ---- strings */

struct sink {
    char *at, *end;
};

static int put(struct json *j, struct sink *s, unsigned char c)
{
    if (s->at + 1 >= s->end)
        return cnn_json_fail(j, "string too long");
    *s->at++ = (char)c;
    return 0;
}

static int put_utf8(struct json *j, struct sink *s, uint32_t c)
{
    static const struct {
        uint32_t below;
        unsigned char lead;
    } lengths[] = {{0x80, 0}, {0x800, 0xc0}, {0x10000, 0xe0}, {0x110000, 0xf0}};
    int n = 0;
    while (c >= lengths[n].below)
        n++;
    if (put(j, s, (unsigned char)(lengths[n].lead | c >> 6 * n)) != 0)
        return -1;
    while (n-- > 0)
        if (put(j, s, (unsigned char)(0x80 | (c >> 6 * n & 0x3f))) != 0)
            return -1;
    return 0;
}

static int hex4(struct json *j, uint32_t *out)
{
    static const char digits[] = "0123456789abcdef";
    *out = 0;
    for (int i = 0; i < 4; i++, j->at++) {
        char c = j->at < j->end ? *j->at : 0;
        const char *d = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
        if (!d)
            return cnn_json_fail(j, "four hexadecimal digits expected after \\u");
        *out = *out << 4 | (uint32_t)(d - digits);
    }
    return 0;
}

/* Reads the digits after \u. A pair of surrogates is one character; half a pair is an error. */
static int read_unicode(struct json *j, struct sink *s)
{
    uint32_t c, low;
    if (hex4(j, &c) != 0)
        return -1;
    if (c >= 0xd800 && c < 0xdc00) {
        if (j->end - j->at < 2 || j->at[0] != '\\' || j->at[1] != 'u')
            return cnn_json_fail(j, "half a surrogate pair");
        j->at += 2;
        if (hex4(j, &low) != 0)
            return -1;
        if (low < 0xdc00 || low > 0xdfff)
            return cnn_json_fail(j, "half a surrogate pair");
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    } else if (c >= 0xdc00 && c < 0xe000) {
        return cnn_json_fail(j, "half a surrogate pair");
    }
    return c ? put_utf8(j, s, c) : cnn_json_fail(j, "NUL in a string");
}

static int read_escape(struct json *j, struct sink *s)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = j->at < j->end ? *j->at++ : 0;
    const char *f = c ? strchr(from, c) : NULL;
    if (c == 'u')
        return read_unicode(j, s);
    return f ? put(j, s, (unsigned char)to[f - from]) : cnn_json_fail(j, "unknown escape in a string");
}

int cnn_json_string(struct json *j, char *out, size_t size)
{
    struct sink s = {out, out + size};
    if (!accept(j, '"'))
        return cnn_json_fail(j, "string expected");
    for (;;) {
        if (j->at == j->end)
            return cnn_json_fail(j, "string without an end");
        unsigned char c = (unsigned char)*j->at;
        if (c < ' ')
            return cnn_json_fail(j, "control character in a string");
        j->at++;
        if (c == '"')
            break;
        if ((c == '\\' ? read_escape(j, &s) : put(j, &s, c)) != 0)
            return -1;
    }
    *s.at = 0;
    return 0;
}

int cnn_json_key(struct json *j, char *out, size_t size)
{
    if (cnn_json_string(j, out, size) != 0)
        return -1;
    return accept(j, ':') ? 0 : cnn_json_fail(j, "':' expected");
}

/* ---- numbers */

static int read_number(struct json *j, uint64_t *out)
{
    skip_space(j);
    const char *begin = j->at;
    *out = 0;
    for (; j->at < j->end && *j->at >= '0' && *j->at <= '9'; j->at++) {
        if (*out > (INT64_MAX - 9) / 10)
            return cnn_json_fail(j, "number too large");
        *out = *out * 10 + (uint64_t)(*j->at - '0');
    }
    if (j->at == begin || (*begin == '0' && j->at - begin > 1))
        return cnn_json_fail(j, "whole number expected");
    return 0;
}

int cnn_json_numbers(struct json *j, uint64_t *out, int max, int *n)
{
    *n = 0;
    int more = cnn_json_open(j, '[', ']');
    for (; more > 0; more = cnn_json_next(j, ']')) {
        if (*n == max)
            return cnn_json_fail(j, "more than %d numbers", max);
        if (read_number(j, &out[(*n)++]) != 0)
            return -1;
    }
    return more;
}

/* ---- writing */

void cnn_json_write_string(FILE *f, const char *s)
{
    putc('"', f);
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            fprintf(f, "\\%c", *s);
        else if ((unsigned char)*s < ' ')
            fprintf(f, "\\u%04x", (unsigned)*s);
        else
            putc(*s, f);
    }
    putc('"', f);
}
