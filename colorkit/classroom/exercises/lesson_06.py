"""Exercises of lesson 6, 06_koalarization."""

from types import SimpleNamespace

import numpy as np

from colorkit.classroom.exercises.exercise import Exercise


def _beside(maps, embedding):
    import keras

    repeated = np.broadcast_to(embedding, (*maps.shape[:2], len(embedding)))
    return np.asarray(keras.layers.Concatenate()([maps, repeated]))


def _losses(random):
    # Single epochs that are not better, pairs and threes of them, and among these some better than the one before.
    losses = [0.5, 0.55, 0.4, 0.45, 0.43, 0.41, 0.3, 0.35, 0.33, 0.34, 0.2, 0.25, 0.24]
    return [loss + 0.001 * random.random() for loss in losses], 0.001, 2


def _rate_after(losses, rate, patience, factor=0.1):
    import keras

    plateau = keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=factor, patience=patience, min_delta=0)
    optimizer = SimpleNamespace(learning_rate=rate)
    plateau.set_model(SimpleNamespace(optimizer=optimizer))
    plateau.on_train_begin()
    for epoch, loss in enumerate(losses):
        plateau.on_epoch_end(epoch, {"loss": loss})
    return optimizer.learning_rate


def _rate_wrong(losses, rate, patience, *, previous=False, anew=True, in_a_row=True):
    best, waited = np.inf, 0
    for loss in losses:
        if loss < best:
            best, waited = loss, waited * (not in_a_row)
            continue
        waited += 1
        best = loss if previous else best
        if waited >= patience:
            rate, waited = rate * 0.1, waited * (not anew)
    return rate


EXERCISES = {
    "06-a": Exercise(
        reference=lambda lightness: np.repeat(255 / 100 * lightness, 3, axis=-1),
        inputs=lambda random: (random.uniform(0, 100, (4, 5, 1)).astype(np.float32),),
        mistakes={
            "L itself ends at 100. The classifier expects white to be 255.": (
                lambda lightness: np.repeat(lightness, 3, axis=-1)
            ),
            "This is 0..1: the classifier would scale it a second time, and see almost black. Give 0..255.": (
                lambda lightness: np.repeat(lightness / 100, 3, axis=-1)
            ),
            "This is -1..1 already: the classifier's own scaling comes after this. Give 0..255.": (
                lambda lightness: np.repeat(lightness / 50 - 1, 3, axis=-1)
            ),
            "L was multiplied by 255 without being divided by 100.": (
                lambda lightness: np.repeat(255 * lightness, 3, axis=-1)
            ),
            "The values are right, but there is one channel. A classifier takes three.": (
                lambda lightness: 255 / 100 * lightness
            ),
            "The channels are not the last axis: repeat along axis -1.": (
                lambda lightness: np.repeat(255 / 100 * lightness[..., 0][np.newaxis], 3, axis=0)
            ),
        },
    ),
    "06-b": Exercise(
        reference=_beside,
        inputs=lambda random: (random.random((3, 4, 5)), random.random(5)),
        tolerance=0,
        mistakes={
            "The maps come first, then the embedding.": lambda maps, embedding: np.flip(
                _beside(np.flip(maps, -1), embedding[::-1]), -1
            ),
            "This adds the embedding to the maps. Put it behind them, as further channels.": (
                lambda maps, embedding: maps + embedding
            ),
            "The embedding is only at the first place. Repeat it at every place of the grid.": (
                lambda maps, embedding: np.concatenate(
                    [maps, np.pad(embedding[np.newaxis, np.newaxis], [(0, 2), (0, 3), (0, 0)])], axis=-1
                )
            ),
            "These are more rows, not more channels: concatenate along the last axis.": (
                lambda maps, embedding: np.concatenate([maps, np.broadcast_to(embedding, (3, 4, 5))], axis=0)
            ),
        },
    ),
    "06-c": Exercise(
        reference=_rate_after,
        inputs=_losses,
        tolerance=1e-9,  # rates are small
        mistakes={
            "Compare with the best loss so far, not with the epoch before.": (
                lambda losses, rate, patience: _rate_wrong(losses, rate, patience, previous=True)
            ),
            "After a cut the count begins anew; here the rate falls at every further epoch.": (
                lambda losses, rate, patience: _rate_wrong(losses, rate, patience, anew=False)
            ),
            "A better epoch sets the count back to 0: the epochs must be in a row.": (
                lambda losses, rate, patience: _rate_wrong(losses, rate, patience, in_a_row=False)
            ),
            "This falls one epoch too late: patience epochs without a better one are enough.": (
                lambda losses, rate, patience: _rate_after(losses, rate, patience + 1)
            ),
            "The rate is multiplied by 0.1; this halves it.": (
                lambda losses, rate, patience: _rate_after(losses, rate, patience, factor=0.5)
            ),
        },
    ),
}
