/* parser.c -- what the actions of the grammar call: it turns tokens into values, values into statements and mistakes
 * into messages */
#include "spec/parser.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPERATORS = 1000 };

static bool contains(const char *const *names, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* What could have been there. A value may start with any of nine tokens, but the message says only "a value". */
static const char *expectation(struct parser *p, const char *const *names, int n)
{
    static const char *const value[] = {"number",  "dimensions", "string", "parameter", "call",
                                        "formula", "a name",     "'('",    "'['",       "'-'"};
    static const char *const goes_on[] = {"'='", "'*'", "'/'", "'+'", "'-'"}; /* no help to the reader */
    if (contains(names, n, "label"))
        return "; a statement starts with a name";
    const bool any_value = contains(names, n, "number");
    if (any_value && contains(names, n, "end of line"))
        return "";
    const char *text = any_value ? "a value" : NULL;
    for (int i = 0; i < n; i++) {
        const bool part_of_value = any_value && contains(value, sizeof value / sizeof *value, names[i]);
        if (!part_of_value && !contains(goes_on, sizeof goes_on / sizeof *goes_on, names[i]))
            text = text ? arena_printf(p->arena, "%s or %s", text, names[i]) : names[i];
    }
    return text ? arena_printf(p->arena, ", expected %s", text) : "";
}

void parser_unexpected(struct parser *p, struct span at, const char *token, const char *const *names, int n)
{
    if (parser_silent(p))
        return;
    const char *fix = NULL, *cure = parser_cure(p, &at, token, &fix);
    const struct place place = source_place(p->ctx, at.begin);
    const bool visible = strncmp(token, "end of", 6) != 0;
    const int length = (int)(at.end - at.begin < 40 ? at.end - at.begin : 40);
    const char *text = visible ? arena_printf(p->arena, "'%.*s'", length, place.text + place.column - 1) : token;
    if (*cure)
        diag_error_fix(p->ctx, at, fix, "unexpected %s; %s", strcmp(token, "call") == 0 ? "'('" : text, cure);
    else
        diag_error(p->ctx, at, "unexpected %s%s", text, expectation(p, names, n));
}

void parser_refuse_keys(struct parser *p, const struct arg_list *list)
{
    for (size_t i = 0; i < list->v.n; i++)
        if (list->v.at[i].key)
            parser_error(p, list->v.at[i].key_span, "a list holds values, not options");
}

/* ---- tokens */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Decodes the escape at s, after its backslash. Returns how many bytes of s it used, or 0 if there is no such
 * escape. */
static size_t unescape(const char *s, size_t n, char *byte)
{
    static const char plain[] = "\"\"''\\\\n\nt\t";
    for (const char *e = plain; *e; e += 2)
        if (*s == *e) {
            *byte = e[1];
            return 1;
        }
    const int high = n >= 3 && *s == 'x' ? hex_digit(s[1]) : -1, low = high >= 0 ? hex_digit(s[2]) : -1;
    *byte = (char)(high * 16 + low);
    return low >= 0 && *byte ? 3 : 0;
}

struct value parser_string(struct parser *p, struct span at, const char *quoted, size_t n)
{
    char *text = arena_alloc(p->arena, n + 1), *t = text;
    for (size_t i = 0; i < n; i++) {
        *t = quoted[i];
        if (quoted[i] == '\\') {
            const size_t length = unescape(quoted + i + 1, n - i - 1, t);
            const uint32_t place = at.begin + 1 + (uint32_t)i;
            if (!length)
                parser_error(p, (struct span){place, place + 2},
                             "no such escape; there are \\\" \\\\ \\n \\t and \\x01 to \\xff");
            i += length ? length : 1;
        }
        t++;
    }
    *t = 0;
    return (struct value){.kind = VALUE_STRING, .span = at, .text = text};
}

struct value parser_formula(struct parser *p, struct span *at)
{
    uint32_t begin = p->formula.end, end = at->begin;
    while (begin < end && p->text[begin - p->base] == ' ')
        begin++;
    if (end > begin + 1 && p->text[begin - p->base] == '"' &&
        p->text[end - 1 - p->base] == '"') /* quoted, as printed */
        begin++, end--;
    char *text = arena_strndup(p->arena, p->text + (begin - p->base), end - begin);
    for (char *t = text; *t; t++)
        *t = *t == '\\' || *t == '\n' ? ' ' : *t;
    struct arg *item = arena_alloc(p->arena, sizeof *item);
    item->value = (struct value){.kind = VALUE_STRING, .span = {begin, end}, .text = text};
    at->begin = p->formula.begin;
    return (struct value){.kind = VALUE_CALL, .span = *at, .text = "expr", .items = item, .n_items = 1};
}

struct value parser_number(struct parser *p, struct span at, const char *text)
{
    const double number = strtod(text, NULL);
    if (!isfinite(number))
        parser_error(p, at, "this number is too large");
    return (struct value){.kind = VALUE_NUMBER, .span = at, .number = number};
}

struct value parser_dims(struct parser *p, struct span at, const char *text)
{
    struct value v = {.kind = VALUE_DIMS, .span = at};
    for (const char *s = text;; s++) {
        char *end;
        errno = 0;
        const long long dim = strtoll(s, &end, 10);
        if (errno)
            parser_error(p, at, "a dimension does not fit 64 bits");
        if (v.n_dims < MAX_DIMS)
            v.dim[v.n_dims++] = dim;
        else
            parser_error(p, at, "more than 4 dimensions");
        s = end;
        if (*s != 'x')
            return v;
    }
}

/* ---- names without quotes */

struct value parser_bare(struct parser *p, struct span at, const char *text)
{
    const char *copy = arena_strndup(p->arena, text, strlen(text));
    return (struct value){.kind = VALUE_STRING, .span = at, .text = copy, .bare = true};
}

/* 3x3, 1.5e-3 */
static size_t operand_length(const char *s)
{
    static const char digits[] = "0123456789";
    size_t n = strspn(s, digits);
    if (n && s[n] == 'x' && isdigit((unsigned char)s[n + 1])) {
        while (s[n] == 'x' && isdigit((unsigned char)s[n + 1]))
            n += 1 + strspn(s + n + 1, digits);
        return n;
    }
    if (s[n] == '.')
        n += 1 + strspn(s + n + 1, digits);
    const size_t sign = n && (s[n] == 'e' || s[n] == 'E') && (s[n + 1] == '-' || s[n + 1] == '+');
    if (n && (s[n] == 'e' || s[n] == 'E') && isdigit((unsigned char)s[n + 1 + sign]))
        n += 1 + sign + strspn(s + n + 1 + sign, digits);
    return n;
}

int parser_operand(const char *text)
{
    const size_t first = operand_length(text);
    size_t n = first;
    while (n && (text[n] == '/' || text[n] == '-') && text[n + 1]) {
        const size_t sign = text[n + 1] == '-', next = operand_length(text + n + 1 + sign);
        if (!next)
            return 0;
        n += 1 + sign + next;
    }
    return !text[n] || !text[n + 1] ? (int)first : 0;
}

bool parser_is_file(const char *text)
{
    const char *dot = strrchr(text, '.');
    return dot && isalpha((unsigned char)dot[1]);
}

/* ---- the tree */

struct stmt *ast_stmt(struct parser *p, const char *name, struct span name_span, const struct arg_list *args,
                      struct span span)
{
    struct stmt *s = arena_alloc(p->arena, sizeof *s);
    s->name = name;
    s->name_span = name_span;
    s->args = args->v.at;
    s->n_args = args->v.n;
    s->span = args->v.n ? span : name_span;
    p->operators = 0;
    return s;
}

struct stmt *ast_label(struct stmt *s, const char *label, struct span label_span)
{
    s->label = label;
    s->label_span = (struct span){label_span.begin, label_span.end - 1};
    s->span.begin = label_span.begin;
    return s;
}

struct stmt *ast_body(struct stmt *s, const struct stmt_list *body)
{
    s->has_body = true;
    s->body = body->v.at;
    s->n_body = body->v.n;
    return s;
}

struct value ast_binary(struct parser *p, char op, struct value a, struct value b, struct span span)
{
    if (++p->operators > MAX_OPERATORS)
        parser_error(p, span, "more than 1,000 operators in one statement");
    struct arg *items = arena_alloc(p->arena, 2 * sizeof *items);
    items[0].value = a;
    items[1].value = b;
    return (struct value){.op = op, .span = span, .items = items, .n_items = 2};
}

struct value ast_zero(struct span span)
{
    return (struct value){.kind = VALUE_NUMBER, .span = span};
}

/* Python's (28, 28, 1) is a list. */
struct value ast_tuple(struct parser *p, struct value first, const struct arg_list *rest, struct span span)
{
    struct arg_list *all = arena_alloc(p->arena, sizeof *all);
    vec_push(p->arena, &all->v, (struct arg){.value = first});
    for (size_t i = 0; i < rest->v.n; i++)
        vec_push(p->arena, &all->v, rest->v.at[i]);
    parser_refuse_keys(p, all);
    return ast_group(VALUE_LIST, NULL, all, span);
}

struct value ast_group(enum value_kind kind, const char *name, const struct arg_list *items, struct span span)
{
    return (struct value){.kind = kind, .span = span, .text = name, .items = items->v.at, .n_items = items->v.n};
}
