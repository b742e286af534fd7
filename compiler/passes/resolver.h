/* resolver.h -- what the files of the pass `resolve` share: the statements become layers that know what they read. */
#ifndef CNNC_RESOLVER_H
#define CNNC_RESOLVER_H

#include "graph/layer.h"
#include "spec/label_index.h"

enum { MAX_LAYERS = 4096 };

struct resolver {
    struct ctx *ctx;
    struct net *net;
    struct node *here;                     /* the layer above, which the next one reads; NULL: there is none */
    bool inside;                           /* in a body */
    bool frozen;                           /* a statement around is frozen */
    const struct stmt *labels[MAX_LAYERS]; /* the statements with a label */
    int n_labels;
    struct label_index known;  /* the labels of nodes, with the numbers of these; of all but the last ones */
    size_t n_known;            /* nodes, with and without labels */
    const struct stmt *output; /* the statement `output`; NULL: there is none */
    const struct stmt *model, *sections[8]; /* found so far, by the index in section_family() */
    bool failed;                            /* a layer had an error: later messages would blame the wrong statement */
};

/* ---- resolve_layer.c */

/* Labels come first: a layer without a label must not take a name that a later line gives. */
void collect_labels(struct resolver *r, struct stmt *const *stmts, size_t n);
void resolve_layer(struct resolver *r, const struct layer *layer, const struct stmt *s);
/* Appends a node that reads nothing yet; NULL, after a report, if there are too many. */
struct node *add_node(struct resolver *r, const struct layer *layer, const struct stmt *s, struct bound *args,
                      struct bound *common);
/* The layer that the statement reads: that of from=, else the one above. NULL after a report. */
struct node *source_of(struct resolver *r, const struct stmt *s, const struct bound *from);
/* The layer with that label, of those before the statement; NULL after a report. */
struct node *labelled(struct resolver *r, const struct stmt *reader, const struct bound *label);
/* The node reads the layers that from= names; without it, the one above. False after a report. */
bool read_inputs(struct resolver *r, struct node *n);

/* ---- structure.c: residual, concat, path */

/* True if the statement is one of them; then its layers are made. */
bool resolve_structure(struct resolver *r, const struct stmt *s);
/* A statement within a body: a layer, or one of these. */
void resolve_inner(struct resolver *r, const struct stmt *s);

/* ---- resolve_unknown.c */

/* Reports a statement that nothing knows. */
void unknown_statement(struct resolver *r, const struct stmt *s);

#endif
