"""Checkpoints: what is saved loads again, has a whole card, and one sentence says whatever is wrong."""

import datetime
import hashlib
import json
import os
import shutil
import tomllib
from pathlib import Path

import keras
import numpy as np
import pytest

from colorkit import preset
from colorkit.models import checkpoints, layers
from colorkit.models.checkpoints import CheckpointError
from colorkit.pictures import Pictures

ROOT = Path(__file__).resolve().parent.parent
NAME = "03_small_network"
CARD = {
    "name",
    "lesson",
    "preset",
    "data",
    "steps",
    "seed",
    "backend",
    "device",
    "parameters",
    "metrics",
    "date",
    "license",
    "sha256",
}
rgb = np.random.default_rng(0).integers(0, 256, (5, 16, 24, 3), np.uint8)
PICTURES = Pictures("noise, train", rgb=rgb)


def small_network():
    L = keras.Input((None, None, 1), name="L")
    hidden = keras.layers.BatchNormalization()(keras.layers.Conv2D(4, 3, padding="same")(L))
    network = keras.Model(L, layers.RGBToAB()(keras.layers.Conv2D(3, 1, activation="sigmoid")(hidden)), name="small")
    network.compile("adam", lambda truth, guess: keras.ops.mean((truth - guess) ** 2))
    network.fit(PICTURES.L, PICTURES.ab, epochs=2, verbose=0)
    return network


@pytest.fixture(scope="module")
def network():
    return small_network()


def save(network, name=NAME, **changes):
    settings = {"data": PICTURES, "steps": 2, "seed": 7, "metrics": {"loss": np.float32(0.25)}} | changes
    return checkpoints.save(network, name, **settings)


@pytest.fixture
def installed(own_cache, monkeypatch):
    """Only colorkit is installed, and nothing is in the cache. Returns the folder of the cache that downloads go to."""
    monkeypatch.setattr(preset, "repository", lambda: None)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return own_cache("checkpoints")


@pytest.fixture
def clone(installed, monkeypatch, tmp_path):
    """The folder of a clone that checkpoints are published in."""
    (tmp_path / "clone" / "book" / "lessons").mkdir(parents=True)
    monkeypatch.setattr(preset, "repository", lambda: tmp_path / "clone")
    folder = tmp_path / "clone" / "data" / "checkpoints"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def served(installed, tmp_path, monkeypatch, serve):
    """The folder of checkpoints at the repository's address, and the list of what was asked for."""
    folder = tmp_path / "served" / "course" / "raw" / "main" / "data" / "checkpoints"
    folder.mkdir(parents=True)
    address, asked = serve(tmp_path / "served")
    address_is(monkeypatch, f"{address}/course")
    return folder, asked


def address_is(monkeypatch, url):
    """The installed colorkit says that its repository is there."""
    real = checkpoints.metadata("colorkit")
    del real["Project-URL"]
    real["Project-URL"] = f"Repository, {url}"
    monkeypatch.setattr(checkpoints, "metadata", {"colorkit": real}.get)


def publish(path, folder):
    """What a maintainer does."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, folder)
    shutil.copy(path.with_suffix(".json"), folder)


def gives_the_same(loaded, network):
    L = PICTURES.L[:2, :, :13]
    np.testing.assert_allclose(loaded(L, training=False), network(L, training=False), atol=1e-6)


def fails(match):
    """The call fails with one sentence of one line."""
    return pytest.raises(CheckpointError, match=rf"\A(?!.*\n){match}")


def test_save_writes_the_network_and_its_card(network, own_cache, monkeypatch):
    monkeypatch.setenv("COLORKIT_PRESET", "laptop")
    path = save(network)
    assert path == own_cache("lessons", "laptop") / f"{NAME}.keras"
    assert {file.name for file in path.parent.iterdir()} == {f"{NAME}.keras", f"{NAME}.json"}
    card = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert set(card) == CARD
    digest = hashlib.sha256(PICTURES.L.tobytes() + PICTURES.ab.tobytes()).hexdigest()
    wanted = {
        "name": NAME,
        "lesson": 3,
        "preset": "laptop",
        "data": {"name": "noise, train", "count": 5, "size": [16, 24], "sha256": digest},
        "steps": 2,
        "seed": 7,
        "parameters": network.count_params(),
        "metrics": {"loss": 0.25},
        "license": "BSD-3-Clause",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    assert card | wanted == card
    assert card["backend"].startswith("tensorflow") and card["device"].startswith(("cpu", "gpu"))
    assert abs(datetime.date.fromisoformat(card["date"]) - datetime.date.today()) <= datetime.timedelta(1)
    loaded = keras.models.load_model(path, safe_mode=True)
    gives_the_same(loaded, network)
    assert not getattr(loaded, "optimizer", None) and network.optimizer


def test_the_digest_is_that_of_colors(network, own_cache):
    digests = [
        json.loads(save(network, data=data).with_suffix(".json").read_text("utf-8"))["data"]["sha256"]
        for data in (PICTURES, Pictures("other name", rgb=rgb.copy()), Pictures("x", rgb=rgb[::-1]), PICTURES[:4])
    ]
    assert digests[0] == digests[1] and len(set(digests)) == 3


def test_sequential_networks_are_saved(own_cache):
    network = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    loaded = keras.models.load_model(save(network))
    np.testing.assert_array_equal(loaded(np.ones((1, 4))), network(np.ones((1, 4))))


def test_what_cannot_be_loaded_again_is_not_saved(network, own_cache):
    path = save(network)
    before = path.read_bytes()
    unsafe = keras.Sequential([keras.Input((4,)), keras.layers.Lambda(lambda values: values * 2)])

    class Own(keras.layers.Layer):
        def call(self, values):
            return values

    unknown = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), Own()])
    for bad, reason in [(unsafe, "Requested the deserialization of a `Lambda` layer"), (unknown, ".*'?Own'?")]:
        with fails(rf"{NAME} cannot be loaded with safe mode on \({reason}.*\); build networks of Keras' own layers"):
            save(bad)
    assert path.read_bytes() == before
    assert {file.name for file in path.parent.iterdir()} == {f"{NAME}.keras", f"{NAME}.json"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "season"}, "called like '03_season_classifier', got 'season'"),
        ({"name": "03_../../etc"}, "called like"),
        ({"metrics": {"loss": float("nan")}}, "metrics are finite numbers"),
    ],
)
def test_wrong_arguments(network, own_cache, changes, words):
    with pytest.raises(ValueError, match=words):
        save(network, **changes)
    for use in (checkpoints.load, checkpoints.card):
        with pytest.raises(ValueError, match=r"called like '03_season_classifier', got '\.\./x'"):
            use("../x")


@pytest.mark.parametrize("failing", [1, 2])
def test_full_disk(network, clone, own_cache, monkeypatch, failing):
    """A network never stands beside the card of another."""
    path = save(network)
    real, calls = os.replace, []

    def sometimes(*arguments):
        calls.append(arguments)
        if len(calls) == failing:
            raise OSError(28, "No space left on device")
        real(*arguments)

    monkeypatch.setattr(os, "replace", sometimes)
    with fails(r"03_small_network\.\w+ cannot be written in .*No space left on device\); make room there"):
        save(network, seed=8)
    assert not path.with_suffix(".json").exists()
    assert not list(path.parent.glob("*part*"))
    monkeypatch.setattr(os, "replace", real)
    save(network, seed=8)
    publish(path, clone)
    assert checkpoints.card(NAME)["seed"] == 8


def test_load_from_a_clone_then_from_the_mirror(network, clone, tmp_path, monkeypatch):
    monkeypatch.setenv("COLORKIT_OFFLINE", "1")
    with fails(f"there is no checkpoint '{NAME}'; there are none here"):
        checkpoints.load(NAME)
    monkeypatch.setenv("COLORKIT_MIRROR", str(tmp_path / "mirror"))
    publish(save(network, seed=1), tmp_path / "mirror" / "checkpoints")
    assert checkpoints.card(NAME)["seed"] == 1
    publish(save(network, seed=2), clone)
    assert checkpoints.card(NAME)["seed"] == 2
    gives_the_same(checkpoints.load(NAME), network)
    publish(save(network, "05_other"), clone)
    assert checkpoints.names() == [NAME, "05_other"]
    with fails(f"there is no checkpoint '03_smal'; there are {NAME}, 05_other here"):
        checkpoints.load("03_smal")


def test_altered_file_in_a_clone_stays(network, clone):
    publish(save(network), clone)
    path = clone / f"{NAME}.keras"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with fails(rf"{path} is not what its card says \(it was cut or altered\); put a good copy of it and of its card"):
        checkpoints.load(NAME)
    card = path.with_suffix(".json")
    for content in (b"<html>", b"[1]", b'"text"', b"\xff"):
        card.write_bytes(content)
        for use in (checkpoints.load, checkpoints.card):
            with fails(rf"{card} is no card of a checkpoint; put a good copy"):
                use(NAME)
    assert path.exists() and card.exists()


def test_right_checksum_of_what_is_no_network(network, clone):
    publish(save(network), clone)
    (clone / f"{NAME}.keras").write_bytes(b"not a network")
    digest = hashlib.sha256(b"not a network").hexdigest()
    (clone / f"{NAME}.json").write_text(json.dumps({"sha256": digest}), "utf-8")
    with fails(rf"{NAME} cannot be loaded with safe mode on"):
        checkpoints.load(NAME)


def test_download_happens_once(network, served, installed, monkeypatch):
    folder, asked = served
    publish(save(network), folder)
    gives_the_same(checkpoints.load(NAME), network)
    assert [path.rpartition("/")[2] for path in asked] == [f"{NAME}.json", f"{NAME}.keras"]
    monkeypatch.setenv("COLORKIT_OFFLINE", "1")
    gives_the_same(checkpoints.load(NAME), network)
    assert checkpoints.card(NAME)["lesson"] == 3
    assert len(asked) == 2 and checkpoints.names() == [NAME]


@pytest.mark.parametrize("bad", ["network", "card", "sign in"])
def test_altered_download_is_removed(network, served, installed, bad):
    folder, _ = served
    path = save(network)
    publish(path, folder)
    if bad == "network":
        (folder / path.name).write_bytes(path.read_bytes()[:-9])
    else:
        (folder / path.name).with_suffix(".json").write_text("<html>" if bad == "sign in" else '{"sha256": "0"}')
    wrong = {
        "network": rf"{installed}/{NAME}\.keras is not what its card says \(it was cut or altered\)",
        "card": rf"{installed}/{NAME}\.keras is not what its card says \(it was cut or altered\)",
        "sign in": rf"{installed}/{NAME}\.json is no card of a checkpoint",
    }[bad]
    with fails(f"{wrong}; it was removed; run the same call again"):
        checkpoints.load(NAME)
    assert not list(installed.glob(f"{NAME}*"))
    publish(path, folder)
    gives_the_same(checkpoints.load(NAME), network)


def test_no_such_name_at_the_address(network, served, installed):
    folder, _ = served
    publish(save(network), folder)
    checkpoints.load(NAME)
    with fails(rf"there is no checkpoint '04_other' at http://127\.0\.0\.1:\d+/course/raw/\S+; there are {NAME} here"):
        checkpoints.load("04_other")


def test_no_network(installed, monkeypatch):
    otherwise = rf"set COLORKIT_MIRROR to a folder that has checkpoints/{NAME}\.keras and \.json"
    address_is(monkeypatch, "http://127.0.0.1:1/course")
    with fails(rf"{NAME}\.json: 127\.0\.0\.1 cannot be reached \(Connection refused\); connect .*, or {otherwise}"):
        checkpoints.load(NAME)
    monkeypatch.setenv("COLORKIT_OFFLINE", "1")
    with fails(rf"{NAME} is not here, and COLORKIT_OFFLINE forbids to download it; unset that, or {otherwise}"):
        checkpoints.load(NAME)


def test_the_address_is_that_of_the_repository():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert checkpoints._address() == f"{project['urls']['Repository']}/raw/main/data/checkpoints"


def test_published_checkpoints_are_whole(monkeypatch):
    monkeypatch.delenv("COLORKIT_MIRROR", raising=False)
    folder = ROOT / "data" / "checkpoints"
    stems = {path.stem for path in folder.glob("*") if path.suffix in (".keras", ".json")}
    assert stems <= set(checkpoints.names())
    for name in sorted(stems):
        card = checkpoints.card(name)
        assert set(card) == CARD and card["name"] == name and card["lesson"] == int(name[:2])
        assert set(card["data"]) == {"name", "count", "size", "sha256"} and card["license"] == checkpoints.LICENSE
        assert card["preset"] in ("laptop", "gpu"), "the test preset trains for seconds"
        assert checkpoints.load(name).count_params() == card["parameters"]
