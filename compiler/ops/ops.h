/* ops.h -- what the machine can do: a file a kind of op, with those that belong to it (its gradient, what prepares its weights). Each has a
 * record, struct op_kind, which the build collects. Kernels and layers name a kind, as &op_NAME, and nobody else does; an op knows no
 * layer, no plan and no kernel. */
#ifndef CNNC_OPS_H
#define CNNC_OPS_H

#include "catalog/catalog.h"
#include "graph/net.h"
#include "ops/kinds.h" /* made by the build: every record that is defined here */

/* ---- gradient.c: for gradient rules */
bool grad_wanted(const struct tensor *t); /* t is a parameter that is trained, or one feeds it */
/* A new tensor for the gradient of t: d_<t>. */
struct tensor *grad_tensor(struct net *n, const struct tensor *t);
/* g is one part of the gradient of t: the first, or what is added to those before. */
void grad_add(struct net *n, struct tensor *t, struct tensor *g, struct node *node);
/* The gradient of a parameter, as the output of op o. */
void grad_param(struct net *n, struct op *o, const struct tensor *w);
/* An op of that kind: dy [extra] -> d_x, which is added to x's gradient. */
struct op *grad_data(struct net *n, const struct op_kind *kind, struct op *of, struct tensor *dy, struct tensor *extra);
/* The parameter as a backward kernel wants it, made once a step by an op of the phase PREPARE. */
struct tensor *grad_prepared(struct net *n, const struct op_kind *kind, struct op *of);

/* ---- what differentiate appends beside gradients */
struct loss_terms {
    const struct record *loss; /* of losses[] */
    bool from_logits;          /* the network's output is what a softmax or sigmoid would be applied to */
    double delta;              /* of huber */
    double smoothing;          /* of the labels of a cross-entropy */
};
/* The loss. included: it computes the network's last activation, too, and gives the gradient of its input. */
void append_loss(struct net *n, bool included, const struct loss_terms *terms);
void append_update(struct net *n, const struct param *p); /* of a parameter that has a gradient */

#endif
