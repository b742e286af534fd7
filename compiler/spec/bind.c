/* bind.c -- a statement's arguments into the slots of a table */
#include "spec/bind_value.h"

#include <string.h>

const struct record *record_find(const struct record *const *family, const char *name)
{
    for (; family && *family; family++) {
        if (strcmp((*family)->name, name) == 0)
            return *family;
        for (int i = 0; i < MAX_ALIASES && (*family)->alias[i]; i++)
            if (strcmp((*family)->alias[i], name) == 0)
                return *family;
    }
    return NULL;
}

void record_unknown(struct ctx *c, struct span at, const char *what, const char *name,
                    const struct record *const *family)
{
    struct word_list words = {.arena = ctx_arena(c)};
    words_of_family(&words, family);
    const char *near = closest(name, words.v.at, words.v.n);
    if (near)
        diag_error_fix(c, at, near, "no %s named '%s'; did you mean '%s'?", what, name, near);
    else if (words.v.n <= 10)
        diag_error(c, at, "no %s named '%s'; there are %s", what, name, words_joined(&words));
    else
        diag_error(c, at, "no %s named '%s'; 'cnnc --list' lists all", what, name);
}

struct binder {
    struct ctx *ctx;
    const struct record *rec;
    const struct stmt *stmt;
    struct bound *out;
    size_t n;    /* arguments in the table */
    size_t next; /* the next positional slot */
    bool failed;
};

static const struct arg_def *def_at(const struct binder *b, size_t i)
{
    return &b->rec->args[i];
}

/* "units, activation, bias, kernel_initializer, ..." */
static const char *option_list(struct binder *b)
{
    enum { SHOWN = 6 };
    struct word_list words = {.arena = ctx_arena(b->ctx)};
    for (size_t i = 0; i < b->n && i < SHOWN; i++)
        word_add(&words, def_at(b, i)->name);
    if (b->n > SHOWN)
        word_add(&words, "...");
    return b->n ? words_joined(&words) : "no arguments";
}

/* Keras' options that are something else here. */
static const struct {
    const char *option, *cure;
} elsewhere[] = {{"input_shape", "the first layer says it, as in 'Input 28x28x1'"},
                 {"batch_input_shape", "the first layer says it, as in 'Input 28x28x1'"},
                 {"input_dim", "the first layer says it, as in 'Input 784'"},
                 {"name", "a label in front does, as in 'c1: Conv2D 32 3x3'"},
                 {"data_format", "channels come last, as in 28x28x1"},
                 {"dtype", "numbers are float32"},
                 {"verbose", "the program has --quiet"},
                 {"axis", "it is always the last one"}};

static bool told_elsewhere(struct binder *b, const struct arg *a)
{
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        if (strcmp(elsewhere[i].option, a->key) == 0) {
            diag_error(b->ctx, a->key_span, "'%s' has no option '%s': %s", b->stmt->name, a->key, elsewhere[i].cure);
            return true;
        }
    return false;
}

static void unknown_option(struct binder *b, const struct arg *a)
{
    if (told_elsewhere(b, a))
        return;
    struct word_list words = {.arena = ctx_arena(b->ctx)};
    for (size_t i = 0; i < b->n; i++)
        word_add(&words, def_at(b, i)->name);
    const char *near = closest(a->key, words.v.at, words.v.n);
    if (near)
        diag_error_fix(b->ctx, a->key_span, near, "'%s' has no option '%s'; did you mean '%s'?", b->stmt->name, a->key,
                       near);
    else
        diag_error(b->ctx, a->key_span, "'%s' has no option '%s'; it takes %s", b->stmt->name, a->key, option_list(b));
}

static void unknown_word(struct binder *b, const struct value *v)
{
    struct word_list words = {.arena = ctx_arena(b->ctx)};
    for (size_t i = 0; i < b->n; i++)
        words_of_def(&words, def_at(b, i));
    const char *near = closest(v->text, words.v.at, words.v.n);
    if (near)
        diag_error_fix(b->ctx, v->span, near, "'%s' does not know the word '%s'; did you mean '%s'?", b->stmt->name,
                       v->text, near);
    else
        diag_error(b->ctx, v->span, "'%s' does not know the word '%s'; it takes %s", b->stmt->name, v->text,
                   option_list(b));
}

static bool many(const struct arg_def *d)
{
    return d->type == ARG_RECORDS || d->type == ARG_LABELS;
}

static void set(struct binder *b, size_t i, const struct value *v, struct span at)
{
    const struct arg_def *d = def_at(b, i);
    if (b->out[i].set) {
        diag_error(b->ctx, at, "'%s' of '%s' is given twice", d->name, b->stmt->name);
        diag_note(b->ctx, b->out[i].span, "first here");
        b->failed = true;
        return;
    }
    b->out[i].set = true;
    b->out[i].span = v->span;
    b->failed |= !bind_value(b->ctx, d, v, &b->out[i]);
}

static void bind_keyed(struct binder *b, const struct arg *a)
{
    for (size_t i = 0; i < b->n; i++)
        if (arg_named(def_at(b, i), a->key)) {
            if (!is_none(def_at(b, i), &a->value))
                set(b, i, &a->value, a->key_span);
            return;
        }
    unknown_option(b, a);
    b->failed = true;
}

static bool bind_bare(struct binder *b, const struct value *v)
{
    static const char yes[] = "yes";
    for (size_t i = 0; i < b->n; i++) {
        const struct arg_def *d = def_at(b, i);
        if (!accepts_bare(d, v))
            continue;
        const struct value flag = {.kind = VALUE_WORD, .span = v->span, .text = yes};
        set(b, i, d->type == ARG_BOOL ? &flag : v, v->span);
        return true;
    }
    return false;
}

/* The first positional slot that is still free, b->n when there is none. */
static size_t free_slot(struct binder *b)
{
    while (b->next < b->n && (!(def_at(b, b->next)->flags & ARG_POSITIONAL) || b->out[b->next].set))
        b->next++;
    return b->next;
}

/* The positional slot in front of the free one when it holds one number of several: `Conv2D 32 3` of `Conv2D 32 3 3`. */
static const struct bound *short_dims(const struct binder *b)
{
    for (size_t i = b->next; i-- > 0;)
        if (def_at(b, i)->flags & ARG_POSITIONAL)
            return def_at(b, i)->type == ARG_DIMS && def_at(b, i)->rank != 1 && b->out[i].set ? &b->out[i] : NULL;
    return NULL;
}

/* Where the numbers end that stand behind each other from v on. */
static uint32_t end_of_numbers(const struct binder *b, const struct value *v)
{
    uint32_t end = v->span.end;
    for (size_t i = 0; i < b->stmt->n_args; i++) {
        const struct arg *a = &b->stmt->args[i];
        if (!a->key && a->value.kind == VALUE_NUMBER && a->value.span.begin >= v->span.begin && a->value.span.end > end)
            end = a->value.span.end;
    }
    return end;
}

/* "3 3" as 3x3; NULL when that is not what it is. */
static const char *numbers_as_dims(struct binder *b, struct span at)
{
    static const char between[] = " ,\t";
    const struct place place = source_place(b->ctx, at.begin);
    if (at.end < at.begin || (size_t)place.column - 1 + at.end - at.begin > place.length)
        return NULL;
    const char *numbers = arena_strndup(ctx_arena(b->ctx), place.text + place.column - 1, at.end - at.begin), *x = "";
    if (numbers[strspn(numbers, "0123456789 ,\t")])
        return NULL;
    for (const char *s = numbers; *s; s += strcspn(s, between), s += strspn(s, between))
        x = arena_printf(ctx_arena(b->ctx), "%s%s%.*s", x, *x ? "x" : "", (int)strcspn(s, between), s);
    return x;
}

static void too_many(struct binder *b, const struct value *v)
{
    const struct bound *first = v->kind == VALUE_NUMBER ? short_dims(b) : NULL;
    const struct span all = {first ? first->span.begin : 0, end_of_numbers(b, v)};
    const char *dims = first ? numbers_as_dims(b, all) : NULL;
    if (dims)
        diag_error_fix(b->ctx, all, dims, "dimensions are one value, written %s", dims);
    else
        diag_error(b->ctx, v->span, "too many arguments for '%s'; it takes %s", b->stmt->name, option_list(b));
}

static void bind_positional(struct binder *b, const struct value *given)
{
    const size_t i = free_slot(b);
    struct value copy = *given;
    const bool quoted = given->kind == VALUE_STRING && !(i < b->n && takes_strings(def_at(b, i)));
    const struct value *const v = quoted ? &copy : given;
    copy.kind = VALUE_WORD; /* Dense 64 'relu' */
    const bool word = v->kind == VALUE_WORD || v->kind == VALUE_CALL;
    if (word && bind_bare(b, v))
        return;
    if (i < b->n && (!word || takes_words(def_at(b, i)) || (quoted && !given->bare))) {
        set(b, i, quoted && !takes_words(def_at(b, i)) ? given : v, v->span);
        return;
    }
    b->failed = true;
    if (word)
        unknown_word(b, v);
    else
        too_many(b, v);
}

/* `metrics accuracy top_k(5)`: a positional slot that holds many takes all values that are left, as one list. */
static bool bind_rest(struct binder *b, const struct arg *args, size_t n)
{
    const size_t i = free_slot(b);
    size_t count = 0;
    if (i == b->n || !many(def_at(b, i)))
        return false;
    struct arg *items = arena_alloc(ctx_arena(b->ctx), (n + 1) * sizeof *items);
    for (size_t k = 0; k < n; k++)
        if (!args[k].key && !(args[k].value.kind == VALUE_WORD && bind_bare(b, &args[k].value)))
            items[count++] = args[k];
    if (count == 0)
        return true;
    struct value list = {.kind = VALUE_LIST, .items = items, .n_items = count};
    list.span = (struct span){items[0].value.span.begin, items[count - 1].value.span.end};
    set(b, i, count == 1 ? &items[0].value : &list, list.span);
    return true;
}

static void bind_default(struct binder *b, size_t i)
{
    const struct arg_def *d = def_at(b, i);
    struct bound *out = &b->out[i];
    struct value v;
    out->span = b->stmt->span;
    if (!d->def) {
        if (d->flags & ARG_REQUIRED) {
            const char *example = b->rec->example;
            diag_error(b->ctx, b->stmt->name_span, "'%s' needs '%s'%s%s%s%s%s", b->stmt->name, d->name,
                       d->doc ? ": " : "", d->doc ? d->doc : "", example ? "; such as '" : "", example ? example : "",
                       example ? "'" : "");
            b->failed = true;
        }
        return;
    }
    const int errors = ctx_errors(b->ctx);
    if (!read_value(b->ctx, "<default>", d->def, &v) || !fold_constants(b->ctx, &v) ||
        !bind_value(b->ctx, d, &v, out) || ctx_errors(b->ctx) != errors)
        INTERNAL("'%s' of '%s' has the default '%s'", d->name, b->rec->name, d->def);
    out->span = b->stmt->span;
}

struct bound *bind_args(struct ctx *c, const struct record *rec, const struct stmt *s, size_t first)
{
    struct binder b = {.ctx = c, .rec = rec, .stmt = s};
    while (rec->args && rec->args[b.n].name)
        b.n++;
    b.out = arena_alloc(ctx_arena(c), (b.n + 1) * sizeof *b.out);
    bool rest = false; /* the positional values that are left have been taken */
    for (size_t i = first; i < s->n_args; i++) {
        const struct arg *a = &s->args[i];
        if (a->key)
            bind_keyed(&b, a);
        else if (!rest && !(rest = bind_rest(&b, a, s->n_args - i)))
            bind_positional(&b, &a->value);
    }
    for (size_t i = 0; i < b.n; i++)
        if (!b.out[i].set && !b.failed)
            bind_default(&b, i);
    return b.failed ? NULL : b.out;
}

/* ---- looking */

const struct bound *record_arg_maybe(const struct record *r, const struct bound *args, const char *name)
{
    for (size_t i = 0; args && r->args && r->args[i].name; i++) {
        if (strcmp(r->args[i].name, name) == 0)
            return &args[i];
    }
    return NULL;
}

const struct bound *record_arg(const struct record *r, const struct bound *args, const char *name)
{
    const struct bound *b = record_arg_maybe(r, args, name);
    if (!b)
        INTERNAL("'%s' has no argument '%s'", r->name, name);
    return b;
}
