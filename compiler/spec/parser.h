/* parser.h -- what the scanner and the parser of the text language share */
#ifndef CNNC_PARSER_H
#define CNNC_PARSER_H

#include "spec/front.h"

enum entry { ENTRY_FILE, ENTRY_ARGS, ENTRY_HEAD };

struct parser {
    struct ctx *ctx;
    struct arena *arena;
    enum entry entry;
    bool entered; /* the scanner has already returned the token that tells the entry */
    const char *text;
    uint32_t base, pos;  /* offsets: base of the text, pos of the next byte */
    int previous;        /* the last token */
    bool space;          /* white space comes before the current token */
    struct span formula; /* `expr(` of the formula that is being read */
    int open;            /* its parentheses that are open */
    int brackets;        /* open ( and [ on this line */
    int operators;       /* how many are in this line; a tree of a million would be too deep to walk */
    struct span brace[MAX_NESTING];
    int braces;
    bool unclosed;           /* a missing '}' has been reported */
    bool erred;              /* this line has had its error */
    bool failed, fatal;      /* fatal: nothing more is read or reported */
    struct stmt_list *stmts; /* the results; the entry tells which one is set */
    struct arg_list *args;
    struct stmt *head;
};

/* parser_cure.c: notes the mistake; true if this line has already had its message. */
bool parser_silent(struct parser *p);
void parser_error(struct parser *p, struct span at, const char *message);
void parser_error_fix(struct parser *p, struct span at, const char *fix, const char *message);
/* `token` was found where one of `names` was expected. */
void parser_unexpected(struct parser *p, struct span at, const char *token, const char *const *names, int n);
/* Advice, which follows the message; "" if there is none. *fix may become the text that should be there. */
const char *parser_cure(struct parser *p, struct span *at, const char *token, const char **fix);
void parser_refuse_keys(struct parser *p, const struct arg_list *list);

/* tokens to values */
struct value parser_string(struct parser *p, struct span at, const char *quoted, size_t n);
/* expr(x: x * x), from p->formula to the `)` at *at, which becomes the place of all: a call of `expr` with the text. */
struct value parser_formula(struct parser *p, struct span *at);
struct value parser_number(struct parser *p, struct span at, const char *text);
struct value parser_dims(struct parser *p, struct span at, const char *text);
struct value parser_bare(struct parser *p, struct span at, const char *text); /* a string without quotes */
/* If a text is only arithmetic, such as 1/255 or 8-, how many bytes its first operand has; else 0, and the text is a
 * name. */
int parser_operand(const char *text);
bool parser_is_file(const char *text); /* 1.csv, but not 3xs, 1.2.3 */
void parser_bad_number(struct parser *p, struct span at, const char *text);
void parser_bad_character(struct parser *p, struct span at);

/* the tree */
struct stmt *ast_stmt(struct parser *p, const char *name, struct span name_span, const struct arg_list *args,
                      struct span span);
struct stmt *ast_label(struct stmt *s, const char *label, struct span label_span);
struct stmt *ast_body(struct stmt *s, const struct stmt_list *body);
struct value ast_binary(struct parser *p, char op, struct value a, struct value b, struct span span);
struct value ast_zero(struct span span);
struct value ast_tuple(struct parser *p, struct value first, const struct arg_list *rest, struct span span);
struct value ast_group(enum value_kind kind, const char *name, const struct arg_list *items, struct span span);

#endif
