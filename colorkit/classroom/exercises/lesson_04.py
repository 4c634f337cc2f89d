"""Exercises of lesson 4, 04_measuring_color."""

import numpy as np

from colorkit import metrics
from colorkit.classroom.exercises.exercise import Exercise


def _colorfulness(rgb, sign=lambda channel: channel, share=0.3):
    red, green, blue = np.moveaxis(rgb, -1, 0)
    opponents = np.stack([sign(red - green), sign((red + green) / 2 - blue)])
    return np.hypot(*opponents.std(axis=(1, 2))) + share * np.hypot(*opponents.mean(axis=(1, 2)))


def _cost(guess, colors, weights, power=2):
    return weights @ (np.abs(colors - guess) ** power).mean(axis=1)


def _share(guess, colors, weights, cost=_cost, best=lambda colors, weights: weights @ colors):
    error, gray, floor = (cost(one, colors, weights) for one in (guess, np.zeros(2), best(colors, weights)))
    return (gray - error) / (gray - floor)


def _possible_colors(random):
    """Return a guess, four ab colors and their probabilities, of which gray is not about as good as the average."""
    return random.uniform(-40, 40, 2), random.uniform(-15, 75, (4, 2)), random.dirichlet(np.ones(4))


EXERCISES = {
    "04-a": Exercise(
        reference=metrics.psnr,
        given_by=("metrics.psnr",),
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
        given_by=("metrics.colorfulness",),
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
        reference=_share,
        inputs=_possible_colors,
        mistakes={
            "The colors are not equally likely: use the weights.": (
                lambda guess, colors, weights: _share(guess, colors, np.full(len(weights), 1 / len(weights)))
            ),
            "This takes 0 for the floor. Even the average costs something: the variance of the colors.": (
                lambda guess, colors, weights: 1 - _cost(guess, colors, weights) / _cost(0, colors, weights)
            ),
            "This takes what the most likely color costs for the floor. The average costs less.": (
                lambda guess, colors, weights: _share(
                    guess, colors, weights, best=lambda colors, weights: colors[weights.argmax()]
                )
            ),
            "This is the part of the gap that is left open, 1 for gray. Return the part that is closed.": (
                lambda guess, colors, weights: 1 - _share(guess, colors, weights)
            ),
            "This is the error in units of the floor. Say how much of the way from gray to the floor it is.": (
                lambda guess, colors, weights: _cost(guess, colors, weights) / _cost(weights @ colors, colors, weights)
            ),
            "The differences are not squared. All three are mean *squared* errors.": (
                lambda guess, colors, weights: _share(
                    guess, colors, weights, cost=lambda *parts: _cost(*parts, power=1)
                )
            ),
        },
    ),
}
