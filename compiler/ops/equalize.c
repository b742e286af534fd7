/* equalize.c -- histograms made even. EQUALIZE: that of each channel of an image, in training, of images whose `when`,
 * if there is one, is above 0. EQUALIZE_TILES: of each tile, with a limit for its bins; between the middles of tiles a
 * pixel is interpolated. What bin a value is in does not change with small changes, so no gradient passes. */
#include "ops/ops.h"
#include "ops/warp.h"

#define RANGE_ATTRIBUTES                                                                                               \
    {.name = "low", .type = ATTRIBUTE_REAL, .offset = offsetof(struct equalize_op, low), .show = " from "},            \
    {                                                                                                                  \
        .name = "high", .type = ATTRIBUTE_REAL, .offset = offsetof(struct equalize_op, high), .show = " to "           \
    }

static const struct attribute attributes[] = {
    RANGE_ATTRIBUTES,
    {.name = "bins", .type = ATTRIBUTE_WHOLE, .offset = offsetof(struct equalize_op, bins), .show = " bins "},
    {0}};

const struct op_kind op_equalize = {.name = "equalize",
                                    .phase = PHASE_FORWARD,
                                    .operands = "x when -> y",
                                    .attributes = attributes,
                                    .size = sizeof(struct equalize_op),
                                    .detached = true,
                                    .strip = STRIP_PASS,
                                    .step = true};

static const struct attribute tile_attributes[] = {
    RANGE_ATTRIBUTES,
    {.name = "down", .type = ATTRIBUTE_WHOLE, .offset = offsetof(struct equalize_op, down), .show = " tiles "},
    {.name = "across", .type = ATTRIBUTE_WHOLE, .offset = offsetof(struct equalize_op, across), .show = " x "},
    {.name = "limit", .type = ATTRIBUTE_REAL, .offset = offsetof(struct equalize_op, limit), .show = " limit "},
    {0}};

const struct op_kind op_equalize_tiles = {.name = "equalize_tiles",
                                          .phase = PHASE_FORWARD,
                                          .operands = "x -> y",
                                          .attributes = tile_attributes,
                                          .size = sizeof(struct equalize_op),
                                          .detached = true};
