"""Training callbacks: what they say and what they keep."""

import re
import warnings
from pathlib import Path

import keras
import numpy as np
import pytest

from colorkit import preset, progress, training
from colorkit.training.resume import Resume

NAME = "06_koalarization"

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
    return own_cache(tmp_path, monkeypatch)


def own_cache(tmp_path, monkeypatch):
    """Let a test have its own cache."""
    monkeypatch.setenv("COLORKIT_PRESET", "test")
    monkeypatch.delenv("COLORKIT_BOOK", raising=False)
    monkeypatch.setattr(preset, "cache_folder", lambda *parts: made(tmp_path.joinpath(*parts)))
    return tmp_path


def made(folder):
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


def plain():
    """Return the smallest network, for tests of what is said."""
    inputs = keras.Input((3,))
    model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    model.compile(keras.optimizers.SGD(0.05), "mse")
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


def fit(model, *others, epochs=6, save_seconds=0, steps=4, validate=False, **options):
    """Train as a lesson does that resumes, but save after each epoch."""
    chosen = training.callbacks(NAME, *others, **{"resume": data(), **options})
    if isinstance(chosen[-1], Resume):
        chosen[-1].seconds = save_seconds
    return model.fit(
        *data(),
        validation_data=data(seed=1) if validate else None,
        batch_size=32 // steps,
        shuffle=False,
        epochs=epochs,
        verbose=0,
        callbacks=chosen,
    )


def interrupted(make=network, at=4, **options):
    """Train a new network until the kernel is stopped in epoch `at`; return the network."""
    model = make()
    with pytest.raises(KeyboardInterrupt):
        fit(model, Interrupt(at), **options)
    return model


def lines(capsys):
    return capsys.readouterr().out.splitlines()


# What is said -----------------------------------------------------------------------------------------------------


def test_log_has_every_line_in_its_form(monkeypatch, capsys):
    monkeypatch.setattr(progress, "LOG_SECONDS", 0)
    fit(plain(), epochs=5, validate=True)
    said = lines(capsys)
    assert FIRST_LINE.fullmatch(said[0])
    assert all(LINE.fullmatch(line) for line in said[1:-1])
    assert LAST_LINE.fullmatch(said[-1])
    assert [int(re.search(r"epoch (\d+)/5", line)[1]) for line in said] == [1, 1, 2, 3, 4, 5]
    assert "val loss" in said[-1]

    interrupted(plain, at=3, epochs=5)
    lines(capsys)
    fit(plain(), epochs=5)
    said = lines(capsys)
    assert [int(re.search(r"epoch (\d+)/5", line)[1]) for line in said] == [3, 3, 4, 5]
    assert FIRST_LINE.fullmatch(said[0])
    assert all(LINE.fullmatch(line) for line in said[1:-1])
    assert LAST_LINE.fullmatch(said[-1])
    assert all(line.endswith("  resumed at epoch 3") for line in said)


def test_log_is_short(capsys):
    fit(plain(), epochs=15)
    assert len(lines(capsys)) == 2  # under LOG_SECONDS: the first and the last


def test_log_does_not_mind_pictures(capsys):
    fit(plain(), epochs=15, watch=training.Watch(lambda: np.zeros((4, 4, 3), np.uint8), range(15)))
    assert len(lines(capsys)) == 2


@pytest.mark.parametrize("broken", [np.nan, -1e38])
def test_line_stays_short_when_a_training_diverges(broken, capsys):
    class Diverges(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["loss"], logs["spread"] = broken, abs(broken)

    fit(plain(), Diverges(), epochs=2)
    value, spread = ("nan", "nan") if np.isnan(broken) else (r"-1\.00e\+38", r"1\.00e\+38")
    assert re.fullmatch(
        rf"{NAME}  epoch 2/2  loss {value}  spread {spread} of target  done in {TIME}", lines(capsys)[-1]
    )


class Clock:
    """Time that a test moves on: a second for the first epoch's compiling, then as each epoch takes."""

    def __init__(self, monkeypatch):
        self.now = 1000.0
        monkeypatch.setattr(progress.time, "monotonic", lambda: self.now)


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
    fit(plain(), Takes(clock, durations), epochs=12)
    said = lines(capsys)
    assert "60 s/epoch  left 11 min 00 s" in said[1]
    assert "epoch 5/12" in said[5]
    assert "10 s/epoch  left 70 s" in said[5]  # without the first, which compiled
    assert "epoch 10/12" in said[10]
    assert "20 s/epoch  left 40 s" in said[10]
    assert "epoch 12/12" in said[-1]
    assert "done in 4 min 20 s" in said[-1]

    with pytest.raises(KeyboardInterrupt):
        fit(plain(), Takes(clock, durations), Interrupt(4), epochs=12)
    clock.now += 10_000
    fit(plain(), Takes(clock, durations), epochs=12)
    assert "done in 4 min 20 s" in lines(capsys)[-1]  # the night between is not counted


def test_says_early_stop_and_lower_learning_rate(monkeypatch, capsys):
    monkeypatch.setattr(progress, "LOG_SECONDS", 0)
    losses = [5.0, 3.0, 1.25, 2.0, 2.0, 2.0, 2.0, 2.0]

    class Pretend(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["val_loss"] = losses[epoch]

    model = plain()
    history = fit(model, Pretend(), epochs=8, monitor="val_loss", patience=4, plateau=2)
    assert len(history.epoch) == 7
    said = lines(capsys)
    assert LAST_LINE.fullmatch(said[-1])
    assert "epoch 7/8  stopped early, best was epoch 3  val loss 1.25  learning rate" in said[-1]
    assert "learning rate" not in said[5]  # halved after epoch 5, two after the best
    assert "epoch 6/8  val loss 2.00  learning rate 0.025" in said[6]

    fit(plain(), Pretend(), epochs=6, monitor="val_loss", patience=4)
    assert "epoch 6/6  best was epoch 3  val loss 1.25  done in" in lines(capsys)[-1]


# Pictures ---------------------------------------------------------------------------------------------------------


def test_network_has_the_weights_of_its_best_epoch():
    model = network()
    history = fit(model, epochs=15, monitor="val_loss", patience=14, validate=True)
    losses = history.history["val_loss"]
    assert np.argmin(losses) < len(losses) - 1  # or the last epoch would do
    assert model.evaluate(*data(seed=1), verbose=0) == pytest.approx(min(losses), rel=1e-4)


def test_watch_takes_the_chosen_epochs_also_when_resumed(capsys):
    def watched(model):
        def picture():
            value = np.uint8(100 * abs(model(np.ones((1, 3), "float32"), training=False)[0, 0]) % 256)
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
        fit(plain(), watch=watch)


IN_A_NOTEBOOK = (
    f"""
import signal, sys, threading
from pathlib import Path
import keras, numpy as np
sys.path.append({str(Path(__file__).parent)!r})
from test_training import fit, network
from colorkit import preset, progress, training
preset.cache_folder = lambda *parts: Path()
progress.IN_PLACE_SECONDS = 0
watch = training.Watch(lambda: np.full((600, 300, 3), 7, np.uint8), epochs=[0, 2, 3])
history = fit(network(), epochs=4, watch=watch, save_seconds=5)
""",
    """
stop = threading.Event()
def loss(truth, guess):
    if stop.is_set():
        signal.raise_signal(signal.SIGINT)
    return keras.ops.mean((truth - guess) ** 2)

def train(*others):
    model = network()
    model.compile("sgd", loss, run_eagerly=True)
    fit(model, *others, epochs=4)

train(keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: stop.set() if epoch == 2 else None))
""",
    """
def loss(truth, guess):
    return keras.ops.mean(abs(truth - guess))

train(keras.callbacks.LambdaCallback())
""",
)


def test_notebook_shows_one_output_and_keeps_its_last_state(tmp_path, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in IN_A_NOTEBOOK])
    notebook.cells[1].metadata.tags = ["raises-exception"]
    shown = []

    class Client(NotebookClient):
        def process_message(self, message, cell, cell_index):
            if cell_index == 0 and message["msg_type"] in ("display_data", "update_display_data"):
                shown.append(message["content"]["data"])
            return super().process_message(message, cell, cell_index)

    Client(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    whole, stopped, changed = ([o for o in cell.outputs if o.get("name") != "stderr"] for cell in notebook.cells)
    assert len(whole) == 1
    assert list(whole[0]["data"]) == ["text/plain"]
    assert LAST_LINE.fullmatch(whole[0]["data"]["text/plain"])

    line, error = stopped
    assert line["data"]["text/plain"] == f"{NAME}  stopped at epoch 3/4; run the cell again to go on from epoch 3"
    assert error["traceback"] == ["KeyboardInterrupt: the training was interrupted"]
    assert changed[0]["text"] == (
        f"{NAME}: an interrupted training was found, but with another loss, metric or optimizer; "
        "training starts from the beginning.\n"
    )
    assert LAST_LINE.fullmatch(changed[1]["data"]["text/plain"])

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


# Collapse ---------------------------------------------------------------------------------------------------------


def ambiguous_pictures(seed, count=64):
    """Return L, 0..1, and ab / 128 of which L explains about a tenth, as in photos."""
    random = np.random.default_rng(seed)
    light = random.uniform(size=(count, 8, 8, 1)).astype("float32")
    ab = 0.2 * (light - 0.5) * [1, -1] + random.normal(scale=0.15, size=(count, 8, 8, 2))
    return light, ab.astype("float32")


def train_with_alarm(seed, *others, scale=1.0, epochs=4):
    """Train a small colorizer; return its alarm, its History and what it warned of."""
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((8, 8, 1))
    x = keras.layers.Dense(16, activation="relu")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(2)(x))
    model.compile(keras.optimizers.Adam(0.02), "mse")
    (light, ab), (held_out, truth) = ambiguous_pictures(seed), ambiguous_pictures(seed + 100, count=16)
    alarm = training.CollapseAlarm(scale * held_out, truth)
    chosen = training.callbacks("03_many_photos", alarm, *others, resume=[seed, scale])
    chosen[-1].seconds = 0
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        history = model.fit(scale * light, ab, batch_size=8, epochs=epochs, verbose=0, callbacks=chosen)
    return alarm, history, [str(warning.message) for warning in heard if warning.category is UserWarning]


@pytest.mark.parametrize("seed", range(3))
def test_alarm_is_silent_on_a_healthy_run_and_rings_on_a_collapsed_one(seed, capsys):
    alarm, history, heard = train_with_alarm(seed)
    assert (alarm.warned_epoch, heard) == (None, [])
    assert 0.2 < history.history["spread"][-1] < 0.6
    assert re.search(r"epoch 4/4  loss [\d.]+  spread 0\.[2-5]\d of target  done in", lines(capsys)[-1])

    alarm, history, heard = train_with_alarm(seed, scale=1 / 255**2)  # scaled twice more: all inputs look the same
    assert alarm.warned_epoch == 3
    assert max(history.history["spread"]) < 0.01 and len(history.history["spread"]) == 4
    assert len(heard) == 1  # and not in the fourth epoch again
    assert re.match(r"after epoch 3 .* predictions is [\d.e-]+, that of the targets 0\.1[56]\d; look at", heard[0])


@pytest.mark.parametrize("unit", [1, 128])
def test_alarm_measures_the_ratio_in_any_unit(unit):
    class Known(keras.Model):
        def call(self, inputs):
            return inputs

    predicted = np.array([[[[1, 10]]], [[[3, 10]]]]) / unit
    alarm = training.CollapseAlarm(predicted, np.array([[[[0, 5]]], [[[0, 15]]]]) / unit)
    alarm.set_model(Known())
    logs = {}
    alarm.on_epoch_end(0, logs)
    # How far a and b lie apart does not count: variances 1 and 0 against 0 and 25.
    assert logs == {"spread": pytest.approx(1 / 5)}


class Breaks(keras.callbacks.Callback):
    """Makes a weight NaN in an epoch (counted from 1)."""

    def __init__(self, epoch):
        super().__init__()
        self.at = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch + 1 == self.at:
            self.model.layers[-1].kernel.assign(np.full((16, 2), np.nan))


def test_alarm_rings_when_predictions_are_not_numbers():
    alarm, history, heard = train_with_alarm(0, Breaks(4), epochs=5)
    assert alarm.warned_epoch == 4
    assert np.isnan(history.history["spread"][3:]).all() and "predictions is nan" in heard[0]


@pytest.mark.parametrize(("epoch", "warnings_after"), [(3, 1), (4, 0)])
def test_alarm_is_resumed(epoch, warnings_after):
    with pytest.raises(KeyboardInterrupt):
        train_with_alarm(0, Interrupt(epoch), scale=0)
    alarm, history, heard = train_with_alarm(0, scale=0)
    assert alarm.warned_epoch == 3
    assert len(history.history["spread"]) == 4
    assert len(heard) == warnings_after  # what rang before the interruption is silent after it


def test_same_alarm_is_heard_again_when_the_cell_is_run_again():
    assert train_with_alarm(0, scale=0)[2] == train_with_alarm(0, scale=0)[2] != []


def test_alarm_refuses_what_it_cannot_measure():
    light, ab = ambiguous_pictures(0, count=4)
    with pytest.raises(ValueError, match="one color"):
        training.CollapseAlarm(light, np.full_like(ab, 0.1))
    alarm = training.CollapseAlarm(light, ab)
    alarm.set_model(keras.Sequential([keras.Input((8, 8, 1)), keras.layers.AveragePooling2D(2), keras.layers.Dense(2)]))
    with pytest.raises(ValueError, match=r"shape \(4, 8, 8, 2\), but the network gives \(4, 4, 4, 2\)"):
        alarm.on_epoch_end(0, {})
