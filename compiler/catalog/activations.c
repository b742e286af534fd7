/* activations.c -- the functions that a layer can apply to each of its outputs: what they compute, and what the passes
 * must know about them. The gradient of softplus is computed from x. Its slope is also 1 - exp(-y), but that loses
 * digits near zero. */
#include "catalog/catalog.h"

static const struct arg_def slope[] = {SLOPE_BELOW("0.2"), {0}};
static const struct arg_def scale[] = {SCALE_BELOW("1"), {0}};

const struct activation activation_relu = {.rec = {.name = "relu", .doc = "max(x, 0)."},
                                           .value = "max(0, x)",
                                           .monotone = true,
                                           .from_output = true,
                                           .zero_at_zero = true,
                                           .range = "never below 0"};

const struct activation activation_leaky_relu = {
    .rec = {.name = "leaky_relu", .doc = "x above zero, alpha * x below.", .args = slope},
    .value = "x > 0 ? x : alpha * x",
    .alpha = 0.2,
    .monotone = true,
    .from_output = true,
    .zero_at_zero = true};

const struct activation activation_elu = {
    .rec = {.name = "elu", .doc = "x above zero, alpha * (exp(x) - 1) below.", .args = scale},
    .value = "x > 0 ? x : alpha * expm1(x)",
    .gradient = "y > 0 ? 1 : y + alpha",
    .alpha = 1,
    .monotone = true,
    .from_output = true,
    .zero_at_zero = true};

const struct activation activation_sigmoid = {.rec = {.name = "sigmoid", .doc = "1 / (1 + exp(-x))."},
                                              .value = "sigmoid(x)",
                                              .monotone = true,
                                              .from_output = true,
                                              .probability = true};

const struct activation activation_tanh = {.rec = {.name = "tanh", .doc = "The hyperbolic tangent."},
                                           .value = "tanh(x)",
                                           .monotone = true,
                                           .from_output = true,
                                           .zero_at_zero = true,
                                           .range = "from -1 to 1"};

const struct activation activation_gelu = {.rec = {.name = "gelu", .doc = "x * (1 + erf(x / sqrt(2))) / 2, exactly."},
                                           .value = "x * normal(x)",
                                           .gradient = "gelu_slope(x)",
                                           .zero_at_zero = true,
                                           .range = "never below -0.17"};

const struct activation activation_silu = {.rec = {.name = "silu", .alias = {"swish"}, .doc = "x * sigmoid(x)."},
                                           .value = "x * sigmoid(x)",
                                           .gradient = "silu_slope(x)",
                                           .zero_at_zero = true,
                                           .range = "never below -0.28"};

const struct activation activation_softplus = {.rec = {.name = "softplus", .doc = "log(1 + exp(x))."},
                                               .value = "softplus(x)",
                                               .monotone = true,
                                               .range = "above 0"};

const struct activation activation_softmax = {
    .rec = {.name = "softmax", .doc = "exp(x) over its sum along the last dimension: probabilities.", .setting = ""},
    .softmax = true,
    .probability = true};

const struct activation activation_linear = {.rec = {.name = "linear", .alias = {"none"}, .doc = "x itself."},
                                             .value = "x",
                                             .monotone = true,
                                             .from_output = true,
                                             .zero_at_zero = true};
