/* show.h -- rung 5: what people read: the graph as text and as a picture, the table of layers, the reference. Prints into the arena what
 * other rooms know; changes nothing and decides nothing. */
#ifndef CNNC_SHOW_H
#define CNNC_SHOW_H

#include "graph/net.h"

/* ---- print.c, print_layers.c, dot.c */
/* What -d prints: the layers, with shapes where they are known; the sections; the ops, one kernel a line. */
char *layers_print(const struct net *n);
char *training_print(const struct net *n);
char *net_print(const struct net *n);
char *dot_print(const struct net *n); /* for Graphviz */

/* ---- summary.c */
/* What only the plan knows, for the summary. Negative: not known. */
struct footprint {
    int64_t parameter_bytes, arena_bytes, flash_bytes;
    int64_t live_bytes; /* what the arena cannot be smaller than */
    int64_t prepared_bytes, ram_bytes;
};
char *summary_print(const struct net *n, const struct footprint *f); /* Keras' table; f may be NULL */

/* ---- docs.c, docs_markdown.c, docs_man.c */
/* One line a record of the kind of that name, of all kinds when it is NULL. NULL when there is no such kind. */
char *docs_list(struct ctx *c, const char *kind);
/* The pages of all records called `name`, or of one, as in "data.train". NULL, after a message, when there is none. */
char *docs_print(struct ctx *c, const char *name);
char *docs_markdown(struct ctx *c); /* grammar/REFERENCE.md */
char *docs_man(struct ctx *c);      /* of man/net.5, behind its introduction */

#endif
