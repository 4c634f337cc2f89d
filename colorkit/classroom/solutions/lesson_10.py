"""Solutions of lesson 10, 10_pix2pix."""

import numpy as np


def receptive_field(layers):
    field = 1
    for kernel, stride in reversed(layers):  # backward, where every stride counts for what came before
        field = (field - 1) * stride + kernel
    return field


def right_verdicts(on_true, on_made):
    shares = []
    for scores, answer in ((on_true, True), (on_made, False)):
        says = [score > 0 for score in scores.ravel()]
        shares.append(says.count(answer) / len(says))
    return sum(shares) / 2


def slopes(z):
    def passes(z):
        return 1 / (1 + np.exp(-z))

    h = 1e-4
    first = (np.log(1 - passes(z + h)) - np.log(1 - passes(z - h))) / (2 * h)
    second = (np.log(passes(z - h)) - np.log(passes(z + h))) / (2 * h)
    return first, second


SOLUTIONS = {
    "10-a": receptive_field,
    "10-b": right_verdicts,
    "10-c": slopes,
}
