"""Layers for saved models."""

import keras
import numpy as np

from colorkit import lab, layers


def test_ab_of_rgb_is_that_of_lab_and_survives_a_file(tmp_path):
    rgb = np.random.default_rng(0).random((2, 5, 7, 3), dtype=np.float32)
    picture = keras.Input((None, None, 3))
    network = keras.Model(picture, layers.RGBToAB()(picture))
    network.save(tmp_path / "network.keras")
    again = keras.saving.load_model(tmp_path / "network.keras", safe_mode=True)
    assert again.output_shape == (None, None, None, 2)
    np.testing.assert_allclose(again(rgb), lab.rgb_to_lab(rgb)[..., 1:], atol=1e-3)


def test_training_through_it_has_finite_gradients_at_black_and_white():
    picture = keras.Input((None, None, 3))
    scale = keras.layers.Dense(3, use_bias=False)
    network = keras.Model(picture, layers.RGBToAB()(scale(picture)))
    scale.set_weights([np.eye(3)])
    network.compile("sgd", "mean_squared_error")
    corners = np.stack([np.zeros((4, 4, 3)), np.ones((4, 4, 3))]).astype(np.float32)
    assert np.isfinite(network.train_on_batch(corners, np.ones((2, 4, 4, 2))))
    assert np.isfinite(scale.get_weights()[0]).all()
