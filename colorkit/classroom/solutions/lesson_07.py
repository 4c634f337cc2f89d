"""Solutions of lesson 7, 07_brown_case."""

import numpy as np


def spread(ab):
    a, b = ab.reshape(-1, 2).T
    return ((a.std() ** 2 + b.std() ** 2) / 2) ** 0.5


def rings(runs, threshold):
    epochs = []
    for run in runs:
        bad = np.isnan(run) | (np.array(run) < threshold)
        bad[:2] = False
        epochs.append(bad.argmax() + 1 if bad.any() else 0)
    return epochs


def slipped(embeddings, batch_size):
    batches = np.split(embeddings, len(embeddings) // batch_size)
    return np.concatenate([batches[-1], *batches[:-1]])


SOLUTIONS = {
    "07-a": spread,
    "07-b": rings,
    "07-c": slipped,
}
