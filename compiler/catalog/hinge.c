/* hinge.c -- losses of scores: beyond a margin an answer is good enough. */
#include "catalog/loss.h"

/* Targets 0 and 1 stand for -1 and 1. */
#define SIGNED "s = t == 0 ? -1 : t"

const struct loss loss_hinge = {.rec = {.name = "hinge",
                                        .alias = {"Hinge"},
                                        .doc = "Mean of max(0, 1 - t * y); the targets are -1 and 1, or 0 and 1.",
                                        .setting = "Dense 1"},
                                .formula = {.names = SIGNED, .value = "max(0, 1 - s * z)"},
                                .target = {.bounded = true, .low = -1, .high = 1},
                                .scores = true};

const struct loss loss_squared_hinge = {
    .rec = {.name = "squared_hinge",
            .alias = {"SquaredHinge"},
            .doc = "Mean of max(0, 1 - t * y)^2; the targets are -1 and 1, or 0 and 1.",
            .setting = "Dense 1"},
    .formula = {.names = SIGNED "; h = max(0, 1 - s * z)", .value = "h * h"},
    .target = {.bounded = true, .low = -1, .high = 1},
    .scores = true};

const struct loss loss_categorical_hinge = {
    .rec = {.name = "categorical_hinge",
            .alias = {"CategoricalHinge"},
            .doc = "max(0, 1 + the best score of another class - the score of the class); the target is one-hot.",
            .setting = "Dense 10"},
    .formula = {.sums = "own += t * z", .most = "(1 - t) * z", .value = "max(0, most - own + 1)"},
    .target = {.bounded = true, .high = 1, .sum_to_one = true},
    .scores = true};
