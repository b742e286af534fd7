/* diag_print.c -- file:line:column: severity: text, the source line, the caret, the fix; or the same as JSON */
#include "base/diag_print.h"

#include <string.h>

enum { TAB = 8, MAX_WIDTH = 120, LEAD = 40 /* columns kept in front of the caret of a long line */ };

static const char *const severity_name[] = {"error", "warning", "note"};
static const char *const severity_color[] = {"\033[1;31m", "\033[1;35m", "\033[1;36m"};
#define BOLD  "\033[1m"
#define GREEN "\033[1;32m"
#define RESET "\033[0m"

static const char *color(const struct ctx *c, const char *escape)
{
    return c->options.color ? escape : "";
}

/* ---- how one character of user text looks on a terminal */

struct cell {
    char text[16];
    size_t bytes; /* in the source */
    int width;    /* columns */
};

/* Returns the length of the valid UTF-8 sequence at s, or 0 when there is none. *code becomes its code point. */
static size_t utf8(const char *s, size_t n, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char lead = (unsigned char)s[0];
    const size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (length == 1) {
        *code = lead;
        return 1;
    }
    if (lead < 0xc2 || lead > 0xf4 || length > n)
        return 0;
    *code = lead & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if (((unsigned char)s[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | ((unsigned char)s[i] & 0x3f);
    }
    const bool surrogate = *code >= 0xd800 && *code <= 0xdfff;
    return *code < least[length] || *code > 0x10ffff || surrogate ? 0 : length;
}

struct range {
    uint32_t first, last;
};

/* Characters that must not reach a terminal as they are: control characters, and those that change the direction of
 * writing. */
static const struct range unsafe[] = {{0, 0x1f},        {0x7f, 0x9f},     {0x200e, 0x200f},
                                      {0x2028, 0x202e}, {0x2066, 0x2069}, {0, 0}};
static const struct range wide[] = {{0x1100, 0x115f}, {0x2e80, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},
                                    {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0x1f300, 0x1faff}, {0, 0}};
static const struct range zero_width[] = {{0x300, 0x36f}, {0x200b, 0x200d}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0, 0}};

static bool within(const struct range *r, uint32_t code)
{
    for (; r->last; r++)
        if (code >= r->first && code <= r->last)
            return true;
    return false;
}

static struct cell cell_at(const char *s, size_t n, int column)
{
    struct cell k = {.bytes = 1};
    uint32_t code;
    const size_t length = utf8(s, n, &code);
    if (*s == '\t') {
        k.width = TAB - column % TAB;
        memset(k.text, ' ', (size_t)k.width);
    } else if (length == 0 || (length == 1 && within(unsafe, code))) {
        k.width = snprintf(k.text, sizeof k.text, "\\x%02x", (unsigned)(unsigned char)*s);
    } else if (within(unsafe, code)) {
        k.width = snprintf(k.text, sizeof k.text, "\\u{%x}", (unsigned)code);
        k.bytes = length;
    } else {
        memcpy(k.text, s, length);
        k.bytes = length;
        k.width = within(wide, code) ? 2 : within(zero_width, code) ? 0 : 1;
    }
    return k;
}

void print_sane(const char *s, size_t n, FILE *f)
{
    for (size_t i = 0; i < n;) {
        const struct cell k = cell_at(s + i, n - i, 0);
        fputs(s[i] == '\t' ? " " : k.text, f);
        i += k.bytes;
    }
}

/* ---- the source line */

static int column_of(const struct place *p, size_t byte)
{
    int column = 0;
    for (size_t i = 0; i < byte && i < p->length;) {
        const struct cell k = cell_at(p->text + i, p->length - i, column);
        column += k.width;
        i += k.bytes;
    }
    return byte > p->length ? column + 1 : column;
}

/* The part of the line in columns [from, to); dots stand for the parts that were cut off. */
static void print_line(const struct place *p, int from, int to, int width, FILE *f)
{
    int column = 0;
    fputs(from ? "..." : "", f);
    for (size_t i = 0; i < p->length;) {
        const struct cell k = cell_at(p->text + i, p->length - i, column);
        if (column >= from && column + k.width <= to)
            fputs(k.text, f);
        else if (column < from && column + k.width > from) /* half a wide character */
            fprintf(f, "%*s", column + k.width - from, "");
        column += k.width;
        i += k.bytes;
    }
    fputs(to < width ? "...\n" : "\n", f);
}

static void print_caret(int indent, int length, FILE *f)
{
    fprintf(f, "%*s^", indent, "");
    for (int i = 1; i < length; i++)
        fputc('~', f);
}

static void print_excerpt(const struct ctx *c, const struct message *m, const struct place *p, FILE *f)
{
    const size_t first = (size_t)p->column - 1, bytes = m->at.end > m->at.begin ? m->at.end - m->at.begin : 1;
    const size_t last = first + bytes < p->length ? first + bytes : p->length;
    const int width = column_of(p, p->length), begin = column_of(p, first), end = column_of(p, last);
    const int from = width <= MAX_WIDTH || begin <= LEAD ? 0 : begin - LEAD;
    const int to = width - from <= MAX_WIDTH ? width : from + MAX_WIDTH;
    const int indent = begin - from + (from ? 3 : 0);
    fprintf(f, "%5d | ", p->line);
    print_line(p, from, to, width, f);
    fprintf(f, "      | %s", color(c, GREEN));
    print_caret(indent, (end < to ? end : to) - begin, f);
    fprintf(f, "%s\n", color(c, RESET));
    if (m->fix) {
        fprintf(f, "      | %*s%s", indent, "", color(c, GREEN));
        print_sane(m->fix, strlen(m->fix), f);
        fprintf(f, "%s\n", color(c, RESET));
    }
}

void message_print(const struct ctx *c, const struct message *m, FILE *f)
{
    struct place p = {0};
    fputs(color(c, BOLD), f);
    if (m->at.begin) {
        p = source_place(c, m->at.begin);
        print_sane(p.file, strlen(p.file), f);
        fprintf(f, ":%d:%d: ", p.line, p.column);
    } else {
        fputs("cnnc: ", f);
    }
    fprintf(f, "%s%s%s: ", color(c, severity_color[m->severity]), severity_name[m->severity], color(c, RESET));
    print_sane(m->text, strlen(m->text), f);
    if (m->category)
        fprintf(f, " [-W%s%s]", m->severity == SEVERITY_ERROR ? "error=" : "", m->category);
    fputc('\n', f);
    if (m->at.begin)
        print_excerpt(c, m, &p, f);
}

/* ---- messages as JSON, for programs */

static void json_string(const char *s, FILE *f)
{
    const size_t n = strlen(s);
    fputc('"', f);
    for (size_t i = 0; i < n;) {
        uint32_t code;
        const size_t length = utf8(s + i, n - i, &code);
        if (length == 0)
            fputs("\\ufffd", f);
        else if (code == '"' || code == '\\')
            fprintf(f, "\\%c", (char)code);
        else if (code < 0x20 || code == 0x7f)
            fprintf(f, "\\u%04x", (unsigned)code);
        else
            fwrite(s + i, 1, length, f);
        i += length ? length : 1;
    }
    fputc('"', f);
}

static void json_field(const char *name, const char *value, FILE *f)
{
    if (!value)
        return;
    fprintf(f, ",\"%s\":", name);
    json_string(value, f);
}

static void json_message(const struct ctx *c, const struct message *m, FILE *f)
{
    fprintf(f, "{\"kind\":\"%s\"", severity_name[m->severity]);
    if (m->at.begin) {
        const struct place p = source_place(c, m->at.begin);
        const uint32_t length = m->at.end > m->at.begin ? m->at.end - m->at.begin : 1;
        json_field("file", p.file, f);
        fprintf(f, ",\"line\":%d,\"column\":%d,\"end_column\":%d", p.line, p.column, p.column + (int)length);
    }
    json_field("message", m->text, f);
    json_field("category", m->category, f);
    json_field("fix", m->fix, f);
    fputs(",\"notes\":[", f);
    for (size_t i = 0; i < m->notes.n; i++) {
        fputs(i ? "," : "", f);
        json_message(c, m->notes.at[i], f);
    }
    fputs("]}", f);
}

void messages_print_json(const struct ctx *c, FILE *f)
{
    fputc('[', f);
    for (size_t i = 0; i < c->messages.n; i++) {
        fputs(i ? ",\n" : "", f);
        json_message(c, c->messages.at[i], f);
    }
    fputs("]\n", f);
}
