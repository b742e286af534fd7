#!/usr/bin/env python3
"""Writes keras_metrics_fixture.h: predictions, targets, and what Keras 3 says about them. Run with a Python that has
Keras and a backend for it; the tests need none."""
import numpy as np
from keras import metrics as km
from fixture import header

rng = np.random.default_rng(11)
N, C = 24, 4


def row(a):
    return ", ".join(str(int(x)) if x == int(x) else f"{float(x):.9g}f" for x in a.ravel())


def of(metric, target, output):
    metric.update_state(target, output)
    return float(np.asarray(metric.result()))


score = rng.random((N, C)).astype(np.float32) + 0.05
score /= score.sum(1, keepdims=True)
label = np.where(rng.random(N) < 0.5, score.argmax(1), rng.integers(0, C, N))
one_hot = np.eye(C, dtype=np.float32)[label]
yes = rng.random((N, C)).astype(np.float32)
tags = (yes + 0.6 * rng.standard_normal((N, C)) > 0.6).astype(np.float32)
guess = (3 + rng.standard_normal((N, C))).astype(np.float32)
number = (guess + 0.7 * rng.standard_normal((N, C))).clip(0.1).astype(np.float32)
sign = np.where(tags > 0, 1, -1).astype(np.float32)

votes = [("FBETA, .beta = 2", of(km.FBetaScore("macro", 2.0), one_hot, score)),
         ("MEAN_IOU", of(km.MeanIoU(C, sparse_y_pred=False), label, score)),
         ("IOU, .of_classes = 6", of(km.IoU(C, [1, 2], sparse_y_pred=False), label, score)),
         ("CATEGORICAL_CROSSENTROPY", of(km.CategoricalCrossentropy(), one_hot, score)),
         ("KL_DIVERGENCE", of(km.KLDivergence(), one_hot, score)),
         ("CATEGORICAL_HINGE", of(km.CategoricalHinge(), one_hot, score)),
         ("MEAN_IOU, .ignored = 3", of(km.MeanIoU(C, ignore_class=2, sparse_y_pred=False), label, score)),
         ("PRECISION, .k = 1, .only = 2, .threshold = -1", of(km.Precision(top_k=1, class_id=1), one_hot, score)),
         ("RECALL, .k = 2, .average = CNN_MICRO, .threshold = -1", of(km.Recall(top_k=2), one_hot, score))]
flat = (tags.reshape(-1, 1), yes.reshape(-1, 1))
answers = [("FBETA, .threshold = 0.5, .beta = 0.5, .average = CNN_WEIGHTED",
            of(km.FBetaScore("weighted", 0.5, threshold=0.5), tags, yes)),
           ("BINARY_IOU, .threshold = 0.5", of(km.BinaryIoU(), tags, yes)),
           ("BINARY_IOU, .threshold = 0.4, .of_classes = 2", of(km.BinaryIoU([1], 0.4), tags, yes)),
           ("TRUE_POSITIVES, .threshold = 0.5", of(km.TruePositives(), tags, yes)),
           ("FALSE_POSITIVES, .threshold = 0.5", of(km.FalsePositives(), tags, yes)),
           ("TRUE_NEGATIVES, .threshold = 0.5", of(km.TrueNegatives(), tags, yes)),
           ("FALSE_NEGATIVES, .threshold = 0.5", of(km.FalseNegatives(), tags, yes)),
           ("SENSITIVITY_AT_SPECIFICITY, .thresholds = 200, .least = 0.8", of(km.SensitivityAtSpecificity(0.8), *flat)),
           ("SPECIFICITY_AT_SENSITIVITY, .thresholds = 200, .least = 0.8", of(km.SpecificityAtSensitivity(0.8), *flat)),
           ("PRECISION_AT_RECALL, .thresholds = 200, .least = 0.6", of(km.PrecisionAtRecall(0.6), *flat)),
           ("RECALL_AT_PRECISION, .thresholds = 200, .least = 0.6", of(km.RecallAtPrecision(0.6), *flat)),
           ("BINARY_CROSSENTROPY", of(km.BinaryCrossentropy(), tags, yes)),
           ("HINGE", of(km.Hinge(), sign, yes)),
           ("SQUARED_HINGE", of(km.SquaredHinge(), sign, yes)),
           ("ACCURACY, .threshold = 0.3", of(km.BinaryAccuracy(threshold=0.3), tags, yes)),
           ("PRECISION, .threshold = 0.4, .only = 3", of(km.Precision(0.4, class_id=2), tags, yes)),
           ("PRECISION, .k = 2, .average = CNN_MICRO, .threshold = 0.6", of(km.Precision(0.6, 2), tags, yes)),
           ("RECALL, .k = 3, .only = 1, .threshold = -1", of(km.Recall(top_k=3, class_id=0), tags, yes)),
           ("SENSITIVITY_AT_SPECIFICITY, .thresholds = 50, .least = 0.7, .only = 2",
            of(km.SensitivityAtSpecificity(0.7, 50, class_id=1), tags, yes))]
for curve in "ROC", "PR":
    for method in "interpolation", "minoring", "majoring":
        for average in "MACRO", "MICRO":
            answers.append((f"AUC, .thresholds = 20, .curve = CNN_{curve}, .summation = CNN_{method.upper()}, .average = "
                            f"CNN_{average}",
                            of(km.AUC(20, curve, method, multi_label=average == "MACRO"), tags, yes)))
numbers = [("RMSE", of(km.RootMeanSquaredError(), number, guess)),
           ("MAPE", of(km.MeanAbsolutePercentageError(), number, guess)),
           ("MSLE", of(km.MeanSquaredLogarithmicError(), number, guess)),
           ("LOG_COSH", of(km.LogCoshError(), number, guess)),
           ("POISSON", of(km.Poisson(), number, guess)),
           ("COSINE_SIMILARITY", of(km.CosineSimilarity(), number, guess)),
           ("PEARSON_CORRELATION", of(km.PearsonCorrelation(), number, guess)),
           ("CONCORDANCE_CORRELATION", of(km.ConcordanceCorrelation(), number, guess))]
wholes = [("R2", of(km.R2Score(), number, guess)),
          ("R2, .average = CNN_WEIGHTED", of(km.R2Score("variance_weighted_average"), number, guess))]

with header("keras_metrics_fixture.h") as f:
    print("/* keras_metrics_fixture.h -- written by make_keras_metrics.py: what Keras 3 measures. */\n"
          "/* clang-format off */\n#include <stdint.h>\n", file=f)
    print(f"enum {{ KERAS_ROWS = {N}, KERAS_OUTPUTS = {C} }};", file=f)
    for name, a in {"score": score, "one_hot": one_hot, "yes": yes, "tags": tags, "guess": guess,
                    "number": number}.items():
        print(f"static const float keras_{name}[] = {{{row(a)}}};", file=f)
    print(f"static const int32_t keras_label[] = {{{', '.join(map(str, label))}}};", file=f)
    for name, table in {"votes": votes, "answers": answers, "numbers": numbers, "wholes": wholes}.items():
        print(f"static const struct measured measured_{name}[] = {{", file=f)
        for metric, value in table:
            print(f"    {{{{.kind = CNN_{metric}}}, {value:.9g}}},", file=f)
        print("};", file=f)
