/* resample.c -- a longer or shorter axis. The gradient of a sample goes to the samples that made it, in their
 * shares. */
#include "ops/resample.h"

#include <stddef.h>

static void resample_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    grad_data(n, &op_resample_grad, o, dy, NULL);
}

static struct result_layout resample_layout(const struct op *o)
{
    const struct shape s = o->out[0]->shape;
    return (struct result_layout){.channels = shape_channels(s), .pixels = shape_size(s) / shape_channels(s)};
}

static const struct attribute attributes[] = {
    {.name = "axis", .type = ATTRIBUTE_WHOLE, .offset = offsetof(struct resample, axis), .show = " axis "},
    {.name = "nearest", .type = ATTRIBUTE_FLAG, .offset = offsetof(struct resample, nearest), .show = " nearest"},
    {0}};

const struct op_kind op_resample = {.name = "resample",
                                    .phase = PHASE_FORWARD,
                                    .operands = "x -> y",
                                    .attributes = attributes,
                                    .size = sizeof(struct resample),
                                    .gradient = resample_gradient,
                                    .layout = resample_layout};

const struct op_kind op_resample_grad = {.name = "resample_grad",
                                         .phase = PHASE_BACKWARD,
                                         .operands = "dy -> dx",
                                         .attributes = attributes,
                                         .size = sizeof(struct resample),
                                         .layout = resample_layout};
