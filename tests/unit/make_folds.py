#!/usr/bin/env python3
"""Writes folds_fixture.h: how scikit-learn divides rows, and Student's t from SciPy. Run with a Python that has them;
the tests need none."""
import numpy as np
from scipy import special
from sklearn import model_selection as sk
from fixture import header

rng = np.random.default_rng(5)


def labels(n, weights):
    return rng.choice(len(weights), n, p=np.array(weights) / sum(weights))


def folds(splitter, y):
    fold = np.full(len(y), -1)
    for f, (_, test) in enumerate(splitter.split(y, y)):
        fold[test] = f
    return fold


def flat(a):
    return ", ".join(str(int(x)) for x in np.asarray(a).ravel())


def student(p, freedom):  # scipy.stats.t.ppf has but nine digits
    return np.sqrt(freedom * (1 / special.betaincinv(freedom / 2, 0.5, 2 * (1 - p)) - 1))


CASES = [(12, 3, [1, 1, 1]), (17, 5, [5, 1, 3]), (40, 4, [1, 10, 2, 2]), (60, 7, [1, 1]), (23, 2, [1, 1, 1, 1, 4])]
DEGREES = [1, 2, 3, 4, 5, 9, 10, 29, 30, 99, 100, 999]

with header("folds_fixture.h") as f:
    print("/* folds_fixture.h -- written by make_folds.py: what scikit-learn's KFold and StratifiedKFold do, without\n"
          " * shuffling, and how many rows of each class test in each fold when they shuffle. Student's t is\n"
          " * SciPy's. */\n"
          "/* clang-format off */\n#include <stdint.h>\n", file=f)
    print(f"enum {{ FOLD_CASES = {len(CASES)}, FOLD_ROWS = 60, FOLD_K = 7, FOLD_CLASSES = 5 }};", file=f)
    print("static const struct fold_case {\n    int64_t rows, k, classes;\n"
          "    int64_t label[FOLD_ROWS], kfold[FOLD_ROWS], stratified[FOLD_ROWS], counts[FOLD_K][FOLD_CLASSES];\n"
          "} fold_cases[] = {", file=f)
    for n, k, weights in CASES:
        y = labels(n, weights)
        shuffled = folds(sk.StratifiedKFold(k, shuffle=True, random_state=1), y)
        counts = [np.bincount(y[shuffled == i], minlength=len(weights)) for i in range(k)]
        print(f"    {{{n}, {k}, {len(weights)},\n     {{{flat(y)}}},\n     {{{flat(folds(sk.KFold(k), y))}}},\n"
              f"     {{{flat(folds(sk.StratifiedKFold(k), y))}}},\n"
              f"     {{{', '.join('{' + flat(c) + '}' for c in counts)}}}}},", file=f)
    print("};\n\nstatic const struct {\n    double part;\n    int64_t rows, test;\n} holdout_cases[] = {", file=f)
    for part in (0.1, 0.2, 0.25, 1 / 3, 0.5, 0.85):
        for n in (7, 10, 33, 100, 151):
            test = len(next(sk.ShuffleSplit(1, test_size=part, random_state=1).split(np.zeros(n)))[1])
            print(f"    {{{part!r}, {n}, {test}}},", file=f)
    print("};\n\nstatic const struct {\n    int64_t freedom;\n    double t90, t975, t9995;\n"
          "} student_cases[] = {", file=f)
    for d in DEGREES:
        print("    {%d, %.15g, %.15g, %.15g}," % (d, *(student(p, d) for p in (0.9, 0.975, 0.9995))), file=f)
    print("};", file=f)
    values = rng.normal(0.9, 0.05, 10)
    mean, sd = values.mean(), values.std(ddof=1)
    reach = student(0.975, 9) * sd / np.sqrt(10)
    print("\nstatic const double interval_values[] = {%s};" % ", ".join(f"{x:.17g}" for x in values), file=f)
    print("static const double interval_expected[] = {%s}; /* mean, sd, low, high */"
          % ", ".join(f"{x:.15g}" for x in (mean, sd, mean - reach, mean + reach)), file=f)
