/* yaml_tree.c -- builds a tree from the events of libyaml. The surprising parts of YAML (aliases, tags, a key twice)
 * are errors here. */
#include "spec/yaml_tree.h"

#include <string.h>
#include <yaml.h>

enum { MAX_KEYS = 10000 };

struct reader {
    struct ctx *ctx;
    struct arena *arena;
    yaml_parser_t parser;
    const char *text;
    uint32_t base;
    uint32_t *byte; /* libyaml counts characters: byte[i] is the offset of the i-th */
    size_t n_characters;
    int depth;
};

/* ---- places */

static void index_characters(struct reader *r, size_t size)
{
    r->byte = arena_alloc(r->arena, (size + 1) * sizeof *r->byte);
    for (size_t i = 0; i < size; i++)
        if (((unsigned char)r->text[i] & 0xc0) != 0x80)
            r->byte[r->n_characters++] = (uint32_t)i;
    r->byte[r->n_characters] = (uint32_t)size;
}

static uint32_t offset_of(const struct reader *r, const yaml_mark_t *mark)
{
    return r->base + r->byte[mark->index < r->n_characters ? mark->index : r->n_characters];
}

static struct span span_of(const struct reader *r, const yaml_event_t *e)
{
    return (struct span){offset_of(r, &e->start_mark), offset_of(r, &e->end_mark)};
}

/* ---- events */

/* True if a tab stands there, within the indentation of its line. */
static bool tab_at(const struct reader *r, uint32_t at)
{
    const char *begin = r->text, *s = begin + (at - r->base);
    if (*s != '\t')
        return false;
    while (s > begin && (s[-1] == ' ' || s[-1] == '\t'))
        s--;
    return s == begin || s[-1] == '\n';
}

static bool syntax_failed(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    uint32_t at = offset_of(r, &p->problem_mark);
    if (p->error == YAML_READER_ERROR) /* broken UTF-8, control characters: this error is counted in bytes */
        at = r->base + (uint32_t)p->problem_offset;
    const bool tab = p->error == YAML_SCANNER_ERROR && tab_at(r, at);
    diag_error(r->ctx, (struct span){at, at + 1}, "%s",
               tab          ? "a tab; YAML is indented with spaces"
               : p->problem ? p->problem
                            : "this is not YAML");
    if (!tab && p->context && p->error != YAML_READER_ERROR) {
        const uint32_t from = offset_of(r, &p->context_mark);
        diag_note(r->ctx, (struct span){from, from + 1}, "%s that starts here", p->context);
    }
    return false;
}

static bool next_event(struct reader *r, yaml_event_t *e)
{
    return yaml_parser_parse(&r->parser, e) ? true : syntax_failed(r);
}

static const char *forbidden(const yaml_event_t *e)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;
    switch (e->type) {
    case YAML_ALIAS_EVENT: return "aliases are not supported; 'let' gives names to values";
    case YAML_SCALAR_EVENT:
        anchor = e->data.scalar.anchor;
        tag = e->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = e->data.sequence_start.anchor;
        tag = e->data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = e->data.mapping_start.anchor;
        tag = e->data.mapping_start.tag;
        break;
    default: break;
    }
    return anchor ? "anchors are not supported" : tag ? "tags are not supported" : NULL;
}

static struct yaml *read_node(struct reader *r, yaml_event_t *e);

static struct yaml *fail(struct reader *r, struct span at, const char *message)
{
    diag_error(r->ctx, at, "%s", message);
    return NULL;
}

static bool stands_at(const struct reader *r, uint32_t offset, struct span within, const char *text)
{
    const size_t n = strlen(text);
    return n && offset + n <= within.end && memcmp(r->text + (offset - r->base), text, n) == 0;
}

static struct yaml *read_scalar(struct reader *r, const yaml_event_t *e, struct yaml *node)
{
    const char *value = (const char *)e->data.scalar.value;
    if (memchr(value, 0, e->data.scalar.length))
        return fail(r, node->span, "a NUL byte in a string");
    node->plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->text = arena_strndup(r->arena, value, e->data.scalar.length);
    const uint32_t first = node->span.begin + (node->plain ? 0 : 1); /* after the quote */
    node->text_offset = stands_at(r, first, node->span, node->text) ? first : 0;
    return node;
}

/* *item is NULL at the end of the collection; false after an error. */
static bool read_item(struct reader *r, yaml_event_type_t end, struct yaml *parent, struct yaml **item)
{
    yaml_event_t e;
    *item = NULL;
    if (!next_event(r, &e))
        return false;
    bool ok = true;
    if (e.type == end)
        parent->span.end = offset_of(r, &e.end_mark);
    else
        ok = (*item = read_node(r, &e)) != NULL;
    yaml_event_delete(&e);
    return ok;
}

static struct yaml *read_sequence(struct reader *r, struct yaml *node)
{
    VEC(struct yaml *) items = {0};
    for (struct yaml *item; read_item(r, YAML_SEQUENCE_END_EVENT, node, &item);) {
        if (!item) {
            node->items = items.at;
            node->n = items.n;
            return node;
        }
        vec_push(r->arena, &items, item);
    }
    return NULL;
}

static bool key_is_good(struct reader *r, const struct yaml *key, struct yaml *const *others, size_t n)
{
    if (key->kind != YAML_SCALAR || n == MAX_KEYS) {
        fail(r, key->span, key->kind != YAML_SCALAR ? "a key must be a word" : "more than 10,000 keys");
        return false;
    }
    for (size_t i = 0; i < n; i++)
        if (strcmp(others[i]->text, key->text) == 0) {
            diag_error(r->ctx, key->span, "the key '%s' stands here twice", key->text);
            diag_note(r->ctx, others[i]->span, "first here");
            return false;
        }
    return true;
}

static struct yaml *read_mapping(struct reader *r, struct yaml *node)
{
    VEC(struct yaml *) keys = {0}, values = {0};
    for (struct yaml *key, *value; read_item(r, YAML_MAPPING_END_EVENT, node, &key);) {
        if (!key) {
            node->keys = keys.at;
            node->items = values.at;
            node->n = keys.n;
            return node;
        }
        if (!key_is_good(r, key, keys.at, keys.n) || !read_item(r, YAML_NO_EVENT, node, &value))
            return NULL;
        vec_push(r->arena, &keys, key);
        vec_push(r->arena, &values, value);
    }
    return NULL;
}

static struct yaml *read_collection(struct reader *r, struct yaml *node)
{
    if (r->depth == MAX_NESTING)
        return fail(r, node->span, "nested more than 64 deep");
    r->depth++;
    node = node->kind == YAML_SEQUENCE ? read_sequence(r, node) : read_mapping(r, node);
    r->depth--;
    return node;
}

static struct yaml *read_node(struct reader *r, yaml_event_t *e)
{
    struct yaml *node = arena_alloc(r->arena, sizeof *node);
    node->span = span_of(r, e);
    const char *message = forbidden(e);
    if (message)
        return fail(r, node->span, message);
    switch (e->type) {
    case YAML_SCALAR_EVENT: return read_scalar(r, e, node);
    case YAML_SEQUENCE_START_EVENT: node->kind = YAML_SEQUENCE; return read_collection(r, node);
    case YAML_MAPPING_START_EVENT: node->kind = YAML_MAPPING; return read_collection(r, node);
    default: INTERNAL("YAML event %d", (int)e->type);
    }
}

/* ---- the document */

/* Goes on to the next event that is not about streams or documents: the first node of the document, or the event after
 * its end. */
static bool skip_to(struct reader *r, yaml_event_t *e)
{
    for (;;) {
        if (!next_event(r, e))
            return false;
        if (e->type != YAML_STREAM_START_EVENT && e->type != YAML_DOCUMENT_START_EVENT &&
            e->type != YAML_DOCUMENT_END_EVENT)
            return true;
        yaml_event_delete(e);
    }
}

static struct yaml *read_document(struct reader *r)
{
    yaml_event_t e;
    if (!skip_to(r, &e))
        return NULL;
    struct yaml *node = NULL;
    if (e.type == YAML_STREAM_END_EVENT)
        diag_error(r->ctx, (struct span){r->base, r->base}, "this file holds no YAML document");
    else
        node = read_node(r, &e);
    yaml_event_delete(&e);
    if (!node || !skip_to(r, &e))
        return NULL;
    if (e.type != YAML_STREAM_END_EVENT)
        node = fail(r, (struct span){span_of(r, &e).begin, span_of(r, &e).begin + 1},
                    "a second document; one file describes one network");
    yaml_event_delete(&e);
    return node;
}

struct yaml *yaml_read(struct ctx *c, const char *path)
{
    struct reader r = {.ctx = c, .arena = ctx_arena(c)};
    size_t size;
    r.text = source_load(c, path, (struct span){0}, &r.base, &size);
    if (!r.text)
        return NULL;
    index_characters(&r, size);
    if (!yaml_parser_initialize(&r.parser))
        out_of_memory();
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)r.text, size);
    struct yaml *document = read_document(&r);
    yaml_parser_delete(&r.parser);
    return document;
}
