"""Solutions of lesson 5, 05_autoencoders."""

import re

import numpy as np


def narrowest(table, side):
    numbers = []
    for word in table.split():
        if word == "up":
            side = 2 * side
        else:
            side = side // 2 if "/2" in word else side
            numbers.append(side * side * int(re.search(r"\d+", word)[0]))
    numbers.pop()
    return sorted(numbers)[0]


def times_painted(inputs, kernel, stride):
    painted = np.zeros((inputs - 1) * stride + kernel, int)
    for number in range(inputs):
        painted[number * stride : number * stride + kernel] += 1
    return painted


def squares(L):
    made = np.zeros_like(L)
    for row in range(0, L.shape[1], 2):
        for column in range(0, L.shape[2], 2):
            square = np.s_[:, row : row + 2, column : column + 2]
            made[square] = L[square].mean(axis=(1, 2), keepdims=True)
    return made


SOLUTIONS = {
    "05-a": narrowest,
    "05-b": times_painted,
    "05-c": squares,
}
