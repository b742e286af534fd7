/* crossentropy.c -- losses that compare probabilities. After a softmax or sigmoid, they are computed from the input of
 * that activation. This is stable, and the gradient is a subtraction. */
#include "catalog/loss.h"

const char *const loss_balanced[] = {"balanced", NULL};

static const struct arg_def crossentropy_args[] = {FROM_LOGITS, LABEL_SMOOTHING, ANSWER_AXIS, CLASS_WEIGHT, {0}};

static const struct arg_def sparse_args[] = {FROM_LOGITS,
                                             LABEL_SMOOTHING,
                                             CLASS_WEIGHT,
                                             ANSWER_AXIS,
                                             {.name = "ignore_class",
                                              .type = ARG_INT,
                                              .min = -2147483647,
                                              .max = 2147483647,
                                              .doc = "a label that counts for nothing; it need not be a class"},
                                             {0}};

const struct loss loss_sparse_categorical_crossentropy = {
    .rec = {.name = "sparse_categorical_crossentropy",
            .alias = {"SparseCategoricalCrossentropy"},
            .doc = "-log p[class]; the target is the number of the class.",
            .args = sparse_args},
    .sparse = true,
    .wants = "softmax",
    .logits_of = "softmax"};

const struct loss loss_categorical_crossentropy = {.rec = {.name = "categorical_crossentropy",
                                                           .alias = {"CategoricalCrossentropy"},
                                                           .doc = "-sum t * log p; the target is a distribution.",
                                                           .args = crossentropy_args},
                                                   .target = {.bounded = true, .high = 1, .sum_to_one = true},
                                                   .wants = "softmax",
                                                   .logits_of = "softmax"};

#define CLIPPED "prob = z < 1e-7 ? 1e-7 : z > 1 - 1e-7 ? 1 - 1e-7 : z"

const struct loss loss_binary_crossentropy = {
    .rec = {.name = "binary_crossentropy",
            .alias = {"BinaryCrossentropy", "bce", "BCE"},
            .setting = "Dense 1 sigmoid",
            .doc = "Mean of -t * log p - (1 - t) * log(1 - p); the targets are probabilities of their own.",
            .args = crossentropy_args},
    .formula = {.names = CLIPPED,
                .value = "-t * log(prob) - (1 - t) * log1p(-prob)",
                .gradient = "prob == z ? (prob - t) / (prob * (1 - prob)) : 0"},
    .logit_formula = {.names = "prob = sigmoid(z)",
                      .value = "max(0, z) - z * t + log1p(exp(-abs(z)))",
                      .gradient = "prob - t"},
    .target = {.bounded = true, .high = 1},
    .wants = "sigmoid",
    .logits_of = "sigmoid"};
