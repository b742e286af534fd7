/* records.h -- rung 1, inside: arguments by name, and the words that suggestions come from */
#ifndef CNNC_RECORDS_H
#define CNNC_RECORDS_H

#include "spec/front.h"

bool arg_named(const struct arg_def *d, const char *name); /* `name` is its name or an alias */

/* words that suggestions come from, or that messages list */
struct word_list {
    struct arena *arena;
    VEC(const char *) v;
};
void word_add(struct word_list *list, const char *word);
void words_of_def(struct word_list *list, const struct arg_def *d); /* its bare words */
const char *words_joined(const struct word_list *list);             /* "a, b, c" */

/* ---- bind_numbers.c: each converts v to the type of d into *out; false after a report */

bool bind_wrong_type(struct ctx *c, const struct arg_def *d, const struct value *v, const char *wants); /* the report */
bool bind_real(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out);
bool bind_int(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out);
bool bind_dims(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out);
bool bind_pairs(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out);

#endif
