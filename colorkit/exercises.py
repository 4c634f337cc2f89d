"""The lessons' exercises: for each, colorkit's reference, random inputs, and known mistakes with their hints."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from colorkit import lab, metrics, photos


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


def _sums_of_color(lightness, ab):
    pixels = np.bincount(np.rint(lightness).astype(int).ravel(), minlength=101)
    return metrics.color_table(lightness, ab) * pixels[:, None]


def _color_table_with_nan(lightness, ab):
    table = metrics.color_table(lightness, ab)
    return np.where(table == 0, np.nan, table)  # no mean of random colors is 0


def _colorfulness(rgb, sign=lambda channel: channel, share=0.3):
    red, green, blue = np.moveaxis(rgb, -1, 0)
    opponents = np.stack([sign(red - green), sign((red + green) / 2 - blue)])
    return np.hypot(*opponents.std(axis=(1, 2))) + share * np.hypot(*opponents.mean(axis=(1, 2)))


def _floor(colors, weights):
    return weights @ ((colors - weights @ colors) ** 2).mean(axis=1)


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
        reference=metrics.color_table,
        inputs=_lightness_and_ab,
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
    "03-a": Exercise(
        reference=lambda files: [photos.split_of(file) == "test" for file in files],
        inputs=lambda random: ([f"photo_{number}.jpg" for number in random.integers(0, 10**6, 60)],),
        tolerance=0,  # a file is in or out
        mistakes={
            "Python's own hash() of a text changes each time Python starts. Use hashlib.sha256.": (
                lambda files: [hash(file) % 10 == 0 for file in files]
            ),
            "This depends on the place of a file in the list, so one new file moves others. Use the name alone.": (
                lambda files: [number % 10 == 0 for number in range(len(files))]
            ),
            "These are the training files: yes and no are the wrong way round.": (
                lambda files: [photos.split_of(file) != "test" for file in files]
            ),
            "Divisible by 10 as a number: int(digits, 16) % 10. This looks at the last digit of sixteen.": (
                lambda files: [hashlib.sha256(file.encode()).hexdigest()[-1] == "0" for file in files]
            ),
            "This is another hash. Use SHA-256, so that everybody gets the same split.": (
                lambda files: [int(hashlib.md5(file.encode()).hexdigest(), 16) % 10 == 0 for file in files]
            ),
        },
    ),
    "03-b": Exercise(
        reference=lambda pictures: pictures[:, :, ::-1],
        inputs=lambda random: (random.uniform(-40, 80, (3, 4, 5, 3)).astype(np.float32),),
        tolerance=0,
        mistakes={
            "This is upside down. The axes are pictures, rows, columns, channels.": lambda pictures: pictures[:, ::-1],
            "This turns the order of the pictures round. The axes are pictures, rows, columns, channels.": (
                lambda pictures: pictures[::-1]
            ),
            "This turns the channels round: b comes first and L last.": lambda pictures: pictures[..., ::-1],
            "Only L is mirrored. The colors must move with what they belong to.": (
                lambda pictures: np.concatenate([pictures[:, :, ::-1, :1], pictures[..., 1:]], axis=-1)
            ),
            "Only the color is mirrored. L must move with it.": (
                lambda pictures: np.concatenate([pictures[..., :1], pictures[:, :, ::-1, 1:]], axis=-1)
            ),
            "This is turned by half a turn: mirror the columns only.": lambda pictures: pictures[:, ::-1, ::-1],
        },
    ),
    "03-c": Exercise(
        reference=metrics.spread,
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
    "04-a": Exercise(
        reference=metrics.psnr,
        inputs=lambda random: tuple(random.integers(0, 256, (2, 6, 5, 3), dtype=np.uint8)),
        mistakes={
            "Your subtraction went round: in uint8, 3 - 5 is 254. Turn both pictures into floats first.": (
                lambda truth, colored: -10 * np.log10(np.mean(((truth - colored) / 255.0) ** 2))
            ),
            "Scale RGB to 0..1: divide by 255.": lambda truth, colored: (
                metrics.psnr(truth, colored) - 20 * np.log10(255)
            ),
            "Less error must give more decibels: the sign is wrong.": lambda truth, colored: (
                -metrics.psnr(truth, colored)
            ),
            "Take 10 times the logarithm of the mean square. (20 belongs to its root.)": (
                lambda truth, colored: 2 * metrics.psnr(truth, colored)
            ),
            "This is the natural logarithm; decibels take the one to base 10.": (
                lambda truth, colored: metrics.psnr(truth, colored) * np.log(10)
            ),
        },
    ),
    "04-b": Exercise(
        reference=metrics.colorfulness,
        inputs=lambda random: (random.integers(0, 256, (6, 5, 3), dtype=np.uint8),),
        mistakes={
            "You took absolute values of the opponent channels. Keep their sign: red and green are opposites.": (
                lambda rgb: _colorfulness(rgb.astype(float), sign=np.abs)
            ),
            "Your subtraction went round: in uint8, 3 - 5 is 254. Turn the picture into floats first.": (_colorfulness),
            "This is on a scale of 0..1. The formula takes RGB on a scale of 0..255.": (
                lambda rgb: metrics.colorfulness(rgb) / 255
            ),
            "The means count 0.3 times.": lambda rgb: _colorfulness(rgb.astype(float), share=1),
            "The means are missing: add 0.3 times the length of their pair.": (
                lambda rgb: _colorfulness(rgb.astype(float), share=0)
            ),
        },
    ),
    "04-c": Exercise(
        reference=_floor,
        inputs=lambda random: (random.uniform(-60, 60, (4, 2)), random.dirichlet(np.ones(4))),
        mistakes={
            "The colors are not equally likely: use the weights.": (
                lambda colors, weights: _floor(colors, np.full(len(weights), 1 / len(weights)))
            ),
            "This is the sum over a and b. The mean squared error averages over the two.": (
                lambda colors, weights: 2 * _floor(colors, weights)
            ),
            "This is its root. The error here is squared.": lambda colors, weights: np.sqrt(_floor(colors, weights)),
            "This is what gray pays. The best guess is the average of the colors.": (
                lambda colors, weights: weights @ (colors**2).mean(axis=1)
            ),
            "This is what the most likely color pays. The average of the colors pays less.": (
                lambda colors, weights: weights @ ((colors - colors[weights.argmax()]) ** 2).mean(axis=1)
            ),
        },
    ),
}
