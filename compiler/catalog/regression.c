/* regression.c -- losses that compare numbers, those of one's own, and none. The mean is taken over the outputs of an
 * image, then over the images. */
#include "catalog/loss.h"

static const struct arg_def huber_args[] = {
    REAL("delta", ARG_POSITIONAL, "1", 0, 1e30, .open = true, .doc = "the difference from which on it is linear"), {0}};

const struct loss loss_mse = {.rec = {.name = "mse",
                                      .alias = {"mean_squared_error", "MeanSquaredError", "MSE"},
                                      .doc = "Mean of (y - t)^2.",
                                      .setting = "Dense 1"},
                              .formula = {.names = "d = z - t", .value = "d * d"}};

const struct loss loss_mae = {.rec = {.name = "mae",
                                      .alias = {"mean_absolute_error", "MeanAbsoluteError", "MAE"},
                                      .doc = "Mean of |y - t|.",
                                      .setting = "Dense 1"},
                              .formula = {.names = "d = z - t", .value = "abs(d)"}};

const struct loss loss_mape = {
    .rec = {.name = "mape",
            .alias = {"mean_absolute_percentage_error", "MeanAbsolutePercentageError", "MAPE"},
            .doc = "Mean of 100 * |y - t| / |t|: the error in percent of the target.",
            .setting = "Dense 1"},
    .formula = {.names = "d = z - t", .value = "100 * abs(d) / max(1e-7, abs(t))"}};

/* As in Keras, an output of zero or below counts as nearly zero, so it has no gradient. Near the target a difference of
 * logarithms has no digits, so it is taken before the logarithm; far from it, the quotient has none. */
const struct loss loss_msle = {
    .rec = {.name = "msle",
            .alias = {"mean_squared_logarithmic_error", "MeanSquaredLogarithmicError", "MSLE"},
            .doc = "Mean of (log(1 + y) - log(1 + t))^2.",
            .setting = "Dense 1 softplus"},
    .formula = {.names = "s = max(1e-7, t); c = max(1e-7, z); q = (c - s) / (1 + s); "
                         "d = abs(q) < 0.5 ? log1p(q) : log1p(c) - log1p(s)",
                .value = "d * d"},
    .target = {.bounded = true, .high = NO_LIMIT}};

const struct loss loss_huber = {.rec = {.name = "huber",
                                        .alias = {"Huber", "huber_loss"},
                                        .doc = "Squared near the target, linear beyond delta.",
                                        .example = "loss huber delta=2",
                                        .setting = "Dense 1",
                                        .args = huber_args},
                                .formula = {.names = "d = z - t",
                                            .value = "abs(d) <= delta ? d * d / 2 : delta * (abs(d) - delta / 2)",
                                            .gradient = "d > delta ? delta : d < -delta ? -delta : d"}};

/* cosh(d) - 1 is expm1(|d|)^2 / (2 * exp(|d|)), which has digits near zero. */
const struct loss loss_log_cosh = {.rec = {.name = "log_cosh",
                                           .alias = {"LogCosh", "logcosh"},
                                           .doc = "Mean of log(cosh(y - t)): squared near the target, linear far away.",
                                           .setting = "Dense 1"},
                                   .formula = {.names = "d = z - t",
                                               .value =
                                                   "abs(d) < 1 ? log1p(square(expm1(abs(d))) * exp(-abs(d)) / 2) : "
                                                   "abs(d) + log1p(exp(-2 * abs(d))) - 0.6931471805599453",
                                               .gradient = "tanh(d)"}};

const struct loss loss_poisson = {.rec = {.name = "poisson",
                                          .alias = {"Poisson"},
                                          .doc = "Mean of y - t * log(y): y is how many are expected, t their number.",
                                          .setting = "Dense 1 softplus"},
                                  .formula = {.names = "r = z + 1e-7", .value = "z - t * log(r)"},
                                  .target = {.bounded = true, .high = NO_LIMIT}};

const struct loss loss_none = {.rec = {.name = "none",
                                       .doc = "No loss: the output is made, but nothing is asked of it, and it has no "
                                              "targets. Another output has one.",
                                       .example = "loss none on=embedding",
                                       .setting = "embedding: Dense 4 tanh\nscore: Dense 1\noutput score embedding"},
                               .absent = true};

static const struct arg_def formula_args[] = {FORMULA_ARG, {0}};

/* The name `formula` stands for the user's text, whose names are t and z. */
const struct loss loss_expr = {.rec = {.name = "expr",
                                       .doc = "A formula of one's own of target and output, or of the output alone, "
                                              "with sums and means over the outputs "
                                              "if it likes; its mean over the outputs.",
                                       .example = "loss expr(t, y: abs(t - y) / (1 + abs(t - y)))",
                                       .setting = "Dense 1",
                                       .args = formula_args},
                               .formula = {.names = "d = z - t", .value = "formula"}};
