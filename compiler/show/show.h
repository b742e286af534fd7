/* show.h -- rung 5: output for people: the graph as text and as a picture, the table of layers, the reference. This
 * room prints into the arena what other rooms know; it changes nothing and decides nothing. */
#ifndef CNNC_SHOW_H
#define CNNC_SHOW_H

#include "graph/net.h"

/* ---- print.c, print_layers.c, dot.c */
/* What -d prints: the layers, with shapes if they are known; the sections; the ops, one kernel on each line. */
char *layers_print(const struct net *n);
char *training_print(const struct net *n);
char *net_print(const struct net *n);
char *dot_print(const struct net *n); /* for Graphviz */

/* ---- summary.c */
/* Numbers for the summary that only the plan knows. Negative: not known. */
struct footprint {
    int64_t parameter_bytes, arena_bytes, flash_bytes;
    int64_t live_bytes; /* the smallest possible size of the arena */
    int64_t prepared_bytes, ram_bytes;
    int64_t whole_bytes; /* of the arena, did it keep what the backward pass computes again; 0: it keeps all */
    double repeated;     /* the time for that, over the time for all else */
};
char *summary_print(const struct net *n, const struct footprint *f); /* a table as in Keras; f may be NULL */

/* ---- docs.c, docs_markdown.c, docs_man.c */
/* One line for each record of the kind with that name, or of all kinds if the name is NULL. NULL if there is no such
 * kind. */
char *docs_list(struct ctx *c, const char *kind);
/* The pages of all records with the name `name`, or of one, as in "data.train". NULL, after a message, if there is
 * none. */
char *docs_print(struct ctx *c, const char *name);
char *docs_markdown(struct ctx *c); /* grammar/REFERENCE.md */
char *docs_man(struct ctx *c);      /* the part of man/net.5 after its introduction */

#endif
