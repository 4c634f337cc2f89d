"""Solutions of lesson 9, 09_color_as_classes."""

import numpy as np
from scipy.spatial import Delaunay


def bins_of(colors, step):
    corners = np.concatenate([colors + np.array([a, b]) for a in (-step, step) for b in (-step, step)])
    side = np.arange(-300 // step, 300 // step) * step
    points = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
    return points[Delaunay(corners).find_simplex(points) >= 0]


def soft_encode(ab, centers):
    distance = np.sqrt(((ab[:, None] - centers) ** 2).sum(axis=-1))
    fifth = np.sort(distance, axis=-1)[:, 4:5]
    weights = np.where(distance <= fifth, np.exp(-(distance**2) / (2 * 5**2)), 0)
    return weights / weights.sum(axis=-1, keepdims=True)


def lost(ab, n):
    squares = 0
    for y in range(0, ab.shape[1], n):
        for x in range(0, ab.shape[2], n):
            block = ab[:, y : y + n, x : x + n]
            squares += ((block - block.mean(axis=(1, 2), keepdims=True)) ** 2).sum()
    return (squares / ab.size) ** 0.5


SOLUTIONS = {
    "09-a": bins_of,
    "09-b": soft_encode,
    "09-c": lost,
}
