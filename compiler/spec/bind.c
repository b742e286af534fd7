/* bind.c -- puts the arguments of a statement into the slots of a table. A value may be a record with arguments of its
 * own. */
#include <string.h>

#include "closest.h"
#include "spec/records.h"

/* ---- one value against one row: type, range, words */

static int choice_index(const struct arg_def *d, const char *word)
{
    for (int i = 0; d->choices && d->choices[i]; i++)
        if (strcmp(d->choices[i], word) == 0)
            return i;
    return -1;
}

/* True if v without a key is a value of d: one of the words of an ARG_BARE, or the name of a yes-or-no option. */
static bool accepts_bare(const struct arg_def *d, const struct value *v)
{
    if (d->type == ARG_BOOL)
        return v->kind == VALUE_WORD && arg_named(d, v->text);
    if (!(d->flags & ARG_BARE))
        return false;
    switch (d->type) {
    case ARG_CHOICE: return v->kind == VALUE_WORD && choice_index(d, v->text) >= 0;
    case ARG_RECORD: return record_find(d->family, v->text) != NULL;
    default: return false;
    }
}

/* True if d takes words or calls. */
static bool takes_words(const struct arg_def *d)
{
    return d->type != ARG_INT && d->type != ARG_REAL && d->type != ARG_DIMS && d->type != ARG_PAIRS;
}

/* True if d takes any text, so that a quoted value is a string. For other arguments, "relu" means the word relu. */
static bool takes_strings(const struct arg_def *d)
{
    return d->type == ARG_STRING || d->type == ARG_STRINGS;
}

/* activation='relu' */
static bool quoted_word(const struct arg_def *d, const struct value *v)
{
    return v->kind == VALUE_STRING && takes_words(d) && !takes_strings(d);
}

/* Python's None for an option that may be left out. */
static bool is_none(const struct arg_def *d, const struct value *v)
{
    static const char *const words[] = {"None", "none", "null"};
    if (v->kind != VALUE_WORD || d->def || (d->flags & ARG_REQUIRED) || takes_strings(d) ||
        record_find(d->family, v->text))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(v->text, words[i]) == 0)
            return true;
    return false;
}

/* ---- words, strings, records */

static bool bind_bool(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    static const char *const words[] = {"no", "yes", "false", "true", "False", "True", "off", "on"};
    for (int i = 0; v->kind == VALUE_WORD && i < (int)(sizeof words / sizeof *words); i++)
        if (strcmp(v->text, words[i]) == 0) {
            out->number = i % 2;
            return true;
        }
    diag_error(c, v->span, "'%s' is yes or no", d->name);
    return false;
}

static bool bind_choice(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    struct word_list words = {.arena = ctx_arena(c)};
    for (const char *const *choice = d->choices; choice && *choice; choice++)
        word_add(&words, *choice);
    if (v->kind != VALUE_WORD || !d->choices) /* numbers may have none */
        return bind_wrong_type(c, d, v, d->choices ? words_joined(&words) : "a number");
    const int i = choice_index(d, v->text);
    if (i < 0) {
        const char *near = cnn_closest(v->text, words.v.at, words.v.n);
        diag_error_fix(c, v->span, near, "'%s' takes %s, not '%s'", d->name, words_joined(&words), v->text);
        return false;
    }
    out->number = i;
    out->text = d->choices[i];
    return true;
}

enum { LONGEST_TEXT = 4095 }; /* ISO C allows string literals at least this long */

static bool is_short(struct ctx *c, const struct arg_def *d, const char *text, struct span at)
{
    const size_t n = strlen(text);
    if (n > LONGEST_TEXT)
        diag_error(c, at, "a string of '%s' has at most %d bytes, but this one has %zu", d->name, LONGEST_TEXT, n);
    return n <= LONGEST_TEXT;
}

static bool bind_text(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    out->text = v->text;
    if (v->kind == VALUE_STRING || v->kind == VALUE_WORD)
        return is_short(c, d, v->text, v->span);
    if (v->kind != VALUE_NUMBER && v->kind != VALUE_DIMS)
        return bind_wrong_type(c, d, v, "a string");
    const struct place at = source_place(c, v->span.begin);
    const char *quoted =
        arena_printf(ctx_arena(c), "\"%.*s\"", (int)(v->span.end - v->span.begin), at.text + at.column - 1);
    diag_error_fix(c, v->span, quoted, "'%s' takes a string, but this is a number; a name of digits is put in quotes",
                   d->name);
    return false;
}

/* A plain number means the record `constant` of the family: lr=0.01 is lr=constant(0.01). */
static bool number_as_call(const struct arg_def *d, const struct value *v)
{
    return v->kind == VALUE_NUMBER && record_find(d->family, "constant");
}

/* The place of the name in a call: that of l2 in l2(1e-4). */
static struct span name_span(const struct value *v)
{
    const size_t n = strlen(v->text);
    return (struct span){v->span.begin, n < v->span.end - v->span.begin ? v->span.begin + (uint32_t)n : v->span.end};
}

static bool bind_record(struct ctx *c, const struct arg_def *d, const struct value *given, struct bound *out)
{
    struct value v = *given;
    struct arg number = {.value = v};
    if (number_as_call(d, given))
        v = (struct value){.kind = VALUE_CALL, .span = v.span, .text = "constant", .items = &number, .n_items = 1};
    if (v.kind != VALUE_WORD && v.kind != VALUE_CALL)
        return bind_wrong_type(c, d, &v, "a name, or a name with arguments in parentheses");
    out->record = record_find(d->family, v.text);
    out->text = v.text;
    if (!out->record) {
        record_unknown(c, name_span(&v), d->name, v.text, d->family);
        return false;
    }
    const struct stmt call = {
        .span = v.span, .name_span = name_span(&v), .name = v.text, .args = v.items, .n_args = v.n_items};
    out->sub = bind_args(c, out->record, &call, 0);
    return out->sub != NULL;
}

/* A label or another word. */
static bool bind_word(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    out->text = v->text;
    return v->kind == VALUE_WORD || bind_wrong_type(c, d, v, d->type == ARG_LABELS ? "labels" : "a word");
}

/* The name of a table's column; it may be a number. */
static bool bind_column(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    out->text = v->kind == VALUE_NUMBER ? arena_printf(ctx_arena(c), "%.15g", v->number) : v->text;
    out->bare = v->kind == VALUE_WORD;
    if (v->kind == VALUE_NUMBER || v->kind == VALUE_WORD || v->kind == VALUE_STRING)
        return is_short(c, d, out->text, v->span);
    return bind_wrong_type(c, d, v, "names of columns");
}

static bool bind_list(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out,
                      bool (*one)(struct ctx *, const struct arg_def *, const struct value *, struct bound *))
{
    const bool list = v->kind == VALUE_LIST;
    bool ok = true;
    out->n_items = list ? v->n_items : 1;
    out->items = arena_alloc(ctx_arena(c), (out->n_items + 1) * sizeof *out->items);
    for (size_t i = 0; i < out->n_items; i++) {
        struct value item = list ? v->items[i].value : *v;
        item.kind = quoted_word(d, &item) ? VALUE_WORD : item.kind;
        out->items[i].set = true;
        out->items[i].span = item.span;
        ok &= one(c, d, &item, &out->items[i]);
    }
    return ok;
}

static bool bind_numbers(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    if (v->kind == VALUE_WORD)
        return bind_choice(c, d, v, out);
    if (d->flags & ARG_LIMITS && v->kind == VALUE_LIST && (v->n_items == 0 || v->n_items > 2)) {
        diag_error(c, v->span, "'%s' wants one number or two, the least and the most", d->name);
        return false;
    }
    return bind_list(c, d, v, out, bind_real);
}

static bool bind_values(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    out->value = v;
    if (v->kind != VALUE_LIST || v->n_items)
        return true;
    diag_error(c, v->span, "nothing stands in the list of '%s'", d->name);
    return false;
}

/* Converts v to d's type into *out; reports and returns false if it does not fit. */
static bool bind_value(struct ctx *c, const struct arg_def *d, const struct value *given, struct bound *out)
{
    struct value word = *given;
    const struct value *const v = quoted_word(d, given) ? &word : given;
    word.kind = VALUE_WORD;
    switch (d->type) {
    case ARG_INT: return bind_int(c, d, v, out);
    case ARG_REAL: return bind_real(c, d, v, out);
    case ARG_BOOL: return bind_bool(c, d, v, out);
    case ARG_DIMS: return bind_dims(c, d, v, out);
    case ARG_PAIRS: return bind_pairs(c, d, v, out);
    case ARG_CHOICE: return bind_choice(c, d, v, out);
    case ARG_STRING: return bind_text(c, d, v, out);
    case ARG_RECORD: return bind_record(c, d, v, out);
    case ARG_RECORDS: return bind_list(c, d, v, out, bind_record);
    case ARG_LABELS: return bind_list(c, d, v, out, bind_word);
    case ARG_WORD: return bind_word(c, d, v, out);
    case ARG_STRINGS: return bind_list(c, d, v, out, bind_text);
    case ARG_INTS: return bind_list(c, d, v, out, bind_int);
    case ARG_COLUMNS: return bind_list(c, d, v, out, bind_column);
    case ARG_VALUES: return bind_values(c, d, given, out);
    case ARG_NUMBERS: return bind_numbers(c, d, v, out);
    }
    INTERNAL("argument type %d", (int)d->type);
}

/* ---- a statement */

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

/* Options of Keras that are written in another way here. */
static const struct {
    const char *option, *cure;
} elsewhere[] = {{"input_shape", "the first layer says it, as in 'Input 28x28x1'"},
                 {"batch_input_shape", "the first layer says it, as in 'Input 28x28x1'"},
                 {"input_dim", "the first layer says it, as in 'Input 784'"},
                 {"name", "a label in front does, as in 'c1: Conv2D 32 3x3'"},
                 {"data_format", "channels come last, as in 28x28x1"},
                 {"dtype", "numbers are float32"},
                 {"verbose", "the program has --quiet"},
                 {"seed", "'epochs' has one for all that is drawn, as in 'epochs 5 seed=1'"},
                 {"reduction", "a loss is the mean over the batch"},
                 {"from_logits", "'loss' says whether outputs are logits"},
                 {"multi_label", "average=macro is the mean over the outputs, average=micro counts all alike"},
                 {"sparse_y_true", "the loss tells what targets are"},
                 {"sparse_y_pred", "the network tells what outputs are"},
                 {"loss_scale_factor", "gradients are float32, which needs no scale"},
                 {"synchronized", "statistics are always of the whole batch"},
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
    const char *near = cnn_closest(a->key, words.v.at, words.v.n);
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
    const char *near = cnn_closest(v->text, words.v.at, words.v.n);
    if (near)
        diag_error_fix(b->ctx, v->span, near, "'%s' does not know the word '%s'; did you mean '%s'?", b->stmt->name,
                       v->text, near);
    else
        diag_error(b->ctx, v->span, "'%s' does not know the word '%s'; it takes %s", b->stmt->name, v->text,
                   option_list(b));
}

static bool many(const struct arg_def *d)
{
    return d->type == ARG_RECORDS || d->type == ARG_LABELS || d->flags & ARG_REST;
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

/* The first positional slot that is still free, or b->n if there is none. */
static size_t free_slot(struct binder *b)
{
    while (b->next < b->n && (!(def_at(b, b->next)->flags & ARG_POSITIONAL) || b->out[b->next].set))
        b->next++;
    return b->next;
}

/* The last value so far of a positional slot that takes several numbers: the 3 of `Conv2D 32 3` in `Conv2D 32 3 3`. */
static const struct bound *last_dims(const struct binder *b)
{
    const struct bound *last = NULL;
    for (size_t i = 0; i < b->next; i++) {
        const struct arg_def *d = def_at(b, i);
        const struct bound *own = &b->out[i];
        if (d->flags & ARG_POSITIONAL && d->type == ARG_DIMS && d->rank != 1 && own->set &&
            (!last || own->span.begin > last->span.begin))
            last = own;
    }
    return last;
}

/* The end of the run of numbers that starts at v. */
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

/* "3 3" as 3x3; NULL if the numbers cannot mean that. */
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

/* The run of numbers from the last dimensions to v and on as one value, and where it is; NULL if v is in none. */
static const char *run_as_dims(struct binder *b, const struct value *v, struct span *all)
{
    const struct bound *first = v->kind == VALUE_NUMBER ? last_dims(b) : NULL;
    *all = (struct span){first ? first->span.begin : 0, end_of_numbers(b, v)};
    return first ? numbers_as_dims(b, *all) : NULL;
}

/* The second 3 of `Conv2D 32 3 3`: who writes it means 3x3 rather than strides, which slot i takes. */
static bool repeats_dims(struct binder *b, size_t i, const struct value *v)
{
    struct span all;
    return def_at(b, i)->type == ARG_DIMS && run_as_dims(b, v, &all) && v->number == (double)last_dims(b)->dim[0];
}

static void too_many(struct binder *b, const struct value *v)
{
    struct span all;
    const char *dims = run_as_dims(b, v, &all);
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
    if (i < b->n && !repeats_dims(b, i, v) && (!word || takes_words(def_at(b, i)) || (quoted && !given->bare))) {
        set(b, i, quoted && !takes_words(def_at(b, i)) ? given : v, v->span);
        return;
    }
    b->failed = true;
    if (word)
        unknown_word(b, v);
    else
        too_many(b, v);
}

/* `metrics accuracy top_k(5)`: a positional slot for many values takes all the remaining values as one list. */
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
            const char *all = b->rec->example, *end = all ? strrchr(all, '\n') : NULL;
            const char *example = end ? end + 1 : all; /* lines before the last only make its inputs */
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
    bool rest = false; /* the remaining positional values have been taken */
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
