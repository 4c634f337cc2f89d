"""Solutions of lesson 11, 11_face_off."""

import numpy as np


def faults(made, truth):
    kinds = []
    for one, own in zip(made, truth, strict=True):
        chroma, vivid = np.hypot(*own.reshape(-1, 2).T).mean(), np.hypot(*one.reshape(-1, 2).T).mean()
        rough, smooth = (np.hypot(*(ab[:, 1:] - ab[:, :-1]).reshape(-1, 2).T).mean() for ab in (one, own))
        away = np.hypot(*(one - own).reshape(-1, 2).T).mean()
        kinds.append(0 if vivid < chroma / 2 else 1 if rough > smooth else 2 if away > chroma else 3)
    return kinds


def agreement(one, other):
    count = len(one)
    same = np.sign(np.subtract.outer(one, one)) == np.sign(np.subtract.outer(other, other))
    return (same.sum() - count) / (count**2 - count)


SOLUTIONS = {
    "11-a": faults,
    "11-b": agreement,
}
