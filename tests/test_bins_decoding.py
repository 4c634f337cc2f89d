"""Distributions over bins as colors again; and bins inside of compiled functions, on TensorFlow and on JAX."""

import textwrap

import keras
import numpy as np
import pytest
from bin_colors import distributions, random_ab, untied
from keras import ops

from colorkit import bins

# ---------------------------------------------------------------------------------------------------------------------
# Decoding


@pytest.mark.parametrize("seed", range(4))
def test_annealed_mean_is_the_mean_at_1_and_the_mode_toward_0(seed):
    p = distributions(8, 9, seed=seed)
    p = p[np.sort(p)[..., -1] > 1.3 * np.sort(p)[..., -2]]  # with a clear maximum
    assert len(p) > 20
    centers = bins.centers()
    np.testing.assert_allclose(bins.mean(p), p @ centers, atol=1e-3)
    np.testing.assert_allclose(bins.annealed_mean(p, temperature=1), bins.mean(p), atol=1e-3)
    assert np.array_equal(bins.mode(p), centers[p.argmax(-1)])
    np.testing.assert_allclose(bins.annealed_mean(p, temperature=0.01), bins.mode(p), atol=1e-3)

    sharpened = p.astype(np.float64) ** (1 / 0.38)
    wanted = sharpened / sharpened.sum(axis=-1, keepdims=True) @ centers
    np.testing.assert_allclose(bins.annealed_mean(p), wanted, atol=1e-3)
    for function in (bins.mean, bins.mode, bins.annealed_mean):
        assert function(p).dtype == np.float32


def test_annealed_mean_goes_from_the_mean_to_the_mode():
    p = np.zeros(313, np.float32)
    p[[20, 250]] = 0.7, 0.3
    mode, mean = bins.mode(p), bins.mean(p)
    shares = []
    for temperature in (1, 0.8, 0.6, 0.38, 0.2, 0.1):
        moved = bins.annealed_mean(p, temperature=temperature) - mean
        shares.append(moved @ (mode - mean) / np.sum((mode - mean) ** 2))
        np.testing.assert_allclose(moved, shares[-1] * (mode - mean), atol=1e-3)  # on the line between the two
    assert (np.diff(shares) > 0).all() and abs(shares[0]) < 1e-4 and 0.99 < shares[-1] <= 1


@pytest.mark.parametrize("function", [bins.mean, bins.mode, bins.annealed_mean])
@pytest.mark.parametrize("tensor", [False, True])
def test_the_bins_of_each_pixel_give_what_all_bins_give(function, tensor):
    ab = random_ab(7, 9)
    index, weights = bins.neighbors(ab)
    own, encoded = bins.centers()[index], bins.encode(ab)
    if tensor:
        weights, own, encoded = map(ops.convert_to_tensor, (weights, own, encoded))
    np.testing.assert_allclose(function(weights, own), function(encoded), atol=1e-3)


def test_a_long_row_of_distributions_is_worked_on_in_parts():
    index, weights = bins.neighbors(random_ab(3, 6000))
    own = bins.centers()[index]
    given = bins.annealed_mean(weights, own)
    assert given.shape == (3, 6000, 2)
    np.testing.assert_allclose(given[2, -5:], bins.annealed_mean(weights[2, -5:], own[2, -5:]), atol=1e-4)


def test_a_color_that_is_encoded_comes_back_as_its_bin_or_nearer():
    ab = random_ab(2000)
    assert np.array_equal(bins.mode(bins.encode(ab)), bins.centers()[bins.nearest(ab)])
    error = {f: np.linalg.norm(f(bins.encode(ab)) - ab, axis=-1).mean() for f in (bins.mode, bins.annealed_mean)}
    assert error[bins.annealed_mean] < error[bins.mode]


def test_lists_are_taken_too():
    p, centers = [[0.25, 0.75], [1.0, 0.0]], [[0, 0], [8, -4]]
    assert bins.mean(p, centers).tolist() == [[6, -3], [0, 0]]
    assert bins.mode(p, centers).tolist() == [[8, -4], [0, 0]]
    np.testing.assert_allclose(bins.annealed_mean(p, centers, temperature=1), [[6, -3], [0, 0]], atol=1e-5)
    assert bins.nearest([[1, 2], [7, -5]], centers).tolist() == [0, 1]


# ---------------------------------------------------------------------------------------------------------------------
# Tensors

BOTH = """
    import numpy as np
    from keras import ops
    from colorkit import bins

    def both(compiled, ab, p, seen=()):
        index, weights = bins.neighbors(ab)
        order = index.argsort(axis=-1)
        order = [np.take_along_axis(values, order, -1) for values in (index, weights)]
        cases = {
            "nearest": (bins.nearest, ab, bins.nearest(ab)),
            "encode": (bins.encode, ab, bins.encode(ab)),
            "one-hot": (lambda ab: bins.encode(ab, 1), ab, bins.encode(ab, 1)),
            "few bins": (
                lambda ab: bins.encode(ab, 3, 9.0, bins.centers(50)), ab, bins.encode(ab, 3, 9.0, bins.centers(50))
            ),
            "mean": (bins.mean, p, bins.mean(p)),
            "mode": (bins.mode, p, bins.mode(p)),
            "annealed": (bins.annealed_mean, p, bins.annealed_mean(p)),
            "sharp": (lambda p: bins.annealed_mean(p, temperature=0.1), p, bins.annealed_mean(p, temperature=0.1)),
        }
        for name, (function, values, wanted) in cases.items():
            given = ops.convert_to_numpy(compiled(function)(ops.convert_to_tensor(values)))
            assert given.dtype == wanted.dtype, name
            atol = 1e-5 if values is ab else 1e-3  # shares, and Lab units
            np.testing.assert_allclose(given, wanted, atol=atol, err_msg=name)
        given = [ops.convert_to_numpy(part) for part in compiled(bins.neighbors)(ops.convert_to_tensor(ab))]
        order_given = given[0].argsort(axis=-1)
        for part, wanted in zip(given, order, strict=True):
            assert part.dtype == wanted.dtype
            np.testing.assert_allclose(np.take_along_axis(part, order_given, -1), wanted, atol=1e-5)
"""


def colors_and_distributions():
    ab = random_ab(2000)
    ab = ab[untied(ab, 5, bins.centers()) & untied(ab, 3, bins.centers(50)) & untied(ab, 1, bins.centers())]
    p = distributions(6, 7)
    return ab[:1200].reshape(2, 30, 20, 2), p


def test_tensors_give_what_arrays_give():
    names = {}
    exec(textwrap.dedent(BOTH), names)
    names["both"](lambda function: function, *colors_and_distributions())


def test_inside_a_compiled_function_of_tensorflow():
    tf = pytest.importorskip("tensorflow")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("another backend is in use")
    names = {}
    exec(textwrap.dedent(BOTH), names)
    names["both"](lambda function: tf.function(function, jit_compile=True), *colors_and_distributions())
    # Of unknown height and width, too, as in a tf.data pipeline.
    signature = [tf.TensorSpec((None, None, 2), tf.float32)]
    encoded = tf.function(bins.encode, input_signature=signature)(random_ab(4, 5))
    np.testing.assert_allclose(encoded, bins.encode(random_ab(4, 5)), atol=1e-5)


def test_on_jax(on_jax, tmp_path):
    ab, p = colors_and_distributions()
    np.savez(tmp_path / "values.npz", ab=ab, p=p)
    rest = """
        import jax
        values = np.load("values.npz")
        for compiled in (lambda function: function, jax.jit):
            both(compiled, values["ab"], values["p"])
    """
    on_jax(textwrap.dedent(BOTH) + textwrap.dedent(rest), tmp_path)


def test_shapes_of_symbolic_tensors():
    ab, p = keras.Input((None, None, 2)), keras.Input((8, 9, 313))
    assert bins.encode(ab).shape == (None, None, None, 313) and bins.nearest(ab).shape == (None, None, None)
    assert bins.neighbors(ab)[1].shape == (None, None, None, 5)
    for function in (bins.mean, bins.mode, bins.annealed_mean):
        assert function(p).shape == (None, 8, 9, 2)


def test_a_tensor_beyond_the_range_counts_as_if_at_its_edge():
    given = bins.neighbors(ops.convert_to_tensor([[1e6, 3.0], [-300.0, -1e9]]))
    wanted = bins.neighbors(ops.convert_to_tensor([[256.0, 3.0], [-256.0, -256.0]]))
    assert np.array_equal(given[0], wanted[0]) and np.array_equal(given[1], wanted[1])


def test_half_precision_is_decoded_in_float32():
    p = np.full((3, 313), 1 / 313, np.float16)
    for function in (bins.mean, bins.mode, bins.annealed_mean):
        tensor = function(ops.convert_to_tensor(p))
        assert keras.backend.standardize_dtype(tensor.dtype) == "float32" and function(p).dtype == np.float32
        np.testing.assert_allclose(tensor, function(p), atol=1e-2)
