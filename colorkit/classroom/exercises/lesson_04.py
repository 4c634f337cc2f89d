"""Exercises of lesson 4, 04_measuring_color."""

import numpy as np

from colorkit import metrics
from colorkit.classroom.exercises.exercise import Exercise


def _colorfulness(rgb, sign=lambda channel: channel, share=0.3):
    red, green, blue = np.moveaxis(rgb, -1, 0)
    opponents = np.stack([sign(red - green), sign((red + green) / 2 - blue)])
    return np.hypot(*opponents.std(axis=(1, 2))) + share * np.hypot(*opponents.mean(axis=(1, 2)))


def _floor(colors, weights):
    return weights @ ((colors - weights @ colors) ** 2).mean(axis=1)


EXERCISES = {
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
