"""Checkpoints: what is saved loads again, has a whole card, and one sentence says whatever is wrong."""

import datetime
import hashlib
import json
import os
import re
import runpy
import shutil
import sys
import tomllib
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

from colorkit import files, preset
from colorkit.files import FileProblem
from colorkit.models import archive, checkpoints, layers
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
    "weights",
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
    monkeypatch.setattr(checkpoints, "_published", dict)
    return own_cache("checkpoints")


@pytest.fixture
def clone(installed, monkeypatch, tmp_path):
    """The folder of a clone that checkpoints are published in."""
    (tmp_path / "clone" / "book" / "lessons").mkdir(parents=True)
    (tmp_path / "clone" / "colorkit" / "models").mkdir(parents=True)
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


def publish(path, folder, monkeypatch=None):
    """Put a network into a folder, without the saved one, and its digests into colorkit if there is a monkeypatch."""
    folder.mkdir(parents=True, exist_ok=True)
    digests = {}
    for file in (path, path.with_suffix(".json")):
        digests[file.suffix[1:]] = files.digest(file)
        shutil.move(file, folder / file.name)
    if monkeypatch:
        digests = {**checkpoints._published(), path.stem: digests}
        monkeypatch.setattr(checkpoints, "_published", lambda: digests)


def gives_the_same(loaded, network):
    L = PICTURES.L[:2, :, :13]
    np.testing.assert_allclose(loaded(L, training=False), network(L, training=False), atol=1e-6)


def fails(match):
    """The call fails with one sentence of one line."""
    return pytest.raises(FileProblem, match=rf"\A(?!.*\n){match}")


def test_save_writes_the_network_and_its_card(network, own_cache, monkeypatch):
    monkeypatch.setenv("COLORKIT_PRESET", "laptop")
    path = save(network)
    assert path == own_cache("lessons", "laptop") / f"{NAME}.keras"
    assert {file.name for file in path.parent.iterdir()} == {f"{NAME}.keras", f"{NAME}.json"}
    card = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert set(card) == CARD
    digest = hashlib.sha256(rgb.tobytes()).hexdigest()
    wanted = {
        "name": NAME,
        "lesson": 3,
        "preset": "laptop",
        "data": {"name": "noise, train", "count": 5, "size": [16, 24], "sha256": digest},
        "steps": 2,
        "seed": 7,
        "parameters": network.count_params(),
        "weights": "float32",
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
    light = Pictures("L and ab", lab=PICTURES._in_lab())
    digests = [
        json.loads(save(network, data=data).with_suffix(".json").read_text("utf-8"))["data"]["sha256"]
        for data in (
            PICTURES,
            Pictures("other name", rgb=rgb.copy()),
            light,
            Pictures("x", rgb=rgb[::-1]),
            PICTURES[:4],
        )
    ]
    assert digests[0] == digests[1] == digests[2] and len(set(digests)) == 3


def test_what_was_saved_is_loaded_by_its_name(network, own_cache, monkeypatch):
    monkeypatch.setenv("COLORKIT_PRESET", "laptop")
    for seed in (7, 8):  # and again, by the name that is there already
        save(network, seed=seed)
        gives_the_same(checkpoints.load(NAME), network)
        assert checkpoints.card(NAME)["seed"] == seed and NAME in checkpoints.names()
    monkeypatch.setenv("COLORKIT_PRESET", "test")
    with fails(f"there is no checkpoint '{NAME}'"):
        checkpoints.load(NAME)


def test_the_name_of_a_published_network_is_that_network(network, clone, own_cache, monkeypatch):
    publish(save(network, seed=1), clone, monkeypatch)
    save(network, seed=2)
    assert checkpoints.card(NAME)["seed"] == 1


def test_a_saved_network_loads_with_keras_of_before(network, own_cache):
    """Keras 3.15 writes settings that 3.11 refuses, also where they are nothing but the default."""
    said = re.findall(r'"(input_axes|output_axes|quantization_config|renorm\w*)"', configuration(save(network)))
    assert not said
    # A setting that means something stays.
    L = keras.Input((None, None, 1))
    layer = keras.layers.BatchNormalization(momentum=0.5, center=False)
    given = keras.models.load_model(save(keras.Model(L, layer(L)))).layers[1].get_config()
    assert given == layer.get_config()


def configuration(path):
    with zipfile.ZipFile(path) as archive:
        return archive.read("config.json").decode()


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
    assert checkpoints.card(NAME)["seed"] == 8


def test_load_from_a_clone_then_from_the_mirror(network, clone, tmp_path, monkeypatch):
    monkeypatch.setenv("COLORKIT_OFFLINE", "1")
    with fails(f"there is no checkpoint '{NAME}'; there are none here"):
        checkpoints.load(NAME)
    mirror = tmp_path / "mirror"
    monkeypatch.setenv("COLORKIT_MIRROR", str(mirror))
    with fails(r"COLORKIT_MIRROR is '.*mirror', and there is no such folder"):
        checkpoints.load(NAME)
    publish(save(network, seed=1), mirror / "checkpoints")
    assert checkpoints.card(NAME)["seed"] == 1
    publish(save(network, seed=2), clone)
    assert checkpoints.card(NAME)["seed"] == 2
    gives_the_same(checkpoints.load(NAME), network)
    publish(save(network, "05_other"), clone)
    assert checkpoints.names() == [NAME, "05_other"]
    with fails(f"there is no checkpoint '03_smal'; there are {NAME}, 05_other"):
        checkpoints.load("03_smal")


@pytest.mark.parametrize("published", [True, False])
def test_altered_file_in_a_clone_stays(network, clone, monkeypatch, published):
    publish(save(network), clone, monkeypatch if published else None)
    path = clone / f"{NAME}.keras"
    card = path.with_suffix(".json")
    right = path.read_bytes()
    path.write_bytes(right[:-1] + b"!")
    bad = rf"{path} or its card is not what was published" if published else rf"{path} is not what its card says"
    for use in (checkpoints.load, checkpoints.card):
        with fails(rf"{bad} \(it was cut or altered.*\); put a good copy of it and of its card"):
            use(NAME)
    path.write_bytes(right)
    for content in (b"<html>", b"[1]", b'"text"', b"\xff"):
        card.write_bytes(content)
        for use in (checkpoints.load, checkpoints.card):
            with fails(rf"{bad if published else f'{card} is no card of a checkpoint'}.*; put a good copy"):
                use(NAME)
    assert path.exists() and card.exists()


def test_a_good_network_under_the_name_of_another_is_refused(network, clone, tmp_path, monkeypatch):
    """Both files fit each other, but they are not those that colorkit knows."""
    publish(save(network, seed=1), clone, monkeypatch)
    publish(save(network, seed=2), clone)
    with fails(rf"{clone}/{NAME}\.keras or its card is not what was published .* another colorkit\)"):
        checkpoints.load(NAME)


@pytest.mark.parametrize("ending", ["keras", "json"])
def test_a_file_that_cannot_be_opened_stays(network, installed, monkeypatch, unreadable, ending):
    """It may be as good as ever: its permissions, or its drive, are not."""
    publish(save(network), installed, monkeypatch)
    with unreadable(installed / f"{NAME}.{ending}"), fails(rf"{NAME}\.{ending} .*cannot be read \(Permission denied\)"):
        checkpoints.load(NAME)
    gives_the_same(checkpoints.load(NAME), network)


def test_right_checksum_of_what_is_no_network(network, clone):
    publish(save(network), clone)
    (clone / f"{NAME}.keras").write_bytes(b"not a network")
    digest = hashlib.sha256(b"not a network").hexdigest()
    (clone / f"{NAME}.json").write_text(json.dumps({"sha256": digest}), "utf-8")
    with fails(rf"{NAME} cannot be loaded with safe mode on"):
        checkpoints.load(NAME)


def test_download_happens_once(network, served, installed, monkeypatch):
    folder, asked = served
    publish(save(network), folder, monkeypatch)
    assert checkpoints.names() == [NAME]  # also before it is here
    gives_the_same(checkpoints.load(NAME), network)
    assert [path.rpartition("/")[2] for path in asked] == [f"{NAME}.json", f"{NAME}.keras"]
    monkeypatch.setenv("COLORKIT_OFFLINE", "1")
    gives_the_same(checkpoints.load(NAME), network)
    assert checkpoints.card(NAME)["lesson"] == 3
    assert len(asked) == 2


@pytest.mark.parametrize("bad", ["keras", "json"])
def test_altered_download_never_takes_its_name(network, served, installed, monkeypatch, bad):
    folder, _ = served
    publish(save(network), folder, monkeypatch)
    file = folder / f"{NAME}.{bad}"
    right = file.read_bytes()
    file.write_bytes(right[:-9])
    with fails(rf"{NAME}\.{bad}: checksum differs .* It was removed; run the same call again, or install the newest"):
        checkpoints.load(NAME)
    assert not (installed / f"{NAME}.keras").exists() and not (installed / f"{NAME}.{bad}").exists()
    file.write_bytes(right)
    gives_the_same(checkpoints.load(NAME), network)


def test_a_copy_that_was_altered_later_is_removed(network, served, installed, monkeypatch):
    folder, _ = served
    publish(save(network), folder, monkeypatch)
    checkpoints.load(NAME)
    (installed / f"{NAME}.keras").write_bytes(b"cut")
    with fails(rf"{installed}/{NAME}\.keras or its card is not .*; it was removed; run the same call again"):
        checkpoints.load(NAME)
    assert not {f"{NAME}.keras", f"{NAME}.json"} & {path.name for path in installed.iterdir()}
    gives_the_same(checkpoints.load(NAME), network)


def test_no_such_name(network, served, installed, monkeypatch):
    folder, asked = served
    publish(save(network), folder, monkeypatch)
    with fails(rf"there is no checkpoint '04_other'; there are {NAME}\."):
        checkpoints.load("04_other")
    assert not asked


def test_no_network(network, installed, tmp_path, monkeypatch):
    publish(save(network), tmp_path / "elsewhere", monkeypatch)
    otherwise = rf"install the newest colorkit, or set COLORKIT_MIRROR to a folder with checkpoints/{NAME}\.keras"
    address_is(monkeypatch, "http://127.0.0.1:1/course")
    with fails(rf"{NAME}\.json: 127\.0\.0\.1 cannot be reached \(Connection refused\); connect .*, or {otherwise}"):
        checkpoints.load(NAME)
    monkeypatch.setenv("COLORKIT_OFFLINE", "1")
    with fails(rf"{NAME}\.json is not here, and COLORKIT_OFFLINE forbids to download it; unset that, or {otherwise}"):
        checkpoints.load(NAME)


def test_the_address_is_that_of_the_repository():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert checkpoints._address() == f"{project['urls']['Repository']}/raw/main/data/checkpoints"


def test_published_checkpoints_are_whole(monkeypatch):
    monkeypatch.delenv("COLORKIT_MIRROR", raising=False)
    folder = ROOT / "data" / "checkpoints"
    there = {path.name: files.digest(path) for path in folder.glob("*.*")}
    known = {f"{name}.{ending}": sum_ for name, one in checkpoints._published().items() for ending, sum_ in one.items()}
    assert there == known, "run `python -m colorkit.models.checkpoints` after a change in data/checkpoints"
    for name in checkpoints._published():
        card = checkpoints.card(name)
        assert set(card) >= CARD and card["name"] == name and card["lesson"] == int(name[:2])
        # Of photos that are not at hand, the terms are said instead of a digest.
        assert set(card["data"]) - {"sha256", "terms"} == {"name", "count", "size"}
        assert card["license"] == checkpoints.LICENSE
        assert card["preset"] in ("laptop", "gpu"), "the test preset trains for seconds"
        assert checkpoints.load(name).count_params() == card["parameters"]
        assert card["weights"] in ("float32", "float16, vectors float32")
        said = configuration(folder / f"{name}.keras")
        assert not [key for key in archive._LATER if f'"{key}"' in said], "write it with `checkpoints.save`"


def test_publishing(network, clone, own_cache, monkeypatch):
    path = save(network)
    with fails(r"there is no .*05_other\.keras; run its lesson at the preset test first"):
        checkpoints.publish(NAME, "05_other")
    checkpoints.publish(NAME)
    save(network, "05_other")
    checkpoints.publish("05_other")
    table = tomllib.loads((clone.parent.parent / "colorkit" / "models" / "checkpoints.toml").read_text("utf-8"))
    assert list(table) == [NAME, "05_other"]
    for ending in ("keras", "json"):
        file = path.with_suffix(f".{ending}")
        assert (clone / file.name).read_bytes() == file.read_bytes()
        assert table[NAME][ending] == hashlib.sha256(file.read_bytes()).hexdigest()
    monkeypatch.setattr(preset, "repository", lambda: None)
    with fails("networks are published in a clone of the repository"):
        checkpoints.publish()


def test_publishing_by_command(network, clone, own_cache, monkeypatch):
    save(network)
    monkeypatch.setattr(sys, "argv", ["checkpoints", NAME])
    monkeypatch.delitem(sys.modules, "colorkit.models.checkpoints")
    runpy.run_module("colorkit.models.checkpoints", run_name="__main__")
    assert {path.name for path in clone.iterdir()} == {f"{NAME}.keras", f"{NAME}.json"}
