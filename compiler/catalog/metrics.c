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

#define THRESHOLD_CALLED(ALIAS, FLAGS)                                                                                 \
    REAL("threshold", ARG_POSITIONAL | (FLAGS), "0.5", 0, 1, .alias = {ALIAS},                                         \
         .doc = "above it an output that stands for itself says yes")
#define THRESHOLD THRESHOLD_CALLED(NULL, 0)
#define A_CLASS(NAME, FLAGS, DOC)                                                                                      \
    {                                                                                                                  \
        .name = NAME, .type = ARG_INT, .flags = FLAGS, .min = 0, .max = 2147483646, .doc = DOC                         \
    }
#define ONE_CLASS(FLAGS) A_CLASS("class_id", FLAGS, "the class that counts alone")
#define IGNORED          A_CLASS("ignore_class", ARG_POSITIONAL, "a label whose answers count for nothing")
#define NUMBER_OF_CLASSES                                                                                              \
    {                                                                                                                  \
        .name = "num_classes", .type = ARG_INT, .flags = ARG_POSITIONAL, .min = 1, .max = 2147483647,                  \
        .doc = "as many as the network has"                                                                            \
    }
#define CLASSES(FLAGS)                                                                                                 \
    {                                                                                                                  \
        .name = "target_class_ids", .type = ARG_NUMBERS, .flags = FLAGS, .min = 0, .max = 63,                          \
        .doc = "the classes that count; all"                                                                           \
    }
#define LEAST(NAME, DOC) REAL(NAME, ARG_REQUIRED | ARG_POSITIONAL, NULL, 0, 1, .doc = DOC)
#define THRESHOLDS                                                                                                     \
    {                                                                                                                  \
        .name = "thresholds", .type = ARG_INT, .flags = ARG_POSITIONAL, .def = "200", .min = 2, .max = 100000,         \
        .alias = {"num_thresholds"}, .doc = "points of the curve"                                                      \
    }

static const struct arg_def f1_args[] = {AVERAGE, THRESHOLD, {0}};
static const struct arg_def counts_args[] = {AVERAGE,
                                             THRESHOLD_CALLED("thresholds", 0),
                                             {.name = "top_k",
                                              .type = ARG_INT,
                                              .flags = ARG_POSITIONAL,
                                              .min = 1,
                                              .max = 2147483647,
                                              .doc = "the so many largest outputs of an answer say yes, and others no"},
                                             ONE_CLASS(ARG_POSITIONAL),
                                             {0}};

static const char *const curves[] = {"ROC", "PR", NULL};
static const char *const summations[] = {"interpolation", "minoring", "majoring", NULL};
static const struct arg_def auc_args[] = {
    AVERAGE,
    THRESHOLDS,
    {.name = "curve",
     .type = ARG_CHOICE,
     .flags = ARG_BARE | ARG_LATER,
     .def = "ROC",
     .choices = curves,
     .doc = "ROC: recall over false alarms; PR: precision over recall"},
    {.name = "summation_method",
     .type = ARG_CHOICE,
     .flags = ARG_BARE | ARG_LATER,
     .def = "interpolation",
     .choices = summations,
     .doc = "between two points the curve is interpolated, as low as the lower one, or as high as the higher"},
    {0}};
static const struct arg_def accuracy_args[] = {THRESHOLD_CALLED(NULL, ARG_LATER), {0}};

const struct metric metric_accuracy = {
    .rec = {.name = "accuracy",
            .alias = {"acc", "Accuracy", "sparse_categorical_accuracy", "SparseCategoricalAccuracy",
                      "categorical_accuracy", "CategoricalAccuracy", "binary_accuracy", "BinaryAccuracy"},
            .doc = "Share of the rows whose class was the likeliest; of outputs that say yes or no, of those on the "
                   "right side of "
                   "the threshold.",
            .example = "metrics accuracy",
            .args = accuracy_args},
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
                                         .args = f1_args},
                                 .rises = true,
                                 .counts = true};

const struct metric metric_auc = {
    .rec = {.name = "auc",
            .alias = {"AUC"},
            .doc = "Area under the curve of recall over false alarms, or of precision over recall, each class against "
                   "the rest.",
            .example = "metrics auc(curve=PR)",
            .args = auc_args},
    .rises = true,
    .counts = true};

static const struct arg_def fbeta_args[] = {
    AVERAGE,
    REAL("beta", ARG_POSITIONAL, "1", 0, 1e6, .open = true, .doc = "how much more recall counts than precision"),
    THRESHOLD,
    {0}};
static const struct arg_def iou_args[] = {
    NUMBER_OF_CLASSES, CLASSES(ARG_POSITIONAL), IGNORED, THRESHOLD, ANSWER_AXIS, {0}};
static const struct arg_def mean_iou_args[] = {NUMBER_OF_CLASSES, IGNORED, THRESHOLD, ANSWER_AXIS, {0}};
static const struct arg_def binary_iou_args[] = {CLASSES(ARG_POSITIONAL), THRESHOLD, {0}};
static const struct arg_def threshold_args[] = {THRESHOLD_CALLED("thresholds", 0), {0}};
/* NAME, what must be reached; then as in Keras. */
#define AT_ARGS(NAME)                                                                                                  \
    {                                                                                                                  \
        LEAST(NAME, "what it must reach"), THRESHOLDS, ONE_CLASS(ARG_POSITIONAL),                                      \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
static const struct arg_def at_specificity_args[] = AT_ARGS("specificity");
static const struct arg_def at_sensitivity_args[] = AT_ARGS("sensitivity");
static const struct arg_def at_recall_args[] = AT_ARGS("recall");
static const struct arg_def at_precision_args[] = AT_ARGS("precision");

/* A metric that counts answers. */
#define COUNTING(NAME, ALIAS, RISES, DOC, EXAMPLE, ARGS)                                                               \
    .rec = {.name = NAME, .alias = {ALIAS}, .doc = DOC, .example = EXAMPLE, .args = ARGS}, .rises = RISES,             \
    .counts = true

const struct metric metric_fbeta = {COUNTING("fbeta", "FBetaScore", true,
                                             "(1 + beta^2) * precision * recall / (beta^2 * precision + recall).",
                                             "metrics fbeta(2)", fbeta_args)};

const struct metric metric_iou = {.rec = {.name = "iou",
                                          .alias = {"IoU", "one_hot_iou", "OneHotIoU"},
                                          .doc = "Of each class, answers that are right over answers that are or "
                                                 "should be of it: the mean over the classes "
                                                 "that occur.",
                                          .example = "metrics iou(target_class_ids=[1, 2])",
                                          .args = iou_args},
                                  .rises = true,
                                  .counts = true};

const struct metric metric_mean_iou = {.rec = {.name = "mean_iou",
                                               .alias = {"MeanIoU", "one_hot_mean_iou", "OneHotMeanIoU"},
                                               .doc = "iou of all classes.",
                                               .example = "metrics mean_iou",
                                               .args = mean_iou_args},
                                       .rises = true,
                                       .counts = true};

const struct metric metric_binary_iou = {
    .rec = {.name = "binary_iou",
            .alias = {"BinaryIoU"},
            .doc = "iou of no, class 0, and of yes, class 1, where each output says yes or no.",
            .example = "metrics binary_iou(target_class_ids=[1])",
            .setting = "Dense 1 sigmoid",
            .args = binary_iou_args},
    .rises = true,
    .counts = true};

const struct metric metric_true_positives = {COUNTING(
    "true_positives", "TruePositives", true, "How many yeses are right.", "metrics true_positives", threshold_args)};
const struct metric metric_false_positives = {COUNTING("false_positives", "FalsePositives", false,
                                                       "How many yeses are wrong.", "metrics false_positives",
                                                       threshold_args)};
const struct metric metric_true_negatives = {COUNTING(
    "true_negatives", "TrueNegatives", true, "How many noes are right.", "metrics true_negatives", threshold_args)};
const struct metric metric_false_negatives = {COUNTING(
    "false_negatives", "FalseNegatives", false, "How many noes are wrong.", "metrics false_negatives", threshold_args)};

const struct metric metric_sensitivity_at_specificity = {
    COUNTING("sensitivity_at_specificity", "SensitivityAtSpecificity", true,
             "The best recall where the share of right noes is at least so much.",
             "metrics sensitivity_at_specificity(0.9)", at_specificity_args)};
const struct metric metric_specificity_at_sensitivity = {
    COUNTING("specificity_at_sensitivity", "SpecificityAtSensitivity", true,
             "The best share of right noes where recall is at least so much.",
             "metrics specificity_at_sensitivity(0.9)", at_sensitivity_args)};
const struct metric metric_precision_at_recall = {COUNTING("precision_at_recall", "PrecisionAtRecall", true,
                                                           "The best precision where recall is at least so much.",
                                                           "metrics precision_at_recall(0.9)", at_recall_args)};
const struct metric metric_recall_at_precision = {COUNTING("recall_at_precision", "RecallAtPrecision", true,
                                                           "The best recall where precision is at least so much.",
                                                           "metrics recall_at_precision(0.9)", at_precision_args)};

static const char *const aggregations[] = {"uniform_average", "variance_weighted_average", NULL};
static const struct arg_def r2_args[] = {{.name = "class_aggregation",
                                          .type = ARG_CHOICE,
                                          .flags = ARG_BARE,
                                          .def = "uniform_average",
                                          .choices = aggregations,
                                          .doc = "the mean over the outputs, or that by the variance of their targets"},
                                         {.name = "num_regressors",
                                          .type = ARG_INT,
                                          .flags = ARG_POSITIONAL,
                                          .def = "0",
                                          .min = 0,
                                          .max = 2147483647,
                                          .doc = "adjusts it for predictors of so many variables; 0: not"},
                                         {0}};

const struct metric metric_r2 = {
    .rec = {.name = "r2",
            .alias = {"R2Score", "r2_score"},
            .setting = "Dense 1",
            .doc = "1 - squared errors / squares about the mean: 1 is perfect, 0 as good as the mean.",
            .example = "metrics r2",
            .args = r2_args},
    .rises = true};
