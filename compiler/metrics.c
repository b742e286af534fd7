/* metrics.c -- what is counted beside the loss. */
#include "net.h"

static const struct arg_def top_k_args[] = {{.name = "k",
                                             .type = ARG_INT,
                                             .flags = ARG_POSITIONAL,
                                             .def = "5",
                                             .min = 1,
                                             .max = 2147483647,
                                             .doc = "how many guesses count"},
                                            {0}};

const struct metric metric_accuracy = {
    .rec = {.name = "accuracy",
            .alias = {"acc", "sparse_categorical_accuracy", "categorical_accuracy"},
            .doc = "Share of the rows whose class was the likeliest; of one sigmoid output: on the right side of 0.5."},
    .rises = true};

const struct metric metric_top_k = {
    .rec = {.name = "top_k",
            .alias = {"sparse_top_k_categorical_accuracy", "top_k_categorical_accuracy"},
            .doc = "Share of the rows whose class was among the k likeliest.",
            .example = "metrics top_k(5)",
            .args = top_k_args},
    .rises = true};

const struct metric metric_mse = {
    .rec = {.name = "mse", .alias = {"mean_squared_error"}, .doc = "Mean squared difference from the target."}};

const struct metric metric_mae = {
    .rec = {.name = "mae", .alias = {"mean_absolute_error"}, .doc = "Mean absolute difference from the target."}};
