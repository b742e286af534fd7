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

const struct record metric_accuracy = {
    .name = "accuracy",
    .alias = {"acc", "sparse_categorical_accuracy", "categorical_accuracy"},
    .doc = "Share of the rows whose class was the likeliest; of one sigmoid output: on the right side of 0.5."};

const struct record metric_top_k = {.name = "top_k",
                                    .alias = {"sparse_top_k_categorical_accuracy", "top_k_categorical_accuracy"},
                                    .doc = "Share of the rows whose class was among the k likeliest.",
                                    .example = "metrics top_k(5)",
                                    .args = top_k_args};

const struct record metric_mse = {
    .name = "mse", .alias = {"mean_squared_error"}, .doc = "Mean squared difference from the target."};

const struct record metric_mae = {
    .name = "mae", .alias = {"mean_absolute_error"}, .doc = "Mean absolute difference from the target."};
