"""Pre-trained classifiers: what they take and what they give."""

import functools
import os

import keras
import numpy as np
import pytest

from colorkit import lab, photos
from colorkit.files import FileProblem
from colorkit.models import pretrained

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
        extractor = pretrained.load(name, output="logits", weights=None)
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


@pytest.mark.parametrize("name", ["MobileNet 0.25", "VGG16"])  # one of each way to prepare pictures
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
    first, second = (
        pretrained.load("MobileNet 0.25", output=output, weights=None) for output in ("features", "logits")
    )
    L = keras.Input((None, None, 1))
    both = keras.Model(L, keras.layers.Concatenate()([first(L), second(L)]))
    assert both.output_shape == (None, 1256)


def test_probabilities_are_the_softmax_of_the_logits():
    logits, probabilities = (
        pretrained.load("MobileNet 0.25", output=output, weights=None) for output in ("logits", "probabilities")
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


def test_on_jax(on_jax, tmp_path):
    L = keras.Input((None, None, 1))
    small, other = (pretrained.load(name, weights=None, size=32) for name in ("MobileNet 0.25", "VGG16"))
    prepare = keras.Model(other.input, other.get_layer("prepare").output)  # the other way to prepare pictures
    network = keras.Model(L, keras.layers.Concatenate()([small(L), keras.layers.Flatten()(prepare(L))]))
    pictures = lightness(2, 50, 70)
    network.save(tmp_path / "network.keras")
    np.savez(tmp_path / "wanted.npz", L=pictures, embedding=run(network, pictures))
    on_jax(
        """
        import numpy as np
        from colorkit.models import pretrained

        wanted = np.load("wanted.npz")
        network = keras.models.load_model("network.keras", safe_mode=True)
        given = network.predict(wanted["L"], verbose=0)
        for part in np.s_[:, :256], np.s_[:, 256:]:
            scale = wanted["embedding"][part].std()
            np.testing.assert_allclose(given[part], wanted["embedding"][part], atol=1e-3 * scale, rtol=1e-3)
        fresh = pretrained.load("MobileNet 0.25", weights=None, size=64)
        assert fresh.compute_output_shape((2, 50, 70, 1)) == (2, 256)
        """,
        tmp_path,
    )


@pytest.mark.parametrize(
    ("error", "words", "name", "settings"),
    [
        (ValueError, r"no classifier 'AlexNet'; there are InceptionResNetV2, VGG16, .*MobileNet 0\.25", "AlexNet", {}),
        (FileProblem, "VGG16: there is no file Imagenet; give weights='imagenet'", "VGG16", {"weights": "Imagenet"}),
        (ValueError, "output is one of features, logits, probabilities, got 'softmax'", "VGG16", {"output": "softmax"}),
        (ValueError, "InceptionV3 needs at least 75 px, got size=74", "InceptionV3", {"size": 74}),
        (ValueError, "VGG16 gives logits at 224 px only", "VGG16", {"size": 128, "output": "logits"}),
    ],
)
def test_wrong_arguments(error, words, name, settings):
    with pytest.raises(error, match=words):
        pretrained.load(name, **settings)


@functools.cache
def trained(name, output="features"):
    """A classifier with its own weights, which only some machines have."""
    if not os.environ.get("COLORKIT_MIRROR"):
        pytest.skip("COLORKIT_MIRROR names no folder with weights")
    try:
        return pretrained.load(name, output=output)
    except FileProblem as error:
        if "is not here" in str(error):
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
