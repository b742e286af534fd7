/* whole.c -- optimizers that look at whole parameters: at their norms, their rows and columns, at matrices. */
#include "catalog/optimizer.h"

static const struct arg_def lamb_args[] = {
    LEARNING_RATE("0.001"),
    DECAY("beta_1", "beta1", "0.9", "decay of the mean of the gradient"),
    DECAY("beta_2", "beta2", "0.999", "decay of the mean of its square"),
    REAL("epsilon", ARG_POSITIONAL, "1e-7", 0, 1e6, .open = true, .alias = {"eps"}, .doc = "added to the root"),
    WEIGHT_DECAY("0"),
    CLIPPING,
    {0}};

#define MOMENTS "m = m + (1 - beta_1) * (g - m); v = v + (1 - beta_2) * (g * g - v); "

const struct optimizer optimizer_lamb = {
    .rec =
        {.name = "lamb",
         .alias = {"Lamb", "LAMB"},
         .doc =
             "Adam whose step has, for each parameter, the length of the parameter times the rate: for large batches.",
         .example = "optimizer lamb lr=0.002 weight_decay=0.01",
         .args = lamb_args},
    .rules = {{.states = {{"m", "momentum"}, {"v", "velocity"}},
               .once = "rate = lr; of_m = 1 / (1 - pow(beta_1, t)); of_v = 1 / (1 - pow(beta_2, t)); "
                       "keeps = 1 - lr * weight_decay",
               .whole = WHOLE_LENGTH,
               .before = MOMENTS "u = of_m * m / (sqrt(of_v * v) + epsilon)",
               .step = "w -= rate * u"}}};

static const struct arg_def adafactor_args[] = {
    LEARNING_RATE("0.001"),
    REAL("beta_2_decay", ARG_POSITIONAL, "-0.8", -1e6, 0,
         .doc = "how fast the means of squares get longer: 1 - t^this is old"),
    REAL("epsilon_1", ARG_POSITIONAL, "1e-30", 1e-37, 1e6, .doc = "added to squares of the gradient"),
    REAL("epsilon_2", ARG_POSITIONAL, "1e-3", 0, 1e6, .doc = "the least root mean square of a parameter that counts"),
    REAL("clip_threshold", ARG_POSITIONAL, "1", 0, 1e30, .open = true,
         .doc = "the largest root mean square of an update"),
    {.name = "relative_step",
     .type = ARG_BOOL,
     .flags = ARG_POSITIONAL | ARG_LATER,
     .def = "yes",
     .doc = "the rate is 1 / sqrt(step) at most; Keras limits it also without"},
    WEIGHT_DECAY("0"),
    CLIPPING,
    {0}};

#define ADAFACTOR(RATE_OF_STEP)                                                                                        \
    .once = "rate = " RATE_OF_STEP "; old = 1 - pow(t, beta_2_decay); small = epsilon_1; least = epsilon_2; "          \
            "most = clip_threshold; keeps = 1 - lr * weight_decay",                                                    \
    .whole = WHOLE_FACTORS, .step = "w -= u"

const struct optimizer optimizer_adafactor = {
    .rec = {.name = "adafactor",
            .alias = {"Adafactor"},
            .doc = "Steps relative to the parameter; of the squares of a matrix it keeps means of rows and columns, so "
                   "its state is small.",
            .example = "optimizer adafactor lr=0.01",
            .args = adafactor_args},
    .rules = {{.options = {"relative_step"}, ADAFACTOR("min(lr, 1 / sqrt(t))")}, {ADAFACTOR("lr")}}};

static const struct arg_def muon_args[] = {
    LEARNING_RATE("0.001"),
    DECAY("adam_beta_1", "adam_beta1", "0.9", "adamw's, for all but matrices"),
    DECAY("adam_beta_2", "adam_beta2", "0.999", "adamw's, for all but matrices"),
    REAL("adam_weight_decay", ARG_POSITIONAL, "0.004", 0, 1e6, .doc = "weight decay of all but matrices"),
    EPSILON("added to the root of adamw's step"),
    WEIGHT_DECAY("0.004"),
    {.name = "exclude_layers",
     .type = ARG_COLUMNS,
     .doc = "layers whose matrices adamw moves, as one should the last: parts of their names"},
    REAL("muon_a", 0, "3.4445", -1e6, 1e6, .doc = "of the iteration: of x"),
    REAL("muon_b", 0, "-4.775", -1e6, 1e6, .doc = "of the third power"),
    REAL("muon_c", 0, "2.0315", -1e6, 1e6, .doc = "of the fifth power"),
    REAL("adam_lr_ratio", 0, "1", 0, 1e6, .doc = "adamw's rate, of the rate"),
    DECAY("momentum", "muon_momentum", "0.95", "of a matrix: the part of the sum of gradients that a step leaves"),
    {.name = "ns_steps", .type = ARG_INT, .def = "5", .min = 1, .max = 100, .doc = "how often the iteration runs"},
    {.name = "nesterov", .type = ARG_BOOL, .flags = ARG_BARE, .def = "yes", .doc = "looks ahead"},
    REAL("rms_rate", 0, "0.2", 0, 1e6, .doc = "the root mean square of a matrix' update, of the rate"),
    CLIPPING,
    {0}};

#define ADAMW                                                                                                          \
    "m = m + (1 - adam_beta_1) * (g - m); v = v + (1 - adam_beta_2) * (g * g - v); u = alpha * m / (sqrt(v) + "        \
    "epsilon)"
#define MUON(AHEAD)                                                                                                    \
    .states = {{"m", "momentum"}, {"v", "velocity"}},                                                                  \
    .once = "rate = lr * rms_rate; steps = ns_steps; a = muon_a; b = muon_b; c = muon_c; "                             \
            "alpha = lr * adam_lr_ratio * sqrt(1 - pow(adam_beta_2, t)) / (1 - pow(adam_beta_1, t)); "                 \
            "decay = lr * weight_decay; decay_others = lr * adam_weight_decay",                                        \
    .whole = WHOLE_ORTHOGONAL, .before = AHEAD, .before_others = ADAMW, .step = "w -= decay * w; w -= u",              \
    .step_others = "w -= decay_others * w; w -= u"

const struct optimizer optimizer_muon = {
    .rec = {.name = "muon",
            .alias = {"Muon"},
            .doc = "Steps of matrices, as of dense kernels, are made orthogonal; adamw moves all else.",
            .example = "optimizer muon lr=0.002 exclude_layers=dense_1",
            .args = muon_args},
    .rules = {{.options = {"nesterov"}, MUON("m = momentum * m + g; u = g + momentum * m")},
              {MUON("m = momentum * m + g; u = m")}}};
