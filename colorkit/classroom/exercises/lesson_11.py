"""Exercises of lesson 11, 11_face_off."""

import itertools

import numpy as np

from colorkit.classroom.exercises.exercise import Exercise


def _length(ab):
    return np.linalg.norm(ab, axis=-1)


def _faults(made, truth, *, length=_length, axis=2, order=(0, 1, 2), beside=None):
    """Sort pictures; the rest are the mistakes that one can make."""

    def mean(values):
        return length(values).mean(axis=(1, 2))

    chroma = mean(truth)
    rules = [
        mean(made) / chroma < 0.5,
        mean(np.diff(made, axis=axis)) / mean(np.diff(truth, axis=axis)) > 1,
        mean(made - truth) / (chroma if beside is None else mean(beside(made))) > 1,
    ]
    return np.select([rules[number] for number in order], order, 3)


def _length_of_the_mean(made, truth):
    def mean(ab):
        return _length(ab.mean(axis=(1, 2)))

    rules = [
        mean(made) / mean(truth) < 0.5,
        mean(np.diff(made, axis=2)) / mean(np.diff(truth, axis=2)) > 1,
        mean(made - truth) / mean(truth) > 1,
    ]
    return np.select(rules, [0, 1, 2], 3)


def _pictures(random):
    # Of each kind, and of those that two rules fit, so that the order counts. Nothing is near a border.
    def turned(ab, degrees):
        a, b = np.moveaxis(ab, -1, 0)
        angle = np.deg2rad(degrees)
        return np.stack([a * np.cos(angle) - b * np.sin(angle), a * np.sin(angle) + b * np.cos(angle)], axis=-1)

    truth, made = [], []
    stripes = 20 * (-1.0) ** np.arange(8)
    for kind in random.permutation(11):
        middle = random.uniform(30, 50) * np.array([np.cos(t := random.uniform(0, 2 * np.pi)), np.sin(t)])
        ab = middle + np.linspace(-6, 6, 8)[:, None, None] * [1, 0] + np.linspace(-6, 6, 8)[:, None] * [0, 1]
        across = np.zeros_like(ab) + stripes[:, None] * [1, 0]  # from column to column
        down = np.zeros_like(ab) + stripes[:, None, None] * [1, 0]  # from row to row
        truth.append(ab)
        made.append(
            [
                0.3 * ab,  # brown
                -0.35 * ab,  # brown, and farther than gray
                0.2 * ab + 0.5 * across,  # brown, and noise
                0.8 * ab + across,  # noise
                -0.8 * ab + across,  # noise, and wrong
                turned(0.8 * ab, 120),  # wrong
                turned(0.9 * ab, 20),  # none
                0.8 * ab + down,  # none: it changes from row to row only
                turned(0.7 * ab, 60),  # none, but farther away than it is vivid
                turned(0.62 * ab, 25),  # none
                0.8 * ab * np.where(np.arange(8) < 5, 1, -1)[:, None, None],  # none, though on average nearly gray
            ][kind]
        )
    return np.array(made), np.array(truth)


def _agreement(one, other):
    pairs = list(itertools.combinations(range(len(one)), 2))
    return np.mean([(one[i] - one[j]) * (other[i] - other[j]) > 0 for i, j in pairs])


def _two_measures(random):
    one = random.permutation(7) + random.uniform(0.1, 0.4, 7)
    other = random.permutation(7) + 0.6 * one + random.uniform(0.01, 0.05, 7)
    return one, other


EXERCISES = {
    "11-a": Exercise(
        reference=_faults,
        inputs=_pictures,
        tolerance=0,  # a kind is right or wrong
        mistakes={
            "The first rule that fits counts: brown before noise, noise before wrong.": lambda made, truth: _faults(
                made, truth, order=(2, 1, 0)
            ),
            "Take the length at each pixel, then the mean. In the mean of a and b, opposite colors cancel.": (
                _length_of_the_mean
            ),
            "You looked at the neighbors below. Those on the right are along the axis of the width, axis 2.": (
                lambda made, truth: _faults(made, truth, axis=1)
            ),
            "How far it is away is divided by the chroma of the truth, not of what was made.": lambda made, truth: (
                _faults(made, truth, beside=lambda made: made)
            ),
            "You took |a| + |b|. The length of (a, b) is the root of the sum of their squares.": lambda made, truth: (
                _faults(made, truth, length=lambda ab: np.abs(ab).sum(axis=-1))
            ),
        },
    ),
    "11-b": Exercise(
        reference=_agreement,
        inputs=_two_measures,
        tolerance=1e-6,
        mistakes={
            "This is Kendall's tau, from -1 to 1: agreeing pairs minus the others. Asked is the share that agrees.": (
                lambda one, other: 2 * _agreement(one, other) - 1
            ),
            "This is how many pairs agree. Divide by the number of pairs.": lambda one, other: (
                _agreement(one, other) * len(one) * (len(one) - 1) / 2
            ),
            "This divides by all N times N pairs. A network makes no pair with itself, and each pair counts once.": (
                lambda one, other: _agreement(one, other) * (len(one) - 1) / len(one)
            ),
            "You compared each network with the next one only. Take all pairs.": lambda one, other: np.mean(
                np.diff(one) * np.diff(other) > 0
            ),
            "This is the share of pairs that they order otherwise.": lambda one, other: 1 - _agreement(one, other),
            "This is a correlation of the numbers. Only their order is asked for.": lambda one, other: np.corrcoef(
                one, other
            )[0, 1],
        },
    ),
}
