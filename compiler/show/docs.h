/* docs.h -- the reference: every record of every table, by kind. Made from the tables alone, so it is never stale. */
#ifndef CNNC_DOCS_H
#define CNNC_DOCS_H

#include "show/show.h"

struct kind {
    const char *name, *plural; /* "loss"; "losses", as --list takes it */
    const char *title, *about;
    const struct record *const *records;
    const char *section; /* whose words the records are */
    const char *lead;    /* stands in front of the name of a record in a statement: "loss "; NULL: nothing */
    bool call;           /* arguments stand in parentheses: l2(1e-4) */
    const char
        *frame; /* the spec around an example: '@' is the example, '$' the record's `setting`; NULL: a command line */
    const char *setting; /* of records that have none */
    bool members;        /* the records stand in another kind, too, which describes them */
};

/* All kinds; they end with name == NULL. */
const struct kind *docs_kinds(struct arena *a);
const struct kind *docs_kind(const struct kind *kinds,
                             const char *name); /* by name, plural or title; NULL: there is none */

/* ---- docs_args.c: one argument in words */

const char *docs_type(struct arena *a, const struct kind *kinds, const struct arg_def *d);
const char *docs_default(struct arena *a, const struct arg_def *d);
const char *docs_aliases(struct arena *a, const struct record *r);
const char *docs_arg_names(struct arena *a, const struct arg_def *d);                     /* "kernel, kernel_size" */
const char *docs_synopsis(struct arena *a, const struct kind *k, const struct record *r); /* "Dense units [bias=...]" */

/* ---- docs_example.c */

/* A whole spec, or, where the kind has no frame, a command. */
const char *docs_example(struct arena *a, const struct kind *k, const struct record *r);
const char *docs_twin(struct ctx *c, const char *spec); /* the same in YAML */

#endif
