"""Exercises of lesson 5, 05_autoencoders."""

import numpy as np

from colorkit.classroom.exercises.exercise import Exercise
from colorkit.models import spec


def _numbers(table, side, *, strides=True, up=True, filters=True, power=2):
    """Count the numbers after each convolution of a line of words."""
    counts = []
    for word in table.split():
        if word == "up":
            side *= 2 if up else 1
            continue
        row = spec.layer(word)
        side //= row.stride if strides else 1
        counts.append(side**power * (row.filters if filters else 1))
    return counts


def _table(random):
    # One of two rows is the narrowest, and what a mistake gives is always another number.
    wide, narrow, after = random.integers(8, 17, 4) * 16, random.integers(8, 17) * 8, random.integers(2, 8) * 8
    words = "{}/2 {} {}@5/2 T{} {} up {} up {}".format(*wide, narrow, after, random.integers(2, 4))
    return words, int(random.integers(3, 11)) * 16


def _brush(random):
    # Brushes overlap: where they do not, one that is cut off or swapped with the stride would not be seen.
    stride = int(random.integers(2, 4))
    return int(random.integers(4, 9)), stride + int(random.integers(1, 4)), stride


def _painted(inputs, kernel, stride):
    return np.bincount((np.arange(inputs)[:, None] * stride + np.arange(kernel)).ravel())


def _squares(lightness, height=2, width=2):
    count, rows, columns, _ = lightness.shape
    blocks = lightness.reshape(count, rows // height, height, columns // width, width, 1)
    return blocks.mean(axis=(2, 4)).repeat(height, axis=1).repeat(width, axis=2)


EXERCISES = {
    "05-a": Exercise(
        reference=lambda table, side: min(_numbers(table, side)[:-1]),
        inputs=_table,
        tolerance=0,  # a count is right or wrong
        mistakes={
            "You counted the last convolution too: it is the result, and has no more to get through.": (
                lambda table, side: min(_numbers(table, side))
            ),
            "You counted places. Each place has as many numbers as the layer has filters.": (
                lambda table, side: min(_numbers(table, side, filters=False)[:-1])
            ),
            "You left out the strides: a stride of 2 halves height and width.": (
                lambda table, side: min(_numbers(table, side, strides=False)[:-1])
            ),
            "You left out up, which doubles height and width.": (
                lambda table, side: min(_numbers(table, side, up=False)[:-1])
            ),
            "A picture has height and width: the side counts twice.": (
                lambda table, side: min(_numbers(table, side, power=1)[:-1])
            ),
            "This is the widest place. Take the smallest number.": lambda table, side: max(_numbers(table, side)[:-1]),
        },
    ),
    "05-b": Exercise(
        reference=_painted,
        inputs=_brush,
        tolerance=0,
        mistakes={
            "The window moves by the stride from one input to the next; yours moves by one.": (
                lambda inputs, kernel, stride: _painted(inputs, kernel, 1)
            ),
            "Your kernel and your stride are swapped.": lambda inputs, kernel, stride: _painted(inputs, stride, kernel),
            "This is how many outputs each input paints. Ask the other way round: how many inputs paint each output?": (
                lambda inputs, kernel, stride: np.full(inputs, kernel)
            ),
            "The end is cut off: the last input begins at (inputs - 1) * stride and paints a whole kernel.": (
                lambda inputs, kernel, stride: _painted(inputs, kernel, stride)[: inputs * stride]
            ),
        },
    ),
    "05-c": Exercise(
        reference=_squares,
        inputs=lambda random: (random.uniform(0, 100, (3, 6, 8, 1)).astype(np.float32),),
        mistakes={
            "You kept one pixel of each square. Nearer to all four is their mean.": (
                lambda lightness: lightness[:, ::2, ::2].repeat(2, axis=1).repeat(2, axis=2)
            ),
            "The small picture stands there four times. Repeat each of its pixels: np.repeat, not np.tile.": (
                lambda lightness: np.tile(_squares(lightness)[:, ::2, ::2], (1, 2, 2, 1))
            ),
            "These are the means, half as high and half as wide. Make a square of 2 x 2 of each.": (
                lambda lightness: _squares(lightness)[:, ::2, ::2]
            ),
            "You averaged over pairs of rows only. Average over pairs of columns too.": (
                lambda lightness: _squares(lightness, width=1)
            ),
            "You averaged over pairs of columns only. Average over pairs of rows too.": (
                lambda lightness: _squares(lightness, height=1)
            ),
            "This is the mean of the whole picture. Each square has a mean of its own.": (
                lambda lightness: np.broadcast_to(lightness.mean(axis=(1, 2), keepdims=True), lightness.shape)
            ),
        },
    ),
}
