/* warp.c -- y is the image x, mirrored, turned, sheared, zoomed and shifted by what is drawn for it. The gradient draws
 * the same numbers again and gives each pixel of dy back to the pixels that it was made of. */
#include "ops/ops.h"
#include "ops/warp.h"

static void warp_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    grad_data(n, &op_warp_grad, o, dy, NULL);
}

#define LIMITS(MEMBER, SHOW)                                                                                           \
    {.name = #MEMBER,                                                                                                  \
     .type = ATTRIBUTE_REAL,                                                                                           \
     .offset = offsetof(struct warp_op, MEMBER[0]),                                                                    \
     .show = SHOW,                                                                                                     \
     .show_if = #MEMBER},                                                                                              \
    {                                                                                                                  \
        .name = #MEMBER "_high", .type = ATTRIBUTE_REAL, .offset = offsetof(struct warp_op, MEMBER[1]),                \
        .show = " to ", .show_if = #MEMBER "_high"                                                                     \
    }

static const struct attribute attributes[] = {
    {.name = "columns",
     .type = ATTRIBUTE_FLAG,
     .offset = offsetof(struct warp_op, mirror_columns),
     .show = " mirrors columns"},
    {.name = "rows", .type = ATTRIBUTE_FLAG, .offset = offsetof(struct warp_op, mirror_rows), .show = " mirrors rows"},
    LIMITS(turn, " turns "),
    LIMITS(zoom_rows, " zooms rows "),
    LIMITS(zoom_columns, " zooms columns "),
    LIMITS(shift_rows, " shifts rows "),
    LIMITS(shift_columns, " shifts columns "),
    LIMITS(shear_rows, " shears rows "),
    LIMITS(shear_columns, " shears columns "),
    {.name = "one_zoom", .type = ATTRIBUTE_FLAG, .offset = offsetof(struct warp_op, one_zoom)},
    {.name = "whole", .type = ATTRIBUTE_FLAG, .offset = offsetof(struct warp_op, whole)},
    BETWEEN_ATTRIBUTES(struct warp_op),
    STREAM_ATTRIBUTE,
    {0}};

const struct op_kind op_warp = {.name = "warp",
                                .phase = PHASE_FORWARD,
                                .operands = "x -> y",
                                .attributes = attributes,
                                .size = sizeof(struct warp_op),
                                .gradient = warp_gradient,
                                .strip = STRIP_PASS,
                                .step = true,
                                .draws = true};

const struct op_kind op_warp_grad = {.name = "warp_grad",
                                     .phase = PHASE_BACKWARD,
                                     .operands = "dy -> dx",
                                     .attributes = attributes,
                                     .size = sizeof(struct warp_op),
                                     .step = true,
                                     .draws = true};
