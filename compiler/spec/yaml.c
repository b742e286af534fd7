/* yaml.c -- the YAML twin of the text language: the same raw statements, then the same expansion.
 *
 *   layers: [{Conv2D: [32, 3x3, relu]}]           Conv2D 32 3x3 relu
 *   layers: [{Conv2D: {filters: 64, name: c2}}]   c2: Conv2D filters=64
 *   train: {optimizer: {adam: {lr: 0.001}}}       train { optimizer adam lr=0.001 }
 */
#include "closest.h"
#include "spec/yaml_tree.h"

#include <ctype.h>
#include <string.h>

struct translator {
    struct ctx *ctx;
    struct arena *arena;
    bool failed;
};

#define FAIL(t, ...) ((t)->failed = true, diag_error((t)->ctx, __VA_ARGS__))

static bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static bool is_null(const struct yaml *y)
{
    return y->kind == YAML_SCALAR && y->plain && !*y->text;
}

static bool is_name(const char *s)
{
    if (!isalpha((unsigned char)*s) && *s != '_')
        return false;
    while (isalnum((unsigned char)*s) || *s == '_')
        s++;
    return !*s;
}

/* A plain scalar that can only be the name of a file: data/train-images.gz, ./x.npy. The text language wants quotes
 * here. */
static bool is_file_name(const char *s)
{
    bool punctuated = false;
    if (!isalpha((unsigned char)*s) && *s != '/' && !(*s == '.' && strchr("./", s[1]) && s[1]))
        return false;
    for (; *s; s++) {
        if (!isalnum((unsigned char)*s) && !strchr("_-./+", *s))
            return false;
        punctuated |= strchr("-./", *s) != NULL;
    }
    return punctuated;
}

/* ---- values */

/* A formula has a colon, so YAML wants quotes around it; it is read as in the text language. */
static bool has_formula(const struct yaml *y)
{
    return !y->plain && strstr(y->text, "expr(") && y->span.end - y->span.begin == strlen(y->text) + 2;
}

static bool append_scalar(struct translator *t, const struct yaml *y, struct arg_list *list)
{
    const bool formula = has_formula(y);
    if ((!y->plain && !formula) || is_file_name(y->text)) {
        const struct value v = {.kind = VALUE_STRING, .span = y->span, .text = y->text};
        vec_push(t->arena, &list->v, (struct arg){.value = v});
        return true;
    }
    struct arg_list parsed = {0};
    const size_t n = strlen(y->text);
    const uint32_t offset = formula ? y->span.begin + 1 : y->text_offset;
    if (n && !offset)
        FAIL(t, y->span, "a value without quotes must stand on one line");
    else if (!n || !read_args(t->ctx, y->text, n, offset, &parsed))
        t->failed = true;
    for (size_t i = 0; i < parsed.v.n; i++)
        vec_push(t->arena, &list->v, parsed.v.at[i]);
    return parsed.v.n > 0;
}

static struct value value_of(struct translator *t, const struct yaml *y);
static void append_args(struct translator *t, const struct yaml *y, struct arg_list *list);

static struct value scalar_value(struct translator *t, const struct yaml *y)
{
    struct arg_list list = {0};
    if (is_null(y))
        FAIL(t, y->span, "a value is missing here");
    else if (append_scalar(t, y, &list) && (list.v.n != 1 || list.v.at[0].key))
        FAIL(t, y->span, "one value is wanted here");
    return list.v.n ? list.v.at[0].value : (struct value){.kind = VALUE_NUMBER, .span = y->span};
}

static struct value value_of(struct translator *t, const struct yaml *y)
{
    struct value v = {.kind = VALUE_LIST, .span = y->span};
    struct arg_list items = {0};
    if (y->kind == YAML_SCALAR)
        return scalar_value(t, y);
    if (y->kind == YAML_SEQUENCE) {
        for (size_t i = 0; i < y->n; i++)
            vec_push(t->arena, &items.v, (struct arg){.value = value_of(t, y->items[i])});
    } else if (y->n == 1 && is_name(y->keys[0]->text)) { /* {cosine: {warmup: 500}} is cosine(warmup=500) */
        v.kind = VALUE_CALL;
        v.text = y->keys[0]->text;
        v.span.begin = y->keys[0]->span.begin;
        append_args(t, y->items[0], &items);
    } else {
        FAIL(t, y->span, "a value with arguments is one 'name: arguments' pair");
    }
    v.items = items.v.at;
    v.n_items = items.v.n;
    return v;
}

static void append_pair(struct translator *t, const struct yaml *key, const struct yaml *y, struct arg_list *list)
{
    if (!is_name(key->text)) {
        FAIL(t, key->span, "'%s' is not the name of an option", key->text);
        return;
    }
    vec_push(t->arena, &list->v, (struct arg){.key = key->text, .key_span = key->span, .value = value_of(t, y)});
}

/* Arguments in any form: a scalar with one or more, a sequence of them, a mapping of options. */
static void append_args(struct translator *t, const struct yaml *y, struct arg_list *list)
{
    if (y->kind == YAML_SCALAR) {
        if (!is_null(y))
            append_scalar(t, y, list);
        return;
    }
    for (size_t i = 0; i < y->n; i++) {
        const struct yaml *item = y->items[i];
        if (y->kind == YAML_MAPPING)
            append_pair(t, y->keys[i], item, list);
        else if (item->kind == YAML_SEQUENCE)
            vec_push(t->arena, &list->v, (struct arg){.value = value_of(t, item)});
        else
            append_args(t, item, list);
    }
}

/* ---- statements */

/* A statement that was read from `head` gets more arguments from another place in the file. */
static void set_args(struct stmt *s, const struct arg_list *list)
{
    s->args = list->v.at;
    s->n_args = list->v.n;
}

static struct arg_list args_of(struct translator *t, const struct stmt *s)
{
    struct arg_list list = {0};
    for (size_t i = 0; i < s->n_args; i++)
        vec_push(t->arena, &list.v, s->args[i]);
    return list;
}

static struct stmt *head_of(struct translator *t, const struct yaml *y)
{
    struct stmt *s = NULL;
    if (y->kind != YAML_SCALAR || !*y->text)
        FAIL(t, y->span, "a layer is wanted here, as in 'Conv2D: [32, 3x3, relu]'");
    else if (!y->text_offset)
        FAIL(t, y->span, "this must stand on one line and without escapes");
    else if (!(s = read_head(t->ctx, y->text, strlen(y->text), y->text_offset)))
        t->failed = true;
    return s;
}

static void set_body(struct translator *t, struct stmt *s, const struct yaml *y);

bool wants_body(const char *name)
{
    const struct record *word = record_find(language_words, name), *layer = record_find(layer_records, name);
    return (word && word->body) || (layer && layer->body);
}

static void set_label(struct translator *t, struct stmt *s, const struct yaml *y)
{
    if (y->kind != YAML_SCALAR || !is_name(y->text)) {
        FAIL(t, y->span, "'name' is a word of letters, digits and '_'");
        return;
    }
    s->label = y->text;
    s->label_span = y->span;
}

static void layer_options(struct translator *t, struct stmt *s, const struct yaml *y, struct arg_list *list)
{
    for (size_t i = 0; i < y->n; i++) {
        if (same(y->keys[i]->text, "name"))
            set_label(t, s, y->items[i]);
        else if (same(y->keys[i]->text, "body"))
            set_body(t, s, y->items[i]);
        else
            append_pair(t, y->keys[i], y->items[i], list);
    }
}

/* [32, 3x3, {name: c1}] */
static void layer_items(struct translator *t, struct stmt *s, const struct yaml *y, struct arg_list *list)
{
    for (size_t i = 0; i < y->n; i++) {
        const struct yaml *item = y->items[i];
        if (item->kind == YAML_MAPPING)
            layer_options(t, s, item, list);
        else if (item->kind == YAML_SEQUENCE)
            vec_push(t->arena, &list->v, (struct arg){.value = value_of(t, item)});
        else
            append_args(t, item, list);
    }
}

static struct stmt *layer_of(struct translator *t, const struct yaml *y)
{
    if (y->kind == YAML_MAPPING && y->n != 1) {
        const struct span at = y->n ? y->keys[1]->span : y->span;
        FAIL(t, at, "a layer is one 'Name: arguments' pair; options stand in braces, as in 'Dense: {units: 10}'");
        return NULL;
    }
    struct stmt *s = head_of(t, y->kind == YAML_MAPPING ? y->keys[0] : y);
    if (!s || y->kind != YAML_MAPPING)
        return s;
    const struct yaml *value = y->items[0];
    struct arg_list list = args_of(t, s);
    if (value->kind == YAML_MAPPING)
        layer_options(t, s, value, &list);
    else if (value->kind == YAML_SEQUENCE && wants_body(s->name))
        set_body(t, s, value);
    else if (value->kind == YAML_SEQUENCE)
        layer_items(t, s, value, &list);
    else
        append_args(t, value, &list);
    set_args(s, &list);
    return s;
}

static void append_layers(struct translator *t, const struct yaml *y, struct stmt_list *out)
{
    if (y->kind != YAML_SEQUENCE && !is_null(y)) {
        FAIL(t, y->span, "a list of layers is wanted here, each a line with '-' in front, such as '- Dense: 10'");
        return;
    }
    for (size_t i = 0; i < y->n; i++) {
        struct stmt *s = layer_of(t, y->items[i]);
        if (s)
            vec_push(t->arena, &out->v, s);
    }
}

static void set_body(struct translator *t, struct stmt *s, const struct yaml *y)
{
    struct stmt_list body = {0};
    append_layers(t, y, &body);
    s->has_body = true;
    s->body = body.v.at;
    s->n_body = body.v.n;
}

/* ---- sections */

static struct stmt *named_stmt(struct translator *t, const struct yaml *key)
{
    struct stmt *s = arena_alloc(t->arena, sizeof *s);
    if (!is_name(key->text))
        FAIL(t, key->span, "'%s' is not a name", key->text);
    *s = (struct stmt){.span = key->span, .name_span = key->span, .name = key->text};
    return s;
}

bool yaml_picks(const char *name)
{
    static const char *const words[] = {"optimizer", "loss", "validate", "ensemble"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (same(name, words[i]))
            return true;
    return false;
}

/* optimizer: {adam: {lr: 0.001}} is `optimizer adam lr=0.001`. */
static struct stmt *section_stmt(struct translator *t, const struct yaml *key, const struct yaml *y)
{
    struct stmt *s = named_stmt(t, key);
    struct arg_list list = {0};
    size_t first = 0;
    if (y->kind == YAML_MAPPING && y->n && is_name(y->keys[0]->text) &&
        (y->items[0]->kind == YAML_MAPPING || yaml_picks(key->text))) {
        const struct value word = {.kind = VALUE_WORD, .span = y->keys[0]->span, .text = y->keys[0]->text};
        vec_push(t->arena, &list.v, (struct arg){.value = word});
        append_args(t, y->items[0], &list);
        first = 1;
    }
    if (y->kind == YAML_MAPPING)
        for (size_t i = first; i < y->n; i++)
            append_pair(t, y->keys[i], y->items[i], &list);
    else
        append_args(t, y, &list);
    set_args(s, &list);
    return s;
}

/* The keys epochs: 5 and batch: 32 in one mapping are `epochs 5 batch=32`. */
static const struct {
    const char *section, *owner, *option;
} joined[] = {{"train", "epochs", "batch"}, {"train", "epochs", "seed"}, {"train", "epochs", "shuffle"}};

static struct stmt *owner_of(const struct stmt *section, const struct stmt *s)
{
    for (size_t i = 0; i < sizeof joined / sizeof *joined; i++) {
        if (!same(joined[i].section, section->name) || !same(joined[i].option, s->name))
            continue;
        for (size_t k = 0; k < section->n_body; k++)
            if (same(section->body[k]->name, joined[i].owner))
                return section->body[k];
    }
    return NULL;
}

static void join_options(struct translator *t, struct stmt *section)
{
    size_t kept = 0;
    for (size_t i = 0; i < section->n_body; i++) {
        struct stmt *s = section->body[i], *owner = owner_of(section, s);
        if (!owner || s->n_args != 1 || s->args[0].key) {
            section->body[kept++] = s;
            continue;
        }
        struct arg_list list = args_of(t, owner);
        vec_push(t->arena, &list.v, (struct arg){.key = s->name, .key_span = s->name_span, .value = s->args[0].value});
        set_args(owner, &list);
    }
    section->n_body = kept;
}

bool yaml_is_many(const char *section, const char *name)
{
    const struct section *of = section_find(section);
    const struct record *word = of ? record_find(of->words, name) : NULL;
    return word && word->many;
}

/* loss: [{mse: {on: a}}, {mae: {on: b}}] is two statements, as is metrics: [[mae, {on: a}], [mse, {on: b}]]. */
static bool is_several(const char *section, const struct yaml *key, const struct yaml *y)
{
    bool several = y->kind == YAML_SEQUENCE && y->n > 0 && yaml_is_many(section, key->text);
    for (size_t i = 0; several && i < y->n; i++)
        several = y->items[i]->kind != YAML_SCALAR;
    return several;
}

static void append_section_stmts(struct translator *t, const char *section, const struct yaml *key,
                                 const struct yaml *y, struct stmt_list *body)
{
    const bool several = is_several(section, key, y);
    for (size_t i = 0; i < (several ? y->n : 1); i++)
        vec_push(t->arena, &body->v, section_stmt(t, key, several ? y->items[i] : y));
}

static struct stmt *section_of(struct translator *t, const struct yaml *key, const struct yaml *y)
{
    struct stmt *s = named_stmt(t, key);
    struct stmt_list body = {0};
    if (section_is_list(key->text) && y->kind != YAML_SEQUENCE)
        FAIL(t, y->span, "'%s' is a list of its statements, as in '%s: [{train: [generator, {on: noise}]}]'", key->text,
             key->text);
    else if (y->kind != YAML_MAPPING && !is_null(y) && record_find(section_family(), key->text) &&
             !section_is_line(key->text) && !section_is_list(key->text))
        FAIL(t, y->span, "'%s' holds its statements as keys, as in '%s: {%s: ...}'", key->text, key->text,
             same(key->text, "data") ? "normalize" : "epochs");
    if (y->kind == YAML_SEQUENCE && section_is_list(key->text)) {
        set_body(t, s, y);
        return s;
    }
    if (y->kind != YAML_MAPPING || section_is_line(key->text))
        return section_stmt(t, key, y);
    for (size_t i = 0; i < y->n; i++)
        append_section_stmts(t, key->text, y->keys[i], y->items[i], &body);
    s->has_body = true;
    s->body = body.v.at;
    s->n_body = body.v.n;
    join_options(t, s);
    return s;
}

/* ---- the file */

static void append_include(struct translator *t, const struct yaml *key, const struct yaml *y, struct stmt_list *out)
{
    if (y->kind != YAML_SEQUENCE) {
        vec_push(t->arena, &out->v, section_stmt(t, key, y));
        return;
    }
    for (size_t i = 0; i < y->n; i++)
        vec_push(t->arena, &out->v, section_stmt(t, key, y->items[i]));
}

static void append_lets(struct translator *t, const struct yaml *key, const struct yaml *y, struct stmt_list *out)
{
    struct stmt *s = named_stmt(t, key);
    struct arg_list list = {0};
    if (y->kind != YAML_MAPPING)
        FAIL(t, y->span, "'let' gives names to values, as in 'let: {w: 32}'");
    else
        append_args(t, y, &list);
    set_args(s, &list);
    if (list.v.n)
        vec_push(t->arena, &out->v, s);
}

/* Words that may be at the top level, beside the sections. */
static bool known_key(struct translator *t, const struct yaml *key)
{
    static const char *const others[] = {"model", "let", "include", "layers", "output"};
    VEC(const char *) names = {0};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        vec_push(t->arena, &names, others[i]);
    for (const struct record *const *s = section_family(); *s; s++)
        vec_push(t->arena, &names, (*s)->name);
    const char *all = "";
    for (size_t i = 0; i < names.n; i++) {
        all = arena_printf(t->arena, "%s%s%s", all, i ? ", " : "", names.at[i]);
        if (same(names.at[i], key->text))
            return true;
    }
    if (!is_name(key->text))
        return true; /* the check of all keys reports this */
    const char *near = cnn_closest(key->text, names.at, names.n), *home = section_of_word(key->text);
    t->failed = true;
    if (home)
        diag_error(t->ctx, key->span, "'%s' belongs to '%s'", key->text, home);
    else
        diag_error_fix(t->ctx, key->span, near,
                       near ? "no section named '%s'; did you mean '%s'?" : "no section named '%s'; there are %s",
                       key->text, near ? near : all);
    return false;
}

static struct stmt_list *translate(struct translator *t, const struct yaml *document)
{
    struct stmt_list *out = arena_alloc(t->arena, sizeof *out);
    if (document->kind != YAML_MAPPING) {
        FAIL(t, document->span, "a mapping is wanted here, with 'layers' and the sections as keys");
        return out;
    }
    for (int pass = 0; pass < 2; pass++) /* the keys of a mapping have no order, but names must come before their use */
        for (size_t i = 0; i < document->n; i++) {
            const struct yaml *key = document->keys[i], *value = document->items[i];
            const bool let = same(key->text, "let"), include = same(key->text, "include");
            if (pass == 0 && let)
                append_lets(t, key, value, out);
            else if (pass == 0 && include)
                append_include(t, key, value, out);
            else if (pass == 1 && same(key->text, "layers"))
                append_layers(t, value, out);
            else if (pass == 1 && !let && !include && known_key(t, key))
                vec_push(t->arena, &out->v, section_of(t, key, value));
        }
    return out;
}

struct spec *yaml_parse(struct ctx *c, const char *path, const struct define *defines, size_t n_defines)
{
    struct translator t = {.ctx = c, .arena = ctx_arena(c)};
    const struct yaml *document = yaml_read(c, path);
    if (!document)
        return NULL;
    const struct stmt_list *raw = translate(&t, document);
    return t.failed ? NULL : expand(c, path, raw, defines, n_defines);
}
