/* docs.h -- the reference: every record of every table, by kind. It is made only from the tables, so it is never out of
 * date. */
#ifndef CNNC_DOCS_H
#define CNNC_DOCS_H

#include "show/show.h"

struct kind {
    const char *name, *plural; /* "loss"; "losses", as in --list */
    const char *title, *about;
    const struct record *const *records;
    const char *section; /* the section that the records are words of */
    const char *lead;    /* text before the name of a record in a statement: "loss "; NULL: nothing */
    bool call;           /* arguments are in parentheses: l2(1e-4) */
    /* the spec around an example: '@' is the example, '$' is the `setting` of the record; NULL: a command line */
    const char *frame;
    const char *setting; /* for records without a setting */
    bool members;        /* the records are also in another kind, which describes them */
};

/* All kinds; they end with name == NULL. */
const struct kind *docs_kinds(struct arena *a);
const struct kind *docs_kind(const struct kind *kinds,
                             const char *name); /* by name, plural or title; NULL: no such kind */

/* ---- docs_args.c: one argument in words */

const char *docs_type(struct arena *a, const struct kind *kinds, const struct arg_def *d);
const char *docs_default(struct arena *a, const struct arg_def *d);
const char *docs_aliases(struct arena *a, const struct record *r);
const char *docs_arg_names(struct arena *a, const struct arg_def *d);                     /* "kernel, kernel_size" */
const char *docs_synopsis(struct arena *a, const struct kind *k, const struct record *r); /* "Dense units [bias=...]" */

/* ---- docs_example.c */

/* A whole spec, or a command if the kind has no frame. */
const char *docs_example(struct arena *a, const struct kind *k, const struct record *r);
const char *docs_twin(struct ctx *c, const char *spec); /* the same in YAML */

#endif
