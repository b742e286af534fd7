/* adam.c -- Adam and its relatives: moments m and v of the gradient, w -= lr * corrected m / (sqrt(corrected v) +
 * epsilon) */
#include "catalog/optimizer.h"

#define MOMENTS                                                                                                        \
    DECAY("beta_1", "beta1", "0.9", "decay of the mean of the gradient"),                                              \
        DECAY("beta_2", "beta2", "0.999", "decay of the mean of its square"), EPSILON("added to the root")

static const struct arg_def adam_args[] = {LEARNING_RATE("0.001"), MOMENTS, WEIGHT_DECAY("0"), CLIPPING, {0}};
static const struct arg_def adamw_args[] = {LEARNING_RATE("0.001"), WEIGHT_DECAY("0.004"), MOMENTS, CLIPPING, {0}};

const struct record optimizer_adam = {.name = "adam",
                                      .alias = {"Adam"},
                                      .doc = "A step scaled by the moments of the gradient.",
                                      .example = "optimizer adam lr=0.001",
                                      .args = adam_args};

const struct record optimizer_adamw = {.name = "adamw",
                                       .alias = {"AdamW"},
                                       .doc = "Adam with weight decay that the moments do not see.",
                                       .example = "optimizer adamw lr=0.001 weight_decay=0.004",
                                       .args = adamw_args};

const struct record optimizer_nadam = {.name = "nadam",
                                       .alias = {"Nadam", "NAdam"},
                                       .doc = "Adam with Nesterov's look ahead.",
                                       .example = "optimizer nadam lr=0.001",
                                       .args = adam_args};
