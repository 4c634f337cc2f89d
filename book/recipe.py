"""How the published networks are trained: networks of the lessons, on pieces of photos.

A network is written once, in the lesson that teaches it, and taken from there. This file has what comes around it.
"""

import ast
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
from keras import layers, ops

from colorkit import bins, lab, preset
from colorkit.models import pretrained
from colorkit.models.layers import AnnealedMean
from colorkit.training.fingerprint import outer_names

LESSONS = Path(__file__).resolve().parent / "lessons"


# --- what lessons define ---


def lesson(name, *wanted, **given):
    """Return definitions of a lesson, and of what they use, without running the lesson.

    Parameters
    ----------
    name : str
        Of its file, ``"05_autoencoders"``.
    *wanted : str
        Functions, classes and values that it defines at its top level.
    **given : object
        What stands in place of definitions of its own.

    Returns
    -------
    dict
        By name.

    Raises
    ------
    KeyError
        If the lesson does not define what is wanted.
    """
    path = LESSONS / f"{name}.py"
    defined = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.Assign):
            bound = [target.id for target in node.targets if isinstance(target, ast.Name)]
        else:
            bound = [node.name] if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
        for one in bound:
            defined.setdefault(one, node)
    needed, waiting = [], list(wanted)
    while waiting:
        one = waiting.pop()
        if one not in defined and one in wanted:
            raise KeyError(f"lesson {name} defines no {one}")
        if one in defined and one not in given and defined[one] not in needed:
            needed.append(defined[one])
            waiting += outer_names(compile(ast.Module([defined[one]], []), str(path), "exec"))
    names = {"__name__": name, **given}
    kept = sorted(needed, key=lambda node: node.lineno)
    exec(compile(ast.Module(kept, []), str(path), "exec"), names)
    return names


# --- the networks ---


class Given(NamedTuple):
    """What a network's plan depends on.

    Attributes
    ----------
    prior : ndarray, shape (313,), float
        How often each color occurs in the photos.
    rate : keras.optimizers.schedules.LearningRateSchedule
        The learning rate.
    average : float
        How much of a moving average of the weights stays at each step, 0..1.
    size : int
        Side of a piece of a photo, pixels.
    weights : str or None
        What a classifier starts from, as for `colorkit.models.pretrained.load`.
    """

    prior: np.ndarray
    rate: keras.optimizers.schedules.LearningRateSchedule
    average: float
    size: int
    weights: str | None


class Plan(NamedTuple):
    """A network, and how it learns.

    Attributes
    ----------
    network : keras.Model
        What is trained. Takes L, or L and hints.
    loss : callable
        Takes L, the true ab and what the network gives, and gives a number.
    colorizer : keras.Model
        The same layers for use: ab, Lab units, out.
    optimizer : keras.optimizers.Optimizer or None
        The lesson's own, where it is special.
    """

    network: keras.Model
    loss: Callable
    colorizer: keras.Model
    optimizer: keras.optimizers.Optimizer | None = None


def one_photo(given):
    """Lesson 2's network, whose L is brought to -1..1 first: it saw one photo there, and sees many here."""
    network = lesson("02_one_photo", "one_photo_network")["one_photo_network"]()
    L = keras.Input((None, None, 1), name="L")
    ab = layers.Rescaling(128.0)(network(layers.Rescaling(1 / 50, offset=-1)(L)))
    colorizer = keras.Model(L, ab, name="one_photo")
    return Plan(colorizer, squared, colorizer)


def ae_lab(given):
    """Lesson 5's AE-LAB, as it was found by its count."""
    names = lesson("05_autoencoders", "autoencoder", "colorizer", "READINGS")
    colorizer = names["colorizer"](names["autoencoder"](names["READINGS"]["AE-LAB"]))
    return Plan(colorizer, squared, colorizer)


def koalarization(given):
    """Lesson 6's network of Mochammad et al., which hears the 1,280 features of MobileNetV2."""
    names = lesson("06_koalarization", "koalarization", "colorizer", "mochammad", shrink=1)
    expert = pretrained.load("MobileNetV2", size=given.size, weights=given.weights)
    network = names["koalarization"](1280, *names["mochammad"], hide=0.5)
    colorizer = names["colorizer"](network, expert, layers.Identity())
    return Plan(colorizer, squared, colorizer)


def color_as_classes(given):
    """Lesson 9's network at half of the published widths, with its rebalanced loss."""
    names = lesson("09_color_as_classes", "classifier", "published", "rebalanced", "every_fourth", "enlarge")
    halved = re.sub(r"(?<!\S)(T?)(\d+)", lambda word: f"{word[1]}{int(word[2]) // 2}", names["published"])
    network = names["classifier"](halved)
    cost = names["rebalanced"](bins.class_weights(given.prior))
    colorizer = keras.Model(network.input, names["enlarge"](AnnealedMean(0.38)(network.output)))
    return Plan(network, lambda L, ab, logits: ops.mean(cost(names["every_fourth"](ab), logits)), colorizer)


def pix2pix(given):
    """Lesson 10's generator and critic at half of the published widths, with five halvings."""
    names = lesson("10_pix2pix", "generator", "critic", "Adversaries")
    generator = names["generator"](down=[32, 64, 128, 256, 256], up=[256, 128, 64, 32])
    pair = names["Adversaries"](generator, names["critic"]([32, 64, 128, 256]), weight=100, rate=given.rate)
    return Plan(pair, pair.compute_loss, generator, pair.optimizer)


def flagship(given):
    """Lesson 11's network with hints, and lesson 9's loss with the square roots of its weights of colors."""
    names = lesson("11_face_off", "flagship", "encoder", "hinted_colorizer")
    encoder = names["encoder"](given.weights)
    network = names["flagship"](encoder)
    counts = np.sqrt(bins.class_weights(given.prior))
    counts = (counts / (counts * given.prior).sum()).astype(np.float32)
    cost = lesson("09_color_as_classes", "rebalanced")["rebalanced"](counts)
    halve = layers.AveragePooling2D(2, dtype="float32")
    return Plan(
        network,
        lambda L, ab, logits: ops.mean(cost(halve(ab), logits)),
        names["hinted_colorizer"](network),
        Gently(given.rate, slow=encoder.trainable_variables, average=given.average),
    )


def squared(L, ab, given):
    """Return the mean squared error of ab / 128."""
    return ops.mean(ops.square((given - ab) / 128))


class Gently(keras.optimizers.AdamW):
    """AdamW that moves some variables by a fifth, and averages all of them over its steps."""

    def __init__(self, rate, slow, average):
        super().__init__(rate, weight_decay=0.01, global_clipnorm=1.0, use_ema=True, ema_momentum=average)
        self.slow = {variable.path for variable in slow}
        self.places = set()

    def build(self, variables):
        """Note the places of the slow variables."""
        super().build(variables)
        self.places = {place for place, variable in enumerate(variables) if variable.path in self.slow}

    def update_step(self, gradient, variable, learning_rate):
        """Move one variable."""
        slow = self._get_variable_index(variable) in self.places
        super().update_step(gradient, variable, learning_rate / 5 if slow else learning_rate)


# --- what they learn from ---


class Draws(keras.utils.PyDataset):
    """Batches of photos, drawn anew in each epoch: the same ones again after an interruption."""

    def __init__(self, rgb, batch, steps, seed):
        super().__init__()
        self.rgb, self.batch, self.steps, self.seed, self.epoch = rgb, batch, steps, seed, 0

    def __len__(self):
        return self.steps

    def __getitem__(self, step):
        rows = np.random.default_rng([self.seed, self.epoch, step]).integers(len(self.rgb), size=self.batch)
        return (self.rgb[rows],)


class Clock(keras.callbacks.Callback):
    """How long a training takes, with what was done before an interruption; it also tells `Draws` the epoch.

    Attributes
    ----------
    seconds : float
        So far.
    """

    def __init__(self, draws):
        super().__init__()
        self.draws, self.seconds = draws, 0.0

    def on_epoch_begin(self, epoch, logs=None):
        """Note the time."""
        self.draws.epoch, self.begin = epoch, time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        """Add what the epoch took."""
        self.seconds += time.monotonic() - self.begin

    def get_state(self):
        """Return what `colorkit.training.Resume` keeps."""
        return {"seconds": self.seconds}

    def set_state(self, state):
        """Go on from what was kept."""
        self.seconds = state["seconds"]


class Learner(keras.Model):
    """A network that is shown pieces of photos, each time others.

    Parameters
    ----------
    plan : Plan
    crop : int
        Side of a piece, pixels. It shows two thirds to all of a photo's side.
    hinted : bool
        Whether the network takes hints, and is to color old photographs: half of the pieces then come with hints, and
        half with another contrast, brightness and grain.
    seed : int
    """

    def __init__(self, plan, crop, hinted, seed):
        super().__init__(dtype="float32")  # Colors are, also where the network computes with half as many digits.
        self.network, self.loss_of, self.crop, self.hinted = plan.network, plan.loss, crop, hinted
        self.random = keras.random.SeedGenerator(seed)

    def call(self, rgb, training=False):
        """Return L, ab, and what the network gives, of pieces of photos (batch, side, side, 3), uint8."""
        colors = lab.rgb_to_lab(self.pieces(ops.cast(rgb, "float32") / 255))
        L, ab = colors[..., :1], colors[..., 1:]
        seen = [self.aged(L), self.hints(ab)] if self.hinted else L
        return {"L": L, "ab": ab, "given": self.network(seen, training=training)}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return what the network pays."""
        return self.loss_of(y_pred["L"], y_pred["ab"], y_pred["given"])

    def uniform(self, shape, low=0.0, high=1.0):
        """Draw random numbers."""
        return keras.random.uniform(shape, low, high, seed=self.random)

    def pieces(self, photos):
        """Cut a square out of each photo, bring it to the side of a piece, and mirror half of them."""
        batch, side = ops.shape(photos)[0], photos.shape[1]
        scale = self.uniform((batch, 1), 2 / 3, 1) * side / self.crop  # pixels of the photo for one of the piece

        def lines():
            """Say how much each line of the piece has of each line of the photo: of the two that are nearest."""
            first = self.uniform((batch, 1)) * (side - scale * self.crop)
            middle = first + (ops.arange(self.crop, dtype="float32") + 0.5) * scale - 0.5
            middle = ops.clip(middle, 0, side - 1)[..., None]
            return ops.relu(1 - ops.abs(middle - ops.arange(side, dtype="float32")))

        rows, columns = lines(), lines()
        columns = ops.where(self.uniform((batch, 1, 1)) < 0.5, columns, ops.flip(columns, axis=1))
        return ops.einsum("brh,bcw,bhwk->brck", rows, columns, photos)

    def aged(self, L):
        """Give half of the pictures another contrast and brightness, and the grain of old photographs."""
        one = (ops.shape(L)[0], 1, 1, 1)
        gamma, gain = ops.exp(self.uniform(one, -0.35, 0.35)), self.uniform(one, 0.85, 1.1)
        grain = keras.random.normal(ops.shape(L), seed=self.random) * self.uniform(one, 0, 3)
        old = 100 * gain * ops.power(ops.clip(L / 100, 1e-4, 1), gamma) + grain
        return ops.clip(ops.where(self.uniform(one) < 0.5, old, L), 0, 100)

    def hints(self, ab, most=12):
        """Give half of the pictures the true color of some squares of 3 to 9 px, most of them near the middle."""
        batch = ops.shape(ab)[0]
        count = 1 - 4 * ops.log(self.uniform((batch, 1), 1e-6, 1))  # few are more likely than many
        count = ops.where(self.uniform((batch, 1)) < 0.5, 0.0, count)
        exists = ops.arange(most, dtype="float32") < ops.floor(count)
        reach = ops.floor(self.uniform((batch, most, 1), 1, 5))

        def inside():
            """Say which lines of the picture each square covers."""
            middle = self.crop / 2 + keras.random.normal((batch, most, 1), seed=self.random) * self.crop / 4
            middle = ops.clip(middle, 0, self.crop - 1)
            return ops.cast(ops.abs(ops.arange(self.crop, dtype="float32") - middle) <= reach, "float32")

        squares = ops.einsum("bn,bnr,bnc->bnrc", ops.cast(exists, "float32"), inside(), inside())
        covered = ops.maximum(ops.sum(squares, axis=(2, 3)), 1)
        colors = ops.einsum("bnrc,brck->bnk", squares, ab) / covered[..., None]
        often = ops.sum(squares, axis=1)[..., None]
        painted = ops.einsum("bnrc,bnk->brck", squares, colors) / ops.maximum(often, 1)
        return ops.concatenate([painted, ops.minimum(often, 1)], axis=-1)


# --- the recipe ---


@dataclass(frozen=True)
class Recipe:
    """How one of the networks is trained.

    Attributes
    ----------
    plan : callable
        Takes what is `Given`, and gives a `Plan`.
    parameters : int
        How many it has.
    rate : float
        The highest learning rate.
    steps, batch : int
        At the gpu preset.
    hinted : bool
        Whether it takes hints, and photos without color are left out.
    """

    plan: Callable
    parameters: int
    rate: float
    steps: int = 6000
    batch: int = 64
    hinted: bool = False


RECIPES = {
    "02_one_photo": Recipe(one_photo, 32_202, 1e-3),
    "05_ae_lab": Recipe(ae_lab, 2_585_042, 1e-3),
    "06_koalarization": Recipe(koalarization, 8_903_458, 1e-3),
    "09_color_as_classes": Recipe(color_as_classes, 6_269_849, 1e-3),
    "10_pix2pix": Recipe(pix2pix, 4_168_834, 3e-4),
    "11_flagship": Recipe(flagship, 4_908_289, 1.5e-3, steps=15_800, batch=96, hinted=True),
}


def build(recipe, prior, steps, crop, mixed):
    """Return the plan of a recipe, and its optimizer."""
    chosen = preset.current()
    warming = min(300, steps // 10)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps - warming, alpha=0.01, warmup_target=recipe.rate, warmup_steps=warming
    )
    # Nothing that the tests need may have to be downloaded.
    weights = chosen.choose(test=None, laptop="imagenet", gpu="imagenet")
    given = Given(prior, rate, max(0.0, min(0.999, 1 - 10 / steps)), crop, weights)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16" if mixed else "float32")
    try:
        plan = recipe.plan(given)
    finally:
        keras.config.set_dtype_policy(before)
    if mixed:
        for network in (plan.network, plan.colorizer):  # of a GAN, the critic's head and the generator's
            head_in_float32(network)
    return plan, plan.optimizer or keras.optimizers.Adam(rate, global_clipnorm=1.0)


def head_in_float32(network):
    """Let the last convolution, and what follows it, compute in float32: bfloat16 has 256 steps for all of a and b."""

    def flat(model):
        for layer in model.layers:
            yield from flat(layer) if isinstance(layer, keras.Model) else [layer]

    every = list(flat(network))
    kinds = layers.Conv2D | layers.Conv2DTranspose
    for layer in every[max(place for place, layer in enumerate(every) if isinstance(layer, kinds)) :]:
        layer.dtype_policy = "float32"
