"""Exercises of lesson 8, 08_three_experts."""

import numpy as np

from colorkit.classroom.exercises.exercise import Exercise


def _equation_1(truth, predicted, measure=np.square):
    height, width, _ = truth.shape
    return measure(truth - predicted).sum() / (2 * height * width)


def _decibels(rmse, span):
    return 20 * np.log10(span / rmse)


def _student(share, free):
    from scipy import stats

    return stats.t.ppf(share, free)


def _margin(one, other):
    from scipy import stats

    low, high = stats.ttest_rel(one, other).confidence_interval()
    return (high - low) / 2


def _margin_with(one, other, *, t=None, ddof=1):
    differences = one - other
    t = _student(0.975, len(one) - 1) if t is None else t
    return t * differences.std(ddof=ddof) / len(one) ** 0.5


def _errors_by_seed(random):
    seeds = int(random.integers(5, 9))  # of four, the root is 2
    hard = random.normal(160, 3, seeds)  # what both have in common
    return tuple(hard + random.normal(0, 2, (2, seeds)))


EXERCISES = {
    "08-a": Exercise(
        reference=_equation_1,
        # With b like a, some of the mistakes have nearly the same mean.
        inputs=lambda random: tuple(random.uniform(-1, 1, (2, 5, 6, 2)) * [1, 0.5]),
        mistakes={
            "The 2 is missing: equation 1 divides by 2 H W.": lambda truth, predicted: (
                2 * _equation_1(truth, predicted)
            ),
            "np.mean over everything has divided by 2 H W already: this divides by 2 once more.": (
                lambda truth, predicted: _equation_1(truth, predicted) / 2
            ),
            "This is the sum alone. Divide it by 2 H W.": lambda truth, predicted: ((truth - predicted) ** 2).sum(),
            "These are absolute differences. Equation 1 squares them.": lambda truth, predicted: _equation_1(
                truth, predicted, np.abs
            ),
            "This is its root. Equation 1 has none.": lambda truth, predicted: _equation_1(truth, predicted) ** 0.5,
            "This compares a alone. The sum runs over a and b.": lambda truth, predicted: (
                ((truth - predicted)[..., 0] ** 2).mean() / 2
            ),
        },
    ),
    "08-b": Exercise(
        reference=_decibels,
        inputs=lambda random: (float(random.uniform(0.1, 0.5)), float(random.uniform(1.5, 4))),
        mistakes={
            "Less error must give more decibels: the fraction is upside down.": lambda rmse, span: _decibels(
                span, rmse
            ),
            "10 belongs to the squared error. The RMSE is its root: take 20.": lambda rmse, span: (
                _decibels(rmse, span) / 2
            ),
            "This is the natural logarithm; decibels take the one to base 10.": lambda rmse, span: (
                20 * np.log(span / rmse)
            ),
            "This is right for a range of 1 only: divide the range by the RMSE.": lambda rmse, span: _decibels(rmse, 1),
            "The range is squared and the RMSE is not. Square both, and take 10, or neither, and take 20.": (
                lambda rmse, span: 10 * np.log10(span**2 / rmse)
            ),
            "These are decibels divided by 100. (Perhaps that is what the paper printed.)": lambda rmse, span: (
                _decibels(rmse, span) / 100
            ),
        },
    ),
    "08-c": Exercise(
        reference=_margin,
        inputs=_errors_by_seed,
        mistakes={
            "1.96 is t for very many seeds. With a few it is larger: stats.t.ppf(0.975, n - 1).": (
                lambda one, other: _margin_with(one, other, t=1.96)
            ),
            "np.std divides by n unless you give it ddof=1, and comes out too small for a few seeds.": (
                lambda one, other: _margin_with(one, other, ddof=0)
            ),
            "This is for one training. The mean of n of them strays less, by the root of n.": lambda one, other: (
                _margin(one, other) * len(one) ** 0.5
            ),
            "0.95 leaves out 5% on one side. The interval has two: take 0.975.": lambda one, other: _margin_with(
                one, other, t=_student(0.95, len(one) - 1)
            ),
            "Of n differences, n - 1 are free: stats.t.ppf(0.975, n - 1).": lambda one, other: _margin_with(
                one, other, t=_student(0.975, len(one))
            ),
            "This is the whole width. Give half of it.": lambda one, other: 2 * _margin(one, other),
            "The two belong together, seed by seed: take the differences first.": lambda one, other: (
                _student(0.975, len(one) - 1) * np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / len(one))
            ),
            "This is the standard deviation over the root of n. Multiply it by t.": lambda one, other: _margin_with(
                one, other, t=1
            ),
        },
    ),
}
