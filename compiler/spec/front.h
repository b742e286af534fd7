/* front.h -- rung 1, inside: what the two front ends share. A front end gives raw statements: `let`, `block`, `repeat`
 * and `include` are still ordinary statements, and values may hold $params and arithmetic. expand() makes the spec from
 * them. */
#ifndef CNNC_FRONT_H
#define CNNC_FRONT_H

#include "spec/spec.h"

struct arg_list {
    VEC(struct arg) v;
};

struct stmt_list {
    VEC(struct stmt *) v;
};

enum { MAX_NESTING = 64 };

/* ---- read.c: the text language. NULL or false after an error. */

struct stmt_list *read_file(struct ctx *c, const char *path, struct span at);
struct stmt_list *read_text(struct ctx *c, const char *name, const char *text);
/* `32 3x3 relu padding=same`: the scalars of YAML, the values of -D, the defaults of the tables. */
bool read_args(struct ctx *c, const char *text, size_t size, uint32_t base, struct arg_list *list);
/* `repeat 3`, `residual project=auto`: a statement without label and body. */
struct stmt *read_head(struct ctx *c, const char *text, size_t size, uint32_t base);
/* The single value of a text such as "same", "1/255" or "l2(1e-4)". Messages call the text `name`. */
bool read_value(struct ctx *c, const char *name, const char *text, struct value *value);

/* ---- yaml.c, yaml_print.c */

bool wants_body(const char *name);                        /* its sequence in YAML holds statements, not arguments */
bool yaml_is_many(const char *section, const char *name); /* it may stand there more than once */
bool yaml_picks(const char *name); /* the first word behind it has arguments of its own: optimizer: {adam: {lr: 1}} */

/* ---- expand.c */
struct spec *expand(struct ctx *c, const char *path, const struct stmt_list *raw, const struct define *defines,
                    size_t n_defines);
/* labels.c: a label belongs to the use of a block, or to the round of a repeat, that its layer stands in. Gives every
 * label a name of its own, and from= the new names. False after an error. */
bool labels_resolve(struct ctx *c, struct stmt **stmts, size_t n);
/* Replaces arithmetic in a value that has no parameters. False after an error. */
bool fold_constants(struct ctx *c, struct value *v);

#endif
