/* parser_cure.c -- mistakes in the text language: one message a line, since later ones would only follow from the
 * first. What users of other languages write is recognised, with how to write it here. */
#include "spec/parser.h"

#include <ctype.h>
#include <string.h>

/* ---- messages */

bool parser_silent(struct parser *p)
{
    const bool silent = p->erred || p->fatal;
    p->failed = p->erred = true;
    return silent;
}

void parser_error(struct parser *p, struct span at, const char *message)
{
    if (!parser_silent(p))
        diag_error(p->ctx, at, "%s", message);
}

void parser_error_fix(struct parser *p, struct span at, const char *fix, const char *message)
{
    if (!parser_silent(p))
        diag_error_fix(p->ctx, at, fix, "%s", message);
}

/* ---- the line around a place */

static const char *line_at(struct parser *p, uint32_t offset, size_t *column)
{
    const struct place place = source_place(p->ctx, offset);
    *column = (size_t)place.column - 1;
    return arena_strndup(p->arena, place.text, place.length);
}

static bool in_word(char c)
{
    return c && !isspace((unsigned char)c) && !strchr("{}[]()=,;#\"'", c);
}

/* The word around `column` of the line: [*begin, *end). */
static void word_around(const char *line, size_t column, size_t *begin, size_t *end)
{
    for (*begin = column; *begin > 0 && in_word(line[*begin - 1]); --*begin)
        ;
    for (*end = column; in_word(line[*end]); ++*end)
        ;
}

/* ---- numbers with commas or capital X: 28,28,1 */

static const char *as_dims(struct parser *p, const char *text, size_t n, const char *between)
{
    char *dims = arena_alloc(p->arena, n + 1), *d = dims;
    int parts = 0;
    for (size_t i = 0; i < n;) {
        const size_t digits = strspn(text + i, "0123456789");
        if (!digits)
            return NULL;
        memcpy(d, text + i, digits);
        d += digits;
        parts++;
        i += digits;
        const size_t gap = i < n ? strspn(text + i, between) : 0;
        if (i < n && (!gap || i + gap >= n))
            return NULL;
        if (i < n)
            *d++ = 'x';
        i += gap;
    }
    return parts > 1 ? dims : NULL;
}

void parser_bad_number(struct parser *p, struct span at, const char *text)
{
    const char *dims = as_dims(p, text, strlen(text), "X");
    parser_error_fix(
        p, at, dims,
        dims ? "dimensions have a small x"
             : "neither a number nor dimensions such as 3x3; a name that begins with a digit is put in quotes");
}

/* ---- characters */

static const struct {
    const char *bytes, *fix, *message;
} characters[] = {
    {"\xc2\xa0", " ", "this is a no-break space; an ordinary one belongs here"},
    {"\xe3\x80\x80", " ", "this is a wide space; an ordinary one belongs here"},
    {"\xe2\x80\x8b", NULL, "an invisible character stands here"},
    {"\xef\xbb\xbf", NULL, "a byte order mark in the middle of the file"},
    {"\xc3\x97", "x", "dimensions are written with the letter x"},
    {"\xe2\x80\x9c", "\"", "names are quoted with \" or '"},
    {"\xe2\x80\x9d", "\"", "names are quoted with \" or '"},
    {"\xe2\x80\x98", "'", "names are quoted with \" or '"},
    {"\xe2\x80\x99", "'", "names are quoted with \" or '"},
    {"\xe2\x88\x92", "-", "this is no hyphen; an ordinary '-' belongs here"},
    {"\xe2\x80\x93", "-", "this is a dash; an ordinary '-' belongs here"},
};

/* U+FF01 to U+FF5E are the characters 0x21 to 0x7e in wide boxes. */
static const char *narrow(struct parser *p, const char *s)
{
    const unsigned char a = (unsigned char)s[0], b = (unsigned char)s[1], c = (unsigned char)s[2];
    if (a != 0xef || (b != 0xbc && b != 0xbd) || c < 0x80)
        return NULL;
    const int code = (b - 0xbc) * 64 + (c - 0x80);
    return code >= 1 && code <= 0x5e ? arena_printf(p->arena, "%c", 0x20 + code) : NULL;
}

/* A word of visible characters that is not the first of its line. */
static bool can_be_quoted(const char *line, size_t begin, char c)
{
    return strspn(line, " \t") != begin && !iscntrl((unsigned char)c) && c != '\\' && c != '$';
}

void parser_bad_character(struct parser *p, struct span at)
{
    size_t column, begin, end;
    const char *line = line_at(p, at.begin, &column), *s = line + column;
    for (size_t i = 0; i < sizeof characters / sizeof *characters; i++)
        if (strncmp(s, characters[i].bytes, strlen(characters[i].bytes)) == 0) {
            at.end = at.begin + (uint32_t)strlen(characters[i].bytes);
            parser_error_fix(p, at, characters[i].fix, characters[i].message);
            return;
        }
    const char *plain = narrow(p, s);
    word_around(line, column, &begin, &end);
    const uint32_t start = at.begin - (uint32_t)(column - begin);
    const struct span word = {start, start + (uint32_t)(end - begin)};
    if (plain) {
        at.end = at.begin + 3;
        parser_error_fix(p, at, plain, "this is a full-width character; an ordinary one belongs here");
    } else if (can_be_quoted(line, begin, *s) && word.end - word.begin > at.end - at.begin) {
        parser_error_fix(p, word, arena_printf(p->arena, "\"%.*s\"", (int)(end - begin), line + begin),
                         "a name with other characters than letters, digits, '.', '_', '-' and '/' is put in quotes");
    } else if ((unsigned char)*s >= 0x80) {
        parser_error(p, at, "this character belongs in a string or a comment only");
    } else {
        parser_error(p, at, "this character means nothing here");
    }
}

/* ---- tokens */

static const char python[] = "a layer is a line such as 'Dense 64 relu'; cnnc reads no Python";

static const char *cure_comma(struct parser *p, const char *line, size_t column, struct span *at, const char **fix)
{
    size_t begin = column, end = column;
    while (begin > 0 && strchr("0123456789, ", line[begin - 1]))
        begin--;
    begin += strspn(line + begin, " ,");
    end += strspn(line + end, "0123456789, ");
    while (end > begin && strchr(", ", line[end - 1]))
        end--;
    *fix = as_dims(p, line + begin, end - begin, ", ");
    if (*fix && !in_word(line[end]) && (begin == 0 || line[begin - 1] == ' ' || line[begin - 1] == '=')) {
        const uint32_t start = at->begin - (uint32_t)(column - begin);
        *at = (struct span){start, start + (uint32_t)(end - begin)};
        return arena_printf(p->arena, "dimensions are written %s", *fix);
    }
    *fix = NULL;
    return "arguments are separated by spaces";
}

/* For the word after '='. */
static int value_length(const char *line, size_t column)
{
    const char *value = line + column + 1 + strspn(line + column + 1, " ");
    return (int)strcspn(value, " \t#");
}

/* `epochs = 3`, `batch-size=32`, or `w = 32` at the beginning of a line. */
static const char *cure_equals(struct parser *p, const char *line, size_t column, struct span *at, const char **fix)
{
    size_t begin, end = column;
    while (end > 0 && line[end - 1] == ' ')
        end--;
    for (begin = end; begin > 0 && in_word(line[begin - 1]); begin--)
        ;
    char *name = arena_strndup(p->arena, line + begin, end - begin);
    if (strspn(line, " \t") == begin && section_of_word(name))
        return arena_printf(p->arena, "the value follows its name, as in '%.40s %.*s'", name,
                            value_length(line, column), line + column + 1 + strspn(line + column + 1, " "));
    if (strspn(line, " \t") == begin)
        return arena_printf(p->arena, "'let %.40s = ...' gives a name to a value", name);
    if (!strchr(name, '-'))
        return "";
    for (char *s = name; *s; s++)
        *s = *s == '-' ? '_' : *s;
    const uint32_t start = at->begin - (uint32_t)(column - begin);
    *at = (struct span){start, start + (uint32_t)(end - begin)};
    *fix = name;
    return "a name in front of '=' has '_' where others have '-'";
}

/* Dense(64, relu) as `Dense 64 relu`; NULL if there is more on the line. */
static const char *without_parentheses(struct parser *p, const char *line, struct span *at)
{
    char *text = arena_strndup(p->arena, line, strlen(line)), *to = text;
    int depth = 0;
    size_t n = 0;
    for (; line[n]; n++) {
        const char c = line[n];
        depth += (c == '(') - (c == ')');
        const bool outer = depth == (c == '(') && (c == '(' || c == ')');
        if (outer && c == ')')
            break;
        if (outer || (c == ',' && depth == 1))
            *to++ = ' ';
        else if (c != ' ' || to[-1] != ' ')
            *to++ = c;
    }
    *to = '\0';
    if (line[n] != ')' || line[n + 1 + strspn(line + n + 1, " ,;\t\r")])
        return NULL;
    at->end = at->begin + (uint32_t)n + 1;
    return text;
}

static bool behind_colon(const char *line, size_t column)
{
    while (column > 0 && line[column - 1] == ' ')
        column--;
    return column > 0 && line[column - 1] == ':';
}

const char *parser_cure(struct parser *p, struct span *at, const char *token, const char **fix)
{
    size_t column;
    const char *line = line_at(p, at->begin, &column);
    const bool first = strspn(line, " \t") == column;
    if (strcmp(token, "','") == 0)
        return p->brackets ? "" : cure_comma(p, line, column, at, fix);
    if (strcmp(token, "'='") == 0)
        return p->brackets ? "" : cure_equals(p, line, column, at, fix);
    if (strcmp(token, "label") == 0 && !first && !p->brackets && !behind_colon(line, column)) {
        if (strchr("\\/", line[column + (at->end - at->begin)]))
            return "a name that holds ':' is put in quotes";
        *fix = arena_printf(p->arena, "%.*s=", (int)(at->end - at->begin - 1), line + column);
        return "an option has '=' behind its name";
    }
    if ((strcmp(token, "number") == 0 || strcmp(token, "string") == 0) && behind_colon(line, column)) {
        size_t begin, colon = column;
        while (line[colon] != ':')
            colon--;
        word_around(line, colon, &begin, &(size_t){0});
        if (strspn(line, " \t") == begin)
            return arena_printf(p->arena, "a name with ':' is a label; a layer has none, as in '%.*s %.*s'",
                                (int)(colon - begin), line + begin, (int)(at->end - at->begin), line + column);
    }
    if (strcmp(token, "string") == 0 && first && strchr(line + column, '('))
        return python;
    if (strcmp(token, "call") == 0 && (first || p->entry == ENTRY_HEAD)) {
        *fix = without_parentheses(p, line + column, at);
        return "arguments follow a name without parentheses, as in 'Dense 64 relu'";
    }
    if (strcmp(token, "'{'") == 0 && first)
        return "it stands at the end of the line that it belongs to, as in 'train {'";
    return "";
}
