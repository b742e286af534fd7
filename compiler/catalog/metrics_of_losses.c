/* metrics_of_losses.c -- losses and other comparisons of numbers, measured beside the loss. */
#include "catalog/catalog.h"

/* SETTING: a last layer that suits it. */
#define MEASURED(NAME, ALIAS, LONG, RISES, SETTING, DOC)                                                               \
    .rec = {.name = NAME, .alias = {ALIAS, LONG}, .setting = SETTING, .doc = DOC}, .rises = RISES
/* One that rises and looks at the outputs of an answer together. */
#define OF_ANSWER(NAME, ALIAS, DOC)                                                                                    \
    .rec = {.name = NAME,                                                                                              \
            .alias = {ALIAS},                                                                                          \
            .setting = "Dense 4",                                                                                      \
            .doc = DOC,                                                                                                \
            .example = "metrics " NAME,                                                                                \
            .args = answer_args},                                                                                      \
    .rises = true

static const struct arg_def answer_args[] = {ANSWER_AXIS, {0}};

const struct metric metric_rmse = {.rec = {.name = "rmse",
                                           .alias = {"root_mean_squared_error", "RootMeanSquaredError", "RMSE"},
                                           .setting = "Dense 1",
                                           .doc = "Root of mse."}};
const struct metric metric_mape = {MEASURED("mape", "mean_absolute_percentage_error", "MeanAbsolutePercentageError",
                                            false, "Dense 1", "Mean of 100 * |y - t| / |t|.")};
const struct metric metric_msle = {MEASURED("msle", "mean_squared_logarithmic_error", "MeanSquaredLogarithmicError",
                                            false, "Dense 1", "Mean of (log(1 + y) - log(1 + t))^2.")};
const struct metric metric_log_cosh = {
    MEASURED("log_cosh", "logcosh", "LogCoshError", false, "Dense 1", "Mean of log(cosh(y - t)).")};
const struct metric metric_poisson = {
    MEASURED("poisson", "Poisson", NULL, false, "Dense 1", "Mean of y - t * log(y).")};
const struct metric metric_hinge = {
    MEASURED("hinge", "Hinge", NULL, false, "Dense 1", "Mean of max(0, 1 - t * y), where 0 stands for -1.")};
const struct metric metric_squared_hinge = {MEASURED("squared_hinge", "SquaredHinge", NULL, false, "Dense 1",
                                                     "Mean of the square of what hinge is the mean of.")};
const struct metric metric_categorical_hinge = {MEASURED("categorical_hinge", "CategoricalHinge", NULL, false,
                                                         "Dense 10",
                                                         "max(0, 1 + the best other score - the score of the class).")};
const struct metric metric_binary_crossentropy = {
    MEASURED("binary_crossentropy", "BinaryCrossentropy", "bce", false, "Dense 1 sigmoid", "The loss of that name.")};
const struct metric metric_categorical_crossentropy = {
    .rec = {.name = "categorical_crossentropy",
            .alias = {"CategoricalCrossentropy", "sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"},
            .doc = "The loss of that name, without label smoothing and class weights.",
            .example = "metrics categorical_crossentropy",
            .args = answer_args}};
const struct metric metric_kl_divergence = {
    MEASURED("kl_divergence", "kld", "KLDivergence", false, NULL, "sum t * log(t / p).")};
const struct metric metric_cosine_similarity = {
    OF_ANSWER("cosine_similarity", "CosineSimilarity", "cos of the angle to the targets.")};
const struct metric metric_pearson_correlation = {OF_ANSWER(
    "pearson_correlation", "PearsonCorrelation", "Correlation of the outputs of an answer with its targets.")};
const struct metric metric_concordance_correlation = {
    OF_ANSWER("concordance_correlation", "ConcordanceCorrelation",
              "Lin's concordance of the outputs of an answer with its targets.")};
