"""What lesson 11 says of trainings that take longer than a lesson may. `make results LESSON=11` runs this as well.

Two questions. What does a pre-trained encoder add? The same simple decoder gets the maps of the flagship's encoder with
ImageNet's weights, and with random ones. And how much of the closable gap of Color World does each network of the
course close, trained there from the beginning? Networks and losses are those of `make networks`.
"""

import sys

import keras
import numpy as np
from keras import ops

sys.path.append("book")
from recipe import RECIPES, Learner, build, lesson

from colorkit import bins, claim, lab, metrics, photos, setup, training, world
from colorkit.pictures import Pictures

preset = setup()


class AsTheyAre(Learner):
    """Learn whole pictures, without hints and without what old photographs would need."""

    def pieces(self, photos):
        """Return the pictures."""
        return photos

    def aged(self, L):
        """Return L."""
        return L

    def hints(self, ab):
        """Return hints that say nothing."""
        return ops.zeros_like(ops.concatenate([ab, ab[..., :1]], axis=-1))


def fit(name, plan, optimizer, pictures, settings):
    """Train the network of a plan; the settings are epochs and batch size."""
    epochs, batch = settings
    learner = AsTheyAre(plan, pictures.size[0], len(plan.colorizer.inputs) == 2, preset.seed)
    learner.compile(optimizer, run_eagerly=preset.name == "test")  # to compile would take longer than a few steps
    followers = training.callbacks(f"11_face_off {name}")
    learner.fit(pictures.rgb, batch_size=batch, epochs=epochs, verbose=0, callbacks=followers)


def answer(model, L):
    """Return the ab that a network gives, without hints."""
    hinted = len(model.inputs) == 2
    return model.predict([L, np.zeros((*L.shape[:-1], 3), np.float32)] if hinted else L, batch_size=16, verbose=0)


# --- the pre-trained encoder ---


def several(split, size, limit):
    """Return photos of three sets as one, so many of each."""
    sets = [photos.load(name, size, split, limit) for name in ("flowers", "objects", "pets")]
    return Pictures(f"flowers, objects and pets, {split}", rgb=np.concatenate([one.rgb for one in sets]))


def pooled(values):
    """Return the means of each 8 x 8 pixels, in rows."""
    count, height, width, channels = values.shape
    blocks = values.reshape(count, height // 8, 8, width // 8, 8, channels)
    return blocks.mean(axis=(2, 4)).reshape(-1, channels)


def maps_of(encoder):
    """Return a function from L to an encoder's maps of 1/8 to 1/32 at each place of 8 x 8 pixels, in rows."""

    def maps(L):
        *_, eighth, sixteenth, last = encoder.predict(np.repeat(L / 50 - 1, 3, axis=-1), batch_size=20, verbose=0)
        enlarged = [one.repeat(n, axis=1).repeat(n, axis=2) for one, n in ((sixteenth, 2), (last, 4))]
        joined = np.concatenate([eighth, *enlarged], axis=-1)
        return joined.reshape(-1, joined.shape[-1])

    return maps


def lightness(L):
    """Return lightness at each place of 8 x 8 pixels, and its powers: a decoder without an encoder."""
    return pooled(L / 100) ** np.arange(1, 4)


def taken_away(maps):
    """Return which share of gray's squared error the best linear decoder of some maps takes away, on unseen photos.

    Its weights are computed (ridge regression); how much they are held back, the validation photos decide.
    """
    count, sums, products = 0, 0, 0
    for start in range(0, len(learn), 30):
        part = learn[start : start + 30]
        rows = np.concatenate([maps(part.L), pooled(part.ab)], axis=1)
        count, sums, products = count + len(rows), sums + rows.sum(axis=0, dtype=float), products + rows.T @ rows
    mean = sums / count
    spread = products / count - np.outer(mean, mean)
    scale = np.sqrt(spread.diagonal()[:-2]) + 1e-6
    within = spread[:-2, :-2] / np.outer(scale, scale)
    with_color = spread[:-2, -2:] / scale[:, None]

    def left(weights, pictures):
        made = (maps(pictures.L) - mean[:-2]) / scale @ weights + mean[-2:]
        true = pooled(pictures.ab)
        return ((made - true) ** 2).sum() / (true**2).sum()

    tried = [np.linalg.solve(within + held * np.eye(len(within)), with_color) for held in (0.003, 0.03, 0.3, 3)]
    best = min(tried, key=lambda weights: left(weights, val))
    return 1 - left(best, test)


limits = preset.choose(test=(3, 2, 2), laptop=(150, 40, 60), gpu=(270, 40, 80))
size = preset.choose(test=32, laptop=96, gpu=128)
learn, val, test = (several(split, size, limit) for split, limit in zip(photos.SPLITS, limits, strict=True))
encoder = lesson("11_face_off", "encoder")["encoder"]
keras.utils.set_random_seed(preset.seed)
for name, maps in {
    "lightness": lightness,
    "untrained": maps_of(encoder(None)),
    # Nothing that the tests need is downloaded.
    "ImageNet": maps_of(encoder(preset.choose(test=None, laptop="imagenet", gpu="imagenet"))),
}.items():
    says = f"a linear decoder takes away {{value:.2f}} of gray's squared error, from {name}"
    claim(f"11-encoder-{name}", taken_away(maps), at_most=1, says=says)


# --- Color World ---

size, epochs, batch = preset.choose(test=(32, 1, 8), laptop=(32, 1, 8), gpu=(64, 4, 32))
limits = preset.choose(test=(16, 8), laptop=(2000, 200), gpu=(20000, 500))
scenes, unseen = (world.load(size, split, limit) for split, limit in zip(("train", "val"), limits, strict=True))
prior = bins.smooth(bins.frequencies(scenes.ab))
oracle = unseen.oracle()


def share(ab):
    """Return the share of the closable gap over all pixels."""
    error, gray = (oracle.floor + ((one - oracle.mean) ** 2).mean(axis=-1) for one in (ab, 0 * ab))
    return metrics.share_of_gap(*(values.mean(axis=(1, 2)) for values in (error, gray, oracle.floor))).value


def vivid(ab):
    """Return the colorfulness beside the truth's."""
    rgb = lab.to_uint8(lab.lab_to_rgb(np.concatenate([unseen.L, ab], axis=-1)))
    return metrics.colorfulness(rgb).mean() / metrics.colorfulness(unseen.rgb).mean()


for name in preset.choose(test=["02_one_photo"], laptop=[*RECIPES], gpu=[*RECIPES]):
    recipe = RECIPES[name]
    keras.utils.set_random_seed(preset.seed)
    plan, optimizer = build(recipe, prior, epochs * -(-len(scenes) // batch), size, mixed=False)
    fit(f"{name} in Color World", plan, optimizer, scenes, (epochs, batch))
    ab = answer(plan.colorizer, unseen.L)
    closes, has = f"in Color World {name} closes", f"in Color World {name} has"
    claim(f"11-world-{name}", share(ab), at_most=1, says=f"{closes} {{value:.0%}} of the gap")
    claim(f"11-vivid-{name}", vivid(ab), at_least=0, says=f"{has} {{value:.0%}} of the true colorfulness")
