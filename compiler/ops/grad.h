/* grad.h -- rung 2: how ops are differentiated. The rules stand in ops/, one file a kind of op; grad.c walks the
 * graph. */
#ifndef CNNC_GRAD_H
#define CNNC_GRAD_H

#include "graph/net.h"

/* Appends the ops that carry dy, the gradient of o->out[0], to the inputs of o that need one. */
typedef void gradient_rule(struct net *n, struct op *o, struct tensor *dy);

gradient_rule grad_conv, grad_dense, grad_bias, grad_act, grad_softmax, grad_maxpool, grad_avgpool, grad_view,
    grad_dropout, grad_noise;
void grad_penalty(struct net *n, struct op *o); /* o has no output: it changes the gradient of its input */

bool grad_wanted(const struct tensor *t); /* t is a parameter that is trained, or one feeds it */
/* A new tensor for the gradient of t: d_<t>. */
struct tensor *grad_tensor(struct net *n, const struct tensor *t);
/* g is one part of the gradient of t: the first, or what is added to those before. */
void grad_add(struct net *n, struct tensor *t, struct tensor *g, struct node *node);
/* The gradient of a parameter, as the output of op o. */
void grad_param(struct net *n, struct op *o, const struct tensor *w);
/* code: dy [extra] -> d_x, which is added to x's gradient. */
struct op *grad_data(struct net *n, enum opcode code, struct op *of, struct tensor *dy, struct tensor *extra);
/* The parameter as a backward kernel wants it, made once a step by an op of the phase PREPARE. */
struct tensor *grad_prepared(struct net *n, enum opcode code, struct op *of);

#endif
