"""Checkpoints in half precision: half the size, the same colors, and Keras loads them as any other."""

import zipfile

import h5py
import keras
import numpy as np
import pytest

from colorkit import bins
from colorkit.models import checkpoints, layers
from colorkit.pictures import Pictures

NAME = "03_small_network"
PICTURES = Pictures("noise, train", rgb=np.random.default_rng(0).integers(0, 256, (5, 16, 24, 3), np.uint8))


def save(network, **settings):
    return checkpoints.save(network, NAME, data=PICTURES, steps=3, seed=0, metrics={}, **settings)


def stored(path):
    """Return the types of weights in a .keras file, and how many dimensions those of each have."""
    found = {}

    def look(_, item):
        if isinstance(item, h5py.Dataset):
            found.setdefault(str(item.dtype), set()).add(item.ndim)

    with zipfile.ZipFile(path) as archive, h5py.File(archive.open("model.weights.h5"), "r") as weights:
        weights.visititems(look)
    return found


@pytest.fixture(scope="module")
def wide_network():
    """A colorizer of most kinds of layers, with weights in the usual range and enough of them to weigh something."""
    keras.utils.set_random_seed(0)
    L = keras.Input((None, None, 1), name="L")
    x = keras.layers.Rescaling(1 / 50, offset=-1)(L)
    x = keras.layers.Conv2D(32, 3, 2, "same", use_bias=False)(x)
    x = keras.layers.BatchNormalization()(x)
    inner = keras.Sequential([keras.Input((None, None, 32)), keras.layers.DepthwiseConv2D(3, padding="same")])
    x = keras.layers.Dropout(0.5)(inner(keras.layers.Activation("gelu")(x)))
    x = keras.layers.Conv2DTranspose(64, 4, 2, "same", activation="relu")(x)
    network = keras.Model(L, layers.AnnealedMean(step=20)(keras.layers.Dense(len(bins.centers(20)))(x)))
    network.compile("adam", "mse")
    network.fit(PICTURES.L, PICTURES.ab, epochs=3, verbose=0)
    return network


def test_half_precision_is_half_the_size_and_the_same_colors(wide_network, own_cache):
    whole = save(wide_network).stat().st_size
    path = save(wide_network, half=True)
    assert path.stat().st_size < 0.62 * whole
    types = stored(path)
    assert types.pop("float16") == {2, 4} and types.pop("float32") == {1}
    assert set(types) <= {"uint32", "int64"}  # what dropout draws from
    assert checkpoints.card(NAME)["weights"] == "float16, vectors float32"
    loaded = keras.models.load_model(path, safe_mode=True)
    assert {weight.dtype for weight in loaded.weights} == {"float32"}
    ab = np.asarray(wide_network(PICTURES.L, training=False))
    given = np.asarray(loaded(PICTURES.L, training=False))
    assert 0 < np.abs(given - ab).max() < 0.01 and np.ptp(ab) > 5
    np.testing.assert_array_equal(checkpoints.load(NAME)(PICTURES.L, training=False), given)
    for layer, other in zip(wide_network.layers, loaded.layers, strict=True):
        assert layer.name == other.name


def test_half_precision_on_jax(wide_network, own_cache, on_jax):
    path = save(wide_network, half=True)
    ab = np.asarray(wide_network(PICTURES.L, training=False))
    np.savez(path.with_name("wanted.npz"), L=PICTURES.L, ab=ab)
    on_jax(
        f"""
        import jax, numpy as np
        from colorkit.models import layers

        wanted = np.load("wanted.npz")
        network = keras.models.load_model("{NAME}.keras", safe_mode=True)
        assert {{weight.dtype for weight in network.weights}} == {{"float32"}}
        np.testing.assert_allclose(jax.jit(network)(wanted["L"]), wanted["ab"], rtol=0, atol=0.01)
        """,
        path.parent,
    )


def test_weights_beyond_half_precision_are_said(own_cache):
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    path = save(network, half=True)
    before = path.read_bytes()
    network.set_weights([np.full((2, 3), 7e4), np.full(3, 1e6)])
    with pytest.raises(ValueError, match=rf"{NAME} has weights up to 7e\+04; save it without half=True"):
        save(network, half=True)
    assert path.read_bytes() == before and len(list(path.parent.iterdir())) == 2
    network.set_weights([np.full((2, 3), 6e4), np.full(3, 1e6)])
    given = checkpoints.load(save(network, half=True).stem).get_weights()
    np.testing.assert_allclose(given[0], 6e4, rtol=5e-4)
    np.testing.assert_array_equal(given[1], 1e6)
