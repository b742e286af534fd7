/* bias.c -- y = x + b. db is the sum of dy over all pixels; dx is dy, the same tensor. */
#include "ops/ops.h"

static void bias_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    if (grad_wanted(o->in[1])) {
        struct op *db = net_op(n, &op_bias_grad, o->node);
        op_in(n, db, dy);
        grad_param(n, db, o->in[1]);
    }
    if (grad_wanted(o->in[0]))
        grad_add(n, o->in[0], dy, o->node);
}

/* max(a + b, c + b) = max(a, c) + b */
static bool bias_commutes(const struct op *o)
{
    (void)o;
    return true;
}

static const struct op_kind *const epilogue[] = {&op_act, NULL};

const struct op_kind op_bias = {.name = "bias",
                                .phase = PHASE_FORWARD,
                                .operands = "x b -> y",
                                .gradient = bias_gradient,
                                .place = EPILOGUE_BIAS,
                                .epilogue = epilogue,
                                .commutes = bias_commutes};

const struct op_kind op_bias_grad = {
    .name = "bias_grad", .phase = PHASE_BACKWARD, .operands = "dy -> db", .first = true};
