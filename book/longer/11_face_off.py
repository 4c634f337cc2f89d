"""What lesson 11 says of trainings that take longer than a lesson may. `make results LESSON=11` runs this as well.

Two questions. What does a pre-trained encoder add? The flagship's decoder, made narrow, is trained on the same photos
with four encoders. And how much of the closable gap of Color World does each network of the course close, trained there
from the beginning? Networks and losses are those of `make networks`.
"""

import sys

import keras
import numpy as np
from keras import layers, ops

sys.path.append("book")
from recipe import RECIPES, Gently, Learner, Plan, build, lesson

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


taught = lesson("11_face_off", "encoder", "flagship", "hinted_colorizer")
cross_entropy = lesson("09_color_as_classes", "cross_entropy")["cross_entropy"]
halve = layers.AveragePooling2D(2, dtype="float32")


def with_encoder(weights, frozen, steps):
    """Return a plan for the flagship with this encoder, and with a narrow decoder.

    What knows something is moved slowly, as in the recipe; what knows nothing, as fast as the decoder.
    """
    keras.utils.set_random_seed(preset.seed)
    encoder = taught["encoder"](weights)
    if weights is None and not frozen:
        # From the beginning its normalization has to learn, too, and in a short training to forget quickly.
        for layer in encoder.layers:
            if isinstance(layer, layers.BatchNormalization):
                layer.trainable, layer.momentum = True, 0.9
    if frozen:
        encoder.trainable = False
    network = taught["flagship"](encoder, width=24)
    rate = keras.optimizers.schedules.CosineDecay(0.0, steps, warmup_target=0.0015, warmup_steps=steps // 10)
    return Plan(
        network,
        lambda L, ab, logits: ops.mean(cross_entropy(halve(ab), logits)),
        taught["hinted_colorizer"](network),
        Gently(rate, slow=encoder.trainable_variables if weights else [], average=0.98),
    )


limits = preset.choose(test=(4, 2), laptop=(270, 80), gpu=(270, 80))
size, epochs, batch = preset.choose(test=(32, 1, 12), laptop=(96, 3, 8), gpu=(128, 10, 16))
learn, test = (several(split, size, limit) for split, limit in zip(("train", "test"), limits, strict=True))
colored = {"gray": metrics.gray}
known = preset.choose(test=None, laptop="imagenet", gpu="imagenet")  # Nothing that the tests need is downloaded.
for name, weights, frozen in [
    ("ImageNet-trained", known, False),
    ("ImageNet-frozen", known, True),
    ("untrained-trained", None, False),
    ("untrained-frozen", None, True),
]:
    plan = with_encoder(weights, frozen, epochs * -(-len(learn) // batch))
    fit(f"encoder: {name}", plan, plan.optimizer, learn, (epochs, batch))
    colored[name] = answer(plan.colorizer, test.L)
table = metrics.evaluate(colored, test)
print(table.select("CIEDE2000", "colorfulness"))
for name in colored:
    value = table[name, "CIEDE2000"].value
    claim(f"11-encoder-{name}", value, at_most=100, says=f"with the encoder {name}, CIEDE2000 is {{value:.2f}}")


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
