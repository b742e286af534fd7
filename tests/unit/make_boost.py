#!/usr/bin/env python3
"""Writes boost_fixture.h: what scikit-learn's AdaBoost makes of members whose answers are given. Run with a Python that
has it; the tests need none."""
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.ensemble import AdaBoostClassifier, AdaBoostRegressor
from fixture import header

ROWS, MEMBERS, CLASSES = 12, 4, 3
rng = np.random.default_rng(7)
seen = []


class Member(BaseEstimator):
    """The next of the answers, whatever it is fitted to."""
    answers, fitted = None, 0

    def fit(self, X, y, sample_weight=None):
        self.number = Member.fitted
        Member.fitted += 1
        self.classes_ = np.arange(CLASSES)
        if sample_weight is not None:
            seen.append(sample_weight.copy())
        return self

    def predict(self, X):
        return Member.answers[self.number][X[:, 0].astype(int)]


class Classifier(ClassifierMixin, Member):
    pass


class Regressor(RegressorMixin, Member):
    pass


class Recorded(AdaBoostRegressor):
    def _boost(self, i, X, y, sample_weight, random_state):
        seen.append(sample_weight.copy())
        return super()._boost(i, X, y, sample_weight, random_state)


def numbers(a):
    return ", ".join(f"{float(x):.17g}" for x in np.asarray(a).ravel())


def rows(a):
    return "{" + ", ".join("{" + numbers(r) + "}" for r in a) + "}"


X = np.arange(ROWS)[:, None]
y = rng.integers(0, CLASSES, ROWS)
t = rng.normal(0, 1, ROWS)
with header("boost_fixture.h") as f:
    print("/* boost_fixture.h -- written by make_boost.py: scikit-learn's AdaBoostClassifier (SAMME) and\n"
          " * AdaBoostRegressor (AdaBoost.R2) with members whose answers are given: the rows' weights that each\n"
          " * member meets, its error, its weight; the median. */\n"
          "/* clang-format off */\n", file=f)
    print(f"enum {{ BOOST_ROWS = {ROWS}, BOOST_MEMBERS = {MEMBERS}, BOOST_CLASSES = {CLASSES} }};", file=f)
    print("static const struct {\n    double rate;\n    unsigned char wrong[BOOST_MEMBERS][BOOST_ROWS];\n"
          "    double weight[BOOST_MEMBERS][BOOST_ROWS], error[BOOST_MEMBERS], say[BOOST_MEMBERS];\n"
          "} samme_cases[] = {", file=f)
    for rate in (1.0, 0.5):
        members = 0
        while members < MEMBERS:  # none may be as bad as to end it
            wrong = np.array([rng.random(ROWS) < 0.35 for _ in range(MEMBERS)])
            Member.answers, Member.fitted, seen[:] = [np.where(w, (y + 1) % CLASSES, y) for w in wrong], 0, []
            a = AdaBoostClassifier(Classifier(), n_estimators=MEMBERS, learning_rate=rate, algorithm="SAMME").fit(X, y)
            members = len(a.estimators_)
        print(f"    {{{rate}, {rows(wrong)},\n     {rows(seen)},\n"
              f"     {{{numbers(a.estimator_errors_)}}},\n     {{{numbers(a.estimator_weights_)}}}}},", file=f)
    print("};\n\nstatic const struct {\n    double rate;\n"
          "    float target[BOOST_ROWS], answer[BOOST_MEMBERS][BOOST_ROWS], median[BOOST_ROWS];\n"
          "    double weight[BOOST_MEMBERS][BOOST_ROWS], error[BOOST_MEMBERS], say[BOOST_MEMBERS];\n"
          "} r2_cases[] = {", file=f)
    for rate in (1.0, 0.5):
        t32 = t.astype(np.float32)
        members = 0
        while members < MEMBERS:  # none may be as bad as to end it
            Member.answers = [(t32 + rng.standard_cauchy(ROWS) / 4).astype(np.float32) for _ in range(MEMBERS)]
            Member.fitted, seen[:] = 0, []
            a = Recorded(Regressor(), n_estimators=MEMBERS, learning_rate=rate, random_state=1)
            a.fit(X, t32.astype(np.float64))
            members = len(a.estimators_)
        print(f"    {{{rate}, {{{numbers(t32)}}},\n     {rows(Member.answers)},\n     {{{numbers(a.predict(X))}}},\n"
              f"     {rows(seen)},\n"
              f"     {{{numbers(a.estimator_errors_)}}},\n     {{{numbers(a.estimator_weights_)}}}}},", file=f)
    print("};", file=f)
