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
    {                                                                                                                  \
        .name = NAME, .type = ARG_REAL, .def = DEFAULT, .min = 0, .max = 0.9999999999999999, .alias = {ALIAS},         \
        .doc = DOC                                                                                                     \
    }
#define EPSILON(DOC)                                                                                                   \
    {                                                                                                                  \
        .name = "epsilon", .type = ARG_REAL, .def = "1e-7", .min = 0, .max = 1e6, .alias = {"eps"}, .doc = DOC         \
    }
#define WEIGHT_DECAY(DEFAULT)                                                                                          \
    {                                                                                                                  \
        .name = "weight_decay", .type = ARG_REAL, .def = DEFAULT, .min = 0, .max = 1e6,                                \
        .doc = "w -= lr * weight_decay * w, before the update"                                                         \
    }
/* Limits for the gradient, applied before the update. At most one of them may be given. */
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
    {                                                                                                                  \
        .name = "global_clipnorm", .type = ARG_REAL, .min = 0, .max = 1e30, .open = true,                              \
        .doc = "largest norm of all gradients together"                                                                \
    }

#endif
