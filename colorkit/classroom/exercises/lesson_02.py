"""Exercises of lesson 2, 02_one_photo."""

import numpy as np

from colorkit import metrics
from colorkit.classroom.exercises.exercise import Exercise, lightness_and_ab


def _sums_of_color(lightness, ab):
    pixels = np.bincount(np.rint(lightness).astype(int).ravel(), minlength=101)
    return metrics.color_table(lightness, ab) * pixels[:, None]


def _color_table_with_nan(lightness, ab):
    table = metrics.color_table(lightness, ab)
    return np.where(table == 0, np.nan, table)  # no mean of random colors is 0


def _fields(levels):
    return np.broadcast_to(np.float32(levels)[:, None, None, None], (len(levels), 64, 64, 1))


def _flat_field_probe(ask, levels):
    return ask(_fields(levels))[:, 32, 32]


def _in_one(ask, levels):
    stripes = np.repeat(np.float32(levels), 64)
    answer = ask(np.broadcast_to(stripes[None, None, :, None], (1, 64, len(stripes), 1)))
    return answer[0, 32, 32::64]


def _network_and_levels(random):
    """Return a function that answers as a network does, and some levels."""
    bend, phase = random.uniform(0.03, 0.06, 2), random.uniform(0, 6, 2)

    def ask(lightness):
        lightness = np.asarray(lightness, np.float64)
        if lightness.ndim != 4 or lightness.shape[-1] != 1:
            raise ValueError(f"a network takes L of shape (n, height, width, 1), got {lightness.shape}")
        # What is around counts, and near the border the answer fades.
        around = (lightness + lightness.mean(axis=(1, 2), keepdims=True)) / 2
        across, down = (np.minimum(np.arange(side), np.arange(side)[::-1]) / 8 for side in lightness.shape[1:3])
        inside = np.minimum(1, 0.2 + np.minimum(across[:, None], down))
        return np.stack([30, -20] + np.array([15, 10]) * np.sin(bend * around + phase), 0) * inside[None, ..., None]

    return ask, np.sort(random.choice(np.arange(5, 96), 6, replace=False)).astype(np.float32)


EXERCISES = {
    "02-a": Exercise(
        reference=lambda kernel, channels, filters: (kernel * kernel * channels + 1) * filters,
        inputs=lambda random: (int(random.integers(2, 8)), int(random.integers(3, 30)), int(random.integers(40, 99))),
        tolerance=0,  # a count is right or wrong
        mistakes={
            "You left out the biases: each filter has one more number, which it adds.": (
                lambda kernel, channels, filters: kernel * kernel * channels * filters
            ),
            "There is one bias for each filter, not one for the whole layer.": (
                lambda kernel, channels, filters: kernel * kernel * channels * filters + 1
            ),
            "The bias belongs to the filter, not to the channel that comes in.": (
                lambda kernel, channels, filters: kernel * kernel * channels * filters + channels
            ),
            "A kernel is square: kernel times kernel weights for each channel.": (
                lambda kernel, channels, filters: (kernel * channels + 1) * filters
            ),
            "Each filter looks at all the channels that come in, not at one.": (
                lambda kernel, channels, filters: (kernel * kernel + 1) * filters
            ),
        },
    ),
    "02-b": Exercise(
        reference=_flat_field_probe,
        inputs=_network_and_levels,
        mistakes={
            "L runs from 0 to 100. You showed it fields of 0 to 1, which are all black.": (
                lambda ask, levels: _flat_field_probe(ask, levels / 100)
            ),
            "This is a corner, where the network sees the zeros around the picture. Take the middle.": (
                lambda ask, levels: ask(_fields(levels))[:, 0, 0]
            ),
            "This is the mean of the whole answer, with the border. Take the middle.": (
                lambda ask, levels: ask(_fields(levels)).mean(axis=(1, 2))
            ),
            "This is the whole answer. Take its middle: one a and one b for each level.": (
                lambda ask, levels: ask(_fields(levels))
            ),
            "All levels are in one picture, and a network looks at what is around. Make a picture of each.": _in_one,
            "Your a and b are swapped.": lambda ask, levels: _flat_field_probe(ask, levels)[:, ::-1],
        },
    ),
    "02-c": Exercise(
        reference=metrics.color_table,
        given_by=("metrics.color_table",),
        inputs=lightness_and_ab,
        mistakes={
            "Rows without a pixel hold NaN: the mean of nothing. Leave them 0, which is gray.": _color_table_with_nan,
            "These are sums. Divide by the number of pixels in each row.": _sums_of_color,
            "Some pixels are one row too low: round L, do not cut off its decimals.": (
                lambda lightness, ab: metrics.color_table(np.floor(lightness), ab)
            ),
            "Your a and b are swapped.": lambda lightness, ab: metrics.color_table(lightness, ab[..., ::-1]),
            "Every row holds the average of the whole picture. Take only the pixels of that row's lightness.": (
                lambda lightness, ab: np.broadcast_to(ab.mean(axis=(0, 1)), (101, 2))
            ),
        },
    ),
}
