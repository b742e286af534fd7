/* metrics.c -- what is measured beside the loss. */
#include "catalog/catalog.h"

static const struct arg_def top_k_args[] = {{.name = "k",
                                             .type = ARG_INT,
                                             .flags = ARG_POSITIONAL,
                                             .def = "5",
                                             .min = 1,
                                             .max = 2147483647,
                                             .doc = "how many guesses count"},
                                            {0}};

static const char *const averages[] = {"macro", "micro", "weighted", NULL};

#define AVERAGE                                                                                                        \
    {                                                                                                                  \
        .name = "average", .type = ARG_CHOICE, .flags = ARG_BARE, .def = "macro", .choices = averages,                 \
        .doc = "of the classes, of all answers alike, or of the classes by their rows"                                 \
    }

static const struct arg_def counts_args[] = {AVERAGE,
                                             {.name = "threshold",
                                              .type = ARG_REAL,
                                              .def = "0.5",
                                              .min = 0,
                                              .max = 1,
                                              .doc = "above it an output that stands for itself says yes"},
                                             {0}};

static const struct arg_def auc_args[] = {AVERAGE,
                                          {.name = "thresholds",
                                           .type = ARG_INT,
                                           .def = "200",
                                           .min = 2,
                                           .max = 100000,
                                           .alias = {"num_thresholds"},
                                           .doc = "points of the curve"},
                                          {0}};

const struct metric metric_accuracy = {
    .rec = {.name = "accuracy",
            .alias = {"acc", "Accuracy", "sparse_categorical_accuracy", "SparseCategoricalAccuracy",
                      "categorical_accuracy", "CategoricalAccuracy", "binary_accuracy", "BinaryAccuracy"},
            .doc = "Share of the rows whose class was the likeliest; of outputs that say yes or no, of those on the "
                   "right side of "
                   "0.5."},
    .rises = true};

const struct metric metric_top_k = {
    .rec = {.name = "top_k",
            .alias = {"sparse_top_k_categorical_accuracy", "SparseTopKCategoricalAccuracy",
                      "top_k_categorical_accuracy", "TopKCategoricalAccuracy"},
            .doc = "Share of the rows whose class was among the k likeliest.",
            .example = "metrics top_k(5)",
            .args = top_k_args},
    .rises = true};

const struct metric metric_mse = {.rec = {.name = "mse",
                                          .alias = {"mean_squared_error", "MeanSquaredError", "MSE"},
                                          .doc = "Mean squared difference from the target.",
                                          .setting = "Dense 1"}};

const struct metric metric_mae = {.rec = {.name = "mae",
                                          .alias = {"mean_absolute_error", "MeanAbsoluteError", "MAE"},
                                          .doc = "Mean absolute difference from the target.",
                                          .setting = "Dense 1"}};

const struct metric metric_precision = {.rec = {.name = "precision",
                                                .alias = {"Precision"},
                                                .doc = "Share of the rows that were said to be of a class and are.",
                                                .example = "metrics precision",
                                                .args = counts_args},
                                        .rises = true,
                                        .counts = true};

const struct metric metric_recall = {.rec = {.name = "recall",
                                             .alias = {"Recall"},
                                             .doc = "Share of the rows of a class that were said to be of it.",
                                             .example = "metrics recall",
                                             .args = counts_args},
                                     .rises = true,
                                     .counts = true};

const struct metric metric_f1 = {.rec = {.name = "f1",
                                         .alias = {"F1Score", "f1_score"},
                                         .doc = "Harmonic mean of precision and recall.",
                                         .example = "metrics f1(average=weighted)",
                                         .args = counts_args},
                                 .rises = true,
                                 .counts = true};

const struct metric metric_auc = {
    .rec = {.name = "auc",
            .alias = {"AUC"},
            .doc = "Area under the curve of recall over false alarms, each class against the rest.",
            .example = "metrics auc",
            .args = auc_args},
    .rises = true,
    .counts = true};

const struct metric metric_r2 = {
    .rec = {.name = "r2",
            .alias = {"R2Score", "r2_score"},
            .setting = "Dense 1",
            .doc = "1 - squared errors / squares about the mean: 1 is perfect, 0 as good as the mean."},
    .rises = true};
