/* activity_regularization.c -- gives x, and adds a penalty on its size to the loss while training */
#include "layers/layers.h"
#include "ops/ops.h"

#define PENALTY(NAME, DOC) REAL(NAME, ARG_POSITIONAL, "0", 0, 1e30, .doc = DOC)
static const struct arg_def args[] = {
    PENALTY("l1", "factor of the sum of |x|"), PENALTY("l2", "factor of the sum of the squares of x"), {0}};

/* As in Keras, the penalty is over the whole batch and is not divided by its size. */
static struct tensor *penalty_lower(struct net *net, struct node *n)
{
    const double l1 = node_arg(n, "l1")->number, l2 = node_arg(n, "l2")->number;
    if (l1 > 0 || l2 > 0) {
        struct op *o = net_op(net, &op_penalty, n);
        op_in(net, o, n->x);
        o->l1 = l1;
        o->l2 = l2;
    }
    return n->x;
}

const struct layer layer_activity_regularization = {
    .rec = {.name = "ActivityRegularization",
            .doc = "Leaves its input as it is, and adds a penalty on it to the loss.",
            .example = "ActivityRegularization l1=0.001",
            .args = args},
    .keras = "ActivityRegularization",
    .input = "8x8x3",
    .shape = shape_same,
    .lower = penalty_lower,
};
