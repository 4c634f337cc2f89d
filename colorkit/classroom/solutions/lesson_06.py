"""Solutions of lesson 6, 06_koalarization."""

import numpy as np


def for_the_classifier(L):
    gray = L * 2.55
    return np.concatenate([gray, gray, gray], axis=-1)


def window(ask, width):
    # From the other side: the places of the answer that one changed column reaches.
    L = np.random.default_rng(1).uniform(0, 100, (1, 16, width, 1))
    changed = L.copy()
    changed[:, :, width // 2] = 50.5
    places = np.nonzero(np.abs(ask(changed) - ask(L))[0, 8].sum(axis=-1))[0]
    return places.max() - places.min() + 1


def nearest_mean(known, labels, unseen):
    answers = []
    for one in unseen:
        nearest = {}
        for label in set(labels.tolist()):
            pictures = [row for row, own in zip(known, labels, strict=True) if own == label]
            nearest[np.linalg.norm(one - np.mean(pictures, axis=0))] = label
        answers.append(nearest[min(nearest)])
    return answers


SOLUTIONS = {
    "06-a": for_the_classifier,
    "06-b": window,
    "06-c": nearest_mean,
}
