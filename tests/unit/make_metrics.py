#!/usr/bin/env python3
"""Writes metrics_fixture.h: predictions, targets, and what scikit-learn says about them. Scores lie in the middle of
AUC's buckets, so that the curve of 200 thresholds is the exact one. Run with a Python that has scikit-learn; the tests
need none."""
import numpy as np
from sklearn import metrics as sk
from fixture import header

rng = np.random.default_rng(7)
N = 40


def scores(buckets):
    return (buckets + 0.5) / 199


def flat(a):
    return ", ".join(str(int(x)) if x == int(x) else f"{x:.9g}f" for x in a.ravel())


def averages(f, true, said):
    return [f(true, said, average=a, zero_division=0) for a in ("macro", "micro", "weighted")]


def counted(true, said, truth, score):
    rows = [averages(f, true, said) for f in (sk.precision_score, sk.recall_score, sk.f1_score)]
    return rows + [[sk.roc_auc_score(truth, score, average=a) for a in ("macro", "micro", "weighted")]]


votes = rng.integers(0, 199, (N, 4))
label = rng.integers(0, 4, N)
votes[np.arange(N), label] += 60 * (votes[np.arange(N), label] < 130)
votes = scores(votes)
label[label == 2] = np.where(rng.random((label == 2).sum()) < 0.7, 3, 2)  # a rare class
one_hot = np.eye(4)[label]
many = scores(rng.integers(0, 199, (N, 3)))
tags = (many + rng.normal(0, 0.4, many.shape) > 0.6).astype(int)
one, yes = many[:, :1], tags[:, :1]
numbers = rng.normal(5, 2, (N, 3))
guesses = numbers + rng.normal(0, 1, numbers.shape) * [0.3, 1, 3]
single = [[f(yes[:, 0], one[:, 0] > 0.5)] * 3 for f in (sk.precision_score, sk.recall_score, sk.f1_score)]
single += [[sk.roc_auc_score(yes[:, 0], one[:, 0])] * 3]

ranked = rng.permuted(np.tile(np.arange(1, 7) / 16, (N, 1)), axis=1)  # no two alike: who is among the best k is certain
six = rng.integers(0, 6, N)
tops = [sk.top_k_accuracy_score(six, ranked, k=k, labels=range(6)) for k in (1, 2, 3, 5, 6)]
sums = {"classes": [sk.accuracy_score(label, votes.argmax(1)), sk.mean_squared_error(one_hot, votes),
                    sk.mean_absolute_error(one_hot, votes)],
        "yes": [sk.accuracy_score(yes[:, 0], one[:, 0] > 0.5), sk.mean_squared_error(yes, one),
                sk.mean_absolute_error(yes, one)],
        "numbers": [sk.accuracy_score(numbers.argmax(1), guesses.argmax(1)), sk.mean_squared_error(numbers, guesses),
                    sk.mean_absolute_error(numbers, guesses)]}

with header("metrics_fixture.h") as f:
    print("/* metrics_fixture.h -- written by make_metrics.py with scikit-learn: precision, recall, f1, auc, each\n"
          " * macro, micro, weighted; accuracy, mse, mae; top_k of 1, 2, 3, 5, 6. */\n"
          "/* clang-format off */\n#include <stdint.h>\n", file=f)
    print(f"enum {{ FIXTURE_ROWS = {N} }};", file=f)
    for name, a in {"votes": votes, "many": many, "tags": tags.astype(float), "one_hot": one_hot, "numbers": numbers,
                    "guesses": guesses, "ranked": ranked}.items():
        print(f"static const float fixture_{name}[] = {{{flat(a)}}};", file=f)
    for name, a in {"label": label, "six": six}.items():
        print(f"static const int32_t fixture_{name}[] = {{{flat(a)}}};", file=f)
    for name, table in {"votes": counted(label, votes.argmax(1), one_hot, votes),
                        "tags": counted(tags, many > 0.5, tags, many), "single": single}.items():
        print(f"static const double expected_{name}[4][3] = {{", file=f)
        for row in table:
            print("    {" + ", ".join(f"{x:.15g}" for x in row) + "},", file=f)
        print("};", file=f)
    print(f"static const double expected_r2 = {sk.r2_score(numbers, guesses):.15g};", file=f)
    for name, row in {**sums, "top": tops}.items():
        print(f"static const double expected_{name}[] = {{" + ", ".join(f"{x:.15g}" for x in row) + "};", file=f)
