"""Exercises of lesson 6, 06_koalarization."""

import numpy as np

from colorkit.classroom.exercises.exercise import Exercise
from colorkit.models import sight


def _columns_that_matter(ask, width):
    """Return the numbers of the columns that change the middle of the answer, and those that change any of it."""
    strip, other = np.random.default_rng(0).uniform(20, 80, (2, 16, width, 1))
    strips = np.repeat(strip[None], width, axis=0)
    strips[np.arange(width), :, np.arange(width)] = other.swapaxes(0, 1)
    changed = (np.asarray(ask(strips)) != np.asarray(ask(strip[None]))).any(axis=(1, 3))
    return np.flatnonzero(changed[:, width // 2]), np.flatnonzero(changed.any(axis=1))


def _far_sighted(random):
    """Return a function that answers as a network with holes in its window does, and how wide its strips are."""
    # It looks farther to the left than to the right, and not at each column between.
    left, right = int(random.integers(9, 14)), int(random.integers(4, 8))
    between = random.choice(np.arange(-left + 1, right), 3, replace=False)
    offsets = [-left, *between[between != 0].tolist(), 0, right]
    weights = random.uniform(0.5, 1, (len(offsets), 2))

    def ask(lightness):
        lightness = np.asarray(lightness, np.float64)
        if lightness.ndim != 4 or lightness.shape[-1] != 1:
            raise ValueError(f"a network takes L of shape (n, height, width, 1), got {lightness.shape}")
        shown = np.pad(lightness, [(0, 0), (0, 0), (left, right), (0, 0)])
        width = lightness.shape[2]
        parts = [shown[:, :, left + offset : left + offset + width] for offset in offsets]
        return sum(part * weight for part, weight in zip(parts, weights, strict=True))

    return ask, 32 * int(random.integers(2, 4))


def _nearest_mean(known, labels, unseen):
    return _distances(known, labels, unseen).argmin(axis=1)


def _distances(known, labels, unseen, power=2):
    means = np.stack([known[labels == label].mean(axis=0) for label in range(labels.max() + 1)])
    return ((unseen[:, None] - means) ** power).sum(axis=-1)


def _embeddings(random):
    """Return embeddings, their labels and further embeddings, which no two of the mistakes label alike."""
    while True:
        labels = random.permutation(np.repeat(np.arange(4), [3, 5, 8, 4]))
        centers = random.normal(1, 1, (4, 6))
        known = (centers[labels] + random.normal(0, 1.2, (20, 6))).astype(np.float32)
        unseen = random.normal(1, 1.2, (12, 6)).astype(np.float32)
        found = [_nearest_mean(known, labels, unseen)]
        found += [wrong(known, labels, unseen) for wrong in list(_WRONG_LABELS.values())[:5]]
        squared = np.sort(_distances(known, labels, unseen), axis=1)
        if len({tuple(one) for one in found}) == len(found) and (squared[:, 1] > squared[:, 0] + 1e-3).all():
            return known, labels, unseen


_WRONG_LABELS = {
    "These are the farthest means. Take the nearest.": (
        lambda known, labels, unseen: _distances(known, labels, unseen).argmax(axis=1)
    ),
    "This asks for the nearest single picture. Average the pictures of each label first.": (
        lambda known, labels, unseen: labels[((unseen[:, None] - known) ** 2).sum(axis=-1).argmin(axis=1)]
    ),
    "These are the nearest pictures, or their numbers. Give the label.": (
        lambda known, labels, unseen: ((unseen[:, None] - known) ** 2).sum(axis=-1).argmin(axis=1)
    ),
    "You added up the differences, and those above and below cancel. Square them first.": (
        lambda known, labels, unseen: _distances(known, labels, unseen, power=1).argmin(axis=1)
    ),
    "This compares by products, which favors the longest mean. Take the distance.": lambda known, labels, unseen: (
        np.stack([known[labels == label].mean(axis=0) for label in range(labels.max() + 1)]) @ unseen.T
    ).argmax(axis=0),
    "These are distances. Give the label of the nearest mean, one number for each of unseen.": _distances,
}


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
        reference=lambda ask, width: sight.window(ask, width=width, height=16),
        given_by=("models.sight.window",),
        inputs=_far_sighted,
        tolerance=0,  # a count is right or wrong
        mistakes={
            "One too few: the first column and the last one both count.": (
                lambda ask, width: np.ptp(_columns_that_matter(ask, width)[0])
            ),
            "You counted the columns that have a say, and a window may have holes. Take the first and the last.": (
                lambda ask, width: len(_columns_that_matter(ask, width)[0])
            ),
            "This is one side only, doubled. A window need not be as far to the left as to the right.": (
                lambda ask, width: 2 * int(np.abs(_columns_that_matter(ask, width)[0] - width // 2).max()) + 1
            ),
            "Every column changes some of the answer. Look at one place, in the middle.": (
                lambda ask, width: np.ptp(_columns_that_matter(ask, width)[1]) + 1
            ),
            "This is the number of the first column that has a say. How many are there from it to the last?": (
                lambda ask, width: _columns_that_matter(ask, width)[0][0]
            ),
        },
    ),
    "06-c": Exercise(
        reference=_nearest_mean,
        inputs=_embeddings,
        tolerance=0,
        mistakes=_WRONG_LABELS,
    ),
}
