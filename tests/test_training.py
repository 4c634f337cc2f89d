"""Training callbacks: what they say, what they keep, and that an interrupted training ends like any other."""

import errno
import functools
import linecache
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from colorkit import preset, training

NAME = "06_koalarization"
EPOCHS = 40

TIME = r"(\d+ ms|\d+(\.\d)? s|\d+ min \d\d s)"
RESUMED = r"(  resumed at epoch \d+)?"
FIRST_LINE = re.compile(rf"{NAME}  epoch \d+/\d+{RESUMED}")
LINE = re.compile(
    rf"{NAME}  epoch \d+/\d+  (val )?loss [\d.e-]+(  learning rate [\d.e-]+)?  {TIME}/epoch  left {TIME}{RESUMED}"
)
LAST_LINE = re.compile(
    rf"{NAME}  epoch \d+/\d+(  (stopped early, )?best was epoch \d+)?  (val )?loss [\d.e-]+(  learning rate [\d.e-]+)?"
    rf"  done in {TIME}{RESUMED}"
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Let each test have its own cache."""
    monkeypatch.setenv("COLORKIT_PRESET", "test")
    monkeypatch.delenv("COLORKIT_BOOK", raising=False)
    monkeypatch.setattr(preset, "cache_folder", lambda *parts: _made(tmp_path.joinpath(*parts)))
    return tmp_path


def _made(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def network(units=8):
    """Return a small network with all kinds of state: weights, moving averages, random seeds, optimizer's moments."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input((3,))
    x = keras.layers.Dense(units, activation="relu")(inputs)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Dropout(0.3)(x)
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    model.compile(keras.optimizers.Adam(0.05), "mse")
    return model


def data(seed=0, count=32):
    random = np.random.default_rng(seed)
    x = random.normal(size=(count, 3)).astype("float32")
    return x, (x.sum(axis=1) + random.normal(size=count)).astype("float32")


class Interrupt(keras.callbacks.Callback):
    """Stops the kernel in the middle of an epoch (counted from 1)."""

    def __init__(self, epoch):
        super().__init__()
        self.at = epoch

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch + 1

    def on_train_batch_begin(self, batch, logs=None):
        if self.epoch == self.at and batch == 1:
            raise KeyboardInterrupt


def fit(model, *others, epochs=6, save_seconds=0, steps=4, **options):
    """Train as a lesson does, but save after each epoch."""
    chosen = training.callbacks(NAME, *others, **options)
    if isinstance(chosen[-1], training.Resume):
        chosen[-1].seconds = save_seconds
    return model.fit(
        *data(),
        validation_data=data(seed=1),
        batch_size=32 // steps,
        shuffle=False,
        epochs=epochs,
        verbose=0,
        callbacks=chosen,
    )


def interrupted(at=4, **options):
    """Train a new network until the kernel is stopped in epoch `at`; return the network."""
    model = network()
    with pytest.raises(KeyboardInterrupt):
        fit(model, Interrupt(at), **options)
    return model


def begin(model, epochs=6, steps=4, **options):
    """Do what `fit` does before the first epoch."""
    chosen = training.callbacks(NAME, **options)
    keras.callbacks.CallbackList(chosen, model=model, epochs=epochs, steps=steps).on_train_begin()


def saved_file(folder):
    return _made(folder / "training" / "test") / f"{NAME}.npz"


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


def lines(capsys):
    return capsys.readouterr().out.splitlines()


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
    history = fit(model, *others, epochs=EPOCHS, watch=watch, **options)
    return model, history, watch


class Slow(keras.callbacks.Callback):
    """Reports each epoch to the test, and leaves it time to kill."""

    def on_epoch_end(self, epoch, logs=None):
        print("ended", epoch + 1, flush=True)
        time.sleep(0.1)


def child(folder, kill_while_saving):
    """Run in a process of its own, which does not live to the end."""
    folder = Path(folder)
    preset.cache_folder = lambda *parts: _made(folder.joinpath(*parts))
    if kill_while_saving:
        count = 0

        def fsync(descriptor):
            nonlocal count
            count += 1
            if count == 3:
                os.truncate(descriptor, os.fstat(descriptor).st_size // 2)
                os.kill(os.getpid(), signal.SIGKILL)

        os.fsync = fsync
    long_training(folder, Slow())
    print("not killed")


def start_child(folder, kill_while_saving):
    code = f"import test_training; test_training.child({str(folder)!r}, {kill_while_saving})"
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=Path(__file__).parent, env=environment, stdout=subprocess.PIPE, text=True
    )


def test_killed_training_ends_like_one_that_never_was(tmp_path, capsys):
    expected_model, expected_history, expected_watch = long_training(_made(tmp_path / "whole"))
    rates = expected_history.history["learning_rate"]
    total = len(expected_history.epoch)
    assert 19 < total < EPOCHS  # stopped early, late enough to be killed twice before
    assert rates[0] > rates[15] > rates[-1]  # the rate falls while the training is killed, and after
    said = re.search(r"epoch \d+/\d+  stopped early, best was epoch (\d+)  val loss .*(?=  done)", lines(capsys)[-1])
    assert int(said[1]) < 14  # it must be remembered over both kills

    folder = _made(tmp_path / "killed")
    with start_child(folder, kill_while_saving=False) as process:
        for line in process.stdout:
            if line == "ended 14\n":
                process.kill()
        assert process.wait() == -signal.SIGKILL
    assert saved_file(folder).exists()

    with start_child(folder, kill_while_saving=True) as process:
        second = process.stdout.read()
        assert process.wait() == -signal.SIGKILL
    assert list(saved_file(folder).parent.glob("*.tmp"))  # torn
    resumed = re.search(rf"{NAME}  epoch (\d+)/{EPOCHS}  resumed at epoch (\d+)\n", second)
    assert resumed[1] == resumed[2]
    assert 14 <= int(resumed[1]) <= 16  # the epoch in which it was killed

    preset.cache_folder = lambda *parts: _made(folder.joinpath(*parts))  # undone by the fixture
    lines(capsys)
    model, history, watch = long_training(folder)
    last_line = lines(capsys)[-1]
    assert said[0] in last_line
    assert last_line.endswith(f"resumed at epoch {int(resumed[1]) + 2}")
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
    interrupted(at=1)
    assert not saved_file(folder).exists()
    assert fit(network()).epoch == list(range(6))
    assert "resumed" not in capsys.readouterr().out


def test_stopped_twice_and_then_trained_without_resuming(folder):
    saved_file(folder).write_bytes(state_after_3_epochs())
    model = interrupted(at=5)
    assert fit(model, resume=False, epochs=2).epoch == [0, 1]


def test_saves_only_now_and_then(folder):
    interrupted(at=6, save_seconds=5)
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
    monkeypatch.setenv("COLORKIT_BOOK", "1")
    assert fit(network()).epoch == list(range(6))
    assert saved_file(folder).exists()
    monkeypatch.delenv("COLORKIT_BOOK")
    assert fit(network(), resume=False).epoch == list(range(6))
    assert not saved_file(folder).exists()
    assert "resumed" not in capsys.readouterr().out


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

    np.savez(_made(saved_file(folder).parent) / saved_file(folder).name, json=np.array([Bomb()], dtype=object))
    fit(network(), epochs=1)
    assert "its file is damaged" in capsys.readouterr().out
    assert not (folder / "exploded").exists()


def test_full_disk_does_not_end_the_training(folder, monkeypatch, capsys):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert fit(network()).epoch == list(range(6))
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
        fit(network(), Counter(), Interrupt(4))
    counter = Counter()
    history = fit(network(), counter)
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


# What is said -----------------------------------------------------------------------------------------------------


def test_log_has_every_line_in_its_form(monkeypatch, capsys):
    monkeypatch.setattr(training, "LOG_SECONDS", 0)
    fit(network(), epochs=5)
    said = lines(capsys)
    assert FIRST_LINE.fullmatch(said[0])
    assert all(LINE.fullmatch(line) for line in said[1:-1])
    assert LAST_LINE.fullmatch(said[-1])
    assert [int(re.search(r"epoch (\d+)/5", line)[1]) for line in said] == [1, 1, 2, 3, 4, 5]
    assert "val loss" in said[-1]

    interrupted(at=3, epochs=5)
    lines(capsys)
    fit(network(), epochs=5)
    said = lines(capsys)
    assert [int(re.search(r"epoch (\d+)/5", line)[1]) for line in said] == [3, 3, 4, 5]
    assert FIRST_LINE.fullmatch(said[0])
    assert all(LINE.fullmatch(line) for line in said[1:-1])
    assert LAST_LINE.fullmatch(said[-1])
    assert all(line.endswith("  resumed at epoch 3") for line in said)


def test_log_is_short(capsys):
    fit(network(), epochs=15)
    assert len(lines(capsys)) == 2  # under LOG_SECONDS: the first and the last


class Clock:
    """Time that a test moves on: a second for the first epoch's compiling, then as each epoch takes."""

    def __init__(self, monkeypatch):
        self.now = 1000.0
        monkeypatch.setattr(training.time, "monotonic", lambda: self.now)


class Takes(keras.callbacks.Callback):
    def __init__(self, clock, durations):
        super().__init__()
        self.clock = clock
        self.durations = durations

    def on_epoch_end(self, epoch, logs=None):
        self.clock.now += self.durations[epoch]


def test_time_left_and_total_time(monkeypatch, capsys):
    durations = [60, 10, 10, 10, 10, 20, 20, 20, 20, 20, 30, 30]
    clock = Clock(monkeypatch)
    fit(network(), Takes(clock, durations), epochs=12)
    said = lines(capsys)
    assert "60 s/epoch  left 11 min 00 s" in said[1]
    assert "epoch 5/12" in said[5]
    assert "10 s/epoch  left 70 s" in said[5]  # without the first, which compiled
    assert "epoch 10/12" in said[10]
    assert "20 s/epoch  left 40 s" in said[10]
    assert "epoch 12/12" in said[-1]
    assert "done in 4 min 20 s" in said[-1]

    with pytest.raises(KeyboardInterrupt):
        fit(network(), Takes(clock, durations), Interrupt(4), epochs=12)
    clock.now += 10_000
    fit(network(), Takes(clock, durations), epochs=12)
    assert "done in 4 min 20 s" in lines(capsys)[-1]  # the night between is not counted


def test_says_early_stop_and_lower_learning_rate(monkeypatch, capsys):
    monkeypatch.setattr(training, "LOG_SECONDS", 0)
    losses = [5.0, 3.0, 1.25, 2.0, 2.0, 2.0, 2.0, 2.0]

    class Pretend(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["val_loss"] = losses[epoch]

    model = network()
    history = fit(model, Pretend(), epochs=8, monitor="val_loss", patience=4, plateau=2)
    assert len(history.epoch) == 7
    said = lines(capsys)
    assert LAST_LINE.fullmatch(said[-1])
    assert "epoch 7/8  stopped early, best was epoch 3  val loss 1.25  learning rate" in said[-1]
    assert "learning rate" not in said[5]  # halved after epoch 5, two after the best
    assert "epoch 6/8  val loss 2.00  learning rate 0.025" in said[6]

    fit(network(), Pretend(), epochs=6, monitor="val_loss", patience=4)
    assert "epoch 6/6  best was epoch 3  val loss 1.25  done in" in lines(capsys)[-1]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.01312, "0.0131"), (1.3, "1.30"), (312.2, "312"), (99.96, "100"), (81234.5, "81234"), (1.3e-5, "1.30e-05")],
)
def test_numbers(value, text):
    assert training._number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0204, "20 ms"),
        (0.0999, "0.1 s"),
        (1.94, "1.9 s"),
        (9.96, "10 s"),
        (99.6, "1 min 40 s"),
        (3599.7, "1 h 00 min"),
    ],
)
def test_durations(seconds, text):
    assert training._duration(seconds) == text


# Best and pictures ------------------------------------------------------------------------------------------------


def test_best_checkpoint_is_of_the_best_epoch(folder):
    model = network()
    history = fit(model, epochs=15, monitor="val_loss", patience=14, best=folder / "a" / "b" / "best.keras")
    losses = history.history["val_loss"]
    assert np.argmin(losses) < len(losses) - 1  # or the last epoch would do
    best = keras.models.load_model(folder / "a" / "b" / "best.keras")
    assert best.evaluate(*data(seed=1), verbose=0) == pytest.approx(min(losses), rel=1e-4)
    assert model.evaluate(*data(seed=1), verbose=0) == pytest.approx(min(losses), rel=1e-4)


def test_watch_takes_the_chosen_epochs_also_when_resumed(capsys):
    def watched(model):
        def picture():
            value = np.uint8(100 * abs(model.predict(np.ones((1, 3), "float32"), verbose=0)[0, 0]) % 256)
            return np.full((4, 5, 3), value)

        return training.Watch(picture, epochs=[0, 2, 3, 5, 6, 100])

    model = network()
    expected = watched(model)
    fit(model, watch=expected)
    assert list(expected.pictures) == [0, 2, 3, 5, 6]
    assert len({picture[0, 0, 0] for picture in expected.pictures.values()}) > 3  # it did change

    model = network()
    with pytest.raises(KeyboardInterrupt):
        fit(model, Interrupt(5), watch=watched(model))
    model = network()
    watch = watched(model)
    fit(model, watch=watch)
    assert list(watch.pictures) == list(expected.pictures)
    for epoch, picture in expected.pictures.items():
        np.testing.assert_allclose(watch.pictures[epoch].astype(int), picture.astype(int), atol=1)
    assert all(line.startswith(NAME) for line in lines(capsys))


def test_watch_refuses_what_is_no_picture():
    watch = training.Watch(lambda: np.zeros((4, 4, 3)), epochs=[0])
    with pytest.raises(ValueError, match=r"uint8 RGB picture.*returned float64 of shape \(4, 4, 3\)"):
        fit(network(), watch=watch)


def test_notebook_shows_one_output_and_keeps_its_last_state(tmp_path, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    source = f"""
        import sys
        import numpy as np
        sys.path.append({str(Path(__file__).parent)!r})
        from test_training import fit, network
        from colorkit import preset, training
        from pathlib import Path
        preset.cache_folder = lambda *parts: Path()
        training.NOTEBOOK_SECONDS = 0
        watch = training.Watch(lambda: np.full((600, 300, 3), 7, np.uint8), epochs=[0, 2, 3])
        history = fit(network(), epochs=4, watch=watch, save_seconds=5)
    """
    lines_of_source = [line.strip() for line in source.strip().splitlines()]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("\n".join(lines_of_source))])
    shown = []

    class Client(NotebookClient):
        def process_message(self, message, cell, cell_index):
            if message["msg_type"] in ("display_data", "update_display_data"):
                shown.append(message["content"]["data"])
            return super().process_message(message, cell, cell_index)

    Client(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for output in notebook.cells[0].outputs if output.get("name") != "stderr"]
    assert len(outputs) == 1
    assert list(outputs[0]["data"]) == ["text/plain"]
    assert LAST_LINE.fullmatch(outputs[0]["data"]["text/plain"])

    live = [re.search(r'<img alt="(.*?)" width="(\d+)" height="(\d+)"', data.get("text/html", "")) for data in shown]
    assert [match and match.groups() for match in live] == [
        (f"{NAME} before training", "256", "512"),  # made smaller for the live view
        (f"{NAME} before training", "256", "512"),
        (f"{NAME} after epoch 2", "256", "512"),
        (f"{NAME} after epoch 3", "256", "512"),
        None,
    ]
    assert [data["text/plain"].split("  ")[1] for data in shown] == [
        "epoch 1/4",
        "epoch 1/4",
        "epoch 2/4",
        "epoch 3/4",
        "epoch 4/4",
    ]
