"""Exercises of lesson 1, 01_light_and_lab."""

import numpy as np

from colorkit import lab
from colorkit.classroom.exercises.exercise import Exercise, lightness_and_ab


def _lightness(rgb):
    return lab.rgb_to_lab(rgb)[..., :1]


def _luma(rgb):
    from skimage.color import rgb2gray

    return 100 * rgb2gray(rgb)[..., None]


def _join(lightness, ab):
    return lab.lab_to_rgb(np.concatenate([lightness, ab], axis=-1))


def _chroma(ab):
    return np.linalg.norm(ab, axis=-1)


def _lightness_from_bytes(rgb, *, light=None, weights=(0.212671, 0.715160, 0.072169), root=np.cbrt, knee=0.008856):
    code = np.asarray(rgb, np.float64) / 255
    if light is None:
        light = np.where(code > 0.04045, ((code + 0.055) / 1.055) ** 2.4, code / 12.92)
    y = light @ np.array(weights)
    return 116 * np.where(y > knee, root(y), 7.787 * y + 16 / 116) - 16


def _bytes(random):
    # One row of dark colors, for which f is the straight line.
    return (np.concatenate([random.integers(60, 256, (4, 6, 3)), random.integers(1, 22, (1, 6, 3))]).astype(np.uint8),)


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
        inputs=lightness_and_ab,
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
    "01-d": Exercise(
        reference=_lightness_from_bytes,
        inputs=_bytes,
        tolerance=2e-3,  # the weights are given with four digits
        mistakes={
            "The first step is missing: you added up codes. Undo the code, then add up light.": (
                lambda rgb: _lightness_from_bytes(rgb, light=rgb / 255)
            ),
            "The curve wants codes of 0 to 1: divide the bytes by 255 first.": (
                lambda rgb: _lightness_from_bytes(255.0 * rgb)
            ),
            "The power 2.2 is nearly the curve, and not the curve: take step 1 as it is written.": (
                lambda rgb: _lightness_from_bytes(rgb, light=(rgb / 255) ** 2.2)
            ),
            "The eye does not see red, green and blue light as equally bright: weigh them.": (
                lambda rgb: _lightness_from_bytes(rgb, weights=(1 / 3, 1 / 3, 1 / 3))
            ),
            "These are the weights of codes, for television. Light has others: 0.2127, 0.7152, 0.0722.": (
                lambda rgb: _lightness_from_bytes(rgb, weights=(0.299, 0.587, 0.114))
            ),
            "Your red and blue are swapped.": lambda rgb: _lightness_from_bytes(rgb[..., ::-1]),
            "This is the square root. L has the cube root.": lambda rgb: _lightness_from_bytes(rgb, root=np.sqrt),
            "This is right for all but dark colors: where Y is at most 0.008856, f is a straight line.": (
                lambda rgb: _lightness_from_bytes(rgb, knee=0)
            ),
            "This is f. The last step is L = 116 f - 16.": lambda rgb: (_lightness_from_bytes(rgb) + 16) / 116,
            "Subtract 16 at the end: black has L = 0.": lambda rgb: _lightness_from_bytes(rgb) + 16,
        },
    ),
}
