/* rms.c -- steps that are scaled by the size of the gradient: RMSprop forgets old gradients, Adagrad sums them */
#include "catalog/optimizer.h"

static const struct arg_def rmsprop_args[] = {LEARNING_RATE("0.001"),
                                              DECAY("rho", NULL, "0.9", "decay of the mean of the gradient's square"),
                                              EPSILON("added inside the root"),
                                              WEIGHT_DECAY("0"),
                                              CLIPPING,
                                              {0}};
static const struct arg_def adagrad_args[] = {LEARNING_RATE("0.001"),
                                              {.name = "initial_accumulator_value",
                                               .type = ARG_REAL,
                                               .def = "0.1",
                                               .min = 0,
                                               .max = 1e30,
                                               .doc = "the sum of squares to start from"},
                                              EPSILON("added inside the root"),
                                              WEIGHT_DECAY("0"),
                                              CLIPPING,
                                              {0}};

const struct optimizer optimizer_rmsprop = {
    .rec = {.name = "rmsprop",
            .alias = {"RMSprop", "RMSProp"},
            .doc = "lr * g over the root of a running mean of g^2.",
            .example = "optimizer rmsprop lr=0.001",
            .args = rmsprop_args},
    .rules = {{.states = {{"v", "velocity"}},
               .once = RATE,
               .step = "v = rho * v + (1 - rho) * g * g; w -= rate * g / sqrt(v + epsilon)"}}};

const struct optimizer optimizer_adagrad = {
    .rec = {.name = "adagrad",
            .alias = {"Adagrad", "AdaGrad"},
            .doc = "lr * g over the root of the sum of all g^2.",
            .example = "optimizer adagrad lr=0.01",
            .args = adagrad_args},
    .rules = {
        {.states = {{"a", "accumulator"}}, .once = RATE, .step = "a += g * g; w -= rate * g / sqrt(a + epsilon)"}}};
