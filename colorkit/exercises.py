"""The lessons' exercises: for each, colorkit's reference, random inputs, and known mistakes with their hints."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from colorkit import lab


@dataclass(frozen=True)
class Exercise:
    """What `colorkit.check` needs to judge a learner's function.

    Attributes
    ----------
    reference : callable
        The right answer: the library's own function wherever there is one.
    inputs : callable
        Gives a tuple of arguments, from a `numpy.random.Generator`.
    mistakes : dict of str to callable
        A hint in the learner's terms, and the wrong answer that it belongs to.
    tolerance : float
        Relative and absolute, for comparing results.
    """

    reference: Callable
    inputs: Callable
    mistakes: dict = field(default_factory=dict)
    tolerance: float = 1e-3


def _lightness(rgb):
    return lab.rgb_to_lab(rgb)[..., :1]


def _luma(rgb):
    from skimage.color import rgb2gray

    return 100 * rgb2gray(rgb)[..., None]


def _join(lightness, ab):
    return lab.lab_to_rgb(np.concatenate([lightness, ab], axis=-1))


def _lightness_and_ab(random):
    # Small a and b, so that most of these colors are inside the gamut and a swapped pair is seen.
    return (
        random.uniform(30, 80, (5, 6, 1)).astype(np.float32),
        random.uniform(-25, 25, (5, 6, 2)).astype(np.float32),
    )


def _chroma(ab):
    return np.linalg.norm(ab, axis=-1)


def _convolution_parameters(kernel, channels, filters):
    import keras

    layer = keras.layers.Conv2D(filters, kernel)
    layer.build((None, None, None, channels))
    return layer.count_params()


def _color_table(lightness, ab, statistic="mean", empty=0.0):
    from scipy.stats import binned_statistic

    edges = np.arange(102) - 0.5
    rows = binned_statistic(np.round(lightness).ravel(), ab.reshape(-1, 2).T, statistic, edges).statistic.T
    filled = np.histogram(np.round(lightness), edges)[0] > 0
    return np.where(filled[:, None], rows, empty)


EXERCISES = {
    "01-a": Exercise(
        reference=_lightness,
        inputs=lambda random: (random.random((5, 6, 3), dtype=np.float32),),
        mistakes={
            "This is rgb2gray's gray, a weighted sum of the encoded R, G and B. L follows what the eye sees: "
            "go through rgb_to_lab.": _luma,
            "This is the same gray on a scale of 0..1. L runs from 0 to 100, and is not a weighted sum of R, G "
            "and B.": lambda rgb: _luma(rgb) / 100,
            "This is the plain average of R, G and B. The eye is far more sensitive to green than to blue: "
            "go through rgb_to_lab.": lambda rgb: 100 * rgb.mean(axis=-1, keepdims=True),
            "The numbers are right, but the last axis is gone. Slice with [..., :1], which keeps it, instead of "
            "[..., 0].": lambda rgb: lab.rgb_to_lab(rgb)[..., 0],
            "The slice is empty: [..., :0] stops before the first channel. (Khatri and Patel print the same slip.)": (
                lambda rgb: lab.rgb_to_lab(rgb)[..., :0]
            ),
            "These are a and b, the color. L is the first channel.": lambda rgb: lab.rgb_to_lab(rgb)[..., 1:],
        },
    ),
    "01-b": Exercise(
        reference=_join,
        inputs=_lightness_and_ab,
        mistakes={
            "Your a and b are swapped.": lambda lightness, ab: _join(lightness, ab[..., ::-1]),
            "L must come first, then a and b.": lambda lightness, ab: lab.lab_to_rgb(
                np.concatenate([ab, lightness], axis=-1).clip([0, -128, -128], [100, 128, 128])
            ),
            "This is still Lab: turn it into RGB with lab_to_rgb.": lambda lightness, ab: np.concatenate(
                [lightness, ab], axis=-1
            ),
            "The color is missing: this is the gray picture.": lambda lightness, ab: lab.lightness_to_rgb(lightness),
            "The values are right, but on a scale of 0..255. Float pictures in this course are 0..1.": (
                lambda lightness, ab: 255 * _join(lightness, ab)
            ),
        },
    ),
    "01-c": Exercise(
        reference=_chroma,
        inputs=lambda random: (random.uniform(-80, 80, (5, 6, 2)).astype(np.float32),),
        mistakes={
            "This is chroma squared: take the square root.": lambda ab: (ab**2).sum(axis=-1),
            "Add the squares of a and b, then take the root; this adds the two without their squares.": (
                lambda ab: ab.sum(axis=-1)
            ),
            "This adds how far a and b are from zero, as if you could only walk along the axes. Chroma is the "
            "straight line: squares, sum, root.": lambda ab: np.abs(ab).sum(axis=-1),
            "This is one number for the whole picture. Give one for each pixel: work along the last axis "
            "only.": np.linalg.norm,
        },
    ),
    "02-a": Exercise(
        reference=_convolution_parameters,
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
        reference=_color_table,
        inputs=_lightness_and_ab,
        mistakes={
            "Rows without a pixel hold NaN: the mean of nothing. Leave them 0, which is gray.": (
                lambda lightness, ab: _color_table(lightness, ab, empty=np.nan)
            ),
            "These are sums. Divide by the number of pixels in each row.": (
                lambda lightness, ab: _color_table(lightness, ab, statistic="sum")
            ),
            "Some pixels are one row too low: round L, do not cut off its decimals.": (
                lambda lightness, ab: _color_table(np.floor(lightness), ab)
            ),
            "Your a and b are swapped.": lambda lightness, ab: _color_table(lightness, ab[..., ::-1]),
            "Every row holds the average of the whole picture. Take only the pixels of that row's lightness.": (
                lambda lightness, ab: np.broadcast_to(ab.mean(axis=(0, 1)), (101, 2))
            ),
        },
    ),
}
