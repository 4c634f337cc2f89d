import warnings

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image

from colorkit import lab
from colorkit.colorizing import ContractError, colorize
from colorkit.colorizing.enlarging import join

RANDOM = np.random.default_rng(0)


@keras.saving.register_keras_serializable("test_colorizer")
class Paint(layers.Layer):
    """A colorizer whose answer is known: a grows to the right, b downward, from -25 to 25."""

    def call(self, lightness):
        _, height, width, _ = keras.ops.shape(lightness)
        a = keras.ops.broadcast_to(keras.ops.linspace(-25.0, 25.0, width)[None, None, :], (1, height, width))
        b = keras.ops.broadcast_to(keras.ops.linspace(-25.0, 25.0, height)[None, :, None], (1, height, width))
        return keras.ops.stack([a, b], axis=-1)

    def compute_output_shape(self, shape):
        return (*shape[:3], 2)


def sides(side):
    return side if isinstance(side, tuple) else (side, side)


def painter(side=None):
    lightness = keras.Input((*sides(side), 1))
    return keras.Model(lightness, Paint()(lightness))


def constant(value, side=None, channels=2):
    """Give the same ab everywhere: a convolution of weights 0 and bias `value`."""
    lightness = keras.Input((*sides(side), 1))
    bias = keras.initializers.Constant(value)
    return keras.Model(
        lightness, layers.Conv2D(channels, 1, kernel_initializer="zeros", bias_initializer=bias)(lightness)
    )


@pytest.mark.parametrize("shape", [(300, 200), (37, 91), (1, 1), (1, 5000), (5000, 1), (2, 3), (600, 900), (12_000, 1)])
@pytest.mark.parametrize("side", [None, 64, (None, 64), (64, None), (48, 80)])
def test_any_size_keeps_its_size_and_its_lightness(shape, side):
    photo = RANDOM.integers(0, 256, (*shape, 3), dtype=np.uint8)
    colored = colorize(constant(20.0, side), photo)
    assert colored.shape == photo.shape and colored.dtype == np.uint8
    before, after = lab.rgb_to_lab(photo), lab.rgb_to_lab(colored)
    assert np.abs(before[..., 0] - after[..., 0]).max() < 0.5
    middle = (before[..., 0] > 30) & (before[..., 0] < 80)
    np.testing.assert_allclose(after[middle][:, 1:], 20, atol=1.5)


def test_colors_lie_where_the_network_put_them():
    photo = np.full((150, 700, 3), 128, np.uint8)
    expected_a = np.linspace(-25, 25, 700)
    for side in (None, 96, (None, 96), (96, None), (40, 96)):
        after = lab.rgb_to_lab(colorize(painter(side), photo, size=128))
        slope = np.polyfit(expected_a[100:-100], after[75, 100:-100, 1], 1)[0]
        assert 0.8 < slope < 1.1
        assert after[75, 50, 1] < -18 and after[75, -50, 1] > 18


def test_a_network_is_given_its_own_size_and_else_the_one_that_was_asked_for():
    seen = []

    class Looks(layers.Layer):
        def call(self, lightness):
            seen.append(tuple(lightness.shape[1:3]))
            return keras.ops.concatenate([lightness, lightness], axis=-1)

    def given(fixed, photo, size):
        lightness = keras.Input((*fixed, 1))
        model = keras.Model(lightness, Looks()(lightness))
        colorize(model, np.full((*photo, 3), 128, np.uint8), size)
        return seen[-1]

    assert given((None, None), (200, 100), 128) == (128, 64)
    assert given((None, 64), (1000, 500), 256) == (128, 64)  # 64 wide, so 128 high
    assert given((None, 64), (1000, 10), 256) == (256, 64)  # no higher than asked for; the rest is filled
    assert given((64, None), (500, 1000), 256) == (64, 128)
    assert given((64, None), (1000, 10), 256) == (64, 32)
    assert given((48, 80), (1000, 10), 256) == (48, 80)


def test_strips_join_without_a_seam(monkeypatch):
    photo = RANDOM.integers(60, 200, (333, 100, 3), dtype=np.uint8)
    model = painter(64)
    strips = colorize(model, photo)
    monkeypatch.setattr("colorkit.colorizing.enlarging._ROWS", 10_000)
    assert np.abs(strips.astype(int) - colorize(model, photo)).max() <= 1


def test_gray_float_and_color_photos_with_the_same_lightness_agree():
    gray = RANDOM.integers(0, 256, (20, 30), dtype=np.uint8)
    model = constant(15.0)
    expected = colorize(model, np.stack([gray] * 3, axis=-1))
    for photo in (gray, gray[..., None], gray / 255):
        assert (colorize(model, photo) == expected).all()


def test_a_file_is_opened(tmp_path):
    gray = RANDOM.integers(0, 256, (20, 30), dtype=np.uint8)
    Image.fromarray(gray).save(tmp_path / "old.png")
    assert (colorize(constant(15.0), tmp_path / "old.png") == colorize(constant(15.0), gray)).all()
    with pytest.raises(ValueError, match=r"missing\.png"):
        colorize(constant(15.0), tmp_path / "missing.png")


def resize_by(factor):
    lightness = keras.Input((None, None, 1))
    return keras.Model(lightness, layers.UpSampling2D(factor)(layers.Conv2D(2, 1)(lightness)))


def two_inputs():
    first, second = keras.Input((None, None, 1)), keras.Input((10,))
    return keras.Model([first, second], layers.Conv2D(2, 1)(first))


def half_precision():
    lightness = keras.Input((None, None, 1))
    return keras.Model(lightness, layers.Conv2D(2, 1, dtype="float16")(lightness))


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (lambda: "model.keras", "Keras model, got str"),
        (lambda: constant(1.0, channels=3), r"gives \(None, None, None, 3\)"),
        (lambda: keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(2, 1)]), "takes"),
        (two_inputs, "one input"),
        (lambda: resize_by(2), "as large as L"),
        (half_precision, "float32"),
        (lambda: constant(np.nan), "NaN"),
        (lambda: constant(9342.0), "9342"),
    ],
)
def test_broken_contracts_are_named(model, words):
    with pytest.raises(ContractError, match=words):
        colorize(model(), np.zeros((40, 40, 3), np.uint8))


@pytest.mark.parametrize("shape", [(40, 40), (1, 1), (12_000, 1), (1, 12_000)])
@pytest.mark.parametrize("side", [None, (None, 64)])
def test_scaling_left_out_is_warned_of_and_a_gray_baseline_is_not(shape, side):
    photo = np.zeros((*shape, 3), np.uint8)
    with pytest.warns(UserWarning, match="within 0.7 of gray.*must multiply by 128") as heard:
        colorize(constant(0.7, side), photo)
    assert heard[0].filename == __file__  # the caller's line
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        colorize(constant(0.0, side), photo)
        colorize(constant(1.5, side), photo)


@pytest.mark.parametrize(
    ("photo", "words"),
    [
        (np.zeros((4, 4, 4), np.uint8), "open_photo"),
        (np.zeros((0, 4, 3), np.uint8), "shape"),
        (np.zeros((4, 4, 3), np.uint16), "uint16"),
        (np.full((4, 4, 3), 77.0), "divide by 255"),
    ],
)
def test_arrays_that_are_no_photos(photo, words):
    with pytest.raises(ValueError, match=words):
        colorize(constant(0.0), photo)


def edge():
    """A photo of two halves, and its colors: dark blue and light yellow."""
    right = np.arange(640)[np.newaxis, :, np.newaxis] >= 301
    rgb = np.where(right, np.array([220, 210, 120]), np.array([40, 60, 130])).repeat(480, axis=0).astype(np.uint8)
    return rgb, lab.rgb_to_lab(rgb)


def made_small(values, height=48, width=64):
    step = len(values) // height
    return values.reshape(height, step, width, step, -1).mean(axis=(1, 3)).astype(np.float32)


def test_colors_stop_at_edges():
    rgb, truth = edge()
    small = made_small(truth)
    after = lab.rgb_to_lab(join(rgb, small[..., :1], small[..., 1:]))
    alone = np.asarray(Image.fromarray(small[..., 2]).resize((640, 480), Image.Resampling.BILINEAR))
    off, off_alone = np.abs(after - truth)[240, :, 2], np.abs(alone - truth[..., 2])[240]
    assert off_alone.max() > 35 and off.max() < 20  # b, which is 86 further at the other side
    assert off[280:320].mean() < 0.45 * off_alone[280:320].mean()


def test_what_is_darker_than_all_around_gets_no_color_of_its_own():
    """Twigs before a sky that ends at a tree: thinner than a pixel of the small picture."""
    rgb, truth = edge()
    small = made_small(truth)
    rgb[:, 320:420:20] = 0
    after = lab.rgb_to_lab(join(rgb, small[..., :1], small[..., 1:]))
    assert np.abs(after[:, 320:420:20, 1:]).max() < 1  # black has no chroma at all
    rgb[:, 320:420:20] = 90
    after = lab.rgb_to_lab(join(rgb, small[..., :1], small[..., 1:]))
    between = np.linalg.norm(after[240, 320:420:20, 1:] - truth[240, 400, 1:], axis=-1)
    assert between.max() < 12


def test_a_picture_of_its_own_size_gets_just_the_colors():
    photo = RANDOM.integers(0, 256, (32, 64, 3), dtype=np.uint8)
    colors = RANDOM.uniform(-20, 20, (32, 64, 2)).astype(np.float32)
    truth = lab.rgb_to_lab(photo)
    expected = lab.to_uint8(lab.lab_to_rgb(np.concatenate([truth[..., :1], colors], axis=-1)))
    assert np.abs(join(photo, truth[..., :1], colors).astype(int) - expected).max() <= 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (3, 2)])
def test_hints_in_the_smallest_photos_and_bad_ones(shape):
    L, told = keras.Input((None, None, 1)), keras.Input((None, None, 3))
    take = layers.Conv2D(2, 1, kernel_initializer=lambda shape, dtype: np.eye(3, 2)[None, None].astype(dtype))
    model = keras.Model([L, told], layers.Add()([take(told), layers.Conv2D(2, 1, kernel_initializer="zeros")(L)]))
    photo = np.full(shape, 120, np.uint8)
    x, y = shape[1] - 1, shape[0] - 1
    after = lab.rgb_to_lab(colorize(model, photo, hints=[(x, y, "#a05050")]))[y, x, 1:]
    expected = lab.rgb_to_lab(np.array([[160, 80, 80]], np.uint8))[0, 1:]
    np.testing.assert_allclose(after, expected, atol=6)  # near gray neighbors it is mixed with them
    for bad, words in (
        ([(x + 1, y, "#a05050")], "is outside of the photo"),
        ([(-1, 0, "#a05050")], "a hint is X,Y,#RRGGBB"),
        ([(0, 0)], "a hint is X,Y,#RRGGBB"),
        ([(0, 0, "red")], "a hint is X,Y,#RRGGBB"),
        ([(0, 0, "#a05050"), (0, 0, "#5050a0")], "name different colors"),
    ):
        with pytest.raises(ValueError, match=words):
            colorize(model, photo, hints=bad)
