/* passes.h -- rung 4: the passes over a network, one function each: a spec becomes nodes with shapes, nodes become ops,
 * ops get gradients and join. A pass changes only the graph that it is given. Tables tell it what a layer or an op is;
 * it never asks the plan. */
#ifndef CNNC_PASSES_H
#define CNNC_PASSES_H

#include "graph/net.h"

/* In order. Each returns early, without a report, if the part of the net that it needs is poisoned. */
struct net *resolve(struct ctx *c, const struct spec *s);
/* Of a spec with several models, the network with this number in net.parts; 0 is the program's own. */
struct net *resolve_one(struct ctx *c, const struct spec *s, size_t part);
void name_note(const struct net *n); /* tells the user if the model has another name in C than in the spec */
void infer_shapes(struct net *n);
/* Removes the layers that the output does not depend on, with a warning. */
void prune(struct net *n);
void strip_program(struct net *n); /* for a library */
void lower(struct net *n);
void strip(struct net *n); /* for inference; instead of differentiate */
void hoist(struct net *n);
void pad(struct net *n);
void differentiate(struct net *n);
void join(struct net *n);
void fuse(struct net *n);

#endif
