"""Exercises of lesson 6, 06_koalarization."""

import numpy as np

from colorkit.classroom.exercises.exercise import Exercise


def _beside(maps, embedding):
    grid = np.broadcast_to(embedding, (*maps.shape[:2], len(embedding)))
    return np.concatenate([maps, grid], axis=-1)


def _maps_and_embedding(random):
    # One map, so that adding the embedding works, and goes wrong.
    height, width, length = random.integers(3, 7, 3)
    return random.random((height, width, 1)), random.random(length)


def _at_the_first_place(maps, embedding):
    grid = np.zeros((*maps.shape[:2], len(embedding)))
    grid[0, 0] = embedding
    return np.concatenate([maps, grid], axis=-1)


_WRONG_RATES = [{"previous": True}, {"anew": False}, {"in_a_row": False}, {"late": 1}, {"factor": 0.5}]


def _losses(random):
    """Return losses, rate and patience for which no two of the mistakes give the same rate."""
    while True:
        rate, patience = float(random.uniform(0.01, 0.1)), int(random.integers(2, 4))
        losses, best = [], 1.0
        for better in random.random(12) < 0.3:
            best -= 0.05 * better
            losses.append(float(best + random.uniform(0, 0.04) * (not better)))
        rates = [_rate_after(losses, rate, patience, **wrong) for wrong in ({}, *_WRONG_RATES)]
        if len({round(np.log10(one), 3) for one in rates}) == len(rates) and rates[0] > 1e-5:
            return losses, rate, patience


def _rate_after(losses, rate, patience, *, factor=0.1, previous=False, anew=True, in_a_row=True, late=0):
    """Do what Keras' ReduceLROnPlateau does, or one of the mistakes."""
    best, waited = np.inf, 0
    for loss in losses:
        if loss < best:
            best, waited = loss, waited * (not in_a_row)
            continue
        waited += 1
        best = loss if previous else best
        if waited >= patience + late:
            rate, waited = rate * factor, waited * (not anew)
    return rate


EXERCISES = {
    "06-a": Exercise(
        reference=lambda lightness: np.repeat(255 / 100 * lightness, 3, axis=-1),
        inputs=lambda random: (random.uniform(0, 100, (4, 5, 1)).astype(np.float32),),
        mistakes={
            "L itself ends at 100. The classifier expects white to be 255.": (
                lambda lightness: np.repeat(lightness, 3, axis=-1)
            ),
            "This is 0..1: the classifier would scale it a second time, and see almost black. Give 0..255.": (
                lambda lightness: np.repeat(lightness / 100, 3, axis=-1)
            ),
            "This is -1..1 already: the classifier's own scaling comes after this. Give 0..255.": (
                lambda lightness: np.repeat(lightness / 50 - 1, 3, axis=-1)
            ),
            "L was multiplied by 255 without being divided by 100.": (
                lambda lightness: np.repeat(255 * lightness, 3, axis=-1)
            ),
            "The values are right, but there is one channel. A classifier takes three.": (
                lambda lightness: 255 / 100 * lightness
            ),
            "The channels are not the last axis: repeat along axis -1.": (
                lambda lightness: np.repeat(255 / 100 * lightness[..., 0][np.newaxis], 3, axis=0)
            ),
        },
    ),
    "06-b": Exercise(
        reference=_beside,
        inputs=_maps_and_embedding,
        tolerance=1e-6,  # nothing is computed, but a network's tensors are float32
        mistakes={
            "The maps come first, then the embedding.": lambda maps, embedding: np.roll(
                _beside(maps, embedding), len(embedding), axis=-1
            ),
            "This adds the embedding to the maps. Put it behind them, as further channels.": (
                lambda maps, embedding: maps + embedding
            ),
            "The embedding is only at the first place. Repeat it at every place of the grid.": _at_the_first_place,
            "These are more rows, not more channels: concatenate along the last axis.": (
                lambda maps, embedding: np.concatenate(
                    [maps, np.broadcast_to(embedding, (*maps.shape[:2], len(embedding)))], axis=0
                )
            ),
            "The embedding is as long as it is, not as long as the maps have channels: repeat it to the shape (height, "
            "width, D).": lambda maps, embedding: np.concatenate([maps, np.broadcast_to(embedding, maps.shape)], -1),
        },
    ),
    "06-c": Exercise(
        reference=_rate_after,
        inputs=_losses,
        tolerance=1e-9,  # rates are small, and 0.1 has no exact float
        mistakes={
            hint: lambda losses, rate, patience, wrong=wrong: _rate_after(losses, rate, patience, **wrong)
            for hint, wrong in zip(
                [
                    "Compare with the best loss so far, not with the epoch before.",
                    "After a cut the count begins anew; here the rate falls at every further epoch.",
                    "A better epoch sets the count back to 0: the epochs must be in a row.",
                    "This falls one epoch too late: patience epochs without a better one are enough.",
                    "The rate is multiplied by 0.1; this halves it.",
                ],
                _WRONG_RATES,
                strict=True,
            )
        },
    ),
}
