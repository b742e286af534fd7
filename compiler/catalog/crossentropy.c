/* crossentropy.c -- losses that compare probabilities. After a softmax or sigmoid, they are computed from the input of
 * that activation. This is stable, and the gradient is a subtraction. */
#include "catalog/catalog.h"

static const char *const balanced[] = {"balanced", NULL};

static const struct arg_def crossentropy_args[] = {
    {.name = "from_logits", .type = ARG_BOOL, .def = "no", .doc = "the outputs are logits, not probabilities"},
    {.name = "label_smoothing",
     .type = ARG_REAL,
     .def = "0",
     .min = 0,
     .max = 1,
     .doc = "the part of each target that all classes share alike"},
    {.name = "class_weight",
     .type = ARG_NUMBERS,
     .min = 0,
     .max = 1e30,
     .choices = balanced,
     .doc = "factors of the rows of each class in training; balanced: rows / (classes * rows of the class)"},
    {0}};

const struct loss loss_sparse_categorical_crossentropy = {
    .rec = {.name = "sparse_categorical_crossentropy",
            .alias = {"SparseCategoricalCrossentropy"},
            .doc = "-log p[class]; the target is the number of the class.",
            .args = crossentropy_args},
    .sparse = true,
    .logits_of = "softmax"};

const struct loss loss_categorical_crossentropy = {.rec = {.name = "categorical_crossentropy",
                                                           .alias = {"CategoricalCrossentropy"},
                                                           .doc = "-sum t * log p; the target is a distribution.",
                                                           .args = crossentropy_args},
                                                   .target = {.bounded = true, .high = 1, .sum_to_one = true},
                                                   .logits_of = "softmax"};

const struct loss loss_binary_crossentropy = {
    .rec = {.name = "binary_crossentropy",
            .alias = {"BinaryCrossentropy", "bce", "BCE"},
            .setting = "Dense 1 sigmoid",
            .doc = "Mean of -t * log p - (1 - t) * log(1 - p); the targets are probabilities of their own.",
            .args = crossentropy_args},
    .formula = {"q = z < 1e-7 ? 1e-7 : z > 1 - 1e-7 ? 1 - 1e-7 : z", "-t * log(q) - (1 - t) * log(1 - q)",
                "q == z ? (q - t) / (q * (1 - q)) : 0"},
    .logit_formula = {"q = sigmoid(z)", "max(0, z) - z * t + log1p(exp(-abs(z)))", "q - t"},
    .target = {.bounded = true, .high = 1},
    .logits_of = "sigmoid"};
