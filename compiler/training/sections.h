/* sections.h -- rung 2: what the files that bind sections share: the form of the table of a statement. No other file
 * includes it. */
#ifndef CNNC_SECTIONS_H
#define CNNC_SECTIONS_H

#include "training/training.h"

/* One statement that a section may hold. */
struct word {
    struct record rec; /* must be first: the word is a record, so suggestions and REFERENCE.md know it */
    void (*apply)(struct net *n, const struct stmt *s, const struct bound *args);
    bool by_itself;   /* it binds its arguments itself, so apply gets NULL */
    const char *once; /* advice for a user who wrote it twice; NULL: none */
};

#define WHOLE(NAME, FLAGS, MIN, MAX, DOC)                                                                              \
    {                                                                                                                  \
        .name = NAME, .type = ARG_INT, .flags = FLAGS, .min = MIN, .max = MAX, .doc = DOC                              \
    }
#define FLAG(NAME, ALIAS, DEFAULT, DOC)                                                                                \
    {                                                                                                                  \
        .name = NAME, .type = ARG_BOOL, .flags = ARG_BARE, .def = DEFAULT, .alias = {ALIAS}, .doc = DOC                \
    }
#define FILE_NAME(NAME, FLAGS, DOC)                                                                                    \
    {                                                                                                                  \
        .name = NAME, .type = ARG_STRING, .flags = FLAGS, .doc = DOC                                                   \
    }

#define LARGEST_SEED 9007199254740992.0 /* 2^53: a number holds it exactly */

/* NULL: the argument is not given. */
static inline const struct bound *given(const struct bound *b)
{
    return b->set ? b : NULL;
}

/* The statements of each section, NULL-terminated. */
extern const struct record *const data_words[];
extern const struct record *const train_words[];
extern const struct record *const validate_words[],
    *const ensemble_words[]; /* not statements, but what may follow the word */
extern const struct record *const step_words[];
void step_defaults(struct net *n);
bool schedule_fits(struct net *n, const struct bound *s); /* false: it reported what does not fit */
void take_optimizer(struct net *n, const struct record *rec, struct bound *args, struct span at);
extern const struct word word_early_stopping, word_reduce_lr, word_checkpoint; /* sections_callbacks.c */
extern const struct word word_follow;                                          /* sections_follow.c */
extern const struct word word_samples;                                         /* sections_samples.c */

/* sections_table.c: the columns of .csv files that are inputs. */
void categories_apply(struct net *n, const struct stmt *s, const struct bound *args);
void table_check(struct net *n); /* after all statements of `data` */

void data_defaults(struct net *n);
void data_check(struct net *n, const struct stmt *s); /* after its statements */
void train_defaults(struct net *n);
void validate_defaults(struct net *n);
void validate_bind(struct net *n, const struct stmt *s); /* `validate kfold k=5`, a section of one line */
void ensemble_defaults(struct net *n);
void ensemble_bind(struct net *n, const struct stmt *s); /* likewise */

/* section_pick.c: `optimizer adam lr=0.001`, or `optimizer adam(lr=0.001)`: the record, and its arguments as a
 * statement of their own. NULL after an error; the message calls the records `what`. */
const struct record *section_pick(struct net *n, const struct stmt *s, const char *what,
                                  const struct record *const *family, struct stmt *own);

#endif
