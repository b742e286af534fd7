/* pad.c -- y is x with rows and columns of zeros around it: win.pt above, pb below, pl left and pr right. dx is dy
 * without them. */
#include "ops/ops.h"

static void pad_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    grad_data(n, &op_pad_grad, o, dy, NULL);
}

static struct result_layout pad_layout(const struct op *o)
{
    return (struct result_layout){.like = o->in[0], .pixels = o->win.oh * o->win.ow};
}

static struct result_layout pad_grad_layout(const struct op *o)
{
    return (struct result_layout){.like = o->in[0], .pixels = o->win.ih * o->win.iw};
}

static const struct attribute attributes[] = {
    {.name = "win", .type = ATTRIBUTE_WINDOW, .offset = offsetof(struct op, win), .show = ""}, {0}};

const struct op_kind op_pad = {.name = "pad",
                               .phase = PHASE_FORWARD,
                               .operands = "x -> y",
                               .attributes = attributes,
                               .gradient = pad_gradient,
                               .layout = pad_layout};

static const struct op_kind *const epilogue[] = {&op_act_grad, NULL};

const struct op_kind op_pad_grad = {.name = "pad_grad",
                                    .phase = PHASE_BACKWARD,
                                    .operands = "dy -> dx",
                                    .attributes = attributes,
                                    .epilogue = epilogue,
                                    .layout = pad_grad_layout};
