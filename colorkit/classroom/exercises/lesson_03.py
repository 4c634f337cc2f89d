"""Exercises of lesson 3, 03_many_photos."""

import hashlib

import numpy as np

from colorkit import photos
from colorkit.classroom.exercises.exercise import Exercise

_BLACK = np.array([16, 0, 0])  # what L + 16, a and b are proportional to the cube root of light


def _dimmed(pictures, share):
    return (pictures + _BLACK) * np.cbrt(share) - _BLACK


def _found(seen, test):
    return [bool((seen == picture).all(axis=(1, 2, 3)).any()) for picture in test]


def _leaked(train, test):
    return _found(np.concatenate([train, train[:, :, ::-1]]), test)


def _pictures(random):
    """Return pictures with light above the lowest stretch of Lab's curve, and the share of it that is left."""
    pictures = np.stack(
        [random.uniform(40, 90, (3, 4, 5)), random.uniform(10, 60, (3, 4, 5)), random.uniform(-60, -10, (3, 4, 5))], -1
    )
    return pictures.astype(np.float32), float(random.uniform(0.3, 0.7))


def _two_splits(random):
    """Return training pictures and test pictures, some of which are in training, mirrored or upside down there."""
    train = random.integers(0, 256, (8, 4, 5, 3)).astype(np.uint8)
    first, second, third, fourth = random.permutation(8)[:4]
    test = [
        train[first],
        train[second, :, ::-1],
        train[third, ::-1],
        np.where(np.arange(5)[:, None] < 4, train[fourth], 255 - train[fourth]),  # differs in one column
        *random.integers(0, 256, (2, 4, 5, 3)),
    ]
    return train, np.stack(test)[random.permutation(6)].astype(np.uint8)


EXERCISES = {
    "03-a": Exercise(
        reference=lambda files: [photos.split_of(file) == "test" for file in files],
        given_by=("photos.split_of",),
        varies=True,
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
        reference=_dimmed,
        inputs=_pictures,
        mistakes={
            "L is darker, and a and b are as before: that is another, more vivid color. Less light shrinks them too.": (
                lambda pictures, share: np.concatenate([_dimmed(pictures, share)[..., :1], pictures[..., 1:]], axis=-1)
            ),
            "L itself is not proportional to the cube root of light, L + 16 is: add 16, multiply, take 16 away.": (
                lambda pictures, share: pictures * np.cbrt(share)
            ),
            "Light is multiplied by the share, but L, a and b come from cube roots of light: take the share's too.": (
                lambda pictures, share: (pictures + _BLACK) * share - _BLACK
            ),
            "After L + 16 is multiplied, the 16 has to be taken away again.": (
                lambda pictures, share: (pictures + _BLACK) * np.cbrt(share)
            ),
            "The 16 belongs to L alone. a and b are multiplied as they are.": (
                lambda pictures, share: (pictures + 16) * np.cbrt(share) - 16
            ),
            "This is a brighter picture: it is multiplied where it should be divided, or the other way round.": (
                lambda pictures, share: (pictures + _BLACK) / np.cbrt(share) - _BLACK
            ),
        },
    ),
    "03-c": Exercise(
        reference=_leaked,
        inputs=_two_splits,
        tolerance=0,
        mistakes={
            "This finds pictures that are saved twice as they are. Compare with the mirrored ones too.": _found,
            "This finds the mirrored ones alone. A picture that is saved twice as it is has leaked too.": (
                lambda train, test: _found(train[:, :, ::-1], test)
            ),
            "This mirrors top to bottom. Left to right, the columns turn round: picture[:, ::-1].": (
                lambda train, test: _found(np.concatenate([train, train[:, ::-1]]), test)
            ),
            "One equal number does not make a leak, and some are equal by chance: all of a picture's must be.": (
                lambda train, test: [bool((train == picture).any(axis=(1, 2, 3)).any()) for picture in test]
            ),
            "This answers for each training picture. The question is which of the test pictures have leaked.": (
                lambda train, test: _leaked(test, train)
            ),
            "Yes and no are the wrong way round: True where training has the picture too.": (
                lambda train, test: [not answer for answer in _leaked(train, test)]
            ),
        },
    ),
}
