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
        reference=lambda ab: np.asarray(ab) / 128,
        inputs=lambda random: (random.uniform(-108, 98, (5, 6, 2)).astype(np.float32),),
        mistakes={
            "This is how to go back, from the network's -1..1 to Lab units. Here you go the other way.": (
                lambda ab: ab * 128
            ),
            "255 is the range of uint8. The largest distance of a or b from zero is 108, and the papers divide by "
            "128.": lambda ab: ab / 255,
            "This is 0..1, centered on 0.5. tanh is centered on 0, and gray must stay 0: divide only.": (
                lambda ab: (ab + 128) / 256
            ),
            "100 is the range of L. b reaches -108, which tanh could then never give.": lambda ab: ab / 100,
        },
    ),
    "02-c": Exercise(
        reference=metrics.color_table,
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
