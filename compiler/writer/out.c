/* out.c -- the writer: text in, laid-out C out. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "writer/writer.h"

struct out {
    struct arena *arena;
    VEC(char) text;
    VEC(char) line; /* the line being written, before indentation */
    bool doubles;
    int depth;       /* of open braces, and of the statements that own them */
    int pending;     /* statements without a brace whose body is still to come */
    VEC(int) braces; /* for each open brace: the pending statements that end with it */
    bool comment;    /* inside a comment of several lines */
    bool continued;  /* the last line ended in the middle of a statement */
    bool joined;     /* the next line continues this one, without indentation */
};

struct out *out_new(struct arena *a, bool doubles)
{
    struct out *o = arena_alloc(a, sizeof *o);
    o->arena = a;
    o->doubles = doubles;
    return o;
}

bool out_doubles(const struct out *o)
{
    return o->doubles;
}

struct arena *out_arena(const struct out *o)
{
    return o->arena;
}

static void put(struct out *o, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        vec_push(o->arena, &o->text, s[i]);
}

/* Counts braces outside strings, characters and comments; notes whether a comment stays open. */
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

static bool starts_with(const char *s, size_t n, const char *word)
{
    size_t length = strlen(word);
    return n >= length && !memcmp(s, word, length);
}

/* After "for (...)" and the like without a brace, the next line is one level deeper. */
static bool opens_statement(const char *s, size_t n)
{
    bool control = starts_with(s, n, "for (") || starts_with(s, n, "if (") || starts_with(s, n, "else") ||
                   starts_with(s, n, "while (");
    return control && s[n - 1] != ';' && s[n - 1] != '{';
}

/* Sums and products with a constant that changes nothing: "x + 0," "k * 1)". */
static size_t tidy(char *s, size_t n)
{
    if (memchr(s, '"', n) || memchr(s, '\'', n))
        return n;
    for (size_t i = 0; i + 4 < n;) {
        bool idle = !memcmp(s + i, " + 0", 4) || !memcmp(s + i, " * 1", 4);
        bool ends = strchr(",);]", s[i + 4]) || (i + 6 < n && !memcmp(s + i + 4, " + ", 3));
        if (idle && ends) {
            memmove(s + i, s + i + 4, n - i - 4);
            n -= 4;
        } else {
            i++;
        }
    }
    return n;
}

static void indent(struct out *o, int depth)
{
    for (int i = 0; i < depth; i++)
        put(o, "    ", 4);
}

/* Writes one line at its depth. A long line is cut after commas and continues on the next. */
static void put_line(struct out *o, const char *s, size_t n, int depth)
{
    const size_t width = 118;
    indent(o, depth);
    size_t room = width > (size_t)depth * 4 + 40 ? width - (size_t)depth * 4 : 40;
    while (n > room && s[0] != '#' && !o->comment && !memchr(s, '"', n)) {
        size_t cut = room;
        while (cut > 20 && !(s[cut - 1] == ' ' && s[cut - 2] == ','))
            cut--;
        if (cut <= 20)
            break;
        put(o, s, cut - 1);
        put(o, "\n", 1);
        indent(o, depth ? depth + 1 : 2); /* two levels, so that a function's parameters differ from its body */
        s += cut, n -= cut;
    }
    put(o, s, n);
}

/* Updates the depth. Braces count, and each brace remembers the statements that own it. */
static void track(struct out *o, const char *s, size_t n, int balance)
{
    if (starts_with(s, n, "extern \"C\" {")) {
        const int flat = -1; /* its content stays at the margin */
        vec_push(o->arena, &o->braces, flat);
    } else if (balance > 0) {
        int below = o->pending;
        for (int i = 0; i < balance; i++, below = 0)
            vec_push(o->arena, &o->braces, below);
        o->depth += balance + o->pending;
        o->pending = 0;
    } else if (balance < 0) {
        for (; balance < 0 && o->braces.n; balance++)
            o->depth -= 1 + o->braces.at[--o->braces.n];
        o->pending = 0;
    } else if (opens_statement(s, n)) {
        o->pending++;
    } else if (n && ends_statement(s, n) && s[n - 1] != ',') {
        o->pending = 0;
    }
}

static void finish_line(struct out *o)
{
    char *s = o->line.at;
    size_t n = o->line.n;
    bool in_comment = o->comment;
    while (n && *s == ' ')
        s++, n--;
    while (n && s[n - 1] == ' ')
        n--;
    if (!in_comment && n)
        n = tidy(s, n);
    int leading = 0, balance = brace_balance(o, s, n, &leading), depth = o->depth + o->pending;
    bool closes = leading > 0;
    for (size_t i = o->braces.n; leading > 0 && i; leading--, i--) /* back to the depth at which the brace was opened */
        depth -= 1 + (leading > 1 ? o->braces.at[i - 1] : 0);
    if (n && s[0] != '#') {
        bool hangs = o->continued && !in_comment && s[0] != '{' && !closes;
        if (in_comment)
            put(o, "   ", (size_t)(s[0] == '*' ? 1 : 3));
        put_line(o, s, n, depth + hangs);
    } else if (n) {
        put(o, s, n);
    }
    put(o, "\n", 1);
    if (!in_comment && !(n > 1 && s[0] == '/' && s[1] == '*')) {
        track(o, s, n, balance);
        o->continued = n && !ends_statement(s, n) && !opens_statement(s, n);
    }
    o->line.n = 0;
}

/* Whether a parenthesis is open. If so, the statement continues, wherever its template broke the lines. */
static bool in_parentheses(const struct out *o)
{
    int open = 0;
    char quote = 0;
    if (o->comment || !o->line.n || o->line.at[0] == '#' || (o->line.at[0] == '/' && o->line.at[1] == '*'))
        return false;
    for (size_t i = 0; i < o->line.n; i++) {
        char c = o->line.at[i];
        if (quote && c == '\\')
            i++;
        else if (quote || c == '"' || c == '\'')
            quote = !quote ? c : c == quote ? 0 : quote;
        else
            open += (c == '(') - (c == ')');
    }
    return open > 0;
}

void out_text(struct out *o, const char *s)
{
    for (; *s; s++) {
        if (o->joined && *s == ' ')
            continue;
        o->joined = *s == '\n' && in_parentheses(o);
        if (*s == '\n' && !o->joined)
            finish_line(o);
        else
            vec_push(o->arena, &o->line, o->joined ? ' ' : *s);
    }
}

void out_raw(struct out *o, const char *s)
{
    put(o, s, strlen(s));
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
const char *out_literal(struct out *o, double v)
{
    char text[40];
    if (isnan(v) || isinf(v))
        return isnan(v) ? "NAN" : v > 0 ? "INFINITY" : "-INFINITY";
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (o->doubles ? strtod(text, NULL) == v : strtof(text, NULL) == (float)v)
            break;
    }
    return out_format(o, "%s%s%s", text, strpbrk(text, ".e") ? "" : ".0", o->doubles ? "" : "f");
}

void out_real(struct out *o, double v)
{
    out_text(o, out_literal(o, v));
}

const char *out_double(struct out *o, double v)
{
    return out_format(o, "%.17g", v);
}

const char *out_quoted(struct out *o, const char *s)
{
    VEC(char) text = {0};
    if (!s)
        return "NULL";
    vec_push(o->arena, &text, '"');
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        bool plain = c >= ' ' && c < 127 && !strchr("\"\\?%*/", c);
        char each[8];
        snprintf(each, sizeof each, plain ? "%c" : "\\%03o", c);
        for (const char *e = each; *e; e++)
            vec_push(o->arena, &text, *e);
    }
    vec_push(o->arena, &text, '"');
    vec_push(o->arena, &text, '\0');
    return text.at;
}

const char *out_finish(struct out *o)
{
    if (o->line.n)
        finish_line(o);
    put(o, "", 1);
    o->text.n--;
    return o->text.at;
}

static const char *with_term(struct out *o, const char *sum, const char *variable, int64_t times)
{
    const int64_t size = times < 0 ? -times : times;
    const char *sign = times < 0 ? (*sum ? " - " : "-") : *sum ? " + " : "";
    if (times == 0)
        return sum;
    return size == 1 ? out_format(o, "%s%s%s", sum, sign, variable)
                     : out_format(o, "%s%s%s * %lld", sum, sign, variable, (long long)size);
}

const char *out_affine(struct out *o, const char *a, int64_t times_a, const char *b, int64_t times_b, int64_t plus)
{
    const char *sum = with_term(o, with_term(o, "", a, times_a), b, times_b);
    return plus ? out_format(o, "%s %c %lld", sum, plus < 0 ? '-' : '+', (long long)(plus < 0 ? -plus : plus)) : sum;
}

const char *upper_case(struct ctx *c, const char *s)
{
    char *u = arena_strndup(ctx_arena(c), s, strlen(s));
    for (char *p = u; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return u;
}

/* The result ends no comment early, continues no line and makes no trigraph. */
const char *comment_text(struct ctx *c, const char *s)
{
    char *t = arena_strndup(ctx_arena(c), s, strlen(s));
    for (char *p = t; *p; p++) {
        unsigned char ch = (unsigned char)*p;
        if (ch < ' ' || ch > 126 || ch == '\\' || ch == '?' ||
            (p > t && ((p[-1] == '*' && ch == '/') || (p[-1] == '/' && ch == '*'))))
            *p = '.';
    }
    return t;
}
