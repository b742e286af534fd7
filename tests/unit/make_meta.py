#!/usr/bin/env python3
"""Writes meta_fixture.h: what scikit-learn's LogisticRegression and Ridge learn from members' outputs. Run with a
Python that has it; the tests need none."""
import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge
from fixture import header

rng = np.random.default_rng(11)


def numbers(a):
    return "{" + ", ".join(f"{float(x):.17g}" for x in np.asarray(a).ravel()) + "}"


def outputs(rows, members, size):
    y = rng.random((members, rows, size)).astype(np.float32)
    return y, np.concatenate(list(y), axis=1).astype(np.float64)  # features: one member behind the other


with header("meta_fixture.h") as f:
    print("/* meta_fixture.h -- written by make_meta.py: scikit-learn's LogisticRegression and Ridge on the outputs\n"
          " * of members. */\n"
          "/* clang-format off */\n#include <stdint.h>\n\n"
          "enum { META_ROWS = 40, META_MEMBERS = 3, META_SIZE = 3 };\n", file=f)
    print("static const struct meta_case {\n    int64_t size;\n    double l2;\n"
          "    float y[META_MEMBERS][META_ROWS * META_SIZE];\n"
          "    int64_t label[META_ROWS];\n    float target[META_ROWS * META_SIZE];\n"
          "    double kernel[META_MEMBERS * META_SIZE * META_SIZE], bias[META_SIZE]; /* logistic */\n"
          "    double ridge_kernel[META_MEMBERS * META_SIZE * META_SIZE], ridge_bias[META_SIZE];\n"
          "} meta_cases[] = {", file=f)
    for size, l2 in ((3, 1.0), (3, 0.01), (1, 0.5)):
        y, x = outputs(40, 3, size)
        noise = rng.gumbel(size=(40, max(size, 2)))
        truth = np.concatenate([1 - y[0], y[0]], axis=1) if size == 1 else y[0] + 0.5 * y[1]
        label = np.argmax(3 * truth + noise, axis=1)
        target = (y.mean(axis=0) @ rng.normal(size=(size, size)) + 0.1 * rng.normal(size=(40, size))).astype(np.float32)
        c = LogisticRegression(C=1 / l2, solver="newton-cg", multi_class="auto", tol=1e-13, max_iter=100000)
        c.fit(x, label)
        r = Ridge(alpha=l2, solver="cholesky").fit(x, target.astype(np.float64))
        print(f"    {{{size}, {l2},\n     {{{', '.join(numbers(m) for m in y)}}},\n     {numbers(label)},\n"
              f"     {numbers(target)},\n"
              f"     {numbers(c.coef_.T)}, {numbers(c.intercept_)},\n"
              f"     {numbers(np.atleast_2d(r.coef_).T)}, {numbers(r.intercept_)}}},", file=f)
    print("};", file=f)
