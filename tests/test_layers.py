"""Layers for saved models."""

import keras
import numpy as np
import pytest
from keras import ops

from colorkit import bins, colorize, colorizing, lab, photos
from colorkit.models import checkpoints, layers
from colorkit.pictures import Pictures


@pytest.fixture
def mixed_precision():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    yield
    keras.config.set_dtype_policy(before)


def logits(*shape, count=313, seed=0):
    return np.random.default_rng(seed).normal(0, 3, (*shape, count)).astype(np.float32)


def softmax(values):
    exponential = np.exp(values - values.max(axis=-1, keepdims=True))
    return exponential / exponential.sum(axis=-1, keepdims=True)


def with_bins(decode, count=313):
    """Return a colorizer with a head of bins at a quarter of each side, as in lesson 9."""
    L = keras.Input((None, None, 1))
    hidden = keras.layers.Rescaling(1 / 50, offset=-1)(L)
    for _ in range(2):
        hidden = keras.layers.Conv2D(8, 3, strides=2, padding="same", activation="gelu")(hidden)
    head = keras.layers.Conv2D(count, 1, kernel_initializer=keras.initializers.RandomNormal(0, 3, seed=0))(hidden)
    return keras.Model(L, keras.layers.UpSampling2D(4, interpolation="bilinear", dtype="float32")(decode(head)))


def test_ab_of_rgb_is_that_of_lab_and_survives_a_file(tmp_path):
    rgb = np.random.default_rng(0).random((2, 5, 7, 3), dtype=np.float32)
    picture = keras.Input((None, None, 3))
    network = keras.Model(picture, layers.RGBToAB()(picture))
    network.save(tmp_path / "network.keras")
    again = keras.saving.load_model(tmp_path / "network.keras", safe_mode=True)
    assert again.output_shape == (None, None, None, 2)
    np.testing.assert_allclose(again(rgb), lab.rgb_to_lab(rgb)[..., 1:], atol=1e-3)


def test_ab_of_what_is_outside_of_rgb_is_the_same_eagerly_and_compiled():
    rgb = np.random.default_rng(0).uniform(-0.5, 1.5, (2, 5, 7, 3)).astype(np.float32)
    picture = keras.Input((None, None, 3))
    network = keras.Model(picture, layers.RGBToAB()(picture))
    wanted = lab.rgb_to_lab(rgb.clip(0, 1))[..., 1:]
    np.testing.assert_allclose(network(rgb), wanted, atol=1e-3)
    np.testing.assert_allclose(network.predict(rgb, verbose=0), wanted, atol=1e-3)


def test_training_through_it_has_finite_gradients_at_black_and_white():
    picture = keras.Input((None, None, 3))
    scale = keras.layers.Dense(3, use_bias=False)
    network = keras.Model(picture, layers.RGBToAB()(scale(picture)))
    scale.set_weights([np.eye(3)])
    network.compile("sgd", "mean_squared_error")
    corners = np.stack([np.zeros((4, 4, 3)), np.ones((4, 4, 3))]).astype(np.float32)
    assert np.isfinite(network.train_on_batch(corners, np.ones((2, 4, 4, 2))))
    assert np.isfinite(scale.get_weights()[0]).all()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("temperature", [0.1, 0.38, 1.0])
def test_annealed_mean_is_that_of_the_distribution(seed, temperature):
    values = logits(2, 5, 6, seed=seed)
    given = layers.AnnealedMean(temperature)(values)
    assert given.shape == (2, 5, 6, 2)
    np.testing.assert_allclose(given, bins.annealed_mean(softmax(values), temperature=temperature), atol=0.01)


@pytest.mark.parametrize("step", [20, 12.5])
def test_decoding_bins_of_another_step(step):
    centers = bins.centers(step)
    values = logits(4, count=len(centers))
    given = layers.AnnealedMean(0.5, step)(values)
    np.testing.assert_allclose(given, bins.annealed_mean(softmax(values), centers, 0.5), atol=0.01)


def test_decoding_survives_a_file_in_a_new_process_on_another_backend(on_jax, tmp_path):
    values = logits(2, 4, 4, count=len(bins.centers(20)))
    inputs = keras.Input((None, None, values.shape[-1]))
    network = keras.Model(inputs, layers.AnnealedMean(np.float32(0.25), np.int64(20), name="color")(inputs))
    network.save(tmp_path / "network.keras")
    np.savez(tmp_path / "wanted.npz", values=values, ab=network(values))
    on_jax(
        """
        import numpy as np
        from colorkit.models import layers

        wanted = np.load("wanted.npz")
        network = keras.saving.load_model("network.keras", safe_mode=True)
        layer = network.get_layer("color")
        assert type(layer) is layers.AnnealedMean and (layer.step, layer.temperature) == (20, 0.25)
        assert network.output_shape == (None, None, None, 2)
        np.testing.assert_allclose(network(wanted["values"]), wanted["ab"], atol=0.01)
        """,
        tmp_path,
    )


def test_decoding_keeps_its_settings():
    again = layers.AnnealedMean.from_config(layers.AnnealedMean(0.25, 20, name="color").get_config())
    assert (again.temperature, again.step, again.name) == (0.25, 20, "color")


def test_colors_of_half_precision_are_float32():
    half = ops.convert_to_tensor(logits(2, 3).astype(np.float16))
    given = layers.AnnealedMean()(half)
    assert keras.backend.standardize_dtype(given.dtype) == "float32"
    np.testing.assert_allclose(given, layers.AnnealedMean()(ops.cast(half, "float32")), atol=0.01)


@pytest.mark.parametrize("layer", [layers.RGBToAB, layers.AnnealedMean])
def test_mixed_precision_leaves_color_in_float32(layer, mixed_precision):
    channels = 3 if layer is layers.RGBToAB else 313
    picture = keras.Input((None, None, 1))
    hidden = keras.layers.Conv2D(channels, 1, activation="sigmoid")(picture)
    assert hidden.dtype == "float16"
    network = keras.Model(picture, layer()(hidden))
    assert network.output.dtype == "float32"
    given = network(np.random.default_rng(0).random((1, 4, 4, 1), np.float32))
    assert keras.backend.standardize_dtype(given.dtype) == "float32" and np.isfinite(given).all()
    # Where a head is in float32, as it should be, its logits are not rounded on the way in.
    if layer is not layers.RGBToAB:
        values = logits(2, 3)
        np.testing.assert_array_equal(layer()(values), layer(dtype="float32")(values))
        assert np.abs(np.asarray(layers.AnnealedMean()(values)) - bins.annealed_mean(softmax(values))).max() < 0.01


@pytest.mark.parametrize("channels", [312, 2])
def test_another_number_of_bins_is_said(channels):
    with pytest.raises(ValueError, match=rf"color takes 313 logits.*step 10.*got shape \(None, 8, 8, {channels}\)"):
        layers.AnnealedMean(name="color")(keras.Input((8, 8, channels)))


def test_temperatures_that_are_none_are_said():
    for temperature in (0, -1, np.nan):
        with pytest.raises(ValueError, match="temperature must be positive"):
            layers.AnnealedMean(temperature)
    with pytest.raises(ValueError, match="step"):
        layers.AnnealedMean(step=0)


@pytest.mark.parametrize("scale", [0.0, 1.0, 30.0])
def test_training_through_the_annealed_mean_has_finite_gradients(scale):
    values = keras.Input((313,))
    weigh = keras.layers.Dense(313, use_bias=False)
    network = keras.Model(values, layers.AnnealedMean()(weigh(values)))
    weigh.set_weights([scale * np.eye(313)])
    network.compile(keras.optimizers.SGD(0.01), "mean_squared_error")
    assert np.isfinite(network.train_on_batch(logits(16), np.full((16, 2), 40.0)))
    after = weigh.get_weights()[0]
    assert np.isfinite(after).all() and not np.array_equal(after, scale * np.eye(313))


def test_a_network_with_bins_is_a_colorizer_that_can_be_kept(own_cache):
    network = with_bins(layers.AnnealedMean())
    colorizing.check_model(network)
    L = np.random.default_rng(1).uniform(0, 100, (2, 32, 48, 1)).astype(np.float32)
    ab = np.asarray(network(L))
    colorizing.check_ab(ab, L)
    assert ab.std() > 1
    pictures = Pictures("noise", rgb=np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), np.uint8))
    checkpoints.save(network, "09_bins", data=pictures, steps=0, seed=0, metrics={})
    saved = next(own_cache("lessons").rglob("09_bins.keras"))
    np.testing.assert_allclose(keras.saving.load_model(saved, safe_mode=True)(L), ab, atol=0.01)
    photo = photos.bundled("coffee", 64)
    assert colorize(network, photo, size=32).shape == photo.shape


def test_a_checkpoint_with_bins_loads(own_cache, monkeypatch, tmp_path):
    network = with_bins(layers.AnnealedMean(0.3, 20), count=len(bins.centers(20)))
    pictures = Pictures("noise", rgb=np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), np.uint8))
    path = checkpoints.save(network, "09_bins", data=pictures, steps=0, seed=0, metrics={})
    (tmp_path / "mirror" / "checkpoints").mkdir(parents=True)
    for file in (path, path.with_suffix(".json")):
        (tmp_path / "mirror" / "checkpoints" / file.name).write_bytes(file.read_bytes())
    monkeypatch.setenv("COLORKIT_MIRROR", str(tmp_path / "mirror"))
    again = checkpoints.load("09_bins")
    np.testing.assert_allclose(again(pictures.L), network(pictures.L), atol=0.01)
    assert [layer.temperature for layer in again.layers if isinstance(layer, layers.AnnealedMean)] == [0.3]
