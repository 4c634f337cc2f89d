"""Solutions of lesson 2, 02_one_photo."""

import numpy as np


def convolution_parameters(kernel, channels, filters):
    count = 0
    for _ in range(filters):
        for _ in range(channels):
            count += kernel**2
        count += 1
    return count


def flat_field_probe(ask, levels):
    answers = []
    for level in levels:
        answer = ask(np.full((1, 48, 48, 1), level))
        answers.append(answer[0, 24, 24])
    return answers


def color_table(L, ab):
    level = np.round(L[..., 0]).astype(int)
    table = np.zeros((101, 2))
    for row in range(101):
        if (level == row).any():
            table[row] = ab[level == row].mean(axis=0)
    return table


SOLUTIONS = {
    "02-a": convolution_parameters,
    "02-b": flat_field_probe,
    "02-c": color_table,
}
