"""Fingerprints of trainings: what changes them, and what does not."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from colorkit.pictures import Pictures
from colorkit.training import fingerprint

RGB = np.random.default_rng(0).integers(0, 256, (3, 4, 4, 3), np.uint8)


def pictures(rgb=RGB, **options):
    return Pictures("some", rgb=rgb, **options)


def changed(array):
    array = array.copy()
    array.flat[-1] += 1
    return array


# Data -------------------------------------------------------------------------------------------------------------


DATA = {
    "array": RGB,
    "one value": changed(RGB),
    "another type": RGB.astype(np.int16),
    "another shape": RGB.reshape(3, 16, 3),
    "first rows": RGB[:2],
    "pictures": pictures(),
    "one pixel": pictures(changed(RGB)),
    "other labels": pictures(labels=[0, 1, 1], classes=("a", "b")),
    "text": "flowers",
    "another text": "flower",
    "nothing": None,
    "number": 1,
    "truth": True,
    "float": 1.0,
    "tuple": (1, 2),
    "list": [1, 2],
    "inside": [[1], 2],
    "dict": {"a": 1},
    "another key": {"b": 1},
    "no rows": RGB[:0],
    "names": np.array(["a", "b"]),
    "tensor": tf.constant([1.0, 2.0]),
    "another tensor": tf.constant([1.0, 3.0]),
}


def test_data_that_differ_have_other_checksums_and_the_same_have_the_same():
    found = {name: fingerprint.of_data(value) for name, value in DATA.items()}
    assert len(set(found.values())) == len(DATA)
    assert found == {name: fingerprint.of_data(value) for name, value in DATA.items()}
    shown = pictures()
    assert shown.L.size and shown.rgb.size  # computed once it is asked for
    assert fingerprint.of_data(shown) == found["pictures"]
    assert fingerprint.of_data(RGB[:, ::-1]) == fingerprint.of_data(RGB[:, ::-1].copy())  # however it lies in memory


@pytest.mark.parametrize("value", [tf.data.Dataset.range(3), object(), np.array([object()]), [lambda: 1]])
def test_data_that_cannot_be_compared(value):
    with pytest.raises(TypeError, match=r"arrays that the network is trained on, got .*; give what it is"):
        fingerprint.of_data(value)


# Code -------------------------------------------------------------------------------------------------------------


def cell(source):
    """Run what a person wrote, in a file of another name each time; return its names."""
    names = {"__name__": __name__, "keras": keras, "np": np, "functools": functools}
    exec(compile(source, f"cell {np.random.default_rng().integers(2**60)}", "exec"), names)
    return names


LOSS = """
scale = 2
weights = np.arange(3)
later = []

def helper(x):
    return scale * x

def loss(truth, guess):
    best = [abs(one) for one in (1, 2)]
    return keras.ops.mean(helper(truth - guess) ** 2) + weights[0]
"""


def loss_fingerprint(source, name="loss"):
    inputs = keras.Input((3,))
    model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    model.compile(keras.optimizers.Adam(), cell(source)[name])
    return fingerprint.of_compile(model, [model.optimizer])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("** 2", "** 4"),  # a number
        ("mean(helper", "sum(helper"),  # what is called
        ("+ weights", "- weights"),  # an operation
        ("abs(one) for", "-one for"),  # inside of what is inside
        ("return scale * x", "return scale + x"),  # a function that it calls
        ("scale = 2", "scale = 3"),  # a number that this one uses
        ("arange(3)", "arange(1, 4)"),  # an array
        ("(truth, guess)", "(truth, guess, more=1)"),
    ],
)
def test_a_changed_loss_is_noticed(old, new):
    assert old in LOSS
    assert loss_fingerprint(LOSS) != loss_fingerprint(LOSS.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("later = []", "later = [1]\nbest = 5\nmean = 3"),  # not used: the loss has a local and an attribute so called
        ("    return keras", "    # why\n\n    return keras"),
    ],
)
def test_what_is_not_the_loss_does_not_count(old, new):
    assert old in LOSS
    assert loss_fingerprint(LOSS) == loss_fingerprint(LOSS.replace(old, new)) == loss_fingerprint(LOSS)


CLOSURE = """
def rebalanced(weights, power=1):
    def loss(truth, guess):
        return keras.ops.mean(weights * (truth - guess) ** 2) ** power
    return loss

chosen = rebalanced(np.ones(3))
"""
CLASS = """
class Own(keras.losses.Loss):
    def __init__(self, power=2):
        super().__init__()
        self.power = power

    def call(self, truth, guess):
        return keras.ops.mean(abs(truth - guess) ** self.power)

chosen = Own()
"""
PARTIAL = """
def loss(truth, guess, power):
    return keras.ops.mean(abs(truth - guess) ** power)

chosen = functools.partial(loss, power=2)
"""


@pytest.mark.parametrize(
    ("source", "old", "new"),
    [
        (CLOSURE, "np.ones(3)", "np.zeros(3)"),
        (CLOSURE, "np.ones(3)", "np.ones(3), 2"),
        (CLOSURE, "** 2", "** 3"),
        (CLASS, "Own()", "Own(3)"),
        (CLASS, "mean(abs", "sum(abs"),
        (PARTIAL, "power=2", "power=3"),
        (PARTIAL, "mean(abs", "sum(abs"),
    ],
)
def test_functions_with_settings_and_losses_that_are_objects(source, old, new):
    assert old in source
    assert loss_fingerprint(source, "chosen") == loss_fingerprint(source, "chosen")
    assert loss_fingerprint(source, "chosen") != loss_fingerprint(source.replace(old, new), "chosen")


PAIR = """
def gradient(x, weight):
    return weight * x

class Pair(keras.Model):
    def __init__(self, weight=100):
        super().__init__()
        self.first = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
        self.weight = weight
        self.compile()

    def call(self, inputs):
        return self.first(inputs)

    def train_step(self, batch):
        return {"loss": gradient(batch[0], self.weight)}

made = Pair()
"""
ACTIVATION = """
def bent(x):
    return keras.ops.maximum(x, 0.1 * x)

class Shift(keras.layers.Layer):
    by = 1

    def call(self, inputs):
        return inputs + self.by

inputs = keras.Input((3,))
made = keras.Model(inputs, Shift()(keras.layers.Dense(2, activation=bent)(inputs)))
"""


@pytest.mark.parametrize(
    ("source", "old", "new"),
    [
        (PAIR, "weight * x", "weight + x"),
        (PAIR, '"loss": gradient', '"loss": -gradient'),
        (PAIR, "Pair()", "Pair(50)"),
        (PAIR, "Dense(4)", "Dense(5)"),
        (ACTIVATION, "0.1 * x", "0.2 * x"),
        (ACTIVATION, "by = 1", "by = 2"),
        (ACTIVATION, "inputs + self", "inputs - self"),
        (ACTIVATION, "Dense(2", "Dense(3"),
    ],
)
def test_a_changed_network_is_noticed(source, old, new):
    assert old in source
    first, again, other = (
        fingerprint.of_network(cell(one)["made"]) for one in (source, source, source.replace(old, new))
    )
    assert first == again != other


def test_training_a_network_does_not_change_its_fingerprint():
    made = cell(ACTIVATION)["made"]
    made.compile("adam", "mse")

    def found():
        return fingerprint.of_network(made), fingerprint.of_compile(made, [made.optimizer])

    before = found()
    made.fit(np.ones((4, 3)), np.ones((4, 2)), validation_split=0.5, verbose=0)
    made.predict(np.ones((4, 3)), verbose=0)
    assert found() == before


def test_a_changed_callback_is_noticed():
    source = "class Judge(keras.callbacks.Callback):\n    def on_epoch_end(self, epoch, logs=None):\n        return 1\n"
    first, again, other = (cell(text)["Judge"]() for text in (source, source, source.replace("1", "2")))
    assert fingerprint.of_callbacks([first]) == fingerprint.of_callbacks([again])
    assert fingerprint.of_callbacks([first]) != fingerprint.of_callbacks([other])
    assert fingerprint.of_callbacks([first]) != fingerprint.of_callbacks([first, keras.callbacks.History()])
