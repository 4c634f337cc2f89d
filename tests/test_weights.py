"""Where the weights of pre-trained classifiers come from, and one sentence for whatever is missing or broken."""

import hashlib
import os
import re
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest
from test_pretrained import FEATURES, lightness, run, without_training

from colorkit import files
from colorkit.files import FileProblem
from colorkit.models import pretrained


@pytest.fixture(params=FEATURES)
def name(request):
    return request.param


@pytest.fixture
def empty(own_cache, tmp_path, monkeypatch):
    """No mirror, nothing in Keras' cache, and no proxy between here and a server. Returns Keras' cache."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(pretrained, "_ADDRESS", "http://127.0.0.1:1")
    return tmp_path / "keras" / "models"


@pytest.fixture
def served(tmp_path, monkeypatch, empty, serve):
    """The folder that a server on this machine gives in place of Keras' own."""
    folder = tmp_path / "served"
    folder.mkdir()
    monkeypatch.setattr(pretrained, "_ADDRESS", serve(folder)[0])
    return folder


@pytest.fixture(scope="module")
def small_file(tmp_path_factory):
    """A weights file as Keras publishes them, of MobileNet 0.25 without its top, and its embedding of one picture."""
    network = without_training("MobileNet 0.25").get_layer("mobilenet_0_25")
    path = tmp_path_factory.mktemp("weights") / "mobilenet_2_5_224_tf_no_top.h5"
    network.save(path)
    return path


def embedding_is_that_of_the_file(**settings):
    L = lightness(1, 60, 60)
    given = run(pretrained.load("MobileNet 0.25", **settings), L)
    np.testing.assert_array_equal(given, run(without_training("MobileNet 0.25"), L))


def fails(match):
    """The call fails with one sentence of one line."""
    return pytest.raises(FileProblem, match=rf"\A(?!.*\n){match}")


def test_weights_from_a_path(small_file):
    embedding_is_that_of_the_file(weights=small_file)
    embedding_is_that_of_the_file(weights=str(small_file))


def test_weights_from_a_keras_file(tmp_path):
    without_training("MobileNet 0.25").get_layer("mobilenet_0_25").save(tmp_path / "own.keras")
    embedding_is_that_of_the_file(weights=tmp_path / "own.keras")


@pytest.mark.parametrize("offline", ["0", "1"])
def test_weights_from_the_mirror_then_from_keras_cache(small_file, empty, tmp_path, monkeypatch, offline):
    monkeypatch.setenv("COLORKIT_OFFLINE", offline)
    monkeypatch.setenv("COLORKIT_MIRROR", str(tmp_path / "mirror"))
    for folder in (empty, tmp_path / "mirror" / "weights"):
        folder.mkdir(parents=True)
        shutil.copy(small_file, folder)
        embedding_is_that_of_the_file()
        (folder / small_file.name).write_bytes(b"broken")
        reason = r"\(Unable to .*open file \(file signature not found\)\)"
        with fails(f"{folder / small_file.name} is damaged, or does not hold the weights .* {reason}; put a good copy"):
            pretrained.load("MobileNet 0.25")


def known(monkeypatch, name, kind, content):
    """Make the checksum of a content the one that is known."""
    digits = hashlib.sha256(content).hexdigest()
    entry = {**pretrained._KNOWN[name][kind], "sha256": digits}
    monkeypatch.setitem(pretrained._KNOWN, name, {**pretrained._KNOWN[name], kind: entry})


@pytest.fixture
def offered(small_file, served, empty, monkeypatch):
    """The server has the small file, and its checksum is the known one. Returns Keras' cache."""
    known(monkeypatch, "MobileNet 0.25", "headless", small_file.read_bytes())
    (served / "mobilenet").mkdir()
    shutil.copy(small_file, served / "mobilenet")
    return empty


def test_download(small_file, served, offered, capsys):
    embedding_is_that_of_the_file()
    assert "MobileNet 0.25  100%" in capsys.readouterr().out
    assert {path.name for path in offered.iterdir()} - {f"{small_file.name}.lock"} == {small_file.name}
    shutil.rmtree(served / "mobilenet")
    embedding_is_that_of_the_file()


@pytest.mark.parametrize("name", ["MobileNet 0.25", "VGG16"])  # one with a SHA-256, one with Keras' MD5
@pytest.mark.parametrize("content", [b"<html>Sign in</html>", b"\x89HDF and so on"])
def test_download_of_something_else_never_takes_its_name(served, empty, name, content):
    address = pretrained._KNOWN[name]["headless"]["file"]
    file = address.partition("/")[2]
    (served / address).parent.mkdir()
    (served / address).write_bytes(content)
    with fails(rf"{file}: checksum differs .* It was removed; run the same call again, or set COLORKIT_MIRROR"):
        pretrained.load(name)
    assert not [path for path in empty.iterdir() if path.suffix != ".lock"]


def test_what_cannot_be_verified_is_read_from_what_can(served, empty, monkeypatch, tmp_path):
    """Nobody publishes a checksum of MobileNetV2 without its top; what is downloaded is the one with it."""
    whole = pretrained.load("MobileNetV2", output="logits", weights=None)
    file = served / pretrained._KNOWN["MobileNetV2"]["whole"]["file"]
    file.parent.mkdir()
    whole.get_layer("mobilenetv2").save(file)
    known(monkeypatch, "MobileNetV2", "whole", file.read_bytes())
    L = lightness(1, 40, 50)
    extractor = pretrained.load("MobileNetV2", size=96)
    assert extractor.output_shape == (None, 1280)
    same = pretrained.load("MobileNetV2", size=96, weights=None)
    inner = [network.get_layer("mobilenetv2").layers[1:] for network in (extractor, same)]  # 0 is the input
    assert [layer.name for layer in inner[0]][:-1] == [layer.name for layer in inner[1]][:-1]  # -1 is the average
    same.set_weights(whole.get_weights()[:-2])
    np.testing.assert_array_equal(run(extractor, L), run(same, L))
    file.unlink()
    pretrained.load("MobileNetV2", size=96)  # it is in Keras' cache now
    # Without its top it is taken where it is at hand.
    headless = empty / pretrained._KNOWN["MobileNetV2"]["headless"]["file"].partition("/")[2]
    same.get_layer("mobilenetv2").save(headless)
    (empty / file.name).unlink()
    np.testing.assert_array_equal(run(pretrained.load("MobileNetV2", size=96), L), run(same, L))


def test_every_file_that_is_downloaded_has_a_checksum():
    assert pretrained._ADDRESS.startswith("https://")
    for name, entry in pretrained._KNOWN.items():
        for kind in ("whole", "headless"):
            sums = {key: digits for key, digits in entry[kind].items() if key in ("sha256", "md5")}
            if (name, kind) == ("MobileNetV2", "headless"):
                assert not sums
            else:
                ((algorithm, digits),) = sums.items()
                assert re.fullmatch("[0-9a-f]{64}" if algorithm == "sha256" else "[0-9a-f]{32}", digits)


def test_the_weights_at_hand_are_those_of_the_table():
    path = files.in_mirror("weights/mobilenet_2_5_224_tf_no_top.h5")
    if not path:
        pytest.skip("COLORKIT_MIRROR names no folder with weights")
    assert files.digest(path) == pretrained._KNOWN["MobileNet 0.25"]["headless"]["sha256"]


def test_no_weights_to_be_had(name, empty, monkeypatch):
    headless = "whole" if name == "MobileNetV2" else "headless"
    for output, kind in (("features", headless), ("logits", "whole")):
        file = pretrained._KNOWN[name][kind]["file"].partition("/")[2]
        otherwise = rf"or set COLORKIT_MIRROR to a folder that has weights/{file}\.\Z"
        monkeypatch.delenv("COLORKIT_OFFLINE", raising=False)
        with fails(rf"{name}: 127.0.0.1 cannot be reached \(Connection refused\); connect to a network .* {otherwise}"):
            pretrained.load(name, output=output)
        monkeypatch.setenv("COLORKIT_OFFLINE", "1")
        with fails(rf"{name} is not here, and COLORKIT_OFFLINE forbids to download it; .* {otherwise}"):
            pretrained.load(name, output=output)


def test_not_found(served):
    with fails(r"VGG16: 127\.0\.0\.1 answered 404 File not found; try later, or set COLORKIT_MIRROR"):
        pretrained.load("VGG16")


def no_folder(empty, monkeypatch):
    empty.parent.write_text("a file where the folder should be")


def no_home(empty, monkeypatch):
    """An unknown user, of whom no variable says where home is."""
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("os.path.expanduser", lambda path: path)


def read_only(empty, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: path != empty)


@pytest.mark.parametrize("trouble", [no_folder, no_home, read_only])
def test_without_a_folder_of_keras_the_cache_of_colorkit_serves(small_file, offered, own_cache, monkeypatch, trouble):
    trouble(offered, monkeypatch)
    embedding_is_that_of_the_file()
    assert (own_cache("weights") / small_file.name).is_file()


def test_a_file_that_is_locked_is_read(small_file, tmp_path):
    """HDF5 locks what it reads, which fails where another process has it, and on some network drives."""
    fcntl = pytest.importorskip("fcntl", reason="Windows has other locks")
    path = Path(shutil.copy(small_file, tmp_path))
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(OSError, match="unable to lock file"):
            h5py.File(path)
        embedding_is_that_of_the_file(weights=path)


def test_a_file_that_cannot_be_opened_is_not_called_damaged(small_file, tmp_path, unreadable):
    path = Path(shutil.copy(small_file, tmp_path))
    with unreadable(path), fails(r"\S+ in \S+ cannot be read \(Permission denied\); see to its permissions"):
        pretrained.load("MobileNet 0.25", weights=path)
    embedding_is_that_of_the_file(weights=path)


@pytest.mark.parametrize("kind", ["h5", "keras", "weights.h5", "cut"])
def test_file_of_another_network(small_file, tmp_path, kind):
    own = without_training("MobileNet 0.25").get_layer("mobilenet_0_25")
    path = tmp_path / f"own.{kind}"
    if kind in ("h5", "keras"):
        own.save(path)
    elif kind == "weights.h5":
        own.save_weights(path)
    else:
        path = path.with_suffix(".h5")
        path.write_bytes(small_file.read_bytes()[:100_000])
    wrong = [("VGG16", "features"), ("MobileNetV2", "features"), ("MobileNet 0.25", "logits")]
    for name, output in wrong if kind != "cut" else [("MobileNet 0.25", "features")]:
        part = "without" if output == "features" else "with"
        with fails(rf"{path} is damaged, or does not hold the weights of {name} {part} its top \(.+\); put a good"):
            pretrained.load(name, output=output, weights=path)
