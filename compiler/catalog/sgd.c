/* sgd.c -- m = momentum * m - lr * g; w += m, or with nesterov w += momentum * m - lr * g */
#include "catalog/optimizer.h"

static const struct arg_def args[] = {LEARNING_RATE("0.01"),
                                      DECAY("momentum", NULL, "0", "part of the last step that is done again"),
                                      {.name = "nesterov",
                                       .type = ARG_BOOL,
                                       .flags = ARG_POSITIONAL | ARG_BARE,
                                       .def = "no",
                                       .doc = "look ahead along the momentum"},
                                      WEIGHT_DECAY("0"),
                                      CLIPPING,
                                      {0}};

const struct optimizer optimizer_sgd = {.rec = {.name = "sgd",
                                                .alias = {"SGD"},
                                                .doc = "Gradient descent, with momentum if wanted.",
                                                .example = "optimizer sgd lr=0.01 momentum=0.9 nesterov",
                                                .args = args},
                                        .rules = {{.options = {"momentum", "nesterov"},
                                                   .states = {{"m", "momentum"}},
                                                   .once = RATE,
                                                   .step = "m = momentum * m - rate * g; w += momentum * m - rate * g"},
                                                  {.options = {"momentum"},
                                                   .states = {{"m", "momentum"}},
                                                   .once = RATE,
                                                   .step = "m = momentum * m - rate * g; w += m"},
                                                  {.once = RATE, .step = "w -= rate * g"}}};

const struct optimizer_rule weight_decay_rule = {.once = "decay = lr * weight_decay", .step = "w -= decay * w"};
