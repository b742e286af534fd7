/* read.c -- runs the parser of the text language on a file or a piece of one */
#include "spec/parser.h"
#include "net.tab.h"
#define YYSTYPE SYNTAX_STYPE
#define YYLTYPE struct span
#include "net.lex.h"

#include <string.h>

/* Parses the text, starting with the rule of p->entry; false after an error. */
static bool parser_run(struct parser *p, const char *text, size_t size)
{
    yyscan_t scanner;
    p->arena = ctx_arena(p->ctx);
    p->pos = p->base;
    p->text = text;
    if (syntax_lex_init_extra(p, &scanner))
        out_of_memory();
    syntax__scan_bytes(text, (int)size, scanner);
    const int status = syntax_parse(scanner, p);
    syntax_lex_destroy(scanner);
    return status == 0 && !p->failed;
}

struct stmt_list *read_file(struct ctx *c, const char *path, struct span at)
{
    struct parser p = {.ctx = c, .entry = ENTRY_FILE};
    size_t size;
    const char *text = source_load(c, path, at, &p.base, &size);
    return text && parser_run(&p, text, size) ? p.stmts : NULL;
}

struct stmt_list *read_text(struct ctx *c, const char *name, const char *text)
{
    struct parser p = {.ctx = c, .entry = ENTRY_FILE};
    const size_t size = strlen(text);
    const char *copy = source_add(c, name, text, size, &p.base);
    return parser_run(&p, copy, size) ? p.stmts : NULL;
}

bool read_args(struct ctx *c, const char *text, size_t size, uint32_t base, struct arg_list *list)
{
    struct parser p = {.ctx = c, .entry = ENTRY_ARGS, .base = base};
    if (!parser_run(&p, text, size))
        return false;
    *list = *p.args;
    return true;
}

struct stmt *read_head(struct ctx *c, const char *text, size_t size, uint32_t base)
{
    struct parser p = {.ctx = c, .entry = ENTRY_HEAD, .base = base};
    return parser_run(&p, text, size) ? p.head : NULL;
}

bool read_value(struct ctx *c, const char *name, const char *text, struct value *value)
{
    uint32_t base;
    const size_t size = strlen(text);
    struct arg_list list = {0};
    const char *copy = source_add(c, name, text, size, &base);
    if (!read_args(c, copy, size, base, &list))
        return false;
    const struct span all = {base, base + (uint32_t)size};
    if (list.v.n != 1 || list.v.at[0].key) {
        diag_error(c, all, "not a single value");
        return false;
    }
    *value = list.v.at[0].value;
    return true;
}
