/* ctx.h -- what source.c and diag.c share: the inside of a compilation. No other file includes it. */
#ifndef CNNC_CTX_H
#define CNNC_CTX_H

#include "base/base.h"

struct source {
    const char *name, *text;
    size_t size;
    uint32_t base;       /* offset of text[0] */
    bool is_file;        /* false for a -D and for a default in a table */
    VEC(uint32_t) lines; /* offsets of the first bytes of the lines, from the start of the file */
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

struct message {
    enum severity severity;
    struct span at;
    const char *text, *fix, *category;
    VEC(struct message *) notes;
};

struct ctx {
    struct arena *arena;
    struct diag_options options;
    VEC(struct source *) sources;
    uint32_t next; /* the first offset that no file uses yet */
    int errors;
    const struct use *within; /* of diag_within() */
    bool quiet;               /* the last message was not shown, so its notes are not shown either */
    VEC(struct message *) messages;
};

#endif
