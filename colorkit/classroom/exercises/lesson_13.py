"""Exercises of lesson 13, 13_scaling_up."""

import numpy as np

from colorkit.classroom.exercises.exercise import Exercise


def _shuffled(records, size, draws, *, refill=True, empty=True, whole=False, end=True):
    """Shuffle with a buffer; the rest are the mistakes that one can make."""
    if whole:
        size = len(records)
    waiting, held, order = list(records), [], []
    for draw in draws:
        if refill or not held:
            while waiting and len(held) < size:
                held.append(waiting.pop(0))
        if not empty and not waiting:
            break
        order.append(held.pop(int(draw * len(held)) if end else 0))
    return np.array(order)


def _file(random):
    count, size = int(random.integers(14, 20)), int(random.integers(4, 7))
    # No draw so near to a border between two records that rounding decides, nor the first record twice in a row.
    draws = (random.integers(0, 1000, count) + 0.5) / 1000
    draws[:3] = [0.9, 0.1, 0.6]
    return random.permutation(100)[:count], size, draws


def _accumulated(gradient, L, ab, most, *, weigh=True, last=True, total=False):
    """Add up gradients of parts; the rest are the mistakes that one can make."""
    starts = range(0, len(L), most) if last else range(0, len(L) - most + 1, most)
    parts = [slice(start, start + most) for start in starts]
    sizes = [len(L[part]) if weigh else 1 for part in parts]
    found = sum(size * gradient(L[part], ab[part]) for size, part in zip(sizes, parts, strict=True))
    return found if total else found / sum(sizes)


def _batch(random):
    most = int(random.integers(3, 6))
    count = most * int(random.integers(2, 4)) + int(random.integers(1, most))
    mixed = random.normal(size=(4, 4))

    def gradient(L, ab):
        """Return the mean gradient of a few pictures, which knows how many it got."""
        if not 0 < len(L) <= most:
            raise ValueError(f"{len(L)} pictures do not fit, {most} do")
        return (L @ mixed - ab).T @ L / len(L)

    return gradient, random.normal(2, 1, (count, 4)), random.normal(size=(count, 4)), most


def _times(counts, errors, floor, *, share=0.5, rise=1, logs=(np.log, np.log)):
    slope, _ = np.polyfit(logs[0](counts), logs[1](errors - floor), 1)
    return share ** (rise / slope)


def _learning(random):
    counts = 10 * 3 ** np.arange(5)
    floor, b = random.uniform(80, 120), random.uniform(0.3, 0.6)
    left = random.uniform(500, 700) * counts**-b * random.uniform(0.95, 1.05, 5)
    return counts, floor + left, floor


def _cost(photos, each, workers, start, price, *, together=True, whole=True, begins=True, all_paid=True, unit=3600):
    share = photos / workers if together else photos
    seconds = (np.ceil(share) if whole else share) * each + (start if begins else 0)
    hours = seconds / unit
    return np.array([hours, hours * price * (workers if all_paid else 1)])


def _order(random):
    # Few photos and long ones, so that one left over counts; a long start.
    workers = int(random.integers(3, 7))
    photos = workers * int(random.integers(5, 9)) + int(random.integers(1, workers))
    return photos, random.uniform(40, 80), workers, random.uniform(100, 200), random.uniform(1, 3)


EXERCISES = {
    "13-a": Exercise(
        reference=_shuffled,
        inputs=_file,
        tolerance=0,  # a record is the right one or not
        mistakes={
            "You shuffled the whole file. A buffer holds only `size` records at a time.": (
                lambda records, size, draws: _shuffled(records, size, draws, whole=True)
            ),
            "Fill the buffer again after each record, not only when it is empty.": (
                lambda records, size, draws: _shuffled(records, size, draws, refill=False)
            ),
            "At the end of the file the buffer still holds records: draw those as well.": (
                lambda records, size, draws: _shuffled(records, size, draws, empty=False)
            ),
            "You took the oldest record each time. Take the one that the draw says.": (
                lambda records, size, draws: _shuffled(records, size, draws, end=False)
            ),
        },
    ),
    "13-b": Exercise(
        reference=_accumulated,
        inputs=_batch,
        mistakes={
            "The last part has fewer pictures: weigh each part's gradient by how many it has.": (
                lambda gradient, L, ab, most: _accumulated(gradient, L, ab, most, weigh=False)
            ),
            "You left out the pictures behind the last full part.": lambda gradient, L, ab, most: _accumulated(
                gradient, L, ab, most, last=False
            ),
            "This is the sum over the pictures. The loss is a mean: divide by their number.": (
                lambda gradient, L, ab, most: _accumulated(gradient, L, ab, most, total=True)
            ),
            "Each part's gradient is a mean over its pictures already: their plain sum is no mean.": (
                lambda gradient, L, ab, most: _accumulated(gradient, L, ab, most, weigh=False, total=True)
            ),
            "A part has at most `most` pictures.": lambda gradient, L, ab, most: gradient(L, ab),
        },
    ),
    "13-c": Exercise(
        reference=_times,
        inputs=_learning,
        mistakes={
            "Take the floor away first: the law is about what is left above it.": lambda counts, errors, floor: _times(
                counts, errors, 0
            ),
            "Less than 1: with fewer pictures? The exponent is negative, mind its sign.": (
                lambda counts, errors, floor: _times(counts, errors, floor, rise=-1)
            ),
            "This is what doubling the pictures leaves, turned round. You were asked what halving the rest takes.": (
                lambda counts, errors, floor: 1 / 2 ** np.polyfit(np.log(counts), np.log(errors - floor), 1)[0]
            ),
            "A power law is straight where both axes are logarithmic; you left the pictures as they are.": (
                lambda counts, errors, floor: _times(counts, errors, floor, logs=(np.log, np.asarray))
            ),
        },
    ),
    "13-d": Exercise(
        reference=_cost,
        inputs=_order,
        mistakes={
            "The workers work at the same time: each has its share of the photos.": (
                lambda *order: _cost(*order, together=False)
            ),
            "No photo is cut: the last worker is done when its last whole photo is.": (
                lambda *order: _cost(*order, whole=False)
            ),
            "Each worker needs its start, too, before the first photo.": lambda *order: _cost(*order, begins=False),
            "Every worker is paid, not one.": lambda *order: _cost(*order, all_paid=False),
            "An hour has 3,600 seconds.": lambda *order: _cost(*order, unit=60),
        },
    ),
}
