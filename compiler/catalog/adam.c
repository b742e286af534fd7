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
#define MEANS_AND_MOST                                                                                                 \
    {                                                                                                                  \
        {"m", "momentum"}, {"v", "velocity"},                                                                          \
        {                                                                                                              \
            "u", "velocity_hat"                                                                                        \
        }                                                                                                              \
    }
#define MEANS "m = beta_1 * m + (1 - beta_1) * g; v = beta_2 * v + (1 - beta_2) * g * g; "
#define ADAM                                                                                                           \
    {                                                                                                                  \
        .states = STATES, .once = "rate = lr * sqrt(1 - pow(beta_2, t)) / (1 - pow(beta_1, t))",                       \
        .step = MEANS "w -= rate * m / (sqrt(v) + epsilon)"                                                            \
    }
/* The largest v so far takes the place of v. */
#define AMSGRAD                                                                                                        \
    {                                                                                                                  \
        .options = {"amsgrad"}, .states = MEANS_AND_MOST,                                                              \
        .once = "rate = lr * sqrt(1 - pow(beta_2, t)) / (1 - pow(beta_1, t))",                                         \
        .step = MEANS "u = max(u, v); w -= rate * m / (sqrt(u) + epsilon)"                                             \
    }
#define AMSGRAD_OPTION                                                                                                 \
    {                                                                                                                  \
        .name = "amsgrad", .type = ARG_BOOL, .flags = ARG_POSITIONAL | ARG_BARE | ARG_LATER, .def = "no",              \
        .doc = "the largest mean of squares so far counts, not the last one"                                           \
    }
/* The momentum of step i is beta_1 * (1 - .96^i / 2); `product` is the product of all of them so far. */
#define NADAM_ONCE                                                                                                     \
    "now = beta_1 * (1 - 0.5 * pow(0.96, t)); next = beta_1 * (1 - 0.5 * pow(0.96, t + 1)); "                          \
    "product = pow(beta_1, t); for i <= min(t, 999): product *= 1 - 0.5 * pow(0.96, i); "                              \
    "of_m = lr * next / (1 - product * next); of_g = lr * (1 - now) / (1 - product); bias = 1 / (1 - pow(beta_2, t))"

static const struct arg_def nadam_args[] = {LEARNING_RATE("0.001"), MOMENTS, WEIGHT_DECAY("0"), CLIPPING, {0}};
static const struct arg_def adam_args[] = {LEARNING_RATE("0.001"), MOMENTS,  AMSGRAD_OPTION,
                                           WEIGHT_DECAY("0"),      CLIPPING, {0}};
static const struct arg_def adamw_args[] = {
    LEARNING_RATE("0.001"), WEIGHT_DECAY("0.004"), MOMENTS, AMSGRAD_OPTION, CLIPPING, {0}};

const struct optimizer optimizer_adam = {.rec = {.name = "adam",
                                                 .alias = {"Adam"},
                                                 .doc = "A step scaled by the moments of the gradient.",
                                                 .example = "optimizer adam lr=0.001",
                                                 .args = adam_args},
                                         .rules = {AMSGRAD, ADAM}};

const struct optimizer optimizer_adamw = {.rec = {.name = "adamw",
                                                  .alias = {"AdamW"},
                                                  .doc = "Adam with weight decay that the moments do not see.",
                                                  .example = "optimizer adamw lr=0.001 weight_decay=0.004",
                                                  .args = adamw_args},
                                          .rules = {AMSGRAD, ADAM}};

const struct optimizer optimizer_nadam = {
    .rec = {.name = "nadam",
            .alias = {"Nadam", "NAdam"},
            .doc = "Adam with Nesterov's look ahead.",
            .example = "optimizer nadam lr=0.001",
            .args = nadam_args},
    .rules = {{.states = STATES,
               .once = NADAM_ONCE,
               .step = MEANS "w -= (of_m * m + of_g * g) / (sqrt(bias * v) + epsilon)"}}};

const struct optimizer optimizer_adamax = {
    .rec = {.name = "adamax",
            .alias = {"Adamax", "AdaMax"},
            .doc = "Adam with the largest gradient of late in the place of the mean of squares.",
            .example = "optimizer adamax lr=0.001",
            .args = nadam_args},
    .rules = {{.states = {{"m", "m"}, {"u", "u"}},
               .once = "rate = lr / (1 - pow(beta_1, t))",
               .step = "m = m + (1 - beta_1) * (g - m); u = max(beta_2 * u, abs(g)); w -= rate * m / (u + epsilon)"}}};

static const struct arg_def lion_args[] = {LEARNING_RATE("0.001"),
                                           DECAY("beta_1", "beta1", "0.9", "part of the mean in the step"),
                                           DECAY("beta_2", "beta2", "0.99", "decay of the mean of the gradient"),
                                           WEIGHT_DECAY("0"),
                                           CLIPPING,
                                           {0}};

const struct optimizer optimizer_lion = {
    .rec = {.name = "lion",
            .alias = {"Lion"},
            .doc = "Steps of the same size, in the direction of the sign of the gradient and its mean.",
            .example = "optimizer lion lr=1e-4 weight_decay=0.1",
            .args = lion_args},
    .rules = {{.states = {{"m", "momentum"}},
               .once = RATE,
               .step = "s = beta_1 * m + (1 - beta_1) * g; m = beta_2 * m + (1 - beta_2) * g; w -= rate * sign(s)"}}};
