"""Resuming: an interrupted training ends like one that never was."""

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

from colorkit import files, preset, training
from colorkit.training.resume import _running

EPOCHS = 40


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    return own_cache(tmp_path, monkeypatch)


def begin(model, epochs=6, steps=4, **options):
    """Do what `fit` does before the first epoch."""
    chosen = training.callbacks(NAME, **{"resume": data(), **options})
    keras.callbacks.CallbackList(chosen, model=model, epochs=epochs, steps=steps).on_train_begin()


def saved_file(folder):
    return made(folder / "training" / "test") / f"{NAME}.npz"


def only_a_lock(folder):
    return [file.name for file in saved_file(folder).parent.iterdir()] == [f"{NAME}.npz.lock"]


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
    best = keras.callbacks.ModelCheckpoint(folder / "best.keras", monitor="val_loss", save_best_only=True)
    options = {"monitor": "val_loss", "patience": 9, "plateau": 3}
    history = fit(model, *others, best, epochs=EPOCHS, watch=watch, validate=True, **options)
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
    for training_ in list(_running.values()):
        training_.let_go()  # as the end of that kernel does
    code = f"import test_resume; test_resume.killed_while_saving({str(folder)!r})"
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    options = {"cwd": Path(__file__).parent, "env": environment, "capture_output": True, "text": True}
    child = subprocess.run([sys.executable, "-c", code], check=False, **options)
    assert child.returncode == -signal.SIGKILL
    assert list(saved_file(folder).parent.glob("*.part"))  # torn
    assert f"{NAME}  epoch 15/{EPOCHS}  resumed at epoch 15\n" in child.stdout

    lines(capsys)
    model, history, watch = long_training(folder)
    last_line = lines(capsys)[-1]
    assert said[0] in last_line
    assert last_line.endswith("resumed at epoch 17")
    assert_same_training(model, history, expected_model, expected_history)
    assert list(watch.pictures) == list(expected_watch.pictures) == [0, 2, 12, 20]
    best = keras.models.load_model(folder / "best.keras")
    expected_best = keras.models.load_model(tmp_path / "whole" / "best.keras")
    for value, expected in zip(best.get_weights(), expected_best.get_weights(), strict=True):
        np.testing.assert_allclose(value, expected, rtol=1e-4, atol=1e-6)
    assert only_a_lock(folder)  # neither state nor torn file is left


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


class Bell:
    """What a network does when it rings: nothing that belongs to the training."""

    def __init__(self):
        self.ringing = False


def test_interrupted_step_is_said_and_the_next_run_goes_on(folder, capsys):
    bell = Bell()

    class Rings(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            bell.ringing = epoch == 3

    def loss(truth, guess):
        if bell.ringing:
            signal.raise_signal(signal.SIGINT)  # in the middle of a step
        return keras.ops.mean((truth - guess) ** 2)

    def make():
        keras.utils.set_random_seed(1)
        model = plain()
        model.compile("sgd", loss, run_eagerly=True)
        return model

    expected = make()
    expected_history = fit(expected)
    for resume, last_line in [
        (None, f"{NAME}  stopped at epoch 4/6"),
        (data(), f"{NAME}  stopped at epoch 4/6; run the cell again to go on from epoch 4"),
    ]:
        lines(capsys)
        model = make()
        with pytest.raises(training.TrainingStopped) as stopped:
            fit(model, Rings(), resume=resume)
        assert lines(capsys)[-1] == last_line
        assert stopped.value._render_traceback_() == ["KeyboardInterrupt: the training was interrupted"]
        with files.locked(saved_file(folder), wait=False):
            pass  # another kernel may go on
        bell.ringing = False
        assert type(model.train_function) is type(expected.train_function)
    assert_same_training(model, fit(model), expected, expected_history)


def test_interrupted_before_the_first_epoch_ended(folder, capsys):
    interrupted(plain, at=1)
    assert not saved_file(folder).exists()
    assert fit(plain()).epoch == list(range(6))
    assert "resumed" not in capsys.readouterr().out


def test_stopped_twice_and_then_trained_without_resuming(folder):
    saved_file(folder).write_bytes(state_after_3_epochs())
    model = interrupted(at=5)
    assert fit(model, resume=None, epochs=2).epoch == [0, 1]


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


# What a lesson has of its own -------------------------------------------------------------------------------------


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
        chosen = training.callbacks("10_pair", *others, resume=data())
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
