"""Lesson 13: a training that is split, killed or handed to an engine ends with the weights of one that is not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from test_results import run_longer

from colorkit import preset, world

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "book"))
from recipe import lesson  # noqa: E402

NAMES = ("colorizer", "at_rate", "gradient", "by_hand", "apart", "MIRRORED", "KILLED")
# A run of a script imports TensorFlow, which takes seconds on a busy computer.
PATIENCE = 300


@pytest.fixture(scope="module")
def names():
    """What the lesson defines."""
    scenes = world.load(32, limit=320)
    each_step = [np.arange(first, first + 16) for first in range(0, 320, 16)]
    return lesson("13_scaling_up", *NAMES, scenes=scenes, each_step=each_step)


def trained(names, network, optimizer, epochs=1):
    """Train on one device, with whole batches; return the weights."""
    network.compile(optimizer, "mean_squared_error")
    scenes = names["scenes"]
    network.fit(scenes.L, scenes.ab, batch_size=16, epochs=epochs, shuffle=False, verbose=0)
    return network.get_weights()


@pytest.fixture(scope="module")
def begun(names, tmp_path_factory):
    """Return a folder with what the scripts begin with, and the network."""
    folder = tmp_path_factory.mktemp("scaling")
    keras.utils.set_random_seed(0)
    network = names["colorizer"]()
    network.save(folder / "start.keras")
    np.savez(folder / "scenes.npz", L=names["scenes"].L, ab=names["scenes"].ab)
    return folder, network.get_weights()


def run(folder, script, *arguments):
    """Run a script of the lesson; return its exit status."""
    (folder / "script.py").write_text(script)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "script.py", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, timeout=PATIENCE, check=False).returncode


def read(path):
    return list(np.load(path).values())


def test_halves_of_batches_give_the_weights_of_whole_ones_if_each_counts_by_its_pictures(names, begun):
    _, start = begun
    network = names["colorizer"]()
    network.set_weights(start)
    whole = trained(names, network, keras.optimizers.SGD(1e-4))
    assert names["apart"](whole, start) > 1e-3

    def by_hand(*shares, weighted=True):
        network.set_weights(start)
        found = names["by_hand"](names["at_rate"](network, 1.0), [slice(*share) for share in shares], weighted)
        return names["apart"](found, whole)

    assert by_hand((0, 8), (8, 16)) < 1e-5
    assert by_hand((0, 12), (12, 16)) < 1e-5
    assert by_hand((0, 12), (12, 16), weighted=False) > 1e-4


def test_batch_normalization_on_halves_is_another_training(names):
    keras.utils.set_random_seed(0)
    network = names["colorizer"](normal=True)
    start, found = network.get_weights(), []
    for shares in ([slice(0, 16)], [slice(0, 8), slice(8, 16)]):
        network.set_weights(start)
        found.append(names["by_hand"](names["at_rate"](network, 1.0), shares))
    assert names["apart"](*found) > 1e-4


def test_two_devices_of_tensorflow_give_the_weights_of_one(names, begun):
    folder, start = begun
    assert run(folder, names["MIRRORED"]) == 0
    network = names["colorizer"]()
    network.set_weights(start)
    whole = trained(names, network, keras.optimizers.SGD(1e-4))
    assert names["apart"](read(folder / "mirrored.npz"), whole) < 1e-5


def test_a_training_that_was_killed_ends_as_one_that_was_not(names, begun):
    folder, start = begun
    assert run(folder, names["KILLED"], "47") == 9
    assert not (folder / "killed.npz").exists() and (folder / "killed.state.npz").exists()
    assert run(folder, names["KILLED"]) == 0
    network = names["colorizer"]()
    network.set_weights(start)
    whole = trained(names, network, keras.optimizers.Adam(0.001), epochs=4)
    assert names["apart"](read(folder / "killed.npz"), whole) < 1e-5


def test_keras_distribution_does_nothing_on_tensorflow_and_says_nothing(names, begun, recwarn):
    """If this fails, Keras has learned it: lesson 13 must say so."""
    if keras.backend.backend() != "tensorflow":
        pytest.skip("it is TensorFlow that this is about")
    _, start = begun
    network = names["colorizer"]()
    network.set_weights(start)
    alone = trained(names, network, keras.optimizers.SGD(1e-4))
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=["cpu:0", "cpu:1"]))
    try:
        network = names["colorizer"]()
        network.set_weights(start)
        recwarn.clear()
        spread = trained(names, network, keras.optimizers.SGD(1e-4))
        assert not [one for one in recwarn if "distribut" in str(one.message)]
    finally:
        keras.distribution.set_distribution(None)
    assert all(variable.value.device.endswith("CPU:0") for variable in network.variables)
    assert names["apart"](spread, alone) < 1e-5


def test_two_devices_and_two_hosts_of_jax_give_the_weights_of_one(monkeypatch, own_cache, capsys):
    """And what takes longer than the lesson runs, the archive with a worker that is killed too."""
    pytest.importorskip("jax", reason="JAX is not installed")
    pytest.importorskip("distributed", reason="Dask is not installed")
    monkeypatch.setenv("COLORKIT_PRESET", "test")
    run_longer("13_scaling_up", monkeypatch)
    folder = preset.cache_folder("lessons", "test", "13_longer")
    data = np.load(folder / "scenes.npz")
    network = keras.models.load_model(folder / "start.keras")
    network.compile(keras.optimizers.SGD(1e-4), "mean_squared_error")
    network.fit(data["L"], data["ab"], batch_size=16, shuffle=False, verbose=0)
    for name in ("host-0-of-1", "host-0-of-2", "host-1-of-2"):
        for one, other in zip(read(folder / f"{name}.npz"), network.get_weights(), strict=True):
            np.testing.assert_allclose(one, other, atol=1e-5)
    said = capsys.readouterr().out
    assert "host 1, 2 devices" in said and "Killed: 0 photos are missing" in said


def test_the_lesson_shows_a_law_for_the_points_that_were_measured():
    kept = json.loads((ROOT / "data" / "results" / "13_scaling_up.json").read_text())["claims"]
    counts = [int(name.rpartition("-")[2]) for name in kept if name.startswith("13-scenes-")]
    assert counts == sorted(counts) and len(counts) >= 5
    functions = lesson("13_scaling_up", "law", "band")
    a, b = functions["law"]([10, 100, 1000], 300 * np.array([10, 100, 1000]) ** -0.25)
    np.testing.assert_allclose([a, b], [300, 0.25], rtol=1e-6)
    (_, b), lines = functions["band"]([10, 100, 1000], np.array([[170, 160], [95, 100], [55, 52]]))
    assert 0.2 < b < 0.3 and (lines[:, 1] < lines[:, 0]).all() and (lines[:, 0] < lines[:, 2]).all()
