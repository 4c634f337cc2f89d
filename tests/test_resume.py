"""Resuming: an interrupted training ends like one that never was."""

import errno
import functools
import linecache
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from test_training import NAME, Interrupt, data, fit, interrupted, lines, made, network, own_cache, plain

from colorkit import preset, training

EPOCHS = 40


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    return own_cache(tmp_path, monkeypatch)


def begin(model, epochs=6, steps=4, **options):
    """Do what `fit` does before the first epoch."""
    chosen = training.callbacks(NAME, **options)
    keras.callbacks.CallbackList(chosen, model=model, epochs=epochs, steps=steps).on_train_begin()


def saved_file(folder):
    return made(folder / "training" / "test") / f"{NAME}.npz"


@functools.cache
def state_after_3_epochs():
    interrupted(at=4)
    file = preset.cache_folder("training", "test") / f"{NAME}.npz"
    content = file.read_bytes()
    file.unlink()
    return content


@functools.cache
def whole(epochs):
    """Return a network that was trained without an interruption, and its History."""
    model = network()
    return model, fit(model, epochs=epochs)


def assert_same_training(model, history, expected_model, expected_history):
    assert history.epoch == expected_history.epoch
    assert history.history.keys() == expected_history.history.keys()
    for key, values in expected_history.history.items():
        np.testing.assert_allclose(history.history[key], values, rtol=1e-4, atol=1e-6, err_msg=key)
    for variable, expected in zip(model.variables, expected_model.variables, strict=True):
        np.testing.assert_allclose(variable.numpy(), expected.numpy(), rtol=1e-4, atol=1e-6, err_msg=variable.path)
    for variable, expected in zip(model.optimizer.variables, expected_model.optimizer.variables, strict=True):
        np.testing.assert_allclose(variable.numpy(), expected.numpy(), rtol=1e-4, atol=1e-6, err_msg=variable.path)


# Killed -----------------------------------------------------------------------------------------------------------


def long_training(folder, *others):
    """Train with everything, until it stops early."""
    watch = training.Watch(lambda: np.zeros((8, 8, 3), np.uint8), epochs=[0, 2, 12, 20])
    model = network()
    options = {"monitor": "val_loss", "patience": 9, "plateau": 3, "best": folder / "new" / "best.keras"}
    history = fit(model, *others, epochs=EPOCHS, watch=watch, validate=True, **options)
    return model, history, watch


def killed_while_saving(folder):
    """Run in a process of its own, which does not live to the end."""
    folder = Path(folder)
    preset.cache_folder = lambda *parts: made(folder.joinpath(*parts))
    count = 0

    def fsync(descriptor):
        nonlocal count
        count += 1
        if count == 3:
            os.truncate(descriptor, os.fstat(descriptor).st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)

    os.fsync = fsync
    long_training(folder)


def test_killed_training_ends_like_one_that_never_was(tmp_path, capsys):
    expected_model, expected_history, expected_watch = long_training(made(tmp_path / "whole"))
    rates = expected_history.history["learning_rate"]
    total = len(expected_history.epoch)
    assert 19 < total < EPOCHS  # stopped early, late enough to be killed twice before
    assert rates[0] > rates[15] > rates[-1]  # the rate falls while the training is killed, and after
    said = re.search(r"epoch \d+/\d+  stopped early, best was epoch (\d+)  val loss .*(?=  done)", lines(capsys)[-1])
    assert int(said[1]) < 14  # it must be remembered over both kills

    folder = made(tmp_path / "killed")
    preset.cache_folder = lambda *parts: made(folder.joinpath(*parts))  # undone by the fixture
    with pytest.raises(KeyboardInterrupt):
        long_training(folder, Interrupt(15))
    code = f"import test_resume; test_resume.killed_while_saving({str(folder)!r})"
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    options = {"cwd": Path(__file__).parent, "env": environment, "capture_output": True, "text": True}
    child = subprocess.run([sys.executable, "-c", code], check=False, **options)
    assert child.returncode == -signal.SIGKILL
    assert list(saved_file(folder).parent.glob("*.tmp"))  # torn
    assert f"{NAME}  epoch 15/{EPOCHS}  resumed at epoch 15\n" in child.stdout

    lines(capsys)
    model, history, watch = long_training(folder)
    last_line = lines(capsys)[-1]
    assert said[0] in last_line
    assert last_line.endswith("resumed at epoch 17")
    assert_same_training(model, history, expected_model, expected_history)
    assert list(watch.pictures) == list(expected_watch.pictures) == [0, 2, 12, 20]
    best = keras.models.load_model(folder / "new" / "best.keras")
    expected_best = keras.models.load_model(tmp_path / "whole" / "new" / "best.keras")
    for value, expected in zip(best.get_weights(), expected_best.get_weights(), strict=True):
        np.testing.assert_allclose(value, expected, rtol=1e-4, atol=1e-6)
    assert not list(saved_file(folder).parent.iterdir())  # neither state nor torn file is left


# Interrupted ------------------------------------------------------------------------------------------------------


def test_stopped_kernel_keeps_the_state_and_the_end_removes_it(folder, capsys):
    expected = whole(epochs=6)
    interrupted(at=4)
    assert saved_file(folder).exists()

    lines(capsys)
    model = network()
    assert_same_training(model, fit(model), *expected)
    assert lines(capsys)[0] == f"{NAME}  epoch 4/6  resumed at epoch 4"
    assert not saved_file(folder).exists()

    again = fit(model, epochs=2)  # the cell is run once more, with the model as it is now
    assert again.epoch == [0, 1]
    assert "resumed" not in capsys.readouterr().out


def test_only_the_fit_cell_is_run_again():
    options = {"monitor": "loss", "plateau": 1, "epochs": 10}
    expected_model = network()
    expected_history = fit(expected_model, **options)
    model = interrupted(at=9, **options)
    rates = expected_history.history["learning_rate"]
    assert rates[7] < rates[0]  # so the optimizer no longer has the learning rate that it began with
    assert_same_training(model, fit(model, **options), expected_model, expected_history)


def test_interrupted_before_the_first_epoch_ended(folder, capsys):
    interrupted(plain, at=1)
    assert not saved_file(folder).exists()
    assert fit(plain()).epoch == list(range(6))
    assert "resumed" not in capsys.readouterr().out


def test_stopped_twice_and_then_trained_without_resuming(folder):
    saved_file(folder).write_bytes(state_after_3_epochs())
    model = interrupted(at=5)
    assert fit(model, resume=False, epochs=2).epoch == [0, 1]


def test_saves_only_now_and_then(folder):
    interrupted(plain, at=6, save_seconds=5)
    assert not saved_file(folder).exists()


def test_more_epochs_than_at_first(capsys):
    expected = whole(epochs=6)
    interrupted(at=4, epochs=5)
    model = network()
    assert_same_training(model, fit(model, epochs=6), *expected)
    assert re.search("epoch 6/6 .* resumed at epoch 4$", lines(capsys)[-1])


def test_as_many_epochs_as_were_done(folder, capsys):
    expected = whole(epochs=3)
    saved_file(folder).write_bytes(state_after_3_epochs())
    lines(capsys)
    model = network()
    assert_same_training(model, fit(model, epochs=3), *expected)
    assert len(lines(capsys)) == 1  # the last: there was nothing to train
    assert fit(model, epochs=1).epoch == [0]


def other_network():
    return network(units=9)


def other_wiring():
    model = network()
    inputs = keras.Input((3,))
    x = model.layers[1](inputs)
    outputs = model.layers[4](model.layers[3](model.layers[2](model.layers[2](x))))
    changed = keras.Model(inputs, outputs)
    changed.compile(keras.optimizers.Adam(0.05), "mse")
    return changed


def other_loss():
    model = network()
    model.compile(keras.optimizers.Adam(0.05), "mae")
    return model


def other_optimizer():
    model = network()
    model.compile(keras.optimizers.Adam(0.05, beta_1=0.5), "mse")
    return model


def other_learning_rate():
    model = network()
    model.compile(keras.optimizers.Adam(0.01), "mse")
    return model


@pytest.mark.parametrize(
    ("make", "options", "reason"),
    [
        (other_network, {}, "with another network"),
        (other_wiring, {}, "with another network"),
        (other_loss, {}, "with another loss, metric or optimizer"),
        (other_optimizer, {}, "with another loss, metric or optimizer"),
        (other_learning_rate, {}, "with another learning rate"),
        (network, {"steps": 2}, "with another number of steps in an epoch"),
        (network, {"monitor": "val_loss"}, "with other settings"),
        (network, {"patience": 3}, "with other settings"),
        (network, {"epochs": 2}, "it had done 3 epochs, more than the 2 asked for now"),
    ],
)
def test_another_training_starts_from_the_beginning(make, options, reason, folder, capsys):
    saved_file(folder).write_bytes(state_after_3_epochs())
    model = make()
    fresh = [variable.numpy() for variable in model.variables]
    lines(capsys)
    begin(model, **options)
    assert lines(capsys) == [
        f"{NAME}: an interrupted training was found, but {reason}; training starts from the beginning."
    ]
    assert model._initial_epoch is None
    for variable, value in zip(model.variables, fresh, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)


def test_what_was_not_changed_goes_on(folder, capsys):
    """Without this, the test above would pass if nothing was ever resumed."""
    saved_file(folder).write_bytes(state_after_3_epochs())
    model = network()
    lines(capsys)
    begin(model, epochs=3)
    assert model._initial_epoch == 3
    assert lines(capsys) == []


def test_another_training_is_trained_and_leaves_nothing(folder):
    saved_file(folder).write_bytes(state_after_3_epochs())
    assert fit(other_loss()).epoch == list(range(6))
    assert not saved_file(folder).exists()


def test_each_preset_has_its_own_state(folder, monkeypatch, capsys):
    saved_file(folder).write_bytes(state_after_3_epochs())
    monkeypatch.setenv("COLORKIT_PRESET", "laptop")
    assert fit(network()).epoch == list(range(6))
    assert "resumed" not in capsys.readouterr().out
    assert saved_file(folder).exists()


def test_resume_can_be_declined_and_the_book_never_resumes(folder, monkeypatch, capsys):
    saved_file(folder).write_bytes(state_after_3_epochs())
    model = network()
    lines(capsys)
    monkeypatch.setenv("COLORKIT_BOOK", "1")
    begin(model)
    assert model._initial_epoch is None
    assert saved_file(folder).exists()
    monkeypatch.delenv("COLORKIT_BOOK")
    begin(model, resume=False)
    assert model._initial_epoch is None
    assert not saved_file(folder).exists()
    assert lines(capsys) == []


def test_damaged_file_changes_nothing(folder, capsys):
    file = saved_file(folder)
    good = state_after_3_epochs()
    random = np.random.default_rng(0)
    damaged = {"empty": b"", "text": b"not an archive", "cut": good[: len(good) // 2], "zeros": bytes(len(good))}
    for number in range(100):
        changed = bytearray(good)
        changed[random.integers(len(good))] ^= int(random.integers(1, 256))
        damaged[f"byte {number}"] = bytes(changed)

    saved_at_3 = whole(epochs=3)[0].get_weights()
    model = network()
    fresh = model.get_weights()
    refused = 0
    for name, content in damaged.items():
        model.set_weights(fresh)
        file.write_bytes(content)
        lines(capsys)
        begin(model)
        said = capsys.readouterr().out
        refused += bool(said)
        # A byte of the archive that means nothing, such as a date, may change; a value may not.
        for value, wanted in zip(model.get_weights(), fresh if said else saved_at_3, strict=True):
            np.testing.assert_allclose(value, wanted, rtol=1e-4, atol=1e-6, err_msg=name)
        if said:
            assert said.count("\n") == 1
            assert "its file is damaged" in said, name
    assert refused > 50


def test_pickled_objects_are_not_loaded(folder, capsys):
    class Bomb:
        def __reduce__(self):
            return os.mkdir, (str(folder / "exploded"),)

    np.savez(made(saved_file(folder).parent) / saved_file(folder).name, json=np.array([Bomb()], dtype=object))
    fit(network(), epochs=1)
    assert "its file is damaged" in capsys.readouterr().out
    assert not (folder / "exploded").exists()


def test_full_disk_does_not_end_the_training(folder, monkeypatch, capsys):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert fit(plain()).epoch == list(range(6))
    said = [line for line in lines(capsys) if "could not be saved" in line]
    assert len(said) == 1
    assert "No space left" in said[0]
    assert not list(saved_file(folder).parent.iterdir())


class Counter(keras.callbacks.Callback):
    """A lesson's own callback that remembers something."""

    def on_train_begin(self, logs=None):
        self.seen = np.zeros(0)

    def on_epoch_end(self, epoch, logs=None):
        self.seen = np.append(self.seen, epoch)
        logs["seen"] = self.seen.sum()

    def get_state(self):
        return {"seen": self.seen}

    def set_state(self, state):
        self.seen = state["seen"]


def test_own_callbacks_are_resumed():
    with pytest.raises(KeyboardInterrupt):
        fit(plain(), Counter(), Interrupt(4))
    counter = Counter()
    history = fit(plain(), counter)
    np.testing.assert_array_equal(counter.seen, range(6))
    assert history.history["seen"] == [0, 1, 3, 6, 10, 15]


class Pair(keras.Model):
    """Two networks that train each other, each with its optimizer, as in a GAN."""

    def __init__(self):
        super().__init__()
        keras.utils.set_random_seed(2)
        self.first = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
        self.second = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1), keras.layers.Dropout(0.5)])
        self.first_optimizer = keras.optimizers.Adam(0.1)
        self.second_optimizer = keras.optimizers.Adam(0.05)
        self.first_optimizer.build(self.first.trainable_variables)
        self.second_optimizer.build(self.second.trainable_variables)
        self.built = True

    def call(self, inputs):
        return self.first(inputs)

    def train_step(self, batch):
        import tensorflow as tf

        x, y = batch
        with tf.GradientTape(persistent=True) as tape:
            a, b = self.first(x, training=True)[:, 0], self.second(x, training=True)[:, 0]
            loss = keras.ops.mean((a - y) ** 2 + (b - a) ** 2)
        for model, optimizer in ((self.first, self.first_optimizer), (self.second, self.second_optimizer)):
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply(gradients, model.trainable_variables)
        return {"loss": loss}


def test_several_optimizers(capsys):
    def train(*others):
        model = Pair()
        model.compile()
        chosen = training.callbacks("09_pair", *others)
        chosen[-1].seconds = 0
        model.fit(*data(), batch_size=8, shuffle=False, epochs=6, verbose=0, callbacks=chosen)
        return model

    expected = train()
    with pytest.raises(KeyboardInterrupt):
        train(Interrupt(5))
    model = train()
    assert lines(capsys)[-1].endswith("resumed at epoch 5")
    for value, wanted in zip(model.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_allclose(value, wanted, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("source_is_known", [True, False])
def test_mixed_precision_and_a_lambda(source_is_known, capsys):
    cells = iter(range(10))
    source = "lambda truth, guess: keras.ops.mean((truth - guess) ** 2)"

    def train(*others):
        cell = f"cell {next(cells)}"  # what is typed into a notebook has another file name in each kernel
        if source_is_known:
            linecache.cache[cell] = (len(source), None, [source], cell)
        keras.utils.set_random_seed(3)
        inputs = keras.Input((3,))
        model = keras.Model(inputs, keras.layers.Dense(1, dtype="mixed_float16")(inputs))
        optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.1))
        model.compile(optimizer, eval(compile(source, cell, "eval")), jit_compile=False)
        return model, fit(model, *others)

    expected_model, expected_history = train()
    with pytest.raises(KeyboardInterrupt):
        train(Interrupt(4))
    model, history = train()
    assert lines(capsys)[-1].endswith("resumed at epoch 4")
    assert_same_training(model, history, expected_model, expected_history)
