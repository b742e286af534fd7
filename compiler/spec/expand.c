/* expand.c -- turns raw statements into the spec; `let`, `block`, `repeat` and `include` are carried out and removed */
#include "closest.h"
#include "spec/scope.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_INCLUDES = 16, MAX_REPEAT = 10000, MAX_PARAMETERS = 100, MAX_LETS = 5000 };

struct expander {
    struct ctx *ctx;
    struct arena *arena;
    struct scope global;
    struct budget budget;
    const struct define *defines;
    size_t n_defines;
    bool *used;                      /* for each -D: whether a let of its name has been found */
    const struct use *use;           /* of the block or repeat that is being expanded */
    int depth;                       /* how deep bodies nest in the result */
    int calls;                       /* blocks being expanded */
    const char *files[MAX_INCLUDES]; /* the files that are being included, outermost first, as real paths */
    int n_files;
    bool failed;
};

static void expand_stmts(struct expander *x, struct scope *s, struct stmt *const *raw, size_t n, struct stmt_list *out);

static bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

#define FAIL(x, ...) ((x)->failed = true, diag_error((x)->ctx, __VA_ARGS__))

/* ---- let and -D */

static bool find_define(struct expander *x, const char *name, size_t *index)
{
    for (*index = 0; *index < x->n_defines; ++*index)
        if (same(x->defines[*index].name, name))
            return true;
    return false;
}

/* -D wins over a let of the outermost scope. The last -D of a name wins over earlier ones. */
static void override(struct expander *x, const struct scope *s, struct binding *let)
{
    size_t i;
    if (s != &x->global || !find_define(x, let->name, &i))
        return;
    for (; i < x->n_defines; i++) {
        if (!same(x->defines[i].name, let->name))
            continue;
        const char *origin = arena_printf(x->arena, "<-D %s>", let->name);
        x->used[i] = true;
        if (!read_value(x->ctx, origin, x->defines[i].value, &let->value)) {
            x->failed = let->poisoned = true;
            return;
        }
    }
}

static void bind_let(struct expander *x, struct scope *s, const struct arg *a)
{
    struct binding let = {.name = a->key, .span = a->key_span, .value = a->value};
    for (size_t i = 0; i < s->lets.n; i++)
        if (same(s->lets.at[i].name, let.name)) {
            FAIL(x, let.span, "'%s' has a value already", let.name);
            diag_note(x->ctx, s->lets.at[i].span, "given here");
            return;
        }
    override(x, s, &let);
    if (!let.poisoned)
        value_expand(x->ctx, s, &x->budget, &let.value, &let);
    x->failed |= let.poisoned;
    vec_push(x->arena, &s->lets, let);
    if (s->lets.n == MAX_LETS)
        FAIL(x, let.span, "%d names in one place are too many", MAX_LETS);
}

static void expand_let(struct expander *x, struct scope *s, const struct stmt *raw, struct stmt_list *out)
{
    (void)out;
    if (raw->n_args == 0 || raw->has_body) {
        FAIL(x, raw->span, "'let' gives names to values, as in 'let w = 32'");
        return;
    }
    for (size_t i = 0; i < raw->n_args && s->lets.n < MAX_LETS; i++) {
        const struct arg *a = &raw->args[i];
        if (!a->key) {
            FAIL(x, a->value.span, "'let' wants NAME = value; sums stand in parentheses, as in 'let w = ($v + 1)'");
            return;
        }
        bind_let(x, s, a);
    }
}

static void check_defines(struct expander *x)
{
    VEC(const char *) names = {0};
    for (size_t i = 0; i < x->global.lets.n; i++)
        vec_push(x->arena, &names, x->global.lets.at[i].name);
    for (size_t i = 0; i < x->n_defines; i++) {
        const char *name = x->defines[i].name;
        if (x->used[i])
            continue;
        const char *near = cnn_closest(name, names.at, names.n);
        if (near)
            FAIL(x, (struct span){0}, "-D %s: no 'let' has that name; did you mean '%s'?", name, near);
        else
            FAIL(x, (struct span){0}, "-D %s: no 'let' has that name", name);
    }
}

/* ---- block */

static const char *parameter_name(const struct arg *a)
{
    return a->key ? a->key : a->value.text;
}

static bool block_parameters_valid(struct expander *x, const struct value *head)
{
    for (size_t i = 0; i < head->n_items; i++) {
        const struct arg *a = &head->items[i];
        if (!a->key && (a->value.kind != VALUE_WORD || a->value.op)) {
            FAIL(x, a->value.span, "the parameter of a block is a name, or NAME=default");
            return false;
        }
        for (size_t k = 0; k < i; k++)
            if (same(parameter_name(&head->items[k]), parameter_name(a))) {
                FAIL(x, a->key ? a->key_span : a->value.span, "two parameters are called '%s'", parameter_name(a));
                return false;
            }
    }
    return head->n_items <= MAX_PARAMETERS || (FAIL(x, head->span, "more than %d parameters", MAX_PARAMETERS), false);
}

static void expand_block(struct expander *x, struct scope *s, const struct stmt *raw, struct stmt_list *out)
{
    (void)out;
    const struct value *head = raw->n_args == 1 && !raw->args[0].key ? &raw->args[0].value : NULL;
    if (!head || head->op || (head->kind != VALUE_CALL && head->kind != VALUE_WORD) || !raw->has_body) {
        FAIL(x, raw->span, "'block' wants a name, its parameters and a body, as in 'block res(f, s=1) { ... }'");
        return;
    }
    for (size_t i = 0; i < s->blocks.n; i++)
        if (same(s->blocks.at[i]->name, head->text)) {
            FAIL(x, head->span, "there is a block '%s' already", head->text);
            diag_note(x->ctx, s->blocks.at[i]->def->span, "defined here");
            return;
        }
    if (!block_parameters_valid(x, head))
        return;
    struct block *b = arena_alloc(x->arena, sizeof *b);
    *b = (struct block){.name = head->text, .def = raw, .scope = s};
    vec_push(x->arena, &s->blocks, b);
}

static const char *parameter_list(struct expander *x, const struct value *head)
{
    const char *text = head->n_items ? "" : "no parameters";
    for (size_t i = 0; i < head->n_items; i++)
        text = arena_printf(x->arena, "%s%s%s", text, i ? ", " : "", parameter_name(&head->items[i]));
    return text;
}

/* The index of the parameter that argument `i` of the call sets; -1 after reporting. */
static int parameter_of(struct expander *x, const struct block *b, const struct stmt *call, size_t i, size_t *position)
{
    const struct value *head = &b->def->args[0].value;
    const struct arg *a = &call->args[i];
    if (!a->key && *position < head->n_items)
        return (int)(*position)++;
    if (!a->key) {
        FAIL(x, a->value.span, "too many arguments; block '%s' takes %s", b->name, parameter_list(x, head));
        return -1;
    }
    for (size_t k = 0; k < head->n_items; k++)
        if (same(parameter_name(&head->items[k]), a->key))
            return (int)k;
    FAIL(x, a->key_span, "block '%s' has no parameter '%s'; it takes %s", b->name, a->key, parameter_list(x, head));
    return -1;
}

/* First the arguments of the call, in the scope of the caller; then the defaults, in the scope of the block. */
static bool bind_parameters(struct expander *x, struct scope *caller, const struct stmt *call, const struct block *b,
                            struct scope *inner)
{
    const struct value *head = &b->def->args[0].value;
    bool *given = arena_alloc(x->arena, head->n_items + 1);
    size_t position = 0;
    for (size_t i = 0; i < call->n_args; i++) {
        const int k = parameter_of(x, b, call, i, &position);
        if (k < 0)
            return false;
        const struct arg *a = &call->args[i];
        struct binding p = {.name = parameter_name(&head->items[k]), .span = a->value.span, .value = a->value};
        if (given[k]) {
            FAIL(x, a->value.span, "'%s' is given twice", p.name);
            return false;
        }
        given[k] = true;
        value_expand(x->ctx, caller, &x->budget, &p.value, &p);
        x->failed |= p.poisoned;
        vec_push(x->arena, &inner->lets, p);
    }
    for (size_t k = 0; k < head->n_items; k++) {
        const struct arg *a = &head->items[k];
        struct binding p = {.name = parameter_name(a), .span = a->key_span, .value = a->value};
        if (given[k])
            continue;
        if (!a->key) {
            FAIL(x, call->span, "block '%s' needs its parameter '%s'", b->name, p.name);
            diag_note(x->ctx, b->def->span, "defined here");
            return false;
        }
        value_expand(x->ctx, b->scope, &x->budget, &p.value, &p);
        x->failed |= p.poisoned;
        vec_push(x->arena, &inner->lets, p);
    }
    return true;
}

/* A label on a use of a block or on a repeat names the result, which is the last statement. */
static void label_last(struct expander *x, const struct stmt *raw, struct stmt_list *out, size_t before)
{
    if (!raw->label)
        return;
    struct stmt *last = out->v.n > before ? out->v.at[out->v.n - 1] : NULL;
    if (!last || last->label) {
        FAIL(x, raw->label_span, "nothing here can take the label '%s'", raw->label);
        if (last)
            diag_note(x->ctx, last->label_span, "the last statement has its own");
        return;
    }
    last->label = raw->label;
    last->label_span = raw->label_span;
    last->label_within = x->use;
}

/* What follows until leave() comes from this use. */
static void enter(struct expander *x, struct span at, const char *what)
{
    struct use *u = arena_alloc(x->arena, sizeof *u);
    *u = (struct use){x->use, at, what};
    x->use = u;
    diag_within(x->ctx, u);
}

static void leave(struct expander *x)
{
    x->use = x->use->outer;
    diag_within(x->ctx, x->use);
}

/* `frozen` on the use of a block holds for all layers in it. */
static bool is_frozen(const struct arg *a)
{
    return !a->key && a->value.kind == VALUE_WORD && !a->value.op && same(a->value.text, "frozen");
}

static void freeze(struct expander *x, struct stmt_list *out, size_t before, const struct arg *frozen)
{
    for (size_t i = before; i < out->v.n; i++) {
        struct stmt *s = out->v.at[i];
        struct arg *args = arena_alloc(x->arena, (s->n_args + 1) * sizeof *args);
        for (size_t k = 0; k < s->n_args; k++)
            args[k] = s->args[k];
        args[s->n_args++] = *frozen;
        s->args = args;
    }
}

/* The call without the word `frozen`, which goes to *frozen. */
static const struct stmt *without_frozen(struct expander *x, const struct stmt *call, const struct arg **frozen)
{
    struct stmt *rest = arena_alloc(x->arena, sizeof *rest);
    *rest = *call;
    rest->n_args = 0;
    rest->args = arena_alloc(x->arena, (call->n_args + 1) * sizeof *rest->args);
    for (size_t i = 0; i < call->n_args; i++)
        if (is_frozen(&call->args[i]))
            *frozen = &call->args[i];
        else
            rest->args[rest->n_args++] = call->args[i];
    return rest;
}

static void call_block(struct expander *x, struct scope *s, const struct stmt *raw, struct block *b,
                       struct stmt_list *out)
{
    struct scope *inner = arena_alloc(x->arena, sizeof *inner);
    inner->parent = b->scope;
    if (b->active) {
        FAIL(x, raw->span, "block '%s' uses itself", b->name);
        return;
    }
    if (x->calls == MAX_NESTING) {
        FAIL(x, raw->span, "blocks use each other more than %d deep", MAX_NESTING);
        return;
    }
    if (raw->has_body) {
        FAIL(x, raw->name_span, "'%s' is a block and takes no body", b->name);
        return;
    }
    const struct arg *frozen = NULL;
    if (!bind_parameters(x, s, without_frozen(x, raw, &frozen), b, inner))
        return;
    const size_t before = out->v.n;
    b->active = true;
    x->calls++;
    enter(x, raw->span, arena_printf(x->arena, "block '%s'", b->name));
    expand_stmts(x, inner, b->def->body, b->def->n_body, out);
    leave(x);
    x->calls--;
    b->active = false;
    if (frozen)
        freeze(x, out, before, frozen);
    label_last(x, raw, out, before);
}

/* ---- repeat */

static void expand_repeat(struct expander *x, struct scope *s, const struct stmt *raw, struct stmt_list *out)
{
    if (raw->n_args != 1 || raw->args[0].key || !raw->has_body) {
        FAIL(x, raw->span, "'repeat' wants a count and a body, as in 'repeat 3 { ... }'");
        return;
    }
    struct value count = raw->args[0].value;
    struct binding made = {0};
    value_expand(x->ctx, s, &x->budget, &count, &made);
    x->failed |= made.poisoned;
    if (made.poisoned)
        return;
    const double n = count.number;
    if (count.kind != VALUE_NUMBER || n != floor(n) || n < 0 || n > MAX_REPEAT) {
        FAIL(x, count.span, "the count of 'repeat' is a whole number from 0 to %d", MAX_REPEAT);
        return;
    }
    const size_t before = out->v.n;
    for (int i = 0; i < (int)n && !x->budget.told; i++) {
        struct scope *inner = arena_alloc(x->arena, sizeof *inner);
        inner->parent = s;
        budget_spend(x->ctx, &x->budget, raw->span, 1);
        enter(x, raw->span, NULL);
        expand_stmts(x, inner, raw->body, raw->n_body, out);
        leave(x);
    }
    label_last(x, raw, out, before);
}

/* ---- include */

static const char *beside(struct expander *x, uint32_t offset, const char *path)
{
    const char *from = source_place(x->ctx, offset).file, *slash = strrchr(from, '/');
    if (*path == '/' || !slash)
        return path;
    return arena_printf(x->arena, "%.*s%s", (int)(slash - from + 1), from, path);
}

static const char *real_path(struct expander *x, const char *path)
{
    char *real = realpath(path, NULL);
    const char *copy = arena_strndup(x->arena, real ? real : path, strlen(real ? real : path));
    free(real);
    return copy;
}

static bool may_include(struct expander *x, const struct value *v, const char *real)
{
    for (int i = 0; i < x->n_files; i++)
        if (same(x->files[i], real)) {
            FAIL(x, v->span, "'%s' includes itself", v->text);
            return false;
        }
    if (x->n_files == MAX_INCLUDES) {
        FAIL(x, v->span, "files include each other more than %d deep", MAX_INCLUDES);
        return false;
    }
    return true;
}

static void expand_include(struct expander *x, struct scope *s, const struct stmt *raw, struct stmt_list *out)
{
    const struct value *v = raw->n_args == 1 && !raw->args[0].key ? &raw->args[0].value : NULL;
    if (!v || v->op || v->kind != VALUE_STRING || raw->has_body || raw->label) {
        FAIL(x, raw->span, "'include' wants the name of a .net file, as in 'include \"blocks.net\"'");
        return;
    }
    const char *path = beside(x, raw->span.begin, v->text), *real = real_path(x, path);
    if (!budget_spend(x->ctx, &x->budget, raw->span, VALUES_A_STATEMENT) || !may_include(x, v, real))
        return;
    const struct stmt_list *list = read_file(x->ctx, path, v->span);
    x->failed |= !list;
    if (!list)
        return;
    x->files[x->n_files++] = real;
    expand_stmts(x, s, list->v.at, list->v.n, out);
    x->n_files--;
}

/* ---- statements */

static const struct {
    const char *name;
    void (*expand)(struct expander *x, struct scope *s, const struct stmt *raw, struct stmt_list *out);
} keywords[] = {{"let", expand_let}, {"block", expand_block}, {"repeat", expand_repeat}, {"include", expand_include}};

static void expand_plain(struct expander *x, struct scope *s, const struct stmt *raw, struct stmt_list *out)
{
    struct stmt *made = arena_alloc(x->arena, sizeof *made);
    struct stmt_list body = {0};
    *made = *raw;
    made->within = made->label_within = x->use;
    made->args = raw->n_args ? arena_alloc(x->arena, raw->n_args * sizeof *made->args) : NULL;
    for (size_t i = 0; i < raw->n_args; i++) {
        struct binding value = {0};
        made->args[i] = raw->args[i];
        value_expand(x->ctx, s, &x->budget, &made->args[i].value, &value);
        x->failed |= value.poisoned;
    }
    if (raw->has_body && ++x->depth > MAX_NESTING)
        FAIL(x, raw->span, "nested more than %d deep", MAX_NESTING);
    else if (raw->has_body) {
        struct scope *inner = arena_alloc(x->arena, sizeof *inner);
        inner->parent = s;
        expand_stmts(x, inner, raw->body, raw->n_body, &body);
    }
    x->depth -= raw->has_body;
    made->body = body.v.at;
    made->n_body = body.v.n;
    vec_push(x->arena, &out->v, made);
}

static void expand_stmt(struct expander *x, struct scope *s, const struct stmt *raw, struct stmt_list *out)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (same(raw->name, keywords[i].name)) {
            keywords[i].expand(x, s, raw, out);
            return;
        }
    struct block *b = scope_block(s, raw->name);
    if (b)
        call_block(x, s, raw, b, out);
    else
        expand_plain(x, s, raw, out);
}

static void expand_stmts(struct expander *x, struct scope *s, struct stmt *const *raw, size_t n, struct stmt_list *out)
{
    for (size_t i = 0; i < n; i++)
        if (budget_spend(x->ctx, &x->budget, raw[i]->span, VALUES_A_STATEMENT))
            expand_stmt(x, s, raw[i], out);
}

struct spec *expand(struct ctx *c, const char *path, const struct stmt_list *raw, const struct define *defines,
                    size_t n_defines)
{
    struct expander x = {.ctx = c, .arena = ctx_arena(c), .defines = defines, .n_defines = n_defines};
    struct stmt_list out = {0};
    x.used = arena_alloc(x.arena, n_defines + 1);
    x.files[x.n_files++] = real_path(&x, path);
    expand_stmts(&x, &x.global, raw->v.at, raw->v.n, &out);
    check_defines(&x);
    if (x.failed || x.budget.told || !labels_resolve(c, out.v.at, out.v.n))
        return NULL;
    struct spec *s = arena_alloc(x.arena, sizeof *s);
    *s = (struct spec){
        .file = arena_strndup(ctx_arena(c), path, strlen(path)), .stmts = out.v.at, .n_stmts = out.v.n, .raw = raw};
    return s;
}
