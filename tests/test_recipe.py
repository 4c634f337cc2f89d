"""The recipe of the published networks: it trains each, anywhere, and what is published has told the truth."""

import functools
import json
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from photo_sets import colored

from colorkit import colorizing, commands, files, preset, training
from colorkit.files import FileProblem
from colorkit.models import checkpoints

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "book"))

import networks  # noqa: E402
import recipe  # noqa: E402

PUBLISHED = [f"{name}_gpu" for name in recipe.RECIPES]
SMALL = "02_one_photo"
MEASURES = {"CIEDE2000", "CIEDE2000 of gray", "PSNR, dB", "PSNR of gray, dB", "colorfulness / the photos'"}


@pytest.fixture(scope="module")
def album(tmp_path_factory):
    """A folder of photos, some for each split."""
    folder = tmp_path_factory.mktemp("album")
    for number in range(14):
        colored(number).save(folder / f"{number}.jpg")
    return folder


@functools.cache
def built(name):
    """The plan of a network, at the test preset."""
    return recipe.build(recipe.RECIPES[name], np.full(313, 1 / 313), steps=10, crop=32, mixed=False)


# --- lessons ---


def test_a_lesson_gives_what_is_wanted_and_does_not_run(capsys):
    names = recipe.lesson("10_pix2pix", "Adversaries")
    assert {"Adversaries", "pay", "cross_entropy", "ops", "keras"} <= set(names)
    assert not {"generator", "preset", "setup", "album"} & set(names)
    assert capsys.readouterr().out == ""
    with pytest.raises(KeyError, match="lesson 10_pix2pix defines no jury"):
        recipe.lesson("10_pix2pix", "jury")


@pytest.mark.parametrize("name", recipe.RECIPES)
def test_each_network_is_the_published_one(name):
    plan, _ = built(name)
    count = recipe.RECIPES[name].parameters
    assert plan.colorizer.count_params() == checkpoints.card(f"{name}_gpu")["parameters"] == count
    mine, published = (
        sorted(tuple(weight.shape) for weight in model.weights)
        for model in (plan.colorizer, checkpoints.load(f"{name}_gpu"))
    )
    assert mine == published


def test_the_flagship_of_the_lesson_is_the_published_one():
    published, mine = checkpoints.load("11_flagship_gpu", hints=True), built("11_flagship")[0].colorizer
    assert [weight.shape for weight in mine.weights] == [weight.shape for weight in published.weights]
    before = mine.get_weights()
    mine.set_weights(published.get_weights())
    random = np.random.default_rng(0)
    L = random.uniform(0, 100, (1, 32, 64, 1)).astype(np.float32)
    hints = np.zeros((1, 32, 64, 3), np.float32)
    hints[:, 4:9, 4:9] = [30, -20, 1]
    wanted, given = published([L, hints], training=False), mine([L, hints], training=False)
    mine.set_weights(before)
    assert np.std(wanted) > 1
    np.testing.assert_allclose(given, wanted, atol=1e-3)


# --- what they learn from ---


@pytest.fixture(scope="module")
def learner():
    plan = recipe.Plan(keras.Sequential([keras.Input((None, None, 1)), keras.layers.Conv2D(2, 1)]), None, None)
    return recipe.Learner(plan, crop=16, hinted=False, seed=0)


def test_pieces_are_parts_of_the_photos_and_half_of_them_mirrored(learner):
    ramp = np.arange(24, dtype=np.float32)  # column n has n in the first channel, row n has n in the second
    photos = np.stack(np.broadcast_arrays(ramp, ramp[:, None], 7), axis=-1).astype(np.float32)
    pieces = keras.ops.convert_to_numpy(learner.pieces(np.repeat(photos[None], 200, axis=0)))
    assert pieces.shape == (200, 16, 16, 3)
    np.testing.assert_allclose(pieces[..., 2], 7, rtol=1e-5)
    across, down = np.diff(pieces[..., 0], axis=2), np.diff(pieces[..., 1], axis=1)
    mirrored = across[:, 0, 8] < 0
    assert 0.35 < mirrored.mean() < 0.65 and (down[:, 8] > 0).all()
    # From two thirds of the side, 16 px, to all of it, 24 px: each pixel is 1 to 1.5 of the photo's, both ways alike.
    steps = np.abs(across[:, 0, 8])
    assert 0.999 < steps.min() < 1.05 and 1.45 < steps.max() < 1.501
    np.testing.assert_allclose(steps, down[:, 8, 0], rtol=1e-4)
    assert pieces[..., :2].min() >= 0 and pieces[..., :2].max() <= 23


def test_hints_are_the_true_colors_in_half_of_the_pictures(learner):
    ab = np.zeros((300, 16, 16, 2), np.float32)
    ab[..., 0] = np.arange(300)[:, None, None] / 10  # each picture has one color
    ab[..., 1] = -20
    hints = keras.ops.convert_to_numpy(learner.hints(ab))
    there = hints[..., 2] > 0
    assert set(np.unique(hints[..., 2])) == {0, 1} and (hints[~there] == 0).all()
    np.testing.assert_allclose(hints[there][:, :2], ab[there], atol=1e-3)
    assert 0.4 < there.any(axis=(1, 2)).mean() < 0.6


def test_old_photographs_keep_their_range(learner):
    L = np.random.default_rng(0).uniform(0, 100, (100, 16, 16, 1)).astype(np.float32)
    aged = keras.ops.convert_to_numpy(learner.aged(L))
    assert aged.min() >= 0 and aged.max() <= 100
    same = (aged == L).all(axis=(1, 2, 3))
    assert 0.35 < same.mean() < 0.65


def test_some_variables_move_by_a_fifth():
    slow, fast = keras.Variable([1.0], name="slow"), keras.Variable([1.0], name="fast")
    optimizer = recipe.Gently(0.01, slow=[slow], average=0.5)
    optimizer.weight_decay = 0
    for _ in range(3):
        optimizer.apply([keras.ops.ones(1), keras.ops.ones(1)], [slow, fast])
    moved = [1 - float(keras.ops.convert_to_numpy(variable)[0]) for variable in (slow, fast)]
    np.testing.assert_allclose(moved, [0.006, 0.03], rtol=1e-3)
    optimizer.finalize_variable_values([slow, fast])  # the average of 0.99, 0.98 and 0.97 that forgets by half
    assert abs(float(keras.ops.convert_to_numpy(fast)[0]) - 0.9775) < 1e-4


@pytest.mark.parametrize("name", ["05_ae_lab", "10_pix2pix"])
def test_the_head_computes_in_float32(name):
    plan, _ = recipe.build(recipe.RECIPES[name], np.full(313, 1 / 313), steps=10, crop=32, mixed=True)
    for network in {id(one): one for one in (plan.colorizer, getattr(plan.network, "critic", plan.network))}.values():
        kinds = keras.layers.Conv2D | keras.layers.Conv2DTranspose
        computes = [layer.compute_dtype for layer in network.layers if isinstance(layer, kinds)]
        assert set(computes[:-1]) == {"bfloat16"} and computes[-1] == "float32"
    assert keras.config.dtype_policy().name == "float32"


# --- the command ---


@pytest.mark.parametrize("name", recipe.RECIPES)
def test_each_is_trained_saved_and_measured(name, album, own_cache, capsys):
    networks.main([name, "--photos", f"{album}/"])
    saved = f"{name}_test"
    card, said = checkpoints.card(saved), capsys.readouterr().out
    assert card["parameters"] == recipe.RECIPES[name].parameters
    assert (card["steps"], card["batch"], card["pictures seen"]) == (4, 2, 8)
    assert card["data"]["count"] > 4 and "your own" in card["data"]["terms"]
    assert {"device", "seconds", "recipe", "good for", "bad at", "measured on"} <= set(card)
    assert set(card["metrics"]) == MEASURES
    assert f"{saved}.keras" in said and "val and test splits, 32 px" in said
    colorizing.check_model(checkpoints.load(saved))


def test_on_jax(album, on_jax, tmp_path):
    on_jax(
        f"""
        import os, sys

        os.environ |= {{"COLORKIT_CACHE": {str(tmp_path)!r}, "COLORKIT_PRESET": "test"}}
        sys.path.insert(0, {str(ROOT / "book")!r})
        import networks, numpy as np, recipe

        networks.main([{SMALL!r}, "--photos", {f"{album}/"!r}])
        # And compiled, with bfloat16, hints, an average of the weights, and some of them slower.
        inputs = [keras.Input((None, None, 1)), keras.Input((None, None, 3))]
        maps = keras.layers.Conv2D(4, 3, padding="same", name="slow", dtype="mixed_bfloat16")(inputs[0])
        maps = keras.layers.Concatenate()([maps, inputs[1]])
        network = keras.Model(inputs, keras.layers.Conv2D(2, 1, dtype="float32")(maps))
        learner = recipe.Learner(recipe.Plan(network, recipe.squared, network), 16, hinted=True, seed=0)
        rgb = np.random.default_rng(0).integers(0, 256, (8, 24, 24, 3), np.uint8)
        learner.compile(recipe.Gently(0.01, network.get_layer("slow").trainable_variables, average=0.9))
        history = learner.fit(recipe.Draws(rgb, 4, 3, 0), epochs=2, verbose=0).history
        assert np.isfinite(history["loss"]).all()
        """
    )
    card = json.loads((tmp_path / "lessons" / "test" / f"{SMALL}_test.json").read_text("utf-8"))
    assert card["backend"].startswith("jax")


class Interrupt(keras.callbacks.Callback):
    """Stop as a person does, in the middle of the second epoch."""

    def on_batch_end(self, batch, logs=None):
        if len(self.model.history.epoch) == 1:
            raise KeyboardInterrupt


def test_what_was_interrupted_goes_on_as_if_it_had_not_been(album, own_cache, monkeypatch):
    always = functools.partial(training.Resume, seconds=0)  # save after each epoch, however short
    monkeypatch.setattr(training, "Resume", always)
    arguments = [SMALL, "--photos", f"{album}/"]

    def weights():
        return checkpoints.load(f"{SMALL}_test").get_weights()

    networks.main(arguments)
    whole = weights()
    real = training.callbacks
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(
            training, "callbacks", lambda *args, **settings: real(args[0], Interrupt(), *args[1:], **settings)
        )
        networks.main(arguments)
    (state,) = own_cache("training", "test").glob("*.npz")
    networks.main(arguments)
    assert not state.exists()
    for given, wanted in zip(weights(), whole, strict=True):
        np.testing.assert_allclose(given, wanted, rtol=1e-3, atol=1e-5)


def test_without_names_what_is_there_is_not_trained_again(album, own_cache, monkeypatch, capsys):
    trained = []
    monkeypatch.setattr(networks, "train", lambda name, sets: trained.append(name))
    (own_cache("lessons", "test") / f"{SMALL}_test.json").write_text("{}", "utf-8")
    networks.main(["--photos", f"{album}/"])
    assert trained == list(recipe.RECIPES)[1:]
    assert f"{SMALL}: trained already; make networks NAME={SMALL} trains it again." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["05_ae_lb"], "there is no recipe of '05_ae_lb'; there are 02_one_photo, 05_ae_lab"),
        ([], "there are no photos at hand; set COLORKIT_MIRROR to a folder with photo sets, or name sets"),
        (["--photos", "{empty}/"], "there is no file in this folder; name one that has photos"),
        (["--photos", "flower"], "there is no photo set 'flower'; there are flowers"),
    ],
)
def test_one_sentence_says_what_is_wrong(arguments, words, own_cache, tmp_path):
    with pytest.raises(SystemExit) as stopped:
        networks.main([one.format(empty=tmp_path) for one in arguments])
    assert words in str(stopped.value) and "\n" not in str(stopped.value)


def test_sets_for_testing_are_not_learned_from(own_cache, tmp_path, monkeypatch):
    for name in ("flowers", "kodak", "my_own"):
        (tmp_path / f"{name}.tar").touch()
    monkeypatch.setenv("COLORKIT_MIRROR", str(tmp_path))
    assert networks.at_hand() == ["flowers", "my_own"]


def test_measuring_again_rewrites_a_card_and_no_network(album, own_cache, tmp_path, monkeypatch):
    clone = tmp_path / "clone"
    (clone / "colorkit" / "models").mkdir(parents=True)
    folder = clone / "data" / "checkpoints"
    folder.mkdir(parents=True)
    for ending in ("keras", "json"):
        source = ROOT / "data" / "checkpoints" / f"{SMALL}_gpu.{ending}"
        (folder / source.name).write_bytes(source.read_bytes())
    network, card = (folder / f"{SMALL}_gpu.{ending}" for ending in ("keras", "json"))
    before = json.loads(card.read_text("utf-8"))
    monkeypatch.setattr(networks, "ROOT", clone)
    monkeypatch.setattr(preset, "repository", lambda: clone)
    networks.main([SMALL, "--measure", "--photos", f"{album}/"])
    after = json.loads(card.read_text("utf-8"))
    assert files.digest(network) == before["sha256"] == after["sha256"]
    assert set(after["metrics"]) == MEASURES and "128 px" in after["measured on"]
    same = set(before) - {"metrics", "measured on"}
    assert {key: before[key] for key in same} == {key: after[key] for key in same}
    table = (clone / "colorkit" / "models" / "checkpoints.toml").read_text("utf-8")
    assert files.digest(card) in table and files.digest(network) in table


# --- what is published ---


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_card_tells_the_whole_truth(name):
    card = checkpoints.card(name)
    assert MEASURES <= set(card["metrics"])
    for measure, found in card["metrics"].items():
        assert set(found) == {"value", "low", "high"}, measure
        assert 0 < found["low"] <= found["value"] <= found["high"], measure
    assert card["data"]["count"] == 17_131 and "some with terms for research and teaching" in card["data"]["terms"]
    assert card["pictures seen"] == card["steps"] * card["batch"]
    assert card["device"] == "NVIDIA H100, shared" and card["date"] == "2026-11-26" and card["seconds"] > 0
    for part in ("recipe", "good for", "bad at", "limits", "measured on"):
        assert len(card[part]) > 20 and not card[part].endswith(" "), part


def test_the_flagship_s_card_has_hints_and_temperatures():
    said = checkpoints.card("11_flagship_gpu")["metrics"]
    hints = [said[f"CIEDE2000 with {count} hint{'' if count == 1 else 's'}"]["value"] for count in networks.HINTS]
    assert hints == sorted(hints, reverse=True), "each hint helps"
    assert {f"CIEDE2000 at temperature {one}" for one in networks.TEMPERATURES} <= set(said)


def test_published_networks_are_small_enough_for_git():
    assert sum(path.stat().st_size for path in (ROOT / "data" / "checkpoints").iterdir()) <= 60e6


def test_hints_and_temperature_are_chosen_when_a_network_is_loaded():
    L = np.linspace(0, 100, 64 * 64, dtype=np.float32).reshape(1, 64, 64, 1)
    hints = np.zeros((1, 64, 64, 3), np.float32)
    alone, hinted = (checkpoints.load("11_flagship_gpu", hints=one) for one in (False, True))
    np.testing.assert_allclose(alone(L, training=False), hinted([L, hints], training=False), atol=1e-4)
    hints[:, 28:36, 28:36] = [60, 20, 1]
    red = np.asarray(hinted([L, hints], training=False))[0, 30:34, 30:34, 0].mean()
    assert red > np.asarray(alone(L, training=False))[0, 30:34, 30:34, 0].mean() + 10
    path = ROOT / "data" / "checkpoints" / "11_flagship_gpu.keras"
    gray = np.asarray(checkpoints.load(path, temperature=1)(L, training=False))
    assert np.abs(gray - np.asarray(alone(L, training=False))).max() > 0.5
    with pytest.raises(ValueError, match="temperature must be positive"):
        checkpoints.load(path, temperature=0)
    with pytest.raises(FileProblem, match="takes no color hints; `colorkit networks` says which does"):
        checkpoints.load(f"{SMALL}_gpu", hints=True)
    with pytest.raises(FileProblem, match="has no temperature"):
        checkpoints.load(f"{SMALL}_gpu", temperature=1)


def test_the_command_lists_networks_and_shows_a_card(capsys):
    assert commands.main(["networks"]) == 0
    listed = capsys.readouterr().out
    for name in PUBLISHED:
        (line,) = [line for line in listed.splitlines() if line.startswith(f"{name} ")]
        value = checkpoints.card(name)["metrics"]["CIEDE2000"]["value"]
        assert f"{value:.2f}" in line and checkpoints.card(name)["good for"] in line
    assert commands.main(["networks", "11_flagship_gpu"]) == 0
    assert "bad at: " in capsys.readouterr().out
