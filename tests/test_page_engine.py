"""What colors a photograph in the page: its network against Keras, its color math and the whole against colorkit."""

import base64
import hashlib
import json
import sys
import tarfile
from pathlib import Path

import engine_page
import numpy as np
import pytest
from PIL import Image

from colorkit import bins, colorize, lab, metrics, photos
from colorkit.colorizing import hints as color_hints
from colorkit.models import checkpoints

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "book"))

import page as made  # noqa: E402

CARD = json.loads((made.FOLDER / "network.json").read_text("utf-8"))
LOST = CARD["CIEDE2000 to Keras, mean and largest of a photo"]


def packed(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def floats(text):
    return np.frombuffer(base64.b64decode(text), np.float32)


def rgba(rgb):
    return np.concatenate([rgb, np.full((*rgb.shape[:2], 1), 255, np.uint8)], axis=-1)


def rgb_of(reply):
    pixels = np.frombuffer(base64.b64decode(reply["rgba"]), np.uint8)
    return pixels.reshape(reply["height"], reply["width"], 4)[..., :3]


@pytest.fixture(scope="module")
def engine(browser, tmp_path_factory):
    """A page from a file with all scripts of the manifest, and nothing of the page that people see."""
    path = engine_page.write(tmp_path_factory.mktemp("engine"))
    page, faults = browser.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    page.on("request", lambda one: one.url.startswith(("file:", "data:", "blob:")) or faults.append(one.url))
    page.goto(path.as_uri())
    yield page
    page.close()
    assert not faults


@pytest.fixture(scope="module")
def ask(engine):
    """Ask the worker, which has loaded the network: ask(do="color", hints=[], temperature=0.38)."""
    loaded = engine.evaluate(engine_page.LOAD)
    assert loaded["did"] == "loaded", loaded

    def ask_(rgb=None, **message):
        if rgb is not None:
            message |= {"rgba": packed(rgba(rgb)), "height": rgb.shape[0], "width": rgb.shape[1]}
        code = "(message) => ask({ ...message, rgba: message.rgba && bytes(message.rgba).buffer }).then(plain)"
        return engine.evaluate(code, message)

    return ask_


@pytest.fixture(scope="module")
def hinted():
    return checkpoints.load(made.NETWORK, hints=True)


@pytest.fixture(scope="module")
def network(hinted):
    return made.logits_network(hinted)


# --- the network ---


@pytest.mark.parametrize("places", [0, made.PLACES])
def test_what_is_shipped_gives_the_colors_that_keras_gives(network, places):
    rgb = [photos.bundled(name, size=192) for name in made.BUNDLED]
    (lost,) = made.losses(network, {"shipped": made.session(made.shipped())}, rgb, places).values()
    assert 0.02 < lost.mean() <= 0.5  # it was made small, so that some is lost


@pytest.mark.filterwarnings("ignore:In the future `np.object`:FutureWarning")  # of what exports
def test_each_step_loses_more_and_the_last_one_is_shipped(network):
    model = made.export(network)
    models = made.steps(model)
    assert list(models) == list(LOST)
    runs = {step: made.session(model) for step, model in models.items()} | {"shipped": made.session(made.shipped())}
    rgb = [photos.bundled("astronaut", size=96)]
    single, half, eight, shipped = (float(values[0]) for values in made.losses(network, runs, rgb, 1).values())
    assert single < 1e-3 < half < 0.1 < eight < 1
    assert shipped == pytest.approx(eight, rel=0.01)  # it was made on another processor, which rounds otherwise


def test_the_card_says_what_it_is_and_what_was_lost():
    source = ROOT / CARD["source"]
    assert made.is_current() and CARD["source sha256"] == hashlib.sha256(source.read_bytes()).hexdigest()
    content = made.shipped()
    assert hashlib.sha256(content).hexdigest() == CARD["sha256"] and len(content) == CARD["bytes"]
    assert CARD["bytes compressed"] < 10e6
    for kind in ("no hints", f"{made.PLACES} hints"):
        means = [numbers[kind][0] for numbers in LOST.values()]
        assert means == sorted(means) and means[-1] <= 0.5


def test_what_runs_it_is_the_package_that_is_named():
    said = json.loads((made.FOLDER / "runtime.json").read_text("utf-8"))
    assert set(said["sha256"]) == set(made.RUNTIME_FILES.values())
    for name, inner in made.RUNTIME_FILES.items():
        content = made.unpacked(name)
        assert hashlib.sha256(content).hexdigest() == said["sha256"][inner]
    assert f"v{said['version']}" in made.unpacked("ort.js").decode()[:200]
    license_, notices = ((made.FOLDER / name).read_text("utf-8") for name in made.LICENSES.values())
    assert license_.startswith("MIT License") and "Microsoft" in license_ and "protobuf" in notices
    assert all(name in said["license"] for name in made.LICENSES.values())


def test_the_list_is_of_the_files_that_are_there():
    assert (made.FOLDER / "manifest.js").read_text("utf-8") == made.manifest()


def test_a_page_that_would_load_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(made, "MOST", 10**6)
    with pytest.raises(made.FileProblem, match="would load"):
        made.manifest()


def test_pieces_come_together_again(tmp_path, monkeypatch):
    monkeypatch.setattr(made, "FOLDER", tmp_path)
    content = np.random.default_rng(0).bytes(2 * made.PIECE)
    made.write_pieces("data", "data", content)
    assert made.unpacked("data") == content
    assert len(list(tmp_path.iterdir())) == 3  # what is random takes a little more than it did
    made.write_pieces("data", "data", b"less")
    assert made.unpacked("data") == b"less" and len(list(tmp_path.iterdir())) == 1


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """Stand in for npm: a package of three files, and what the registry says of it, true or not."""
    inside, folder = tmp_path / "package", tmp_path / "page"
    for name in (*made.RUNTIME_FILES.values(), "package.json"):
        (inside / name).parent.mkdir(parents=True, exist_ok=True)
        (inside / name).write_text('{"license": "MIT"}' if name == "package.json" else f"what {name} has", "utf-8")
    with tarfile.open(tmp_path / "runtime.tgz", "w:gz") as archive:
        archive.add(inside, "package")
    folder.mkdir()
    monkeypatch.setattr(made, "FOLDER", folder)

    def say(digest):
        about = [{"filename": "runtime.tgz", "version": "9.9.9", "integrity": f"sha512-{digest}"}]
        program = tmp_path / "bin" / "npm"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\ncp {tmp_path}/runtime.tgz .\necho '{json.dumps(about)}'\n", "utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")

    digest = hashlib.sha512((tmp_path / "runtime.tgz").read_bytes()).digest()
    return say, base64.b64encode(digest).decode(), folder


def test_a_newer_runtime_is_fetched_and_written_down(npm):
    say, digest, folder = npm
    say(digest)
    made.fetch()
    said = json.loads((folder / "runtime.json").read_text("utf-8"))
    assert said["version"] == "9.9.9" and said["integrity"] == f"sha512-{digest}"
    for name, inner in made.RUNTIME_FILES.items():
        assert made.unpacked(name).decode() == f"what {inner} has"
        assert said["sha256"][inner] == hashlib.sha256(made.unpacked(name)).hexdigest()
    assert all((folder / name).stat().st_size > 1000 for name in made.LICENSES.values())


def test_a_runtime_that_was_altered_is_refused(npm, monkeypatch, tmp_path):
    say, digest, folder = npm
    say(digest[::-1])
    with pytest.raises(made.FileProblem, match="not what npm's registry says"):
        made.fetch()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(made.FileProblem, match="npm is not there"):
        made.fetch()
    assert not list(folder.iterdir())


# --- color math ---


def test_color_math_is_that_of_colorkit(engine):
    random = np.random.default_rng(1)
    rgb = random.integers(0, 256, (10_000, 3))
    found = np.array(engine.evaluate("(all) => all.map((one) => ColorizeEngine.rgbToLab(...one))", rgb.tolist()))
    assert np.abs(found - lab.rgb_to_lab(rgb.astype(np.uint8))).max() < 0.05

    anything = random.uniform([0, -110, -110], [100, 110, 110], (10_000, 3)).astype(np.float32)
    ours = lab.lab_to_rgb(anything)
    found = np.array(engine.evaluate("(all) => all.map((one) => ColorizeEngine.labToRgb(...one))", anything.tolist()))
    assert np.abs(lab.rgb_to_lab(found / 255) - lab.rgb_to_lab(ours)).max() < 0.05
    assert (lab.in_gamut(anything)).mean() < 0.5  # most had to be moved


def test_bins_are_those_of_colorkit(engine):
    centers = engine.evaluate("text(ColorizeEngine.centers)")
    np.testing.assert_array_equal(floats(centers).reshape(-1, 2), bins.centers())


def test_a_small_picture_is_what_the_network_of_colorkit_sees(engine):
    """Of a size that is divided by no whole number; Pillow rounds between rows and columns."""
    photo = photos.bundled("coffee")[:397, :591]
    code = """({ rgba, width, height, side }) => {
      const small = ColorizeEngine.fitted(width, height, side);
      const picture = ColorizeEngine.resize(bytes(rgba), width, height, small.width, small.height);
      const L = ColorizeEngine.lightness(picture);
      const { values, ...box } = ColorizeEngine.prepare(L, small.width, small.height);
      return { ...small, L: text(L), box, values: text(values) };
    }"""
    for side in (256, 100, 40):
        given = {"rgba": packed(rgba(photo)), "width": photo.shape[1], "height": photo.shape[0], "side": side}
        found = engine.evaluate(code, given)
        size = found["width"], found["height"]
        assert size == (side, round(photo.shape[0] * side / photo.shape[1]))
        expected = np.asarray(Image.fromarray(photo).resize(size, Image.Resampling.BICUBIC, reducing_gap=3))
        difference = np.abs(floats(found["L"]).reshape(size[::-1]) - lab.rgb_to_lab(expected)[..., 0])
        assert difference.mean() < 0.2 and difference.max() < 1.5
        box = found["box"]["height"], found["box"]["width"]
        assert box == tuple(-(-side // 32) * 32 for side in size[::-1])
        filled = [(0, outer - inner) for outer, inner in zip(box, size[::-1], strict=True)]
        L = floats(found["L"]).reshape(size[::-1])
        np.testing.assert_array_equal(floats(found["values"]).reshape(box), np.pad(L, filled, mode="symmetric"))


@pytest.mark.filterwarnings("ignore:the photo is too")
def test_hints_stand_where_colorkit_puts_them(engine):
    photo, inner, box = photos.bundled("coffee"), (171, 256), (192, 256)
    height, width = photo.shape[:2]
    given = [(0, 0, "#8040C0"), (width - 1, height - 1, "#C04040"), (321, 87, "#40A060")]
    expected = color_hints.place(given, photo, inner, box)
    code = """([hints, inner, box]) => text(ColorizeEngine.placed(hints.map(({ x, y, rgb }) => {
      const [, a, b] = ColorizeEngine.rgbToLab(...rgb);
      return { x, y, a, b };
    }), inner, box))"""
    said = [{"x": x / width, "y": y / height, "rgb": list(bytes.fromhex(color[1:]))} for x, y, color in given]
    sizes = [{"height": size[0], "width": size[1]} for size in (inner, box)]
    found = floats(engine.evaluate(code, [said, *sizes])).reshape(*box, 3)
    np.testing.assert_allclose(found, expected, atol=0.01)


def test_answers_are_decoded_as_colorkit_does(engine):
    import keras

    random, shape = np.random.default_rng(2), (16, 16, 313)
    logits = (4 * random.standard_normal(shape)).astype(np.float32)
    code = """([logits, temperature]) => ColorizeEngine.decode(
      floats(logits), temperature, { width: 32, height: 32 }, { width: 31, height: 27 }).map(text)"""
    probabilities = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    for temperature in (1.0, 0.38, 0.05):
        small = bins.annealed_mean(probabilities, temperature=temperature)
        expected = np.asarray(keras.layers.UpSampling2D(2, interpolation="bilinear")(small[np.newaxis]))[0, :27, :31]
        found = engine.evaluate(code, [packed(logits), temperature])
        found = np.stack([floats(plane).reshape(27, 31) for plane in found], axis=-1)
        np.testing.assert_allclose(found, expected, atol=0.01)

    code = """(logits) => {
      const sizes = [{ width: 32, height: 32 }, { width: 31, height: 27 }];
      const { likely, probabilities } = ColorizeEngine.likely(floats(logits), ...sizes, 0.5, 0.999, 50, 4);
      return { unsure: plain(ColorizeEngine.entropy(floats(logits), ...sizes)), likely, own: text(probabilities) };
    }"""
    found = engine.evaluate(code, packed(logits))
    entropy = -(probabilities * np.log(probabilities)).sum(-1) / np.log(313)
    assert (found["unsure"]["height"], found["unsure"]["width"]) == (14, 16)
    np.testing.assert_allclose(floats(found["unsure"]["values"]).reshape(14, 16), entropy[:14], atol=1e-4)
    own = floats(found["own"])
    np.testing.assert_allclose(own, probabilities[13, 7], atol=1e-6)
    shares = [one["p"] for one in found["likely"]]
    assert shares == sorted(shares, reverse=True) and shares[0] == pytest.approx(own.max())
    chosen = np.array([[one["a"], one["b"]] for one in found["likely"]])
    assert chosen[0].tolist() == bins.centers()[own.argmax()].tolist()
    apart = np.linalg.norm(chosen[:, np.newaxis] - chosen, axis=-1)
    assert len(chosen) == 4 and apart[apart > 0].min() > 15


# --- the whole ---


@pytest.mark.filterwarnings("ignore:the photo is too")
@pytest.mark.parametrize("told", [(), ((450, 100, "#3060A0"), (80, 330, "#40A050"))])
def test_a_photo_gets_the_colors_that_colorkit_gives_it(ask, hinted, told):
    """The page's network has lost a little; all else is the same, so that the difference is no larger."""
    photo = photos.bundled("coffee")
    height, width = photo.shape[:2]
    opened = ask(photo, do="open")
    assert (opened["did"], opened["width"], opened["height"]) == ("opened", width, height)
    given = []
    for x, y, color in told:
        _, a, b = lab.rgb_to_lab(np.array([list(bytes.fromhex(color[1:]))], np.uint8))[0].tolist()
        given.append({"x": (x + 0.5) / width, "y": (y + 0.5) / height, "a": a, "b": b})
    found = rgb_of(ask(do="color", hints=given, temperature=0.38))
    expected = colorize(hinted, photo, hints=told)
    assert metrics.ciede2000(expected, found) < 1
    if not told:
        assert metrics.ciede2000(expected, photo) > 5  # it is another picture
    else:
        assert metrics.ciede2000(expected, colorize(hinted, photo)) > 1  # the hints were heard
    full = rgb_of(ask(do="full", temperature=0.38))
    np.testing.assert_array_equal(full, found)  # what is shown is the whole, for it is small


def test_enlarging_keeps_lightness_and_follows_edges_as_colorkit_does(ask, hinted):
    """A picture that is larger than what is shown, in strips; what is said of its edges is colorkit's."""
    photo = np.asarray(Image.fromarray(photos.bundled("astronaut")).resize((1200, 900), Image.Resampling.BICUBIC))
    opened = ask(photo, do="open")
    assert (opened["width"], opened["height"]) == (1024, 768)
    shown = ask(do="color", hints=[], temperature=0.38)
    assert (shown["width"], shown["height"]) == (1024, 768)
    full = rgb_of(ask(do="full", temperature=0.38))
    assert full.shape == photo.shape
    assert np.abs(lab.rgb_to_lab(full) - lab.rgb_to_lab(photo))[..., 0].max() < 0.6
    assert metrics.ciede2000(colorize(hinted, photo), full) < 1


def test_a_temperature_is_answered_without_the_network(ask, engine):
    def runs():
        return engine.evaluate("progress.filter(({ part }) => part === null).length")

    ask(photos.bundled("cat"), do="open")
    before = runs()
    quiet = rgb_of(ask(do="color", hints=[], temperature=1))
    assert runs() == before + 1
    vivid = rgb_of(ask(do="decode", temperature=0.1))
    again = rgb_of(ask(do="color", hints=[], temperature=1))  # nothing has changed
    assert runs() == before + 1
    np.testing.assert_array_equal(quiet, again)
    assert metrics.colorfulness(vivid) > metrics.colorfulness(quiet) + 1
    hint = {"x": 0.5, "y": 0.5, "a": 60, "b": 20}
    told = rgb_of(ask(do="color", hints=[hint], temperature=1))
    assert runs() == before + 2
    a = lab.rgb_to_lab(told)[..., 1] - lab.rgb_to_lab(quiet)[..., 1]
    assert a[told.shape[0] // 2, told.shape[1] // 2] > 10


def test_what_the_network_says_of_a_place_comes_with_the_colors_it_would_have(ask):
    photo = photos.bundled("cat")
    ask(photo, do="open")
    ask(do="color", hints=[{"x": 0.25, "y": 0.75, "a": -60, "b": 60}], temperature=0.38)
    said = ask(do="at", x=0.25, y=0.75, count=3)
    probabilities = floats(said["probabilities"])
    assert probabilities.shape == (313,) and probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert said["likely"][0]["a"] < -20 and said["likely"][0]["b"] > 20
    for one in said["likely"]:
        color = lab.lab_to_rgb(np.array([said["L"], one["a"], one["b"]], np.float32))
        np.testing.assert_allclose(one["rgb"], 255 * color, atol=0.5)
    unsure = ask(do="entropy")
    values = floats(unsure["values"]).reshape(unsure["height"], unsure["width"])
    assert 0 <= values.min() < values.max() <= 1
    row, column = int(0.75 * unsure["height"]), int(0.25 * unsure["width"])
    assert values[row, column] < np.median(values)  # it was told


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (33, 2)])
def test_pictures_of_any_shape(ask, shape):
    photo = np.full((*shape, 3), 128, np.uint8)
    ask(photo, do="open")
    colored = ask(do="color", hints=[{"x": 1, "y": 1, "a": 20, "b": 20}], temperature=0.38)
    assert rgb_of(colored).shape == photo.shape
    assert ask(do="at", x=1, y=1, count=3)["did"] == "at"
    assert ask(do="entropy")["did"] == "entropy"


def test_faults_have_a_code_and_a_sentence(engine, ask):
    no_picture = ask(np.zeros((0, 3, 3), np.uint8), do="open")
    assert (no_picture["did"], no_picture["code"]) == ("error", "picture")
    code = """async () => {
      const fresh = start();
      const early = await fresh({ do: "color", hints: [], temperature: 1 });
      const broken = await fresh({ do: "load", files: { ...files(), "network.onnx.gz": files()["ort.js.gz"] } });
      return [early, broken].map(({ did, code, says }) => [did, code, says.endsWith(".")]);
    }"""
    early, broken = engine.evaluate(code)
    assert early == ["error", "picture", True] and broken == ["error", "wasm", True]


def test_the_worker_finds_what_is_listed():
    worker = (made.FOLDER / "worker.js").read_text("utf-8")
    for stem, name in {**{name: name for name in made.RUNTIME_FILES}, "network": "network.onnx"}.items():
        pieces = sorted(made.FOLDER.glob(f"{stem}_*.js"))
        assert pieces and all(path.read_text("utf-8").startswith(f'colorizeFile("{name}.gz", "') for path in pieces)
        assert f'files["{name}.gz"]' in worker
