"""Exercises of lesson 8, 08_three_experts."""

import numpy as np

from colorkit.classroom.exercises.exercise import Exercise


def _control(values, seed):
    return np.random.default_rng(seed).permutation(values)


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
        reference=_control,
        inputs=lambda random: (random.gamma(2, 1, (9, 4)), int(random.integers(1000))),
        tolerance=0,
        mistakes={
            "This is noise: none of what the expert said is left, and it may be louder or quieter.": (
                lambda values, seed: np.random.default_rng(seed).normal(size=values.shape)
            ),
            "This is noise: none of what the expert said is left, and it may be louder or quieter than that.": (
                lambda values, seed: np.random.default_rng(seed).random(values.shape)
            ),
            "Each column is in an order of its own, so no answer is whole: move the rows, and each as one.": (
                lambda values, seed: np.random.default_rng(seed).permuted(values, axis=0)
            ),
            "The values were mixed within each answer: value 1 may now stand where value 2 was. Move whole rows.": (
                lambda values, seed: np.random.default_rng(seed).permuted(values, axis=1)
            ),
            "The columns were moved, and each answer is still at its own picture. Move the rows.": (
                lambda values, seed: np.random.default_rng(seed).permutation(values, axis=1)
            ),
            "Some answers are there twice and others are gone: draw without replacement.": lambda values, seed: (
                np.random.default_rng(seed).choice(values, len(values))
            ),
            "Nothing was moved: the answers still belong to their pictures.": lambda values, seed: values,
            "These are zeros. An expert that is silent is no control for one that talks.": lambda values, seed: (
                np.zeros_like(values)
            ),
            "This is their mean everywhere: it knows nothing, but no answer is left as it was.": (
                lambda values, seed: np.broadcast_to(values.mean(axis=0), values.shape)
            ),
            "All rows moved by one: files that are sorted by class give the neighbor's answer, and that still knows "
            "something. Draw the order from the generator.": lambda values, seed: np.roll(values, 1, axis=0),
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
