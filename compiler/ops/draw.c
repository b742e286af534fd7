/* draw.c -- y is random: uniform or normal numbers, drawn anew for each image of each batch. When nothing trains, every
 * draw is `quiet`; inference has the op QUIET instead, which draws nothing. x only tells how many images there are. */
#include "ops/ops.h"
#include "ops/warp.h"

static void draw_infer(struct op *o)
{
    o->kind = &op_quiet;
}

struct result_layout made_layout(const struct op *o)
{
    const struct shape s = o->out[0]->shape;
    return (struct result_layout){.channels = shape_channels(s), .pixels = shape_size(s) / shape_channels(s)};
}

static const struct attribute attributes[] = {
    {.name = "normal", .type = ATTRIBUTE_FLAG, .offset = offsetof(struct draw_op, normal), .show = " normal"},
    {.name = "low",
     .type = ATTRIBUTE_REAL,
     .offset = offsetof(struct draw_op, low),
     .show = " from ",
     .show_if = "low"},
    {.name = "high",
     .type = ATTRIBUTE_REAL,
     .offset = offsetof(struct draw_op, high),
     .show = " to ",
     .show_if = "high"},
    {.name = "quiet", .type = ATTRIBUTE_REAL, .offset = offsetof(struct draw_op, quiet)},
    {.name = "uneven", .type = ATTRIBUTE_FLAG, .offset = offsetof(struct draw_op, uneven)},
    STREAM_ATTRIBUTE,
    {0}};

const struct op_kind op_draw = {.name = "draw",
                                .phase = PHASE_FORWARD,
                                .operands = "x -> y",
                                .attributes = attributes,
                                .size = sizeof(struct draw_op),
                                .detached = true,
                                .infer = draw_infer,
                                .layout = made_layout,
                                .step = true,
                                .draws = true};

const struct op_kind op_quiet = {.name = "quiet",
                                 .phase = PHASE_FORWARD,
                                 .operands = "x -> y",
                                 .attributes = attributes,
                                 .size = sizeof(struct draw_op),
                                 .detached = true,
                                 .layout = made_layout};
