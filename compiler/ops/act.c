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

static const struct attribute attributes[] = {
    {.name = "act", .type = ATTRIBUTE_RECORD, .offset = offsetof(struct op, act), .show = " "},
    {.name = "alpha", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, alpha), .show = " ", .show_if = "alpha"},
    {0}};

const struct op_kind op_act = {.name = "act",
                               .phase = PHASE_FORWARD,
                               .operands = "x -> y",
                               .attributes = attributes,
                               .gradient = act_gradient,
                               .activation = act_activation,
                               .place = EPILOGUE_ACT,
                               .joins = act_joins,
                               .commutes = act_commutes};

/* s: y, or x if y is not enough (gelu) */
const struct op_kind op_act_grad = {.name = "act_grad",
                                    .phase = PHASE_BACKWARD,
                                    .operands = "dy s -> dx",
                                    .attributes = attributes,
                                    .place = EPILOGUE_ACT,
                                    .sinks = true};
