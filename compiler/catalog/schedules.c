/* schedules.c -- how the learning rate changes over the steps of a run: lr=cosine(1e-3, warmup=500). `lr=0.001` is
 * constant(0.001). */
#include "catalog/catalog.h"

#define BASE_RATE                                                                                                      \
    REAL("lr", ARG_REQUIRED | ARG_POSITIONAL, NULL, 0, 1e6, .alias = {"initial_learning_rate", "learning_rate"},       \
         .doc = "the rate to start from")
#define STEPS(FLAGS, DEFAULT, MIN, DOC)                                                                                \
    {                                                                                                                  \
        .name = "steps", .type = ARG_INT, .flags = FLAGS, .def = DEFAULT, .min = MIN, .max = 1e15,                     \
        .alias = {"decay_steps"}, .doc = DOC                                                                           \
    }
#define RATE                                                                                                           \
    REAL("rate", ARG_REQUIRED | ARG_POSITIONAL, NULL, 0, 1e6, .alias = {"decay_rate", "factor"},                       \
         .doc = "factor after that many steps")
#define WARMUP                                                                                                         \
    {                                                                                                                  \
        .name = "warmup", .type = ARG_INT, .def = "0", .min = 0, .max = 1e15, .alias = {"warmup_steps"},               \
        .doc = "steps of linear warm-up from 0 in front of it"                                                         \
    }

#define STAIRCASE                                                                                                      \
    {                                                                                                                  \
        .name = "staircase", .type = ARG_BOOL, .flags = ARG_POSITIONAL | ARG_BARE, .def = "no",                        \
        .doc = "fall at once at the end of each stretch"                                                               \
    }
#define ALPHA REAL("alpha", ARG_POSITIONAL, "0", 0, 1, .doc = "the last rate, as a part of lr")

static const struct arg_def constant_args[] = {BASE_RATE, WARMUP, {0}};
static const struct arg_def step_args[] = {
    BASE_RATE, STEPS(ARG_REQUIRED | ARG_POSITIONAL, NULL, 1, "steps between two cuts"), RATE, WARMUP, {0}};
static const struct arg_def exponential_args[] = {
    BASE_RATE, STEPS(ARG_REQUIRED | ARG_POSITIONAL, NULL, 1, "steps in which the rate falls by its factor"),
    RATE,      WARMUP,
    STAIRCASE, {0}};
static const struct arg_def cosine_args[] = {
    BASE_RATE,
    STEPS(ARG_POSITIONAL, "0", 0, "length of the decay; 0: all steps of the run"),
    ALPHA,
    REAL("end", 0, NULL, 0, 1e6, .doc = "the last rate itself"),
    WARMUP,
    REAL("warmup_target", 0, NULL, 0, 1e6,
         .doc =
             "the rate that the warm-up goes to, from lr on; the decay begins there. Otherwise it goes from 0 to lr"),
    {0}};

#define NUMBER(NAME, FLAGS, DEFAULT, MIN, MAX, ALIAS, DOC)                                                             \
    REAL(NAME, FLAGS, DEFAULT, MIN, MAX, .alias = {ALIAS}, .doc = DOC)
static const struct arg_def restarts_args[] = {
    BASE_RATE,
    {.name = "steps",
     .type = ARG_INT,
     .flags = ARG_REQUIRED | ARG_POSITIONAL,
     .min = 1,
     .max = 1e15,
     .alias = {"first_decay_steps", "decay_steps"},
     .doc = "length of the first period"},
    NUMBER("t_mul", ARG_POSITIONAL, "2", 1, 1e6, NULL, "how much longer each period is than the one before"),
    NUMBER("m_mul", ARG_POSITIONAL, "1", 0, 1e6, NULL, "how much higher each period begins than the one before"),
    ALPHA,
    WARMUP,
    {0}};
static const struct arg_def inverse_args[] = {
    BASE_RATE, STEPS(ARG_REQUIRED | ARG_POSITIONAL, NULL, 1, "steps in which the divisor grows by rate"),
    RATE,      WARMUP,
    STAIRCASE, {0}};
static const struct arg_def piecewise_args[] = {{.name = "boundaries",
                                                 .type = ARG_NUMBERS,
                                                 .flags = ARG_REQUIRED | ARG_POSITIONAL,
                                                 .min = 0,
                                                 .max = 1e15,
                                                 .doc = "the last step of each value but the last"},
                                                {.name = "values",
                                                 .type = ARG_NUMBERS,
                                                 .flags = ARG_REQUIRED | ARG_POSITIONAL,
                                                 .min = 0,
                                                 .max = 1e6,
                                                 .doc = "the rates, one more than boundaries"},
                                                WARMUP,
                                                {0}};
static const struct arg_def polynomial_args[] = {
    BASE_RATE,
    STEPS(ARG_REQUIRED | ARG_POSITIONAL, NULL, 1, "length of the decay"),
    NUMBER("end", ARG_POSITIONAL, "0.0001", 0, 1e6, "end_learning_rate", "the last rate"),
    NUMBER("power", ARG_POSITIONAL, "1", 0, 1e6, NULL, "1: a straight line"),
    {.name = "cycle",
     .type = ARG_BOOL,
     .flags = ARG_POSITIONAL | ARG_BARE,
     .def = "no",
     .doc = "go on in longer periods at the end"},
    WARMUP,
    {0}};
static const struct arg_def one_cycle_args[] = {
    {.name = "lr",
     .type = ARG_REAL,
     .flags = ARG_REQUIRED | ARG_POSITIONAL,
     .max = 1e6,
     .alias = {"max_lr", "learning_rate"},
     .doc = "the highest rate"},
    {.name = "steps",
     .type = ARG_INT,
     .def = "0",
     .min = 0,
     .max = 1e15,
     .alias = {"total_steps"},
     .doc = "length of the cycle; 0: all steps of the run"},
    NUMBER("rise", 0, "0.3", 0, 1, "pct_start", "the part of the cycle in which the rate rises"),
    NUMBER("div", 0, "25", 1, 1e30, "div_factor", "it begins at lr / div"),
    NUMBER("final_div", 0, "10000", 1, 1e30, "final_div_factor", "it ends at lr / div / final_div"),
    WARMUP,
    {0}};

const struct record schedule_constant = {
    .name = "constant", .doc = "Always lr.", .example = "lr=constant(0.001)", .args = constant_args};

const struct record schedule_step = {.name = "step",
                                     .doc = "lr * rate^floor(t / steps).",
                                     .example = "lr=step(0.1, steps=1000, rate=0.5)",
                                     .args = step_args};

const struct record schedule_exponential = {.name = "exponential",
                                            .alias = {"ExponentialDecay", "exponential_decay"},
                                            .doc = "lr * rate^(t / steps).",
                                            .example = "lr=exponential(0.1, steps=1000, rate=0.9)",
                                            .args = exponential_args};

const struct record schedule_cosine = {.name = "cosine",
                                       .alias = {"CosineDecay", "cosine_decay"},
                                       .doc = "lr * ((1 - alpha) * (1 + cos(pi * t / steps)) / 2 + alpha).",
                                       .example = "lr=cosine(1e-3, warmup=500)",
                                       .args = cosine_args};

const struct record schedule_cosine_restarts = {.name = "cosine_restarts",
                                                .alias = {"CosineDecayRestarts", "cosine_decay_restarts"},
                                                .doc = "cosine over and over, each period t_mul times as long.",
                                                .example = "lr=cosine_restarts(1e-3, steps=1000)",
                                                .args = restarts_args};

const struct record schedule_inverse_time = {.name = "inverse_time",
                                             .alias = {"InverseTimeDecay", "inverse_time_decay"},
                                             .doc = "lr / (1 + rate * t / steps).",
                                             .example = "lr=inverse_time(0.1, steps=1000, rate=0.5)",
                                             .args = inverse_args};

const struct record schedule_piecewise = {
    .name = "piecewise",
    .alias = {"PiecewiseConstantDecay", "piecewise_constant", "piecewise_constant_decay"},
    .doc = "values[0] up to step boundaries[0], then values[1], and so on.",
    .example = "lr=piecewise([1000, 2000], [0.1, 0.01, 0.001])",
    .args = piecewise_args};

const struct record schedule_polynomial = {.name = "polynomial",
                                           .alias = {"PolynomialDecay", "polynomial_decay"},
                                           .doc = "(lr - end) * (1 - t / steps)^power + end.",
                                           .example = "lr=polynomial(0.1, steps=1000, power=2)",
                                           .args = polynomial_args};

const struct record schedule_one_cycle = {.name = "one_cycle",
                                          .alias = {"OneCycleLR"},
                                          .doc = "Half a wave up to lr, and half a longer one down to nearly 0.",
                                          .example = "lr=one_cycle(0.1)",
                                          .args = one_cycle_args};
