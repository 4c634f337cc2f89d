"""Solutions of lesson 3, 03_many_photos."""

import hashlib

import numpy as np


def in_test(files):
    answers = []
    for file in files:
        digits = hashlib.sha256(file.encode()).hexdigest()
        answers.append(int(digits, 16) % 10 == 0)
    return answers


def dimmed(pictures, share):
    L, a, b = np.moveaxis(pictures.astype(float), -1, 0)
    Y = (L + 16) / 116
    X, Z = Y + a / 500, Y - b / 200
    X, Y, Z = ((share * root**3) ** (1 / 3) for root in (X, Y, Z))
    return np.stack([116 * Y - 16, 500 * (X - Y), 200 * (Y - Z)], axis=-1)


def leaked(train, test):
    answers = []
    for picture in test:
        mirrored = np.flip(picture, axis=1)
        answers.append(any(np.array_equal(one, picture) or np.array_equal(one, mirrored) for one in train))
    return answers


SOLUTIONS = {
    "03-a": in_test,
    "03-b": dimmed,
    "03-c": leaked,
}
