/* records.h -- rung 1, inside: arguments by name, and words to choose a suggestion from */
#ifndef CNNC_RECORDS_H
#define CNNC_RECORDS_H

#include "spec/front.h"

bool arg_named(const struct arg_def *d, const char *name); /* by its name or an alias */

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
