import keras
import numpy as np
import pytest
from keras import ops
from skimage.color import lab2rgb, rgb2lab

from colorkit import lab

RANDOM = np.random.default_rng(0)


def test_every_srgb_color_agrees_with_scikit_image():
    green_blue = np.stack(np.meshgrid(np.arange(256), np.arange(256), indexing="ij"), axis=-1).astype(np.uint8)
    for red in range(0, 256, 3):  # `make bench` looks at all of them
        colors = np.concatenate([np.full((256, 256, 1), red, np.uint8), green_blue], axis=-1)
        assert np.abs(lab.rgb_to_lab(colors) - rgb2lab(colors)).max() < 0.01


def test_float_and_uint8_are_the_same_picture():
    picture = RANDOM.integers(0, 256, (40, 30, 3), dtype=np.uint8)
    as_float = lab.rgb_to_lab(picture / 255)
    assert as_float.dtype == np.float32
    np.testing.assert_allclose(as_float, lab.rgb_to_lab(picture), atol=1e-3)


def test_there_and_back():
    picture = RANDOM.integers(0, 256, (2, 50, 40, 3), dtype=np.uint8)
    for gamut in ("clip", "keep lightness", "none"):
        assert (lab.to_uint8(lab.lab_to_rgb(lab.rgb_to_lab(picture), gamut).clip(0, 1)) == picture).all()


def test_clipping_is_scikit_image_s():
    colors = RANDOM.uniform([0, -60, -60], [100, 60, 60], (1000, 3)).astype(np.float32)
    colors = colors[colors[:, 2] < 200 * (colors[:, 0] + 16) / 116]  # the others have no physical meaning (Z < 0)
    np.testing.assert_allclose(lab.lab_to_rgb(colors, "clip"), lab2rgb(colors), atol=1e-4)


def test_keep_lightness_keeps_lightness_and_hue():
    colors = RANDOM.uniform([2, -110, -110], [98, 110, 110], (5000, 3)).astype(np.float32)
    inside = lab.in_gamut(colors, 0)
    assert 0.1 < inside.mean() < 0.9
    back = lab.rgb_to_lab(lab.lab_to_rgb(colors))  # lightness is kept unless something else is asked for
    np.testing.assert_allclose(back[:, 0], colors[:, 0], atol=0.05)
    np.testing.assert_allclose(back[inside], colors[inside], atol=0.05)
    # ab stays on its ray from gray, and is no shorter than it must be: a little longer and it no longer fits.
    factor = np.linalg.norm(back[~inside, 1:], axis=-1) / np.linalg.norm(colors[~inside, 1:], axis=-1)
    np.testing.assert_allclose(back[~inside, 1:], colors[~inside, 1:] * factor[:, None], atol=0.3)
    longer = colors[~inside].copy()
    longer[:, 1:] *= (factor + 0.02)[:, None]
    assert not lab.in_gamut(longer, 1e-4).any()
    clipped = lab.rgb_to_lab(lab.lab_to_rgb(colors, "clip"))
    assert np.abs(clipped[:, 0] - colors[:, 0]).max() > 5


def test_tensors_and_arrays_agree():
    picture = RANDOM.integers(0, 256, (2, 16, 12, 3), dtype=np.uint8)
    array = lab.rgb_to_lab(picture)
    np.testing.assert_allclose(ops.convert_to_numpy(lab.rgb_to_lab(ops.convert_to_tensor(picture))), array, atol=2e-3)
    tensor = lab.rgb_to_lab(ops.convert_to_tensor(picture / 255, "float32"))
    np.testing.assert_allclose(ops.convert_to_numpy(tensor), array, atol=2e-3)
    far = array * np.float32([1, 2, 2])
    for gamut in ("clip", "keep lightness", "none"):
        np.testing.assert_allclose(
            ops.convert_to_numpy(lab.lab_to_rgb(ops.convert_to_tensor(far), gamut)),
            lab.lab_to_rgb(far, gamut),
            atol=1e-3,
        )


def test_part_of_a_model_that_is_saved_and_compiled(tmp_path):
    @keras.saving.register_keras_serializable("test_lab")
    class ToLab(keras.layers.Layer):
        def call(self, rgb):
            return lab.lab_to_rgb(lab.rgb_to_lab(rgb), "keep lightness")

    rgb = keras.Input((8, 8, 3))
    model = keras.Model(rgb, ToLab()(rgb))
    batch = RANDOM.random((2, 8, 8, 3), dtype=np.float32)
    np.testing.assert_allclose(model.predict(batch, verbose=0), batch, atol=1e-3)
    model.save(tmp_path / "m.keras")
    assert keras.saving.load_model(tmp_path / "m.keras").count_params() == 0


def test_tensors_outside_their_range_are_at_its_edge_also_where_values_cannot_be_seen():
    tf = pytest.importorskip("tensorflow")
    rgb = RANDOM.uniform(-1, 2, (50, 3)).astype(np.float32)
    colors = RANDOM.uniform([-50, -60, -60], [150, 60, 60], (50, 3)).astype(np.float32)
    wanted = lab.rgb_to_lab(rgb.clip(0, 1)), lab.lab_to_rgb(colors.clip([0, -60, -60], [100, 60, 60]))
    for wrapped in (lambda function: function, tf.function):
        np.testing.assert_allclose(wrapped(lab.rgb_to_lab)(tf.constant(rgb)), wanted[0], atol=2e-3)
        np.testing.assert_allclose(wrapped(lab.lab_to_rgb)(tf.constant(colors)), wanted[1], atol=1e-4)


def test_gradients_are_finite_and_right():
    tf = pytest.importorskip("tensorflow")
    colors = np.concatenate([np.eye(3), np.zeros((1, 3)), np.ones((1, 3)), RANDOM.random((20, 3))]).astype(np.float32)
    rgb = tf.Variable(colors)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(lab.rgb_to_lab(rgb.value()))
    gradient = tape.gradient(loss, rgb).numpy()
    assert np.isfinite(gradient).all()
    step = 1e-3
    inner = colors[5:].clip(0.05, 0.95)
    rgb = tf.Variable(inner)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(lab.rgb_to_lab(rgb.value()))
    difference = [
        (lab.rgb_to_lab(inner + step * axis).sum(-1) - lab.rgb_to_lab(inner - step * axis).sum(-1)) / (2 * step)
        for axis in np.eye(3, dtype=np.float32)
    ]
    np.testing.assert_allclose(tape.gradient(loss, rgb).numpy(), np.stack(difference, -1), rtol=0.02, atol=1)


def test_on_jax(on_jax):
    on_jax(
        """
        import jax, numpy as np
        from colorkit import lab

        x = np.random.default_rng(0).random((2, 9, 7, 3)).astype("float32")
        y = keras.ops.convert_to_numpy(lab.rgb_to_lab(keras.ops.convert_to_tensor(x)))
        assert abs(y - lab.rgb_to_lab(x)).max() < 2e-3
        gradient = jax.jit(jax.grad(lambda values: lab.rgb_to_lab(values).sum()))
        assert np.isfinite(gradient(x * 0)).all()
        outside = np.float32([[[-1, 0.5, 2]]])
        inside = lab.rgb_to_lab(outside.clip(0, 1))
        for convert in (lab.rgb_to_lab, jax.jit(lab.rgb_to_lab)):
            np.testing.assert_allclose(convert(jax.numpy.asarray(outside)), inside, atol=2e-3)
        """
    )


def test_lightness_draws_gray_of_that_lightness():
    lightness = np.linspace(0, 100, 101, dtype=np.float32).reshape(1, -1, 1)
    rgb = lab.lightness_to_rgb(lightness)
    assert np.ptp(rgb, axis=-1).max() < 1e-3
    np.testing.assert_allclose(lab.rgb_to_lab(rgb)[..., :1], lightness, atol=0.01)


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        (np.full((2, 2, 3), 200.0), ValueError, "divide by 255"),
        (np.full((2, 2, 3), 200), TypeError, "uint8"),
        (np.full((2, 2, 3), 200, np.uint16), TypeError, "uint16"),
        ([[255, 0, 0]], TypeError, "uint8"),
        (np.full((2, 2, 3), np.nan), ValueError, "nan"),
        (np.full((2, 2, 3), -1.0), ValueError, "0..1"),
        (np.zeros((2, 2)), ValueError, r"\(2, 2\)"),
        (np.zeros((2, 2, 4)), ValueError, "alpha"),
    ],
)
def test_wrong_input_to_rgb_to_lab(value, error, words):
    with pytest.raises(error, match=words):
        lab.rgb_to_lab(value)
    if error is TypeError or np.shape(value)[-1] != 3:  # what can be seen of a tensor everywhere: its type and shape
        with pytest.raises(error, match=words):
            lab.rgb_to_lab(ops.convert_to_tensor(value))


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        (np.float32([[255, 0, 0]]), ValueError, "L is 0..100"),
        (np.array([[50, 0, 0]]), TypeError, "float"),
        (np.float32([[50, np.nan, 0]]), ValueError, "NaN"),
        (np.zeros((3, 2, 2)), ValueError, r"\(3, 2, 2\)"),
    ],
)
def test_wrong_input_to_lab_to_rgb(value, error, words):
    with pytest.raises(error, match=words):
        lab.lab_to_rgb(value)
    if error is TypeError or value.shape[-1] != 3:
        with pytest.raises(error, match=words):
            lab.lab_to_rgb(ops.convert_to_tensor(value))
    with pytest.raises(ValueError, match="keep lightness"):
        lab.lab_to_rgb(np.zeros((1, 3)), gamut="squeeze")


def test_empty_and_list_input():
    assert lab.rgb_to_lab(np.zeros((0, 4, 3), np.uint8)).shape == (0, 4, 3)
    np.testing.assert_allclose(lab.rgb_to_lab([[1.0, 1.0, 1.0]]), [[100, 0, 0]], atol=0.01)


def test_the_grid_of_the_ab_plane_holds_every_color():
    grid = lab.ab_grid(2)
    assert grid.shape == (111, 111, 2) and grid.dtype == np.float32
    assert grid[0, 0].tolist() == [-110, -110] and grid[0, -1].tolist() == [110, -110]
    assert grid[55, 56].tolist() == [2, 0]
    corners = np.array(np.meshgrid([0, 255], [0, 255], [0, 255]), np.uint8).T
    assert np.abs(lab.rgb_to_lab(corners)[..., 1:]).max() < 110
    for step in (0, -2, 3):
        with pytest.raises(ValueError, match="do not divide"):
            lab.ab_grid(step)
