/* ops.h -- the work that the machine can do: one file for each kind of op, with the kinds that belong to it (its
 * gradient, the preparation of its weights). Each kind has a record, struct op_kind; the build collects them. Only
 * kernels and layers name a kind, as &op_NAME. An op knows no layer, no plan and no kernel. */
#ifndef CNNC_OPS_H
#define CNNC_OPS_H

#include "catalog/catalog.h"
#include "graph/net.h"
#include "ops/kinds.h" /* made by the build: every record that is defined here */

/* ---- gradient.c: for gradient rules */
bool grad_wanted(const struct tensor *t); /* t is a trained parameter, or depends on one */
/* A new tensor for the gradient of t: d_<t>. */
struct tensor *grad_tensor(struct net *n, const struct tensor *t);
/* g is one part of the gradient of t. The first part becomes the gradient; later parts are added to it. */
void grad_add(struct net *n, struct tensor *t, struct tensor *g, struct node *node);
/* Makes the gradient of a parameter the output of op o. */
void grad_param(struct net *n, struct op *o, const struct tensor *w);
/* Appends an op of that kind: dy [extra] -> d_x, which becomes part of the gradient of x. */
struct op *grad_data(struct net *n, const struct op_kind *kind, struct op *of, struct tensor *dy, struct tensor *extra);
/* The parameter in the form that a backward kernel needs; an op of the phase PREPARE makes it once a step. */
struct tensor *grad_prepared(struct net *n, const struct op_kind *kind, struct op *of);

/* ---- ops that differentiate appends beside gradients */
struct loss_terms {
    const struct record *loss; /* of losses[] */
    bool from_logits;          /* the output of the network is the input of a softmax or sigmoid that is not there */
    double delta;              /* for huber */
    double smoothing;          /* for the labels of a cross-entropy */
};
/* Appends the loss. included: the loss also computes the last activation of the network, and gives the gradient of the
 * input of that activation. */
void append_loss(struct net *n, bool included, const struct loss_terms *terms);
void append_update(struct net *n, const struct param *p); /* for a parameter that has a gradient */

#endif
