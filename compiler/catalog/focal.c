/* focal.c -- relatives of cross-entropy. Focal ones count a probability the less, the better it is already: each is
 * multiplied by (1 - p of the truth)^gamma. The generalized one counts what is quite wrong less. */
#include "catalog/loss.h"

#define GAMMA FACTOR("gamma", "2", "how much less a good answer counts")

static const struct arg_def binary_args[] = {
    FACTOR("alpha", "0.25", "weight of the targets that are 1; the others have 1 - alpha"),
    GAMMA,
    {.name = "apply_class_balancing", .type = ARG_BOOL, .flags = ARG_BARE, .def = "no", .doc = "whether alpha is used"},
    FROM_LOGITS,
    LABEL_SMOOTHING,
    ANSWER_AXIS,
    CLASS_WEIGHT,
    {0}};
static const struct arg_def categorical_args[] = {
    FACTOR("alpha", "0.25", "factor of the loss"), GAMMA, FROM_LOGITS, LABEL_SMOOTHING, ANSWER_AXIS, CLASS_WEIGHT, {0}};

#define CLIPPED "z < 1e-7 ? 1e-7 : z > 1 - 1e-7 ? 1 - 1e-7 : z"
/* prob: the probability, other: that of the opposite, which near 1 has digits of its own. */
#define OF_TRUTH " * pow(t * other + (1 - t) * prob, gamma)"
#define BALANCE  " * (1 + apply_class_balancing * (t * alpha + (1 - t) * (1 - alpha) - 1))"

const struct loss loss_binary_focal_crossentropy = {
    .rec = {.name = "binary_focal_crossentropy",
            .alias = {"BinaryFocalCrossentropy"},
            .setting = "Dense 1 sigmoid",
            .doc = "binary_crossentropy times (1 - p)^gamma, where p is what the truth was given.",
            .example = "loss binary_focal_crossentropy gamma=2 apply_class_balancing",
            .args = binary_args},
    .formula = {.names = "prob = z; other = 1 - z; c = " CLIPPED,
                .value = "(-t * log(c) - (1 - t) * log1p(-c))" OF_TRUTH BALANCE},
    .logit_formula = {.names = "prob = sigmoid(z); other = sigmoid(-z)",
                      .value = "(max(0, z) - z * t + log1p(exp(-abs(z))))" OF_TRUTH BALANCE},
    .target = {.bounded = true, .high = 1},
    .wants = "sigmoid",
    .logits_of = "sigmoid"};

/* c: the clipped probability of the class. */
#define TERM      "loss -= alpha * pow(1 - c, gamma) * t * log(c)"
#define WITHIN(P) "(" P ") < 1e-7 ? 1e-7 : (" P ") > 1 - 1e-7 ? 1 - 1e-7 : (" P ")"

const struct loss loss_categorical_focal_crossentropy = {
    .rec = {.name = "categorical_focal_crossentropy",
            .alias = {"CategoricalFocalCrossentropy"},
            .doc = "-sum alpha * (1 - p)^gamma * t * log p; the target is a distribution.",
            .example = "loss categorical_focal_crossentropy gamma=2",
            .args = categorical_args},
    .formula = {.names = "c = " WITHIN("z / total"), .sums = "total += z; " TERM, .value = "loss"},
    .logit_formula = {.names = "c = " WITHIN("exp(z - top) / total"),
                      .sums = "total += exp(z - top); " TERM,
                      .value = "loss"},
    .target = {.bounded = true, .high = 1, .sum_to_one = true},
    .wants = "softmax",
    .logits_of = "softmax"};

static const struct arg_def generalized_args[] = {
    REAL("q", 0, "0.5", 0, 0.9999999999999999, .open = true,
         .doc = "towards 0 it is like a cross-entropy, towards 1 like mae"),
    CLASS_WEIGHT,
    {0}};

const struct loss loss_categorical_generalized_cross_entropy = {
    .rec = {.name = "categorical_generalized_cross_entropy",
            .alias = {"CategoricalGeneralizedCrossEntropy"},
            .doc = "(1 - p^q) / q of the class; wrong labels do less harm. The target is the number of the class.",
            .example = "loss categorical_generalized_cross_entropy q=0.7",
            .args = generalized_args},
    .formula = {.sums = "truth += z * t", .value = "(1 - pow(truth, q)) / q"},
    .logit_formula = {.sums = "total += exp(z - top); truth += t * (z - top)",
                      .value = "(1 - exp(q * (truth - log(total)))) / q"},
    .sparse = true,
    .wants = "softmax",
    .logits_of = "softmax"};
