/* layer.h -- rung 2: the contract of a layer. layers/ has one file for each layer or family of layers; the build
 * collects them. */
#ifndef CNNC_LAYER_H
#define CNNC_LAYER_H

#include <limits.h>

#include "graph/net.h"

/* What a norm is, where the axes of its argument `axis` are the last ones. */
struct norm {
    void (*declare)(struct net *net, struct node *n);
    struct tensor *(*normalise)(struct net *net, struct node *n);
};

struct layer {
    struct record rec; /* must be first: a layer is a record, so suggestions, --explain and REFERENCE.md know it.
                        * With .body it may have one: a layer, which it reads */
    /* Checks n->in, reports at spans of n->args or n->stmt, sets n->out and declares parameters with net_param(). After
     * an error: reports once and leaves n->out poisoned, as it is at the start. */
    void (*shape)(struct net *net, struct node *n);
    /* Appends FORWARD ops from n->x; returns the tensor that is the layer's output. */
    struct tensor *(*lower)(struct net *net, struct node *n);
    /* the class in Keras: nodes without labels are named after it, and the summary shows it */
    const char *keras;
    const char *keras_sequence; /* the class of the layer on a sequence; NULL: the same */
    const char *keras_volume;   /* the class of the layer on a volume [d,h,w,c]; NULL: the same */
    const char *input;          /* an input that rec.example works on: "8x8x3" */
    int least_inputs;           /* how many layers it reads; both 0: one */
    int most_inputs;
    bool noisy;             /* changes its input at random during training */
    struct norm norm;       /* of layers whose functions are norm_shape() and norm_lower() */
    enum mix mixes;         /* what gathers batches does so for it */
    bool picks;             /* keeps the largest of several inputs */
    const char *activation; /* if the layer is only an activation: its name in activations[] */
};

enum { ANY_NUMBER = INT_MAX }; /* for most_inputs */

/* ---- common_options.c: the options that every layer takes */

enum common_option { COMMON_FROM, COMMON_TRAINABLE, COMMON_FROZEN, COMMON_OPTIONS };
extern const struct record common_options;
/* Binds them; *rest gets the statement without them. NULL after a report. */
struct bound *common_bind(struct ctx *c, const struct stmt *s, struct stmt *rest);
bool common_frozen(const struct bound *common); /* the parameters are not trained; false for NULL */

/* ---- layer_names.c: the names of layers without labels; both need n->in */

const char *keras_class(const struct node *n);    /* "MaxPooling1D" of a MaxPool on a sequence */
void name_layer(struct net *net, struct node *n); /* sets n->name and n->ident of a layer without a label */

#endif
