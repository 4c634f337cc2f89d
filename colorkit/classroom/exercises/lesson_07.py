"""Exercises of lesson 7, 07_brown_case."""

import numpy as np

from colorkit import metrics
from colorkit.classroom.exercises.exercise import Exercise

_FIRST = 3  # the epoch from which on the alarm may ring


def _rings(runs, threshold):
    return [_epoch([not spread >= threshold for spread in run]) for run in runs]


def _epoch(rung, first=_FIRST):
    """Return the first epoch, counted from 1, that is not before `first` and in which it rang; 0 if there is none."""
    return next((epoch for epoch, yes in enumerate(rung, 1) if yes and epoch >= first), 0)


def _runs(random):
    """Return three runs, in which each mistake gives another epoch, and the threshold."""
    threshold = float(random.uniform(0.04, 0.08))

    def healthy(epochs):
        return list(random.uniform(2 * threshold, 1, epochs))

    def small():
        return [float(random.uniform(0, threshold / 2))]

    runs = [  # NaN before a small spread; small only too early; small at once, and NaN at the end
        small() + healthy(int(random.integers(3, 6))) + [np.nan, *healthy(1), *small(), *healthy(2)],
        healthy(1) + small() + healthy(int(random.integers(3, 6))),
        [*small(), *small(), *small(), *healthy(int(random.integers(1, 4))), np.nan],
    ]
    return runs, threshold


EXERCISES = {
    "07-a": Exercise(
        reference=metrics.spread,
        given_by=("metrics.spread",),
        inputs=lambda random: (random.normal([20, -10], [15, 5], (3, 4, 5, 2)).astype(np.float32),),
        mistakes={
            "One average for a and b together makes their difference look like spread. Work on each channel.": np.std,
            "This is the variance. Take the root of the mean of the two.": lambda ab: metrics.spread(ab) ** 2,
            "Take the mean of the two variances; this is their sum.": lambda ab: np.sqrt(2) * metrics.spread(ab),
            "Average the variances, then take the root; this averages the two standard deviations.": (
                lambda ab: ab.reshape(-1, 2).std(axis=0).mean()
            ),
            "This is one number for each picture. Take all pixels of all pictures together.": (
                lambda ab: np.array([metrics.spread(one) for one in ab])
            ),
            "This is how far the colors are from gray. Spread is how far they are from their own average.": (
                lambda ab: np.sqrt((ab**2).mean())
            ),
        },
    ),
    "07-b": Exercise(
        reference=_rings,
        inputs=_runs,
        tolerance=0,  # epochs are counted
        mistakes={
            "NaN is not below the threshold, nor above it: `not spread >= threshold` rings for both.": (
                lambda runs, threshold: [_epoch([spread < threshold for spread in run]) for run in runs]
            ),
            "This alarm rings before the third epoch, when a network may still be finding its first color.": (
                lambda runs, threshold: [_epoch([not spread >= threshold for spread in run], first=1) for run in runs]
            ),
            "Epochs count from 1, the places in a list from 0: this is one too few.": (
                lambda runs, threshold: [max(epoch - 1, 0) for epoch in _rings(runs, threshold)]
            ),
            "This is the last epoch in which the alarm would ring. The first one is asked for.": (
                lambda runs, threshold: [
                    max((n for n, spread in enumerate(run, 1) if n >= _FIRST and not spread >= threshold), default=0)
                    for run in runs
                ]
            ),
            "This alarm rings when all is well: a healthy spread is above the threshold.": (
                lambda runs, threshold: [_epoch([spread >= threshold for spread in run]) for run in runs]
            ),
            "This alarm stays silent in the third epoch. From the third on it may ring.": (
                lambda runs, threshold: [
                    _epoch([not spread >= threshold for spread in run], first=_FIRST + 1) for run in runs
                ]
            ),
        },
    ),
    "07-c": Exercise(
        reference=lambda embeddings, batch_size: np.roll(embeddings, batch_size, axis=0),
        inputs=lambda random: (random.normal(size=(15, 4)).astype(np.float32), 3),
        tolerance=0,
        mistakes={
            "These are the embeddings of the batch after it. Those of the batch before are meant.": (
                lambda embeddings, batch_size: np.roll(embeddings, -batch_size, axis=0)
            ),
            "This slips by one picture. A whole batch is meant.": (
                lambda embeddings, batch_size: np.roll(embeddings, 1, axis=0)
            ),
            "This slips by one picture inside each batch. The batches stay whole, and each moves on by one.": (
                lambda embeddings, batch_size: np.roll(
                    embeddings.reshape(-1, batch_size, embeddings.shape[1]), 1, axis=1
                ).reshape(embeddings.shape)
            ),
            "This moves the values of each embedding, so that none is what the expert said. Whole rows move.": (
                lambda embeddings, batch_size: np.roll(embeddings, batch_size, axis=1)
            ),
            "Without an axis, np.roll moves single values and tears rows apart. Whole rows move: axis=0.": np.roll,
            "This turns the order of the batches round. They keep their order, and each moves on by one.": (
                lambda embeddings, batch_size: embeddings.reshape(-1, batch_size, embeddings.shape[1])[::-1].reshape(
                    embeddings.shape
                )
            ),
            "The first batch has no embeddings now. It gets those of the last.": (
                lambda embeddings, batch_size: np.concatenate([0 * embeddings[:batch_size], embeddings[:-batch_size]])
            ),
        },
    ),
}
