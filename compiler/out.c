/* out.c -- the writer: text in, laid-out C out. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

struct out {
    struct arena *arena;
    VEC(char) text;
    VEC(char) line; /* the line being written, before indentation */
    bool doubles;
    int depth;      /* of braces */
    bool comment;   /* inside a comment of several lines */
    bool continued; /* the last line ended in the middle of a statement */
};

struct out *out_new(struct arena *a, bool doubles)
{
    struct out *o = arena_alloc(a, sizeof *o);
    o->arena = a;
    o->doubles = doubles;
    return o;
}

static void put(struct out *o, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        vec_push(o->arena, &o->text, s[i]);
}

/* Counts braces outside strings, characters and comments; keeps track of a comment left open. */
static int brace_balance(struct out *o, const char *s, size_t n, int *leading)
{
    int balance = 0;
    char quote = 0;
    bool first = true;
    for (size_t i = 0; i < n; i++) {
        char c = s[i], next = i + 1 < n ? s[i + 1] : '\0';
        if (o->comment) {
            if (c == '*' && next == '/')
                o->comment = false, i++;
        } else if (quote) {
            if (c == '\\')
                i++;
            else if (c == quote)
                quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '/' && next == '*') {
            o->comment = true, i++;
        } else if (c == '{') {
            balance++;
        } else if (c == '}') {
            balance--;
            if (first)
                ++*leading;
        }
        if (c != '}' && c != ' ')
            first = false;
    }
    return balance;
}

static bool ends_statement(const char *s, size_t n)
{
    return n == 0 || s[0] == '#' || strchr(";{}:,/", s[n - 1]) != NULL;
}

/* A label or a preprocessor line stands at the margin it asks for; everything else at its depth. */
static void finish_line(struct out *o)
{
    const char *s = o->line.at;
    size_t n = o->line.n, skip = 0;
    bool in_comment = o->comment;
    while (skip < n && s[skip] == ' ')
        skip++;
    while (n > skip && s[n - 1] == ' ')
        n--;
    int leading = 0;
    int balance = brace_balance(o, s + skip, n - skip, &leading);
    int indent = o->depth - leading;
    if (n > skip && s[skip] != '#') {
        for (int i = 0; i < indent + (o->continued && !in_comment); i++)
            put(o, "    ", 4);
        if (in_comment)
            put(o, " ", 1);
    }
    if (n > skip)
        put(o, s + skip, n - skip);
    put(o, "\n", 1);
    o->depth += balance;
    if (!in_comment && !o->comment)
        o->continued = n > skip && !ends_statement(s + skip, n - skip);
    o->line.n = 0;
}

void out_text(struct out *o, const char *s)
{
    for (; *s; s++)
        if (*s == '\n')
            finish_line(o);
        else
            vec_push(o->arena, &o->line, *s);
}

void out_printf(struct out *o, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    out_text(o, arena_vprintf(o->arena, fmt, ap));
    va_end(ap);
}

const char *out_format(struct out *o, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    const char *text = arena_vprintf(o->arena, fmt, ap);
    va_end(ap);
    return text;
}

void out_int(struct out *o, int64_t v)
{
    out_printf(o, "%lld", (long long)v);
}

void out_size(struct out *o, size_t v)
{
    out_printf(o, "%zu", v);
}

/* The shortest decimal that reads back as the same number. */
void out_real(struct out *o, double v)
{
    char text[40];
    if (isnan(v) || isinf(v)) {
        out_text(o, isnan(v) ? "NAN" : v > 0 ? "INFINITY" : "-INFINITY");
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (o->doubles ? strtod(text, NULL) == v : strtof(text, NULL) == (float)v)
            break;
    }
    out_printf(o, "%s%s%s", text, strpbrk(text, ".e") ? "" : ".0", o->doubles ? "" : "f");
}

void out_string(struct out *o, const char *s)
{
    out_text(o, "\"");
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        bool plain = c >= ' ' && c < 127 && !strchr("\"\\?%*/", c);
        char text[8];
        snprintf(text, sizeof text, plain ? "%c" : "\\%03o", c);
        out_text(o, text);
    }
    out_text(o, "\"");
}

const char *out_finish(struct out *o)
{
    if (o->line.n)
        finish_line(o);
    put(o, "", 1);
    o->text.n--;
    return o->text.at;
}
