/* layer.h -- rung 2: the contract of a layer. One layer (or family) a file in layers/; the build collects them. */
#ifndef CNNC_LAYER_H
#define CNNC_LAYER_H

#include "graph/net.h"

struct layer {
    struct record rec; /* first: a layer is a record, so did-you-mean, --explain and REFERENCE.md know it */
    /* Checks n->in, reports at spans of n->args or n->stmt, sets n->out and declares parameters with net_param().
     * On an error: report once, leave n->out poisoned (it starts so). */
    void (*shape)(struct net *net, struct node *n);
    /* Appends FORWARD ops from n->x; returns the tensor that is the layer's output. */
    struct tensor *(*lower)(struct net *net, struct node *n);
    const char *keras;          /* Keras' class: unlabelled nodes are called after it, and it stands in the summary */
    const char *keras_sequence; /* that of the layer on a sequence; NULL: the same */
    const char *input;          /* an input that rec.example works on: "8x8x3" */
    bool noisy;                 /* changes its input at random while training */
    bool picks;                 /* keeps the largest of several inputs */
    const char *activation;     /* of a layer that is nothing but an activation: its name in activations[] */
};

/* ---- layer_names.c: what layers without labels are called; both want n->in */

const char *keras_class(const struct node *n);    /* "MaxPooling1D" of a MaxPool on a sequence */
void name_layer(struct net *net, struct node *n); /* sets n->name and n->ident of a layer without label */

#endif
