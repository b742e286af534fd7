/* adam.c -- Adam and its relatives: moments m and v of the gradient, w -= lr * corrected m / (sqrt(corrected v) +
 * epsilon) */
#include "catalog/optimizer.h"

#define MOMENTS                                                                                                        \
    DECAY("beta_1", "beta1", "0.9", "decay of the mean of the gradient"),                                              \
        DECAY("beta_2", "beta2", "0.999", "decay of the mean of its square"), EPSILON("added to the root")

#define STATES                                                                                                         \
    {                                                                                                                  \
        {"m", "momentum"},                                                                                             \
        {                                                                                                              \
            "v", "velocity"                                                                                            \
        }                                                                                                              \
    }
#define MEANS "m = beta_1 * m + (1 - beta_1) * g; v = beta_2 * v + (1 - beta_2) * g * g; "
#define ADAM                                                                                                           \
    {                                                                                                                  \
        .states = STATES, .once = "rate = lr * sqrt(1 - pow(beta_2, t)) / (1 - pow(beta_1, t))",                       \
        .step = MEANS "w -= rate * m / (sqrt(v) + epsilon)"                                                            \
    }
/* The momentum of step i is beta_1 * (1 - .96^i / 2); `product` is the product of all of them so far. */
#define NADAM_ONCE                                                                                                     \
    "now = beta_1 * (1 - 0.5 * pow(0.96, t)); next = beta_1 * (1 - 0.5 * pow(0.96, t + 1)); "                          \
    "product = pow(beta_1, t); for i <= min(t, 999): product *= 1 - 0.5 * pow(0.96, i); "                              \
    "of_m = lr * next / (1 - product * next); of_g = lr * (1 - now) / (1 - product); bias = 1 / (1 - pow(beta_2, t))"

static const struct arg_def adam_args[] = {LEARNING_RATE("0.001"), MOMENTS, WEIGHT_DECAY("0"), CLIPPING, {0}};
static const struct arg_def adamw_args[] = {LEARNING_RATE("0.001"), WEIGHT_DECAY("0.004"), MOMENTS, CLIPPING, {0}};

const struct optimizer optimizer_adam = {.rec = {.name = "adam",
                                                 .alias = {"Adam"},
                                                 .doc = "A step scaled by the moments of the gradient.",
                                                 .example = "optimizer adam lr=0.001",
                                                 .args = adam_args},
                                         .rules = {ADAM}};

const struct optimizer optimizer_adamw = {.rec = {.name = "adamw",
                                                  .alias = {"AdamW"},
                                                  .doc = "Adam with weight decay that the moments do not see.",
                                                  .example = "optimizer adamw lr=0.001 weight_decay=0.004",
                                                  .args = adamw_args},
                                          .rules = {ADAM}};

const struct optimizer optimizer_nadam = {
    .rec = {.name = "nadam",
            .alias = {"Nadam", "NAdam"},
            .doc = "Adam with Nesterov's look ahead.",
            .example = "optimizer nadam lr=0.001",
            .args = adam_args},
    .rules = {{.states = STATES,
               .once = NADAM_ONCE,
               .step = MEANS "w -= (of_m * m + of_g * g) / (sqrt(bias * v) + epsilon)"}}};
