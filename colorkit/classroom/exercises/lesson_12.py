"""Exercises of lesson 12, 12_old_photographs."""

import numpy as np

from colorkit.classroom.exercises.exercise import Exercise


def _stretched(L, *, low=1, high=99, each=(1, 2, 3), white=100, clip=True):
    """Stretch pictures; the rest are the mistakes that one can make."""
    black, light = np.percentile(L, [low, high], axis=each, keepdims=True)
    stretched = white * (L - black) / (light - black)
    return np.clip(stretched, 0, white) if clip else stretched


def _faded(random):
    # Each picture has a range of its own, a speck and a scratch, so that percentiles, ends and pictures differ.
    pictures = []
    for _ in range(3):
        L = random.uniform(random.uniform(15, 35), random.uniform(60, 80), (12, 15, 1))
        L[0, 0], L[1, 0] = random.uniform(1, 8), random.uniform(92, 99)
        pictures.append(L)
    return (np.array(pictures),)


def _steps(ab):
    return np.linalg.norm(np.diff(ab, axis=1), axis=-1)


def _begins(ab):
    return _steps(ab).mean(axis=0).argmax() + 1


def _two_parts(random):
    # At the seam rows step in a or in b, up or down. Elsewhere all rows step one way, and not as far; or up and down in
    # both, not as far though |a| + |b| is more; and one pixel is far off. So no two mistakes find one column. (Rows
    # have smaller numbers.)
    ab = random.normal(0, 0.3, (12, 30, 2))
    seam, shift, both, odd = random.permutation([14, 18, 22, 26])
    for row in range(12):
        ab[row, seam:, row // 2 % 2] += 18 * (-1) ** row
        ab[row, both:] += 11 * (-1) ** row
    ab[:, shift:, 0] += 14
    ab[random.integers(12), odd, 0] += 70
    return (ab,)


def _row(L, *, floor=1, half=2, normal=True, sign=-1, middle=False, spread=np.var):
    weights = np.exp(-((L - L[1, 1]) ** 2) / (half * (spread(L) + floor)))
    if not middle:
        weights[1, 1] = 0
    row = sign * weights / (weights.sum() if normal else 1)
    row[1, 1] = 1
    return row


def _window(random):
    return (random.uniform(30, 70) + random.uniform(-4, 4, (3, 3)),)


def _flicker(ab, step, *, length=lambda difference: np.linalg.norm(difference, axis=-1)):
    """Follow what moves; another length is a mistake that one can make."""
    return length(ab[1:, :, : ab.shape[2] - step] - ab[:-1, :, step:]).mean()


def _pan(random):
    step = int(random.integers(1, 4))
    wide = random.uniform(-40, 40, (6, 30, 2))
    ab = np.stack([wide[:, frame * step : frame * step + 16] for frame in range(5)])
    return ab + random.normal(0, 5, ab.shape) + random.normal(0, 4, (5, 1, 1, 2)), step


EXERCISES = {
    "12-a": Exercise(
        reference=_stretched,
        inputs=_faded,
        mistakes={
            "You took the darkest and the lightest pixel. A scratch or a speck decides those: take percentiles.": (
                lambda L: _stretched(L, low=0, high=100)
            ),
            "Each picture has faded in its own way: take its own percentiles, along the axes 1, 2 and 3.": (
                lambda L: _stretched(L, each=None)
            ),
            "What was beyond the percentiles is now beyond 0..100. Clip it.": lambda L: _stretched(L, clip=False),
            "L goes from 0 to 100, not from 0 to 1.": lambda L: _stretched(L, white=1),
            "You moved black to 0 and left white where it was. Divide by what lies between the percentiles.": (
                lambda L: np.clip(L - np.percentile(L, 1, axis=(1, 2, 3), keepdims=True), 0, 100)
            ),
        },
    ),
    "12-b": Exercise(
        reference=_begins,
        inputs=_two_parts,
        tolerance=0,  # a column is right or wrong
        mistakes={
            "This is the last column of the left part: the first step leads to column 1.": lambda ab: _begins(ab) - 1,
            "You looked for the longest single step. One odd pixel makes that: take the mean over the rows.": (
                lambda ab: _steps(ab).max(axis=0).argmax() + 1
            ),
            "You went from row to row. The seam is between columns, axis 1.": lambda ab: (
                np.linalg.norm(np.diff(ab, axis=0), axis=-1).mean(axis=1).argmax() + 1
            ),
            "Take the length of each step, then the mean. Steps that go both ways cancel in the mean.": lambda ab: (
                np.linalg.norm(np.diff(ab, axis=1).mean(axis=0), axis=-1).argmax() + 1
            ),
            "You took |a| + |b|. The length of (a, b) is the root of the sum of their squares.": lambda ab: (
                np.abs(np.diff(ab, axis=1)).sum(axis=-1).mean(axis=0).argmax() + 1
            ),
        },
    ),
    "12-c": Exercise(
        reference=_row,
        inputs=_window,
        mistakes={
            "The weights of the neighbors must be 1 in sum: divide by their sum.": lambda L: _row(L, normal=False),
            "The neighbors' entries are negative: the pixel minus their average is 0.": lambda L: _row(L, sign=1),
            "The pixel is no neighbor of its own: leave it out before you divide by the sum.": lambda L: _row(
                L, middle=True
            ),
            "The exponent has the variance, which is the standard deviation squared.": lambda L: _row(L, spread=np.std),
            "Divide by nine for the variance, not by eight.": lambda L: _row(
                L, spread=lambda nine: np.var(nine, ddof=1)
            ),
            "To the variance comes 1, so that even gray does not divide by 0.": lambda L: _row(L, floor=0),
            "The exponent is divided by two variances.": lambda L: _row(L, half=1),
        },
    ),
    "12-d": Exercise(
        reference=_flicker,
        inputs=_pan,
        mistakes={
            "You compared the same places. The camera moves: take columns that show the same thing.": lambda ab, step: (
                _flicker(ab, 0)
            ),
            "You went the other way: what is at column x was farther right, at x + step, a frame before.": (
                lambda ab, step: _flicker(ab[:, :, ::-1], step)
            ),
            "You took |a| + |b|. The length of (a, b) is the root of the sum of their squares.": lambda ab, step: (
                _flicker(ab, step, length=lambda difference: np.abs(difference).sum(axis=-1))
            ),
            "This is the mean square. Take the length of each difference, then the mean.": lambda ab, step: _flicker(
                ab, step, length=lambda difference: (difference**2).sum(axis=-1)
            ),
            "Take the length at each pixel, then the mean. In the mean of a and b, opposite changes cancel.": (
                lambda ab, step: _flicker(
                    ab,
                    step,
                    length=lambda difference: np.linalg.norm(difference.mean(axis=(0, 1, 2), keepdims=True), axis=-1),
                )
            ),
            "Your columns are off by one: x shows what x + step showed a frame before.": (
                lambda ab, step: _flicker(ab, step + 1)
            ),
        },
    ),
}
