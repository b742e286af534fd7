/* layer.h -- rung 2: the contract of a layer. One layer (or family) a file in layers/; the build collects them. */
#ifndef CNNC_LAYER_H
#define CNNC_LAYER_H

#include "net.h"

struct layer {
    struct record rec; /* first: a layer is a record, so did-you-mean, --layers and LAYERS.md know it */
    /* Checks n->in, reports at spans of n->args or n->stmt, sets n->out and declares parameters with net_param().
     * On an error: report once, leave n->out poisoned (it starts so). */
    void (*shape)(struct net *net, struct node *n);
    /* Appends FORWARD ops from n->x; returns the tensor that is the layer's output. */
    struct tensor *(*lower)(struct net *net, struct node *n);
};

#endif
