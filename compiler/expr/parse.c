/* parse.c -- the text of an expression, or of statements, to trees. Each level of C's precedence has one function. */
#include <ctype.h>
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "expr/expr.h"

enum { MOST_DEPTH = 1000 };                /* of the compiler's own texts */
enum { USER_DEPTH = 50, MOST_SIZE = 500 }; /* of a user's text; what a macro repeats counts */

struct parser {
    struct arena *arena;
    const char *text, *at;
    const char *error; /* NULL: none so far */
    int depth;         /* of parentheses and conditions */
    int most_depth;
    const struct expr_lambda *user; /* only its names may be used; NULL: any name */
    size_t wrong_at;
};

/* Keeps the first error. Parsing goes on as if a number stood here. */
static const struct expr *wrong(struct parser *p, const char *what)
{
    if (!p->error) {
        p->error = p->user ? what : arena_printf(p->arena, "%s at column %d", what, (int)(p->at - p->text) + 1);
        p->wrong_at = (size_t)(p->at - p->text);
    }
    p->at += strlen(p->at);
    return expr_number(p->arena, 0);
}

static void blanks(struct parser *p)
{
    while (isspace((unsigned char)*p->at))
        p->at++;
}

static bool take(struct parser *p, const char *sign)
{
    const size_t n = strlen(sign);
    blanks(p);
    if (strncmp(p->at, sign, n) != 0)
        return false;
    p->at += n;
    return true;
}

static void expect(struct parser *p, const char *sign)
{
    if (!take(p, sign))
        wrong(p, arena_printf(p->arena, "expected '%s'", sign));
}

static const char *word(struct parser *p)
{
    size_t n = 0;
    blanks(p);
    while (isalpha((unsigned char)p->at[n]) || p->at[n] == '_' || (n && isdigit((unsigned char)p->at[n])))
        n++;
    p->at += n;
    return n ? arena_strndup(p->arena, p->at - n, n) : NULL;
}

/* Back to the begin of the word that was just read, and of so many signs behind it. */
static void back(struct parser *p, const char *name, size_t signs)
{
    p->at -= strlen(name) + signs;
}

static bool has_name(const struct expr_lambda *f, const char *name)
{
    for (int i = 0; i < f->count; i++)
        if (strcmp(f->names[i], name) == 0)
            return true;
    return false;
}

static const struct expr *select_level(struct parser *p);

/* The text with the arguments for a, b, c and the value for y. */
static const struct expr *with_arguments(struct arena *a, const char *text, const struct expr *const arg[3],
                                         const struct expr *y)
{
    /* first to names that no argument has, since an argument may itself be called b */
    static const char *const names[][2] = {{"a", "#a"}, {"b", "#b"}, {"c", "#c"}, {"y", "#y"}};
    const struct expr *const values[] = {arg[0], arg[1], arg[2], y};
    const struct expr *e = expr_of(a, text);
    for (int i = 0; i < 4; i++)
        e = expr_replace(a, e, expr_name(a, names[i][0]), expr_name(a, names[i][1]));
    for (int i = 0; i < 4; i++)
        if (values[i])
            e = expr_replace(a, e, expr_name(a, names[i][1]), values[i]);
    return e;
}

/* The rest of the arguments of a call, of which the first has been read. */
static void arguments(struct parser *p, int count, const struct expr *arg[3])
{
    for (int i = 1; i < count; i++) {
        expect(p, ",");
        arg[i] = select_level(p);
    }
    expect(p, ")");
}

/* ---- reductions: sum(x), sum(x, axis=-1), sum(x, axis=[1, 2]) */

static unsigned axis_number(struct parser *p)
{
    const bool minus = take(p, "-");
    blanks(p);
    const char *at = p->at;
    char *end;
    const long axis = strtol(at, &end, 10);
    if (!isdigit((unsigned char)*at) || axis < 1 || axis > MOST_AXIS_NUMBER) {
        wrong(p, "expected the number of an axis: 1 is the first of an image, -1 the last");
        return 0;
    }
    p->at = end;
    return 1U << (MOST_AXIS_NUMBER + (minus ? -axis : axis));
}

static unsigned axis_numbers(struct parser *p)
{
    if (!take(p, "["))
        return axis_number(p);
    unsigned axes = axis_number(p);
    while (take(p, ","))
        axes |= axis_number(p);
    expect(p, "]");
    return axes;
}

/* Takes `, axis=` if it is there. */
static bool take_axis(struct parser *p)
{
    const char *begin = p->at;
    if (take(p, ",")) {
        const char *name = word(p);
        if (name && !strcmp(name, "axis") && take(p, "=") && *p->at != '=')
            return true;
    }
    p->at = begin;
    return false;
}

static bool is_constant(const struct expr *e)
{
    for (int i = 0; i < 3 && e->arg[i]; i++)
        if (!is_constant(e->arg[i]))
            return false;
    return e->kind != EXPR_NAME;
}

/* e with its reductions over those axes. */
static const struct expr *over(struct arena *a, const struct expr *e, unsigned axes)
{
    const struct expr *arg[3] = {NULL};
    for (int i = 0; i < 3 && e->arg[i]; i++)
        arg[i] = over(a, e->arg[i], axes);
    if (e->kind == EXPR_REDUCE)
        return expr_reduced(a, e->name, arg[0], axes);
    return e->arg[0] ? expr_with_arguments(a, e, arg) : e;
}

static const struct expr *reduced(struct arena *a, const struct expr_reduction *r, const struct expr *x, unsigned axes)
{
    if (!r->text)
        return expr_reduced(a, r->name, x, axes);
    return expr_replace(a, over(a, expr_of(a, r->text), axes), expr_name(a, "a"), x);
}

/* Whether a call goes on as that of a reduction behind its first argument. max and min are functions of two, too. */
static bool reduces(struct parser *p, bool function, unsigned *axes)
{
    const bool axis = take_axis(p);
    *axes = axis ? axis_numbers(p) : 0;
    blanks(p);
    return axis || !function || *p->at == ')';
}

static const struct expr *reduction(struct parser *p, const struct expr_reduction *r, const char *begin,
                                    const struct expr *x, unsigned axes)
{
    expect(p, ")");
    if (!p->error && (is_constant(x) || x->size > MOST_SIZE)) {
        p->at = begin;
        return wrong(p, is_constant(x) ? arena_printf(p->arena, "'%s' wants more than one number", r->name)
                                       : "this is too long");
    }
    return reduced(p->arena, r, x, axes);
}

/* The rest of a call of a function or of what is written for one. */
static const struct expr *function(struct parser *p, const struct expr_function *f, const struct expr_macro *m,
                                   const struct expr *first)
{
    const int count = f ? f->arguments : m->arguments;
    const struct expr *arg[3] = {first};
    arguments(p, count, arg);
    for (int i = 0; !f && i < count && !p->error; i++)
        if (arg[i]->size > MOST_SIZE)
            wrong(p, "this is too long");
    if (p->error)
        return expr_number(p->arena, 0);
    return f ? expr_call(p->arena, f, arg[0], arg[1]) : with_arguments(p->arena, m->text, arg, NULL);
}

static const struct expr *call(struct parser *p, const char *name)
{
    const struct expr_function *f = expr_function(name);
    const struct expr_macro *m = expr_macro(name);
    const struct expr_reduction *r = expr_reduction(name);
    unsigned axes;
    if (!f && !m && !r) {
        back(p, name, 1);
        return wrong(p, arena_printf(p->arena, "no function '%s'", name));
    }
    const char *begin = p->at;
    const struct expr *first = select_level(p);
    return r && reduces(p, f, &axes) ? reduction(p, r, begin, first, axes) : function(p, f, m, first);
}

static const struct expr *primary(struct parser *p)
{
    if (take(p, "(")) {
        const struct expr *e = select_level(p);
        expect(p, ")");
        return e;
    }
    if (isdigit((unsigned char)*p->at) || *p->at == '.') {
        char *end;
        const double number = strtod(p->at, &end);
        if (end == p->at)
            return wrong(p, "expected a number");
        if (p->user && number > FLT_MAX)
            return wrong(p, "this number is too large");
        p->at = end;
        return expr_number(p->arena, number);
    }
    const char *name = word(p);
    if (!name)
        return wrong(p, "expected a value");
    if (take(p, "("))
        return call(p, name);
    if (p->user && !has_name(p->user, name)) {
        back(p, name, 0);
        return wrong(p, arena_printf(p->arena, "no name '%s'", name));
    }
    return expr_name(p->arena, name);
}

static const struct expr *unary(struct parser *p)
{
    bool minus = false;
    while (take(p, "-"))
        minus = !minus;
    const struct expr *e = primary(p);
    return minus ? expr_negate(p->arena, e) : e;
}

/* One row for each level: its operators, longer signs first. */
static const struct level {
    struct {
        const char *sign;
        enum expr_kind kind;
    } operators[4];
} levels[] = {
    {{{"==", EXPR_EQUAL}, {"!=", EXPR_NOT_EQUAL}}},
    {{{"<=", EXPR_LESS_EQUAL}, {">=", EXPR_GREATER_EQUAL}, {"<", EXPR_LESS}, {">", EXPR_GREATER}}},
    {{{"+", EXPR_ADD}, {"-", EXPR_SUBTRACT}}},
    {{{"*", EXPR_MULTIPLY}, {"/", EXPR_DIVIDE}}},
};
enum { N_LEVELS = sizeof levels / sizeof *levels };

static bool take_operator(struct parser *p, int level, enum expr_kind *kind)
{
    for (int i = 0; i < 4 && levels[level].operators[i].sign; i++)
        if (take(p, levels[level].operators[i].sign)) {
            *kind = levels[level].operators[i].kind;
            return true;
        }
    return false;
}

static const struct expr *binary_level(struct parser *p, int level)
{
    if (level == N_LEVELS)
        return unary(p);
    const struct expr *e = binary_level(p, level + 1);
    enum expr_kind kind;
    while (take_operator(p, level, &kind))
        e = expr_binary(p->arena, kind, e, binary_level(p, level + 1));
    return e;
}

static const struct expr *select_level(struct parser *p)
{
    if (++p->depth > p->most_depth)
        return wrong(p, "nested too deeply");
    const struct expr *e = binary_level(p, 0);
    if (take(p, "?")) {
        const struct expr *x = select_level(p);
        expect(p, ":");
        e = expr_select(p->arena, e, x, select_level(p));
    }
    p->depth--;
    return e;
}

const struct expr *expr_parse(struct arena *a, const char *text, const char **error)
{
    struct parser p = {.arena = a, .text = text, .at = text, .most_depth = MOST_DEPTH};
    const struct expr *e = select_level(&p);
    blanks(&p);
    if (*p.at)
        wrong(&p, "expected an operator");
    *error = p.error;
    return p.error ? NULL : e;
}

const struct expr *expr_of(struct arena *a, const char *text)
{
    const char *error;
    const struct expr *e = expr_parse(a, text, &error);
    if (!e)
        INTERNAL("%s in '%s'", error, text);
    return e;
}

const struct expr *expr_body(struct arena *a, const char *text, const struct expr *call)
{
    return with_arguments(a, text, call->arg, call);
}

/* ---- statements */

static struct expr_statement statement(struct parser *p)
{
    static const char *const signs[] = {"=", "+=", "-=", "*="};
    struct expr_statement s = {.name = word(p)};
    if (s.name && !strcmp(s.name, "for")) {
        s.index = word(p);
        expect(p, "<=");
        s.last = select_level(p);
        expect(p, ":");
        s.name = word(p);
    }
    for (size_t i = 0; i < sizeof signs / sizeof *signs && !s.assign; i++)
        if (take(p, signs[i]))
            s.assign = signs[i];
    if (!s.name || !s.assign)
        wrong(p, "expected a statement");
    s.value = select_level(p);
    return s;
}

struct expr_statements expr_statements_of(struct arena *a, const char *text)
{
    struct parser p = {.arena = a, .text = text, .at = text, .most_depth = MOST_DEPTH};
    struct expr_statements all = {0};
    if (!text)
        return all;
    do {
        vec_push(a, &all.list, statement(&p));
        blanks(&p);
    } while (take(&p, ";"));
    if (*p.at)
        wrong(&p, "expected ';'");
    if (p.error)
        INTERNAL("%s in '%s'", p.error, text);
    return all;
}

/* ---- a user's text */

static void names_of(struct parser *p, struct expr_lambda *f)
{
    do {
        const char *name = word(p);
        if (!name) {
            wrong(p, "expected a name, as in 'x: x * x'");
        } else if (has_name(f, name) || f->count == MOST_NAMES) {
            back(p, name, 0);
            wrong(p, f->count == MOST_NAMES ? "too many names" : "this name is there twice");
        } else {
            f->names[f->count++] = name;
        }
    } while (!p->error && take(p, ","));
    if (!p->error && !take(p, ":"))
        wrong(p, "expected ':' behind the names, as in 'x: x * x'");
}

struct expr_lambda expr_lambda(struct arena *a, const char *text)
{
    struct expr_lambda f = {.count = 0};
    struct parser p = {.arena = a, .text = text, .at = text, .most_depth = USER_DEPTH, .user = &f};
    const struct expr *e = NULL;
    names_of(&p, &f);
    const char *begin = p.at;
    if (!p.error)
        e = select_level(&p);
    blanks(&p);
    if (!p.error && *p.at)
        wrong(&p, "expected an operator");
    if (!p.error && e->size > MOST_SIZE)
        wrong(&p, "this is too long");
    if (!p.error && !(e = expr_settle(a, e))) {
        p.at = begin;
        wrong(&p, "a constant of this formula is no number that a float holds, as in 1 / 0");
    }
    f.body = p.error ? NULL : e;
    f.error = p.error;
    f.at = p.wrong_at;
    return f;
}

const struct expr *expr_apply(struct arena *a, const struct expr_lambda *f, const char *const *names)
{
    const struct expr *e = f->body;
    for (int pass = 0; pass < 2; pass++) /* first to names that none of them is */
        for (int i = 0; i < f->count; i++) {
            const char *between = arena_printf(a, "#%d", i);
            e = expr_replace(a, e, expr_name(a, pass ? between : f->names[i]), expr_name(a, pass ? names[i] : between));
        }
    return e;
}
