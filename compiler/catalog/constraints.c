/* constraints.c -- what parameters keep to: each step of training ends with it, after the update. A norm is the root of
 * the sum of squares along the axes. */
#include "catalog/catalog.h"

#define AXIS_OF_NORM                                                                                                   \
    {                                                                                                                  \
        .name = "axis", .type = ARG_INTS, .flags = ARG_POSITIONAL, .def = "0", .min = -MOST_AXIS, .max = MOST_AXIS,    \
        .doc = "the axis, or a list of them, over which a norm sums; 0 is the first of the parameter, -1 the last"     \
    }
#define BOUND(NAME, DEFAULT, DOC) REAL(NAME, ARG_POSITIONAL, DEFAULT, 0, 1e30, .doc = DOC)

static const struct arg_def max_args[] = {BOUND("max_value", "2", "the largest norm"), AXIS_OF_NORM, {0}};
static const struct arg_def min_max_args[] = {
    BOUND("min_value", "0", "the smallest norm"),
    BOUND("max_value", "1", "the largest norm"),
    REAL("rate", ARG_POSITIONAL, "1", 0, 1, .doc = "how much of the way to the bound a step goes"),
    AXIS_OF_NORM,
    {0}};
static const struct arg_def unit_args[] = {AXIS_OF_NORM, {0}};

const struct record constraint_max_norm = {
    .name = "max_norm", .alias = {"MaxNorm"}, .doc = "No norm is above max_value.", .args = max_args};

const struct record constraint_min_max_norm = {.name = "min_max_norm",
                                               .alias = {"MinMaxNorm"},
                                               .doc = "Every norm is from min_value to max_value.",
                                               .args = min_max_args};

const struct record constraint_non_neg = {.name = "non_neg", .alias = {"NonNeg"}, .doc = "Negative numbers become 0."};

const struct record constraint_unit_norm = {
    .name = "unit_norm", .alias = {"UnitNorm"}, .doc = "Every norm is 1.", .args = unit_args};
