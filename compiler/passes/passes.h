/* passes.h -- rung 4: what is done to a network, a function a pass: a spec becomes nodes with shapes, nodes become ops, ops get gradients
 * and join. A pass changes the graph it is given and nothing else; it asks tables what a layer or an op is, and never the plan. */
#ifndef CNNC_PASSES_H
#define CNNC_PASSES_H

#include "graph/net.h"

/* In order. Each returns early, silently, when the net is already poisoned where it looks. */
struct net *resolve(struct ctx *c, const struct spec *s);
void name_note(const struct net *n); /* says that the model has another name in C than in the spec */
void infer_shapes(struct net *n);
void lower(struct net *n);
void hoist(struct net *n);
void strip(struct net *n);         /* for inference; instead of differentiate */
void strip_program(struct net *n); /* for a library */
void differentiate(struct net *n);
void fuse(struct net *n);

#endif
