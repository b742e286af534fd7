/* bind_value.h -- rung 1, inside: one value against one row of a table */
#ifndef CNNC_BIND_VALUE_H
#define CNNC_BIND_VALUE_H

#include "spec/front.h"

/* Converts v to d's type into *out; reports and returns false when it does not fit. */
bool bind_value(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out);

/* Is v, standing alone, a value of d? (one of the words of an ARG_BARE, or the name of a yes-or-no option) */
bool accepts_bare(const struct arg_def *d, const struct value *v);
/* Can a word or a call be a value of d at all? */
bool takes_words(const struct arg_def *d);
/* Does d take text of any kind, so that quotes mean what they say? Elsewhere "relu" is relu. */
bool takes_strings(const struct arg_def *d);
bool arg_named(const struct arg_def *d, const char *name); /* by its name or an alias */
/* Python's None for an option that may be left out. */
bool is_none(const struct arg_def *d, const struct value *v);

/* words to choose a suggestion from, or to list */
struct word_list {
    struct arena *arena;
    VEC(const char *) v;
};
void word_add(struct word_list *list, const char *word);
void words_of_family(struct word_list *list, const struct record *const *family);
void words_of_def(struct word_list *list, const struct arg_def *d); /* its bare words */
const char *words_joined(const struct word_list *list);             /* "a, b, c" */

#endif
