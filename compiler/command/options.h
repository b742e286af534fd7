/* options.h -- the command line of cnnc */
#ifndef CNNC_OPTIONS_H
#define CNNC_OPTIONS_H

#include "spec/spec.h"

#include <stdio.h>

enum emit { EMIT_TRAIN, EMIT_HEADER, EMIT_DOT, EMIT_NET, EMIT_YAML, EMIT_INFER, EMIT_LIB, EMIT_LEARN };
enum docs { DOCS_NONE, DOCS_LAYERS, DOCS_LIST, DOCS_EXPLAIN, DOCS_MARKDOWN, DOCS_MAN };

struct options {
    struct arena *arena; /* memory for what the options hold */
    struct diag_options diag;
    const char *input, *output; /* output NULL: named after the model */
    enum emit emit;
    const char *stage; /* the stage of -d, as given; NULL: none */
    enum docs docs;
    const char *topic; /* the topic of --layers, --list, --explain */
    bool no_winograd;
    int64_t unroll; /* statements for each layer; negative: full */
    bool syntax_only, summary, run, dependencies, cflags, libs, mpi, help, version;
    const char *dependency_file;
    const char *weights;      /* the file to read, for EMIT_INFER and EMIT_LEARN */
    const char *weights_file; /* the file to write them to; NULL: they are in the C */
    const char *model;        /* of several, the one that answers; NULL: the spec decides */
    const char *target;
    int64_t max_ram, max_flash; /* bytes; negative: no limit */
    bool recompute;
    int64_t recompute_limit; /* bytes of the arena; 0: as few as possible */
    VEC(struct define) defines;
    VEC(const char *) strategies;
    VEC(const char *) positional;
    char **run_args; /* the words after `--` */
    int n_run_args;
};

/* Whether --emit asks for a text about the network instead of C. */
static inline bool emits_text(const struct options *o)
{
    return o->emit == EMIT_NET || o->emit == EMIT_YAML || o->emit == EMIT_DOT;
}

/* False after a message about wrong usage. */
bool options_parse(struct options *o, int argc, char **argv);
void options_help(FILE *f);
/* The index of `value` among names[], -1 after a message that lists them. */
int option_choice(const char *option, const char *value, const char *const *names, int n);

#endif
