/* optimizer.h -- arguments that optimizers share. */
#ifndef CNNC_OPTIMIZER_H
#define CNNC_OPTIMIZER_H

#include "catalog/catalog.h"

/* `once` of a rule that uses the rate without change. */
#define RATE "rate = lr"

/* A number n means constant(n). */
#define LEARNING_RATE(DEFAULT)                                                                                         \
    {                                                                                                                  \
        .name = "lr", .type = ARG_RECORD, .flags = ARG_POSITIONAL, .def = DEFAULT, .family = schedules,                \
        .alias = {"learning_rate"}, .doc = "learning rate: a number, or a schedule"                                    \
    }
/* A number from 0 to 1, without 1 itself. */
#define DECAY(NAME, ALIAS, DEFAULT, DOC)                                                                               \
    REAL(NAME, ARG_POSITIONAL, DEFAULT, 0, 0.9999999999999999, .alias = {ALIAS}, .doc = DOC)
#define EPSILON(DOC) REAL("epsilon", ARG_POSITIONAL, "1e-7", 0, 1e6, .alias = {"eps"}, .doc = DOC)
#define WEIGHT_DECAY(DEFAULT)                                                                                          \
    REAL("weight_decay", ARG_POSITIONAL, DEFAULT, 0, 1e6, .doc = "w -= lr * weight_decay * w, before the update")
/* Where the sum of squares begins, for adagrad and ftrl. */
#define INITIAL_ACCUMULATOR                                                                                            \
    REAL("initial_accumulator_value", ARG_POSITIONAL, "0.1", 0, 1e30, .doc = "the sum of squares to start from")
/* What any optimizer has. Limits for the gradient come before the update; at most one of them may be given. */
#define CLIPPING                                                                                                       \
    {.name = "clipnorm",                                                                                               \
     .type = ARG_REAL,                                                                                                 \
     .min = 0,                                                                                                         \
     .max = 1e30,                                                                                                      \
     .open = true,                                                                                                     \
     .doc = "largest norm of one parameter's gradient"},                                                               \
        {.name = "clipvalue",                                                                                          \
         .type = ARG_REAL,                                                                                             \
         .min = 0,                                                                                                     \
         .max = 1e30,                                                                                                  \
         .open = true,                                                                                                 \
         .doc = "largest absolute value of a gradient's element"},                                                     \
        {.name = "global_clipnorm",                                                                                    \
         .type = ARG_REAL,                                                                                             \
         .min = 0,                                                                                                     \
         .max = 1e30,                                                                                                  \
         .open = true,                                                                                                 \
         .doc = "largest norm of all gradients together"},                                                             \
        {.name = "use_ema",                                                                                            \
         .type = ARG_BOOL,                                                                                             \
         .flags = ARG_BARE | ARG_LATER,                                                                                \
         .def = "no",                                                                                                  \
         .doc = "keep a running mean of each weight, which takes its place at the end of the training"},               \
        {.name = "ema_momentum",                                                                                       \
         .type = ARG_REAL,                                                                                             \
         .flags = ARG_LATER,                                                                                           \
         .def = "0.99",                                                                                                \
         .min = 0,                                                                                                     \
         .max = 1,                                                                                                     \
         .doc = "part of the mean that a step leaves"},                                                                \
        {.name = "ema_overwrite_frequency",                                                                            \
         .type = ARG_INT,                                                                                              \
         .min = 1,                                                                                                     \
         .max = 1e15,                                                                                                  \
         .doc = "the mean also takes the place of the weight every so many updates"},                                  \
    {                                                                                                                  \
        .name = "gradient_accumulation_steps", .type = ARG_INT, .min = 1, .max = 1e9,                                  \
        .doc = "an update takes the mean gradient of so many batches"                                                  \
    }

#endif
