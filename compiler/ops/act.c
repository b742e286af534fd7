/* act.c -- y = f(x), element by element. dx = dy f'(x). If y is enough to compute f', x need not be kept. */
#include "ops/ops.h"

static void act_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    grad_data(n, &op_act_grad, o, dy, activation_of(o->act)->from_output ? o->out[0] : o->in[0]);
}

static const char *act_activation(const struct op *o)
{
    return o->act->name;
}

/* Otherwise its gradient needs x, which would not be stored. */
static bool act_joins(const struct op *o)
{
    return activation_of(o->act)->from_output;
}

/* max(f(a), f(b)) = f(max(a, b)) */
static bool act_commutes(const struct op *o)
{
    return activation_of(o->act)->monotone;
}

const struct op_kind op_act = {.name = "act",
                               .phase = PHASE_FORWARD,
                               .operands = "x -> y",
                               .attributes = act_attributes,
                               .gradient = act_gradient,
                               .activation = act_activation,
                               .place = EPILOGUE_ACT,
                               .joins = act_joins,
                               .commutes = act_commutes};
