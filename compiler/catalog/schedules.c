/* schedules.c -- how the learning rate changes over the steps of a run: lr=cosine(1e-3, warmup=500). `lr=0.001` is
 * constant(0.001). */
#include "catalog/catalog.h"

#define BASE_RATE                                                                                                      \
    {                                                                                                                  \
        .name = "lr", .type = ARG_REAL, .flags = ARG_REQUIRED | ARG_POSITIONAL, .min = 0, .max = 1e6,                  \
        .alias = {"initial_learning_rate", "learning_rate"}, .doc = "the rate to start from"                           \
    }
#define STEPS(FLAGS, DEFAULT, MIN, DOC)                                                                                \
    {                                                                                                                  \
        .name = "steps", .type = ARG_INT, .flags = FLAGS, .def = DEFAULT, .min = MIN, .max = 1e15,                     \
        .alias = {"decay_steps"}, .doc = DOC                                                                           \
    }
#define RATE                                                                                                           \
    {                                                                                                                  \
        .name = "rate", .type = ARG_REAL, .flags = ARG_REQUIRED | ARG_POSITIONAL, .min = 0, .max = 1e6,                \
        .alias = {"decay_rate", "factor"}, .doc = "factor after that many steps"                                       \
    }
#define WARMUP                                                                                                         \
    {                                                                                                                  \
        .name = "warmup", .type = ARG_INT, .def = "0", .min = 0, .max = 1e15, .alias = {"warmup_steps"},               \
        .doc = "steps of linear warm-up from 0 in front of it"                                                         \
    }

static const struct arg_def constant_args[] = {BASE_RATE, WARMUP, {0}};
static const struct arg_def step_args[] = {
    BASE_RATE, STEPS(ARG_REQUIRED | ARG_POSITIONAL, NULL, 1, "steps between two cuts"), RATE, WARMUP, {0}};
static const struct arg_def exponential_args[] = {
    BASE_RATE,
    STEPS(ARG_REQUIRED | ARG_POSITIONAL, NULL, 1, "steps in which the rate falls by its factor"),
    RATE,
    WARMUP,
    {.name = "staircase", .type = ARG_BOOL, .def = "no", .doc = "fall at once at the end of each stretch"},
    {0}};
static const struct arg_def cosine_args[] = {
    BASE_RATE,
    STEPS(0, "0", 0, "length of the decay; 0: all steps of the run"),
    {.name = "alpha", .type = ARG_REAL, .def = "0", .min = 0, .max = 1, .doc = "the last rate, as a part of lr"},
    WARMUP,
    {0}};

const struct record schedule_constant = {
    .name = "constant", .doc = "Always lr.", .example = "lr=constant(0.001)", .args = constant_args};

const struct record schedule_step = {.name = "step",
                                     .doc = "lr * rate^floor(t / steps).",
                                     .example = "lr=step(0.1, steps=1000, rate=0.5)",
                                     .args = step_args};

const struct record schedule_exponential = {.name = "exponential",
                                            .alias = {"ExponentialDecay", "exponential_decay"},
                                            .doc = "lr * rate^(t / steps).",
                                            .example = "lr=exponential(0.1, steps=1000, rate=0.9)",
                                            .args = exponential_args};

const struct record schedule_cosine = {.name = "cosine",
                                       .alias = {"CosineDecay", "cosine_decay"},
                                       .doc = "lr * ((1 - alpha) * (1 + cos(pi * t / steps)) / 2 + alpha).",
                                       .example = "lr=cosine(1e-3, warmup=500)",
                                       .args = cosine_args};
