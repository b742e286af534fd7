/* rms.c -- steps that are scaled by the size of the gradient: RMSprop forgets old gradients, Adagrad sums them */
#include "catalog/optimizer.h"

static const struct arg_def rmsprop_args[] = {
    LEARNING_RATE("0.001"),
    DECAY("rho", NULL, "0.9", "decay of the mean of the gradient's square"),
    REAL("momentum", ARG_POSITIONAL | ARG_LATER, "0", 0, 0.9999999999999999,
         .doc = "part of the last step that is done again"),
    EPSILON("added inside the root"),
    {.name = "centered",
     .type = ARG_BOOL,
     .flags = ARG_POSITIONAL | ARG_BARE | ARG_LATER,
     .def = "no",
     .doc = "the variance of the gradient counts, not the mean of its square"},
    WEIGHT_DECAY("0"),
    CLIPPING,
    {0}};
static const struct arg_def adagrad_args[] = {
    LEARNING_RATE("0.001"), INITIAL_ACCUMULATOR, EPSILON("added inside the root"), WEIGHT_DECAY("0"), CLIPPING, {0}};

#define SQUARES "v = rho * v + (1 - rho) * g * g; "
#define MEAN    "a = rho * a + (1 - rho) * g; "

const struct optimizer optimizer_rmsprop = {
    .rec = {.name = "rmsprop",
            .alias = {"RMSprop", "RMSProp"},
            .doc = "lr * g over the root of a running mean of g^2.",
            .example = "optimizer rmsprop lr=0.001",
            .args = rmsprop_args},
    .rules = {{.options = {"centered", "momentum"},
               .states = {{"v", "velocity"}, {"m", "momentum"}, {"a", "average_gradient"}},
               .once = RATE,
               .step = SQUARES MEAN "m = momentum * m + rate * g / sqrt(v - a * a + epsilon); w -= m"},
              {.options = {"centered"},
               .states = {{"v", "velocity"}, {"a", "average_gradient"}},
               .once = RATE,
               .step = SQUARES MEAN "w -= rate * g / sqrt(v - a * a + epsilon)"},
              {.options = {"momentum"},
               .states = {{"v", "velocity"}, {"m", "momentum"}},
               .once = RATE,
               .step = SQUARES "m = momentum * m + rate * g / sqrt(v + epsilon); w -= m"},
              {.states = {{"v", "velocity"}}, .once = RATE, .step = SQUARES "w -= rate * g / sqrt(v + epsilon)"}}};

const struct optimizer optimizer_adagrad = {
    .rec = {.name = "adagrad",
            .alias = {"Adagrad", "AdaGrad"},
            .doc = "lr * g over the root of the sum of all g^2.",
            .example = "optimizer adagrad lr=0.01",
            .args = adagrad_args},
    .rules = {
        {.states = {{"a", "accumulator"}}, .once = RATE, .step = "a += g * g; w -= rate * g / sqrt(a + epsilon)"}}};

static const struct arg_def adadelta_args[] = {LEARNING_RATE("0.001"),
                                               DECAY("rho", NULL, "0.95", "decay of the means of squares"),
                                               EPSILON("added inside the roots"),
                                               WEIGHT_DECAY("0"),
                                               CLIPPING,
                                               {0}};

const struct optimizer optimizer_adadelta = {
    .rec = {.name = "adadelta",
            .alias = {"Adadelta", "AdaDelta"},
            .doc = "g times the size of late steps over the size of late gradients.",
            .example = "optimizer adadelta lr=1",
            .args = adadelta_args},
    .rules = {{.states = {{"a", "accumulated_grad"}, {"d", "accumulated_delta_var"}},
               .once = RATE,
               .step = "a = rho * a + (1 - rho) * g * g; s = sqrt(d + epsilon) * g / sqrt(a + epsilon); "
                       "d = rho * d + (1 - rho) * s * s; w -= rate * s"}}};

#define STRENGTH(NAME, DOC) REAL(NAME, ARG_POSITIONAL, "0", 0, 1e30, .doc = DOC)
static const struct arg_def ftrl_args[] = {LEARNING_RATE("0.001"),
                                           REAL("learning_rate_power", ARG_POSITIONAL | ARG_LATER, "-0.5", -1e6, 0,
                                                .doc = "how the rate falls with the sum of squares; 0: it does not"),
                                           INITIAL_ACCUMULATOR,
                                           STRENGTH("l1_regularization_strength", "keeps weights at exactly 0"),
                                           STRENGTH("l2_regularization_strength", "draws weights to 0"),
                                           STRENGTH("l2_shrinkage_regularization_strength", "added to the gradient"),
                                           STRENGTH("beta", "added to l2 as beta / (2 * lr)"),
                                           WEIGHT_DECAY("0"),
                                           CLIPPING,
                                           {0}};

/* ROOT: of the sum of squares, raised to -learning_rate_power. A weight, or padding, that never had a gradient is 0,
 * not 0 / 0. */
#define FTRL(ROOT)                                                                                                     \
    .states = {{"a", "accumulator"}, {"z", "linear"}},                                                                 \
    .once = "rate = 1 / lr; square = 2 * (l2_regularization_strength + beta / (2 * lr))",                              \
    .step = "n = a + g * g; z = z + g + 2 * l2_shrinkage_regularization_strength * w - "                               \
            "(" ROOT("n") " - " ROOT(                                                                                  \
                "a") ") * rate * w; a = n; "                                                                           \
                     "w = (max(-l1_regularization_strength, min(l1_regularization_strength, z)) - z) / "               \
                     "max(" ROOT("n") " * rate + square, 1e-30)"
#define SQUARE_ROOT(X) "sqrt(" X ")"
#define POWER(X)       "pow(" X ", -learning_rate_power)"

const struct optimizer optimizer_ftrl = {
    .rec = {.name = "ftrl",
            .alias = {"Ftrl", "FTRL"},
            .doc = "Follow the regularized leader: for sparse linear models.",
            .example = "optimizer ftrl lr=0.1 l1_regularization_strength=0.01",
            .args = ftrl_args},
    .rules = {{.only = {"learning_rate_power", -0.5}, FTRL(SQUARE_ROOT)}, {FTRL(POWER)}}};
