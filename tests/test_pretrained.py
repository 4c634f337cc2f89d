"""Pre-trained classifiers: what they take, what they give, and one sentence for whatever is missing or broken."""

import functools
import os
import shutil
import subprocess
import sys

import keras
import numpy as np
import pytest

from colorkit import lab, photos
from colorkit.models import pretrained
from colorkit.models.pretrained import ExtractorError

# As keras.io/api/applications has them; that of MobileNet at 0.25 is not listed there.
PARAMETERS = {
    "InceptionResNetV2": 55_873_736,
    "VGG16": 138_357_544,
    "ResNet50": 25_636_712,
    "InceptionV3": 23_851_784,
    "MobileNetV2": 3_538_984,
    "MobileNet 0.25": 475_544,
}
FEATURES = {
    "InceptionResNetV2": 1536,
    "VGG16": 512,
    "ResNet50": 2048,
    "InceptionV3": 2048,
    "MobileNetV2": 1280,
    "MobileNet 0.25": 256,
}
SIZE = {"InceptionResNetV2": 299, "InceptionV3": 299}  # others: 224
MODULE = {
    "InceptionResNetV2": "inception_resnet_v2",
    "VGG16": "vgg16",
    "ResNet50": "resnet",
    "InceptionV3": "inception_v3",
    "MobileNetV2": "mobilenet_v2",
    "MobileNet 0.25": "mobilenet",
}


def lightness(*shape):
    return np.random.default_rng(0).uniform(0, 100, (*shape, 1)).astype(np.float32)


def run(network, L, training=False):
    """Apply a network to a few pictures without compiling it first, which would take longer than the test."""
    return keras.ops.convert_to_numpy(network(L, training=training))


@functools.cache
def without_training(name):
    return pretrained.load(name, weights=None)


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
    return pytest.raises(ExtractorError, match=rf"\A(?!.*\n){match}")


def test_embedding_of_any_size_and_nothing_to_train(name):
    extractor = without_training(name)
    assert pretrained.NAMES == FEATURES
    assert extractor.input_shape == (None, None, None, 1)
    assert extractor.output_shape == (None, FEATURES[name])
    assert not extractor.trainable_variables
    given = run(extractor, lightness(2, 33, 47))
    assert given.shape == (2, FEATURES[name]) and given.dtype == np.float32
    assert np.isfinite(given).all() and (given[0] != given[1]).any()


def test_parameters_are_those_that_keras_documents(name):
    with keras.StatelessScope():  # Shapes only: no numbers are drawn.
        extractor = pretrained.load(name, gives="logits", weights=None)
    assert extractor.count_params() == PARAMETERS[name]
    assert extractor.output_shape == (None, 1000)
    assert without_training(name).count_params() < PARAMETERS[name]


def test_preparation_is_that_of_the_network(name):
    """Its own `preprocess_input` on three equal channels, 0..255."""
    extractor = without_training(name)
    size = SIZE.get(name, 224)
    before = keras.Model(extractor.input, extractor.get_layer("prepare").output)
    assert before.output_shape == (None, size, size, 3)
    L = lightness(2, size, size)
    wanted = getattr(keras.applications, MODULE[name]).preprocess_input(np.repeat(L * 2.55, 3, axis=-1))
    given = run(before, L)
    np.testing.assert_allclose(given, wanted, atol=1e-4 * np.ptp(wanted))
    # A picture of one lightness stays one, whatever its size; black and white are at the ends of the range.
    for value, gray in [(0, 0), (100, 255)]:
        flat = run(before, np.full((1, 40, 90, 1), value, np.float32))
        pixel = np.full((1, 1, 1, 3), gray, np.float32)
        wanted = getattr(keras.applications, MODULE[name]).preprocess_input(pixel)
        np.testing.assert_allclose(flat, np.broadcast_to(wanted, flat.shape), atol=1e-4)


def test_how_far_it_is_from_the_gray_of_srgb():
    """As the notes of `load` say."""
    L = np.linspace(0, 100, 10001, dtype=np.float32)[:, np.newaxis]
    too_light = 2.55 * L - 255 * lab.lightness_to_rgb(L)[:, :1]
    assert round(float(too_light.min()), 1) == -4.1 and round(float(L[too_light.argmin(), 0])) == 5
    assert round(float(too_light.max()), 1) == 8.6 and round(float(L[too_light.argmax(), 0])) == 53
    assert round(float(np.abs(too_light).mean()), 1) == 5.3


def test_inside_of_a_network_it_is_saved_loaded_and_left_as_it_is(name, tmp_path):
    extractor = pretrained.load(name, weights=None, size=75)
    L = keras.Input((None, None, 1))
    network = keras.Model(L, keras.layers.Dense(2)(extractor(L)))
    assert network.get_layer(extractor.name) is extractor
    network.save(tmp_path / "network.keras")
    again = keras.models.load_model(tmp_path / "network.keras", safe_mode=True)
    assert len(again.trainable_variables) == 2
    pictures = lightness(2, 50, 41)
    wanted = run(network, pictures)
    # In training as otherwise: batch normalization uses and keeps its own statistics, and there is no dropout.
    for _ in range(2):
        np.testing.assert_array_equal(run(again, pictures, training=True), wanted)


def test_training_changes_what_is_around_it(tmp_path):
    extractor = pretrained.load("MobileNet 0.25", weights=None, size=64)
    L = keras.Input((None, None, 1))
    network = keras.Model(L, keras.layers.Dense(2)(extractor(L)))
    frozen, head = extractor.get_weights(), network.layers[-1].get_weights()
    network.compile("sgd", "mse")
    network.fit(lightness(4, 20, 30), np.ones((4, 2)), verbose=0)
    for now, was in zip(extractor.get_weights(), frozen, strict=True):
        np.testing.assert_array_equal(now, was)
    assert (network.layers[-1].get_weights()[1] != head[1]).all()


def test_two_of_one_network_in_one_model():
    first, second = (pretrained.load("MobileNet 0.25", gives=gives, weights=None) for gives in ("features", "logits"))
    L = keras.Input((None, None, 1))
    both = keras.Model(L, keras.layers.Concatenate()([first(L), second(L)]))
    assert both.output_shape == (None, 1256)


def test_probabilities_are_the_softmax_of_the_logits():
    logits, probabilities = (
        pretrained.load("MobileNet 0.25", gives=gives, weights=None) for gives in ("logits", "probabilities")
    )
    # Random weights make all classes nearly equal.
    probabilities.set_weights([one * 1.5 for one in logits.get_weights()])
    logits.set_weights(probabilities.get_weights())
    L = lightness(3, 224, 224)
    given = run(probabilities, L)
    np.testing.assert_allclose(given.sum(-1), 1, rtol=1e-5)
    wanted = keras.ops.softmax(run(logits, L))
    np.testing.assert_allclose(given, keras.ops.convert_to_numpy(wanted), rtol=1e-4)
    np.testing.assert_array_equal(run(probabilities, L, training=True), given)  # There is no dropout.


def test_on_jax(tmp_path):
    pytest.importorskip("jax", reason="JAX is not installed")
    L = keras.Input((None, None, 1))
    parts = [pretrained.load(name, weights=None, size=64)(L) for name in ("MobileNet 0.25", "VGG16")]
    network = keras.Model(L, keras.layers.Concatenate()(parts))
    pictures = lightness(2, 50, 70)
    network.save(tmp_path / "network.keras")
    np.savez(tmp_path / "wanted.npz", L=pictures, embedding=run(network, pictures))
    code = (
        "import keras, numpy as np; from colorkit.models import pretrained\n"
        "assert keras.backend.backend() == 'jax'\n"
        "wanted = np.load('wanted.npz')\n"
        "network = keras.models.load_model('network.keras', safe_mode=True)\n"
        "given = network.predict(wanted['L'], verbose=0)\n"
        "scale = wanted['embedding'].std()\n"
        "np.testing.assert_allclose(given, wanted['embedding'], atol=1e-3 * scale, rtol=1e-3)\n"
        "fresh = pretrained.load('MobileNet 0.25', weights=None, size=64)\n"
        "assert fresh(wanted['L']).shape == (2, 256)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env={**os.environ, "KERAS_BACKEND": "jax"})


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
        with fails(f"{folder / small_file.name} is damaged, or does not hold the weights of MobileNet 0.25 without"):
            pretrained.load("MobileNet 0.25")


def test_download(small_file, served, empty, capsys):
    (served / "mobilenet").mkdir()
    shutil.copy(small_file, served / "mobilenet")
    embedding_is_that_of_the_file()
    assert "MobileNet 0.25  100%" in capsys.readouterr().out
    assert [path.name for path in empty.iterdir()] == [small_file.name]
    shutil.rmtree(served / "mobilenet")
    embedding_is_that_of_the_file()


@pytest.mark.parametrize(
    ("name", "file", "content"),
    [
        ("MobileNet 0.25", "mobilenet/mobilenet_2_5_224_tf_no_top.h5", b"<html>Sign in</html>"),
        ("VGG16", "vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5", b"\x89HDF and so on"),
    ],
)
def test_download_of_something_else(served, empty, name, file, content):
    (served / file).parent.mkdir()
    (served / file).write_bytes(content)
    with fails(rf"{file.partition('/')[2]}: checksum differs .* It was removed; run the same call again"):
        pretrained.load(name)
    assert not list(empty.iterdir())


def test_no_weights_to_be_had(name, empty, monkeypatch):
    file = pretrained._KNOWN[name].file.partition("/")[2]
    otherwise = r"set COLORKIT_MIRROR to a folder that has weights/"
    with fails(rf"{name}: 127.0.0.1 cannot be reached \(Connection refused\); connect to a network .* {otherwise}"):
        pretrained.load(name)
    monkeypatch.setenv("COLORKIT_OFFLINE", "1")
    with fails(rf"{name}: its weights are not here, and COLORKIT_OFFLINE forbids to download them; .* {otherwise}"):
        pretrained.load(name)
    with fails(rf".* {otherwise}{file.format('')}\.\Z"):
        pretrained.load(name, gives="logits")


def test_not_found(served):
    with fails(r"VGG16: 127\.0\.0\.1 answered 404 File not found; try later, or set COLORKIT_MIRROR"):
        pretrained.load("VGG16")


def test_folder_that_cannot_be_written(served, empty):
    empty.parent.write_text("a file where the folder should be")
    with fails(r"vgg16\S+\.h5 cannot be written in \S+ \(Not a directory\); make room there"):
        pretrained.load("VGG16")


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
    for name, gives in wrong if kind != "cut" else [("MobileNet 0.25", "features")]:
        part = "without" if gives == "features" else "with"
        with fails(f"{path} is damaged, or does not hold the weights of {name} {part} its top; put a good copy"):
            pretrained.load(name, gives=gives, weights=path)


@pytest.mark.parametrize(
    ("error", "words", "name", "settings"),
    [
        (
            ExtractorError,
            r"no extractor 'AlexNet'; there are InceptionResNetV2, VGG16, .*MobileNet 0\.25",
            "AlexNet",
            {},
        ),
        (
            ExtractorError,
            r"VGG16: there is no file Imagenet; give weights='imagenet'",
            "VGG16",
            {"weights": "Imagenet"},
        ),
        (ValueError, "gives is one of features, logits, probabilities, got 'softmax'", "VGG16", {"gives": "softmax"}),
        (ValueError, "InceptionV3 needs at least 75 px, got size=74", "InceptionV3", {"size": 74}),
        (ValueError, "VGG16 gives logits at 224 px only", "VGG16", {"size": 128, "gives": "logits"}),
    ],
)
def test_wrong_arguments(error, words, name, settings):
    with pytest.raises(error, match=words):
        pretrained.load(name, **settings)


@functools.cache
def trained(name, gives="features"):
    """A classifier with its own weights, which only some machines have."""
    if not os.environ.get("COLORKIT_MIRROR"):
        pytest.skip("COLORKIT_MIRROR names no folder with weights")
    try:
        return pretrained.load(name, gives=gives)
    except ExtractorError as error:
        if "its weights are not here" in str(error):
            pytest.skip(str(error))
        raise


@pytest.mark.parametrize("name", ["MobileNet 0.25", "MobileNetV2"])
def test_double_scaling_leaves_nothing_of_an_embedding(name):
    """Paper 001 gave 0..1 to a network whose preparation expects 0..255, which squeezes it into -1..-0.992."""
    extractor = trained(name)
    L = np.stack([lab.rgb_to_lab(photos.bundled(photo, 128))[..., :1] for photo in photos.BUNDLED])
    prepared = keras.Model(extractor.input, extractor.get_layer("prepare").output).predict(L / 255, verbose=0)
    assert prepared.min() >= -1 and -0.9925 < prepared.max() <= -0.992
    right = run(extractor, L).std(axis=0).mean()
    double = run(extractor, L / 255).std(axis=0).mean()
    assert right > 15 * double  # 202 and 38 times, when this was written


def test_a_cat_is_recognized():
    L = np.stack([lab.rgb_to_lab(photos.bundled(photo, 224))[..., :1] for photo in ("cat", "coffee")])
    cat, coffee = run(trained("MobileNetV2", "probabilities"), L).argmax(axis=-1)
    assert cat in range(281, 286)  # tabby, tiger cat, Persian, Siamese, Egyptian cat
    assert coffee in (504, 967, 968)  # coffee mug, espresso, cup
