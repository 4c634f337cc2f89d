"""Solutions of lesson 13, 13_scaling_up."""

import math

import numpy as np


def shuffled(records, size, draws):
    held, order = [], []
    following = iter(records)
    for record in following:
        held.append(record)
        if len(held) == size:
            draw, *draws = draws
            order.append(held.pop(math.floor(draw * size)))
    while held:
        draw, *draws = draws
        order.append(held.pop(math.floor(draw * len(held))))
    return order


def accumulated(gradient, L, ab, most):
    total, left = 0.0, len(L)
    while left:
        few = min(most, left)
        now = slice(len(L) - left, len(L) - left + few)
        total = total + gradient(L[now], ab[now]) * (few / len(L))
        left -= few
    return total


def times_as_many(counts, errors, floor):
    x, y = np.log10(counts), np.log10(np.subtract(errors, floor))
    b = -((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    return math.exp(math.log(2) / b)


def cost(photos, each, workers, start, price):
    most = (photos + workers - 1) // workers
    hours = (start + most * each) / 60 / 60
    return hours, workers * hours * price


SOLUTIONS = {
    "13-a": shuffled,
    "13-b": accumulated,
    "13-c": times_as_many,
    "13-d": cost,
}
