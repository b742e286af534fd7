/* regression.c -- losses that compare numbers. The mean is taken over the outputs of an image, then over the images. */
#include "catalog/catalog.h"

static const struct arg_def huber_args[] = {{.name = "delta",
                                             .type = ARG_REAL,
                                             .flags = ARG_POSITIONAL,
                                             .def = "1",
                                             .min = 0,
                                             .max = 1e30,
                                             .open = true,
                                             .doc = "the difference from which on it is linear"},
                                            {0}};

const struct loss loss_mse = {.rec = {.name = "mse",
                                      .alias = {"mean_squared_error", "MeanSquaredError", "MSE"},
                                      .doc = "Mean of (y - t)^2.",
                                      .setting = "Dense 1"},
                              .formula = {"d = z - t", "d * d", NULL}};

const struct loss loss_mae = {.rec = {.name = "mae",
                                      .alias = {"mean_absolute_error", "MeanAbsoluteError", "MAE"},
                                      .doc = "Mean of |y - t|.",
                                      .setting = "Dense 1"},
                              .formula = {"d = z - t", "abs(d)", NULL}};

const struct loss loss_huber = {.rec = {.name = "huber",
                                        .alias = {"Huber", "huber_loss"},
                                        .doc = "Squared near the target, linear beyond delta.",
                                        .example = "loss huber delta=2",
                                        .setting = "Dense 1",
                                        .args = huber_args},
                                .formula = {"d = z - t", "abs(d) <= delta ? d * d / 2 : delta * (abs(d) - delta / 2)",
                                            "d > delta ? delta : d < -delta ? -delta : d"}};
