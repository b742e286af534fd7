/* activations.c -- the functions that a layer can apply to each of its outputs: what they compute, and what the passes
 * must know about them. The gradient of softplus is computed from x. Its slope is also 1 - exp(-y), but that loses
 * digits near zero. */
#include "catalog/catalog.h"

static const struct arg_def slope[] = {SLOPE_BELOW("0.2"), {0}};
const struct arg_def elu_args[] = {
    REAL("alpha", ARG_POSITIONAL, "1", 0, 1e6, .doc = "the value far below zero, negated"), {0}};
const struct arg_def relu_args[] = {
    REAL("max_value", ARG_POSITIONAL, NULL, 0, 1e30, .doc = "the largest value; without it there is none"),
    REAL("negative_slope", ARG_POSITIONAL, "0", 0, 1e6, .doc = "slope below the threshold"),
    REAL("threshold", ARG_POSITIONAL, "0", 0, 1e30, .doc = "below it the slope applies"),
    {0}};
const struct arg_def shrink_args[] = {
    REAL("threshold", ARG_POSITIONAL, "0.5", 0, 1e30, .doc = "half the width of what becomes 0"), {0}};
const struct arg_def celu_args[] = {
    REAL("alpha", ARG_POSITIONAL, "1", 0, 1e6, .open = true, .doc = "the value far below zero, negated"), {0}};
const struct arg_def squareplus_args[] = {
    REAL("b", ARG_POSITIONAL, "4", 0, 1e30, .doc = "how far around zero it bends"), {0}};
const struct arg_def gelu_args[] = {
    {.name = "approximate", .type = ARG_BOOL, .def = "no", .doc = "computes with tanh instead of erf"}, {0}};
const struct arg_def cutoff_args[] = {
    {.name = "threshold", .type = ARG_REAL, .flags = ARG_REQUIRED | ARG_POSITIONAL, .doc = "x above it stays x"},
    {.name = "default_value", .type = ARG_REAL, .flags = ARG_REQUIRED | ARG_POSITIONAL, .doc = "what else becomes"},
    {0}};
const struct arg_def along_args[] = {{.name = "axis",
                                      .type = ARG_INTS,
                                      .flags = ARG_POSITIONAL,
                                      .def = "-1",
                                      .min = -MOST_AXIS,
                                      .max = MOST_AXIS,
                                      .doc = "along which axis or axes; 1 is the first of an image, -1 the last"},
                                     {0}};
const struct arg_def halved_args[] = {{.name = "axis",
                                       .type = ARG_INT,
                                       .flags = ARG_POSITIONAL,
                                       .def = "-1",
                                       .min = -MOST_AXIS,
                                       .max = MOST_AXIS,
                                       .doc = "which axis is halved; 1 is the first of an image, -1 the last"},
                                      {0}};

const struct activation activation_relu = {.rec = {.name = "relu", .doc = "max(x, 0).", .args = relu_args},
                                           .value = "max(0, x)",
                                           .general = "x >= max_value ? max_value : "
                                                      "x < threshold ? negative_slope * (x - threshold) : x",
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
    .rec = {.name = "elu", .doc = "x above zero, alpha * (exp(x) - 1) below.", .args = elu_args},
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
                                              .low = 0,
                                              .high = 1,
                                              .probability = true};

const struct activation activation_tanh = {.rec = {.name = "tanh", .doc = "The hyperbolic tangent."},
                                           .value = "tanh(x)",
                                           .monotone = true,
                                           .from_output = true,
                                           .zero_at_zero = true,
                                           .low = -1,
                                           .high = 1};

/* (1 + tanh(u)) / 2 is sigmoid(2 * u), which keeps its digits far below zero. 2 * u is DOUBLED(x), with
 * 2 * sqrt(2 / pi) and 0.044715 times that. Its slope counts only NEAR zero, and far from it would overflow. */
#define DOUBLED(X)    "(" X " * (1.5957691216057308 + 0.07135481627159906 * " X " * " X "))"
#define DOUBLED_SLOPE "(1.5957691216057308 + 0.21406444881479719 * " NEAR " * " NEAR ")"
#define NEAR          "min(10, max(-10, x))"

const struct activation activation_gelu = {
    .rec = {.name = "gelu", .doc = "x * (1 + erf(x / sqrt(2))) / 2, exactly.", .args = gelu_args},
    .value = "alpha != 0 ? x * sigmoid" DOUBLED("x") " : x * normal(x)",
    .gradient = "alpha != 0 ? sigmoid" DOUBLED(NEAR) " * (1 + " NEAR " * sigmoid(-" DOUBLED(NEAR) ") * " DOUBLED_SLOPE
                                                                                                  ") : gelu_slope(x)",
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
    .rec = {.name = "softmax",
            .doc = "exp(x) over its sum along the last dimension, or along `axis`: probabilities.",
            .args = along_args,
            .setting = ""},
    .along = ALONG_SOFTMAX,
    .softmax = true,
    .low = 0,
    .high = 1,
    .probability = true};

const struct activation activation_log_softmax = {
    .rec = {.name = "log_softmax", .doc = "The logarithm of softmax.", .args = along_args},
    .along = ALONG_LOG_SOFTMAX,
    .range = "below 0"};

const struct activation activation_sparsemax = {
    .rec = {.name = "sparsemax",
            .doc = "The nearest point whose numbers sum to 1 and are not below 0: probabilities, many of them 0.",
            .args = along_args},
    .along = ALONG_SPARSEMAX,
    .low = 0,
    .high = 1};

const struct activation activation_glu = {
    .rec = {.name = "glu",
            .doc = "The first half of the channels times sigmoid of the second; a layer of its own, as it halves them.",
            .example = "linear\nActivation glu",
            .args = halved_args},
    .along = ALONG_GLU};

const struct activation activation_threshold = {.rec = {.name = "threshold",
                                                        .doc = "x above the threshold, else the default value.",
                                                        .example = "threshold(1, 0)",
                                                        .args = cutoff_args},
                                                .general = "x <= threshold ? default_value : x"};

const struct activation activation_celu = {
    .rec = {.name = "celu", .doc = "x above zero, alpha * (exp(x / alpha) - 1) below.", .args = celu_args},
    .value = "x > 0 ? x : alpha * expm1(x / alpha)",
    .gradient = "y > 0 ? 1 : y / alpha + 1",
    .alpha = 1,
    .monotone = true,
    .from_output = true,
    .zero_at_zero = true};

const struct activation activation_selu = {
    .rec = {.name = "selu", .doc = "elu with constants that keep mean and variance."},
    .value = "x > 0 ? 1.0507009873554805 * x : 1.7580993408473766 * expm1(x)",
    .gradient = "y > 0 ? 1.0507009873554805 : y + 1.7580993408473766",
    .monotone = true,
    .from_output = true,
    .zero_at_zero = true};

const struct activation activation_exponential = {.rec = {.name = "exponential", .alias = {"exp"}, .doc = "exp(x)."},
                                                  .value = "exp(x)",
                                                  .monotone = true,
                                                  .from_output = true,
                                                  .range = "above 0"};

const struct activation activation_hard_shrink = {
    .rec = {.name = "hard_shrink", .doc = "x where |x| is above the threshold, else 0.", .args = shrink_args},
    .value = "abs(x) <= alpha ? 0 : x",
    .gradient = "y != 0 ? 1 : 0",
    .alpha = 0.5,
    .monotone = true,
    .from_output = true,
    .zero_at_zero = true};

const struct activation activation_soft_shrink = {
    .rec = {.name = "soft_shrink",
            .doc = "x, moved towards zero by the threshold, at most to zero.",
            .args = shrink_args},
    .value = "x > alpha ? x - alpha : x >= -alpha ? 0 : x + alpha",
    .gradient = "y != 0 ? 1 : 0",
    .alpha = 0.5,
    .monotone = true,
    .from_output = true,
    .zero_at_zero = true};

/* Near zero the difference has no digits. Up to 1 it is the quotient that tanh's continued fraction gives after seven
 * steps, whose terms all have one sign; it is right to 3e-14. */
#define SHRINK_ABOVE "(675675 + x * x * (45045 + x * x * (594 + x * x)))"
#define SHRINK_BELOW "(2027025 + x * x * (945945 + x * x * (51975 + x * x * (630 + x * x))))"
const struct activation activation_tanh_shrink = {.rec = {.name = "tanh_shrink", .doc = "x - tanh(x)."},
                                                  .value = "abs(x) < 1 ? x * x * x * " SHRINK_ABOVE " / " SHRINK_BELOW
                                                           " : x - tanh(x)",
                                                  .gradient = "tanh(x) * tanh(x)",
                                                  .monotone = true,
                                                  .zero_at_zero = true};

const struct activation activation_hard_sigmoid = {.rec = {.name = "hard_sigmoid", .doc = "x / 6 + 1/2, from 0 to 1."},
                                                   .value = "min(6, max(0, x + 3)) / 6",
                                                   .gradient = "y > 0 ? (y < 1 ? 0.16666666666666666 : 0) : 0",
                                                   .monotone = true,
                                                   .from_output = true,
                                                   .low = 0,
                                                   .high = 1};

const struct activation activation_hard_silu = {
    .rec = {.name = "hard_silu", .alias = {"hard_swish"}, .doc = "x * hard_sigmoid(x)."},
    .value = "x * (min(6, max(0, x + 3)) / 6)",
    .gradient = "x > -3 ? (x < 3 ? x / 3 + 0.5 : 1) : 0",
    .zero_at_zero = true,
    .range = "never below -0.38"};

const struct activation activation_hard_tanh = {.rec = {.name = "hard_tanh", .doc = "x, from -1 to 1."},
                                                .value = "min(1, max(-1, x))",
                                                .gradient = "y > -1 ? (y < 1 ? 1 : 0) : 0",
                                                .monotone = true,
                                                .from_output = true,
                                                .zero_at_zero = true,
                                                .low = -1,
                                                .high = 1};

const struct activation activation_relu6 = {.rec = {.name = "relu6", .doc = "max(x, 0), at most 6."},
                                            .value = "min(6, max(0, x))",
                                            .gradient = "y > 0 ? (y < 6 ? 1 : 0) : 0",
                                            .monotone = true,
                                            .from_output = true,
                                            .zero_at_zero = true,
                                            .low = 0,
                                            .high = 6};

const struct activation activation_log_sigmoid = {.rec = {.name = "log_sigmoid", .doc = "log(sigmoid(x))."},
                                                  .value = "-softplus(-x)",
                                                  .gradient = "sigmoid(-x)",
                                                  .monotone = true,
                                                  .range = "below 0"};

const struct activation activation_mish = {.rec = {.name = "mish", .doc = "x * tanh(softplus(x))."},
                                           .value = "x * tanh(softplus(x))",
                                           .zero_at_zero = true,
                                           .range = "never below -0.31"};

const struct activation activation_softsign = {.rec = {.name = "softsign", .doc = "x / (1 + |x|)."},
                                               .value = "x / (1 + abs(x))",
                                               .gradient = "1 / ((1 + abs(x)) * (1 + abs(x)))",
                                               .monotone = true,
                                               .zero_at_zero = true,
                                               .low = -1,
                                               .high = 1};

const struct activation activation_sparse_plus = {
    .rec = {.name = "sparse_plus", .doc = "0 up to -1, (x + 1)^2 / 4 up to 1, then x."},
    .value = "x <= -1 ? 0 : x < 1 ? (x + 1) * (x + 1) / 4 : x",
    .gradient = "x <= -1 ? 0 : x < 1 ? (x + 1) / 2 : 1",
    .monotone = true,
    .range = "never below 0"};

const struct activation activation_sparse_sigmoid = {
    .rec = {.name = "sparse_sigmoid", .doc = "(x + 1) / 2, from 0 to 1."},
    .value = "min(1, max(0, (x + 1) / 2))",
    .gradient = "y > 0 ? (y < 1 ? 0.5 : 0) : 0",
    .monotone = true,
    .from_output = true,
    .low = 0,
    .high = 1};

const struct activation activation_squareplus = {
    .rec = {.name = "squareplus", .doc = "(x + sqrt(x^2 + b)) / 2.", .args = squareplus_args},
    .value = "x >= 0 ? (x + sqrt(x * x + alpha)) / 2 : alpha / (2 * (sqrt(x * x + alpha) - x))",
    .gradient =
        "x >= 0 ? (x / sqrt(x * x + alpha) + 1) / 2 : alpha / (2 * (sqrt(x * x + alpha) - x) * sqrt(x * x + alpha))",
    .alpha = 4,
    .monotone = true,
    .range = "never below 0"};

static const struct arg_def formula_args[] = {FORMULA_ARG, {0}};

const struct activation activation_expr = {.rec = {.name = "expr",
                                                   .doc = "A formula of one's own, as in expr(x: x / (1 + abs(x))).",
                                                   .example = "expr(x: x / (1 + abs(x)))",
                                                   .args = formula_args},
                                           .formula = true};

const struct activation activation_linear = {.rec = {.name = "linear", .alias = {"none"}, .doc = "x itself."},
                                             .value = "x",
                                             .monotone = true,
                                             .from_output = true,
                                             .zero_at_zero = true};
