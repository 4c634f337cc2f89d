"""Exercises of lesson 3, 03_many_photos."""

import hashlib

import numpy as np

from colorkit import metrics, photos
from colorkit.classroom.exercises.exercise import Exercise

EXERCISES = {
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
}
